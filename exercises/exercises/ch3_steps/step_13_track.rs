//! **Step 13: connected, and the other side's stream is there.** Each remote track is an event. What comes in it has to
//! be read: `track.poll()`, until it returns `None`.
//!
//! Read first: `on_track` in `examples/peer/mod.rs`. In the call of the course: `src/native/remote_tracks.rs`.
//! To do: count the RTP packets. The crate calls on the task that drives the connection: spawn a task of your own, and
//! return.
//! Check: `cargo test --bin step_13_track`
//!
//! Fails with: A has sent 250 frames, and B has counted 0

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use webrtc::media_stream::track_remote::TrackRemote;
use webrtc::peer_connection::PeerConnectionEventHandler;

/// How many packets have come.
#[derive(Clone, Default)]
struct Counter(Arc<AtomicUsize>);

fn main() {}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Counter {
    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        // TODO: an RTP packet is a `TrackRemoteEvent::OnRtpPacket`, of the same module as `TrackRemote`.
        let _ = track;
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
