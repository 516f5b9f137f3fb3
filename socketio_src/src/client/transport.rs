//! What a platform provides: a WebSocket, a clock and a die.
//!
//! This is the whole seam between the portable client and the world. A browser implements it with
//! `web_sys::WebSocket`, a native program with `tungstenite`, a test with two queues.
//!
//! The socket comes in two halves. With one `&mut socket` for both directions, a send that waits for the server to
//! make room would stop the reading; if the server is itself waiting for us to read, neither ever goes on. With two
//! halves the driver sends and receives at the same time, in one task, and that deadlock cannot happen.

use std::fmt::Display;
use std::time::Duration;

use thiserror::Error;

/// A platform that can open WebSocket connections. A clone is the same platform.
// The lint warns that a caller cannot demand `Send` of these futures. That is the point: the native futures are
// `Send`, the browser's are not, and the compiler finds out which one it has when the driver is spawned.
#[expect(async_fn_in_trait, reason = "Send is inferred from the concrete platform")]
pub trait Transport: Clone {
    /// The half that sends.
    type Sender: SocketSender;
    /// The half that receives.
    type Receiver: SocketReceiver;

    /// Opens a WebSocket to a `ws:` or `wss:` URL. Dropping the future gives up; dropping both halves closes it.
    async fn connect(&self, url: &str) -> Result<(Self::Sender, Self::Receiver), TransportError>;

    /// Waits. A browser's `setTimeout` can wait for 24 days at most; the heartbeat never asks for more.
    async fn sleep(&self, duration: Duration);

    /// A random number from 0 to 1, for the jitter of the backoff. It needs no cryptographic quality.
    fn random(&self) -> f64;
}

/// The half of an open WebSocket that sends.
#[expect(async_fn_in_trait, reason = "Send is inferred from the concrete platform")]
pub trait SocketSender {
    /// Sends one text message, and waits until the platform has taken it.
    async fn send(&mut self, text: String) -> Result<(), TransportError>;

    /// Starts the closing handshake. The receiver ends when the server has answered.
    async fn close(&mut self) -> Result<(), TransportError>;
}

/// The half of an open WebSocket that receives.
#[expect(async_fn_in_trait, reason = "Send is inferred from the concrete platform")]
pub trait SocketReceiver {
    /// The next message, or `None` when the connection was closed.
    ///
    /// It must be *cancel safe*: when the future is dropped before it is ready, no message is lost.
    async fn receive(&mut self) -> Option<Result<Frame, TransportError>>;
}

/// One WebSocket message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// A text message: one Engine.IO packet.
    Text(String),
    /// A binary message: an attachment of a binary packet. This client refuses it, so what it holds does not matter.
    Binary,
}

/// Why the platform could not connect, send or receive.
///
/// Platforms have many error types; nobody branches on them, so only the text crosses the seam.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct TransportError {
    /// What went wrong, in the words of the platform.
    message: String,
}

impl TransportError {
    /// Keeps the text of a platform's error.
    pub fn new(error: impl Display) -> Self {
        Self { message: error.to_string() }
    }
}
