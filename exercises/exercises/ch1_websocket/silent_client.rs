//! **A heart beats.** TCP does not say that the other side is gone. The server sends pings; a client whose WebSocket
//! lives answers each with a pong. So a client from which nothing has come between one ping and the next is gone.
//!
//! Read first: `websocket_src/examples/05_heartbeat.rs`.
//! To do: end the talk with a client that has been silent since the last ping.
//! Check: `cargo test --bin silent_client`
//!
//! Fails with: a client that answers no ping got a fourth one

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::{Error as WsError, Message};

/// How often the server sends a ping.
const BEAT: Duration = Duration::from_secs(1);

fn main() {}

/// Sends back what the client says.
async fn talk(stream: TcpStream) -> Result<(), WsError> {
    let mut socket = accept_async(stream).await?;
    let mut beat = interval_at(Instant::now() + BEAT, BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            // From top to bottom: what has come is seen before the time is up.
            biased;
            message = socket.next() => {
                match message {
                    Some(Ok(Message::Text(text))) => socket.send(Message::Text(text)).await?,
                    Some(message) => drop(message?),
                    None => return Ok(()),
                }
            }
            _ = beat.tick() => {
                // TODO: return, if nothing has come since the last ping.
                socket.send(Message::Ping("".into())).await?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::websocket::{Client, serve};
    use exercises::{run, soon};
    use tokio::io::AsyncReadExt;

    #[test]
    fn a_client_that_is_silent_is_dropped_and_one_that_listens_is_not() {
        run(async {
            let address = serve(|_, stream| talk(stream)).await;
            let mut listens = Client::connect("the client that listens", address).await;
            // tungstenite answers pings while it is read from.
            let (ask, asked) = tokio::sync::oneshot::channel();
            let listening = tokio::spawn(async move {
                tokio::select! {
                    heard = listens.hear("a question") => panic!("nobody has said {heard:?}"),
                    _ = asked => {}
                }
                listens.say("still there?").await;
                assert_eq!(listens.hear("its own words").await, "still there?");
            });
            // This one gets the bytes of the pings, two for each, and answers nothing.
            let mut silent = Client::connect("the silent client", address).await.into_tcp();
            let mut bytes = Vec::new();
            while soon(silent.read_buf(&mut bytes), "no ping came").await.is_ok_and(|count| count > 0) {
                let pings = bytes.chunks(2).filter(|frame| **frame == [0x89, 0]).count();
                assert!(pings < 4, "a client that answers no ping got a fourth one");
            }
            assert!(bytes.starts_with(&[0x89, 0]), "the client was dropped before it had a ping to answer");
            let _ = ask.send(());
            let still_there = listening.await;
            assert!(still_there.is_ok(), "the client that answers its pings was dropped as well");
        });
    }
}
