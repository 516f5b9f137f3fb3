//! **Step 3: createOffer.** A proposes the call. An offer describes what is there when it is made.
//!
//! Read first: step 3 in `examples/02_offer_and_answer.rs`. In the call of the course: step 3 in `src/call/mod.rs`.
//! To do: create the offer. The data channel is to be in it.
//! Check: `cargo test --bin step_03_create_offer`
//!
//! Fails with: the offer is empty

use exercises::peer::Peer;
use webrtc::error::Result;
use webrtc::peer_connection::RTCSessionDescription;

fn main() {}

/// An offer with a data channel.
async fn create_offer(peer: &Peer) -> Result<RTCSessionDescription> {
    // TODO: in place of the empty one.
    let offer = RTCSessionDescription::default();
    peer.create_data_channel("chat", None).await?;
    Ok(offer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::peer::{media, peer};
    use exercises::run;
    use webrtc::peer_connection::RTCSdpType;

    #[test]
    fn the_offer_describes_the_channel() {
        run(async {
            let (peer, _events) = peer().await;
            let offer = create_offer(&peer).await.expect("an offer can be made");
            assert!(!offer.sdp.is_empty(), "the offer is empty");
            assert_eq!(offer.sdp_type, RTCSdpType::Offer, "the type of the description");
            assert_eq!(media(&offer), ["application"], "the media sections; a data channel is \"application\"");
        });
    }
}
