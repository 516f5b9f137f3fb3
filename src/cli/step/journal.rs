//! `--json`: a line for each event. What is written is the record of a call, and the page opens it again.

use std::io::Write;
use std::time::Instant;

use shared::Role;
use study_zoom::call::CallEvent;
use study_zoom::explain::record::{Head, Moment, head_line, line};

use crate::cli::clock;

/// Writes the record.
pub(super) struct Journal {
    out: Box<dyn Write + Send>,
    began: Instant,
    /// Both sides write into it, so each line says which one it is.
    has_both: bool,
}

impl Journal {
    /// A record that begins now, with its first line.
    pub(super) fn begin(out: Box<dyn Write + Send>, room: &str, has_both: bool) -> Self {
        let mut journal = Self { out, began: Instant::now(), has_both };
        journal.write(&head_line(&Head::new(clock::now(), room)));
        journal
    }

    pub(super) fn note(&mut self, role: Role, event: &CallEvent) {
        let at = u32::try_from(self.began.elapsed().as_millis()).unwrap_or(u32::MAX);
        let moment = Moment { at, side: self.has_both.then_some(role), event: event.clone().into() };
        self.write(&line(&moment));
    }

    fn write(&mut self, line: &str) {
        // In one piece, so that the file is a record at any moment. Nobody listening is no reason to stop.
        let _ = self.out.write_all(format!("{line}\n").as_bytes());
    }
}
