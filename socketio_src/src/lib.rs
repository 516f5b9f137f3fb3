//! Chapter 2: Socket.IO.
//!
//! A raw WebSocket carries text and nothing more: no event names, no answers, no rooms, no reconnecting, and no way around
//! a proxy that knows nothing of WebSockets. Socket.IO adds these. This crate shows how, from both ends.
//!
//! # What it is
//! * [`client`]: connect, emit, ask for an acknowledgement, receive events in order, reconnect after a failure. Written by
//!   hand: the same code runs natively (tokio) and in a browser (WebAssembly); only the socket below it differs.
//! * `server`: a room chat on socketioxide. Nobody who was away for a moment misses a message or hears one twice.
//! * `cluster`: several servers that act as one, through Redis, and go on alone when Redis is away.
//!
//! # What it is not
//! * A server of Socket.IO by hand: socketioxide is one, and speaks HTTP long-polling as well.
//! * A complete client: no HTTP long-polling, no binary attachments, one namespace per client. Each omission is named where
//!   it matters.
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
//! | `server/chat.rs`, `server/asked.rs` | What can a client ask of the chat, and what is it answered? |
//! | `server/rooms.rs` | What follows from what happens? |
//! | `server/hub.rs`, `server/hub/` | In which order does it happen, and who is told? |
//! | `server/log.rs` | How do several servers agree on that order? |
//! | `server/admin.rs` | What goes on in all of them? |
//! | `cluster/` | How is Redis reached, and what if it is not? |
//! | `page/` | The same chat in a browser, with the official client: plain JavaScript. |
//!
//! # Start here
//! `socketio_src/README.md` goes from the first event to several servers. For the code: [`client`] from the top, then
//! `server/mod.rs`.

/// The Socket.IO client, portable between native programs and the browser.
pub mod client;

/// Several servers that act as one, through Redis.
#[cfg(not(target_family = "wasm"))]
pub mod cluster;

/// The room chat.
#[cfg(not(target_family = "wasm"))]
pub mod server;
