//! **Step 2: addTrack.** Each track becomes a media section of the offer, in the order in which they were added.

use exercises::peer::{Peer, Track};
use webrtc::error::Result;

fn main() {}

/// Adds the tracks of a stream.
async fn add_tracks(peer: &Peer, stream: &[Track]) -> Result<()> {
    for track in stream {
        peer.add_track(track.clone()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::peer::{media, offer, peer, track};
    use exercises::run;
    use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;

    #[test]
    fn the_offer_describes_the_tracks() {
        run(async {
            let (peer, _events) = peer().await;
            let stream = [track("camera", RtpCodecKind::Audio), track("camera", RtpCodecKind::Video)];
            add_tracks(&peer, &stream).await.expect("the tracks can be added");
            let (offer, _) = offer(&peer).await;
            let media = media(&offer);
            let described = media.contains(&"audio") && media.contains(&"video");
            assert!(described, "the offer describes {media:?}, and neither sound nor picture may be missing");
            assert!(offer.sdp.contains("a=msid:camera "), "the offer names no stream \"camera\": {}", offer.sdp);
        });
    }
}
