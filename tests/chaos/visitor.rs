//! Somebody who comes to see whether everything is as it should be.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use futures::StreamExt;
use serde_json::{Value, json};
use shared::events::{BYE, JOIN_ROOM, LEAVE_ROOM, OFFER, PLACE_LOST, WELCOME};
use socketio_src::client::tungstenite::Tungstenite;
use socketio_src::client::{Client, Event, Events, Options};
use tokio::task::JoinHandle;

use crate::{BOUND, until};

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// A client of the call, with one connection.
pub(crate) struct Visitor {
    client: Client<Tungstenite>,
    events: Events,
    driver: JoinHandle<()>,
}

impl Visitor {
    pub(crate) async fn at(url: &str) -> Result<Self, String> {
        let auth = Some(json!({"extended": true}));
        let (client, events, driver) = Client::new(Tungstenite::default(), Options { auth, ..Options::new(url) });
        let mut visitor = Self { client, events, driver: tokio::spawn(driver.run()) };
        let connecting = async {
            loop {
                match visitor.events.next().await {
                    Some(Event::Connected { .. }) => return Ok(()),
                    Some(Event::Disconnected { .. }) => {}
                    other => return Err(format!("a visitor is not let in: {other:?}")),
                }
            }
        };
        tokio::time::timeout(BOUND, connecting).await.map_err(|_| format!("nobody can connect to {url}"))??;
        Ok(visitor)
    }

    pub(crate) async fn ask(&self, event: &str, args: Vec<Value>) -> Result<Value, String> {
        let answer = self.client.emit_with_ack(event, args, PATIENCE).await;
        let answer = answer.map_err(|error| format!("{event:?} is not answered: {error}"))?;
        answer.into_iter().next().ok_or_else(|| format!("the answer to {event:?} is empty"))
    }

    pub(crate) async fn hears(&mut self, wanted: &str) -> Result<Vec<Value>, String> {
        let hearing = async {
            while let Some(event) = self.events.next().await {
                match event {
                    Event::Message { name, args, .. } if name == wanted => return Ok(args),
                    Event::Message { name, .. } if name == PLACE_LOST => return Err(PLACE_LOST.to_owned()),
                    Event::Message { .. } => {}
                    other => return Err(format!("a visitor waits for {wanted:?} and gets {other:?}")),
                }
            }
            Err("a visitor has ended".to_owned())
        };
        tokio::time::timeout(PATIENCE, hearing).await.map_err(|_| format!("a visitor does not hear {wanted:?}"))?
    }

    /// Says goodbye, and waits until its connection is closed.
    pub(crate) async fn leaves(&mut self) -> Result<(), String> {
        self.client.close();
        let closing = async { while self.events.next().await.is_some() {} };
        tokio::time::timeout(PATIENCE, closing).await.map_err(|_| "a visitor's connection is not closed".to_owned())
    }
}

impl Drop for Visitor {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// What somebody is answered who asks for a place in this room. If there is one, it is given back.
pub(crate) async fn third_person(url: &str, room: &str) -> Result<Value, String> {
    let visitor = Visitor::at(url).await?;
    let reply = visitor.ask(JOIN_ROOM, vec![json!(room)]).await?;
    if reply["ok"] == true {
        visitor.ask(LEAVE_ROOM, vec![json!(room)]).await?;
    }
    Ok(reply)
}

/// Two new people get into an empty room, on two servers; they hear each other, and nobody else gets in.
pub(crate) async fn a_new_pair_gets_in(urls: [&str; 2], room: &str) -> Result<(), String> {
    let since = Instant::now();
    loop {
        match a_pair_gets_in(urls, room).await {
            // One of the servers had not found Redis again yet, and has told that somebody has to ask once more.
            Err(error) if error == PLACE_LOST && since.elapsed() < BOUND => {}
            result => return result,
        }
    }
}

async fn a_pair_gets_in(urls: [&str; 2], room: &str) -> Result<(), String> {
    let (mut a, mut b) = (Visitor::at(urls[0]).await?, Visitor::at(urls[1]).await?);
    let mut replies = [Value::Null, Value::Null];
    // A place of somebody who has died is kept until the servers have noticed it.
    until(&format!("a new pair gets into room {room:?}, which is empty"), BOUND, async || {
        for (visitor, reply) in [&a, &b].into_iter().zip(&mut replies) {
            if reply["ok"] != true {
                *reply =
                    visitor.ask(JOIN_ROOM, vec![json!(room)]).await.unwrap_or_else(|error| json!({"error": error}));
            }
        }
        let roles: BTreeSet<_> = replies.iter().filter_map(|reply| reply["role"].as_str()).collect();
        let are_a_pair = roles.len() == 2;
        if !are_a_pair && replies.iter().all(|reply| reply["ok"] == true) {
            // The first one has found somebody who had died.
            for (visitor, reply) in [&a, &b].into_iter().zip(&mut replies) {
                let _ = visitor.ask(LEAVE_ROOM, vec![json!(room)]).await;
                *reply = Value::Null;
            }
        }
        are_a_pair
    })
    .await
    .map_err(|error| format!("{error}: {replies:?}"))?;
    let (first, second) = if replies[0]["role"] == "A" { (&mut a, &mut b) } else { (&mut b, &mut a) };
    first.hears(WELCOME).await?;
    let offer = json!({"type": "offer", "sdp": format!("an offer in {room}")});
    first.ask(OFFER, vec![offer.clone(), json!(room)]).await?;
    let heard = second.hears(OFFER).await?;
    if heard != [offer] {
        return Err(format!("an offer arrives as {heard:?}"));
    }
    let third = third_person(urls[0], room).await?;
    if third["error"]["code"] != "room_full" {
        return Err(format!("a third person asks for a place in {room:?}: {third}"));
    }
    second.ask(LEAVE_ROOM, vec![json!(room)]).await?;
    first.hears(BYE).await?;
    first.ask(LEAVE_ROOM, vec![json!(room)]).await?;
    Ok(())
}
