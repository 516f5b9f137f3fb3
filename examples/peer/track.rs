//! A clip that is sent as a track.

use std::sync::Arc;
use std::time::Instant;

use rtc::media::Sample;
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::configuration::media_engine::{MIME_TYPE_OPUS, MIME_TYPE_VP8};
use rtc::rtp_transceiver::rtp_sender::{RTCRtpCodec, RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind};
use study_zoom::call::MediaKind;
use study_zoom::native::media::{Clip, Frame};
use support::cli::Failure;
use webrtc::media_stream::track_local::static_sample::TrackLocalStaticSample;
use webrtc::peer_connection::PeerConnection;
use webrtc::rtp_transceiver::RtpSender;

/// A track of this side.
pub(crate) struct LocalTrack {
    pub(super) clip: Clip,
    track: Arc<TrackLocalStaticSample>,
    /// What the W3C's [`RTCRtpSender`](https://www.w3.org/TR/webrtc/#rtcrtpsender-interface) is: it sends one track.
    pub(crate) sender: Arc<dyn RtpSender>,
    pub(crate) ssrc: u32,
    mime_type: &'static str,
}

impl LocalTrack {
    /// Step 2: a track for what is in this clip.
    pub(crate) async fn add(connection: &dyn PeerConnection, clip: &Clip) -> Result<Self, Failure> {
        let (kind, mime_type, clock_rate, channels) = match clip.kind {
            MediaKind::Audio => (RtpCodecKind::Audio, MIME_TYPE_OPUS, 48_000, 2),
            MediaKind::Video => (RtpCodecKind::Video, MIME_TYPE_VP8, 90_000, 0),
        };
        let ssrc = rand::random();
        let encoding = RTCRtpEncodingParameters {
            rtp_coding_parameters: RTCRtpCodingParameters { ssrc: Some(ssrc), ..Default::default() },
            codec: RTCRtpCodec { mime_type: mime_type.to_owned(), clock_rate, channels, ..Default::default() },
            ..Default::default()
        };
        let (stream, id) = ("stream".to_owned(), format!("{kind}-{ssrc:08x}"));
        let track = MediaStreamTrack::new(stream, id, kind.to_string(), kind, vec![encoding]);
        let track = Arc::new(TrackLocalStaticSample::new(Instant::now(), track)?);
        let sender = connection.add_track(track.clone()).await?;
        Ok(Self { clip: clip.clone(), track, sender, ssrc, mime_type })
    }

    /// Sends the frames of a clip in a loop, each at its time, until the connection is closed.
    pub(crate) async fn play(&self, clip: &Clip) -> Result<(), Failure> {
        let mut due = tokio::time::Instant::now();
        for frame in clip.frames.iter().cycle() {
            self.send(frame).await?;
            due += frame.duration;
            tokio::time::sleep_until(due).await;
        }
        Ok(())
    }

    /// Sends one frame.
    pub(crate) async fn send(&self, frame: &Frame) -> Result<(), Failure> {
        // The number of the codec in the packets. The two have agreed on it in offer and answer.
        let parameters = self.sender.get_parameters().await?.rtp_parameters;
        let codec = parameters.codecs.iter().find(|codec| codec.rtp_codec.mime_type == self.mime_type);
        let payload_type =
            codec.ok_or_else(|| format!("the other side does not speak {}", self.mime_type))?.payload_type;
        let now = Instant::now();
        let sample = Sample { data: frame.data.clone(), duration: frame.duration, ..Sample::new(now) };
        Ok(self.track.write_sample(self.ssrc, payload_type, &sample, &[]).await?)
    }
}
