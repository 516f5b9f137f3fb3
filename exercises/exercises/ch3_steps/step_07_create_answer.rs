//! **Step 7: createAnswer.** B answers each media section of the offer, in the same order: with what it can do as well.
//!
//! Read first: step 7 in `examples/02_offer_and_answer.rs`. In the call of the course: step 7 in `src/call/mod.rs`.
//! To do: create the answer.
//! Check: `cargo test --bin step_07_create_answer`
//!
//! Fails with: the answer is empty

use exercises::peer::Peer;
use webrtc::error::Result;
use webrtc::peer_connection::RTCSessionDescription;

fn main() {}

/// The answer to the offer that is set.
async fn create_answer(b: &Peer) -> Result<RTCSessionDescription> {
    // TODO
    let _ = b;
    Ok(RTCSessionDescription::default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::peer::{media, offer, peer, track};
    use exercises::run;
    use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;
    use webrtc::peer_connection::RTCSdpType;

    #[test]
    fn the_answer_has_the_sections_of_the_offer() {
        run(async {
            let ((a, _a_events), (b, _b_events)) = (peer().await, peer().await);
            a.add_track(track("camera", RtpCodecKind::Video)).await.expect("a track can be added");
            let (offer, _) = offer(&a).await;
            b.set_remote_description(offer.clone()).await.expect("B takes the offer");
            let answer = create_answer(&b).await.expect("B can answer");
            assert!(!answer.sdp.is_empty(), "the answer is empty");
            assert_eq!(answer.sdp_type, RTCSdpType::Answer, "the type of the description");
            assert_eq!(media(&answer), media(&offer), "the media sections of answer and offer");
        });
    }
}
