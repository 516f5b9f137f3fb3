//! What is sent.
//!
//! **Order is part of the contract**: a candidate must never overtake its offer. socketioxide spawns the future that a
//! handler returns, and spawned futures overtake each other. What a handler does *before* it returns its future runs in
//! the order of arrival. So every handler here does all its work at once and returns a future that is ready.

use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard};

use serde::Deserialize;
use serde_json::Value;
use shared::signal::{Auth, Rejoin};
use shared::{Accepted, ErrorCode, IceCandidate, Refusal, Reply, RoomName, SdpType, SessionDescription, events};
use socketioxide::SocketIo;
use socketioxide::extract::{AckSender, Event, SocketRef, TryData};
use socketioxide::socket::{DisconnectReason, Sid};
use tracing::{debug, info, warn};

use super::args::Args;
use super::rooms::{Member, Rooms};

/// The largest candidate that is relayed, in bytes. Real ones have about 200.
const MAX_CANDIDATE_BYTES: usize = 4096;

/// What all handlers share. One std lock, never held across an await: there are no awaits here.
#[derive(Clone)]
struct Switchboard {
    rooms: Arc<Mutex<Rooms>>,
    io: SocketIo,
}

/// Makes the server speak the protocol of the call.
pub(super) fn register(io: &SocketIo) {
    let board = Switchboard { rooms: Arc::default(), io: io.clone() };
    io.ns("/", move |socket: SocketRef, TryData(auth): TryData<Auth>| {
        board.on_connect(&socket, auth.unwrap_or_default());
        ready(())
    });
}

impl Switchboard {
    /// The table: which event is handled by what.
    fn on_connect(&self, socket: &SocketRef, auth: Auth) {
        debug!(socket = %socket.id, "connected");
        let client = auth.client.clone();
        self.on(socket, events::JOIN_ROOM, move |board, socket, args| board.on_join_room(socket, client.clone(), args));
        let client = auth.client;
        self.on(socket, events::REJOIN_ROOM, move |board, socket, args| {
            board.on_rejoin_room(socket, client.clone(), args)
        });
        self.on(socket, events::OFFER, Self::on_offer);
        self.on(socket, events::ANSWER, Self::on_answer);
        self.on(socket, events::ICE, Self::on_ice);
        self.on(socket, events::LEAVE_ROOM, Self::on_leave_room);
        socket.on_fallback(|socket: SocketRef, Event(name): Event, ack: AckSender| {
            let message = format!("this server has no event {name:?}");
            answer(&socket, &name, ack, Err(Refusal { code: ErrorCode::UnknownEvent, message }));
            ready(())
        });
        let board = self.clone();
        socket.on_disconnect(move |socket: SocketRef, reason: DisconnectReason| {
            board.on_disconnect(&socket, reason);
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

    fn on_join_room(&self, socket: &SocketRef, client: Option<String>, args: &[Value]) -> Result<Accepted, Refusal> {
        self.enter(room_name(args.first())?, Member { socket: socket.id, client, call: None })
    }

    fn on_rejoin_room(&self, socket: &SocketRef, client: Option<String>, args: &[Value]) -> Result<Accepted, Refusal> {
        let Rejoin { call } =
            args.get(1).map(Rejoin::deserialize).transpose().map_err(bad_arguments)?.unwrap_or_default();
        self.enter(room_name(args.first())?, Member { socket: socket.id, client, call })
    }

    fn enter(&self, room: RoomName, newcomer: Member) -> Result<Accepted, Refusal> {
        let socket = newcomer.socket;
        let entered = self.rooms().enter(room.clone(), newcomer)?;
        info!(%socket, %room, role = %entered.role, resumed = entered.resumed, "entered");
        if let Some(other) = entered.other {
            let event = if entered.resumed { events::RESUMED } else { events::WELCOME };
            // Not an error of the newcomer's: it has its place, and hears `bye` when the other's connection is closed.
            let _ = self.tell(other, event, Args::default());
        }
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

    /// Passes a message on to the other member: as it came, less the room, which is the second argument.
    fn relay(&self, socket: &SocketRef, event: &'static str, args: &[Value]) -> Result<Accepted, Refusal> {
        let room = room_name(args.get(1))?;
        let other = self.rooms().other(socket.id, &room)?;
        let passed_on = args.iter().take(1).chain(args.iter().skip(2)).cloned().collect();
        self.tell(other, event, Args(passed_on))?;
        debug!(from = %socket.id, to = %other, %room, "relayed {event}");
        Ok(Accepted::default())
    }

    fn on_leave_room(&self, socket: &SocketRef, args: &[Value]) -> Result<Accepted, Refusal> {
        let room = room_name(args.first())?;
        if !self.rooms().is_in(socket.id, &room) {
            let message = format!("you are not in room \"{room}\"");
            return Err(Refusal { code: ErrorCode::NotInRoom, message });
        }
        self.leave(socket.id);
        Ok(Accepted::default())
    }

    fn on_disconnect(&self, socket: &SocketRef, reason: DisconnectReason) {
        debug!(socket = %socket.id, ?reason, "disconnected");
        self.leave(socket.id);
    }

    fn leave(&self, socket: Sid) {
        let left = self.rooms().leave(socket);
        let Some((room, stays)) = left else { return };
        info!(%socket, %room, "left");
        if let Some(stays) = stays {
            // A refusal is logged by `tell`; there is nobody to pass it on to.
            let _ = self.tell(stays, events::BYE, Args::default());
        }
    }

    /// Puts a message into the queue of one socket. A queue that is full belongs to a client that does not read: it
    /// will miss its heartbeat and be disconnected, and until then the sender learns that nothing gets through.
    fn tell(&self, to: Sid, event: &'static str, args: Args) -> Result<(), Refusal> {
        let sent = match self.io.get_socket(to) {
            Some(socket) => socket.emit(event, &args).map_err(|error| error.to_string()),
            None => Err("its connection is closing".to_owned()),
        };
        sent.map_err(|error| {
            warn!(%to, "{event} was not delivered: {error}");
            let message = format!("{event:?} did not reach the other member: {error}");
            Refusal { code: ErrorCode::NotDelivered, message }
        })
    }

    fn rooms(&self) -> MutexGuard<'_, Rooms> {
        self.rooms.lock().expect("no handler panics while it holds the lock")
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
    let description = SessionDescription::deserialize(first).map_err(bad_arguments)?;
    if description.sdp_type != expected {
        return Err(bad_arguments(format!("the description is of type \"{}\"", description.sdp_type)));
    }
    check_size("description", args, SessionDescription::MAX_BYTES)
}

/// A candidate, or `null` after the last one.
fn check_candidate(args: &[Value]) -> Result<(), Refusal> {
    let first = args.first().ok_or_else(|| bad_arguments("the candidate is missing"))?;
    Option::<IceCandidate>::deserialize(first).map_err(bad_arguments)?;
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
