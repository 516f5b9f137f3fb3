//! What is done about a request by a server that is alone: everything at once, in its own memory.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use shared::{Accepted, ErrorCode, Refusal, RoomName, events};
use socketio_src::server::Backlogs;
use socketioxide::socket::Sid;
use socketioxide::{SendError, SocketError, SocketIo};
use tracing::{info, warn};
use websocket_src::server::{Pace, Verdict};

use super::args::Args;
use super::request::{Relay, Request};
use super::room::{Newcomer, Notice, Room, ServerId};
use super::rooms::Rooms;

/// What is known of a connection.
pub(super) struct Visitor {
    pub(super) socket: Sid,
    /// See [`Newcomer::client`].
    pub(super) client: Option<String>,
    /// The connection is over. socketioxide can still deliver what came in the same breath as the goodbye, and whoever
    /// entered a room then would stay there for ever.
    pub(super) gone: AtomicBool,
    /// How many of its requests wait to be handled. Without Redis none ever does.
    pub(super) waiting: AtomicUsize,
    /// How fast it sends: events, and bytes.
    paces: Mutex<[Pace; 2]>,
}

impl Visitor {
    pub(super) fn new(socket: Sid, client: Option<String>, paces: [Pace; 2]) -> Self {
        let (gone, waiting, paces) = (AtomicBool::new(false), AtomicUsize::new(0), Mutex::new(paces));
        Self { socket, client, gone, waiting, paces }
    }

    /// One more event, of this size.
    pub(super) fn count(&self, bytes: usize) -> Verdict {
        let mut paces = self.paces.lock().unwrap_or_else(PoisonError::into_inner);
        let now = tokio::time::Instant::now();
        let [events, all_bytes] = &mut *paces;
        match (events.count(now), all_bytes.take(bytes as f64, now)) {
            (Verdict::Fine, Verdict::Fine) => Verdict::Fine,
            (Verdict::Flood, _) => Verdict::Flood,
            _ => Verdict::TooFast,
        }
    }
}

/// What becomes of a room: what the one who asked is answered, and what the others hear. It is decided on a copy of the
/// room, which takes the place of the room if it is not refused.
pub(super) type Decided = Result<(Accepted, Option<Notice>), Refusal>;

/// What all handlers share. One std lock, never held across an await: there are no awaits here.
///
/// A change of the rooms and the messages that it leads to are made under *one* lock. In between another connection
/// could change the rooms again, and then a `welcome` would arrive before the `bye` that made it possible.
#[derive(Clone)]
pub(super) struct Switchboard {
    pub(super) me: ServerId,
    /// How long the place beside somebody who came back in a call is kept for the other side of that call.
    pub(super) hold: Duration,
    rooms: Arc<Mutex<Rooms>>,
    /// The clients of this server that know more than the plain protocol.
    extended: Arc<Mutex<HashSet<Sid>>>,
    io: SocketIo,
    backlogs: Backlogs,
}

impl Switchboard {
    pub(super) fn new(io: SocketIo, hold: Duration, backlogs: Backlogs) -> Self {
        let me = ServerId::draw();
        Self { me, hold, rooms: Arc::new(Mutex::new(Rooms::new(me))), extended: Arc::default(), io, backlogs }
    }

    pub(super) fn extended(&self) -> MutexGuard<'_, HashSet<Sid>> {
        self.extended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether somebody who has lost its connection may come back to the call it is in: it can prove who it is.
    pub(super) fn may_come_back(&self, visitor: &Visitor) -> bool {
        let rooms = self.rooms();
        let room = rooms.room_of(visitor.socket).map(|name| rooms.get(name));
        let member = room.as_ref().and_then(|room| room.member(visitor.socket));
        member.is_some_and(|member| member.client.is_some() && member.call.is_some())
    }

    pub(super) fn rooms(&self) -> MutexGuard<'_, Rooms> {
        // A panic under the lock would be a defect, but one that must not end the conversations of everybody else.
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what was asked for.
    pub(super) fn carry_out(&self, visitor: &Visitor, request: &Request) -> Result<Accepted, Refusal> {
        let mut rooms = self.rooms();
        let done = match request {
            Request::Enter { room, call } => {
                let newcomer = self.newcomer(&rooms, visitor, call.clone())?;
                self.decide(&mut rooms, room, |members| self.entering(room, &newcomer, members))
            }
            Request::Leave { room } => {
                must_be_in(&rooms, visitor.socket, room)?;
                self.decide(&mut rooms, room, |members| leaving(visitor.socket, members))
            }
            Request::Relay(relay) => self.relay(&mut rooms, visitor.socket, relay),
        };
        done.inspect(|accepted| request.log(visitor.socket, accepted))
    }

    /// A connection is over.
    pub(super) fn lost(&self, visitor: &Visitor) {
        self.leave(&mut self.rooms(), visitor.socket);
    }

    fn leave(&self, rooms: &mut Rooms, socket: Sid) {
        if let Some(room) = rooms.room_of(socket).cloned() {
            info!(%socket, %room, "left");
            // Nobody is refused to leave.
            let _ = self.decide(rooms, &room, |members| leaving(socket, members));
        }
    }

