//! What every program of the course agrees on: the messages and the table of the fourteen steps.
//!
//! Plain data and nothing else: serde, no runtime, no random numbers, no clock. So the same types compile into the
//! server, the headless peer, the tests and the page in the browser, and a message is described in one place only.
//!
//! **Not here:** anything that sends, receives or waits. Chapter 1 (`websocket_src`) chats with the messages in [`chat`],
//! chapter 2 (`socketio_src`) with those in [`room_chat`]; chapter 3 (`study_zoom`) uses the others to set up a call.
//!
//! **Start here:** [`step::STEPS`] is the story of a call, [`signal::Signal`] is what the two sides say to each other.

/// The fourteen steps of a call: number, who, W3C call, one sentence.
pub mod step;

/// Names that people choose: which are allowed, and which are the same.
pub mod name;

/// The name of a room, checked once and trusted afterwards.
pub mod room;

/// Offer and answer, exactly the JSON of the W3C `RTCSessionDescription`.
pub mod description;

/// An ICE candidate, exactly the JSON of the W3C `RTCIceCandidate`.
pub mod candidate;

/// STUN and TURN servers, exactly the JSON of the W3C `RTCIceServer`.
pub mod ice_server;

/// The messages of chapter 1, the chat over a raw WebSocket.
pub mod chat;

/// The messages of chapter 2, the room chat over Socket.IO.
pub mod room_chat;

/// The event names of the call.
pub mod events;

/// What a client is told by the server and by the other side, parsed from an event and its arguments.
pub mod signal;

/// What a side sends at the moment: sound, picture, or its screen.
pub mod sending;

/// What the server answers: a role, or a refusal that says why.
pub mod reply;

/// Reads these out of JSON, and says what is wrong with it.
pub mod json;

/// The anchors of a Markdown text, as GitHub makes them.
pub mod anchor;

/// What two sides say to each other about one file, on a data channel of its own.
pub mod file;

pub use candidate::IceCandidate;
pub use description::{SdpType, SessionDescription};
pub use file::{FILE_CHANNEL, FileMessage};
pub use ice_server::IceServer;
pub use reply::{Accepted, ErrorCode, Refusal, Reply, Role};
pub use room::{RoomName, RoomNameError};
pub use sending::Sending;
pub use signal::{Signal, SignalError};
pub use step::{Phase, STEPS, Step, StepNews, StepNumber, Who};
