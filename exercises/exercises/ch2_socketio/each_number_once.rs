//! **Twice is once.** A client that gets no acknowledgement sends the message again: perhaps only the answer was lost.
//! Then the others hear it twice, unless each message has a number.
//!
//! Read first: `socketio_src/README.md`, what is said there of the offset and of "the same message, to two servers".
//! To do: acknowledge a number that was there already with `{"status": "DONE", "duplicate": true}`, and tell nobody.
//! Check: `cargo test --bin each_number_once`
//!
//! Fails with: mina sent number 1 twice, and joe heard ["hello"] again

use std::future::ready;

use exercises::socketio::Entered;
use serde_json::json;
use socketioxide::extract::{AckSender, Data, SocketRef};

fn main() {}

fn on_connect(socket: SocketRef) -> Entered {
    // The number may be missing: `null`.
    let handler = move |socket: SocketRef, Data((text, number)): Data<(String, Option<u64>)>, ack: AckSender| {
        // TODO: look at the number.
        let _ = number;
        for other in socket.broadcast().sockets() {
            let _ = other.emit("new_message", &text);
        }
        let _ = ack.send(&json!({"status": "DONE"}));
        ready(())
    };
    socket.on("new_message", handler);
    ready(Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::run;
    use exercises::socketio::{Person, serve};

    #[test]
    fn each_number_is_delivered_once() {
        run(async {
            let url = serve(on_connect).await;
            let mina = Person::connect("mina", &url).await;
            let mut joe = Person::connect("joe", &url).await;
            let done = json!({"status": "DONE"});
            let duplicate = json!({"status": "DONE", "duplicate": true});
            let said = [("hello", Some(1)), ("hello", Some(1)), ("bye", Some(2)), ("la", None), ("la", None)];
            let mut answers = Vec::new();
            for (text, number) in said {
                answers.extend(mina.ask("new_message", vec![text.into(), number.into()]).await);
            }
            for text in ["hello", "bye", "la", "la"] {
                let heard = joe.hear(text).await.1;
                assert!(
                    text == "hello" || heard[0] != "hello",
                    "mina sent number 1 twice, and joe heard {heard} again"
                );
                assert!(heard[0] == text, "mina said {text:?}, and joe heard {heard}");
            }
            assert_eq!(answers, [done.clone(), duplicate, done.clone(), done.clone(), done], "what mina was answered");
        });
    }
}
