//! **Step 2: addTrack.** What is to be sent is added to the peer connection. Nothing is sent by that: the next offer
//! says what there is.
//!
//! Read first: step 2 in `examples/02_offer_and_answer.rs`. In the call of the course: step 2 in `src/call/mod.rs`.
//! To do: add each track. (`track.clone()` is an `Arc<dyn TrackLocal>` where one is wanted.)
//! Check: `cargo test --bin step_02_add_tracks`
//!
//! Fails with: the offer describes ["application"]

use exercises::peer::{Peer, Track};
use webrtc::error::Result;

fn main() {}

/// Adds the tracks of a stream.
async fn add_tracks(peer: &Peer, stream: &[Track]) -> Result<()> {
    // TODO
    let _ = (peer, stream);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::peer::{media, offer, peer, track};
    use exercises::run;
    use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;

    #[test]
    fn the_offer_describes_the_tracks() {
        run(async {
            let (peer, _events) = peer().await;
            let stream = [track("camera", RtpCodecKind::Audio), track("camera", RtpCodecKind::Video)];
            add_tracks(&peer, &stream).await.expect("the tracks can be added");
            let (offer, _) = offer(&peer).await;
            let media = media(&offer);
            let described = media.contains(&"audio") && media.contains(&"video");
            assert!(described, "the offer describes {media:?}, and neither sound nor picture may be missing");
            assert!(offer.sdp.contains("a=msid:camera "), "the offer names no stream \"camera\": {}", offer.sdp);
        });
    }
}
