//! What has happened in a call so far, made from its events.
//!
//! A [`Record`](crate::explain::record::Record) is fed with every event and its time, and can be asked at any moment:
//! how far is which side, what was offered and answered, which candidates are there, which path won. Our own steps are
//! known exactly. The other side tells us its own, and where it is a plain client that says nothing they are inferred:
//! an offer that has arrived was made.

/// What the record is made of.
mod entry;
/// The values that a state machine has had.
mod history;
/// How each event changes the record.
mod noting;
/// How far one side is.
mod side;
/// A call as a file: what is in it.
mod saved;
/// A call as a file: each line, written.
mod writing;
/// A call as a file: each line, read.
mod line;
/// A call as a file: opened, and never larger than what a page can show.
mod reading;
/// A call as a file: without the name of the room, and without addresses.
mod mask;
/// A call as a file: kept in memory until somebody wants it.
mod recording;
/// What a call in a file came to: connected or not, and if not, how far it came and what was missing.
mod outcome;
#[cfg(test)]
pub(super) mod tests;

use shared::{Role, SessionDescription};

pub use entry::{Entry, Side, TimedCandidate, What};
pub use history::History;
pub use mask::Mask;
pub use outcome::{Missing, Outcome};
pub use reading::{BadRecord, Fault, MOST_BYTES, MOST_LINE_BYTES, MOST_MOMENTS, SavedCall};
pub use recording::Recording;
pub use saved::{FileNews, Head, KIND, Moment, RecordEvent, Sample, VERSION};
pub use side::StepState;
pub use writing::{head_line, line, masked_line};

use crate::call::EndReason;
use crate::call::engine::CandidatePair;
use crate::call::state::{ConnectionState, IceConnectionState, IceGatheringState, SignalingState};
use side::{Source, Steps};

/// The record of one call. The next call takes its place.
#[derive(Debug, Clone)]
pub struct Record {
    role: Option<Role>,
    /// We are in the room, from one call to the next.
    in_room: bool,
    own: Steps,
    partner: Steps,
    entries: Vec<Entry>,
    offer: Option<SessionDescription>,
    answer: Option<SessionDescription>,
    candidates: Vec<TimedCandidate>,
    path: Option<CandidatePair>,
    signaling: History<SignalingState>,
    gathering: History<IceGatheringState>,
    ice: History<IceConnectionState>,
    connection: History<ConnectionState>,
    ended: Option<EndReason>,
    /// Of a call that is over: how many of the entries belong to it, until the next one begins.
    old_entries: usize,
    /// The steps are those of a call that is over.
    old_steps: bool,
}

impl Default for Record {
    fn default() -> Self {
        Self::new()
    }
}

impl Record {
    /// A record in which nothing has happened.
    pub fn new() -> Self {
        Self {
            role: None,
            in_room: false,
            own: Steps::default(),
            partner: Steps::default(),
            entries: Vec::new(),
            offer: None,
            answer: None,
            candidates: Vec::new(),
            path: None,
            signaling: History::new(SignalingState::Stable),
            gathering: History::new(IceGatheringState::New),
            ice: History::new(IceConnectionState::New),
            connection: History::new(ConnectionState::New),
            ended: None,
            old_entries: 0,
            old_steps: false,
        }
    }

    /// Our role in the call, once it is known.
    pub fn role(&self) -> Option<Role> {
        self.role
    }

    /// The role of a side, once it is known.
    pub fn role_of(&self, side: Side) -> Option<Role> {
        match (self.role?, side) {
            (role, Side::Ours) => Some(role),
            (Role::A, Side::Theirs) => Some(Role::B),
            (Role::B, Side::Theirs) => Some(Role::A),
        }
    }

    /// How far a side is with a step. Before our role is known nobody is A or B yet: see [`own_step`](Self::own_step).
    pub fn step(&self, role: Role, number: u8) -> StepState {
        match self.role {
            None => StepState::Waiting,
            Some(ours) if ours == role => self.own.state(number),
            Some(_) => self.partner.state(number),
        }
    }

    /// How far we are with a step.
    pub fn own_step(&self, number: u8) -> StepState {
        self.own.state(number)
    }

    /// Whether nobody told us how far that side is with that step: it follows from something else.
    pub fn is_inferred(&self, role: Role, number: u8) -> bool {
        self.role.is_some_and(|ours| ours != role) && self.partner.source(number) == Some(Source::Inferred)
    }

    /// What happened, in the order of the story.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The offer, whichever side made it.
    pub fn offer(&self) -> Option<&SessionDescription> {
        self.offer.as_ref()
    }

    /// The answer, whichever side made it.
    pub fn answer(&self) -> Option<&SessionDescription> {
        self.answer.as_ref()
    }

    /// The candidates of both sides, in the order in which they were sent or added.
    pub fn candidates(&self) -> &[TimedCandidate] {
        &self.candidates
    }

    /// The path that won, seen from us, where the engine can tell.
    pub fn path(&self) -> Option<&CandidatePair> {
        self.path.as_ref()
    }

    /// The state machine of offer and answer.
    pub fn signaling_state(&self) -> &History<SignalingState> {
        &self.signaling
    }

    /// The state machine of gathering.
    pub fn ice_gathering_state(&self) -> &History<IceGatheringState> {
        &self.gathering
    }

    /// The state machine of ICE.
    pub fn ice_connection_state(&self) -> &History<IceConnectionState> {
        &self.ice
    }

    /// The state machine of the whole connection.
    pub fn connection_state(&self) -> &History<ConnectionState> {
        &self.connection
    }

    /// Why the call is over, until the next one begins.
    pub fn ended(&self) -> Option<&EndReason> {
        self.ended.as_ref()
    }
}
