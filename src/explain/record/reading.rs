//! A call as a file: opened, and never larger than what a page can show.

use shared::Role;

use super::line::{read, read_head};
use super::saved::{Head, KIND, Moment, VERSION};

/// The largest file that is opened, in bytes.
pub const MOST_BYTES: usize = 8 * 1024 * 1024;
/// The longest line, in bytes: twice the largest description that a server relays, for the line breaks in it.
pub const MOST_LINE_BYTES: usize = 2 * shared::SessionDescription::MAX_BYTES;
/// The most events.
pub const MOST_MOMENTS: usize = 50_000;

/// A record, read from a file.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedCall {
    /// Its first line.
    pub head: Head,
    /// Its other lines, in order. No moment is earlier than the one before.
    pub moments: Vec<Moment>,
    /// How many events a later version has written that this one does not know.
    pub unknown: usize,
    /// The last line is not complete: the program was ended while it wrote. That line is left out.
    pub cut: bool,
}

/// Why a file is not opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {fault}")]
pub struct BadRecord {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Another kind of file, or an empty one.
    #[error(
        "this is no record of a call: the first line of a record begins with {{\"record\":\"{KIND}\" ({0}). Save one in the page, or with: cargo run -- peer --room demo --json > call.jsonl"
    )]
    NoRecord(String),
    /// The form has changed since this program was made.
    #[error("the record has version {0}, and this program reads version {VERSION}: open it with a newer study-zoom")]
    Version(u32),
    /// The file is larger than [`MOST_BYTES`].
    #[error("the file is larger than {} MiB: keep its beginning, for example with head -n 10000", MOST_BYTES / 1024 / 1024)]
    TooLarge,
    /// There are more than [`MOST_MOMENTS`].
    #[error("there are more than {MOST_MOMENTS} events: keep the beginning, for example with head -n 10000")]
    TooMany,
    /// This line is longer than [`MOST_LINE_BYTES`].
    #[error("the line is longer than {MOST_LINE_BYTES} bytes: no event of a call is")]
    TooLong,
    /// This line is no event; the text says why.
    #[error("{0}: take this line out, or save the record again")]
    Line(String),
}

impl SavedCall {
    /// Reads a file.
    ///
    /// # Errors
    /// The line and what is wrong with it.
    pub fn open(text: &str) -> Result<Self, BadRecord> {
        let bad = |line, fault| Err(BadRecord { line, fault });
        if text.len() > MOST_BYTES {
            return bad(1, Fault::TooLarge);
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let head = match lines.next() {
            None => return bad(1, Fault::NoRecord("the file is empty".to_owned())),
            Some((_, line)) => match read_head(line) {
                Ok(head) if head.record != KIND => return bad(1, Fault::NoRecord("`record` differs".to_owned())),
                Ok(head) if head.version != VERSION => return bad(1, Fault::Version(head.version)),
                Ok(head) => head,
                Err(reason) => return bad(1, Fault::NoRecord(reason)),
            },
        };
        let mut saved = Self { head, moments: Vec::new(), unknown: 0, cut: false };
        let mut latest = 0;
        while let Some((index, line)) = lines.next() {
            if line.len() > MOST_LINE_BYTES {
                return bad(index + 1, Fault::TooLong);
            }
            if saved.moments.len() + saved.unknown == MOST_MOMENTS {
                return bad(index + 1, Fault::TooMany);
            }
            match read(line) {
                Ok(Some(mut moment)) => {
                    // Two sides that write into one record do not always do it in order.
                    latest = moment.at.max(latest);
                    moment.at = latest;
                    saved.moments.push(moment);
                }
                Ok(None) => saved.unknown += 1,
                Err(_) if lines.next().is_none() && !text.ends_with('\n') => saved.cut = true,
                Err(reason) => return bad(index + 1, Fault::Line(reason)),
            }
        }
        Ok(saved)
    }

    /// The sides that wrote it, when there are two: each of them can be looked at.
    pub fn sides(&self) -> &'static [Role] {
        let wrote = |role| self.moments.iter().any(|moment| moment.side == Some(role));
        if wrote(Role::A) && wrote(Role::B) { &[Role::A, Role::B] } else { &[] }
    }

    /// What one side saw; everything, for a record of one side.
    pub fn seen_by(&self, side: Option<Role>) -> impl Iterator<Item = &Moment> {
        let of_both = !self.sides().is_empty();
        self.moments.iter().filter(move |moment| !of_both || moment.side == side || moment.side.is_none())
    }
}
