//! Puts everything that happens into one order.
//!
//! Alone, a server decides that order itself: what a handler submits happens at once. With others it does not: what is
//! submitted goes into a log that all servers read, and happens when it is read there. Either way [`Rooms::apply`] changes
//! the rooms, and this server tells its own people what follows.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use shared::RoomName;
use shared::room_chat::{self as events, Code, Done, Offset, Refusal, Refused, Said, Servers, ServersState};
use socketioxide::SocketIo;
use socketioxide::extract::SocketRef;
use socketioxide::socket::Sid;
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;
use tracing::warn;

use super::backlog::Backlogs;
use super::entry::{Entry, EntryKind};
use super::incoming::Responder;
use super::rooms::{ConnectionId, Delivery, RoomEvent, Rooms, ServerId};
use super::visitor::{Visitor, locked};
use crate::cluster::Adapter;
use here::{Here, Typing, is_full};

/// Notifies the clients of this server.
mod notify;
/// The clients of this server that are in a room.
mod here;
/// Connects the hub to the log of all servers.
mod replication;

/// How many events may wait for the log. The sender of the next one is told to try again.
const WAITING: usize = 10_000;
/// How often, and how many times, a client that does not read is tried again. Its connection ends before that, in `line.rs`.
const TRY_AGAIN: Duration = Duration::from_millis(100);
const TRIES: usize = 300;

/// How many bytes it has as JSON.
fn json_size(value: &impl serde::Serialize) -> usize {
    serde_json::to_string(value).map_or(0, |json| json.len())
}

/// The chat of this server.
pub(super) struct Hub {
    pub(super) me: ServerId,
    pub(super) io: SocketIo<Adapter>,
    /// What waits for the clients of this server.
    pub(super) backlogs: Backlogs,
    /// Events of clients since the start.
    pub(super) events: AtomicU64,
    /// Notified when the list of rooms has changed.
    rooms_changed: Notify,
    /// Notified when this server reads the log.
    joined: Notify,
    /// Notified when this server could not write into the log.
    lost: Notify,
    typing: mpsc::Sender<Typing>,
    /// One std lock, never held across an await. A change of the rooms and the messages that it leads to are made under
    /// one lock: in between, something else could happen, and would be told first.
    state: Mutex<State>,
}

/// What the lock guards.
pub(super) struct State {
    pub(super) rooms: Rooms,
    /// When each of the other servers was heard of.
    pub(super) heard: HashMap<ServerId, Instant>,
    /// The connections of this server that are in a room.
    here: HashMap<RoomName, Here>,
    /// The newest thing that has happened.
    newest: Offset,
    servers: ServersState,
    /// Where things go that are to happen on all servers.
    log: Option<mpsc::UnboundedSender<Entry>>,
    /// See [`Entry::session`].
    session: u64,
    /// See [`Entry::number`].
    last_number: u64,
    /// What is on its way through the log, by its number.
    waiting: BTreeMap<u64, (RoomEvent, Option<Waiting>)>,
    /// A server was heard of that is not known.
    say_hello: bool,
}

/// Somebody who is answered when something has happened.
pub(super) struct Waiting {
    pub(super) answer: Responder,
    pub(super) visitor: Arc<Visitor>,
    /// See [`events::EnterRoom::after`].
    pub(super) after: Option<Offset>,
}

impl Hub {
    /// `log` is where things go that are to happen on all servers, once they are [together](Self::together).
    pub(super) fn new(
        io: SocketIo<Adapter>,
        log: Option<mpsc::UnboundedSender<Entry>>,
        typing: mpsc::Sender<Typing>,
        backlogs: Backlogs,
    ) -> Self {
        let now = Offset::default().next(milliseconds());
        let state = State {
            rooms: Rooms::begin(now),
            heard: HashMap::new(),
            here: HashMap::new(),
            newest: now,
            servers: if log.is_some() { ServersState::Alone } else { ServersState::One },
            log,
            session: 0,
            last_number: 0,
            waiting: BTreeMap::new(),
            say_hello: false,
        };
        let me = ServerId(format!("{:016x}", rand::random::<u64>()));
        let (events, state) = (AtomicU64::new(0), Mutex::new(state));
        let (rooms_changed, joined, lost) = (Notify::new(), Notify::new(), Notify::new());
        Self { me, io, backlogs, events, rooms_changed, joined, lost, typing, state }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }

