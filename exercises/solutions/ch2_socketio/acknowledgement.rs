//! **An event can be a question.** With `Data` the handler is not called for what is no text, and nobody would answer.

use std::future::ready;

use exercises::socketio::Entered;
use serde_json::json;
use socketioxide::extract::{AckSender, SocketRef, TryData};

fn main() {}

fn on_connect(socket: SocketRef) -> Entered {
    socket.on("new_message", |socket: SocketRef, TryData(text): TryData<String>, ack: AckSender| {
        let reply = match text {
            Ok(text) => {
                tell_others(&socket, &text);
                json!({"status": "DONE"})
            }
            Err(_) => json!({"status": "ERROR", "error": {"code": "bad_arguments"}}),
        };
        let _ = ack.send(&reply);
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
