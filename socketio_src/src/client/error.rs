//! What can go wrong, and what to do about it.

use std::time::Duration;

use thiserror::Error;

use super::engine_packet::EnginePacketError;
use super::packet::PacketError;

/// Why a call of [`Client`](super::Client) failed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ClientError {
    /// There is no connection at the moment.
    #[error("not connected: wait for Event::Connected, then emit again")]
    NotConnected,
    /// More packets wait to be sent than the queue holds.
    #[error("{capacity} packets are waiting to be sent already: emit less, or raise Options::outgoing_queue")]
    QueueFull {
        /// The size of the queue.
        capacity: usize,
    },
    /// The client was closed, or the server refused or ended it.
    #[error("the client is closed for good: make a new one with Client::new")]
    Closed,
    /// The event has a name that Socket.IO keeps for itself.
    #[error("the event name \"{event}\" is reserved by Socket.IO: choose another one")]
    ReservedName {
        /// The name in question.
        event: String,
    },
    /// The server did not acknowledge the event in time.
    #[error("no acknowledgement of \"{event}\" within {} ms: check that the server answers this event", milliseconds(*after))]
    AckTimeout {
        /// The event in question.
        event: String,
        /// How long the client waited.
        after: Duration,
    },
    /// The connection was lost before the acknowledgement came.
    #[error("the connection was lost before \"{event}\" was acknowledged: emit it again after Event::Connected")]
    Disconnected {
        /// The event in question.
        event: String,
    },
    /// The question came over an earlier connection; its id means nothing, or something else, on this one.
    #[error("the server's question came over an earlier connection: drop this answer")]
    StaleAck,
}

/// What the server sent that it should not have sent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProtocolError {
    /// An Engine.IO packet that cannot be read.
    #[error(transparent)]
    Engine(#[from] EnginePacketError),
    /// A Socket.IO packet that cannot be read.
    #[error(transparent)]
    Packet(#[from] PacketError),
    /// A binary WebSocket message.
    #[error("binary WebSocket message: this client speaks text only, let the server send JSON (or base64) instead")]
    BinaryFrame,
    /// A packet that is correct, but not at this moment.
    #[error("unexpected {packet} packet while waiting for {expected}")]
    Unexpected {
        /// What came.
        packet: String,
        /// What had to come.
        expected: &'static str,
    },
    /// The answer to CONNECT has no session id: Socket.IO v2 does that.
    #[error("the server's CONNECT packet has no sid: it speaks an older Socket.IO, use a server of version 3 or newer")]
    NoSid,
}

/// An option that cannot work. The driver reports it as
/// [`ConnectFailed`](super::DisconnectReason::ConnectFailed).
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OptionsError {
    /// The URL is not the address of a server.
    #[error("cannot use the URL \"{url}\": write http://host:port; Options::path and Options::namespace hold the rest")]
    BadUrl {
        /// The URL in question.
        url: String,
    },
    /// The namespace cannot be written in a packet.
    #[error("cannot use the namespace \"{namespace}\": it starts with '/' and has no comma")]
    BadNamespace {
        /// The namespace in question.
        namespace: String,
    },
    /// The auth payload is not an object.
    #[error("cannot use the auth payload: it must be a JSON object, such as {{\"token\": \"abc\"}}")]
    BadAuth,
}

/// For an error message. 64 bits are enough, and what writes them is there anyway.
pub(super) fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
