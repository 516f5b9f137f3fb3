//! A Socket.IO client: [Engine.IO protocol v4] over WebSocket, [Socket.IO protocol v5], JSON only.
//!
//! ```no_run
//! use futures::StreamExt;
//! use serde_json::json;
//! use socketio_src::client::{Client, Event, Options, tungstenite::Tungstenite};
//!
//! # async fn chat() -> Result<(), Box<dyn std::error::Error>> {
//! let (client, mut events, driver) = Client::new(Tungstenite::default(), Options::new("http://127.0.0.1:3000"));
//! tokio::spawn(driver.run()); // in a browser: wasm_bindgen_futures::spawn_local(driver.run())
//!
//! while let Some(event) = events.next().await {
//!     match event {
//!         Event::Connected { .. } => client.emit("nickname", vec![json!("alice")])?,
//!         Event::Message { name, args, .. } => println!("{name} {args:?}"),
//!         Event::Disconnected { reason, retry_in } => println!("{reason}; next try in {retry_in:?}"),
//!         Event::Refused { message, .. } => println!("the server says no: {message}"),
//!         Event::Closed { .. } => println!("done"),
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # How the pieces fit together
//! ```text
//!   Client (cheap to clone)                    Driver (one future, run by the caller)
//!   emit, ask, emit_with_ack, ack, close       connect -> handshake -> session -> wait -> connect ...
//!        |                                        |                       |
//!        +---- State: queue, pending acks --------+            Transport: socket, clock, dice
//!                                                 |
//!   Events (a Stream) <------- bounded queue -----+
//! ```
//! Three parts, because they have three owners: the code that emits, the code that listens, and the runtime that does
//! the work.
//! Nothing here spawns a task or starts a thread, so the same code runs under tokio and in a browser.
//!
//! # What the client promises
//! * Emits leave in the order they were made; events arrive in the order the server sent them.
//! * After a disconnection nothing old is sent: queued packets are dropped and pending acknowledgements fail. A
//!   signaling message from before the break would do harm after it. Listen to [`Connected`] and start over.
//! * Both queues are bounded. A full outgoing queue is an error at once ([`QueueFull`]); a full event queue
//!   stops the reading of the socket, so that TCP slows the server down. A caller that reads no event for longer than
//!   the server's patience loses its connection, because pings are not read either.
//!
//! # Left out
//! HTTP long-polling and its upgrade (every browser of today speaks WebSocket), binary packets (refused with a
//! clear error), several namespaces on one connection (make a second client), connection state recovery.
//!
//! [`Connected`]: crate::client::Event::Connected
//! [`QueueFull`]: crate::client::ClientError::QueueFull
//! [Engine.IO protocol v4]: https://socket.io/docs/v4/engine-io-protocol/
//! [Socket.IO protocol v5]: https://socket.io/docs/v4/socket-io-protocol/

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::channel::mpsc;
use futures::{FutureExt, Stream, select_biased};
use serde_json::Value;

/// What the caller can choose.
mod options;
/// What the client tells its caller.
mod event;
/// What can go wrong, and what to do about it.
mod error;
/// Error messages that quote what a server has sent.
mod quote;
/// The layer below: what one WebSocket message is (Engine.IO).
pub mod engine_packet;
/// The layer above: what an Engine.IO message carries (Socket.IO).
pub mod packet;
/// What a platform provides: a socket, a clock and a die.
pub mod transport;
/// The native platform: tokio and tungstenite.
#[cfg(not(target_family = "wasm"))]
pub mod tungstenite;
/// The browser's platform: `WebSocket` and timers.
pub mod web;
/// From nothing to a joined namespace.
mod handshake;
/// One connection, from the handshake to its end.
mod session;
/// The connection loop.
mod driver;
/// How long to wait before the next try: exponential backoff with jitter.
pub mod backoff;
/// What the handle and the driver share.
mod state;

#[cfg(test)]
mod tests;

pub use backoff::Backoff;
pub use driver::Driver;
pub use error::{ClientError, OptionsError, ProtocolError};
pub use event::{AckId, ClosedBy, DisconnectReason, Event};
pub use options::Options;
pub use state::Question;
pub use transport::{Frame, SocketReceiver, SocketSender, Transport, TransportError};

use state::{Handle, State};

/// The handle of a client: what a program uses to talk to the server.
///
/// Clone it freely. When the last clone is dropped the connection is closed as if by [`Client::close`].
#[derive(Debug, Clone)]
pub struct Client<T: Transport> {
    /// Shared by all clones; its `Drop` closes the connection.
    handle: Arc<Handle>,
    /// The clock for acknowledgement timeouts.
    transport: T,
}

