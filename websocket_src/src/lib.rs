//! Chapter 1: a chat over a raw WebSocket.
//!
//! # What it is
//! A WebSocket is a TCP connection that began as a HTTP request and then carries messages, in both directions, at any
//! time. Six small programs in `examples/` build up to a chat; this library is that chat, made to survive strangers:
//! people who send too much, read too slowly, say nothing, or lie.
//!
//! # What it is not
//! A library for WebSockets: tungstenite reads the frames and finds the broken rules. Nor Socket.IO: rooms,
//! acknowledgements and transports for where WebSockets do not get through are chapter 2.
//!
//! # Map
//! | module | what it answers |
//! |---|---|
//! | [`server`] | What does a server need that everybody can reach? |
//! | [`client`] | How does a program stay connected? |
//! | `support` (another crate) | What does every program of the course do around that? |
//! | `shared::chat` (another crate) | What do the messages look like? |
//! | `src/page/` | The same client in a browser, in plain JavaScript. |
//!
//! # Start here
//! `websocket_src/README.md` goes through the examples in order and ends at `server`.

/// The server: a page, and a chat.
pub mod server;

/// A chat in the terminal.
pub mod client;
