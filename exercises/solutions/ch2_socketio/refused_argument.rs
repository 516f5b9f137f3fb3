//! **A handler that is not called.** `TryData` hands over what could not be read, as an error.

use std::future::ready;

use exercises::socketio::Entered;
use socketioxide::extract::{SocketRef, TryData};

fn main() {}

fn on_connect(socket: SocketRef) -> Entered {
    socket.on("new_message", |socket: SocketRef, TryData(text): TryData<String>| {
        let _ = match text {
            Ok(text) => socket.emit("echo", &text),
            Err(error) => socket.emit("refused", &format!("new_message has one argument, a text: {error}")),
        };
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
    fn what_is_no_text_is_refused() {
        run(async {
            let mut mina = Person::connect("mina", &serve(on_connect).await).await;
            mina.emit("new_message", vec![7.into()]);
            mina.emit("new_message", vec!["seven".into()]);
            let (event, args) = mina.hear("\"refused\"").await;
            assert!(event == "refused", "mina said 7 and then \"seven\", and the first that she heard was {event:?}");
            assert!(args[0].is_string(), "\"refused\" should say why, and says {args}");
            let (event, args) = mina.hear("\"echo\"").await;
            assert!(event == "echo" && args[0] == "seven", "mina said \"seven\" and heard {event:?} {args}");
        });
    }
}
