//! The seam to the signaling server.
//!
//! WebRTC does not say how offer, answer and candidates travel (RFC 8829, section 1.1): anything that carries a few
//! messages in order will do. Here it is Socket.IO ([`crate::signaling`]), and in the tests a queue in memory.

use shared::{Accepted, Refusal, RoomName, Signal};

/// A connection to the signaling server.
#[expect(async_fn_in_trait, reason = "Send is inferred, as for `Engine`")]
pub trait Signaling {
    /// Enters a room and learns the role in it.
    async fn join(&mut self, room: &RoomName) -> Result<Accepted, SignalingError>;

    /// Enters a room again after the connection was lost; `call` is the session id of the offer of a call that is
    /// still alive.
    async fn rejoin(&mut self, room: &RoomName, call: Option<&str>) -> Result<Accepted, SignalingError>;

    /// Sends an offer, an answer or a candidate to the other member, and does not wait until it is there. Nothing that is sent
    /// later overtakes it. Of a description [`SignalingEvent::Delivered`] says what has become of it.
    async fn send(&mut self, room: &RoomName, signal: &Signal) -> Result<(), SignalingError>;

    /// Makes the connection anew, because the network has changed: [`SignalingEvent::Lost`] and
    /// [`SignalingEvent::Back`] follow.
    fn reconnect(&mut self);

    /// Leaves the room, if the server can still be told.
    async fn leave(&mut self, room: &RoomName);

    /// What arrives next, in the order in which it was sent. Must be cancel safe, like [`super::Engine::next_event`].
    async fn next(&mut self) -> SignalingEvent;
}

/// What a signaling connection reports.
#[derive(Debug, Clone, PartialEq)]
pub enum SignalingEvent {
    /// A message from the server or the other member.
    Signal(Signal),
    /// The server has passed on a description; or it has not, or was lost before it could say so.
    Delivered(Result<(), SignalingError>),
    /// The connection is lost; it is being made again. A call that is connected needs no signaling and goes on.
    Lost(String),
    /// The connection is there again, but the server has forgotten us: rejoin.
    Back,
    /// The connection is gone for good, for this reason: nothing will ever come any more.
    Ended(String),
}

/// Why a message could not be sent or was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignalingError {
    /// The server said no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// There is no connection right now. [`SignalingEvent::Back`] tells when there is one again.
    #[error("not connected to the signaling server: wait for the reconnection, or check that the server runs")]
    NotConnected,
    /// The server was not reached, or did not let this side in, for this reason.
    #[error("{0}")]
    Unreachable(String),
    /// The server did not answer in time, or something that is not an answer.
    #[error("no usable answer from the signaling server: {0}")]
    NoAnswer(String),
}
