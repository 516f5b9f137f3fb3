//! The chapter: each example as a person starts it, and everything else that the README shows.
//!
//! Expected: each program prints, line by line, what the README says that it prints. Where the README shows what travels by
//! hand, the chat answers as it is shown. Redis is a child process; install it once:
//! ```text
//! apt-get install redis-server
//! cargo test -p socketio_src --test examples -- --include-ignored
//! ```

#![expect(clippy::unwrap_used, reason = "a helper that unwraps fails with the line that failed, like a test")]

/// What the README shows, block by block.
mod chapter;

/// The six examples.
mod steps;
/// What travels.
mod by_hand;
/// The chat, and what breaks it.
mod experiments;
/// The chat over https.
mod https;
/// Commands, files and options.
mod readme;

use testing::program::Program;
use testing::{PATIENCE, within};
use tokio::process::Command;

/// The program of the chapter.
const BINARY: &str = env!("CARGO_BIN_EXE_socketio_src");

/// The chat, as a person starts it.
fn start_chat(arguments: &[&str]) -> Program {
    Program::start("socketio_src", Command::new(BINARY).args(arguments))
}

/// One of the examples.
fn start_example(name: &str, arguments: &[&str]) -> Program {
    Program::example(BINARY, name, arguments)
}
