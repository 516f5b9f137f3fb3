//! What is sent.
//!
//! **Order is part of the contract**: a candidate must never overtake its offer. socketioxide spawns the future that a
//! handler returns, and spawned futures overtake each other. What a handler does *before* it returns its future runs in
//! the order of arrival. So every handler here does all its work at once and returns a future that is ready.

use std::convert::Infallible;
use std::future::ready;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::Value;
use shared::signal::{Auth, Rejoin};
use shared::{
    Accepted, ErrorCode, FromJson, IceCandidate, Refusal, Reply, RoomName, SdpType, SessionDescription, StepNews,
    events,
};
use socketioxide::extract::{AckSender, Event, SocketRef, TryData};
use socketioxide::handler::ConnectHandler;
use socketioxide::socket::{DisconnectReason, Sid};
use socketioxide::{SendError, SocketError, SocketIo};
use tracing::{debug, info, warn};

use super::args::Args;
use super::rooms::{Newcomer, Rooms};

/// The largest candidate or news that is relayed, in bytes. Real candidates have about 200.
const MAX_CANDIDATE_BYTES: usize = 4096;

/// The longest name of a call, or secret of a client, in bytes. Ours have 20 and 32.
const MAX_NAME_BYTES: usize = 128;

/// What all handlers share. One std lock, never held across an await: there are no awaits here.
///
/// A change of the rooms and the messages that it leads to are made under *one* lock. In between another connection
/// could change the rooms again, and then a `welcome` would arrive before the `bye` that made it possible.
#[derive(Clone)]
struct Switchboard {
    rooms: Arc<Mutex<Rooms>>,
    io: SocketIo,
}

/// What is known of a connection beside its socket.
struct Visitor {
    /// See [`Newcomer::client`].
    client: Option<String>,
    /// The connection is over. socketioxide can still deliver what came in the same breath as the goodbye, and whoever
    /// entered a room then would stay there for ever.
    gone: AtomicBool,
}

/// Makes the server speak the protocol of the call.
pub(super) fn register(io: &SocketIo, hold: Duration) {
    let board = Switchboard { rooms: Arc::new(Mutex::new(Rooms::new(hold))), io: io.clone() };
    let on_connect = move |socket: SocketRef, TryData(auth): TryData<Auth>| {
        board.on_connect(&socket, auth.unwrap_or_default());
        ready(Ok::<(), Infallible>(()))
    };
    // A middleware runs before the client hears that it is in; the connect handler proper runs after that, and what a
    // quick client says in between is lost. So the handlers are registered in a middleware.
    io.ns("/", (|| ready(())).with(on_connect));
}

impl Switchboard {
    /// The table: which event is handled by what.
    fn on_connect(&self, socket: &SocketRef, auth: Auth) {
        debug!(socket = %socket.id, "connected");
        // A secret that is not one of ours is none: it would only take up memory.
        let client = auth.client.filter(|secret| secret.len() <= MAX_NAME_BYTES);
        let visitor = Arc::new(Visitor { client, gone: AtomicBool::new(false) });
        let joins = visitor.clone();
        self.on(socket, events::JOIN_ROOM, move |board, socket, args| board.on_join_room(socket, &joins, args));
        let rejoins = visitor.clone();
        self.on(socket, events::REJOIN_ROOM, move |board, socket, args| board.on_rejoin_room(socket, &rejoins, args));
        self.on(socket, events::OFFER, Self::on_offer);
        self.on(socket, events::ANSWER, Self::on_answer);
        self.on(socket, events::ICE, Self::on_ice);
        self.on(socket, events::STEP, Self::on_step);
        self.on(socket, events::LEAVE_ROOM, Self::on_leave_room);
        socket.on_fallback(|socket: SocketRef, Event(name): Event, ack: AckSender| {
            let message = format!("this server has no event {name:?}");
            answer(&socket, &name, ack, Err(Refusal { code: ErrorCode::UnknownEvent, message }));
            ready(())
        });
        let board = self.clone();
        socket.on_disconnect(move |socket: SocketRef, reason: DisconnectReason| {
            board.on_disconnect(&socket, &visitor, reason);
            ready(())
        });
    }

