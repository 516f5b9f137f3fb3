//! What the server knows of a connected client.

use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Mutex, PoisonError};

use socketioxide::socket::Sid;
use support::rate_limit::{Pace, Verdict};

/// A client that is connected to this server.
pub(super) struct Client {
    pub(super) socket: Sid,
    /// The secret by which it proves after a lost connection that it is the same client, if it has shown one.
    pub(super) secret: Option<String>,
    /// The connection is over. socketioxide can still deliver an event that came right before the goodbye. A client that
    /// entered a room by it would never leave.
    pub(super) gone: AtomicBool,
    /// How many of its requests wait to be handled. On a server without Redis none waits.
    pub(super) waiting: AtomicUsize,
    /// How fast it sends: events and bytes.
    paces: Mutex<[Pace; 2]>,
}

impl Client {
    pub(super) fn new(socket: Sid, secret: Option<String>, paces: [Pace; 2]) -> Self {
        let (gone, waiting, paces) = (AtomicBool::new(false), AtomicUsize::new(0), Mutex::new(paces));
        Self { socket, secret, gone, waiting, paces }
    }

    /// Counts one more event, of this size.
    pub(super) fn count(&self, bytes: usize) -> Verdict {
        let mut paces = self.paces.lock().unwrap_or_else(PoisonError::into_inner);
        let now = tokio::time::Instant::now();
        let [events, all_bytes] = &mut *paces;
        match (events.count(now), all_bytes.take(bytes as f64, now)) {
            (Verdict::Fine, Verdict::Fine) => Verdict::Fine,
            (Verdict::Flood, _) => Verdict::Flood,
            _ => Verdict::TooFast,
        }
    }
}
