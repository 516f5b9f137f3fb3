//! `peer --json`: the record of a call, written to stdout while the call happens.
//!
//! Each event is one line of JSON, written at once. So the file is a record at any moment, also after the program was killed.
//! Messages for people go to stderr meanwhile: on stdout is nothing but the record.

use std::fmt::Arguments;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use study_zoom::explain::record::{Head, Mask, Moment, RecordEvent, head_line, line, masked_line};
use study_zoom::native::Statistics;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::{PeerArguments, clock};

/// How often the statistics are read.
const SECOND: Duration = Duration::from_secs(1);

/// Stdout belongs to the record. There is one stdout, and so one switch for all that prints.
static TO_STDERR: AtomicBool = AtomicBool::new(false);

/// Prints a line for a person: on stdout, or beside a record on stderr.
macro_rules! print_line {
    ($($arguments:tt)*) => { $crate::cli::journal::message(format_args!($($arguments)*)) };
}
pub(super) use print_line;

/// [`print_line!`].
pub(super) fn message(arguments: Arguments<'_>) {
    // Nobody listening is no reason to stop.
    let _ = match TO_STDERR.load(Ordering::Relaxed) {
        false => writeln!(std::io::stdout(), "{arguments}"),
        true => writeln!(std::io::stderr(), "{arguments}"),
    };
}

/// Writes the record, if one is wanted.
pub(super) struct Journal {
    writes: bool,
    mask: Option<Mask>,
    began: Instant,
    ticks: Interval,
}

impl Journal {
    /// A record that begins now, with its first line.
    pub(super) fn new(arguments: &PeerArguments) -> Self {
        TO_STDERR.store(arguments.json, Ordering::Relaxed);
        let mask = arguments.mask.then(|| Mask::new(&arguments.room));
        let mut ticks = interval(SECOND);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut journal = Self { writes: arguments.json, mask, began: Instant::now(), ticks };
        let head = Head::new(clock::now(), &*arguments.room);
        let head = journal.mask.as_ref().map_or(head.clone(), |mask| mask.head(head));
        journal.write(&head_line(&head));
        journal
    }

    /// Takes down an event.
    pub(super) fn note(&mut self, event: impl Into<RecordEvent>) {
        if !self.writes {
            return;
        }
        let at = u32::try_from(self.began.elapsed().as_millis()).unwrap_or(u32::MAX);
        let moment = Moment { at, side: None, event: event.into() };
        let line = match &mut self.mask {
            Some(mask) => masked_line(&moment, mask),
            None => line(&moment),
        };
        self.write(&line);
    }

    /// Ready once a second, when a record is written. Cancel safe.
    pub(super) async fn second(&mut self) {
        match self.writes {
            true => _ = self.ticks.tick().await,
            false => std::future::pending().await,
        }
    }

    /// Takes down what is counted, once there is something to count.
    pub(super) async fn count(&mut self, statistics: &Statistics) {
        if let Some(sample) = statistics.read().await {
            self.note(RecordEvent::Statistics(sample));
        }
    }

    fn write(&mut self, line: &str) {
        if self.writes {
            let mut out = std::io::stdout().lock();
            // Whoever reads it may have read enough (`| head -1`). The call goes on.
            self.writes = writeln!(out, "{line}").and_then(|()| out.flush()).is_ok();
        }
    }
}
