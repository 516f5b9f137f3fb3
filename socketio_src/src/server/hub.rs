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
use shared::room_chat::{self as events, Code, Done, Nickname, Offset, Refusal, Refused, Said, Servers, ServersState};
use socketioxide::extract::SocketRef;
use socketioxide::socket::Sid;
use socketioxide::{BroadcastError, SendError, SocketError, SocketIo};
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;
use tracing::{debug, info, warn};

use super::asked::Answer;
use super::log::{Entry, SILENCE, What};
use super::rooms::{Fate, Happened, News, Person, Rooms, ServerId, Who};
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
    /// The list of the rooms is another one.
    rooms_changed: Notify,
    /// This server reads the log.
    joined: Notify,
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
    waiting: BTreeMap<u64, (Happened, Option<Waiting>)>,
    /// A server was heard of that is not known.
    say_hello: bool,
}

/// The connections of this server in one room.
#[derive(Default)]
struct Here {
    visitors: HashMap<Sid, Arc<Visitor>>,
    /// How many of them have shown an id.
    resumable: usize,
}

/// See [`Hub::typing`].
pub(super) struct Typing {
    socket: Sid,
    room: RoomName,
    nickname: Nickname,
    typing: bool,
}

/// Somebody who is answered when something has happened.
pub(super) struct Waiting {
    pub(super) answer: Answer,
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
    ) -> Self {
        let state = State {
            rooms: Rooms::default(),
            heard: HashMap::new(),
            here: HashMap::new(),
            newest: Offset::default(),
            servers: if log.is_some() { ServersState::Alone } else { ServersState::One },
            log,
            session: 0,
            last_number: 0,
            waiting: BTreeMap::new(),
            say_hello: false,
        };
        let me = ServerId(format!("{:016x}", rand::random::<u64>()));
        let (events, state) = (AtomicU64::new(0), Mutex::new(state));
        Self { me, io, events, rooms_changed: Notify::new(), joined: Notify::new(), typing, state }
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
        if state.servers != ServersState::Together {
            let offset = state.newest.next(milliseconds());
            return self.happens(state, happened, offset, waiting);
        }
        state.last_number += 1;
        self.append(state, What::Happened(happened.clone()));
        state.waiting.insert(state.last_number, (happened, waiting));
    }

    /// Something has happened: on this server, or in the log.
    fn happens(&self, state: &mut State, happened: Happened, offset: Offset, waiting: Option<Waiting>) {
        state.newest = state.newest.max(offset);
        let said = matches!(happened, Happened::Said { .. });
        let entered = match &happened {
            Happened::Entered { room, .. } => Some(room.clone()),
            _ => None,
        };
        let mut news = Vec::new();
        let fate = state.rooms.apply(happened, offset, &mut news);
        for news in news {
            self.tell(state, news, waiting.as_ref());
        }
        let Some(Waiting { answer, visitor, after }) = waiting else { return };
        let done = match entered {
            Some(room) => Done::Entered(state.rooms.entered(&room, after)),
            None if said && fate == Fate::Duplicate => Done::Said(Said { offset: None, duplicate: true }),
            None if said => Done::Said(Said { offset: Some(offset), duplicate: false }),
            None => Done::Nothing {},
        };
        self.answer(state, &visitor, answer, Ok(done));
    }

    /// Tells this server's people what follows.
    fn tell(&self, state: &mut State, news: News, waiting: Option<&Waiting>) {
        match news {
            News::Welcome { who, room, nickname, count } => {
                info!(%room, %nickname, count, "entered");
                self.emit(state, &room, None, events::WELCOME, &(&nickname, count));
                // From here on it hears what is said in the room. Not if it has gone meanwhile: nobody would take it out.
                if let Some(Waiting { visitor, .. }) = waiting.filter(|waiting| self.who(&waiting.visitor) == who) {
                    self.join(state, visitor, &room);
                }
            }
            News::Bye { who, room, nickname, count } => {
                info!(%room, %nickname, count, "left");
                if who.server == self.me {
                    self.part(state, who.socket, &room);
                }
                self.emit(state, &room, None, events::BYE, &(&nickname, count));
            }
            News::Renamed { who, room, old, new } => {
                self.emit(state, &room, Some(&who), events::RENAMED, &(&old, &new));
            }
            News::NewMessage { who, room, message } => {
                let Some(here) = state.here.get(&room) else { return };
                let (plain, resumable) = (here.resumable < here.visitors.len(), here.resumable > 0);
                let [plain_name, resumable_name] = audiences(&room);
                if plain {
                    let sent = self.emit_to(&[plain_name], Some(&who), events::NEW_MESSAGE, &(&message.line,));
                    self.without_the_deaf(state, &room, sent);
                }
                if resumable {
                    let data = (&message.line, &message.meta);
                    let sent = self.emit_to(&[resumable_name], Some(&who), events::NEW_MESSAGE, &data);
                    self.without_the_deaf(state, &room, sent);
                }
            }
            News::Replaced { who } if who.server == self.me => {
                self.throw_out(who.socket, Code::Replaced, "another connection of this client has taken your place");
            }
            News::Replaced { .. } => {}
            News::RoomChange => self.rooms_changed.notify_one(),
        }
    }

    /// Somebody is typing, or has stopped. That is worth no log: who does not hear it has missed nothing.
    pub(super) fn typing(&self, visitor: &Visitor, room: &RoomName, nickname: &Nickname, typing: bool) {
        // An error says that many are typing: nobody misses one more.
        let _ = self.typing.try_send(Typing {
            socket: visitor.socket,
            room: room.clone(),
            nickname: nickname.clone(),
            typing,
        });
    }

    /// Tells who is typing: to everybody in the room, on all servers, through the adapter. Publishing in Redis takes a
    /// moment, and the next one waits for it, so that an end does not overtake its beginning.
    pub(super) async fn tell_typing(self: Arc<Self>, mut typing: mpsc::Receiver<Typing>) {
        while let Some(Typing { socket, room, nickname, typing }) = typing.recv().await {
            let Some(socket) = self.io.get_socket(socket) else { continue };
            let told = socket.to(audiences(&room)).volatile().emit(events::TYPING, &(nickname, typing)).await;
            debug!("told who is typing: {told:?}");
        }
    }

    fn join(&self, state: &mut State, visitor: &Arc<Visitor>, room: &RoomName) {
        let Some(socket) = self.io.get_socket(visitor.socket) else { return };
        if visitor.gone.load(Ordering::Relaxed) {
            return;
        }
        let [plain, resumable] = audiences(room);
        socket.join(if visitor.client.is_some() { resumable } else { plain });
        let here = state.here.entry(room.clone()).or_default();
        here.resumable += usize::from(visitor.client.is_some());
        here.visitors.insert(visitor.socket, Arc::clone(visitor));
    }

    fn part(&self, state: &mut State, socket: Sid, room: &RoomName) {
        let Some(here) = state.here.get_mut(room) else { return };
        let Some(visitor) = here.visitors.remove(&socket) else { return };
        here.resumable -= usize::from(visitor.client.is_some());
        if here.visitors.is_empty() {
            state.here.remove(room);
        }
        if let Some(socket) = self.io.get_socket(socket) {
            socket.leave(audiences(room));
        }
    }

    /// Emits to this server's people in a room, all but one.
    fn emit(&self, state: &mut State, room: &RoomName, but: Option<&Who>, event: &str, data: &impl Serialize) {
        if state.here.contains_key(room) {
            let sent = self.emit_to(&audiences(room), but, event, data);
            self.without_the_deaf(state, room, sent);
        }
    }

    fn emit_to(
        &self,
        audiences: &[String],
        but: Option<&Who>,
        event: &str,
        data: &impl Serialize,
    ) -> Result<(), BroadcastError> {
        let sender = but.filter(|who| who.server == self.me).and_then(|who| self.io.get_socket(who.socket));
        let audiences = audiences.to_vec();
        let to = sender.map_or_else(|| self.io.to(audiences.clone()), |sender| sender.to(audiences.clone()));
        // The others have heard it from the log. What stays on this server is done at once.
        to.local().emit(event, data).now_or_never().expect("nothing to wait for")
    }

    /// A client that does not read has a queue that is full. It is taken out of the room, so that the others see it, and
    /// out of the server, so that it can come back and ask for what it has missed.
    fn without_the_deaf(&self, state: &mut State, room: &RoomName, sent: Result<(), BroadcastError>) {
        let (Err(BroadcastError::Socket(_)), Some(here)) = (sent, state.here.get(room)) else { return };
        let servers = Servers::from(state.servers);
        let is_deaf = |visitor: &&Arc<Visitor>| {
            let socket = self.io.get_socket(visitor.socket);
            // Something that it knows already: does it still fit in?
            socket.is_some_and(|socket| is_full(&socket.emit(events::SERVERS, &servers)))
        };
        let deaf: Vec<_> = here.visitors.values().filter(is_deaf).cloned().collect();
        for visitor in deaf {
            self.give_up(state, &visitor);
        }
    }

    /// Answers the sender of an event.
    pub(super) fn answer(
        &self,
        state: &mut State,
        visitor: &Arc<Visitor>,
        answer: Answer,
        result: Result<Done, Refusal>,
    ) {
        if is_full(&answer.give(result)) {
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
            self.submit(state, Happened::Left { who: self.who(visitor) }, None);
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

    /// Tells everybody the list of the rooms, whenever it has changed, but not more often than people can read.
    pub(super) async fn tell_rooms(self: Arc<Self>) {
        loop {
            self.rooms_changed.notified().await;
            {
                let state = self.state();
                let told = self.io.local().emit(events::ROOM_CHANGE, &[state.rooms.public()]).now_or_never();
                debug!("told the rooms: {told:?}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Hub {
    /// Ends a connection, on whichever server it is.
    pub(super) fn disconnect(&self, who: Who) {
        let state = self.state();
        if who.server == self.me {
            self.throw_out(who.socket, Code::Disconnected, "the admin has ended this connection");
        } else {
            self.append(&state, What::Disconnect(who));
        }
    }
}

/// With others: what connects the hub to the log.
impl Hub {
    fn append(&self, state: &State, what: What) {
        let entry = Entry { server: self.me.clone(), session: state.session, number: state.last_number, what };
        if let Some(log) = &state.log {
            // An error means that the server is stopping.
            let _ = log.send(entry);
        }
    }

    /// Whether an entry is to be appended: this server has not lost the others since.
    pub(super) fn is_current(&self, entry: &Entry) -> bool {
        let state = self.state();
        state.servers == ServersState::Together && state.session == entry.session
    }

    /// Whether so much is on its way that nothing more can be taken.
    pub(super) fn is_full(state: &State) -> bool {
        state.waiting.len() >= WAITING
    }

    /// The log is read from here on.
    pub(super) fn together(&self) {
        let mut state = self.state();
        state.session += 1;
        self.set(&mut state, ServersState::Together);
        self.append(&state, What::Hello);
        self.say_who_is_here(&mut state);
        self.joined.notify_one();
    }

    /// Ready when the log is read for the first time.
    pub(super) async fn joined(&self) {
        self.joined.notified().await;
    }

    /// The log is out of reach: what was on its way happens here, and nowhere else.
    pub(super) fn alone(&self) {
        let mut state = self.state();
        if state.servers != ServersState::Together {
            return;
        }
        self.set(&mut state, ServersState::Alone);
        for (happened, waiting) in std::mem::take(&mut state.waiting).into_values() {
            let offset = state.newest.next(milliseconds());
            self.happens(&mut state, happened, offset, waiting);
        }
    }

    fn set(&self, state: &mut State, servers: ServersState) {
        state.servers = servers;
        let servers = Servers::from(servers);
        info!("{}", servers.message);
        let told = self.io.local().emit(events::SERVERS, &servers).now_or_never();
        debug!("told everybody: {told:?}");
    }

    /// An entry of the history, from before this server was there.
    pub(super) fn remember(&self, offset: Offset, entry: Entry) {
        if let What::Happened(happened @ Happened::Said { .. }) = entry.what {
            let state = &mut *self.state();
            state.newest = state.newest.max(offset);
            state.rooms.apply(happened, offset, &mut Vec::new());
        }
    }

    /// The next entry of the log.
    pub(super) fn read(&self, offset: Offset, entry: Entry) {
        let mut state = self.state();
        if entry.server == self.me {
            // What does not wait has happened already: while this server was alone.
            if let What::Happened(_) = entry.what
                && let Some((happened, waiting)) = state.waiting.remove(&entry.number)
            {
                self.happens(&mut state, happened, offset, waiting);
            }
            return;
        }
        let unknown = state.heard.insert(entry.server.clone(), Instant::now()).is_none();
        match entry.what {
            What::Hello => self.say_who_is_here(&mut state),
            What::Alive => state.say_hello |= unknown,
            What::Disconnect(who) if who.server == self.me => {
                self.throw_out(who.socket, Code::Disconnected, "the admin has ended this connection");
            }
            What::Disconnect(_) => {}
            What::Happened(happened) => {
                state.say_hello |= unknown && !matches!(happened, Happened::People { .. });
                if let Happened::Gone { server } = &happened {
                    state.heard.remove(server);
                }
                self.happens(&mut state, happened, offset, None);
            }
        }
    }

    /// Once a second.
    pub(super) fn tick(&self) {
        let mut state = self.state();
        self.append(&state, What::Alive);
        if std::mem::take(&mut state.say_hello) {
            self.append(&state, What::Hello);
        }
        let silent: Vec<_> = state
            .heard
            .iter()
            .filter(|(_, heard)| heard.elapsed() > SILENCE)
            .map(|(server, _)| server.clone())
            .collect();
        for server in silent {
            info!("a server is gone, and its people with it");
            state.heard.remove(&server);
            let offset = state.newest;
            self.happens(&mut state, Happened::Gone { server }, offset, None);
        }
    }

    /// Says goodbye to the other servers.
    pub(super) fn leave(&self) {
        let state = self.state();
        self.append(&state, What::Happened(Happened::Gone { server: self.me.clone() }));
    }

    /// Says who is connected to this server: those that all servers know of, and what is still on its way.
    fn say_who_is_here(&self, state: &mut State) {
        let mut people: BTreeMap<Who, (RoomName, Person)> =
            state.rooms.people_of(&self.me).into_iter().map(|(who, room, person)| (who, (room, person))).collect();
        for (happened, _) in state.waiting.values() {
            match happened.clone() {
                Happened::Entered { who, room, person } => drop(people.insert(who, (room, person))),
                Happened::Left { who } => drop(people.remove(&who)),
                Happened::Renamed { who, nickname } => {
                    people.entry(who).and_modify(|(_, person)| person.nickname = nickname);
                }
                Happened::Said { .. } | Happened::People { .. } | Happened::Gone { .. } => {}
            }
        }
        let people = people.into_iter().map(|(who, (room, person))| (who, room, person)).collect();
        self.append(state, What::Happened(Happened::People { server: self.me.clone(), people }));
    }
}

/// The two Socket.IO rooms of a room of the chat: those who have shown no id, and those who have. They hear the same, but
/// the second are also told the offsets. (No name of a room has a line break.)
fn audiences(room: &RoomName) -> [String; 2] {
    [room.to_string(), format!("{room}\n")]
}

fn is_full(sent: &Result<(), SendError>) -> bool {
    matches!(sent, Err(SendError::Socket(SocketError::InternalChannelFull)))
}

/// Since 1970.
fn milliseconds() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_millis().try_into().unwrap_or(u64::MAX)
}
