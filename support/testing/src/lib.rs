//! What the tests of all chapters have in common. Nothing here is a part of a program.

pub mod browser;
pub mod cost;
pub mod growth;
pub mod http;
pub mod libwebrtc;
pub mod load_client;
pub mod program;
pub mod redis;
pub mod results;
/// What was measured, and how it compares.
mod figures;
/// Figures as a picture.
mod plot;
pub mod tls_proxy;

use std::fmt::Display;
use std::time::Duration;

/// How long anything may take, even on a machine that has many other things to do. Only a test that fails waits this long.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A number from the environment, or else this one.
///
/// # Panics
/// What stands there is no whole number.
pub fn setting(name: &str, default: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name}={text}: give a whole number")),
        Err(_) => default,
    }
}

/// Waits for `future`, but not longer than this.
///
/// # Panics
/// When it takes longer. The panic says what did not happen.
pub async fn within<T>(patience: Duration, what: impl Display, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(patience, future).await {
        Ok(output) => output,
        Err(_) => panic!("did not happen within {patience:?}: {what}"),
    }
}
