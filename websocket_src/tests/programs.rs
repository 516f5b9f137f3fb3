//! Each example, and the chat, as a person starts it.
//!
//! Expected: each one does what its header says, and prints where it listens; the chat and its client end at Ctrl-C, and
//! what goes wrong is one line that says what to do next.

/// Clients and programs.
mod common;

/// The six examples.
#[path = "programs/examples.rs"]
mod examples;
/// The server and the terminal chat.
#[path = "programs/chat.rs"]
mod chat;
/// A thousand clients, and a third of them stops reading.
#[path = "programs/crowd.rs"]
mod crowd;
/// What the README promises.
#[path = "programs/readme.rs"]
mod readme;
/// The exercises of the README: whoever has solved one switches its test on.
#[cfg(feature = "exercises")]
#[path = "programs/exercises.rs"]
mod exercises;
