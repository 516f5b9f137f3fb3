//! **Twice is once.** `insert` says whether the number is new. A message without a number is new each time.

use std::collections::HashSet;
use std::future::ready;
use std::sync::{Arc, Mutex, PoisonError};

use exercises::socketio::Entered;
use serde_json::json;
use socketioxide::extract::{AckSender, Data, SocketRef};

fn main() {}

fn on_connect(socket: SocketRef) -> Entered {
    let numbers = Arc::new(Mutex::new(HashSet::new()));
    // The number may be missing: `null`.
    let handler = move |socket: SocketRef, Data((text, number)): Data<(String, Option<u64>)>, ack: AckSender| {
        let is_new = |number| numbers.lock().unwrap_or_else(PoisonError::into_inner).insert(number);
        if !number.is_none_or(is_new) {
            let _ = ack.send(&json!({"status": "DONE", "duplicate": true}));
            return ready(());
        }
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
