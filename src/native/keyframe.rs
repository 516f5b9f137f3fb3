//! Whether a picture that comes in can be decoded, and asking for a keyframe while it cannot.

use std::time::{Duration, Instant};

use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use tracing::debug;
use webrtc::media_stream::track_remote::TrackRemote;

use super::media::is_keyframe;

/// How long after asking for a keyframe it is asked for again.
const INTERVAL: Duration = Duration::from_millis(500);

/// What is known of the keyframes of a remote track.
#[derive(Default)]
pub(super) struct Keyframe {
    /// There was one, and nothing was lost since.
    decodable: bool,
    asked: Option<Instant>,
}

impl Keyframe {
    /// Takes note of a frame, and says whether it can be decoded. After a loss, what comes builds on what was lost.
    pub(super) fn decodable(&mut self, frame: &[u8], lost_before: bool) -> bool {
        if is_keyframe(frame) {
            self.decodable = true;
        } else if lost_before && self.decodable {
            self.decodable = false;
            // The request of long ago was for another loss: this one is made at once.
            self.asked = None;
        }
        self.decodable
    }

    /// Asks for a keyframe if one is needed, or wanted by somebody else, and was not asked for just now: picture loss
    /// indication (RFC 4585, section 6.3.1).
    pub(super) async fn ask_if_needed(&mut self, track: &dyn TrackRemote, wanted: bool) {
        let asked_just_now = self.asked.is_some_and(|asked| asked.elapsed() < INTERVAL);
        if (self.decodable && !wanted) || asked_just_now {
            return;
        }
        self.asked = Some(Instant::now());
        for media_ssrc in track.ssrcs().await {
            debug!("picture loss indication for {media_ssrc}");
            let request = PictureLossIndication { sender_ssrc: 0, media_ssrc };
            if let Err(error) = track.write_rtcp(vec![Box::new(request)]).await {
                debug!("the picture loss indication was not sent: {error}");
            }
        }
    }
}
