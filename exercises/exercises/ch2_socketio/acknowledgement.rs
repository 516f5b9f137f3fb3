//! **An event can be a question.** The client that asks waits for an acknowledgement: done, or what was wrong.
//! Arguments that are no text are wrong as well, and deserve an answer.
//!
//! Read first: `socketio_src/examples/02_acks.rs`.
//! To do: acknowledge with `{"status": "DONE"}`, or with `{"status": "ERROR", "error": {"code": "bad_arguments"}}`.
//! Check: `cargo test --bin acknowledgement`
//!
//! Fails with: mina asked new_message ["hello"], and got no acknowledgement

use std::future::ready;

use exercises::socketio::Entered;
use socketioxide::extract::{Data, SocketRef};

fn main() {}

fn on_connect(socket: SocketRef) -> Entered {
    // TODO: `TryData` takes everything, and `AckSender` answers.
    socket.on("new_message", |socket: SocketRef, Data(text): Data<String>| {
        tell_others(&socket, &text);
        ready(())
    });
    ready(Ok(()))
}

fn tell_others(from: &SocketRef, text: &str) {
    for socket in from.broadcast().sockets() {
        let _ = socket.emit("new_message", text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::run;
    use exercises::socketio::{Person, serve};
    use serde_json::Value;

    #[test]
    fn each_question_has_an_answer() {
        run(async {
            let url = serve(on_connect).await;
            let mina = Person::connect("mina", &url).await;
            let mut joe = Person::connect("joe", &url).await;
            let answer = Value::from(mina.ask("new_message", vec!["hello".into()]).await);
            assert!(answer[0]["status"] == "DONE", "mina said \"hello\" and was answered {answer}");
            let heard = joe.hear("\"hello\"").await.1;
            assert!(heard[0] == "hello", "joe heard {heard}");
            let answer = Value::from(mina.ask("new_message", vec![7.into()]).await);
            assert!(answer[0]["error"]["code"] == "bad_arguments", "mina said 7 and was answered {answer}");
        });
    }
}
