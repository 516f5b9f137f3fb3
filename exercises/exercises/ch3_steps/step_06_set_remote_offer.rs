//! **Step 6: setRemoteDescription, of B.** B takes the offer as it has arrived, `{type, sdp}`, and its signaling state
//! becomes `have-remote-offer`.
//!
//! Read first: step 6 in `examples/02_offer_and_answer.rs`. In the call of the course: step 6 in `src/call/mod.rs`.
//! To do: read the description (`serde_json::from_value`), and set it.
//! Check: `cargo test --bin step_06_set_remote_offer`
//!
//! Fails with: the signaling state of B is stable

use exercises::peer::Peer;
use serde_json::Value;

fn main() {}

/// Takes an offer as it has arrived.
async fn take_offer(b: &Peer, arrived: Value) -> Result<(), Box<dyn std::error::Error>> {
    // TODO
    let _ = (b, arrived);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::peer::{offer, peer, signaling_state};
    use exercises::run;
    use serde_json::json;

    #[test]
    fn b_has_an_offer() {
        run(async {
            let ((a, _a_events), (b, _b_events)) = (peer().await, peer().await);
            let (offer, _) = offer(&a).await;
            take_offer(&b, json!(offer)).await.expect("B can take the offer");
            let state = signaling_state(&b).await;
            assert!(state == "have-remote-offer", "the signaling state of B is {state}");
            assert!(take_offer(&b, json!({"type": "offer"})).await.is_err(), "an offer without SDP was taken");
        });
    }
}
