//! One connection, as the chat sees it.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use shared::RoomName;
use shared::room_chat::Nickname;
use socketioxide::socket::Sid;
use support::rate_limit::{Pace, Verdict};

use super::backlog::Backlog;

/// What is known of a connection beside its socket. It does not hold the socket: the socket's handlers hold the visitor,
/// and two that hold each other would never be freed.
#[derive(Debug)]
pub(super) struct Visitor {
    pub(super) socket: Sid,
    /// The id that the client has shown.
    pub(super) client: Option<String>,
    /// The connection is over. socketioxide can still deliver what came in the same breath as the goodbye, and a
    /// client that entered a room then would never leave it.
    pub(super) gone: AtomicBool,
    /// What waits for it.
    pub(super) backlog: Arc<Backlog>,
    pace: Mutex<Pace>,
    presence: Mutex<Presence>,
}

/// Where somebody is: from the moment it was asked for, even if the other servers do not know yet. What the client sends
/// next is understood in the light of that.
#[derive(Debug, Default)]
pub(super) struct Presence {
    pub(super) room: Option<RoomName>,
    pub(super) nickname: Nickname,
}

impl Visitor {
    pub(super) fn new(socket: Sid, client: Option<String>, pace: Pace, backlog: Arc<Backlog>) -> Self {
        let (gone, pace, presence) = (AtomicBool::new(false), Mutex::new(pace), Mutex::default());
        Self { socket, client, gone, backlog, pace, presence }
    }

    /// One more event.
    pub(super) fn count(&self) -> Verdict {
        locked(&self.pace).count(tokio::time::Instant::now())
    }

    pub(super) fn presence(&self) -> MutexGuard<'_, Presence> {
        locked(&self.presence)
    }
}

/// A panic under a lock would be a defect, but one that must not end the conversations of everybody else.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
