//! Plays a clip into a local track.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use rtc::media::Sample;
use rtc::media_stream::MediaStreamTrack;
use rtc::rtp_transceiver::rtp_sender::{RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind};
use tokio::sync::watch;
use tracing::warn;
use webrtc::error::{Error, Result};
use webrtc::media_stream::track_local::static_sample::TrackLocalStaticSample;
use webrtc::media_stream::track_local::{TrackLocal, TrackLocalEvent};
use webrtc::peer_connection::PeerConnection;
use webrtc::rtp_transceiver::RtpSender;

use super::keyframe_requests::asks_for_keyframe;
use super::media::Clip;
use super::settings;
use crate::call::MediaKind;

/// A local track of one peer connection.
pub(super) struct Sender {
    kind: MediaKind,
    track: Arc<TrackLocalStaticSample>,
    rtp: Arc<dyn RtpSender>,
    /// The synchronisation source: the name of the stream in its RTP packets (RFC 3550, section 8).
    ssrc: u32,
    enabled: Arc<AtomicBool>,
    /// The other side has asked for a keyframe.
    keyframe_wanted: AtomicBool,
}

impl Sender {
    /// Makes a track and adds it to the connection.
    pub(super) async fn add(
        connection: &dyn PeerConnection,
        stream: &str,
        kind: MediaKind,
        enabled: Arc<AtomicBool>,
    ) -> Result<Self> {
        let ssrc = rand::random();
        let rtp_kind = match kind {
            MediaKind::Audio => RtpCodecKind::Audio,
            MediaKind::Video => RtpCodecKind::Video,
        };
        let encoding = RTCRtpEncodingParameters {
            // Without an SSRC here the crate makes no packets and says nothing.
            rtp_coding_parameters: RTCRtpCodingParameters { ssrc: Some(ssrc), ..Default::default() },
            codec: settings::codec(kind),
            ..Default::default()
        };
        // The crate finds the track that an RTCP packet is about by its id, own and remote ones alike: two peers that
        // both call theirs "video" would get each other's requests. Browsers draw a UUID.
        let id = format!("{kind}-{ssrc:08x}");
        let track = MediaStreamTrack::new(stream.to_owned(), id, kind.to_string(), rtp_kind, vec![encoding]);
        let track = Arc::new(TrackLocalStaticSample::new(Instant::now(), track)?);
        let rtp = connection.add_track(track.clone() as Arc<dyn TrackLocal>).await?;
        Ok(Self { kind, track, rtp, ssrc, enabled, keyframe_wanted: AtomicBool::new(false) })
    }

    /// Sends one frame. The first one must not come before the connection is connected.
    pub(super) async fn send(&self, data: Bytes, duration: Duration) -> Result<()> {
        if !self.enabled.load(Ordering::Relaxed) {
            return Ok(());
        }
        let sample = Sample { data, duration, ..Sample::new(Instant::now()) };
        self.track.write_sample(self.ssrc, self.payload_type().await?, &sample, &[]).await
    }

    /// The payload type of our codec: the two sides agreed on it in offer and answer.
    async fn payload_type(&self) -> Result<u8> {
        let parameters = self.rtp.get_parameters().await?;
        let codec = settings::codec(self.kind).mime_type;
        let agreed =
            parameters.rtp_parameters.codecs.iter().find(|c| c.rtp_codec.mime_type.eq_ignore_ascii_case(&codec));
        agreed.map(|codec| codec.payload_type).ok_or(Error::CodecNotFound)
    }

    /// Listens for requests for a keyframe until the connection is closed.
    pub(super) async fn listen(&self) {
        while let Some(TrackLocalEvent::OnRtcpPacket(packets)) = self.track.poll().await {
            if asks_for_keyframe(&packets) {
                self.keyframe_wanted.store(true, Ordering::Relaxed);
            }
        }
    }

    /// Whether a keyframe was asked for since the last look.
    pub(super) fn take_keyframe_request(&self) -> bool {
        self.keyframe_wanted.swap(false, Ordering::Relaxed)
    }

    /// Plays a clip in a loop, from the moment the connection is connected, until the task is aborted.
    pub(super) async fn play(self: Arc<Self>, clip: Clip, mut connected: watch::Receiver<bool>) {
        if connected.wait_for(|connected| *connected).await.is_err() {
            return;
        }
        // Each frame has its own time on one line that began at the first: sleeping from frame to frame would add up
        // the time that sending takes.
        let mut due = tokio::time::Instant::now();
        let mut next = 0;
        loop {
            if self.take_keyframe_request() {
                next = clip.keyframe_from(next);
            }
            let frame = &clip.frames[next];
            if let Err(error) = self.send(frame.data.clone(), frame.duration).await {
                warn!("{} stops: {error}", self.kind);
                return;
            }
            next = (next + 1) % clip.frames.len();
            due += frame.duration;
            tokio::time::sleep_until(due).await;
        }
    }
}
