//! **Glare: both sides offer.** Each has sent an offer, and each gets that of the other while it waits for an answer.
//! One has to give in, and both must know which one: here the polite side takes its own offer back (a `rollback`) and
//! answers; the other one ignores the offer. In this course only A offers, and so it never happens; a stranger may do
//! it.
//!
//! Read first: case 2 in `examples/08_what_goes_wrong.rs`, and
//! <https://www.w3.org/TR/webrtc/#perfect-negotiation-example>.
//! To do: take the offer back and answer, or ignore the other one. `rollback()` is a description that takes the own one
//! back.
//! Check: `cargo test --bin glare`
//!
//! Fails with: the polite side could not take the offer of the other one

use exercises::peer::Peer;
use webrtc::error::Result;
use webrtc::peer_connection::RTCSessionDescription;

fn main() {}

/// An offer has arrived. Returns the answer, if there is one.
async fn on_offer(peer: &Peer, polite: bool, offer: RTCSessionDescription) -> Result<Option<RTCSessionDescription>> {
    let glare = peer.pending_local_description().await.is_some();
    // TODO: what in the case of glare?
    let _ = (glare, polite, rollback);
    peer.set_remote_description(offer).await?;
    let answer = peer.create_answer(None).await?;
    peer.set_local_description(answer.clone()).await?;
    Ok(Some(answer))
}

/// A description that takes the own offer back. It has no text.
fn rollback() -> RTCSessionDescription {
    let description = serde_json::json!({"type": "rollback", "sdp": ""});
    serde_json::from_value(description).expect("it is one of the W3C's types")
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::peer::{offer, peer, signaling_state};
    use exercises::run;

    #[test]
    fn one_side_gives_in() {
        run(async {
            let ((polite, _p), (other, _o)) = (peer().await, peer().await);
            let ((from_polite, _pc), (from_other, _oc)) = (offer(&polite).await, offer(&other).await);
            let answer = on_offer(&polite, true, from_other).await;
            let answer = answer.unwrap_or_else(|error| {
                panic!("the polite side could not take the offer of the other one: {error}");
            });
            let ignored = on_offer(&other, false, from_polite).await.expect("an offer is ignored without an error");
            assert!(ignored.is_none(), "the side that is not polite has answered");
            let answer = answer.expect("the polite side answers");
            other.set_remote_description(answer).await.expect("the answer fits the offer");
            let states = [signaling_state(&polite).await, signaling_state(&other).await];
            assert_eq!(states, ["stable", "stable"], "the signaling states");
        });
    }

    #[test]
    fn without_glare_both_answer() {
        run(async {
            for polite in [false, true] {
                let ((a, _a_events), (b, _b_events)) = (peer().await, peer().await);
                let answer = on_offer(&b, polite, offer(&a).await.0).await.expect("B can take the offer");
                assert!(answer.is_some(), "there was no glare, and the offer was not answered");
            }
        });
    }
}
