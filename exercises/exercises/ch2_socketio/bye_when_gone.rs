//! **Disconnecting.** Who leaves a room says so with an event, and the others hear `bye`. Who loses the connection says
//! nothing, is in the room no more, and nobody hears of it.
//!
//! Read first: `socketio_src/examples/04_disconnecting.rs`, and `leave_room` in `03_rooms.rs`.
//! To do: say `bye` to those who stay, with how many are left, when a client is gone.
//! Check: `cargo test --bin bye_when_gone`
//!
//! Fails with: mina heard nothing, and waited for "bye"

use std::future::ready;

use exercises::socketio::Entered;
use serde_json::json;
use socketioxide::extract::{AckSender, Data, SocketRef};

fn main() {}

fn on_connect(socket: SocketRef) -> Entered {
    socket.on("enter_room", |socket: SocketRef, Data(room): Data<String>, ack: AckSender| {
        socket.join(room.clone());
        let others = socket.to(room).sockets();
        for other in &others {
            let _ = other.emit("welcome", &(others.len() + 1));
        }
        let _ = ack.send(&json!({"status": "DONE"}));
        ready(())
    });
    // TODO: `on_disconnect`. At that moment the socket still has its rooms.
    ready(Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::run;
    use exercises::socketio::{Person, serve};

    #[test]
    fn the_others_hear_bye() {
        run(async {
            let url = serve(on_connect).await;
            let mut mina = Person::connect("mina", &url).await;
            mina.ask("enter_room", vec!["tea".into()]).await;
            for said_goodbye in [false, true] {
                let joe = Person::connect("joe", &url).await;
                joe.ask("enter_room", vec!["tea".into()]).await;
                let (event, count) = mina.hear("\"welcome\"").await;
                assert!(event == "welcome" && count[0] == 2, "joe has entered, and mina heard {event:?} {count}");
                if said_goodbye {
                    joe.client.close();
                } else {
                    joe.vanish();
                }
                let (event, count) = mina.hear("\"bye\"").await;
                assert!(event == "bye" && count[0] == 1, "joe is gone, and mina heard {event:?} {count}");
            }
        });
    }
}
