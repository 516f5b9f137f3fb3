//! Chapter 2: Socket.IO.
//!
//! A raw WebSocket carries text and nothing more: no event names, no answers, no reconnecting. Socket.IO adds
//! these, and this crate shows how, by building the **client** by hand.
//!
//! # What it is
//! * [`client`]: connect, emit, ask for an acknowledgement, receive events in order, reconnect after a failure.
//!   The same code runs natively (tokio) and in a browser (WebAssembly); only the socket below it differs.
//!
//! # What it is not
//! * A complete Socket.IO: no HTTP long-polling, no binary attachments, one namespace per client. Each omission is
//!   named where it matters.
//!
//! # Map
//! | file | what it answers |
//! |---|---|
//! | `client/mod.rs` | What can a program do with a client? |
//! | `client/options.rs`, `client/event.rs`, `client/error.rs` | What goes in, what comes out, what can fail? |
//! | `client/engine_packet.rs` | What does one WebSocket message look like? (Engine.IO) |
//! | `client/packet.rs` | What is inside it? (Socket.IO) |
//! | `client/handshake.rs` | How does a connection begin? |
//! | `client/session.rs` | How does it live and end? |
//! | `client/driver.rs`, `client/backoff.rs` | What happens after a failure? |
//! | `client/state.rs` | How do the handle and the driver work together? |
//! | `client/transport.rs`, `client/tungstenite.rs` | What does a platform have to provide? |
//!
//! # Start here
//! Read [`client`] from the top, then the files in the order of the map.

/// The Socket.IO client, portable between native programs and the browser.
pub mod client;

/// Several servers that act as one, through Redis.
#[cfg(not(target_family = "wasm"))]
pub mod cluster;

/// The room chat.
#[cfg(not(target_family = "wasm"))]
pub mod server;
