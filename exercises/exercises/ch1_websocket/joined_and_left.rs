//! **Who comes and who goes.** A server learns of the end of a connection in many ways: a goodbye, an error, a cable.
//! The others have to hear of it in each of them.
//!
//! Read first: `websocket_src/examples/04_nicknames.rs`, and `ServerEvent` in `shared/src/chat.rs`.
//! To do: tell everybody `Joined` and `Left`, with the person and how many are here then. (The one who joins may hear
//! it too.)
//! Check: `cargo test --bin joined_and_left`
//!
//! Fails with: alice heard "new_message" and no "joined"

use std::sync::Mutex;

use futures::{SinkExt, StreamExt};
use shared::chat::{ChatError, ClientId, ClientMessage, Nickname, Person, ServerEvent};
use tokio::net::TcpStream;
use tokio::sync::broadcast::{Sender, error::RecvError};
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::{Error as WsError, Message};

struct Everybody {
    /// What everybody hears.
    events: Sender<ServerEvent>,
    /// How many are here.
    count: Mutex<usize>,
}

fn main() {}

/// A client, from its coming to its going.
async fn visit(number: u64, stream: TcpStream, everybody: &Everybody) -> Result<(), WsError> {
    let mut person = Person { id: ClientId(number), nickname: Nickname::default() };
    // TODO: this person joins, talks, and has left when the talk is over, well or with an error.
    talk(&mut person, stream, everybody).await
}

async fn talk(person: &mut Person, stream: TcpStream, everybody: &Everybody) -> Result<(), WsError> {
    let mut socket = accept_async(stream).await?;
    let mut heard = everybody.events.subscribe();
    loop {
        tokio::select! {
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => match understand(&text, person) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::run;
    use exercises::websocket::{Client, serve};
    use serde_json::{Value, json};
    use std::sync::Arc;

    /// The next event about the client with the number 2.
    async fn hear_of_bob(alice: &mut Client, kind: &str) -> Value {
        loop {
            let event = alice.event(kind).await;
            if event["person"]["id"] == 2 || event["from"]["id"] == 2 {
                assert!(event["type"] == kind, "alice heard {} and no {kind:?}", event["type"]);
                return event;
            }
        }
    }

    #[test]
    fn everybody_hears_who_comes_and_who_goes() {
        run(async {
            let everybody = Arc::new(Everybody { events: Sender::new(256), count: Mutex::new(0) });
            let address = serve(move |number, stream| {
                let everybody = everybody.clone();
                async move { visit(number, stream, &everybody).await }
            })
            .await;
            let mut alice = Client::connect("alice", address).await;
            let mut bob = Client::connect("bob", address).await;
            bob.say(json!({"type": "new_message", "payload": "hello"})).await;
            let joined = hear_of_bob(&mut alice, "joined").await;
            assert!(joined["count"] == 2, "two are here, and alice heard {joined}");
            hear_of_bob(&mut alice, "new_message").await;
            // It is gone without a goodbye.
            drop(bob.into_tcp());
            let left = hear_of_bob(&mut alice, "left").await;
            assert!(left["count"] == 1, "one is here, and alice heard {left}");
        });
    }
}
