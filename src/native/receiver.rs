//! Takes in a remote track: counts, records, echoes, asks for keyframes.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::channel::mpsc::UnboundedSender;
use rtc::media::io::sample_builder::SampleBuilder;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtp::codec::vp8::Vp8Packet;
use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;
use tracing::{debug, warn};
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};

use super::media::{is_keyframe, opus_duration};
use super::recorder::{AudioRecorder, VideoRecorder};
use super::sender::Sender;
use crate::call::{EngineEvent, MediaKind};

/// How many packets a late one may be behind before its frame is given up.
const MAX_LATE_PACKETS: u16 = 256;
/// How long a late packet is waited for. A retransmission (NACK) takes a round trip.
const MAX_LATE: Duration = Duration::from_millis(500);
/// How long after asking for a keyframe it is asked for again.
const PLI_INTERVAL: Duration = Duration::from_millis(500);

/// What has been received, over all calls of one engine. Shared: it can be read while a call runs.
#[derive(Debug, Default)]
pub struct Counters {
    video_frames: AtomicU64,
    video_bytes: AtomicU64,
    audio_frames: AtomicU64,
    audio_bytes: AtomicU64,
}

/// A reading of [`Counters`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// Complete video frames.
    pub video_frames: u64,
    /// Their encoded bytes.
    pub video_bytes: u64,
    /// Opus packets.
    pub audio_frames: u64,
    /// Their encoded bytes.
    pub audio_bytes: u64,
}

impl Counters {
    /// What has been received up to now.
    pub fn read(&self) -> Counted {
        Counted {
            video_frames: self.video_frames.load(Ordering::Relaxed),
            video_bytes: self.video_bytes.load(Ordering::Relaxed),
            audio_frames: self.audio_frames.load(Ordering::Relaxed),
            audio_bytes: self.audio_bytes.load(Ordering::Relaxed),
        }
    }

