//! How far the steps of a call are: for errors, for the person who looks on, and for the other side.

use shared::{Phase, Step, StepNews};

/// How far the steps of one call are.
#[derive(Debug)]
pub(super) struct Progress {
    /// The step that is under way, or that the call waits for.
    step: &'static Step,
    /// How often "next" was clicked ahead of time, in step-by-step mode.
    permits: usize,
    phases: [Option<Phase>; 14],
    /// How much of `phases` the other side has been told.
    told: [Option<Phase>; 14],
}

impl Default for Progress {
    fn default() -> Self {
        Self { step: Step::number(0), permits: 0, phases: [None; 14], told: [None; 14] }
    }
}

impl Progress {
    pub(super) fn step(&self) -> &'static Step {
        self.step
    }

    /// The step that is under way from now on, or that the call waits for: an error names it.
    pub(super) fn set_step(&mut self, number: u8) {
        self.step = Step::number(number);
    }

    pub(super) fn is_done(&self, number: u8) -> bool {
        self.phases[usize::from(number)] == Some(Phase::Done)
    }

    /// Forgets the steps from this one on: they are taken again.
    pub(super) fn repeat_from(&mut self, number: u8) {
        self.phases[usize::from(number)..].fill(None);
        self.told[usize::from(number)..].fill(None);
    }

    /// A new negotiation begins, with a partner that has been told nothing. Step 0 stays done: the local stream outlives
    /// the calls that are made with it. Clicks on "next" were meant for the steps of the call that is over.
    pub(super) fn start_over(&mut self) {
        self.repeat_from(1);
        self.told[0] = None;
        self.permits = 0;
    }

    /// Somebody has clicked "next".
    pub(super) fn permit_one_step(&mut self) {
        self.permits += 1;
    }

    pub(super) fn has_permit(&self) -> bool {
        self.permits > 0
    }

    pub(super) fn use_permit(&mut self) {
        self.permits = self.permits.saturating_sub(1);
    }

    pub(super) fn has_started(&self, number: u8) -> bool {
        self.phases[usize::from(number)] >= Some(Phase::Started)
    }

    pub(super) fn reach(&mut self, number: u8, phase: Phase) {
        self.phases[usize::from(number)] = Some(phase);
    }

    /// What the other side has not been told yet. It counts as told from now on.
    pub(super) fn news(&mut self) -> Vec<StepNews> {
        let mut news = Vec::new();
        for (number, (phase, told)) in (0..).zip(self.phases.iter().zip(&mut self.told)) {
            if let (Some(phase), true) = (*phase, phase != told) {
                *told = Some(phase);
                news.push(StepNews { number: Step::number(number).into(), phase });
            }
        }
        news
    }
}
