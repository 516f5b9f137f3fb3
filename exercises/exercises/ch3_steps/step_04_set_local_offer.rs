//! **Step 4: setLocalDescription, of A.** Only now the offer counts: the signaling state becomes `have-local-offer`,
//! and the peer connection begins to look for candidates.
//!
//! Read first: step 4 in `examples/02_offer_and_answer.rs`. In the call of the course: step 4 in `src/call/mod.rs`.
//! To do: set the offer.
//! Check: `cargo test --bin step_04_set_local_offer`
//!
//! Fails with: the signaling state of A is stable

use exercises::peer::Peer;
use webrtc::error::Result;

fn main() {}

/// Proposes a call with a data channel.
async fn propose(a: &Peer) -> Result<()> {
    a.create_data_channel("chat", None).await?;
    let offer = a.create_offer(None).await?;
    // TODO
    let _ = offer;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::peer::{peer, signaling_state};
    use exercises::run;

    #[test]
    fn a_has_an_offer_and_looks_for_candidates() {
        run(async {
            let (a, mut events) = peer().await;
            propose(&a).await.expect("A can propose a call");
            let state = signaling_state(&a).await;
            assert!(state == "have-local-offer", "the signaling state of A is {state}");
            assert!(!events.candidates().await.is_empty(), "A has found no candidate");
        });
    }
}
