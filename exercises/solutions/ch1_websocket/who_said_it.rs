//! **One channel, and everybody listens.** The text is made once, where it is said, and not by each listener.

use futures::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::sync::broadcast::{Sender, error::RecvError};
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::{Error as WsError, Message, Utf8Bytes};

/// A message, and the number of the client that said it.
type Said = (u64, Utf8Bytes);

fn main() {}

async fn talk(number: u64, stream: TcpStream, everybody: Sender<Said>) -> Result<(), WsError> {
    let mut socket = accept_async(stream).await?;
    let mut heard = everybody.subscribe();
    loop {
        tokio::select! {
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    let _ = everybody.send((number, format!("{number}: {text}").into()));
                }
                Some(message) => drop(message?),
                None => return Ok(()),
            },
            said = heard.recv() => match said {
                Ok((from, text)) if from != number => socket.send(Message::Text(text)).await?,
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return Ok(()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::run;
    use exercises::websocket::{Client, serve};

    #[test]
    fn everybody_hears_who_has_said_it() {
        run(async {
            let everybody = Sender::new(256);
            let address = serve(move |number, stream| talk(number, stream, everybody.clone())).await;
            let mut alice = Client::connect("alice", address).await;
            let mut bob = Client::connect("bob", address).await;
            bob.say("hello").await;
            let heard = alice.hear("\"2: hello\"").await;
            assert!(heard == "2: hello", "alice heard {heard:?} and not \"2: hello\"");
            alice.say("hi").await;
            let heard = bob.hear("\"1: hi\"").await;
            assert!(heard == "1: hi", "bob heard {heard:?} and not \"1: hi\"");
        });
    }
}