    fn count(&self, kind: MediaKind, bytes: usize) {
        let (frames, total) = match kind {
            MediaKind::Video => (&self.video_frames, &self.video_bytes),
            MediaKind::Audio => (&self.audio_frames, &self.audio_bytes),
        };
        frames.fetch_add(1, Ordering::Relaxed);
        total.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

/// What is done with the remote tracks of one peer connection.
#[derive(Default)]
pub(super) struct Receiver {
    pub(super) counters: Arc<Counters>,
    /// Where recordings go, without their extension: `DIR/remote` becomes `DIR/remote.ivf` and `DIR/remote.ogg`.
    pub(super) record: Option<PathBuf>,
    /// The own tracks that send back what comes in, when echoing.
    pub(super) echo: Mutex<HashMap<MediaKind, Arc<Sender>>>,
}

impl Receiver {
    /// Reads a track until the connection is closed. Every track must be read: the crate drops what is not.
    pub(super) async fn receive(&self, track: Arc<dyn TrackRemote>, events: UnboundedSender<EngineEvent>) {
        let kind = match track.kind().await {
            RtpCodecKind::Video => MediaKind::Video,
            _ => MediaKind::Audio,
        };
        // An error says that the call has moved on to another connection.
        let _ = events.unbounded_send(EngineEvent::Track(kind));
        let read = match kind {
            MediaKind::Video => self.receive_video(&*track).await,
            MediaKind::Audio => self.receive_audio(&*track).await,
        };
        if let Err(error) = read {
            warn!("the recording of the {kind} track has ended: {error}");
            // Still read, so that the connection does not suffer from a full disk.
            while track.poll().await.is_some() {}
        }
    }

    async fn receive_video(&self, track: &dyn TrackRemote) -> std::io::Result<()> {
        let mut recorder =
            self.record.as_ref().map(|path| VideoRecorder::create(&path.with_extension("ivf"))).transpose()?;
        // A frame is spread over packets, which may come late, twice or never.
        let mut frames =
            SampleBuilder::new(MAX_LATE_PACKETS, Vp8Packet::default(), 90_000).with_max_time_delay(MAX_LATE);
        let mut keyframe = Keyframe::default();
        keyframe.ask(track).await;
        while let Some(event) = track.poll().await {
            let TrackRemoteEvent::OnRtpPacket(packet) = event else { continue };
            frames.push(Instant::now(), packet);
            while let Some(frame) = frames.pop(Instant::now()) {
                keyframe.seen(&frame.data, frame.prev_dropped_packets);
                if keyframe.missing {
                    // Without the frames it builds on this one shows rubbish.
                    continue;
                }
                self.counters.count(MediaKind::Video, frame.data.len());
                if let Some(recorder) = &mut recorder {
                    recorder.write(&frame.data, frame.packet_timestamp)?;
                }
                self.send_back(MediaKind::Video, &frame.data, frame.duration).await;
            }
            if self.echo_to(MediaKind::Video).is_some_and(|sender| sender.take_keyframe_request()) {
                // Whoever sees the echo needs a keyframe, and only the source can make one.
                keyframe.ask(track).await;
            }
            keyframe.ask_again(track).await;
        }
        recorder.map_or(Ok(()), VideoRecorder::finish)
    }

    async fn receive_audio(&self, track: &dyn TrackRemote) -> std::io::Result<()> {
        let mut recorder =
            self.record.as_ref().map(|path| AudioRecorder::create(&path.with_extension("ogg"))).transpose()?;
        let mut newest = None;
        while let Some(event) = track.poll().await {
            let TrackRemoteEvent::OnRtpPacket(packet) = event else { continue };
            // A packet is a frame. One that comes late or twice has missed its turn (sequence numbers wrap around).
            let number = packet.header.sequence_number;
            if newest.is_some_and(|newest: u16| number.wrapping_sub(newest) as i16 <= 0) {
                continue;
            }
            newest = Some(number);
            let Some(duration) = opus_duration(&packet.payload) else { continue };
            self.counters.count(MediaKind::Audio, packet.payload.len());
            if let Some(recorder) = &mut recorder {
                recorder.write(&packet.payload, packet.header.timestamp, duration)?;
            }
            self.send_back(MediaKind::Audio, &packet.payload, duration).await;
        }
        recorder.map_or(Ok(()), AudioRecorder::finish)
    }

    fn echo_to(&self, kind: MediaKind) -> Option<Arc<Sender>> {
        self.echo.lock().expect("never held over a panic").get(&kind).cloned()
    }

    async fn send_back(&self, kind: MediaKind, data: &Bytes, duration: Duration) {
        if let Some(sender) = self.echo_to(kind)
            && let Err(error) = sender.send(data, duration).await
        {
            debug!("a frame was not echoed: {error}");
        }
    }
}

/// Whether the picture can be decoded, and if not, when a keyframe was asked for.
struct Keyframe {
    missing: bool,
    asked: Instant,
}

impl Default for Keyframe {
    fn default() -> Self {
        Self { missing: true, asked: Instant::now() }
    }
}

impl Keyframe {
    fn seen(&mut self, frame: &[u8], dropped_before: u16) {
        if is_keyframe(frame) {
            self.missing = false;
        } else if dropped_before > 0 && !self.missing {
            self.missing = true;
            // A request long ago was for another loss: this one is asked for at once.
            self.asked = Instant::now().checked_sub(PLI_INTERVAL).unwrap_or(self.asked);
        }
    }

    /// Asks for a keyframe: picture loss indication (RFC 4585, section 6.3.1).
    async fn ask(&mut self, track: &dyn TrackRemote) {
        self.asked = Instant::now();
        for media_ssrc in track.ssrcs().await {
            debug!("picture loss indication for {media_ssrc}");
            let pli = PictureLossIndication { sender_ssrc: 0, media_ssrc };
            if let Err(error) = track.write_rtcp(vec![Box::new(pli)]).await {
                debug!("the picture loss indication was not sent: {error}");
            }
        }
    }

    async fn ask_again(&mut self, track: &dyn TrackRemote) {
        if self.missing && self.asked.elapsed() >= PLI_INTERVAL {
            self.ask(track).await;
        }
    }
}
