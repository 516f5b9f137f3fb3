//! **Step 9: the answer goes to the signaling server.** A may have made another offer meanwhile. So the answer says
//! which one it is for: by the session id of the offer, the second word of the line that begins with `o=`.
//!
//! Read first: step 9 in `examples/05_over_socketio.rs`, the two tables in `docs/protocol.md`, and `session_id` in
//! `shared/src/description.rs`.
//! To do: emit `answer`, with the description, the room, and the session id of the offer.
//! Check: `cargo test --bin step_09_send_answer`
//!
//! Fails with: the first thing that A heard was "ice"

use exercises::socketio::Emitter;
use serde_json::json;
use shared::SessionDescription;
use socketio_src::client::ClientError;

fn main() {}

/// Sends the answer to the other one in the room.
fn send_answer(
    signaling: &Emitter,
    answer: &SessionDescription,
    offer: &SessionDescription,
    room: &str,
) -> Result<(), ClientError> {
    // TODO
    let _ = (signaling, json!(answer), offer, room);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::peer::{answer, offer, peer};
    use exercises::run;
    use exercises::socketio::{Person, signaling_server};

    #[test]
    fn a_hears_the_answer_to_its_offer() {
        run(async {
            let url = signaling_server().await;
            let mut a = Person::in_room("A", &url, "demo").await;
            let b = Person::in_room("B", &url, "demo").await;
            let ((peer_a, _a_events), (peer_b, _b_events)) = (peer().await, peer().await);
            let (offer, _) = offer(&peer_a).await;
            let answer = SessionDescription::answer(answer(&peer_b, offer.clone()).await.sdp);
            let offer = SessionDescription::offer(offer.sdp);
            send_answer(&b.client, &answer, &offer, "demo").expect("B is connected");
            b.emit("ice", vec![json!(null), "demo".into()]);
            let (event, args) = a.hear("the answer").await;
            assert!(event == "answer", "the first thing that A heard was {event:?}");
            assert!(args[0] == json!(answer), "A heard \"answer\" with {args}");
            assert!(args[1] == json!(offer.session_id()), "the answer is for the offer {}, says B", args[1]);
        });
    }
}
