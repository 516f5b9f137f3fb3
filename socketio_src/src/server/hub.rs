//! Where everything happens, in one order.
//!
//! Alone, a server decides that order itself: what a handler submits happens at once. With others it does not: what is
//! submitted goes into a log that all servers read, and happens when it is read there. Either way [`Rooms::apply`] changes
//! the rooms, and this server tells its own people what follows.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures::FutureExt;
use serde::Serialize;
use shared::RoomName;
use shared::room_chat::{
    self as events, Code, Done, Nickname, Offset, Refusal, Refused, Said, Servers, ServersState,
};
use socketioxide::extract::SocketRef;
use socketioxide::socket::Sid;
use socketioxide::{SendError, SocketIo};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tracing::{debug, info, warn};

use super::asked::Answer;
use super::rooms::{Fate, Happened, News, Rooms, ServerId, Who};
use super::visitor::{Visitor, locked};
use crate::cluster::Adapter;

/// How many things may wait for the log. Whoever comes then is told to try again.
const WAITING: usize = 10_000;
/// How often, and how many times, a client that does not read is tried again before it is left to its heartbeat.
const TRY_AGAIN: Duration = Duration::from_millis(100);
const TRIES: usize = 300;

/// The chat of this server.
pub(super) struct Hub {
    pub(super) me: ServerId,
    pub(super) io: SocketIo<Adapter>,
    /// Events of clients since the start.
    pub(super) events: AtomicU64,
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
    log: Option<mpsc::UnboundedSender<(u64, Happened)>>,
    /// Those that are on their way there, by their number.
    waiting: BTreeMap<u64, (Happened, Option<Waiting>)>,
    last_number: u64,
}

/// The connections of this server in one room.
#[derive(Default)]
struct Here {
    visitors: HashMap<Sid, Arc<Visitor>>,
    /// How many of them have shown an id.
    resumable: usize,
}

/// Somebody who is answered when something has happened.
pub(super) struct Waiting {
    pub(super) answer: Answer,
    pub(super) visitor: Arc<Visitor>,
    /// See [`events::EnterRoom::after`].
    pub(super) after: Option<Offset>,
}

impl Hub {
    /// `log` is where things go that are to happen on all servers; nobody reads it until [`Hub::together`].
    pub(super) fn new(io: SocketIo<Adapter>, log: Option<mpsc::UnboundedSender<(u64, Happened)>>) -> Self {
        let state = State {
            rooms: Rooms::default(),
            heard: HashMap::new(),
            here: HashMap::new(),
            newest: Offset::default(),
            servers: if log.is_some() { ServersState::Alone } else { ServersState::One },
            log,
            waiting: BTreeMap::new(),
            last_number: 0,
        };
        let me = ServerId(format!("{:016x}", rand::random::<u64>()));
        Self { me, io, events: AtomicU64::new(0), state: Mutex::new(state) }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }

    pub(super) fn who(&self, visitor: &Visitor) -> Who {
        Who { server: self.me.clone(), socket: visitor.socket }
    }

    /// The first words to somebody who has connected.
    pub(super) fn greet(&self, socket: &SocketRef<Adapter>) {
        let state = self.state();
        // An error says that it has gone already.
        let _ = socket.emit(events::SERVERS, &Servers::from(state.servers));
        let _ = socket.emit(events::ROOM_CHANGE, &[state.rooms.public()]);
    }

    /// Makes something happen, and answers the one who waits for it.
    pub(super) fn submit(&self, state: &mut State, happened: Happened, waiting: Option<Waiting>) {
        match &state.log {
            Some(log) if state.servers == ServersState::Together => {
                if let Some(waiting) = waiting.as_ref().filter(|_| state.waiting.len() >= WAITING) {
                    debug!(socket = %waiting.visitor.socket, "the log is full");
                }
                state.last_number += 1;
                // An error means that the server is stopping.
                let _ = log.send((state.last_number, happened.clone()));
                state.waiting.insert(state.last_number, (happened, waiting));
            }
            _ => {
                let offset = state.newest.next(milliseconds());
                self.happens(state, happened, offset, waiting);
            }
        }
    }

    /// Something has happened: on this server, or in the log.
    fn happens(&self, state: &mut State, happened: Happened, offset: Offset, waiting: Option<Waiting>) {
        state.newest = state.newest.max(offset);
        let mut news = Vec::new();
        let said = matches!(happened, Happened::Said { .. });
        let fate = state.rooms.apply(happened, offset, &mut news);
        for news in news {
            self.tell(state, news, waiting.as_ref());
        }
        let Some(Waiting { answer, visitor, after }) = waiting else { return };
        let duplicate = fate == Fate::Duplicate;
        let done = match &visitor.presence().room {
            // No offset for a duplicate: the client may have heard later ones meanwhile.
            _ if said => Done::Said(Said { offset: (!duplicate).then_some(offset), duplicate }),
            Some(room) if answer.is_to(events::ENTER_ROOM) => Done::Entered(state.rooms.entered(room, after)),
            _ => Done::Nothing {},
        };
        self.answer(state, &visitor, answer, Ok(done));
    }
}
