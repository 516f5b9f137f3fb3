//! The parts of the course that read what somebody else has written, without a runtime and without sockets.
//!
//! They are the files of the course themselves, as modules of this crate: to depend on its packages would mean to compile all
//! of WebRTC and of the servers in this other way. So each target is small, and all of them are built in a minute.
#![allow(dead_code, unused_imports, reason = "what only the programs need is not used here")]

/// What must hold for every text that is shown to somebody.
pub mod shown;

/// The events of a call: what a record is made of.
#[path = "../../src/call/mod.rs"]
pub mod call;
/// What a person is told about a call: notes on lines, candidates, records.
#[path = "../../src/explain/mod.rs"]
pub mod explain;
/// The texts of the page.
#[path = "../../src/text/mod.rs"]
pub mod text;
/// Files, from one side of a call to the other.
#[path = "../../src/transfer/mod.rs"]
pub mod transfer;

/// The readers of IVF and Ogg.
pub mod native;
/// What the server of the call reads.
pub mod server;
/// The packets of the Socket.IO client.
pub mod socketio;
/// The STUN and TURN server.
pub mod turn;
/// The frames of chapter 1.
pub mod websocket;
