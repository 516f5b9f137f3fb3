//! **Slow clients.** `try_send` never waits. A queue that is removed still holds what is in it: `talk` empties it, and
//! then finds that nothing comes any more.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{self, Sender, error::TrySendError};
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error as WsError, Message, Utf8Bytes};

/// How many messages may wait for a client.
const QUEUE: usize = 16;

/// The queue of each client.
#[derive(Clone, Default)]
struct Everybody(Arc<Mutex<Vec<Sender<Utf8Bytes>>>>);

fn main() {}

impl Everybody {
    /// Puts a text into every queue.
    async fn tell(&self, text: Utf8Bytes) {
        self.queues().retain(|queue| !matches!(queue.try_send(text.clone()), Err(TrySendError::Full(_))));
    }

    fn queues(&self) -> MutexGuard<'_, Vec<Sender<Utf8Bytes>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn talk(stream: TcpStream, everybody: Everybody) -> Result<(), WsError> {
    let mut socket = accept_async(stream).await?;
    let (sender, mut queue) = mpsc::channel(QUEUE);
    everybody.queues().push(sender);
    loop {
        tokio::select! {
            text = queue.recv() => match text {
                Some(text) => socket.send(Message::Text(text)).await?,
                // The queue was full, and is empty now.
                None => break,
            },
            message = socket.next() => match message {
                Some(message) => drop(message?),
                None => return Ok(()),
            },
        }
    }
    let reason = "too slow: come back and read faster".into();
    socket.close(Some(CloseFrame { code: 1013.into(), reason })).await?;
    while let Some(Ok(_)) = socket.next().await {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::websocket::{Client, serve};
    use exercises::{run, soon};

    /// More than the system keeps for a client that does not read.
    const MESSAGES: usize = 60;

    #[test]
    fn nobody_waits_for_a_client_that_does_not_read() {
        run(async {
            let everybody = Everybody::default();
            let for_clients = everybody.clone();
            let address = serve(move |_, stream| talk(stream, for_clients.clone())).await;
            let mut slow = Client::connect("the slow client", address).await;
            let mut quick = Client::connect("the quick client", address).await;
            let long = "x".repeat(60_000);
            for number in 0..MESSAGES {
                let text = format!("{number} {long}").into();
                let told = tokio::spawn({
                    let everybody = everybody.clone();
                    async move { everybody.tell(text).await }
                });
                let heard = quick.hear(&format!("message {number} of {MESSAGES}")).await;
                assert!(heard.starts_with(&format!("{number} ")), "the quick client has missed message {number}");
                soon(told, "`tell` does not return").await.expect("`tell` does not panic");
            }
            let code = slow.goodbye().await;
            assert!(code == Some(1013), "the slow client was told {code:?} and not 1013");
        });
    }
}
