//! The fourteen steps of a call, as data.
//!
//! README heading, doc comment, log line, error and test all say the same number, because all of them come from or are
//! checked against this table.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Role;

/// The side that takes a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    /// The side that was in the room first: it makes the offer.
    A,
    /// The side that joins: it answers.
    B,
    /// Both sides, each for itself.
    Both,
}

impl Who {
    /// Whether a side with this role takes the step.
    pub fn includes(self, role: Role) -> bool {
        matches!((self, role), (Who::Both, _) | (Who::A, Role::A) | (Who::B, Role::B))
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Who::A => "A",
            Who::B => "B",
            Who::Both => "A B",
        })
    }
}

/// One row of the table.
#[derive(Debug, PartialEq, Eq)]
pub struct Step {
    /// 0 to 13, the same number everywhere.
    pub number: u8,
    /// The side that takes it.
    pub who: Who,
    /// The W3C call or event at the heart of the step, or `signaling` where the server carries a message.
    pub call: &'static str,
    /// What happens, in one sentence.
    pub sentence: &'static str,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Step-by-step mode: it waits to be let go.
    Waiting,
    /// It has begun.
    Started,
    /// It is done. Steps 11 and 12 go on beside the others.
    Done,
}

/// What a side tells the other about its steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepNews {
    /// Which step, 0 to 13.
    pub number: StepNumber,
    /// How far it is.
    pub phase: Phase,
}

/// A number of the table, checked once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct StepNumber(u8);

impl StepNumber {
    /// The step of this number.
    pub fn step(self) -> &'static Step {
        Step::number(self.0)
    }
}

impl From<&'static Step> for StepNumber {
    fn from(step: &'static Step) -> Self {
        Self(step.number)
    }
}

impl From<StepNumber> for u8 {
    fn from(number: StepNumber) -> u8 {
        number.0
    }
}

impl TryFrom<u8> for StepNumber {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        match usize::from(number) < STEPS.len() {
            true => Ok(Self(number)),
            false => Err(format!("there is no step {number}: the last one is {}", STEPS.len() - 1)),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step {} ({})", self.number, self.call)
    }
}

impl Step {
    /// The step with this number.
    ///
    /// # Panics
    /// When the number is over 13: the numbers are literals of the course, not input.
    pub fn number(number: u8) -> &'static Step {
        &STEPS[usize::from(number)]
    }
}

const fn step(number: u8, who: Who, call: &'static str, sentence: &'static str) -> Step {
    Step { number, who, call, sentence }
}

/// The story of a call. A is in the room first, B joins.
///
/// Source: JSEP (RFC 8829, section 3.2) for offer and answer, RFC 8838 for candidates that trickle.
#[rustfmt::skip]
pub static STEPS: [Step; 14] = [
    step(0, Who::Both, "getUserMedia", "Get the local stream."),
    step(1, Who::Both, "new RTCPeerConnection", "Create the peer connection, with ICE servers."),
    step(2, Who::Both, "addTrack", "Add the audio and video tracks."),
    step(3, Who::A, "createOffer", "Create the offer."),
    step(4, Who::A, "setLocalDescription", "Set the offer as local description."),
    step(5, Who::A, "signaling", "Send the offer to the signaling server."),
    step(6, Who::B, "setRemoteDescription", "Receive the offer, set it as remote description."),
    step(7, Who::B, "createAnswer", "Create the answer."),
    step(8, Who::B, "setLocalDescription", "Set the answer as local description."),
    step(9, Who::B, "signaling", "Send the answer to the signaling server."),
    step(10, Who::A, "setRemoteDescription", "Receive the answer, set it as remote description."),
    step(11, Who::Both, "icecandidate event", "Send own ICE candidates as they appear."),
    step(12, Who::Both, "addIceCandidate", "Add the other side's candidates."),
    // The obsolete name of the event, still seen in old courses, is `addstream`.
    step(13, Who::Both, "track event", "Connected: the other side's stream arrives."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_stands_at_its_own_number_and_says_something() {
        for (index, step) in STEPS.iter().enumerate() {
            assert_eq!(usize::from(step.number), index);
            assert!(step.sentence.ends_with('.') && !step.call.is_empty(), "{step}");
        }
    }

    #[test]
    fn news_of_a_step_that_is_not_there_is_refused() {
        let news = StepNews { number: Step::number(13).into(), phase: Phase::Done };
        assert_eq!(serde_json::to_string(&news).unwrap(), r#"{"number":13,"phase":"done"}"#);
        let error = serde_json::from_str::<StepNews>(r#"{"number":14,"phase":"done"}"#).unwrap_err();
        assert!(error.to_string().contains("no step 14"), "{error}");
    }

    #[test]
    fn the_offer_belongs_to_a_and_the_answer_to_b() {
        let taken_by =
            |role| STEPS.iter().filter(|step| step.who.includes(role)).map(|step| step.number).collect::<Vec<_>>();
        assert_eq!(taken_by(Role::A), [0, 1, 2, 3, 4, 5, 10, 11, 12, 13]);
        assert_eq!(taken_by(Role::B), [0, 1, 2, 6, 7, 8, 9, 11, 12, 13]);
    }
}
