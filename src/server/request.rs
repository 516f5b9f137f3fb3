//! What a client asks for: read from the arguments of an event and checked, before anything is done.

use std::fmt::Display;

use serde::Deserialize;
use serde_json::Value;
use shared::signal::Rejoin;
use shared::{
    Accepted, ErrorCode, IceCandidate, Refusal, RoomName, SdpType, SessionDescription, StepNews, events, json,
};
use tracing::{debug, info};

use super::args::{Args, size};

/// The largest candidate or news that is relayed, in bytes. Real candidates have about 200.
const MAX_CANDIDATE_BYTES: usize = 4096;

/// The longest name of a call, or secret of a client, in bytes. Ours have 20 and 32.
pub(super) const MAX_NAME_BYTES: usize = 128;

/// Something that a client may ask for.
#[derive(Debug)]
pub(super) enum Request {
    /// A place in a room; `call` is the one it is still in, when it comes back.
    Enter { room: RoomName, call: Option<String> },
    /// That a message be passed on to the other member.
    Relay(Relay),
    /// To be out of the room.
    Leave { room: RoomName },
}

impl Request {
    /// Says in the log that it was done.
    pub(super) fn log(&self, socket: impl Display, accepted: &Accepted) {
        let Accepted { role, resumed, .. } = accepted;
        match self {
            Self::Enter { room, .. } => info!(%socket, %room, ?role, resumed, "entered"),
            Self::Leave { room } => info!(%socket, %room, "left"),
            Self::Relay(Relay { room, event, .. }) => debug!(from = %socket, %room, "relayed {event}"),
        }
    }
}

/// A message for the other member.
#[derive(Debug)]
pub(super) struct Relay {
    pub(super) room: RoomName,
    pub(super) event: &'static str,
    /// As they came, less the room.
    pub(super) args: Args,
}

impl Relay {
    /// The one argument that is read: by the call that an answer names, a member that comes back is recognised. An answer names
    /// a version of an offer; the first word of it is the call.
    pub(super) fn agrees_on(&self) -> Option<&str> {
        let version = self.args.0.get(1).filter(|_| self.event == events::ANSWER)?.as_str()?;
        let call = version.split(' ').next()?;
        (call.len() <= MAX_NAME_BYTES).then_some(call)
    }
}

pub(super) fn join_room(args: Vec<Value>) -> Result<Request, Refusal> {
    Ok(Request::Enter { room: room_name(args.first())?, call: None })
}

pub(super) fn rejoin_room(args: Vec<Value>) -> Result<Request, Refusal> {
    let Rejoin { call } = args.get(1).map(Rejoin::deserialize).transpose().map_err(bad_arguments)?.unwrap_or_default();
    if call.as_ref().is_some_and(|call| call.len() > MAX_NAME_BYTES) {
        return Err(bad_arguments(format!("the name of the call is longer than {MAX_NAME_BYTES} bytes")));
    }
    Ok(Request::Enter { room: room_name(args.first())?, call })
}

pub(super) fn leave_room(args: Vec<Value>) -> Result<Request, Refusal> {
    Ok(Request::Leave { room: room_name(args.first())? })
}

pub(super) fn offer(args: Vec<Value>) -> Result<Request, Refusal> {
    check_description(&args, SdpType::Offer)?;
    relay(events::OFFER, args)
}

pub(super) fn answer(args: Vec<Value>) -> Result<Request, Refusal> {
    check_description(&args, SdpType::Answer)?;
    relay(events::ANSWER, args)
}

pub(super) fn ice(args: Vec<Value>) -> Result<Request, Refusal> {
    check_candidate(&args)?;
    relay(events::ICE, args)
}

pub(super) fn step(args: Vec<Value>) -> Result<Request, Refusal> {
    let first = args.first().ok_or_else(|| bad_arguments("the news is missing"))?;
    json::object::<StepNews>(first).map_err(bad_arguments)?;
    check_size("news", &args, MAX_CANDIDATE_BYTES)?;
    relay(events::STEP, args)
}

pub(super) fn restart(args: Vec<Value>) -> Result<Request, Refusal> {
    Ok(Request::Relay(Relay { room: room_name(args.first())?, event: events::RESTART, args: Args::default() }))
}

/// The room is the second argument; everything else is passed on.
fn relay(event: &'static str, mut args: Vec<Value>) -> Result<Request, Refusal> {
    let room = room_name(args.get(1))?;
    args.remove(1);
    Ok(Request::Relay(Relay { room, event, args: Args(args) }))
}

fn room_name(arg: Option<&Value>) -> Result<RoomName, Refusal> {
    let text = arg.and_then(Value::as_str).ok_or_else(|| bad_arguments("the room name is missing or not a string"))?;
    RoomName::new(text).map_err(|error| Refusal { code: ErrorCode::BadRoomName, message: error.to_string() })
}

/// A [`SessionDescription`] that is looked at where it lies. It is large, and nothing is done with its text.
#[derive(Deserialize)]
struct Description<'json> {
    #[serde(rename = "type")]
    sdp_type: SdpType,
    #[serde(rename = "sdp")]
    _sdp: &'json str,
}

fn check_description(args: &[Value], expected: SdpType) -> Result<(), Refusal> {
    let first = args.first().ok_or_else(|| bad_arguments("the description is missing"))?;
    let description: Description<'_> = json::object(first).map_err(bad_arguments)?;
    if description.sdp_type != expected {
        return Err(bad_arguments(format!("the description is of type \"{}\"", description.sdp_type)));
    }
    check_size("description", args, SessionDescription::MAX_BYTES)
}

/// A candidate, or `null` after the last one.
fn check_candidate(args: &[Value]) -> Result<(), Refusal> {
    let first = args.first().ok_or_else(|| bad_arguments("the candidate is missing"))?;
    if !first.is_null() {
        json::object::<IceCandidate>(first).map_err(bad_arguments)?;
    }
    check_size("candidate", args, MAX_CANDIDATE_BYTES)
}

/// The size is that of the JSON, all arguments included: unknown fields are passed on, and so they count.
fn check_size(what: &str, args: &[Value], limit: usize) -> Result<(), Refusal> {
    // JSON has six bytes for one at most, `\u0000`. So what is far below the limit need not be written to be measured.
    if 6 * args.iter().map(size).sum::<usize>() <= limit {
        return Ok(());
    }
    let bytes: usize = args.iter().map(|arg| arg.to_string().len()).sum();
    if bytes <= limit {
        return Ok(());
    }
    let message = format!("the {what} has {bytes} bytes of JSON, {limit} are relayed: offer fewer codecs or tracks");
    Err(Refusal { code: ErrorCode::TooLarge, message })
}

pub(super) fn bad_arguments(reason: impl ToString) -> Refusal {
    Refusal { code: ErrorCode::BadArguments, message: reason.to_string() }
}
