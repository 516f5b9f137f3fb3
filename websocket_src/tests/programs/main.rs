//! Each example, and the chat, as a person starts it.
//!
//! Expected: each one does what its header says, and prints where it listens; the chat and its client end at Ctrl-C, and
//! what goes wrong is one line that says what to do next.

/// Clients and programs.
#[path = "../common/mod.rs"]
mod common;

/// The six examples.
mod examples;
/// The server and the terminal chat.
mod chat;
/// A thousand clients, and a third of them stops reading.
mod crowd;
/// What the README promises.
mod readme;
