//! The tracks of the other side: counts, records, echoes, asks for keyframes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::channel::mpsc::UnboundedSender;
use rtc::media::io::sample_builder::SampleBuilder;
use rtc::rtp;
use rtc::rtp::codec::vp8::Vp8Packet;
use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;
use tracing::debug;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};

use super::counters::Counters;
use super::keyframe::Keyframe;
use super::local_track::LocalTrack;
use super::lock::lock;
use super::media::opus_duration;
use super::recorder::{AudioRecorder, Recording, Recordings, VideoRecorder};
use crate::call::{EngineEvent, MediaKind};

/// How many packets a late one may be behind before its frame is given up.
const MAX_LATE_PACKETS: u16 = 256;
/// How long a late packet is waited for. A retransmission (NACK) takes a round trip.
const MAX_LATE: Duration = Duration::from_millis(500);

/// What is done with the remote tracks of one peer connection.
pub(super) struct RemoteTracks {
    pub(super) counters: Arc<Counters>,
    pub(super) recordings: Arc<Recordings>,
    /// The own tracks that send back what comes in, when echoing.
    pub(super) echo: Mutex<HashMap<MediaKind, Arc<LocalTrack>>>,
}

impl RemoteTracks {
    /// Reads a track until the connection is closed. Every track must be read: the crate drops what is not.
    pub(super) async fn receive(&self, track: Arc<dyn TrackRemote>, events: UnboundedSender<EngineEvent>) {
        let kind = match track.kind().await {
            RtpCodecKind::Video => MediaKind::Video,
            _ => MediaKind::Audio,
        };
        // An error says that the call has moved on to another connection.
        let _ = events.unbounded_send(EngineEvent::Track(kind));
        match kind {
            MediaKind::Video => self.receive_video(&*track).await,
            MediaKind::Audio => self.receive_audio(&*track).await,
        }
    }

    async fn receive_video(&self, track: &dyn TrackRemote) {
        let mut recording = Recording::<VideoRecorder>::start(&self.recordings, self.counters.clone());
        let echo = self.echo_to(MediaKind::Video);
        let mut keyframe = Keyframe::default();
        // A frame is spread over packets, which may come late, twice or never.
        let mut frames =
            SampleBuilder::new(MAX_LATE_PACKETS, Vp8Packet::default(), 90_000).with_max_time_delay(MAX_LATE);
        let mut last_packet = rtp::Packet::default();
        keyframe.ask_if_needed(track, true).await;
        loop {
            let packet = match track.poll().await {
                Some(TrackRemoteEvent::OnRtpPacket(packet)) => Some(packet),
                Some(_) => continue,
                None => None,
            };
            let over = packet.is_none();
            if let Some(packet) = &packet {
                last_packet.header = packet.header.clone();
            }
            // The builder gives a frame away when the next one begins; after the last one, one has to be made up.
            frames.push(Instant::now(), packet.unwrap_or_else(|| beginning_after(&last_packet)));
            while let Some(frame) = frames.pop(Instant::now()) {
                // Padding, with which a browser probes the bandwidth, is no loss.
                let lost_before = frame.prev_dropped_packets > frame.prev_padding_packets;
                if keyframe.decodable(&frame.data, lost_before) {
                    self.counters.count(MediaKind::Video, frame.data.len());
                    recording.write(&frame.data, frame.packet_timestamp, frame.duration);
                    send_back(echo.as_deref(), &frame.data, frame.duration).await;
                } else if let Some(echo) = &echo {
                    echo.skip(frame.duration);
                }
            }
            if over {
                break;
            }
            // The side that sees the echo may need a keyframe, and only the source can make one.
            let wanted = echo.as_ref().is_some_and(|echo| echo.keyframe_wanted());
            keyframe.ask_if_needed(track, wanted).await;
        }
        recording.finish();
    }

    async fn receive_audio(&self, track: &dyn TrackRemote) {
        /// How far behind a packet can be and still be called late. One farther behind is after a leap ahead.
        const LATE: u16 = 1000;
        let mut recording = Recording::<AudioRecorder>::start(&self.recordings, self.counters.clone());
        let echo = self.echo_to(MediaKind::Audio);
        let mut newest = None;
        while let Some(event) = track.poll().await {
            let TrackRemoteEvent::OnRtpPacket(packet) = event else { continue };
            // A packet is a frame. One that comes late or twice has missed its turn (numbers wrap around).
            let number = packet.header.sequence_number;
            if newest.is_some_and(|newest: u16| newest.wrapping_sub(number) < LATE) {
                continue;
            }
            newest = Some(number);
            let Some(duration) = opus_duration(&packet.payload) else { continue };
            self.counters.count(MediaKind::Audio, packet.payload.len());
            recording.write(&packet.payload, packet.header.timestamp, duration);
            send_back(echo.as_deref(), &packet.payload, duration).await;
        }
        recording.finish();
    }

    fn echo_to(&self, kind: MediaKind) -> Option<Arc<LocalTrack>> {
        lock(&self.echo).get(&kind).cloned()
    }
}

async fn send_back(echo: Option<&LocalTrack>, data: &Bytes, duration: Duration) {
    if let Some(track) = echo
        && let Err(error) = track.send(data, duration).await
    {
        debug!("a frame was not echoed: {error}");
    }
}

/// A packet with which a new VP8 frame begins (RFC 7741, section 4.2: the S bit) right after this one.
fn beginning_after(last: &rtp::Packet) -> rtp::Packet {
    let mut packet = last.clone();
    packet.header.sequence_number = last.header.sequence_number.wrapping_add(1);
    packet.header.timestamp = last.header.timestamp.wrapping_add(1);
    packet.payload = Bytes::from_static(&[0x10, 0]);
    packet
}
