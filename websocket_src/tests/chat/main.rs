//! The chat: people who talk, clients that break the rules, silent connections, and the limits.
//!
//! Expected: everybody hears everything in the same order; whatever one client does wrong, it is told what, with a typed
//! error or with a close code, and the others notice nothing.

/// A server and its clients.
#[path = "../common/mod.rs"]
mod common;

/// People who chat.
mod conversation;
/// Clients that send what they should not.
mod abuse;
/// Clients that do not read, and clients that are gone.
mod heartbeat;
/// How one gets in, and how it ends.
mod limits;
