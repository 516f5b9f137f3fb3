//! The people who come and go in the rooms of the call, and what they believe about where they are.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use serde_json::{Value, json};
use shared::events::{BYE, JOIN_ROOM, LEAVE_ROOM, OFFER, PLACE_LOST, WELCOME};
use socketio_src::client::tungstenite::Tungstenite;
use socketio_src::client::{Client, ClientError, Event, Events, Options};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::plan::ROOMS;
use crate::{BOUND, until};

/// How long a server may take to answer. A client that waited longer makes a new connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// What somebody knows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Belief {
    pub(crate) connected: bool,
    /// The room in which it has a place, as far as it knows.
    pub(crate) room: Option<usize>,
    /// What it was told to do and has not done yet.
    pub(crate) to_do: usize,
    /// The server has thrown it out. Nobody here has given a reason for that.
    pub(crate) thrown_out: bool,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Command {
    Join(usize),
    Leave,
    Offer,
}

type Answer = BoxFuture<'static, (Command, Result<Vec<Value>, ClientError>)>;

/// Somebody with a connection that comes back by itself.
pub(crate) struct Person {
    belief: Arc<Mutex<Belief>>,
    commands: mpsc::UnboundedSender<Command>,
    tasks: [JoinHandle<()>; 2],
}

impl Person {
    pub(crate) fn start(name: &str, url: &str) -> Self {
        let auth = Some(json!({"client": format!("the secret of {name}"), "extended": true}));
        let (client, events, driver) = Client::new(Tungstenite::default(), Options { auth, ..Options::new(url) });
        let (commands, to_do) = mpsc::unbounded_channel();
        let belief = Arc::new(Mutex::new(Belief::default()));
        let living = live(client, events, to_do, Arc::clone(&belief));
        Self { belief, commands, tasks: [tokio::spawn(driver.run()), tokio::spawn(living)] }
    }

    pub(crate) fn belief(&self) -> Belief {
        lock(&self.belief).clone()
    }

    /// It does so when it has done what it was told before, and if it has a connection then.
    pub(crate) fn tell(&self, command: Command) {
        lock(&self.belief).to_do += 1;
        self.commands.send(command).expect("it lives");
    }

    /// It is connected, and has done all that it was told.
    pub(crate) fn is_idle(&self) -> bool {
        let belief = self.belief();
        belief.connected && belief.to_do == 0
    }
}

/// Gone without a goodbye.
impl Drop for Person {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

fn lock(belief: &Mutex<Belief>) -> MutexGuard<'_, Belief> {
    belief.lock().expect("nothing panics while it holds this lock")
}

async fn live(
    client: Client<Tungstenite>,
    mut events: Events,
    mut commands: mpsc::UnboundedReceiver<Command>,
    belief: Arc<Mutex<Belief>>,
) {
    let mut answer: Option<Answer> = None;
    loop {
        tokio::select! {
            // An answer has come before the events that have come with it.
            biased;
            (command, reply) = async { answer.as_mut().expect("see the condition").await }, if answer.is_some() => {
                answer = None;
                if matches!(reply, Err(ClientError::AckTimeout { .. })) {
                    // It may have been done or not. A new connection has no place.
                    client.reconnect();
                }
                let done = reply.is_ok_and(|reply| reply.first().is_some_and(|reply| reply["ok"] == true));
                let mut belief = lock(&belief);
                belief.to_do -= 1;
                match command {
                    Command::Join(room) if done => belief.room = Some(room),
                    Command::Leave => belief.room = None,
                    Command::Join(_) | Command::Offer => {}
                }
            }
            event = events.next() => {
                let mut belief = lock(&belief);
                match event {
                    Some(Event::Connected { .. }) => belief.connected = true,
                    // Nobody here comes back into a call: without a connection there is no place.
                    Some(Event::Disconnected { .. }) => (belief.connected, belief.room) = (false, None),
                    Some(Event::Message { name, .. }) if name == PLACE_LOST => belief.room = None,
                    Some(Event::Message { .. }) => {}
                    Some(Event::Closed { .. } | Event::Refused { .. }) | None => {
                        belief.thrown_out = true;
                        return;
                    }
                }
            }
            Some(command) = commands.recv(), if answer.is_none() => {
                let asked = question(command, &mut lock(&belief));
                answer = asked.map(|(event, args)| {
                    let client = client.clone();
                    async move { (command, client.emit_with_ack(event, args, PATIENCE).await) }.boxed()
                });
            }
        }
    }
}

/// What is asked of the server for this, if there is anything to ask for.
fn question(command: Command, belief: &mut Belief) -> Option<(&'static str, Vec<Value>)> {
    let asked = match (command, belief.room) {
        _ if !belief.connected => None,
        (Command::Join(room), None) => Some((JOIN_ROOM, vec![json!(ROOMS[room])])),
        (Command::Leave, Some(room)) => Some((LEAVE_ROOM, vec![json!(ROOMS[room])])),
        (Command::Offer, Some(room)) => Some((OFFER, vec![json!({"type": "offer", "sdp": "one"}), json!(ROOMS[room])])),
        _ => None,
    };
    if asked.is_none() {
        belief.to_do -= 1;
    }
    asked
}

/// Somebody who comes to see whether everything is as it should be.
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
