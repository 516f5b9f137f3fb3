//! **Step 12: addIceCandidate.** A candidate is an address at which the other side can perhaps be reached. The peer
//! connection tries each one, and the path that works is used.
//!
//! Read first: step 12 in `examples/03_candidates.rs`.
//! To do: add the candidate. `null`, which comes after the last one, is an empty candidate for the crate.
//! Check: `cargo test --bin step_12_add_candidate`
//!
//! Fails with: B was told a candidate of A, and knows 0

use exercises::peer::Peer;
use serde_json::Value;
use webrtc::peer_connection::RTCIceCandidateInit;

fn main() {}

/// Takes a candidate as it has arrived, or `null`.
async fn add_candidate(peer: &Peer, arrived: Value) -> Result<(), Box<dyn std::error::Error>> {
    // TODO
    let candidate: Option<RTCIceCandidateInit> = serde_json::from_value(arrived)?;
    let _ = (peer, candidate);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::peer::{answer, offer, peer, remote_candidates};
    use exercises::run;
    use serde_json::json;

    #[test]
    fn the_candidate_becomes_the_path() {
        run(async {
            let ((a, mut a_events), (b, mut b_events)) = (peer().await, peer().await);
            let (offer, _channel) = offer(&a).await;
            let answer = answer(&b, offer).await;
            a.set_remote_description(answer).await.expect("A takes the answer");
            for candidate in a_events.candidates().await {
                add_candidate(&b, json!(candidate)).await.expect("B takes the candidate");
            }
            let count = remote_candidates(&b).await;
            assert!(count > 0, "B was told a candidate of A, and knows {count}");
            add_candidate(&b, json!(null)).await.expect("B takes the end of the candidates");
            b_events.connected("B knows a candidate of A, and is not connected").await;
        });
    }
}
