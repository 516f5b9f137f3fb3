//! **Step 8: setLocalDescription, of B.** The same call as in step 4, and the end of the negotiation, not its
//! beginning.

use exercises::peer::Peer;
use webrtc::error::Result;
use webrtc::peer_connection::RTCSessionDescription;

fn main() {}

/// Takes an offer, and answers it. Returns the answer.
async fn accept(b: &Peer, offer: RTCSessionDescription) -> Result<RTCSessionDescription> {
    b.set_remote_description(offer).await?;
    let answer = b.create_answer(None).await?;
    b.set_local_description(answer.clone()).await?;
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
