//! Which codecs a peer speaks and how quickly it connects.

use std::time::Duration;

use rtc::ice::mdns::MulticastDnsMode;
use rtc::interceptor::{Registry, Slot};
use rtc::peer_connection::configuration::media_engine::{MIME_TYPE_OPUS, MIME_TYPE_RTX, MIME_TYPE_VP8};
use rtc::rtp_transceiver::rtp_sender::{RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RtpCodecKind};
use webrtc::error::Result;
use webrtc::peer_connection::{MediaEngine, SettingEngine, SettingEngineBuilder, register_default_interceptors};

use super::keyframe_requests::KeyframeRequests;
use crate::call::MediaKind;

/// How quickly a connection is made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum IceTiming {
    /// At once.
    #[default]
    Prompt,
    /// As the `webrtc` crate does it when nobody tells it otherwise: to compare with.
    CrateDefaults,
}

/// How often ICE tries a pair of candidates (RFC 8445, section 14.2: 5 ms or more). The crate's default of 200 ms is
/// what makes a local call slow.
const ICE_CHECK_INTERVAL: Duration = Duration::from_millis(20);
/// How often it tries a pair before it gives up: twenty minutes. The default of 7 is meant for 200 ms. When to give up is
/// decided in `patience.rs`, by somebody who knows what there is to wait for.
const ICE_CHECKS: u16 = u16::MAX - 1;
/// Without an answer for so long, a connection is `disconnected`.
const ICE_SILENCE: Duration = Duration::from_secs(5);

/// The codec of a kind of media: VP8 and Opus, which every browser speaks (RFC 7742, RFC 7874).
///
/// Only these two are offered: a headless peer plays and records files and can do nothing with another codec.
pub(super) fn codec(kind: MediaKind) -> RTCRtpCodec {
    let feedback = |typ: &str, parameter: &str| RTCPFeedback { typ: typ.to_owned(), parameter: parameter.to_owned() };
    match kind {
        MediaKind::Audio => RTCRtpCodec {
            mime_type: MIME_TYPE_OPUS.to_owned(),
            clock_rate: 48_000,
            channels: 2,
            sdp_fmtp_line: "minptime=10;useinbandfec=1".to_owned(),
            rtcp_feedback: vec![],
        },
        MediaKind::Video => RTCRtpCodec {
            mime_type: MIME_TYPE_VP8.to_owned(),
            clock_rate: 90_000,
            channels: 0,
            sdp_fmtp_line: String::new(),
            // NACK: send a lost packet again. PLI: send a keyframe (RFC 4585).
            rtcp_feedback: vec![feedback("ccm", "fir"), feedback("nack", ""), feedback("nack", "pli")],
        },
    }
}

/// The codecs with their payload types, and the interceptors: NACK, receiver and sender reports, and
/// requests for a keyframe.
pub(super) fn media_engine() -> Result<(MediaEngine, Registry)> {
    let mut engine = MediaEngine::default();
    let opus = RTCRtpCodecParameters { rtp_codec: codec(MediaKind::Audio), payload_type: 111 };
    engine.register_codec(opus, RtpCodecKind::Audio)?;
    let vp8 = RTCRtpCodecParameters { rtp_codec: codec(MediaKind::Video), payload_type: 96 };
    engine.register_codec(vp8, RtpCodecKind::Video)?;
    // Retransmissions of payload type 96 travel as 97 (RFC 4588).
    let rtx = RTCRtpCodec {
        mime_type: MIME_TYPE_RTX.to_owned(),
        clock_rate: 90_000,
        channels: 0,
        sdp_fmtp_line: "apt=96".to_owned(),
        rtcp_feedback: vec![],
    };
    engine.register_codec(RTCRtpCodecParameters { rtp_codec: rtx, payload_type: 97 }, RtpCodecKind::Video)?;
    let interceptors = register_default_interceptors(Registry::new(), &mut engine)?;
    // Last before the application: what it marks has been seen by all the others.
    Ok((engine, interceptors.with(Slot::from(14_000), KeyframeRequests::default())))
}

/// The pace of ICE, and how names that end in `.local` are resolved: a browser hides its addresses behind such names
/// (RFC 8828), and finding them takes multicast, which a machine without a network does not have.
pub(super) fn setting_engine(timing: IceTiming, mdns: MulticastDnsMode) -> SettingEngine {
    let settings = SettingEngineBuilder::new().with_multicast_dns_mode(mdns);
    if timing == IceTiming::CrateDefaults {
        return settings.build();
    }
    settings
        .with_ice_connection_attempts(Some(ICE_CHECK_INTERVAL), Some(ICE_CHECKS))
        // Zero: the agent does not give up by itself. The last one is the interval of its keepalives, left as it is.
        .with_ice_timeouts(Some(ICE_SILENCE), Some(Duration::ZERO), None)
        // A restart is for a network that has changed: it begins with new sockets, on the addresses of that moment.
        .with_discard_local_candidates_during_ice_restart(true)
        // A check that arrives before its candidate is as good as the candidate (RFC 8445, section 7.3.1.3).
        .with_prflx_acceptance_min_wait(Some(Duration::ZERO))
        // Nor is a way through a NAT worse than another direct one: between two homes there is none but that, and the crate
        // would look half a second for it.
        .with_srflx_acceptance_min_wait(Some(Duration::ZERO))
        .build()
}
