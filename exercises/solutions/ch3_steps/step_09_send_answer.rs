//! **Step 9: the answer goes to the signaling server.** An offer without an id is answered with `null` there.

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
    signaling.emit("answer", vec![json!(answer), room.into(), json!(offer.session_id())])
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
