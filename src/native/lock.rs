//! The mutexes of the peer.

use std::sync::{Mutex, MutexGuard};

/// Locks a mutex that no task holds while it panics, or across an await.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no task panics while it holds this lock")
}
