//! One of the two peers, and what is known of it: everything comes from its events.

use std::sync::Arc;
use std::time::{Duration, Instant};

use shared::{IceCandidate, Role, SessionDescription};
use study_zoom::call::engine::CandidatePair;
use study_zoom::call::state::{IceGatheringState, SignalingState};
use study_zoom::call::{Artefact, CallError, CallEvent, ConnectionState, Controls, EndReason, MediaKind};
use study_zoom::native::Counters;
use support::cli::Failure;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::states::change;

/// One of the two peers.
pub(super) struct Side {
    pub(super) controls: Controls,
    pub(super) counters: Arc<Counters>,
    call: JoinHandle<Result<(), CallError>>,
    pub(super) facts: Facts,
}

impl Side {
    pub(super) fn new(controls: Controls, counters: Arc<Counters>, call: JoinHandle<Result<(), CallError>>) -> Self {
        Self { controls, counters, call, facts: Facts::default() }
    }

    /// Waits for the end of the call.
    pub(super) async fn end(self, patience: Duration) -> Result<(), Failure> {
        let ended = timeout(patience, self.call).await;
        Ok(ended.map_err(|_| format!("a peer did not end within {patience:?}"))???)
    }
}

/// What the events of a side have said so far.
pub(super) struct Facts {
    /// The step that waits to be let go.
    pub(super) waiting: Option<u8>,
    /// The steps that are done.
    pub(super) done: [bool; 14],
    pub(super) in_room: Option<Role>,
    pub(super) stream: Option<String>,
    /// The description that it made: step 3 or 7.
    pub(super) made: Option<SessionDescription>,
    /// The description that it was sent: step 6 or 10.
    pub(super) received: Option<SessionDescription>,
    pub(super) sent: Vec<IceCandidate>,
    pub(super) last_sent: bool,
    pub(super) added: Vec<IceCandidate>,
    pub(super) last_added: bool,
    pub(super) signaling: SignalingState,
    pub(super) gathering: IceGatheringState,
    pub(super) connection: ConnectionState,
    /// Some state machine has moved.
    pub(super) has_moved: bool,
    pub(super) tracks: Vec<MediaKind>,
    pub(super) path: Option<CandidatePair>,
    /// The first candidate was added: from here on a path is sought.
    pub(super) path_sought: Option<Instant>,
    pub(super) connected: Option<Instant>,
    pub(super) chat_open: bool,
    /// The last line of chat that arrived.
    pub(super) chat: Option<String>,
    /// The signaling server was lost, for this reason.
    pub(super) server_lost: Option<String>,
    /// The call is over, for this reason.
    pub(super) ended: Option<String>,
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            waiting: None,
            done: [false; 14],
            in_room: None,
            stream: None,
            made: None,
            received: None,
            sent: Vec::new(),
            last_sent: false,
            added: Vec::new(),
            last_added: false,
            signaling: SignalingState::Stable,
            gathering: IceGatheringState::New,
            connection: ConnectionState::New,
            has_moved: false,
            tracks: Vec::new(),
            path: None,
            path_sought: None,
            connected: None,
            chat_open: false,
            chat: None,
            server_lost: None,
            ended: None,
        }
    }
}

impl Facts {
    pub(super) fn note(&mut self, event: &CallEvent) {
        self.has_moved |= change(event).is_some();
        match event {
            CallEvent::InRoom(role) => self.in_room = Some(*role),
            CallEvent::StepWaiting(step) => self.waiting = Some(step.number),
            CallEvent::StepDone(step, artefact) => {
                self.done[usize::from(step.number)] = true;
                self.made(step.number, artefact);
            }
            CallEvent::LocalCandidate(Some(candidate)) => self.sent.push(candidate.clone()),
            CallEvent::LocalCandidate(None) => self.last_sent = true,
            CallEvent::RemoteCandidate(Some(candidate)) => {
                self.path_sought.get_or_insert_with(Instant::now);
                self.added.push(candidate.clone());
            }
            CallEvent::RemoteCandidate(None) => self.last_added = true,
            CallEvent::SignalingState(state) => self.signaling = *state,
            CallEvent::IceGatheringState(state) => self.gathering = *state,
            CallEvent::ConnectionState(state) => {
                self.connection = *state;
                if *state == ConnectionState::Connected {
                    self.connected.get_or_insert_with(Instant::now);
                }
            }
            CallEvent::RemoteTrack(kind) => self.tracks.push(*kind),
            CallEvent::ChatOpen => self.chat_open = true,
            CallEvent::ChatReceived(text) => self.chat = Some(text.clone()),
            CallEvent::SignalingLost(reason) => self.server_lost = Some(reason.clone()),
            CallEvent::SignalingBack => self.server_lost = None,
            CallEvent::Ended(reason) => self.ended = Some(in_words(reason)),
            _ => {}
        }
    }

    fn made(&mut self, number: u8, artefact: &Artefact) {
        match (number, artefact) {
            (0, Artefact::Text(text)) => self.stream = Some(text.clone()),
            (3 | 7, Artefact::Description(description)) => self.made = Some(description.clone()),
            (6 | 10, Artefact::Description(description)) => self.received = Some(description.clone()),
            (13, Artefact::Path(path)) => self.path = path.clone(),
            _ => {}
        }
    }
}

/// Why a call is over, as the library says it.
fn in_words(reason: &EndReason) -> String {
    match reason {
        EndReason::HungUp => "it hung up".to_owned(),
        EndReason::PeerLeft(_) => "the other side left".to_owned(),
        EndReason::StartedOver => "a new negotiation began".to_owned(),
        EndReason::Failed(reason) => reason.clone(),
    }
}
