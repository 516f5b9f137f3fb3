//! A call as a file: what is in it.
//!
//! The form is JSON Lines: one JSON object on each line. The first line is the [`Head`], each other line one [`Moment`]. A
//! program writes a line as soon as something happens, so the file can be read even when the program was killed.
//!
//! **Not in it:** what people said or sent. Of a line of chat the file has the length, of a file its size.

use serde::Deserialize;
use shared::Role;

use crate::call::CallEvent;
use crate::call::engine::CandidatePair;
use crate::explain::statistics::Counters;

/// What `record` in the first line says: by this a file is known.
pub const KIND: &str = "study-zoom call";
/// The version of the form. A new event is no new version: who does not know it skips it.
pub const VERSION: u32 = 1;

/// The first line of a record.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Head {
    /// [`KIND`].
    pub record: String,
    /// [`VERSION`].
    pub version: u32,
    /// The program that wrote it, with its version.
    pub program: String,
    /// When the clock of the record began (RFC 3339, UTC). All other times are milliseconds since then.
    pub began: String,
    /// The room. Masked or unknown, there is none.
    #[serde(default)]
    pub room: Option<String>,
    /// The name of the room and the addresses were replaced.
    #[serde(default)]
    pub masked: bool,
}

impl Head {
    /// The head of a record that begins now. What time it is, the caller knows.
    pub fn new(began: impl Into<String>, room: impl Into<String>) -> Self {
        Self {
            record: KIND.to_owned(),
            version: VERSION,
            program: concat!("study-zoom ", env!("CARGO_PKG_VERSION")).to_owned(),
            began: began.into(),
            room: Some(room.into()),
            masked: false,
        }
    }
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// When, in milliseconds since [`Head::began`].
    pub at: u32,
    /// The side that saw it, where two sides write into one record. Otherwise it is always the same one.
    pub side: Option<Role>,
    /// What.
    pub event: RecordEvent,
}

/// What a record can tell.
#[derive(Debug, Clone, PartialEq)]
pub enum RecordEvent {
    /// An event of the call. Chat that was read from a file has dots in place of its letters.
    Call(CallEvent),
    /// A reading of the statistics.
    Statistics(Sample),
    /// A file of the other side, or for it.
    File(FileNews),
    /// So many events between the one before and the one after were not kept.
    LeftOut(u32),
}

impl From<CallEvent> for RecordEvent {
    fn from(event: CallEvent) -> Self {
        Self::Call(event)
    }
}

/// A reading of the statistics: the sums of [`Counters`], and what belongs to the same moment.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Sample {
    /// `bytesReceived` of all streams.
    pub bytes_in: u64,
    /// `bytesSent` of all streams.
    pub bytes_out: u64,
    /// `framesDecoded`; a headless peer decodes nothing, and counts the frames that came.
    pub frames: u64,
    /// `packetsReceived`.
    pub packets: u64,
    /// `packetsLost`.
    pub lost: i64,
    /// `currentRoundTripTime`, in milliseconds.
    pub round_trip_ms: Option<f64>,
    /// Width and height of the other side's picture.
    pub size: Option<(u32, u32)>,
    /// The path that carries the call.
    pub path: Option<CandidatePair>,
}

impl Sample {
    /// What was counted.
    pub fn of(counters: Counters) -> Self {
        Self {
            bytes_in: counters.bytes_in as u64,
            bytes_out: counters.bytes_out as u64,
            frames: counters.frames as u64,
            packets: counters.packets as u64,
            lost: counters.lost as i64,
            round_trip_ms: counters.round_trip.map(|seconds| seconds * 1000.0),
            ..Self::default()
        }
    }

    /// The same, to be plotted.
    pub fn counters(&self, at: u32) -> Counters {
        Counters {
            at: f64::from(at),
            bytes_in: self.bytes_in as f64,
            bytes_out: self.bytes_out as f64,
            frames: self.frames as f64,
            packets: self.packets as f64,
            lost: self.lost as f64,
            round_trip: self.round_trip_ms.map(|milliseconds| milliseconds / 1000.0),
        }
    }
}

/// How far the transfer of a file is. Neither its name nor its content is in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileNews {
    /// We send it. Otherwise it comes from the other side.
    pub sent: bool,
    /// It is over.
    pub done: bool,
    /// In bytes, once it has arrived. A file that is over and has no size was not transferred.
    pub size: Option<u64>,
}
