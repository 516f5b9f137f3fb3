//! Lines in the log that a stranger can cause: a flood of packets is no flood of lines.

use std::time::Instant;

use tracing::info;

use super::limits::Bucket;

/// How many lines a second has at most.
const LINES_PER_SECOND: f64 = 10.0;

/// Writes lines while there are not too many of them.
#[derive(Debug)]
pub(super) struct Notes {
    lines: Bucket,
    left_out: u64,
}

impl Notes {
    /// Nothing is written yet.
    pub(super) fn new() -> Self {
        Self { lines: Bucket::new(LINES_PER_SECOND, Instant::now()), left_out: 0 }
    }

    /// Writes a line, or counts that it was left out.
    pub(super) fn write(&mut self, now: Instant, write: impl FnOnce()) {
        if !self.lines.take(1.0, now) {
            self.left_out += 1;
            return;
        }
        match std::mem::take(&mut self.left_out) {
            0 => {}
            count => info!(count, "TURN: lines were left out, there were too many"),
        }
        write();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_flood_of_events_is_ten_lines_a_second() {
        let (mut notes, start, mut lines) = (Notes::new(), Instant::now(), 0);
        for event in 0..30_000 {
            notes.write(start + Duration::from_micros(event * 100), || lines += 1);
        }
        assert!((39..=41).contains(&lines), "three seconds, and a full bucket before: {lines}");
    }
}
