//! **Step 0: getUserMedia.** The name of the stream is the same for both: the other side plays them together.

use exercises::peer::{Track, track};
use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;

fn main() {}

/// The tracks of a camera and a microphone, as far as they are asked for.
fn get_user_media(audio: bool, video: bool) -> Result<Vec<Track>, &'static str> {
    if !audio && !video {
        return Err("TypeError");
    }
    let kinds = [(audio, RtpCodecKind::Audio), (video, RtpCodecKind::Video)];
    let wanted = kinds.into_iter().filter(|(wanted, _)| *wanted);
    Ok(wanted.map(|(_, kind)| track("camera and microphone", kind)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::run;
    use webrtc::media_stream::Track as _;

    #[test]
    fn the_stream_has_what_was_asked_for() {
        run(async {
            let stream = get_user_media(true, true).expect("sound and picture can be had");
            let count = stream.len();
            assert!(count == 2, "sound and picture were asked for, and the stream has {count} tracks");
            assert_ne!(stream[0].kind().await, stream[1].kind().await, "the kinds of the two tracks");
            assert_eq!(stream[0].stream_id().await, stream[1].stream_id().await, "the streams of the two tracks");
            assert_ne!(stream[0].track_id().await, stream[1].track_id().await, "the ids of the two tracks");
            let sound = get_user_media(true, false).expect("sound can be had");
            assert_eq!(sound.len(), 1, "tracks of a stream that is only sound");
            assert_eq!(sound[0].kind().await, RtpCodecKind::Audio, "the kind of the only track");
            assert_eq!(get_user_media(false, false).err(), Some("TypeError"), "nothing was asked for");
        });
    }
}
