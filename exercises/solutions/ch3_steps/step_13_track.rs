//! **Step 13: connected, and the other side's stream is there.** A handler that reads by itself would stand in the way
//! of what it waits for.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};
use webrtc::peer_connection::PeerConnectionEventHandler;

/// How many packets have come.
#[derive(Clone, Default)]
struct Counter(Arc<AtomicUsize>);

fn main() {}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Counter {
    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        let count = self.0.clone();
        tokio::spawn(async move {
            while let Some(event) = track.poll().await {
                if let TrackRemoteEvent::OnRtpPacket(_) = event {
                    count.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::peer::{answer, film, offer_again, peer, peer_with, track, trickle};
    use exercises::run;
    use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;

    #[test]
    fn the_frames_of_a_reach_b() {
        run(async {
            let (a, mut a_events) = peer().await;
            let counter = Counter::default();
            let b = peer_with(Arc::new(counter.clone())).await;
            let camera = track("camera", RtpCodecKind::Video);
            a.add_track(camera.clone()).await.expect("a track can be added");
            let answer = answer(&b, offer_again(&a).await).await;
            a.set_remote_description(answer).await.expect("A takes the answer");
            trickle(&mut a_events, &b).await;
            a_events.connected("A is not connected").await;
            let count = || counter.0.load(Ordering::Relaxed);
            let mut sent = 0;
            // The first ones are often lost.
            while count() < 20 && sent < 250 {
                film(&a, &camera, 10).await;
                sent += 10;
            }
            assert!(count() >= 20, "A has sent {sent} frames, and B has counted {}", count());
        });
    }
}
