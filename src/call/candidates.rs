//! Candidates that must wait for a description.
//!
//! Candidates and descriptions race. Our candidate must not overtake the description that it belongs to, and a candidate
//! of the other side is refused by every engine until the remote description is set (`InvalidStateError`). Either way it
//! waits here.

use std::collections::VecDeque;

use shared::{IceCandidate, SessionDescription};

/// How many candidates may wait.
const MOST_WAITING: usize = 1000;

/// A queue that holds candidates until it is released. Then they pass in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct CandidateQueue {
    waiting: VecDeque<Option<IceCandidate>>,
    released: bool,
}

impl CandidateQueue {
    pub(super) fn push(&mut self, candidate: Option<IceCandidate>) {
        // A call gathers a few dozen. A client that sends more before any description means harm.
        if self.waiting.len() < MOST_WAITING {
            self.waiting.push_back(candidate);
        }
    }

    pub(super) fn release(&mut self) {
        self.released = true;
    }

    pub(super) fn hold(&mut self) {
        self.released = false;
    }

    /// The next candidate that may pass.
    pub(super) fn pop(&mut self) -> Option<Option<IceCandidate>> {
        if self.released { self.waiting.pop_front() } else { None }
    }
}

/// Whether a remote candidate belongs to this remote description, and not to an earlier negotiation.
///
/// Each negotiation has its own ICE credentials, and a candidate names them by its username fragment. A candidate without
/// one is accepted.
pub(super) fn belongs_to(candidate: &IceCandidate, description: &SessionDescription) -> bool {
    match &candidate.username_fragment {
        Some(ufrag) => description.ice_ufrags().any(|own| own == ufrag),
        None => true,
    }
}
