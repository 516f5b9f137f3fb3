//! **Step 10: setRemoteDescription, of A.** What arrives is text; `RTCSessionDescription::answer` reads it.

use exercises::peer::Peer;
use webrtc::error::Result;
use webrtc::peer_connection::RTCSessionDescription;

fn main() {}

/// Takes the SDP of the answer that has arrived.
async fn take_answer(a: &Peer, sdp: String) -> Result<()> {
    a.set_remote_description(RTCSessionDescription::answer(sdp)?).await
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