    pub(super) fn who(&self, visitor: &Visitor) -> ConnectionId {
        ConnectionId { server: self.me.clone(), socket: visitor.socket }
    }

    /// The first words to somebody who has connected.
    pub(super) fn greet(&self, socket: &SocketRef<Adapter>) {
        let state = self.state();
        // An error says that it has gone already.
        let _ = socket.emit(events::SERVERS, &Servers::from(state.servers));
        let public = state.rooms.public();
        self.backlogs.add_or_cut(socket.id, json_size(&public));
        let _ = socket.emit(events::ROOM_CHANGE, &[public]);
    }

    /// Makes something happen, and answers the one who waits for it.
    pub(super) fn submit(&self, state: &mut State, happened: RoomEvent, waiting: Option<Waiting>) {
        if state.servers != ServersState::Together {
            let offset = state.newest.next(milliseconds());
            return self.happens(state, happened, offset, waiting);
        }
        state.last_number += 1;
        self.append(state, EntryKind::RoomEvent(happened.clone()));
        state.waiting.insert(state.last_number, (happened, waiting));
    }

    /// Something has happened: on this server, or in the log.
    fn happens(&self, state: &mut State, happened: RoomEvent, offset: Offset, waiting: Option<Waiting>) {
        state.newest = state.newest.max(offset);
        let said = matches!(happened, RoomEvent::Said { .. });
        let entered = match &happened {
            RoomEvent::Entered { room, .. } => Some(room.clone()),
            _ => None,
        };
        let mut news = Vec::new();
        let fate = state.rooms.apply(happened, offset, &mut news);
        for news in news {
            self.tell(state, news, waiting.as_ref());
        }
        let Some(Waiting { answer, visitor, after }) = waiting else { return };
        let done = match entered {
            Some(room) => Done::Entered(state.rooms.entered(&room, after, offset)),
            None if !said => Done::Nothing {},
            None => Done::Said(match fate {
                Delivery::New => Said { offset: Some(offset), duplicate: false },
                Delivery::Duplicate(offset) => Said { offset, duplicate: true },
            }),
        };
        self.answer(state, &visitor, answer, Ok(done));
    }

    /// Answers the sender of an event.
    pub(super) fn answer(
        &self,
        state: &mut State,
        visitor: &Arc<Visitor>,
        answer: Responder,
        result: Result<Done, Refusal>,
    ) {
        // The only long answer: what was said in a room.
        let bytes = if let Ok(done @ Done::Entered(_)) = &result { json_size(done) } else { 0 };
        if is_full(&answer.give(result)) | !visitor.backlog.add(bytes) {
            self.give_up(state, visitor);
        }
    }

    fn give_up(&self, state: &mut State, visitor: &Arc<Visitor>) {
        if visitor.presence().room.is_some() {
            warn!(socket = %visitor.socket, "does not read: taken out");
            self.take_out(state, visitor);
            self.throw_out(visitor.socket, Code::NotDelivered, "you did not read what was sent: connect again");
        }
    }

    /// Takes somebody out of its room, if it is in one.
    pub(super) fn take_out(&self, state: &mut State, visitor: &Arc<Visitor>) {
        let room = visitor.presence().room.take();
        if room.is_some() {
            self.submit(state, RoomEvent::Left { who: self.who(visitor) }, None);
        }
    }

    /// Ends a connection, and says why as soon as that fits into its queue.
    pub(super) fn throw_out(&self, socket: Sid, code: Code, why: &'static str) {
        let io = self.io.clone();
        tokio::spawn(async move {
            let refused = Refused { event: "connect".to_owned(), refusal: Refusal::new(code, why) };
            for _ in 0..TRIES {
                let Some(socket) = io.get_socket(socket) else { return };
                if !is_full(&socket.emit(events::REFUSED, &refused)) && socket.disconnect().is_ok() {
                    return;
                }
                tokio::time::sleep(TRY_AGAIN).await;
            }
        });
    }

    /// Ends a connection for the admin, on whichever server it is.
    pub(super) fn disconnect(&self, who: ConnectionId) {
        if who.server == self.me {
            self.throw_out(who.socket, Code::Disconnected, "the admin has ended this connection");
        } else {
            self.append(&self.state(), EntryKind::Disconnect(who));
        }
    }
}

/// Since 1970.
fn milliseconds() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_millis().try_into().unwrap_or(u64::MAX)
}
