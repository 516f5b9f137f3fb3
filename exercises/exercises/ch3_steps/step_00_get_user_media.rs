//! **Step 0: getUserMedia.** The local stream: a track for the sound and one for the picture, which belong together
//! because they have the same stream. Asked for nothing at all, the W3C's call fails with a `TypeError`.
//!
//! Read first: `examples/01_local_stream.rs`. In the call of the course: step 0 in `src/native/engine.rs`.
//! To do: make the tracks that are asked for. `track(stream, kind)` makes one.
//! Check: `cargo test --bin step_00_get_user_media`
//!
//! Fails with: sound and picture were asked for, and the stream has 0 tracks

use exercises::peer::{Track, track};
use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;

fn main() {}

/// The tracks of a camera and a microphone, as far as they are asked for.
fn get_user_media(audio: bool, video: bool) -> Result<Vec<Track>, &'static str> {
    // TODO
    let _ = (audio, video, track, RtpCodecKind::Audio);
    Ok(Vec::new())
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
