//! **A candidate that comes before the description.** On many ways of signaling a candidate can overtake the offer. A
//! peer connection refuses it then: it does not know yet whose candidate that is.
//!
//! Read first: case 1 in `examples/08_what_goes_wrong.rs`. In the call of the course: `src/call/candidates.rs`.
//! To do: keep the candidates until the description is set; then add them.
//! Check: `cargo test --bin early_candidate`
//!
//! Fails with: the candidate that came before the offer was refused

use exercises::peer::Peer;
use webrtc::error::Result;
use webrtc::peer_connection::{RTCIceCandidateInit, RTCSessionDescription};

/// What B knows of the other side.
struct Remote {
    peer: Peer,
    /// Candidates that are not added yet.
    waiting: Vec<RTCIceCandidateInit>,
}

fn main() {}

impl Remote {
    /// A candidate has arrived.
    async fn on_candidate(&mut self, candidate: RTCIceCandidateInit) -> Result<()> {
        // TODO: not yet, perhaps. `self.peer.remote_description()` says whether there is one.
        self.peer.add_ice_candidate(candidate).await
    }

    /// The offer has arrived.
    async fn on_offer(&mut self, offer: RTCSessionDescription) -> Result<()> {
        // TODO: what waits may be added then.
        self.peer.set_remote_description(offer).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::peer::{offer, peer, remote_candidates};
    use exercises::run;

    #[test]
    fn the_candidates_wait_for_the_offer() {
        run(async {
            let ((a, mut a_events), (b, _b_events)) = (peer().await, peer().await);
            let (offer, _channel) = offer(&a).await;
            let candidate = a_events.candidates().await.swap_remove(0);
            let mut remote = Remote { peer: b.clone(), waiting: Vec::new() };
            if let Err(error) = remote.on_candidate(candidate.clone()).await {
                panic!("the candidate that came before the offer was refused: {error}");
            }
            remote.on_offer(offer).await.expect("B takes the offer");
            let answer = b.create_answer(None).await.expect("B answers");
            b.set_local_description(answer).await.expect("an own answer fits");
            let count = remote_candidates(&b).await;
            assert!(count == 1, "one candidate came before the offer, and B knows {count}");
            // One that comes in time does not wait.
            let port = candidate.candidate.split(' ').nth(5).expect("a candidate has a port").to_owned();
            let other = RTCIceCandidateInit { candidate: candidate.candidate.replace(&port, "9"), ..candidate };
            remote.on_candidate(other).await.expect("B takes the candidate");
            let count = remote_candidates(&b).await;
            assert!(count == 2, "a second one came after the offer, and B knows {count}");
        });
    }
}
