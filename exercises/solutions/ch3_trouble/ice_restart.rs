//! **ICE restart.** The credentials are new, and the session id is the same: the same peer connection.

use exercises::peer::Peer;
use rtc::peer_connection::configuration::RTCOfferOptions;
use webrtc::error::Result;
use webrtc::peer_connection::RTCSessionDescription;

fn main() {}

/// An offer that restarts ICE, which is set already.
async fn restart(a: &Peer) -> Result<RTCSessionDescription> {
    let options = Some(RTCOfferOptions { ice_restart: true });
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
