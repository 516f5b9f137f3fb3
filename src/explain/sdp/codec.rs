//! Codecs: their names, their parameters, and what they can ask for.

use super::notes;
use crate::text::Text;

/// `a=rtpmap:<payload type> <encoding>/<clock rate>[/<channels>]` (RFC 8866, section 6.6).
pub(super) fn rtpmap(value: &str) -> Option<Text> {
    let (_, encoding) = value.split_once(' ')?;
    let name = encoding.split('/').next()?;
    let is = |codec: &str| name.eq_ignore_ascii_case(codec);
    let note = if is("opus") {
        notes::OPUS
    } else if is("VP8") {
        notes::VP8
    } else if is("VP9") {
        notes::VP9
    } else if is("H264") {
        notes::H264
    } else if is("AV1") {
        notes::AV1
    } else if is("H265") {
        notes::H265
    } else if is("rtx") {
        notes::RTX
    } else if is("red") {
        notes::RED
    } else if is("ulpfec") {
        notes::ULPFEC
    } else if name.len() >= 7 && name.as_bytes()[..7].eq_ignore_ascii_case(b"flexfec") {
        notes::FLEXFEC
    } else if is("G722") {
        notes::G722
    } else if is("PCMU") || is("PCMA") {
        notes::G711
    } else if is("CN") {
        notes::COMFORT_NOISE
    } else if is("telephone-event") {
        notes::TELEPHONE_EVENT
    } else {
        notes::PAYLOAD_TYPE
    };
    Some(note)
}

/// `a=fmtp:<payload type> <parameters>` (RFC 8866, section 6.15). The parameters tell which codec it is.
pub(super) fn fmtp(value: &str) -> Option<Text> {
    let (_, parameters) = value.split_once(' ')?;
    let has = |name: &str| parameters.split(';').any(|parameter| parameter.trim_start().starts_with(name));
    let note = if has("apt=") {
        notes::APT
    } else if has("minptime=") || has("useinbandfec=") || has("stereo=") {
        notes::OPUS_SETTINGS
    } else if has("profile-level-id=") || has("packetization-mode=") {
        notes::H264_SETTINGS
    } else if has("profile-id=") || has("level-idx=") || has("tier") {
        notes::VIDEO_PROFILE
    } else if has("repair-window=") {
        notes::REPAIR_WINDOW
    } else if parameters.contains('/') {
        notes::RED_FORMATS
    } else {
        notes::FORMAT
    };
    Some(note)
}

/// `a=rtcp-fb:<payload type> <what>`: what a receiver can ask for while media flows (RFC 4585, section 4.2).
pub(super) fn feedback(value: &str) -> Option<Text> {
    let (_, wanted) = value.split_once(' ')?;
    let note = match wanted.trim() {
        "nack" => notes::NACK,
        "nack pli" => notes::PLI,
        "ccm fir" => notes::FIR,
        "goog-remb" => notes::REMB,
        "transport-cc" => notes::TRANSPORT_CC,
        _ => notes::FEEDBACK,
    };
    Some(note)
}
