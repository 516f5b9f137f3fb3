//! `a=` lines, by their name.

use super::{codec, notes};
use crate::explain::candidate::Candidate;
use crate::text::Text;

/// The note of one `a=` line; `value` is what stands after `a=`.
pub(super) fn note(line: &str, value: &str) -> Option<Text> {
    let (name, value) = value.split_once(':').unwrap_or((value, ""));
    match name {
        "rtpmap" => codec::rtpmap(value),
        "fmtp" => codec::fmtp(value),
        "rtcp-fb" => codec::feedback(value),
        "extmap" => Some(header_extension(value)),
        "candidate" => Candidate::parse(line).map(|candidate| candidate.meaning()),
        _ => about_the_structure(name, value)
            .or_else(|| about_the_path(name, value))
            .or_else(|| about_media(name, value)),
    }
}

/// Which sections there are and how they hang together.
fn about_the_structure(name: &str, value: &str) -> Option<Text> {
    let note = match name {
        "group" if value.starts_with("BUNDLE") => notes::BUNDLE,
        "group" => notes::GROUP,
        "bundle-only" => notes::BUNDLE_ONLY,
        "mid" => notes::MID,
        "msid-semantic" => notes::MSID_SEMANTIC,
        "msid" => notes::MSID,
        "sendrecv" => notes::SENDRECV,
        "sendonly" => notes::SENDONLY,
        "recvonly" => notes::RECVONLY,
        "inactive" => notes::INACTIVE,
        "sctp-port" => notes::SCTP_PORT,
        "max-message-size" => notes::MAX_MESSAGE_SIZE,
        "sctpmap" => notes::SCTPMAP,
        _ => return None,
    };
    Some(note)
}

/// How the two sides find and trust each other: ICE and DTLS.
fn about_the_path(name: &str, value: &str) -> Option<Text> {
    let note = match name {
        "ice-ufrag" => notes::ICE_UFRAG,
        "ice-pwd" => notes::ICE_PWD,
        "ice-options" if value.split(' ').any(|option| option == "trickle") => notes::TRICKLE,
        "ice-options" => notes::ICE_OPTIONS,
        "ice-lite" => notes::ICE_LITE,
        "end-of-candidates" => notes::END_OF_CANDIDATES,
        "fingerprint" => notes::FINGERPRINT,
        "setup" => return setup(value),
        "rtcp" => notes::RTCP,
        "rtcp-mux" => notes::RTCP_MUX,
        "rtcp-mux-only" => notes::RTCP_MUX_ONLY,
        "rtcp-xr" => notes::RTCP_XR,
        "rtcp-rsize" => notes::RTCP_RSIZE,
        _ => return None,
    };
    Some(note)
}

/// The side that begins the DTLS handshake (RFC 8842, section 5).
fn setup(value: &str) -> Option<Text> {
    let note = match value {
        "actpass" => notes::ACTPASS,
        "active" => notes::ACTIVE,
        "passive" => notes::PASSIVE,
        _ => return None,
    };
    Some(note)
}

/// Streams, packets and their times.
fn about_media(name: &str, value: &str) -> Option<Text> {
    let note = match name {
        "extmap-allow-mixed" => notes::EXTMAP_ALLOW_MIXED,
        "ptime" => notes::PTIME,
        "maxptime" => notes::MAXPTIME,
        "ssrc" if value.split(' ').any(|word| word.starts_with("cname:")) => notes::CNAME,
        "ssrc" => notes::SSRC,
        "ssrc-group" if value.starts_with("FID") => notes::FID,
        "ssrc-group" if value.starts_with("SIM") => notes::SIM,
        "ssrc-group" => notes::SSRC_GROUP,
        "rid" => notes::RID,
        "simulcast" => notes::SIMULCAST,
        _ => return None,
    };
    Some(note)
}

/// `a=extmap:<id> <URI>`: a piece of data in the header of RTP packets (RFC 8285, section 5).
fn header_extension(value: &str) -> Text {
    let has = |end: &str| value.split(' ').any(|word| word.ends_with(end));
    if has(":ssrc-audio-level") {
        notes::AUDIO_LEVEL
    } else if has(":sdes:mid") {
        notes::SDES_MID
    } else if has("rtp-stream-id") {
        notes::STREAM_ID
    } else if has(":toffset") || has("abs-send-time") {
        notes::SEND_TIME
    } else if has("transport-wide-cc-extensions-01") {
        notes::TRANSPORT_WIDE
    } else if has(":video-orientation") {
        notes::ORIENTATION
    } else {
        notes::HEADER_EXTENSION
    }
}
