//! **Rooms.** A room is a name that the server writes on some of its sockets. Who is not in it hears nothing of it, and
//! may not speak in it either: both are yours to write.
//!
//! Read first: `socketio_src/examples/03_rooms.rs`.
//! To do: tell only the others in the room, and answer `not_in_room` to those who are not in it.
//! Check: `cargo test --bin only_the_room`
//!
//! Fails with: kim is in the room coffee, and heard ["hello","tea"]

use std::future::ready;

use exercises::socketio::Entered;
use serde_json::{Value, json};
use socketioxide::extract::{AckSender, Data, SocketRef};

fn main() {}

fn on_connect(socket: SocketRef) -> Entered {
    socket.on("enter_room", |socket: SocketRef, Data(room): Data<String>, ack: AckSender| {
        socket.join(room);
        let _ = ack.send(&json!({"status": "DONE"}));
        ready(())
    });
    socket.on("new_message", |socket: SocketRef, Data((text, room)): Data<(String, String)>, ack: AckSender| {
        let _ = ack.send(&new_message(&socket, &text, room));
        ready(())
    });
    ready(Ok(()))
}

/// Tells it to the room, and returns the acknowledgement.
fn new_message(socket: &SocketRef, text: &str, room: String) -> Value {
    // TODO: this tells everybody. And `{"status": "ERROR", "error": {"code": "not_in_room"}}` is the answer to a
    // stranger.
    for other in socket.broadcast().sockets() {
        let _ = other.emit("new_message", &(text, &room));
    }
    json!({"status": "DONE"})
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::run;
    use exercises::socketio::{Person, serve};

    #[test]
    fn a_message_stays_in_its_room() {
        run(async {
            let url = serve(on_connect).await;
            let mina = Person::connect("mina", &url).await;
            let mut joe = Person::connect("joe", &url).await;
            let mut kim = Person::connect("kim", &url).await;
            let lee = Person::connect("lee", &url).await;
            for (person, room) in [(&mina, "tea"), (&joe, "tea"), (&kim, "coffee"), (&lee, "coffee")] {
                person.ask("enter_room", vec![room.into()]).await;
            }
            mina.ask("new_message", vec!["hello".into(), "tea".into()]).await;
            lee.ask("new_message", vec!["milk?".into(), "coffee".into()]).await;
            let heard = kim.hear("\"milk?\"").await.1;
            assert!(heard == json!(["milk?", "coffee"]), "kim is in the room coffee, and heard {heard}");
            let heard = joe.hear("\"hello\"").await.1;
            assert!(heard == json!(["hello", "tea"]), "joe is in the room tea, and heard {heard}");
            let answer = mina.ask("new_message", vec!["me too".into(), "coffee".into()]).await;
            let code = &answer[0]["error"]["code"];
            assert!(
                code == "not_in_room",
                "mina is not in the room coffee, spoke in it, and was answered {}",
                answer[0]
            );
        });
    }
}
