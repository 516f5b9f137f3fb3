//! **What it shows:** messages with a type. A WebSocket carries text; what is in it is agreed on in `shared/src/chat.rs`,
//! once, for the server and for every client.
//!
//! ```text
//! terminal 1: cargo run -p websocket_src --example 04_nicknames
//! terminal 2: cargo run -p websocket_src -- client ws://127.0.0.1:3001
//! terminal 3: cargo run -p websocket_src --example 02_echo_async -- client
//! ```
//! In terminal 2 type `/nick mina` and `hello`. In terminal 3 see the JSON, and send some:
//! `{"type": "new_message", "payload": "hi"}`
//!
//! **Try next:** send nonsense from terminal 3. The answer says what is wrong with it.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::process::ExitCode;

use clap::Parser;
use futures::{SinkExt, StreamExt};
use shared::chat::{ChatError, ClientId, ClientMessage, Nickname, Person, ServerEvent};
use support::cli::{Failure, ended, listen};
use tokio::net::TcpStream;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::{Error as WsError, Message};

/// A chat whose messages have a type.
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
    println!("04_nicknames listens on ws://{}", listener.local_addr()?);
    let everybody = broadcast::Sender::new(256);
    for number in 1.. {
        let (stream, _) = listener.accept().await?;
        let everybody = everybody.clone();
        // What the server knows about this client.
        let person = Person { id: ClientId(number), nickname: Nickname::default() };
        tokio::spawn(async move {
            if let Err(error) = talk(person, stream, everybody).await {
                println!("client {number}: {error}");
            }
        });
    }
    Ok(())
}

async fn talk(mut person: Person, stream: TcpStream, everybody: broadcast::Sender<ServerEvent>) -> Result<(), WsError> {
    let mut socket = accept_async(stream).await?;
    let mut heard = everybody.subscribe();
    loop {
        tokio::select! {
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => match understand(&text, &mut person) {
                    Ok(event) => { let _ = everybody.send(event); }
                    // Only the one who made the mistake hears of it.
                    Err(error) => socket.send(json(&ServerEvent::Error(error))).await?,
                },
                Some(message) => drop(message?),
                None => return Ok(()),
            },
            // The client that said it hears it as well: `from.id` tells.
            event = heard.recv() => match event {
                Ok(event) => socket.send(json(&event)).await?,
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return Ok(()),
            },
        }
    }
}

/// What everybody is told about a message.
fn understand(text: &str, person: &mut Person) -> Result<ServerEvent, ChatError> {
    Ok(match ClientMessage::parse(text)? {
        ClientMessage::Nickname(name) => {
            let before = std::mem::replace(&mut person.nickname, name.try_into()?);
            ServerEvent::Renamed { person: person.clone(), before }
        }
        ClientMessage::NewMessage(payload) => ServerEvent::NewMessage { from: person.clone(), payload },
    })
}

/// Each listener encodes the event for itself. 500 listeners do it 500 times: the chat does better.
fn json(event: &ServerEvent) -> Message {
    Message::text(serde_json::to_string(event).expect("an event is plain data"))
}
