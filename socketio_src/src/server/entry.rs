//! The entries of the log: what servers tell each other.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::rooms::{ConnectionId, RoomEvent, ServerId};

/// How long a server may be silent before it is taken for dead, and its people leave the rooms.
pub(super) const SILENCE: Duration = Duration::from_secs(5);

/// One entry of the log.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) server: ServerId,
    /// Incremented whenever the server joins the log. Entries that were queued before that are dropped.
    pub(super) session: u64,
    /// The number of this server's latest event.
    pub(super) number: u64,
    pub(super) what: EntryKind,
}

/// What servers tell each other.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum EntryKind {
    RoomEvent(RoomEvent),
    Alive,
    Hello,
    /// An admin wants this connection to end.
    Disconnect(ConnectionId),
}
