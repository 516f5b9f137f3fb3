//! The page of the chat in a real Chromium.
//!
//! Expected: people chat, a lost server is shown and survived, markup is text, and the page of another server gets nothing.
//!
//! ```text
//! apt-get install chromium chromium-driver
//! cargo test -p websocket_src --test browser -- --ignored
//! ```

/// A server, clients and programs.
#[path = "../common/mod.rs"]
mod common;

/// A page in a browser.
mod page;
