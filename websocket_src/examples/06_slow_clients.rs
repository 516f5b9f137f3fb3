//! **What it shows:** what happens to a client that reads more slowly than the others talk. Somewhere its messages have to
//! wait, so there is a queue for each client, and it is bounded. The policy when it is full: this client is closed, with
//! code 1013, "try again later". The others neither wait nor lose anything.
//!
//! ```text
//! terminal 1: cargo run -p websocket_src --example 06_slow_clients
//! terminal 2: cargo run -p websocket_src --example 02_echo_async -- client
//! terminal 3: while sleep 0.01; do printf '{"type": "new_message", "payload": "%015000d"}\n' 0; done \
//!     | cargo run -p websocket_src --example 02_echo_async -- client > /dev/null
//! ```
//! Stop terminal 2 with Ctrl-Z, and watch terminal 1 for a quarter of a minute. (Long messages, since what is short waits
//! for minutes in the kernel. And with pauses between them: who talks as fast as it can fills every queue.)
//!
//! **Try next:** another policy. Drop the oldest message instead of the client: for a chat that is a lie, for the position
//! of a mouse it is right.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::collections::HashMap;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clap::Parser;
use futures::{SinkExt, StreamExt};
use shared::chat::{ChatError, ClientId, ClientMessage, Nickname, Person, ServerEvent};
use support::cli::{Failure, ended, listen};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{self, error::TrySendError};
use tokio::time::{Instant, interval_at, timeout};
use tokio_tungstenite::accept_async_with_config;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error as WsError, Message, Utf8Bytes};

/// How many messages may wait for a client.
const QUEUE: usize = 64;
/// How long one message may take to be written. The longest that a client that reads nothing keeps its connection.
const PATIENCE: Duration = Duration::from_secs(10);
const BEAT: Duration = Duration::from_secs(20);

/// The queue of each client. A std Mutex: nobody waits for anything while it is locked.
#[derive(Clone, Default)]
struct Everybody(Arc<Mutex<HashMap<ClientId, mpsc::Sender<Utf8Bytes>>>>);

/// A chat that waits for nobody who is too slow.
#[derive(Parser)]
struct Arguments {
    /// Where to listen, as host:port
    #[arg(long, default_value = "127.0.0.1:3001")]
    addr: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    ended(serve(&Arguments::parse().addr).await)
}

async fn serve(addr: &str) -> Result<(), Failure> {
    let listener = listen(addr).await?;
    println!("06_slow_clients listens on ws://{}", listener.local_addr()?);
    let everybody = Everybody::default();
    for number in 1.. {
        let (stream, _) = listener.accept().await?;
        // Without Nagle's algorithm, which holds a small packet back until the one before it is acknowledged.
        stream.set_nodelay(true)?;
        let everybody = everybody.clone();
        tokio::spawn(async move {
            let id = ClientId(number);
            let talked = talk(Person { id, nickname: Nickname::default() }, stream, &everybody).await;
            everybody.queues().remove(&id);
            match talked {
                Ok(why) => println!("client {number}: {why}"),
                Err(error) => println!("client {number}: {error}"),
            }
        });
    }
    Ok(())
}

impl Everybody {
    /// Puts an event into every queue. It is encoded once, and the queues share the text.
    fn tell(&self, event: &ServerEvent) {
        let text = json(event);
        // A client whose queue is full loses it: it empties what is in there, and then finds that nothing comes any more.
        self.queues().retain(|_, queue| !matches!(queue.try_send(text.clone()), Err(TrySendError::Full(_))));
    }

    fn queues(&self) -> MutexGuard<'_, HashMap<ClientId, mpsc::Sender<Utf8Bytes>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn talk(mut person: Person, stream: TcpStream, everybody: &Everybody) -> Result<&'static str, WsError> {
    // 128 KiB for each client is the default, and much for a chat.
    let config = WebSocketConfig::default().read_buffer_size(4096).max_message_size(Some(16 * 1024));
    let mut socket = accept_async_with_config(stream, Some(config)).await?;
    let (sender, mut queue) = mpsc::channel(QUEUE);
    everybody.queues().insert(person.id, sender);
    let mut beat = interval_at(Instant::now() + BEAT, BEAT);
    let mut alive = true;
    loop {
        // What is to be sent, if anything.
        let message = tokio::select! {
            _ = beat.tick() => {
                if !std::mem::take(&mut alive) {
                    return Ok("silent since the last ping: dropped");
                }
                Message::Ping("".into())
            }
            text = queue.recv() => match text {
                Some(text) => Message::Text(text),
                None => break,
            },
            message = socket.next() => {
                alive = true;
                match message {
                    Some(Ok(Message::Text(text))) => match understand(&text, &mut person) {
                        Ok(event) => { everybody.tell(&event); continue }
                        Err(error) => Message::Text(json(&ServerEvent::Error(error))),
                    },
                    Some(message) => { drop(message?); continue }
                    None => return Ok("left"),
                }
            }
        };
        match timeout(PATIENCE, socket.send(message)).await {
            Ok(sent) => sent?,
            Err(_) => return Ok("took nothing for too long: dropped"),
        }
    }
    let goodbye = CloseFrame { code: 1013.into(), reason: "too slow: come back and read faster".into() };
    let closing = async {
        socket.close(Some(goodbye)).await?;
        while let Some(Ok(_)) = socket.next().await {}
        Ok::<_, WsError>(())
    };
    match timeout(PATIENCE, closing).await {
        Ok(closed) => closed.map(|()| "too slow: closed"),
        Err(_) => Ok("too slow: dropped"),
    }
}

fn understand(text: &str, person: &mut Person) -> Result<ServerEvent, ChatError> {
    Ok(match ClientMessage::parse(text)? {
        ClientMessage::Nickname(name) => {
            let before = std::mem::replace(&mut person.nickname, name.try_into()?);
            ServerEvent::Renamed { person: person.clone(), before }
        }
        ClientMessage::NewMessage(payload) => ServerEvent::NewMessage { from: person.clone(), payload },
    })
}

fn json(event: &ServerEvent) -> Utf8Bytes {
    serde_json::to_string(event).expect("an event is plain data").into()
}
