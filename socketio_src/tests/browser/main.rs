//! The page of the chat in a real Chromium, with the official Socket.IO client in it.
//!
//! Expected: people chat, and whatever happens to their connections and to the server, every message is said once. The
//! page shows what travels, and it fits a phone.
//!
//! ```text
//! apt-get install chromium chromium-driver redis-server npm
//! cargo run -p socketio_src
//! cargo test -p socketio_src --test browser -- --ignored
//! ```
//! The second line is for the official client, which the server brings into the target directory. Ctrl-C ends it then.
//!
//! With `SCREENSHOTS=folder` in front, [`layout`] also saves what it looks at.

/// The program of this chapter.
mod program;
/// What one can do on the page, and see.
mod person;

/// Rooms, people and messages.
mod page;
/// Lost connections and lost servers.
mod resume;
/// Transports and packets.
mod travels;
/// For the admin.
mod admin;
/// What it looks like.
mod layout;
/// Where the official client comes from.
mod client_script;
