//! What the record is made of.

use shared::{IceCandidate, Step};

use super::side::StepState;
use crate::call::engine::CandidatePair;

/// The side that did something, before and after its role is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// We.
    Ours,
    /// The other side.
    Theirs,
}

/// A candidate, as it was sent or received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimedCandidate {
    /// When.
    pub at: u32,
    /// The side whose address it is.
    pub side: Side,
    /// `None` says that there are no more.
    pub candidate: Option<IceCandidate>,
}

/// One thing that happened, in the order of the story: what the diagram draws as a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When it began; of what the other side does, when we heard of it.
    pub at: u32,
    /// The side that did it.
    pub side: Side,
    /// What.
    pub what: What,
    /// Nobody told us: it follows from something else, and the time is only an upper bound.
    pub inferred: bool,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A step that has begun. Steps 11 and 13 are [`What::Candidates`] and [`What::Connected`].
    Step(&'static Step, StepState),
    /// The side entered the room. When it is B, the server welcomes it to A.
    Joined,
    /// The side sent candidates in a row.
    Candidates {
        /// How many.
        count: usize,
        /// Its word that there are no more was among them.
        end: bool,
    },
    /// Step 13 is done: the two are connected, over this path.
    Connected(Option<CandidatePair>),
    /// The side left the room, or was lost.
    Left,
    /// A new negotiation begins.
    StartedOver,
    /// The call failed, for this reason.
    Failed(String),
}
