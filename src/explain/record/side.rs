//! How far one side is.

/// How far a step is, and since when. Times are milliseconds of the clock of the side that notes the events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum StepState {
    /// Not reached.
    #[default]
    Waiting,
    /// Reached in step-by-step mode: it waits for "next".
    Held,
    /// It has begun.
    Started {
        /// When.
        at: u32,
    },
    /// It is done.
    Done {
        /// When it was done.
        at: u32,
        /// How long it took; `None` when nobody saw it begin.
        took: Option<u32>,
    },
}

impl StepState {
    /// When it began, as far as that is known; a step whose beginning nobody saw counts from its end.
    pub fn began(self) -> Option<u32> {
        match self {
            StepState::Waiting | StepState::Held => None,
            StepState::Started { at } => Some(at),
            StepState::Done { at, took } => Some(at.saturating_sub(took.unwrap_or(0))),
        }
    }

    /// The same step, done now.
    pub(super) fn done(self, at: u32) -> Self {
        let took = match self {
            StepState::Started { at: began } => Some(at.saturating_sub(began)),
            StepState::Done { took, .. } => took,
            StepState::Waiting | StepState::Held => None,
        };
        StepState::Done { at, took }
    }
}

/// How somebody knows how far a step is. What was told is never overridden by what was inferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    /// It must be so, since something else has happened.
    Inferred,
    /// The side itself says so.
    Told,
}

/// What is known of one step.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    state: StepState,
    source: Option<Source>,
    has_entry: bool,
}

/// The fourteen steps of one side.
#[derive(Debug, Clone, Default)]
pub(super) struct Steps([Known; 14]);

impl Steps {
    pub(super) fn state(&self, number: u8) -> StepState {
        self.0.get(usize::from(number)).map_or(StepState::Waiting, |step| step.state)
    }

    pub(super) fn source(&self, number: u8) -> Option<Source> {
        self.0.get(usize::from(number)).and_then(|step| step.source)
    }

    /// Whether this side says by itself how far it is.
    pub(super) fn speaks(&self) -> bool {
        self.0.iter().any(|step| step.source == Some(Source::Told))
    }

    pub(super) fn set(&mut self, number: u8, state: StepState, source: Source) {
        let step = &mut self.0[usize::from(number)];
        (step.state, step.source) = (state, Some(source));
    }

    /// Whether the step has an entry in the story already; from now on it has.
    pub(super) fn had_entry(&mut self, number: u8) -> bool {
        std::mem::replace(&mut self.0[usize::from(number)].has_entry, true)
    }

    /// Forgets the steps from this one on.
    pub(super) fn forget_from(&mut self, number: u8) {
        self.0[usize::from(number)..].fill(Known::default());
    }
}
