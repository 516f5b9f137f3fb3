//! **What it shows:** how both ends notice that the other one is gone without a word. TCP does not tell: a connection on
//! which nothing is sent can be dead for hours. So the server sends a ping from time to time, and silence means something.
//!
//! ```text
//! terminal 1: cargo run -p websocket_src --example 05_heartbeat
//! terminal 2: cargo run -p websocket_src --example 05_heartbeat -- client
//! ```
//! Stop terminal 2 with Ctrl-Z: the server drops it. Let it go on with `fg`, start it again, and stop terminal 1 with
//! Ctrl-Z: the client notices as well.
//!
//! **Try next:** give the server a longer `BEAT` than the client's `PATIENCE`.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use futures::{SinkExt, StreamExt};
use shared::chat::{ChatError, ClientId, ClientMessage, Nickname, Person, ServerEvent};
use support::cli::{Failure, ended, listen};
use tokio::net::TcpStream;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::{Instant, interval_at, timeout};
use tokio_tungstenite::tungstenite::{Error as WsError, Message};
use tokio_tungstenite::{accept_async, connect_async};
use websocket_src::client::cannot_connect;

/// How often the server sends a ping. Short, to be watched: 20 seconds would do.
const BEAT: Duration = Duration::from_secs(1);
/// How long the client waits for anything at all. Longer than the server is ever silent.
const PATIENCE: Duration = Duration::from_millis(2500);

/// A server that notices who has gone without a word.
#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    client: Option<Client>,
    /// Where to listen, as host:port
    #[arg(long, default_value = "127.0.0.1:3001")]
    addr: String,
}

#[derive(Subcommand)]
enum Client {
    /// Listen, and say what is heard
    Client {
        /// The server
        #[arg(default_value = "ws://127.0.0.1:3001")]
        url: String,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { client: wanted, addr } = Arguments::parse();
    ended(match wanted {
        Some(Client::Client { url }) => client(&url).await,
        None => serve(&addr).await,
    })
}

async fn serve(addr: &str) -> Result<(), Failure> {
    let listener = listen(addr).await?;
    println!("05_heartbeat listens on ws://{}", listener.local_addr()?);
    let everybody = broadcast::Sender::new(256);
    for number in 1.. {
        let (stream, _) = listener.accept().await?;
        let everybody = everybody.clone();
        let person = Person { id: ClientId(number), nickname: Nickname::default() };
        tokio::spawn(async move {
            match talk(person, stream, everybody).await {
                Ok(why) => println!("client {number}: {why}"),
                Err(error) => println!("client {number}: {error}"),
            }
        });
    }
    Ok(())
}

async fn talk(
    mut person: Person,
    stream: TcpStream,
    everybody: broadcast::Sender<ServerEvent>,
) -> Result<&'static str, WsError> {
    let mut socket = accept_async(stream).await?;
    let mut heard = everybody.subscribe();
    let mut beat = interval_at(Instant::now() + BEAT, BEAT);
    // Something came since the last ping: a pong, or anything else.
    let mut alive = true;
    loop {
        tokio::select! {
            _ = beat.tick() => {
                if !std::mem::take(&mut alive) {
                    return Ok("silent since the last ping: dropped");
                }
                socket.send(Message::Ping("".into())).await?;
            }
            message = socket.next() => {
                alive = true;
                match message {
                    Some(Ok(Message::Text(text))) => match understand(&text, &mut person) {
                        Ok(event) => { let _ = everybody.send(event); }
                        Err(error) => socket.send(json(&ServerEvent::Error(error))).await?,
                    },
                    Some(message) => drop(message?),
                    None => return Ok("left"),
                }
            }
            event = heard.recv() => match event {
                Ok(event) => socket.send(json(&event)).await?,
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return Ok("the server ends"),
            },
        }
    }
}

/// Listens, and says what it hears. tungstenite answers pings by itself, while it is read from.
async fn client(url: &str) -> Result<(), Failure> {
    let (mut socket, _response) = connect_async(url).await.map_err(|error| cannot_connect(url, error))?;
    println!("connected to {url}");
    loop {
        match timeout(PATIENCE, socket.next()).await {
            Ok(Some(Ok(Message::Ping(_)))) => println!("ping"),
            Ok(Some(message)) => println!("{}", message?),
            Ok(None) => return Ok(()),
            Err(_) => return Err(format!("nothing was heard for {PATIENCE:?}: the server is gone").into()),
        }
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

fn json(event: &ServerEvent) -> Message {
    Message::text(serde_json::to_string(event).expect("an event is plain data"))
}
