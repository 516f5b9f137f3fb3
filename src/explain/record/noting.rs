//! How each event changes the record.

use shared::{IceCandidate, Role, SdpType, Step};

use super::side::{Source, StepState, Steps};
use super::{Entry, Record, Side, TimedCandidate, What};
use crate::call::event::Phase;
use crate::call::{Artefact, CallEvent, ConnectionState, EndReason};

/// How many entries and how many candidates are kept: far more than a call makes, so that nobody can fill the memory.
const MOST_KEPT: usize = 300;

impl Record {
    /// Takes note of an event. `at` is its time in milliseconds, from a clock that never goes back.
    pub fn note(&mut self, at: u32, event: &CallEvent) {
        match event {
            CallEvent::InRoom(role) => self.on_in_room(at, *role),
            CallEvent::StepWaiting(step) => self.on_step(at, step, Phase::Waiting),
            CallEvent::StepStarted(step) => self.on_step(at, step, Phase::Started),
            CallEvent::StepDone(step, artefact) => {
                self.on_step(at, step, Phase::Done);
                self.on_artefact(at, step, artefact);
            }
            CallEvent::PeerStep(step, phase) => self.on_peer_step(at, step, *phase),
            CallEvent::LocalCandidate(candidate) => self.on_candidate(at, Side::Ours, candidate),
            CallEvent::RemoteCandidate(candidate) => {
                self.infer(at, 11, StepState::Started { at });
                self.on_candidate(at, Side::Theirs, candidate);
            }
            CallEvent::SignalingState(state) => self.signaling.note(at, *state),
            CallEvent::IceGatheringState(state) => self.gathering.note(at, *state),
            CallEvent::IceConnectionState(state) => self.ice.note(at, *state),
            CallEvent::ConnectionState(state) => self.on_connection_state(at, *state),
            CallEvent::Ended(reason) => self.on_ended(at, reason),
            // Chat, tracks and the health of the signaling server are no part of the story of the steps.
            _ => {}
        }
    }

    fn on_in_room(&mut self, at: u32, role: Role) {
        self.role = Some(role);
        if std::mem::replace(&mut self.in_room, true) {
            return;
        }
        if role == Role::B {
            // A was here first; when it came nobody knows. It stands above everything that we did.
            self.insert(self.old_entries, Entry { at, side: Side::Theirs, what: What::Joined, inferred: true });
        }
        self.push(at, Side::Ours, What::Joined);
    }

    fn on_step(&mut self, at: u32, step: &'static Step, phase: Phase) {
        if step.number == 1 && phase == Phase::Started {
            self.begin_call();
        } else if self.old_steps && phase != Phase::Done {
            self.forget_old_steps();
        }
        if step.number == 6 && phase != Phase::Done && matches!(self.own.state(6), StepState::Done { .. }) {
            // A new offer of the same peer connection: the steps from the offer on are taken once more.
            self.own.forget_from(3);
            self.partner.forget_from(3);
        }
        if phase != Phase::Done {
            match step.number {
                3 => self.partner_joined(at),
                6 => self.infer_done(at, 0..=5),
                10 => self.infer_done(at, (0..=2).chain(6..=9)),
                _ => {}
            }
        }
        let state = next_state(self.own.state(step.number), at, phase);
        self.reach(at, Side::Ours, step, state, Source::Told);
    }

    fn on_peer_step(&mut self, at: u32, step: &'static Step, phase: Phase) {
        self.forget_old_steps();
        if self.role_of(Side::Theirs).is_some_and(|role| !step.who.includes(role)) {
            // Nobody takes the steps of the other role: a partner that says so is not believed.
            return;
        }
        self.partner_joined(at);
        let state = next_state(self.partner.state(step.number), at, phase);
        self.reach(at, Side::Theirs, step, state, Source::Told);
    }

    fn on_artefact(&mut self, at: u32, step: &Step, artefact: &Artefact) {
        match artefact {
            Artefact::Description(description) => {
                let kept = match description.sdp_type {
                    SdpType::Offer => &mut self.offer,
                    SdpType::Answer => &mut self.answer,
                };
                *kept = Some(description.clone());
            }
            Artefact::Path(pair) => {
                self.path = pair.clone();
                if step.number == 13 {
                    self.push(at, Side::Ours, What::Connected(pair.clone()));
                }
            }
            Artefact::None | Artefact::Text(_) => {}
        }
    }

    fn on_candidate(&mut self, at: u32, side: Side, candidate: &Option<IceCandidate>) {
        if self.candidates.len() < MOST_KEPT {
            self.candidates.push(TimedCandidate { at, side, candidate: candidate.clone() });
        }
        // Adding the first candidate (step 12 of the side that receives it) is heard of before the candidate itself.
        let adds = |entry: &Entry| matches!(entry.what, What::Step(step, _) if step.number == 12);
        let is_last = self.entries.last().is_some_and(|last| last.side != side && adds(last));
        let last = self.entries.len() - usize::from(is_last);
        let current = &mut self.entries[self.old_entries.min(last)..last];
        if let Some(Entry { side: sender, what: What::Candidates { count, end }, .. }) = current.last_mut()
            && *sender == side
        {
            *count += usize::from(candidate.is_some());
            *end |= candidate.is_none();
            return;
        }
        let what = What::Candidates { count: usize::from(candidate.is_some()), end: candidate.is_none() };
        let at = self.entries.get(last).map_or(at, |adding| adding.at);
        self.insert(last, Entry { at, side, what, inferred: false });
    }

