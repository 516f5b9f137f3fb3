//! Socket.IO packets: the layer above. Each one is the payload of an Engine.IO message.
//!
//! ```text
//! <type>[<namespace>,][<ack id>][<JSON>]
//!
//! 0{"token":"abc"}           CONNECT to "/", with an auth payload
//! 2["hello","world"]         EVENT "hello" with one argument
//! 2/admin,12["hello"]        EVENT in "/admin", which asks for acknowledgement 12
//! 3/admin,12["ok"]           ACK 12
//! 4{"message":"not you"}     CONNECT_ERROR
//! ```
//! Specification: <https://socket.io/docs/v4/socket-io-protocol/>

use serde_json::Value;
use thiserror::Error;

use super::quote::shortened;

/// Event names that Socket.IO keeps for itself: the official client refuses to emit them, and refuses to read them.
pub const RESERVED_EVENTS: [&str; 6] =
    ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];

/// One Socket.IO packet.
#[derive(Debug, Clone, PartialEq)]
pub struct Packet {
    /// Which conversation it belongs to: several can share one connection.
    pub namespace: String,
    /// What it says.
    pub body: Body,
}

/// What a packet says.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// 0: the client asks to join, with an auth payload; the server answers, with a session id.
    Connect(Option<Value>),
    /// 1: either side leaves the namespace.
    Disconnect,
    /// 2: an event.
    Event {
        /// Its name: the first element of the JSON array.
        name: String,
        /// Its arguments: the other elements.
        args: Vec<Value>,
        /// Present when the sender wants an answer under this number.
        ack: Option<u64>,
    },
    /// 3: the answer to an event.
    Ack {
        /// The number of the question.
        id: u64,
        /// What the answer says.
        args: Vec<Value>,
    },
    /// 4: the server does not let the client join.
    ConnectError(Value),
}

/// Why a text is not a Socket.IO packet, or not one that this client accepts.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PacketError {
    /// Not even a type.
    #[error("empty Socket.IO packet: the first character must be its type, 0 to 6")]
    Empty,
    /// A type that does not exist.
    #[error("unknown Socket.IO packet type '{}': the first character must be 0 to 6", .0.escape_default())]
    UnknownType(char),
    /// Types 5 and 6: JSON with binary attachments.
    #[error("{packet} packet: this client refuses binary attachments, let the server send JSON (or base64) instead")]
    Binary {
        /// BINARY_EVENT or BINARY_ACK.
        packet: &'static str,
    },
    /// A namespace without its end.
    #[error("the namespace of a Socket.IO packet has no end: a comma must follow it")]
    OpenNamespace,
    /// An ACK without a number, or a number beyond 64 bits.
    #[error("the {packet} packet has no usable acknowledgement id: it must be a number of at most 64 bits")]
    BadAckId {
        /// The packet's name.
        packet: &'static str,
    },
    /// The JSON is broken, or not of the kind that this packet needs.
    #[error("the {packet} packet must hold {expected}: {problem}")]
    BadPayload {
        /// The packet's name.
        packet: &'static str,
        /// What the specification asks for.
        expected: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// An event under a name of [`RESERVED_EVENTS`].
    #[error("the server emitted \"{0}\", a name that Socket.IO reserves")]
    ReservedEvent(String),
}

impl Packet {
    /// Writes one packet.
    #[must_use]
    pub fn encode(self) -> String {
        let (kind, id, json) = match self.body {
            Body::Connect(auth) => ('0', None, auth),
            Body::Disconnect => ('1', None, None),
            Body::Event { name, mut args, ack } => {
                args.insert(0, Value::String(name));
                ('2', ack, Some(Value::Array(args)))
            }
            Body::Ack { id, args } => ('3', Some(id), Some(Value::Array(args))),
            Body::ConnectError(error) => ('4', None, Some(error)),
        };
        let mut text = String::from(kind);
        if self.namespace != "/" {
            text += &self.namespace;
            text.push(',');
        }
        if let Some(id) = id {
            text += &id.to_string();
        }
        if let Some(json) = json {
            // Not `to_string`, which can also write it with line breaks, and so is twice as large.
            text += &serde_json::to_string(&json).expect("a Value can always be written");
        }
        text
    }

