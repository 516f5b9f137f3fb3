//! The people who come and go in the rooms of the call, and what they believe about where they are.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use serde_json::{Value, json};
use shared::events::{JOIN_ROOM, LEAVE_ROOM, OFFER, PLACE_LOST};
use socketio_src::client::tungstenite::Tungstenite;
use socketio_src::client::{Client, ClientError, Event, Events, Options};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::plan::ROOMS;

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
