//! A call as a file: kept in memory until somebody wants it.

use std::collections::VecDeque;

use super::mask::Mask;
use super::saved::{Head, Moment, RecordEvent};
use super::writing::{head_line, line, written};

/// How many bytes are kept of the beginning, and as many of the end. A call makes 30 kB while it is set up, and then a
/// quarter of a kilobyte a second.
const PART_BYTES: usize = 1024 * 1024;

/// The record of a call under way. A call that lasts for hours keeps its beginning and its end.
#[derive(Debug)]
pub struct Recording {
    head: Head,
    first: Vec<Moment>,
    first_bytes: usize,
    /// With the length of the line that each of them makes.
    last: VecDeque<(Moment, usize)>,
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
        let moment = Moment { at, side: None, event };
        let length = line(&moment).len();
        if self.last.is_empty() && self.first_bytes + length <= PART_BYTES {
            self.first_bytes += length;
            self.first.push(moment);
            return;
        }
        self.last_bytes += length;
        self.last.push_back((moment, length));
        while self.last_bytes > PART_BYTES {
            let Some((moment, length)) = self.last.pop_front() else { break };
            self.last_bytes -= length;
            self.left_out = (self.left_out.0 + 1, moment.at);
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

    /// The file; masked, without the name of the room and without addresses.
    pub fn text(&self, masked: bool) -> String {
        let mut mask = masked.then(|| Mask::new(self.head.room.as_deref().unwrap_or_default()));
        let head = self.head.clone();
        let mut text = head_line(&match &mask {
            Some(mask) => mask.head(head),
            None => head,
        });
        let (count, at) = self.left_out;
        let gap = Moment { at, side: None, event: RecordEvent::LeftOut(count) };
        let gap = (count > 0).then_some(&gap);
        for moment in self.first.iter().chain(gap).chain(self.last.iter().map(|(moment, _)| moment)) {
            text.push('\n');
            text += &written(moment, mask.as_mut());
        }
        text + "\n"
    }
}
