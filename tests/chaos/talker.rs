//! Somebody in the chat of chapter 2 who wants to miss nothing: it shows an id, numbers its messages, says each one again
//! until it is acknowledged, and says how far it has read when it comes back.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use serde_json::{Value, json};
use shared::room_chat::{ENTER_ROOM, Meta, NEW_MESSAGE, Offset, SERVERS};
use socketio_src::client::tungstenite::Tungstenite;
use socketio_src::client::{Client, ClientError, Event, Events, Options};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::knowledge::{Acknowledged, Heard, Knowledge};

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long somebody waits that was told to.
const A_MOMENT: Duration = Duration::from_millis(200);
const ROOM: &str = "talk";

/// Somebody with a connection that comes back by itself.
pub(crate) struct Talker {
    pub(crate) name: &'static str,
    knowledge: Arc<Mutex<Knowledge>>,
    to_say: mpsc::UnboundedSender<u64>,
    said: u64,
    tasks: [JoinHandle<()>; 2],
}

impl Talker {
    /// `step` is the number of the step under way.
    pub(crate) fn start(name: &'static str, url: &str, step: Arc<AtomicU32>) -> Self {
        let auth = Some(json!({"client": format!("the client of {name}")}));
        let (client, events, driver) = Client::new(Tungstenite::default(), Options { auth, ..Options::new(url) });
        let knowledge = Arc::new(Mutex::new(Knowledge::default()));
        let (to_say, saying) = mpsc::unbounded_channel();
        let life = Life {
            name,
            client,
            step,
            knowledge: Arc::clone(&knowledge),
            read: None,
            to_say: VecDeque::new(),
            connected: false,
            asked: None,
            entering: false,
            alone: false,
        };
        let tasks = [tokio::spawn(driver.run()), tokio::spawn(life.live(events, saying))];
        Self { name, knowledge, to_say, said: 0, tasks }
    }

    pub(crate) fn knows(&self) -> MutexGuard<'_, Knowledge> {
        self.knowledge.lock().expect("nothing panics while it holds this lock")
    }

    /// Says the next message, as soon as it can.
    pub(crate) fn says(&mut self) {
        self.said += 1;
        self.knows().to_say += 1;
        self.to_say.send(self.said).expect("it lives");
    }
}

impl Drop for Talker {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// What was asked of the server.
#[derive(Debug, Clone, Copy)]
enum Asked {
    Enter,
    Say(u64),
    /// Nothing: it waits for a moment.
    Wait,
}

/// What comes next in the life of a talker.
enum Next {
    Event(Option<Event>),
    Answer((Asked, Result<Vec<Value>, ClientError>)),
    ToSay(u64),
}

type Answer = BoxFuture<'static, (Asked, Result<Vec<Value>, ClientError>)>;

/// The task of a talker.
struct Life {
    name: &'static str,
    client: Client<Tungstenite>,
    step: Arc<AtomicU32>,
    knowledge: Arc<Mutex<Knowledge>>,
    /// The newest message that it has seen.
    read: Option<Offset>,
    to_say: VecDeque<u64>,
    connected: bool,
    /// One question at a time: so its messages keep their order.
    asked: Option<Answer>,
    /// It is the question for the room.
    entering: bool,
    /// The server was alone at some time since that was asked.
    alone: bool,
}

impl Life {
    async fn live(mut self, mut events: Events, mut saying: mpsc::UnboundedReceiver<u64>) {
        loop {
            self.ask_next();
            let asking = self.asked.is_some();
            let answer = async { self.asked.as_mut().expect("it asks").await };
            // The answer to `enter_room` has come before the messages that have come with it. With all other answers it is the
            // other way round: what the server had said before counts, that it is alone for instance.
            let next = match self.entering {
                true => tokio::select! {
                    biased;
                    answer = answer, if asking => Next::Answer(answer),
                    event = events.next() => Next::Event(event),
                    Some(number) = saying.recv() => Next::ToSay(number),
                },
                false => tokio::select! {
                    biased;
                    event = events.next() => Next::Event(event),
                    answer = answer, if asking => Next::Answer(answer),
                    Some(number) = saying.recv() => Next::ToSay(number),
                },
            };
            match next {
                Next::Event(event) => {
                    if !self.takes(event) {
                        return;
                    }
                }
                Next::Answer((asked, answer)) => {
                    self.asked = None;
                    self.is_answered(asked, answer);
                }
                Next::ToSay(number) => self.to_say.push_back(number),
            }
        }
    }

