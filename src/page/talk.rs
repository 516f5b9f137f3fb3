//! How long two people were connected during one stay in a room.

use crate::browser::js::now;

/// The time up to now. Times are milliseconds of the page.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Talk {
    /// Since when they are connected.
    since: Option<f64>,
    /// How long they were connected before.
    before: f64,
}

impl Talk {
    /// They are connected. To hear so again changes nothing. Whether this is news.
    pub(super) fn begin(&mut self) -> bool {
        self.since.replace(self.since.unwrap_or_else(now)).is_none()
    }

    /// They are connected no more. Whether this is news.
    pub(super) fn end(&mut self) -> bool {
        let since = self.since.take();
        self.before += since.map_or(0.0, |since| now() - since);
        since.is_some()
    }

    /// Minutes and seconds, if there were any.
    pub(super) fn length(self) -> Option<String> {
        let seconds = (self.before / 1000.0) as u32;
        let (minutes, seconds) = ((seconds / 60).to_string(), (seconds % 60).to_string());
        (self.before > 0.0).then(|| [&*minutes, if seconds.len() < 2 { ":0" } else { ":" }, &*seconds].concat())
    }
}
