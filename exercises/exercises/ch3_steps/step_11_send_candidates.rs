//! **Step 11: the own candidates go out, as they appear.** Each one is an event of the peer connection, and goes to the
//! other side at once: `ice`, with the candidate and the room. After the last one goes `null`.
//!
//! Read first: step 11 in `examples/05_over_socketio.rs`.
//! To do: emit `ice` for each candidate (`event.candidate.to_json()`), and once more when the gathering is complete.
//! Check: `cargo test --bin step_11_send_candidates`
//!
//! Fails with: B heard nothing, and waited for a candidate of A

use exercises::socketio::Emitter;
use serde_json::json;
use webrtc::peer_connection::{PeerConnectionEventHandler, RTCIceGatheringState, RTCPeerConnectionIceEvent};

/// What the peer connection calls.
struct Handler {
    signaling: Emitter,
    room: String,
}

fn main() {}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        // TODO
        let _ = (event, json!(null));
    }

    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            // TODO
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::peer::{offer, peer_with};
    use exercises::run;
    use exercises::socketio::{Person, signaling_server};
    use std::sync::Arc;

    #[test]
    fn b_hears_each_candidate_and_the_end() {
        run(async {
            let url = signaling_server().await;
            let a = Person::in_room("A", &url, "demo").await;
            let mut b = Person::in_room("B", &url, "demo").await;
            let handler = Handler { signaling: a.client.clone(), room: "demo".to_owned() };
            let peer = peer_with(Arc::new(handler)).await;
            offer(&peer).await;
            let mut count = 0;
            loop {
                let (event, args) = b.hear("a candidate of A, or `null` after the last one").await;
                assert!(event == "ice", "B heard {event:?} and no \"ice\"");
                if args[0].is_null() {
                    break;
                }
                let is_candidate = args[0]["candidate"].as_str().is_some_and(|line| line.contains(" typ "));
                assert!(is_candidate, "B heard \"ice\" with {args}, which is no candidate");
                count += 1;
            }
            assert!(count > 0, "B heard that there are no more candidates, and had not heard one");
        });
    }
}
