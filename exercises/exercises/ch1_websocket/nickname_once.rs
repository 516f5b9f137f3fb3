//! **A name for one alone.** Two people can have the same nickname. A server that forbids it needs to know who is here;
//! and the name of a person who has left is free again.
//!
//! Read first: `websocket_src/examples/04_nicknames.rs`, and `ChatErrorCode` in `shared/src/chat.rs`.
//! To do: refuse a name that another one has, with the error `BadNickname`. `Anon` is free for all.
//! Check: `cargo test --bin nickname_once`
//!
//! Fails with: bob took the name of alice and heard "renamed"

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::{SinkExt, StreamExt};
use shared::chat::{ChatError, ClientId, ClientMessage, Nickname, Person, ServerEvent};
use tokio::net::TcpStream;
use tokio::sync::broadcast::{Sender, error::RecvError};
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::{Error as WsError, Message};

struct Everybody {
    /// What everybody hears.
    events: Sender<ServerEvent>,
    /// The name that each client has chosen.
    nicknames: Mutex<HashMap<ClientId, Nickname>>,
}

impl Everybody {
    fn nicknames(&self) -> MutexGuard<'_, HashMap<ClientId, Nickname>> {
        self.nicknames.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn main() {}

/// A client, from its coming to its going.
async fn visit(number: u64, stream: TcpStream, everybody: &Everybody) -> Result<(), WsError> {
    let mut person = Person { id: ClientId(number), nickname: Nickname::default() };
    // TODO: whoever has left needs no name.
    talk(&mut person, stream, everybody).await
}

/// What everybody is told about a message.
fn understand(text: &str, person: &mut Person, everybody: &Everybody) -> Result<ServerEvent, ChatError> {
    Ok(match ClientMessage::parse(text)? {
        ClientMessage::Nickname(name) => {
            let name: Nickname = name.try_into()?;
            // TODO: refuse it, or note it.
            let _ = everybody;
            let before = std::mem::replace(&mut person.nickname, name);
            ServerEvent::Renamed { person: person.clone(), before }
        }
        ClientMessage::NewMessage(payload) => ServerEvent::NewMessage { from: person.clone(), payload },
    })
}

async fn talk(person: &mut Person, stream: TcpStream, everybody: &Everybody) -> Result<(), WsError> {
    let mut socket = accept_async(stream).await?;
    let mut heard = everybody.events.subscribe();
    loop {
        tokio::select! {
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => match understand(&text, person, everybody) {
                    Ok(event) => { let _ = everybody.events.send(event); }
                    Err(error) => socket.send(json(&ServerEvent::Error(error))).await?,
                },
                Some(message) => drop(message?),
                None => return Ok(()),
            },
            event = heard.recv() => match event {
                Ok(event) => socket.send(json(&event)).await?,
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return Ok(()),
            },
        }
    }
}

fn json(event: &ServerEvent) -> Message {
    Message::text(serde_json::to_string(event).expect("an event is plain data"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::websocket::{Client, serve};
    use exercises::{run, soon};
    use serde_json::{Value, json};
    use std::sync::Arc;

    /// Asks for a name, and returns what the server answers: `renamed` or `error`.
    async fn ask(client: &mut Client, number: u64, name: &str) -> Value {
        client.say(json!({"type": "nickname", "payload": name})).await;
        loop {
            let event = client.event("an answer").await;
            if event["type"] == "error" || event["person"]["id"] == number {
                return event;
            }
        }
    }

    #[test]
    fn a_name_belongs_to_one_until_it_leaves() {
        run(async {
            let everybody = Arc::new(Everybody { events: Sender::new(256), nicknames: Mutex::default() });
            let address = serve(move |number, stream| {
                let everybody = everybody.clone();
                async move { visit(number, stream, &everybody).await }
            })
            .await;
            let mut alice = Client::connect("alice", address).await;
            let mut bob = Client::connect("bob", address).await;
            assert_eq!(ask(&mut alice, 1, "mina").await["type"], "renamed", "nobody had the name yet");
            let answer = ask(&mut bob, 2, "mina").await;
            assert!(answer["type"] == "error", "bob took the name of alice and heard {}", answer["type"]);
            assert!(answer["code"] == "bad_nickname", "bob heard the code {}", answer["code"]);
            assert_eq!(ask(&mut alice, 1, "mina").await["type"], "renamed", "alice asked for the name that she has");
            for (client, number) in [(&mut alice, 1), (&mut bob, 2)] {
                assert_eq!(ask(client, number, "Anon").await["type"], "renamed", "`Anon` is free for all");
            }
            assert_eq!(ask(&mut alice, 1, "mina").await["type"], "renamed", "nobody had the name any more");
            // How long it takes until the server notices is not said: bob asks until he gets it.
            drop(alice.into_tcp());
            let asking = async { while ask(&mut bob, 2, "mina").await["type"] != "renamed" {} };
            soon(asking, "alice has left, and bob still did not get the name").await;
        });
    }
}
