//! The tasks that read what comes in over a connection.

use std::sync::{Arc, Mutex};

use tokio::task::JoinSet;

use super::lock::lock;

/// The tasks that read from one connection. Each ends by itself when the connection is closed.
pub(super) type Readers = Arc<Mutex<JoinSet<()>>>;

/// Starts such a task.
pub(super) fn spawn_reader(readers: &Readers, task: impl Future<Output = ()> + Send + 'static) {
    let mut readers = lock(readers);
    // What is left of tasks that have ended is freed.
    while readers.try_join_next().is_some() {}
    readers.spawn(task);
}
