//! The partners of the exercises: real ones, on loopback.
//!
//! An exercise is one file below `exercises/`, with its test at the end. Nothing in here has to be read to solve one.

use std::time::Duration;

/// A client and a server of WebSockets (chapter 1).
pub mod websocket;
/// A client and servers of Socket.IO (chapter 2).
pub mod socketio;
/// Peer connections (chapter 3).
pub mod peer;

/// How long anything may take, on a machine that has other things to do as well.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// How long a whole test may take.
const TEST: Duration = Duration::from_secs(30);

/// Runs a test.
///
/// # Panics
/// When it takes too long.
pub fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("the system has threads");
    runtime.block_on(async {
        tokio::time::timeout(TEST, test).await.unwrap_or_else(|_| panic!("the test is not over after {TEST:?}"));
    });
    // What the exercise has spawned may go on for ever.
    runtime.shutdown_background();
}

/// Waits for something that happens soon.
///
/// # Panics
/// When it does not. `otherwise` says what was observed instead.
pub async fn soon<T>(future: impl Future<Output = T>, otherwise: &str) -> T {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(output) => output,
        Err(_) => panic!("{otherwise} (within {PATIENCE:?})"),
    }
}
