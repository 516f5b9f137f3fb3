//! **Step 3: createOffer.** First the channel, then the offer. The other way round the channel would need another
//! offer.

use exercises::peer::Peer;
use webrtc::error::Result;
use webrtc::peer_connection::RTCSessionDescription;

fn main() {}

/// An offer with a data channel.
async fn create_offer(peer: &Peer) -> Result<RTCSessionDescription> {
    peer.create_data_channel("chat", None).await?;
    peer.create_offer(None).await
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