    fn on_connection_state(&mut self, at: u32, state: ConnectionState) {
        self.connection.note(at, state);
        if state == ConnectionState::Connected && !self.partner.speaks() {
            if self.partner.state(11) != StepState::Waiting {
                self.partner.set(11, self.partner.state(11).done(at), Source::Inferred);
            }
            self.infer_done(at, 12..=13);
        }
    }

    fn on_ended(&mut self, at: u32, reason: &EndReason) {
        match reason {
            EndReason::HungUp if self.in_room => self.push(at, Side::Ours, What::Left),
            EndReason::HungUp => {}
            EndReason::PeerLeft(_) => self.push(at, Side::Theirs, What::Left),
            EndReason::StartedOver => self.push(at, Side::Ours, What::StartedOver),
            EndReason::Failed(reason) => {
                self.push(at, Side::Ours, What::Failed(reason.clone()));
                if self.in_room {
                    self.push(at, Side::Ours, What::Left);
                }
            }
        }
        self.in_room &= matches!(reason, EndReason::PeerLeft(_) | EndReason::StartedOver);
        self.ended = Some(reason.clone());
        self.old_entries = self.entries.len();
        self.old_steps = true;
    }

    /// A new call begins with step 1. What the next partner has said since the end of the old one stays, and so does
    /// step 0: the stream outlives the calls.
    fn begin_call(&mut self) {
        if self.ended.is_none() {
            return;
        }
        self.forget_old_steps();
        let role = match self.ended {
            // The one that stays was in the room first for the next one.
            Some(EndReason::PeerLeft(_)) => Some(Role::A),
            Some(EndReason::StartedOver) => self.role,
            _ => None,
        };
        let (own, partner) = (std::mem::take(&mut self.own), std::mem::take(&mut self.partner));
        let entries = self.entries.split_off(self.old_entries);
        *self = Self { role, in_room: self.in_room, own, partner, entries, ..Self::new() };
    }

    fn forget_old_steps(&mut self) {
        if std::mem::take(&mut self.old_steps) {
            self.own.forget_from(1);
            self.partner = Steps::default();
        }
    }

    /// The other side is in the room, if we have not heard so before.
    fn partner_joined(&mut self, at: u32) {
        let theirs = |entry: &Entry| entry.side == Side::Theirs && entry.what == What::Joined;
        if self.role == Some(Role::A) && !self.entries[self.old_entries..].iter().any(theirs) {
            self.push(at, Side::Theirs, What::Joined);
        }
    }

    fn infer_done(&mut self, at: u32, numbers: impl Iterator<Item = u8>) {
        for number in numbers {
            self.infer(at, number, StepState::Done { at, took: None });
        }
    }

    /// Concludes that a step of the other side is this far, unless it says how far it is, or it is further already.
    fn infer(&mut self, at: u32, number: u8, state: StepState) {
        if self.partner.source(number) != Some(Source::Told) && self.partner.state(number) == StepState::Waiting {
            self.reach(at, Side::Theirs, Step::number(number), state, Source::Inferred);
        }
    }

    /// A step of a side is this far now: notes it, and tells it in the story, as an entry of its own when it has none in
    /// this negotiation.
    fn reach(&mut self, at: u32, side: Side, step: &'static Step, state: StepState, source: Source) {
        let steps = if side == Side::Ours { &mut self.own } else { &mut self.partner };
        steps.set(step.number, state, source);
        if state.began().is_none() || matches!(step.number, 11 | 13) {
            return;
        }
        let had_entry = steps.had_entry(step.number);
        let (what, inferred) = (What::Step(step, state), source == Source::Inferred);
        let current = &mut self.entries[self.old_entries..];
        let is_it = |entry: &Entry| entry.side == side && matches!(entry.what, What::Step(other, _) if other == step);
        if let Some(entry) = current.iter_mut().rev().find(|entry| is_it(entry)).filter(|_| had_entry) {
            entry.what = what;
            entry.inferred = inferred;
            return;
        }
        // The first steps of the other side come before its entry into the room, though we hear of them later.
        let first = side == Side::Theirs && step.number <= 2;
        let position = current.iter().position(|entry| first && entry.side == side && entry.what == What::Joined);
        let position = position.map_or(self.entries.len(), |index| self.old_entries + index);
        self.insert(position, Entry { at, side, what, inferred });
    }

    fn push(&mut self, at: u32, side: Side, what: What) {
        self.insert(self.entries.len(), Entry { at, side, what, inferred: false });
    }

    fn insert(&mut self, position: usize, entry: Entry) {
        if self.entries.len() < MOST_KEPT {
            self.entries.insert(position, entry);
        }
    }
}

fn next_state(state: StepState, at: u32, phase: Phase) -> StepState {
    match phase {
        Phase::Waiting => StepState::Held,
        Phase::Started => StepState::Started { at },
        Phase::Done => state.done(at),
    }
}
