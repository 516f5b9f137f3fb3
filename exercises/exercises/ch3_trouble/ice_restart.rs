//! **ICE restart.** A laptop has changed its network, and the path is gone. The call need not begin anew: an offer with
//! new ICE credentials makes both sides look for a path again, and everything else, the channels and the keys, stays.
//!
//! Read first: `docs/recovery.md`, and `ice_ufrags` in `shared/src/description.rs`.
//! To do: make an offer that restarts ICE, and set it. `create_offer` has an option for that.
//! Check: `cargo test --bin ice_restart`
//!
//! Fails with: the new offer has the ICE credentials of the old one

use exercises::peer::Peer;
use rtc::peer_connection::configuration::RTCOfferOptions;
use webrtc::error::Result;
use webrtc::peer_connection::RTCSessionDescription;

fn main() {}

/// An offer that restarts ICE, which is set already.
async fn restart(a: &Peer) -> Result<RTCSessionDescription> {
    // TODO
    let options: Option<RTCOfferOptions> = None;
    let offer = a.create_offer(options).await?;
    a.set_local_description(offer.clone()).await?;
    Ok(offer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::peer::{Pair, answer, hear, trickle};
    use exercises::run;
    use shared::SessionDescription;

    #[test]
    fn the_call_goes_on_with_new_credentials() {
        run(async {
            let mut pair = Pair::connect().await;
            let description = |sdp: String| SessionDescription::offer(sdp);
            let before = description(pair.a.local_description().await.expect("A has one").sdp);
            let offer = restart(&pair.a).await.expect("an offer can be made");
            let now = description(offer.sdp.clone());
            let same = before.ice_ufrags().next() == now.ice_ufrags().next();
            assert!(!same, "the new offer has the ICE credentials of the old one: {:?}", now.ice_ufrags().next());
            assert_eq!(before.session_id(), now.session_id(), "the session ids");
            let answer = answer(&pair.b, offer).await;
            pair.a.set_remote_description(answer).await.expect("A takes the answer");
            trickle(&mut pair.a_events, &pair.b).await;
            pair.a_channel.send_text("still there?").await.expect("the channel is open");
            let heard = hear(&pair.b_channel, "after the restart B heard nothing").await;
            assert_eq!(heard, "still there?");
        });
    }
}
