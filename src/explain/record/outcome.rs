//! What a call in a file came to: connected or not, and if not, how far it came and what was missing.

use shared::{Role, Step};

use super::saved::{Moment, RecordEvent};
use crate::call::engine::CandidatePair;
use crate::call::{Artefact, CallEvent, ConnectionState, EndReason};

/// What a call came to, seen from one side.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// When it was connected first.
    pub connected: Option<u32>,
    /// The path, where the engine can tell.
    pub path: Option<CandidatePair>,
    /// The last step that has begun.
    pub reached: Option<&'static Step>,
    /// What the call needed next and did not have. A call that was connected misses nothing.
    pub missing: Option<Missing>,
    /// How it ended. Without an end the record stops in the middle.
    pub ended: Option<EndReason>,
    /// When the last event was.
    pub until: u32,
    role: Option<Role>,
    /// The steps that have begun, by number.
    began: [bool; 14],
    stream: bool,
    partner: bool,
    local: usize,
    remote: usize,
}

/// What a call needs next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Camera and microphone, or what stands in for them.
    Stream,
    /// A place in the room.
    Room,
    /// Somebody else in the room.
    Partner,
    /// The other side's offer.
    Offer,
    /// The other side's answer.
    Answer,
    /// An address of ours.
    LocalCandidate,
    /// An address of the other side.
    RemoteCandidate,
    /// A pair of addresses between which packets travel.
    Path,
}

impl Outcome {
    /// What these events of one side come to. Of several calls the last one counts in which somebody else was there.
    pub fn of<'a>(moments: impl Iterator<Item = &'a Moment>) -> Self {
        let (mut present, mut before) = (Self::default(), None);
        for moment in moments {
            let begins = |event: &RecordEvent| matches!(event, RecordEvent::Call(CallEvent::StepStarted(step)) if step.number == 1);
            if begins(&moment.event) && present.began[1] {
                let next = Self { stream: present.stream, ..Self::default() };
                let last = std::mem::replace(&mut present, next);
                if last.partner {
                    before = Some(last);
                }
            }
            present.until = moment.at;
            if let RecordEvent::Call(event) = &moment.event {
                present.note(moment.at, event);
            }
        }
        let mut outcome = before.filter(|_| !present.partner).unwrap_or(present);
        outcome.missing = outcome.what_is_missing();
        outcome
    }

    fn note(&mut self, at: u32, event: &CallEvent) {
        match event {
            CallEvent::InRoom(role) => self.role = Some(*role),
            CallEvent::StepStarted(step) => {
                self.began[usize::from(step.number)] = true;
                self.partner |= matches!(step.number, 3 | 6);
                // Candidates are sent and added beside the other steps, from early on.
                if !matches!(step.number, 11 | 12) || self.began[9] || self.began[10] {
                    self.reached = Some(step);
                }
            }
            CallEvent::StepDone(step, artefact) => {
                self.stream |= step.number == 0;
                if let (13, Artefact::Path(path)) = (step.number, artefact) {
                    self.path.clone_from(path);
                }
            }
            CallEvent::PeerStep(..) => self.partner = true,
            CallEvent::LocalCandidate(candidate) => self.local += usize::from(candidate.is_some()),
            CallEvent::RemoteCandidate(candidate) => self.remote += usize::from(candidate.is_some()),
            CallEvent::ConnectionState(ConnectionState::Connected) => self.connected = self.connected.or(Some(at)),
            CallEvent::Ended(reason) => self.ended = Some(reason.clone()),
            _ => {}
        }
    }

    fn what_is_missing(&self) -> Option<Missing> {
        let began = |number: usize| self.began[number];
        match self.role {
            _ if self.connected.is_some() => None,
            None if !self.stream => Some(Missing::Stream),
            None => Some(Missing::Room),
            Some(Role::A) if !self.partner => Some(Missing::Partner),
            Some(Role::B) if !began(6) => Some(Missing::Offer),
            Some(Role::A) if began(5) && !began(10) => Some(Missing::Answer),
            // In between a step of our own failed, and that is all there is to say.
            Some(_) if !began(10) && !began(9) => None,
            Some(_) if self.local == 0 => Some(Missing::LocalCandidate),
            Some(_) if self.remote == 0 => Some(Missing::RemoteCandidate),
            Some(_) => Some(Missing::Path),
        }
    }
}
