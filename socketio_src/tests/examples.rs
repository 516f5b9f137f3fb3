//! The chapter: each example as a person starts it, and everything else that the README shows.
//!
//! Expected: each program prints, line by line, what the README says that it prints. Where the README shows what travels by
//! hand, the chat answers as it is shown. Redis is a child process; install it once:
//! ```text
//! apt-get install redis-server
//! cargo test -p socketio_src --test examples -- --include-ignored
//! ```

#![expect(clippy::unwrap_used, reason = "a helper that unwraps fails with the line that failed, like a test")]

/// Programs.
#[path = "../../websocket_src/tests/common/program.rs"]
mod program;
/// What the README shows, block by block.
#[path = "examples/chapter.rs"]
mod chapter;
/// A Redis of their own for those that need one.
#[path = "common/redis.rs"]
mod redis_server;

/// The six examples.
#[path = "examples/steps.rs"]
mod steps;
/// What travels.
#[path = "examples/by_hand.rs"]
mod by_hand;
/// The chat, and what breaks it.
#[path = "examples/experiments.rs"]
mod experiments;
/// Commands, files and options.
#[path = "examples/readme.rs"]
mod readme;
/// The exercises: whoever has solved one switches its test on.
#[cfg(feature = "exercises")]
#[path = "examples/exercises.rs"]
mod exercises;

use std::fmt::Display;
use std::time::Duration;

/// How long anything may take on a machine that has many other things to do: only a test that fails waits this long.
const PATIENCE: Duration = Duration::from_secs(30);

/// Waits for `future`, but not for ever: the panic says what did not happen.
async fn within<T>(patience: Duration, what: impl Display, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(patience, future).await {
        Ok(output) => output,
        Err(_) => panic!("did not happen within {patience:?}: {what}"),
    }
}
