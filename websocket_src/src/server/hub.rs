//! The people who are here, and what each of them hears.
//!
//! One task owns all of it, and everything that happens passes through its channel: so everybody hears everything in the
//! same order, and nothing needs a lock. The task takes as much from the channel as is there, makes frames of it, and
//! writes them to each client in one piece. The busier it is, the more is in a piece, and the cheaper is each message.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use shared::chat::{ChatError, ClientId, Nickname, Person, ServerEvent};
use tokio::sync::mpsc;
use tracing::info;

use super::frame;
use super::outbox::Outbox;

/// Capacity of the hub's queue. A client's task that finds it full waits, and does not read from its client while it does.
const WAITING: usize = 1024;
/// How many events are taken up at once.
const BATCH: usize = 64;
/// From so many bytes on, a batch goes out.
const BATCH_BYTES: usize = 32 * 1024;
/// After so many writes, others get their turn.
const WRITES: usize = 256;

/// Something that happened.
#[derive(Debug)]
enum Happened {
    Joined(ClientId, Arc<Outbox>),
    Said(ClientId, String),
    Renamed(ClientId, Nickname),
    Refused(ClientId, ChatError),
    Left(ClientId),
}

/// How the clients' tasks reach the hub. It ends when the last handle is gone.
#[derive(Debug, Clone)]
pub(super) struct Hub(mpsc::Sender<Happened>);

impl Hub {
    /// Starts the task.
    pub(super) fn start() -> Self {
        let (sender, mut happened) = mpsc::channel(WAITING);
        tokio::spawn(async move {
            let (mut room, mut batch) = (Room::default(), Vec::with_capacity(BATCH));
            while happened.recv_many(&mut batch, BATCH).await > 0 {
                for event in batch.drain(..) {
                    room.take(event).await;
                    if room.news.len() > BATCH_BYTES {
                        room.tell().await;
                    }
                }
                room.tell().await;
            }
        });
        Self(sender)
    }

    pub(super) async fn join(&self, id: ClientId, outbox: Arc<Outbox>) {
        self.send(Happened::Joined(id, outbox)).await;
    }

    pub(super) async fn say(&self, id: ClientId, text: String) {
        self.send(Happened::Said(id, text)).await;
    }

    pub(super) async fn rename(&self, id: ClientId, nickname: Nickname) {
        self.send(Happened::Renamed(id, nickname)).await;
    }

    /// Tells one client what was wrong with what it sent: after all that it had sent before.
    pub(super) async fn refuse(&self, id: ClientId, error: ChatError) {
        self.send(Happened::Refused(id, error)).await;
    }

    pub(super) async fn leave(&self, id: ClientId) {
        self.send(Happened::Left(id)).await;
    }

    async fn send(&self, happened: Happened) {
        // An error says that the runtime is shutting down, and has dropped the task.
        let _ = self.0.send(happened).await;
    }
}

/// What the hub knows.
#[derive(Debug, Default)]
struct Room {
    /// In the order in which they came.
    members: BTreeMap<ClientId, Member>,
    /// The frames that everybody gets next.
    news: BytesMut,
    /// For the JSON of one event.
    json: Vec<u8>,
}

#[derive(Debug)]
struct Member {
    nickname: Nickname,
    outbox: Arc<Outbox>,
    /// Where the news begin for somebody who came in the middle of them.
    news_from: usize,
}

impl Room {
    async fn take(&mut self, happened: Happened) {
        match happened {
            Happened::Joined(id, outbox) => self.join(id, outbox),
            Happened::Said(id, payload) => {
                if let Some(from) = self.person(id) {
                    self.add(&ServerEvent::NewMessage { from, payload });
                }
            }
            Happened::Renamed(id, nickname) => {
                if let Some(member) = self.members.get_mut(&id) {
                    let before = std::mem::replace(&mut member.nickname, nickname.clone());
                    self.add(&ServerEvent::Renamed { person: Person { id, nickname }, before });
                }
            }
            Happened::Refused(id, error) => {
                self.tell().await;
                if let Some(outbox) = self.members.get(&id).map(|member| member.outbox.clone()) {
                    outbox.send(&self.frame(&ServerEvent::Error(error)));
                }
            }
            Happened::Left(id) => {
                if let Some(Member { nickname, .. }) = self.members.remove(&id) {
                    let count = self.members.len();
                    info!("{nickname} ({}) left, {count} here", id.0);
                    self.add(&ServerEvent::Left { person: Person { id, nickname }, count });
                }
            }
        }
    }

    /// The new one hears who is here; then everybody else hears of the new one.
    fn join(&mut self, id: ClientId, outbox: Arc<Outbox>) {
        let you = Person { id, nickname: Nickname::default() };
        let count = self.members.len() + 1;
        info!("{} ({}) joined, {count} here", you.nickname, id.0);
        let everybody = self.members.iter().map(|(id, member)| member.person(*id)).chain([you.clone()]);
        let people = everybody.take(ServerEvent::MAX_PEOPLE).collect();
        outbox.send(&self.frame(&ServerEvent::Welcome { you: you.clone(), count, people }));
        self.add(&ServerEvent::Joined { person: you.clone(), count });
        self.members.insert(id, Member { nickname: you.nickname, outbox, news_from: self.news.len() });
    }

    fn person(&self, id: ClientId) -> Option<Person> {
        self.members.get(&id).map(|member| member.person(id))
    }

    /// Adds an event to the news.
    fn add(&mut self, event: &ServerEvent) {
        let mut news = std::mem::take(&mut self.news);
        self.encode(event, &mut news);
        self.news = news;
    }

    /// An event for one client.
    fn frame(&mut self, event: &ServerEvent) -> Bytes {
        let mut frame = BytesMut::new();
        self.encode(event, &mut frame);
        frame.freeze()
    }

    fn encode(&mut self, event: &ServerEvent, into: &mut BytesMut) {
        self.json.clear();
        serde_json::to_writer(&mut self.json, event).expect("an event is plain data, and memory takes it");
        frame::text(&self.json, into);
    }

    /// Writes the news to everybody: encoded once, one write for each. This is where the time of a chat server goes.
    async fn tell(&mut self) {
        let news: Bytes = self.news.split().freeze();
        if news.is_empty() {
            return;
        }
        for (number, member) in self.members.values_mut().enumerate() {
            match std::mem::take(&mut member.news_from) {
                0 => member.outbox.send(&news),
                from => member.outbox.send(&news.slice(from..)),
            }
            if number % WRITES == WRITES - 1 {
                tokio::task::yield_now().await;
            }
        }
    }
}

impl Member {
    fn person(&self, id: ClientId) -> Person {
        Person { id, nickname: self.nickname.clone() }
    }
}
