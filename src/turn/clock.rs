//! The time, read once for each packet.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// One moment on two clocks. Lifetimes are counted on the first, which never jumps. A credential names a moment of the
/// second, because those who mint it and those who check it need not be the same program.
#[derive(Debug, Clone, Copy)]
pub(super) struct Time {
    /// The clock that only goes forward.
    pub(super) instant: Instant,
    /// Seconds since 1970, as `date +%s` prints them.
    pub(super) unix: u64,
}

impl Time {
    /// This moment.
    pub(super) fn now() -> Self {
        Self { instant: Instant::now(), unix: unix_now() }
    }
}

/// Seconds since 1970. A clock that stands before that counts as 1970: then no credential is taken for expired too early.
pub(super) fn unix_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
