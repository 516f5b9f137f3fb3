//! The page of the chat in a real Chromium, with the official Socket.IO client in it.
//!
//! Expected: people chat, and whatever happens to their connections and to the server, every message is said once. The
//! page shows what travels, and it fits a phone.
//!
//! ```text
//! apt-get install chromium chromium-driver redis-server npm
//! cargo run -p socketio_src
//! cargo test -p socketio_src --test others -- --ignored
//! ```
//! The second line is for the official client, which the server brings into the target directory. Ctrl-C ends it then.
//!
//! With `SCREENSHOTS=folder` in front, [`layout`] also saves what it looks at.

/// The program of this chapter.
#[path = "others/program.rs"]
mod program;
/// Chromium.
#[path = "../../tests/browser/driver.rs"]
#[allow(dead_code, reason = "the page of this chapter is smaller than the one of the call")]
mod driver;
/// Redis.
#[path = "common/redis.rs"]
mod redis_server;
/// What one can do on the page, and see.
#[path = "others/person.rs"]
mod person;

/// Rooms, people and messages.
#[path = "others/page.rs"]
mod page;
/// Lost connections and lost servers.
#[path = "others/resume.rs"]
mod resume;
/// Transports and packets.
#[path = "others/travels.rs"]
mod travels;
/// For the admin.
#[path = "others/admin.rs"]
mod admin;
/// What it looks like.
#[path = "others/layout.rs"]
mod layout;
/// Where the official client comes from.
#[path = "others/client_script.rs"]
mod client_script;

/// What the driver needs.
mod common {
    use std::fmt::Display;
    use std::time::Duration;

    /// Every wait is bounded and says what it waits for.
    pub(crate) async fn within<T>(patience: Duration, what: impl Display, future: impl Future<Output = T>) -> T {
        match tokio::time::timeout(patience, future).await {
            Ok(output) => output,
            Err(_) => panic!("did not happen within {patience:?}: {what}"),
        }
    }
}
