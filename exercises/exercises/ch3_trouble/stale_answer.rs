//! **An answer to an earlier offer.** A has made an offer, B has left and come back, and A has made another one, with a
//! new peer connection. Now the answer to the first one arrives. Whoever takes it waits for ever: the true one is too
//! late then.
//!
//! Read first: case 3 in `examples/08_what_goes_wrong.rs`. In the call of the course: `Signal::Answer` in
//! `src/call/inbox.rs`.
//! To do: take the answer only if it is for the offer that this peer connection has made.
//! Check: `cargo test --bin stale_answer`
//!
//! Fails with: the answer to another offer was taken

use exercises::peer::Peer;
use shared::SessionDescription;
use webrtc::error::Result;
use webrtc::peer_connection::RTCSessionDescription;

fn main() {}

/// An answer has arrived. `to_offer` is the session id of the offer that it answers.
async fn on_answer(a: &Peer, answer: RTCSessionDescription, to_offer: &str) -> Result<()> {
    // TODO: `SessionDescription` of `shared` finds the session id of `a.local_description()`.
    let _ = (to_offer, SessionDescription::offer(""));
    a.set_remote_description(answer).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::peer::{answer, offer, peer, signaling_state};
    use exercises::run;

    #[test]
    fn only_the_answer_to_the_own_offer_is_taken() {
        run(async {
            let ((before, _events_before), (now, _events_now)) = (peer().await, peer().await);
            let mut answers = Vec::new();
            for a in [&before, &now] {
                let (b, _events) = peer().await;
                let (offer, _channel) = offer(a).await;
                let answer = answer(&b, offer.clone()).await;
                let offer = SessionDescription::offer(offer.sdp);
                answers.push((answer, offer.session_id().expect("an offer has one").to_owned()));
            }
            let [(stale, to_earlier), (true_one, to_ours)] = answers.try_into().expect("two answers");
            on_answer(&now, stale, &to_earlier).await.expect("a stale answer is no error");
            let state = signaling_state(&now).await;
            assert!(
                state == "have-local-offer",
                "the answer to another offer was taken: the signaling state is {state}"
            );
            on_answer(&now, true_one, &to_ours).await.expect("the true answer is taken");
            let state = signaling_state(&now).await;
            assert!(state == "stable", "the true answer was not taken: the signaling state is {state}");
        });
    }
}
