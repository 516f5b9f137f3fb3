//! **A handler that is not called.** `new_message` wants a text. When a client sends `7`, the handler is not called,
//! and nobody says a word.
//!
//! Read first: `socketio_src/examples/01_events.rs`, of which this is a part: unknown events are refused there.
//! To do: emit `refused` to the sender, with a text that says why, when the argument is no text.
//! Check: `cargo test --bin refused_argument`
//!
//! Fails with: mina said 7 and then "seven", and the first that she heard was "echo"

use std::future::ready;

use exercises::socketio::Entered;
use socketioxide::extract::{Data, SocketRef};

fn main() {}

fn on_connect(socket: SocketRef) -> Entered {
    // TODO: with `Data` this is not called for what is no text.
    socket.on("new_message", |socket: SocketRef, Data(text): Data<String>| {
        let _ = socket.emit("echo", &text);
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
