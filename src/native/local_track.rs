//! Plays a clip into a local track.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use bytes::Bytes;
use rtc::media_stream::MediaStreamTrack;
use rtc::rtp::packetizer::{Packetizer, new_packetizer};
use rtc::rtp::sequence::new_fixed_sequencer;
use rtc::rtp_transceiver::rtp_sender::{RTCRtpCodec, RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind};
use tokio::sync::watch;
use tracing::warn;
use webrtc::error::{Error, Result};
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::media_stream::track_local::{TrackLocal, TrackLocalEvent};
use webrtc::peer_connection::PeerConnection;
use webrtc::rtp_transceiver::RtpSender;

use super::keyframe_requests::asks_for_keyframe;
use super::lock::lock;
use super::media::{Clip, is_keyframe};
use super::settings;
use crate::call::MediaKind;

/// How much a player that was held up (a laptop that slept) catches up on. More would be a flood.
const MOST_BEHIND: Duration = Duration::from_millis(200);
/// The largest RTP packet, so that with all that goes around it no network has to split it.
const MTU: usize = 1200;

/// A local track of one peer connection.
pub(super) struct LocalTrack {
    kind: MediaKind,
    codec: RTCRtpCodec,
    track: Arc<TrackLocalStaticRTP>,
    rtp: Arc<dyn RtpSender>,
    /// Cuts frames into packets, numbers them and gives them their times.
    packetizer: Mutex<Box<dyn Packetizer>>,
    enabled: Arc<AtomicBool>,
    /// The other side has asked for a keyframe.
    keyframe_wanted: AtomicBool,
}

impl LocalTrack {
    /// Makes a track and adds it to the connection.
    pub(super) async fn add(
        connection: &dyn PeerConnection,
        stream: &str,
        kind: MediaKind,
        enabled: Arc<AtomicBool>,
    ) -> Result<Self> {
        let codec = settings::codec(kind);
        // The synchronisation source: the name of the stream in its RTP packets (RFC 3550, section 8).
        let ssrc: u32 = rand::random();
        let rtp_kind = match kind {
            MediaKind::Audio => RtpCodecKind::Audio,
            MediaKind::Video => RtpCodecKind::Video,
        };
        let encoding = RTCRtpEncodingParameters {
            rtp_coding_parameters: RTCRtpCodingParameters { ssrc: Some(ssrc), ..Default::default() },
            codec: codec.clone(),
            ..Default::default()
        };
        // The crate finds the track that an RTCP packet is about by its id, own and remote ones alike: two peers that
        // both call theirs "video" would get each other's requests. Browsers draw a UUID.
        let id = format!("{kind}-{ssrc:08x}");
        let track = MediaStreamTrack::new(stream.to_owned(), id, kind.to_string(), rtp_kind, vec![encoding]);
        // Step 2 (A, B): addTrack
        let track = Arc::new(TrackLocalStaticRTP::new(track));
        let rtp = connection.add_track(track.clone() as Arc<dyn TrackLocal>).await?;

        // Packets are numbered with 16 bits, and what is encrypted is numbered on beyond that by counting how often
        // they wrapped around (RFC 3711, section 3.3.1). The first packets are often lost, because the other side has
        // no keys yet. If they wrap around meanwhile, it counts one less than we do, and can decrypt nothing for the
        // rest of the call. So the first number is random, but in the lower half.
        let first_number = rand::random_range(1..1 << 15);
        let packetizer = new_packetizer(
            Instant::now(),
            MTU,
            0, // the payload type is known after the negotiation only: `send` fills it in
            ssrc,
            codec.payloader()?,
            Box::new(new_fixed_sequencer(first_number)),
            codec.clock_rate,
        );
        let (packetizer, keyframe_wanted) = (Mutex::new(Box::new(packetizer) as _), AtomicBool::new(false));
        Ok(Self { kind, codec, track, rtp, packetizer, enabled, keyframe_wanted })
    }

    /// Sends one frame. The first one must not come before the connection is connected.
    pub(super) async fn send(&self, data: &Bytes, duration: Duration) -> Result<()> {
        if !self.enabled.load(Ordering::Relaxed) {
            // What comes after the gap must not build on what was in it.
            self.keyframe_wanted.store(true, Ordering::Relaxed);
            self.skip(duration);
            return Ok(());
        }
        if self.kind == MediaKind::Video && is_keyframe(data) {
            self.keyframe_wanted.store(false, Ordering::Relaxed);
        }
        let packets = self.packetizer().packetize(Instant::now(), data, self.samples(duration))?;
        let payload_type = self.payload_type().await?;
        for mut packet in packets {
            packet.header.payload_type = payload_type;
            self.track.write_rtp(packet).await?;
        }
        Ok(())
    }

    /// The payload type of our codec: the two sides agreed on it in offer and answer.
    async fn payload_type(&self) -> Result<u8> {
        let parameters = self.rtp.get_parameters().await?;
        let ours = |mime_type: &str| mime_type.eq_ignore_ascii_case(&self.codec.mime_type);
        let agreed = parameters.rtp_parameters.codecs.iter().find(|codec| ours(&codec.rtp_codec.mime_type));
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

    /// Whether a keyframe was asked for and not sent since.
    pub(super) fn keyframe_wanted(&self) -> bool {
        self.keyframe_wanted.load(Ordering::Relaxed)
    }

    /// Lets time go by without sending anything.
    pub(super) fn skip(&self, duration: Duration) {
        self.packetizer().skip_samples(self.samples(duration));
    }

    fn samples(&self, duration: Duration) -> u32 {
        (duration.as_secs_f64() * f64::from(self.codec.clock_rate)).round() as u32
    }

    fn packetizer(&self) -> MutexGuard<'_, Box<dyn Packetizer>> {
        lock(&self.packetizer)
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
            if self.keyframe_wanted() {
                next = clip.keyframe_from(next);
            }
            let frame = &clip.frames[next];
            if let Err(error) = self.send(&frame.data, frame.duration).await {
                warn!("{} stops: {error}", self.kind);
                return;
            }
            next = (next + 1) % clip.frames.len();
            due = (due + frame.duration).max(tokio::time::Instant::now() - MOST_BEHIND);
            tokio::time::sleep_until(due).await;
        }
    }
}
