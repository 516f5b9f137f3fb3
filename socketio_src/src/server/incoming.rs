//! One event of a client: its arguments, and the way to answer it.

use std::borrow::Cow;
use std::convert::Infallible;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;
use shared::room_chat::{Code, Done, REFUSED, Refusal, Refused, Reply};
use shared::{RoomName, json};
use socketioxide::SendError;
use socketioxide::extract::{AckSender, SocketRef};
use socketioxide::handler::{FromMessageParts, Value};
use socketioxide::socket::Socket;
use tracing::{debug, info};

use crate::cluster::Adapter;

/// An event, as socketioxide hands it over. A handler that takes one is called whatever the arguments are: what is wrong
/// with them is for the handler to say, and the sender is told.
pub(super) struct IncomingEvent {
    /// The client that asks.
    pub(super) socket: SocketRef<Adapter>,
    /// The JSON array of the packet: the name of the event, then its arguments.
    packet: Value,
    ack: AckSender<Adapter>,
    wants_ack: bool,
}

impl FromMessageParts<Adapter> for IncomingEvent {
    type Error = Infallible;

    fn from_message_parts(
        socket: &Arc<Socket<Adapter>>,
        packet: &mut Value,
        ack_id: &Option<i64>,
    ) -> Result<Self, Infallible> {
        Ok(Self {
            socket: SocketRef::from(Arc::clone(socket)),
            packet: packet.clone(), // counts a reference, copies nothing
            ack: AckSender::from_message_parts(socket, packet, ack_id)?,
            wants_ack: ack_id.is_some(),
        })
    }
}

impl IncomingEvent {
    /// The event, taken apart: its arguments, each still JSON, and what is needed to answer.
    pub(super) fn arguments(&self) -> Result<Arguments<'_>, Refusal> {
        // Binary attachments come beside the array; no event of the chat has any.
        let json = self.packet.as_str().map_or("[]", |packet| packet.as_str());
        serde_json::from_str(json).map(Arguments).map_err(|error| bad_arguments(json::reason(&error)))
    }

    /// Where the answer goes.
    pub(super) fn answer(self, event: Cow<'static, str>) -> Responder {
        Responder { event, socket: self.socket, ack: self.ack, wants_ack: self.wants_ack }
    }
}

/// The name of an event and its arguments, each still JSON: what is passed on need not be understood.
#[derive(Debug, Deserialize)]
pub(super) struct Arguments<'packet>(#[serde(borrow)] Vec<&'packet RawValue>);

impl<'packet> Arguments<'packet> {
    /// The argument at this place, counted from 0.
    pub(super) fn get<T: Deserialize<'packet>>(&self, place: usize, what: &str) -> Result<T, Refusal> {
        let optional = self.optional(place, what)?;
        optional.ok_or_else(|| bad_arguments(format!("argument {}, {what}, is missing", place + 1)))
    }

    /// The same, if it is there. `null` is none.
    pub(super) fn optional<T: Deserialize<'packet>>(&self, place: usize, what: &str) -> Result<Option<T>, Refusal> {
        let Some(json) = self.0.get(place + 1) else { return Ok(None) };
        serde_json::from_str(json.get())
            .map_err(|error| bad_arguments(format!("argument {}, {what}: {}", place + 1, json::reason(&error))))
    }

    /// The argument at this place is the name of a room.
    pub(super) fn room(&self, place: usize) -> Result<RoomName, Refusal> {
        room_name(&self.get::<String>(place, "the name of a room")?)
    }
}

pub(super) fn room_name(text: &str) -> Result<RoomName, Refusal> {
    RoomName::new(text).map_err(|broken| Refusal::new(Code::BadRoomName, broken.to_string()))
}

fn bad_arguments(message: String) -> Refusal {
    Refusal::new(Code::BadArguments, message)
}

/// Where the answer to an event goes.
pub(super) struct Responder {
    event: Cow<'static, str>,
    pub(super) socket: SocketRef<Adapter>,
    ack: AckSender<Adapter>,
    wants_ack: bool,
}

impl Responder {
    /// Answers. A client that asked for no acknowledgement hears of refusals only.
    ///
    /// # Errors
    /// The sender does not read, and so much waits for it that the answer does not fit in.
    pub(super) fn give(self, result: Result<Done, Refusal>) -> Result<(), SendError> {
        let reply = match result {
            Ok(done) if self.wants_ack => Reply::Done(done),
            Ok(_) => return Ok(()),
            Err(refusal) => {
                info!(socket = %self.socket.id, "{} refused: {refusal}", self.event);
                if !self.wants_ack {
                    let refused = Refused { event: self.event.into_owned(), refusal };
                    return self.socket.emit(REFUSED, &refused);
                }
                Reply::Error { error: refusal }
            }
        };
        let sent = self.ack.send(&reply);
        if let Err(error) = &sent {
            debug!(socket = %self.socket.id, "the acknowledgement of {} was not delivered: {error}", self.event);
        }
        sent
    }
}
