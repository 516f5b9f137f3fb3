//! Engine.IO packets: the layer below. One WebSocket text message is one packet: a digit, then its payload.
//!
//! ```text
//! 0{"sid":"abc","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}
//! 2                       the server asks: are you there?
//! 3                       the client answers: yes
//! 42["hello","world"]     4 = message; the rest belongs to Socket.IO
//! ```
//! Specification: <https://socket.io/docs/v4/engine-io-protocol/>

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use thiserror::Error;

use super::quote::shortened;

/// One Engine.IO packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnginePacket {
    /// 0: the server's first word.
    Open(Open),
    /// 1: either side ends the connection.
    Close,
    /// 2: the heartbeat, since protocol v4 sent by the server.
    Ping,
    /// 3: the client's answer to a ping.
    Pong,
    /// 4: a Socket.IO packet.
    Message(String),
    /// 5: the end of an upgrade from long-polling. Never seen on a connection that began as WebSocket.
    Upgrade,
    /// 6: nothing; it ends a pending HTTP request during an upgrade.
    Noop,
}

/// The payload of [`EnginePacket::Open`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Open {
    /// The id of the Engine.IO session. Socket.IO gives out another one per namespace.
    pub sid: String,
    /// The transports that the client could upgrade to: none, since it is on the best one already.
    pub upgrades: Vec<String>,
    /// How often the server sends a ping, in milliseconds.
    pub ping_interval: u64,
    /// How much later than expected a ping may come, in milliseconds.
    pub ping_timeout: u64,
    /// How many bytes one HTTP long-polling body may have. It does not concern a WebSocket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_payload: Option<u64>,
}

/// The longest time a browser's `setTimeout` can wait, 24 days. A longer one would fire at once.
const LONGEST_TIMER: Duration = Duration::from_millis(i32::MAX as u64);

impl Open {
    /// Reads it, field by field: one type is not worth what serde derives (3 kB of WebAssembly).
    fn from_json(json: &Value) -> Option<Self> {
        let upgrades = match &json["upgrades"] {
            Value::Null => Vec::new(),
            Value::Array(names) => names.iter().map(|name| name.as_str().map(str::to_owned)).collect::<Option<_>>()?,
            _ => return None,
        };
        Some(Self {
            sid: json["sid"].as_str()?.to_owned(),
            upgrades,
            ping_interval: json["pingInterval"].as_u64()?,
            ping_timeout: json["pingTimeout"].as_u64()?,
            max_payload: match &json["maxPayload"] {
                Value::Null => None,
                number => Some(number.as_u64()?),
            },
        })
    }

    /// How long the client waits for the next ping before it declares the connection dead.
    #[must_use]
    pub fn patience(&self) -> Duration {
        let patience = self.ping_interval.saturating_add(self.ping_timeout);
        Duration::from_millis(patience).min(LONGEST_TIMER)
    }
}

/// Why a text is not an Engine.IO packet.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EnginePacketError {
    /// Not even a type.
    #[error("empty Engine.IO packet: the first character must be its type, 0 to 6")]
    Empty,
    /// A type that does not exist.
    #[error("unknown Engine.IO packet type '{}': the first character must be 0 to 6", .0.escape_default())]
    UnknownType(char),
    /// `b` and base64: how long-polling carries binary data.
    #[error("binary Engine.IO packet (base64): this client speaks text only, let the server send JSON instead")]
    Binary,
    /// Text where none belongs. Only the upgrade from long-polling puts text ("probe") behind a ping.
    #[error("the Engine.IO {packet} packet has a payload: it must be empty")]
    UnwantedPayload {
        /// The packet's name.
        packet: &'static str,
    },
    /// An OPEN packet that does not hold what it must.
    #[error("the Engine.IO open packet is not a JSON object with sid, pingInterval and pingTimeout: {problem}")]
    BadOpen {
        /// What the JSON parser says.
        problem: String,
    },
}

impl EnginePacket {
    /// Reads one packet.
    ///
    /// # Errors
    /// [`EnginePacketError`] says what is wrong with the text.
    pub fn decode(text: &str) -> Result<Self, EnginePacketError> {
        let mut rest = text.chars();
        let kind = rest.next().ok_or(EnginePacketError::Empty)?;
        let payload = rest.as_str();
        let bare = |packet: Self| match payload {
            "" => Ok(packet),
            _ => Err(EnginePacketError::UnwantedPayload { packet: packet.name() }),
        };
        match kind {
            '0' => match serde_json::from_str(payload) {
                Ok(json) => {
                    let incomplete =
                        || EnginePacketError::BadOpen { problem: "a field is missing, or of another type".to_owned() };
                    Open::from_json(&json).map(Self::Open).ok_or_else(incomplete)
                }
                Err(error) => Err(EnginePacketError::BadOpen { problem: shortened(error) }),
            },
            '1' => bare(Self::Close),
            '2' => bare(Self::Ping),
            '3' => bare(Self::Pong),
            '4' => Ok(Self::Message(payload.to_owned())),
            '5' => bare(Self::Upgrade),
            '6' => bare(Self::Noop),
            'b' => Err(EnginePacketError::Binary),
            other => Err(EnginePacketError::UnknownType(other)),
        }
    }

    /// Writes one packet.
    #[must_use]
    pub fn encode(&self) -> String {
        match self {
            Self::Open(open) => {
                let json = serde_json::to_string(open).expect("strings and numbers always have a JSON form");
                format!("0{json}")
            }
            Self::Close => "1".to_owned(),
            Self::Ping => "2".to_owned(),
            Self::Pong => "3".to_owned(),
            Self::Message(payload) => format!("4{payload}"),
            Self::Upgrade => "5".to_owned(),
            Self::Noop => "6".to_owned(),
        }
    }

    /// The packet's name in the specification, for error messages.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open(_) => "open",
            Self::Close => "close",
            Self::Ping => "ping",
            Self::Pong => "pong",
            Self::Message(_) => "message",
            Self::Upgrade => "upgrade",
            Self::Noop => "noop",
        }
    }
}
