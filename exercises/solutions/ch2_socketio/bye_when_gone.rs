//! **Disconnecting.** In this handler the socket is still in its rooms; `to` does not count it.

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
    socket.on_disconnect(|socket: SocketRef| {
        for room in socket.rooms() {
            let stay = socket.to(room).sockets();
            for other in &stay {
                let _ = other.emit("bye", &stay.len());
            }
        }
        ready(())
    });
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