    /// Makes a change to a room.
    pub(super) fn decide(
        &self,
        rooms: &mut Rooms,
        name: &RoomName,
        decision: impl Fn(&mut Room) -> Decided,
    ) -> Result<Accepted, Refusal> {
        let mut room = rooms.get(name);
        let (accepted, notice) = decision(&mut room)?;
        rooms.put(name, room);
        if let Some(Notice { to, event }) = notice.filter(|notice| rooms.room_of(notice.to).is_some()) {
            // Not an error of the one who asked: it has its place, and hears `bye` if the other is not really there.
            let _ = self.tell_or_give_up(rooms, to, &event, &Args::default());
        }
        Ok(accepted)
    }

    /// Passes a message on to the other member.
    fn relay(&self, rooms: &mut Rooms, from: Sid, relay: &Relay) -> Result<Accepted, Refusal> {
        let Relay { room, event, args } = relay;
        let other = rooms.other(from, room)?;
        if other.server != self.me {
            return Err(not_delivered(event, "its server cannot be reached, Redis is away"));
        }
        let other = other.socket;
        self.tell_or_give_up(rooms, other, event, args)?;
        if let Some(call) = relay.agrees_on() {
            self.decide(rooms, room, |members| agreeing(call, members))?;
        }
        Ok(Accepted::default())
    }

    /// Tells a member something. One that does not read is taken out of its room, and the other hears `bye`.
    fn tell_or_give_up(&self, rooms: &mut Rooms, to: Sid, event: &str, args: &Args) -> Result<(), Refusal> {
        self.tell(to, event, args).map_err(|untold| {
            if untold.does_not_read {
                self.leave(rooms, to);
            }
            untold.refusal
        })
    }

    /// Puts a message into the queue of a socket.
    ///
    /// A queue that is full belongs to a client that does not read. The heartbeat is no help there: it does end the
    /// session, but engineioxide reports that only after its last write has returned, and a write to a client that does
    /// not read never does.
    ///
    /// A client of the plain protocol is told what that says, and nothing else.
    pub(super) fn tell(&self, to: Sid, event: &str, args: &Args) -> Result<(), Untold> {
        let extended = self.extended().contains(&to);
        let event = match event {
            events::STEP | events::RESUMED if !extended => return Ok(()),
            // It cannot ask for its place again without being told how: for it the call is over.
            events::PLACE_LOST if !extended => events::BYE,
            event => event,
        };
        let args = &args.at_most(if extended && event == events::ANSWER { 2 } else { 1 });
        // A socket that is not there any more is closing: `lost` does the rest.
        let sent = match self.io.get_socket(to) {
            Some(socket) => socket.emit(event, args),
            None => Err(SocketError::Closed.into()),
        };
        // Sent all the same: the connection is being cut, and what is in its queue goes with it.
        if !self.backlogs.add(to, args.size()) {
            let refusal = not_delivered(event, "it does not read");
            return Err(Untold { refusal, does_not_read: true });
        }
        sent.map_err(|error| {
            warn!(%to, "{event} was not delivered: {error}");
            let does_not_read = matches!(error, SendError::Socket(SocketError::InternalChannelFull));
            Untold { refusal: not_delivered(event, error), does_not_read }
        })
    }

    /// Somebody who may enter a room, if the room lets it in.
    pub(super) fn newcomer(&self, rooms: &Rooms, visitor: &Visitor, call: Option<String>) -> Result<Newcomer, Refusal> {
        if visitor.gone.load(Ordering::Relaxed) {
            let message = "you have disconnected: connect again first".to_owned();
            return Err(Refusal { code: ErrorCode::NotDelivered, message });
        }
        if let Some(present) = rooms.room_of(visitor.socket) {
            let message = format!("you are in room \"{present}\" already: leave it first");
            return Err(Refusal { code: ErrorCode::AlreadyInRoom, message });
        }
        Ok(Newcomer { socket: visitor.socket, server: self.me, client: visitor.client.clone(), call })
    }

    /// The decision about a newcomer.
    pub(super) fn entering(&self, name: &RoomName, newcomer: &Newcomer, room: &mut Room) -> Decided {
        let entered = room.enter(name, newcomer.clone(), now(), self.hold)?;
        Ok((entered.accepted(), entered.notice()))
    }
}

/// A message that was not delivered.
pub(super) struct Untold {
    pub(super) refusal: Refusal,
    pub(super) does_not_read: bool,
}

/// The decision about somebody who leaves.
pub(super) fn leaving(socket: Sid, room: &mut Room) -> Decided {
    Ok((Accepted::default(), room.leave(socket)))
}

/// The decision about two who have agreed on a call.
pub(super) fn agreeing(call: &str, room: &mut Room) -> Decided {
    room.agreed(call);
    Ok((Accepted::default(), None))
}

pub(super) fn must_be_in(rooms: &Rooms, socket: Sid, name: &RoomName) -> Result<(), Refusal> {
    if rooms.room_of(socket) == Some(name) {
        return Ok(());
    }
    Err(Refusal { code: ErrorCode::NotInRoom, message: format!("you are not in room \"{name}\"") })
}

pub(super) fn not_delivered(event: &str, reason: impl std::fmt::Display) -> Refusal {
    let message = format!("{event:?} did not reach the other member: {reason}");
    Refusal { code: ErrorCode::NotDelivered, message }
}

/// The time, in a form that servers can tell each other.
pub(super) fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
