//! The chat among friends and among strangers.
//!
//! Expected: everybody hears everything in the same order; whatever one client does wrong, it is told what, with a typed
//! error or with a close code, and the others notice nothing.

/// A server and its clients.
mod common;

/// People who chat.
#[path = "chat/friends.rs"]
mod friends;
/// Clients that send what they should not.
#[path = "chat/strangers.rs"]
mod strangers;
/// Clients that do not read, and clients that are gone.
#[path = "chat/silence.rs"]
mod silence;
/// How one gets in, and how it ends.
#[path = "chat/doors.rs"]
mod doors;