    /// Reads one packet. The text comes from outside, so every part of it is doubted.
    ///
    /// # Errors
    /// [`PacketError`] says what is wrong with the text.
    pub fn decode(text: &str) -> Result<Self, PacketError> {
        let mut rest = text.chars();
        let kind = rest.next().ok_or(PacketError::Empty)?;
        let (namespace, rest) = match rest.as_str() {
            rest if rest.starts_with('/') => rest.split_once(',').ok_or(PacketError::OpenNamespace)?,
            rest => ("/", rest),
        };
        let body = match kind {
            '0' if rest.is_empty() => Body::Connect(None),
            '0' => Body::Connect(Some(json("CONNECT", "a JSON object", Value::is_object, rest)?)),
            '1' if rest.is_empty() => Body::Disconnect,
            '1' => return Err(bad_payload("DISCONNECT", "nothing", "it has a payload")),
            '2' => event(rest)?,
            '3' => {
                let (id, rest) = ack_id("ACK", rest)?;
                let id = id.ok_or(PacketError::BadAckId { packet: "ACK" })?;
                Body::Ack { id, args: array("ACK", "a JSON array", rest)? }
            }
            '4' => {
                let is_error = |value: &Value| value.is_object() || value.is_string();
                Body::ConnectError(json("CONNECT_ERROR", "a JSON object or string", is_error, rest)?)
            }
            '5' => return Err(PacketError::Binary { packet: "BINARY_EVENT" }),
            '6' => return Err(PacketError::Binary { packet: "BINARY_ACK" }),
            other => return Err(PacketError::UnknownType(other)),
        };
        Ok(Self { namespace: namespace.to_owned(), body })
    }
}

impl Body {
    /// The packet's name in the specification, for error messages.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Connect(_) => "CONNECT",
            Self::Disconnect => "DISCONNECT",
            Self::Event { .. } => "EVENT",
            Self::Ack { .. } => "ACK",
            Self::ConnectError(_) => "CONNECT_ERROR",
        }
    }
}

/// An event: `[<ack id>]["name", argument, ...]`.
fn event(rest: &str) -> Result<Body, PacketError> {
    const EXPECTED: &str = "a JSON array that starts with the event's name";
    let (ack, rest) = ack_id("EVENT", rest)?;
    let mut args = array("EVENT", EXPECTED, rest)?;
    if args.is_empty() {
        return Err(bad_payload("EVENT", EXPECTED, "the array is empty"));
    }
    let name = match args.remove(0) {
        Value::String(name) => name,
        // The official parser lets numbers pass, and JavaScript treats the number 1 and the name "1" alike.
        Value::Number(number) => number.to_string(),
        _ => return Err(bad_payload("EVENT", EXPECTED, "the first element is not a string")),
    };
    if RESERVED_EVENTS.contains(&name.as_str()) {
        return Err(PacketError::ReservedEvent(name));
    }
    Ok(Body::Event { name, args, ack })
}

/// The digits in front of the JSON, if there are any.
fn ack_id<'a>(packet: &'static str, rest: &'a str) -> Result<(Option<u64>, &'a str), PacketError> {
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    match rest.split_at(end) {
        ("", json) => Ok((None, json)),
        (digits, json) => match digits.parse() {
            Ok(id) => Ok((Some(id), json)),
            Err(_) => Err(PacketError::BadAckId { packet }),
        },
    }
}

/// JSON that also has to be of the right kind.
fn json(
    packet: &'static str,
    expected: &'static str,
    accept: impl Fn(&Value) -> bool,
    text: &str,
) -> Result<Value, PacketError> {
    let value = parse(packet, expected, text)?;
    if accept(&value) { Ok(value) } else { Err(bad_payload(packet, expected, "it is another kind of JSON")) }
}

/// The elements of a JSON array.
fn array(packet: &'static str, expected: &'static str, text: &str) -> Result<Vec<Value>, PacketError> {
    match parse(packet, expected, text)? {
        Value::Array(elements) => Ok(elements),
        _ => Err(bad_payload(packet, expected, "it is another kind of JSON")),
    }
}

/// JSON. serde_json stops at 128 levels of nesting, so that `[[[[...` cannot overflow the stack.
fn parse(packet: &'static str, expected: &'static str, text: &str) -> Result<Value, PacketError> {
    serde_json::from_str(text).map_err(|error| bad_payload(packet, expected, &shortened(error)))
}

/// Saves three lines at each use.
fn bad_payload(packet: &'static str, expected: &'static str, problem: &str) -> PacketError {
    PacketError::BadPayload { packet, expected, problem: problem.to_owned() }
}
