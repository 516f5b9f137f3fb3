//! The laboratory: famous failures, brought back on purpose.
//!
//! Each [`Fault`] switches off one line of the course. What is seen then is what the engine itself says and does: nothing is
//! imitated. `if self.in_lab(Fault::…)` marks those lines. `docs/laboratory.md` says what there is to see, and the server has
//! failures of its own (`serve --fault`).

use super::{Call, Engine, Interrupt, Signaling};

/// A failure of the flow that is wanted: with it one line that normally prevents it is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Candidates are added as they come, without a queue; and the description comes after the first of them.
    EarlyCandidates,
    /// This side offers whatever its role is, and takes every offer. Both sides need it for glare (RFC 3264, section 4).
    BothOffer,
    /// Two listeners hear each answer, and both set it.
    AnswerTwice,
    /// Any answer is taken, whichever offer it answers.
    StaleAnswer,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::EarlyCandidates, Self::BothOffer, Self::AnswerTwice, Self::StaleAnswer];

    /// Its name: in `peer --fault NAME`, and in `/?lab=NAME`.
    pub fn name(self) -> &'static str {
        match self {
            Self::EarlyCandidates => "early-candidates",
            Self::BothOffer => "both-offer",
            Self::AnswerTwice => "answer-twice",
            Self::StaleAnswer => "stale-answer",
        }
    }

    /// The fault of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.name() == name)
    }
}

impl<E: Engine, S: Signaling> Call<E, S> {
    /// Whether this failure is wanted.
    pub(super) fn in_lab(&self, fault: Fault) -> bool {
        self.options.fault == Some(fault)
    }

    /// With [`Fault::EarlyCandidates`] a description is as late as on a slow way: a candidate has overtaken it.
    pub(super) async fn until_overtaken(&mut self) -> Result<(), Interrupt> {
        while self.in_lab(Fault::EarlyCandidates) && !self.progress.has_started(12) {
            self.wait().await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_known_by_their_names() {
        for fault in Fault::ALL {
            assert_eq!(Fault::from_name(fault.name()), Some(fault));
        }
        assert_eq!(Fault::from_name("early"), None);
    }
}