    /// Registers a handler that does its work at once, and answers the sender if it asked for an acknowledgement.
    fn on<H>(&self, socket: &SocketRef, event: &'static str, handler: H)
    where
        H: Fn(&Self, &SocketRef, &[Value]) -> Result<Accepted, Refusal> + Clone + Send + Sync + 'static,
    {
        let board = self.clone();
        socket.on(event, move |socket: SocketRef, TryData(args): TryData<Args>, ack: AckSender| {
            let result = match &args {
                Ok(Args(args)) => handler(&board, &socket, args),
                Err(error) => Err(bad_arguments(error)),
            };
            answer(&socket, event, ack, result);
            ready(())
        });
    }

    fn on_join_room(&self, socket: &SocketRef, visitor: &Visitor, args: &[Value]) -> Result<Accepted, Refusal> {
        self.enter(socket.id, visitor, &room_name(args.first())?, None)
    }

    fn on_rejoin_room(&self, socket: &SocketRef, visitor: &Visitor, args: &[Value]) -> Result<Accepted, Refusal> {
        let Rejoin { call } =
            args.get(1).map(Rejoin::deserialize).transpose().map_err(bad_arguments)?.unwrap_or_default();
        if call.as_ref().is_some_and(|call| call.len() > MAX_NAME_BYTES) {
            return Err(bad_arguments(format!("the name of the call is longer than {MAX_NAME_BYTES} bytes")));
        }
        self.enter(socket.id, visitor, &room_name(args.first())?, call)
    }

    fn enter(
        &self,
        socket: Sid,
        visitor: &Visitor,
        room: &RoomName,
        call: Option<String>,
    ) -> Result<Accepted, Refusal> {
        let mut rooms = self.rooms();
        if visitor.gone.load(Ordering::Relaxed) {
            let message = "you have disconnected: connect again first".to_owned();
            return Err(Refusal { code: ErrorCode::NotDelivered, message });
        }
        let newcomer = Newcomer { socket, client: visitor.client.clone(), call };
        let entered = rooms.enter(room.clone(), newcomer, Instant::now())?;
        if let Some(other) = entered.other {
            let event = if entered.resumed { events::RESUMED } else { events::WELCOME };
            // Not an error of the newcomer's: it has its place, and hears `bye` if the other is not really there.
            let _ = self.tell(&mut rooms, other, event, &Args::default());
        }
        info!(%socket, %room, role = %entered.role, resumed = entered.resumed, "entered");
        Ok(Accepted { role: Some(entered.role), resumed: entered.resumed })
    }

    fn on_offer(&self, socket: &SocketRef, args: &[Value]) -> Result<Accepted, Refusal> {
        check_description(args, SdpType::Offer)?;
        self.relay(socket, events::OFFER, args)
    }

    fn on_answer(&self, socket: &SocketRef, args: &[Value]) -> Result<Accepted, Refusal> {
        check_description(args, SdpType::Answer)?;
        self.relay(socket, events::ANSWER, args)
    }

    fn on_ice(&self, socket: &SocketRef, args: &[Value]) -> Result<Accepted, Refusal> {
        check_candidate(args)?;
        self.relay(socket, events::ICE, args)
    }

    fn on_step(&self, socket: &SocketRef, args: &[Value]) -> Result<Accepted, Refusal> {
        let first = args.first().ok_or_else(|| bad_arguments("the news is missing"))?;
        StepNews::from_json(first).map_err(bad_arguments)?;
        check_size("news", args, MAX_CANDIDATE_BYTES)?;
        self.relay(socket, events::STEP, args)
    }

    /// Passes a message on to the other member: as it came, less the room, which is the second argument.
    fn relay(&self, socket: &SocketRef, event: &'static str, args: &[Value]) -> Result<Accepted, Refusal> {
        let room = room_name(args.get(1))?;
        let mut rooms = self.rooms();
        let other = rooms.other(socket.id, &room)?;
        let passed_on = args.iter().take(1).chain(args.iter().skip(2)).cloned().collect();
        self.tell(&mut rooms, other, event, &Args(passed_on))?;
        // The one argument that is read: by the call that an answer names, a member that comes back is recognised.
        if let (events::ANSWER, Some(Value::String(call))) = (event, args.get(2))
            && call.len() <= MAX_NAME_BYTES
        {
            rooms.agreed(&room, call);
        }
        debug!(from = %socket.id, to = %other, %room, "relayed {event}");
        Ok(Accepted::default())
    }

    fn on_leave_room(&self, socket: &SocketRef, args: &[Value]) -> Result<Accepted, Refusal> {
        let room = room_name(args.first())?;
        let mut rooms = self.rooms();
        if !rooms.is_in(socket.id, &room) {
            let message = format!("you are not in room \"{room}\"");
            return Err(Refusal { code: ErrorCode::NotInRoom, message });
        }
        self.leave(&mut rooms, socket.id);
        Ok(Accepted::default())
    }

    fn on_disconnect(&self, socket: &SocketRef, visitor: &Visitor, reason: DisconnectReason) {
        debug!(socket = %socket.id, ?reason, "disconnected");
        let mut rooms = self.rooms();
        visitor.gone.store(true, Ordering::Relaxed);
        self.leave(&mut rooms, socket.id);
    }

    fn leave(&self, rooms: &mut Rooms, socket: Sid) {
        let Some((room, stays)) = rooms.leave(socket) else { return };
        info!(%socket, %room, "left");
        if let Some(stays) = stays {
            // A refusal is logged by `tell`; there is nobody to pass it on to.
            let _ = self.tell(rooms, stays, events::BYE, &Args::default());
        }
    }

    /// Puts a message into the queue of a member.
    ///
    /// A queue that is full belongs to a client that does not read. It is taken out of its room, and the other hears
    /// `bye`. The heartbeat is no help: it does end the session, but engineioxide reports that only after its last write
    /// has returned, and a write to a client that does not read never does.
    fn tell(&self, rooms: &mut Rooms, to: Sid, event: &'static str, args: &Args) -> Result<(), Refusal> {
        // A socket that is not there any more is closing: `on_disconnect` does the rest.
        let sent = match self.io.get_socket(to) {
            Some(socket) => socket.emit(event, args),
            None => Err(SocketError::Closed.into()),
        };
        sent.map_err(|error| {
            warn!(%to, "{event} was not delivered: {error}");
            if let SendError::Socket(SocketError::InternalChannelFull) = error {
                self.leave(rooms, to);
            }
            let message = format!("{event:?} did not reach the other member: {error}");
            Refusal { code: ErrorCode::NotDelivered, message }
        })
    }

    fn rooms(&self) -> MutexGuard<'_, Rooms> {
        // A panic under the lock would be a defect, but one that must not end the conversations of everybody else.
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers in the acknowledgement, if the sender asked for one, and always in the log.
fn answer(socket: &SocketRef, event: &str, ack: AckSender, result: Result<Accepted, Refusal>) {
    let reply = match result {
        Ok(accepted) => Reply::Accepted(accepted),
        Err(refusal) => {
            info!(socket = %socket.id, "{event} refused: {refusal}");
            Reply::Refused(refusal)
        }
    };
    if let Err(error) = ack.send(&reply) {
        warn!(socket = %socket.id, "the acknowledgement of {event} was not delivered: {error}");
    }
}

fn room_name(arg: Option<&Value>) -> Result<RoomName, Refusal> {
    let text = arg.and_then(Value::as_str).ok_or_else(|| bad_arguments("the room name is missing or not a string"))?;
    RoomName::new(text).map_err(|error| Refusal { code: ErrorCode::BadRoomName, message: error.to_string() })
}

fn check_description(args: &[Value], expected: SdpType) -> Result<(), Refusal> {
    let first = args.first().ok_or_else(|| bad_arguments("the description is missing"))?;
    let description = SessionDescription::from_json(first).map_err(bad_arguments)?;
    if description.sdp_type != expected {
        return Err(bad_arguments(format!("the description is of type \"{}\"", description.sdp_type)));
    }
    check_size("description", args, SessionDescription::MAX_BYTES)
}

/// A candidate, or `null` after the last one.
fn check_candidate(args: &[Value]) -> Result<(), Refusal> {
    let first = args.first().ok_or_else(|| bad_arguments("the candidate is missing"))?;
    Option::<IceCandidate>::from_json(first).map_err(bad_arguments)?;
    check_size("candidate", args, MAX_CANDIDATE_BYTES)
}

/// The size is that of the JSON, all arguments included: unknown fields are passed on, and so they count.
fn check_size(what: &str, args: &[Value], limit: usize) -> Result<(), Refusal> {
    let bytes: usize = args.iter().map(|arg| arg.to_string().len()).sum();
    if bytes <= limit {
        return Ok(());
    }
    let message = format!("the {what} has {bytes} bytes of JSON, {limit} are relayed: offer fewer codecs or tracks");
    Err(Refusal { code: ErrorCode::TooLarge, message })
}

fn bad_arguments(reason: impl ToString) -> Refusal {
    Refusal { code: ErrorCode::BadArguments, message: reason.to_string() }
}
