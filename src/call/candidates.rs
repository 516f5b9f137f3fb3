//! Candidates that came too early.
//!
//! Candidates and descriptions race. An own candidate must not overtake the description it belongs to, and a remote
//! one is refused by every engine until the remote description is set (`InvalidStateError`). Either way it waits here.

use std::collections::VecDeque;

use shared::{IceCandidate, SessionDescription};

/// How many candidates may wait.
const MOST_WAITING: usize = 1000;

/// A queue with a door: candidates wait until it is opened, then pass in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct CandidateQueue {
    waiting: VecDeque<Option<IceCandidate>>,
    open: bool,
}

impl CandidateQueue {
    pub(super) fn push(&mut self, candidate: Option<IceCandidate>) {
        // A call gathers a few dozen. Somebody who sends more before any description means harm.
        if self.waiting.len() < MOST_WAITING {
            self.waiting.push_back(candidate);
        }
    }

    pub(super) fn open(&mut self) {
        self.open = true;
    }

    pub(super) fn close(&mut self) {
        self.open = false;
    }

    /// The next candidate that may pass.
    pub(super) fn pop(&mut self) -> Option<Option<IceCandidate>> {
        if self.open { self.waiting.pop_front() } else { None }
    }
}

/// Whether a remote candidate belongs to this remote description, and not to an earlier negotiation.
///
/// Each negotiation has ICE credentials of its own, and a candidate says by its username fragment which ones it is for.
/// One that does not say is given the benefit of the doubt.
pub(super) fn belongs_to(candidate: &IceCandidate, description: &SessionDescription) -> bool {
    match &candidate.username_fragment {
        Some(ufrag) => description.ice_ufrags().any(|own| own == ufrag),
        None => true,
    }
}
