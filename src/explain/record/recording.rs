//! A call as a file: kept in memory until somebody wants it.

use std::collections::VecDeque;

use super::line::{head_line, line};
use super::reading::{BadRecord, SavedCall};
use super::saved::{Head, Moment, RecordEvent};

/// How many bytes are kept of the beginning, and as many of the end. A call makes 30 kB while it is set up, and then a
/// quarter of a kilobyte a second.
const PART_BYTES: usize = 1024 * 1024;

/// The record of a call under way. A call that lasts for hours keeps its beginning and its end.
#[derive(Debug)]
pub struct Recording {
    head: Head,
    first: Vec<String>,
    first_bytes: usize,
    last: VecDeque<(u32, String)>,
    last_bytes: usize,
    /// How many in between were not kept, and when the last of them was.
    left_out: (u32, u32),
}

impl Recording {
    /// How many bytes are kept at most.
    pub const MOST_BYTES: usize = 2 * PART_BYTES;

    /// An empty record.
    pub fn new(head: Head) -> Self {
        Self { head, first: Vec::new(), first_bytes: 0, last: VecDeque::new(), last_bytes: 0, left_out: (0, 0) }
    }

    /// Takes down an event. Times never go back.
    pub fn add(&mut self, at: u32, event: RecordEvent) {
        let line = line(&Moment { at, side: None, event });
        if self.last.is_empty() && self.first_bytes + line.len() <= PART_BYTES {
            self.first_bytes += line.len();
            self.first.push(line);
            return;
        }
        self.last_bytes += line.len();
        self.last.push_back((at, line));
        while self.last_bytes > PART_BYTES {
            let Some((at, line)) = self.last.pop_front() else { break };
            self.last_bytes -= line.len();
            self.left_out = (self.left_out.0 + 1, at);
        }
    }

    /// Whether nothing has happened.
    pub fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// How many events in the middle were not kept.
    pub fn left_out(&self) -> u32 {
        self.left_out.0
    }

    /// The file.
    pub fn text(&self) -> String {
        let (count, at) = self.left_out;
        let gap = (count > 0).then(|| line(&Moment { at, side: None, event: RecordEvent::LeftOut(count) }));
        let lines = [head_line(&self.head)].into_iter().chain(self.first.iter().cloned()).chain(gap);
        let lines = lines.chain(self.last.iter().map(|(_, line)| line.clone()));
        lines.map(|line| line + "\n").collect()
    }

    /// The file without the name of the room and without addresses.
    ///
    /// # Errors
    /// When a line cannot be read again, which a test rules out for every event of a call.
    pub fn masked_text(&self) -> Result<String, BadRecord> {
        Ok(SavedCall::open(&self.text())?.masked().text())
    }
}

impl SavedCall {
    /// The file.
    pub fn text(&self) -> String {
        let lines = [head_line(&self.head)].into_iter().chain(self.moments.iter().map(line));
        lines.map(|line| line + "\n").collect()
    }
}
