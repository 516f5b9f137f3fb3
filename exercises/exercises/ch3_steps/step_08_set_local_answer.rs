//! **Step 8: setLocalDescription, of B.** With its answer B has both descriptions: the negotiation is over for B, and
//! its signaling state is `stable` again.
//!
//! Read first: step 8 in `examples/02_offer_and_answer.rs`. In the call of the course: step 8 in `src/call/mod.rs`.
//! To do: set the answer.
//! Check: `cargo test --bin step_08_set_local_answer`
//!
//! Fails with: the signaling state of B is have-remote-offer

use exercises::peer::Peer;
use webrtc::error::Result;
use webrtc::peer_connection::RTCSessionDescription;

fn main() {}

/// Takes an offer, and answers it. Returns the answer.
async fn accept(b: &Peer, offer: RTCSessionDescription) -> Result<RTCSessionDescription> {
    b.set_remote_description(offer).await?;
    let answer = b.create_answer(None).await?;
    // TODO
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::peer::{offer, peer, signaling_state};
    use exercises::run;

    #[test]
    fn b_has_finished_and_looks_for_candidates() {
        run(async {
            let ((a, _a_events), (b, mut events)) = (peer().await, peer().await);
            let (offer, _) = offer(&a).await;
            accept(&b, offer).await.expect("B can accept the call");
            let state = signaling_state(&b).await;
            assert!(state == "stable", "the signaling state of B is {state}");
            assert!(!events.candidates().await.is_empty(), "B has found no candidate");
        });
    }
}