impl<T: Transport> Client<T> {
    /// Makes a client. Nothing happens until [`Driver::run`] runs.
    pub fn new(transport: T, options: Options) -> (Self, Events, Driver<T>) {
        let state = State::new(&options);
        // A futures channel holds its capacity plus one per sender, hence the `- 1`.
        let (sender, receiver) = mpsc::channel(options.event_queue.saturating_sub(1));
        let client = Self { handle: Arc::new(Handle { state: Arc::clone(&state) }), transport: transport.clone() };
        let driver = Driver::new(transport, options, state, sender);
        (client, Events(receiver), driver)
    }

    /// Sends an event and does not wait: the packet is queued, and leaves after those queued before it.
    ///
    /// # Errors
    /// [`ClientError::NotConnected`], [`ClientError::QueueFull`], [`ClientError::Closed`],
    /// [`ClientError::ReservedName`]. In all four cases nothing is sent.
    pub fn emit(&self, event: &str, args: Vec<Value>) -> Result<(), ClientError> {
        self.handle.state.emit(event, args)
    }

    /// Sends an event and waits for the server's acknowledgement: the arguments it answers with.
    ///
    /// Like every future it does nothing before it is first polled. Dropping it is allowed at any time.
    ///
    /// # Errors
    /// Those of [`Client::emit`]; [`ClientError::AckTimeout`] when no answer came within `patience`;
    /// [`ClientError::Disconnected`] when the connection was lost meanwhile: the server may or may not have acted.
    pub async fn emit_with_ack(
        &self,
        event: &str,
        args: Vec<Value>,
        patience: Duration,
    ) -> Result<Vec<Value>, ClientError> {
        let mut reply = self.ask(event, args)?.fuse();
        let mut expired = std::pin::pin!(self.transport.sleep(patience).fuse());
        // select! waits for several futures at once and runs the arm of the first one that is ready; "biased" means
        // that the arms are tried from top to bottom, so an answer that has come beats a timeout of the same moment.
        select_biased! {
            reply = reply => reply,
            () = expired => Err(ClientError::AckTimeout { event: event.to_owned(), after: patience }),
        }
        // The question is dropped here, which removes its entry from the table: neither an answer nor a timeout nor a
        // dropped future leaves one behind.
    }

    /// Sends an event at once, and returns its acknowledgement as a future: for a caller that has more to do until the server
    /// answers. It has no timeout; it ends with the connection at the latest.
    ///
    /// # Errors
    /// Those of [`Client::emit`], at once. Those of [`Client::emit_with_ack`] come out of the future.
    pub fn ask(&self, event: &str, args: Vec<Value>) -> Result<Question, ClientError> {
        self.handle.state.ask(event, args)
    }

    /// Answers a server event that asked for an acknowledgement, see [`Event::Message`].
    ///
    /// # Errors
    /// Those of [`Client::emit`]; [`ClientError::StaleAck`] when the question came over an earlier connection.
    pub fn ack(&self, id: AckId, args: Vec<Value>) -> Result<(), ClientError> {
        self.handle.state.answer(id, args)
    }

    /// Gives up the present connection, or the wait for the next try, and connects at once: for a caller that knows more than
    /// the connection does. When the machine has another address, say, a TCP connection is dead long before it notices.
    /// What is not sent yet is dropped, as after any lost connection. [`Event::Disconnected`] and [`Event::Connected`] follow.
    pub fn reconnect(&self) {
        self.handle.state.renew();
    }

    /// Ends the client for good: what is queued is still sent, then the server is told, then the driver's future ends.
    /// Pending acknowledgements fail with [`ClientError::Closed`]. Events that are on their way may still come before
    /// [`Event::Closed`]. Calling it again does nothing.
    ///
    /// Sent is not handled: the original Node server ignores events that arrive in the same moment as the goodbye
    /// ([socket.io#5213](https://github.com/socketio/socket.io/issues/5213)). If the last word matters, send it with
    /// [`Client::emit_with_ack`] and close after the answer.
    pub fn close(&self) {
        self.handle.state.close();
    }
}

/// What happens to the client, in order. Use `futures::StreamExt::next` to read it.
///
/// The stream ends after [`Event::Closed`] or [`Event::Refused`]. Dropping it does not close the connection: a
/// program that only emits may do so, and later events are discarded.
#[derive(Debug)]
pub struct Events(mpsc::Receiver<Event>);

impl Stream for Events {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        Pin::new(&mut self.0).poll_next(cx)
    }
}
