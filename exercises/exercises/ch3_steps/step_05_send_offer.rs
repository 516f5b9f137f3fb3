//! **Step 5: the offer goes to the signaling server.** WebRTC does not say how it gets to the other side. Here it is an
//! event of Socket.IO: `offer`, with the description as `{type, sdp}`, and the room.
//!
//! Read first: step 5 in `examples/05_over_socketio.rs`, and the table in `docs/protocol.md`.
//! To do: emit it. `json!(offer)` is the description as the W3C writes it.
//! Check: `cargo test --bin step_05_send_offer`
//!
//! Fails with: the first thing that B heard was "ice"

use exercises::socketio::Emitter;
use serde_json::json;
use socketio_src::client::ClientError;
use webrtc::peer_connection::RTCSessionDescription;

fn main() {}

/// Sends the offer to the other one in the room.
fn send_offer(signaling: &Emitter, offer: &RTCSessionDescription, room: &str) -> Result<(), ClientError> {
    // TODO
    let _ = (signaling, json!(offer), room);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::peer::{offer, peer};
    use exercises::run;
    use exercises::socketio::{Person, signaling_server};

    #[test]
    fn b_hears_the_offer() {
        run(async {
            let url = signaling_server().await;
            let a = Person::in_room("A", &url, "demo").await;
            let mut b = Person::in_room("B", &url, "demo").await;
            let (peer, _events) = peer().await;
            let (offer, _) = offer(&peer).await;
            send_offer(&a.client, &offer, "demo").expect("A is connected");
            a.emit("ice", vec![json!(null), "demo".into()]);
            let (event, args) = b.hear("the offer").await;
            assert!(event == "offer", "the first thing that B heard was {event:?}");
            assert!(args == json!([{"type": "offer", "sdp": offer.sdp}]), "B heard \"offer\" with {args}");
        });
    }
}
