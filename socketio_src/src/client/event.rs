//! What the client tells its caller.

use std::time::Duration;

use serde_json::Value;
use thiserror::Error;

use super::error::{ProtocolError, milliseconds};

/// Something happened. Events come in the order in which they happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The namespace is joined: emits work from now on.
    Connected {
        /// The id by which the server knows this client; a new one for every connection.
        sid: String,
        /// Whether there was a connection before: rooms must be joined again.
        reconnected: bool,
    },
    /// The server emitted an event.
    Message {
        /// The event's name.
        name: String,
        /// Its arguments.
        args: Vec<Value>,
        /// Present when the server waits for an answer: pass it to [`Client::ack`](super::Client::ack).
        ack: Option<AckId>,
    },
    /// There is no connection: the old one was lost, or a new one could not be made. The driver tries again by
    /// itself, for as long as nobody calls [`Client::close`](super::Client::close).
    Disconnected {
        /// Why.
        reason: DisconnectReason,
        /// How long the driver waits before it tries again.
        retry_in: Duration,
    },
    /// The server did not let the client into the namespace (CONNECT_ERROR): wrong namespace, or wrong
    /// [`auth`](super::Options::auth). The same question gets the same answer, so it is not asked again: this is
    /// the last event.
    Refused {
        /// The server's reason.
        message: String,
        /// What the server wants the client to know beside the message.
        data: Option<Value>,
    },
    /// The client has ended. This is the last event.
    Closed {
        /// The side that wanted it.
        by: ClosedBy,
    },
}

/// The side that ended the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClosedBy {
    /// [`Client::close`](super::Client::close) was called, or the last handle was dropped.
    Client,
    /// The server sent DISCONNECT: it threw this client out of the namespace on purpose. The official client does
    /// not come back by itself either. A server that shuts down closes the *connection* instead, which is
    /// [`DisconnectReason::ServerClosed`], and the driver does come back.
    Server,
}

/// The server's question, to be answered with [`Client::ack`](super::Client::ack).
///
/// The number on the wire counts from zero in every connection. So the connection is part of the id: an answer that
/// comes too late must not answer a different question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AckId {
    /// Which connection the question came over.
    pub(crate) connection: u64,
    /// The number on the wire.
    pub(crate) id: u64,
}

/// Why there is no connection.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DisconnectReason {
    /// No WebSocket could be opened.
    #[error("cannot connect: {0}")]
    ConnectFailed(String),
    /// The server was reached, but did not finish the handshake.
    #[error("no Socket.IO handshake within {} ms: check that a Socket.IO server listens there", milliseconds(*after))]
    HandshakeTimeout {
        /// How long the client waited.
        after: Duration,
    },
    /// The server's pings stopped: it is gone, or the network is.
    #[error("no ping from the server within {} ms: the connection is dead", milliseconds(*after))]
    HeartbeatMissed {
        /// How long the client waited: the server's pingInterval + pingTimeout.
        after: Duration,
    },
    /// [`Client::reconnect`](super::Client::reconnect) was called.
    #[error("a new connection is made, because the network has changed")]
    Renewed,
    /// The server closed the connection.
    #[error("the server closed the connection")]
    ServerClosed,
    /// The connection broke.
    #[error("the connection broke: {0}")]
    ConnectionLost(String),
    /// The server sent something that is not Socket.IO, or that this client refuses.
    #[error("protocol error: {0}")]
    Protocol(#[from] ProtocolError),
}
