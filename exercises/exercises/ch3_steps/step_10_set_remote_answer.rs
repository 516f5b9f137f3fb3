//! **Step 10: setRemoteDescription, of A.** With the answer A has both descriptions as well: `stable`. From now on each
//! side knows who the other one is, by its fingerprint, and only the path is missing.
//!
//! Read first: step 10 in `examples/02_offer_and_answer.rs`. In the call of the course: step 10 in `src/call/mod.rs`.
//! To do: set the answer.
//! Check: `cargo test --bin step_10_set_remote_answer`
//!
//! Fails with: the signaling state of A is have-local-offer

use exercises::peer::Peer;
use webrtc::error::Result;
use webrtc::peer_connection::RTCSessionDescription;

fn main() {}

/// Takes the SDP of the answer that has arrived.
async fn take_answer(a: &Peer, sdp: String) -> Result<()> {
    // TODO: `RTCSessionDescription::answer` makes a description of it.
    let _ = (a, RTCSessionDescription::answer(sdp)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::peer::{answer, offer, peer, signaling_state};
    use exercises::run;

    #[test]
    fn a_has_finished() {
        run(async {
            let ((a, _a_events), (b, _b_events)) = (peer().await, peer().await);
            let (offer, _) = offer(&a).await;
            let answer = answer(&b, offer).await;
            take_answer(&a, answer.sdp).await.expect("A can take the answer");
            let state = signaling_state(&a).await;
            assert!(state == "stable", "the signaling state of A is {state}");
        });
    }
}