    /// Something has happened. Says whether it goes on.
    fn takes(&mut self, event: Option<Event>) -> bool {
        match event {
            Some(event @ (Event::Connected { .. } | Event::Disconnected { .. })) => {
                self.connected = matches!(event, Event::Connected { .. });
                self.knows().in_room = false;
                // The answer that was waited for belongs to another connection.
                self.asked = None;
            }
            Some(Event::Message { name, args, .. }) => self.hears(&name, &args),
            Some(Event::Closed { .. } | Event::Refused { .. }) | None => {
                self.knows().thrown_out = true;
                return false;
            }
        }
        true
    }

    fn knows(&self) -> MutexGuard<'_, Knowledge> {
        self.knowledge.lock().expect("nothing panics while it holds this lock")
    }

    fn ask_next(&mut self) {
        if self.asked.is_some() || !self.connected {
            return;
        }
        let in_room = self.knows().in_room;
        let (asked, event, args) = match self.to_say.front() {
            _ if !in_room => (Asked::Enter, ENTER_ROOM, vec![json!({"payload": ROOM, "after": self.read})]),
            Some(&number) => {
                let text = format!("{} {number}", self.name);
                (Asked::Say(number), NEW_MESSAGE, vec![json!(text), json!(ROOM), json!(number)])
            }
            None => return,
        };
        (self.entering, self.alone) = (!in_room, self.knows().alone);
        let client = self.client.clone();
        self.asked = Some(async move { (asked, client.emit_with_ack(event, args, PATIENCE).await) }.boxed());
    }

    fn is_answered(&mut self, asked: Asked, answer: Result<Vec<Value>, ClientError>) {
        let reply = answer.ok().and_then(|answer| answer.into_iter().next()).unwrap_or_default();
        if reply["status"] != "DONE" {
            if !matches!(asked, Asked::Wait) {
                // Too fast, too much to do, no answer, no connection: once more, in a moment.
                let waiting = tokio::time::sleep(A_MOMENT).map(|()| (Asked::Wait, Ok(Vec::new())));
                self.asked = Some(waiting.boxed());
            }
            if reply["error"]["code"] == "not_in_room" {
                self.knows().in_room = false;
            }
            return;
        }
        match asked {
            Asked::Enter => {
                for message in reply["missed"].as_array().into_iter().flatten() {
                    let message = message.as_array().map_or(&[][..], Vec::as_slice);
                    self.has_heard(message, true);
                }
                self.has_read(serde_json::from_value(reply["offset"].clone()).ok());
                let step = self.step.load(Ordering::Relaxed);
                let mut knowledge = self.knows();
                knowledge.in_room = true;
                if reply["complete"] == false {
                    knowledge.told_of_a_loss = Some(step);
                }
            }
            Asked::Say(number) => {
                self.to_say.pop_front();
                self.has_read(serde_json::from_value(reply["offset"].clone()).ok());
                let step = self.step.load(Ordering::Relaxed);
                let mut knowledge = self.knows();
                knowledge.to_say -= 1;
                let duplicate = reply["duplicate"] == true;
                knowledge.acknowledged.push(Acknowledged { number, alone: self.alone, duplicate, step });
            }
            Asked::Wait => {}
        }
    }

    fn hears(&mut self, name: &str, args: &[Value]) {
        match name {
            NEW_MESSAGE => self.has_heard(args, false),
            SERVERS => {
                let alone = args.first().is_some_and(|servers| servers["state"] == "alone");
                self.knows().alone = alone;
                self.alone |= alone;
            }
            _ => {}
        }
    }

    fn has_heard(&mut self, message: &[Value], missed: bool) {
        let [line, meta] = message else { return };
        let words = line.as_str().and_then(|line| line.strip_prefix("Anon: ")?.split_once(' '));
        let (Some((from, number)), Ok(meta)) = (words, serde_json::from_value::<Meta>(meta.clone())) else { return };
        self.has_read(Some(meta.offset));
        // What it has said itself is among what it has missed when the acknowledgement was lost.
        if from != self.name {
            let (from, number) = (from.to_owned(), number.parse().expect("nobody else talks here"));
            let step = self.step.load(Ordering::Relaxed);
            self.knows().heard.push(Heard { from, number, offset: meta.offset, step, missed });
        }
    }

    fn has_read(&mut self, offset: Option<Offset>) {
        self.read = self.read.max(offset);
    }
}
