//! The values that a state machine has had.

/// How many changes are kept; a connection that flickers for a day must not fill the memory.
const MOST_CHANGES: usize = 100;

/// One of the four state machines of a peer connection: its value and how it got there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History<S> {
    initial: S,
    changes: Vec<(u32, S)>,
}

impl<S: Copy> History<S> {
    pub(super) fn new(initial: S) -> Self {
        Self { initial, changes: Vec::new() }
    }

    /// The present value.
    pub fn present(&self) -> S {
        self.changes.last().map_or(self.initial, |(_, state)| *state)
    }

    /// Every change, with its time in milliseconds, the oldest first. When there are very many, the oldest are dropped.
    pub fn changes(&self) -> &[(u32, S)] {
        &self.changes
    }

    pub(super) fn note(&mut self, at: u32, state: S) {
        if self.changes.len() == MOST_CHANGES {
            self.changes.remove(0);
        }
        self.changes.push((at, state));
    }
}
