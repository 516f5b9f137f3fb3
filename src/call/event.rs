//! What goes into a running call and what comes out of it.

use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender};
use shared::{IceCandidate, Role, Sending, SessionDescription, Step};

pub use shared::Phase;

use super::engine::{CandidatePair, MediaKind};
use super::state::{ConnectionState, IceConnectionState, IceGatheringState, SignalingState};

/// Something that happened in a call. The terminal, the tests and the page all live on these alone.
#[derive(Debug, Clone, PartialEq)]
pub enum CallEvent {
    /// We are in the room, as this side of the call that comes next.
    InRoom(Role),
    /// Step-by-step mode: the step waits for [`Controls::next_step`].
    StepWaiting(&'static Step),
    /// The step begins.
    StepStarted(&'static Step),
    /// The step is done; this is what it made. Steps 11 and 12 go on in the background as candidates appear.
    StepDone(&'static Step, Artefact),
    /// Step 11: an own candidate was sent, or the word that there are no more.
    LocalCandidate(Option<IceCandidate>),
    /// Step 12: a candidate of the other side was added, or the word that there are no more.
    RemoteCandidate(Option<IceCandidate>),
    /// Step 12: the engine has refused a candidate of the other side, for this reason. The call goes on with the others.
    CandidateRefused(String),
    /// The state machine of offer and answer moved.
    SignalingState(SignalingState),
    /// The state machine of gathering moved.
    IceGatheringState(IceGatheringState),
    /// The state machine of ICE moved.
    IceConnectionState(IceConnectionState),
    /// The state machine of the whole connection moved.
    ConnectionState(ConnectionState),
    /// A track of the other side arrived.
    RemoteTrack(MediaKind),
    /// Chat can be sent from now on.
    ChatOpen,
    /// The other side wrote this.
    ChatReceived(String),
    /// Our text is on its way.
    ChatSent(String),
    /// Our text was not sent; the second part says why.
    ChatNotSent(String, String),
    /// This is what we send from now on.
    Sending(Sending),
    /// This is what the other side says that it sends. A plain client does not say it.
    PeerSending(Sending),
    /// The other side says how far it is. It is told over signaling; a plain client does not say it.
    PeerStep(&'static Step, Phase),
    /// The signaling server is out of reach, for this reason. A call that is connected goes on without it.
    SignalingLost(String),
    /// The signaling server is back and we are in the room again.
    SignalingBack,
    /// This call is over. The run itself is over as well, and this is its last event, unless a new negotiation begins
    /// ([`EndReason::StartedOver`]) or it stays for the next partner ([`CallOptions::stay`](super::CallOptions::stay)).
    Ended(EndReason),
}

/// Why a call is over.
#[derive(Debug, Clone, PartialEq)]
pub enum EndReason {
    /// We hung up.
    HungUp,
    /// The other side left, closed its page or lost its connection: during this step, or after the call was connected.
    PeerLeft(Option<&'static Step>),
    /// The other side started over with a new peer connection, or the server restarted before the two were connected: a
    /// new negotiation begins.
    StartedOver,
    /// A step failed, or the path broke; the error is what `Call::run` returns.
    Failed(String),
}

/// What a step made, for looking at.
#[derive(Debug, Clone, PartialEq)]
pub enum Artefact {
    /// Nothing to show.
    None,
    /// A line of text.
    Text(String),
    /// An offer or an answer.
    Description(SessionDescription),
    /// The path that won, where the engine can tell.
    Path(Option<CandidatePair>),
}

impl From<()> for Artefact {
    fn from((): ()) -> Self {
        Artefact::None
    }
}

impl From<String> for Artefact {
    fn from(text: String) -> Self {
        Artefact::Text(text)
    }
}

impl From<SessionDescription> for Artefact {
    fn from(description: SessionDescription) -> Self {
        Artefact::Description(description)
    }
}

impl From<Option<CandidatePair>> for Artefact {
    fn from(pair: Option<CandidatePair>) -> Self {
        Artefact::Path(pair)
    }
}

/// The events of a call, a stream that ends with it. Unbounded: a call makes a few dozen, and the chat of one partner.
pub type CallEvents = UnboundedReceiver<CallEvent>;

/// What a running call can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    NextStep,
    StepByStep(bool),
    Chat(String),
    SetTrackEnabled(MediaKind, bool),
    AnnounceScreen(bool),
    HangUp,
}

/// The handle to a running call. Cheap to clone; when the last one is dropped the call hangs up.
///
/// Every method is a request: what came of it is an event. After the end of the call they do nothing.
#[derive(Debug, Clone)]
pub struct Controls(pub(super) UnboundedSender<Command>);

impl Controls {
    /// Lets one waiting step go, in step-by-step mode.
    pub fn next_step(&self) {
        self.tell(Command::NextStep);
    }

    /// Switches step-by-step mode on or off, from the next step on. Off lets a step that waits go.
    pub fn set_step_by_step(&self, step_by_step: bool) {
        self.tell(Command::StepByStep(step_by_step));
    }

    /// Sends a line of chat.
    pub fn chat(&self, text: impl Into<String>) {
        self.tell(Command::Chat(text.into()));
    }

    /// Mutes (false) or unmutes (true) the own tracks of one kind.
    pub fn set_track_enabled(&self, kind: MediaKind, enabled: bool) {
        self.tell(Command::SetTrackEnabled(kind, enabled));
    }

    /// Tells the other side that our picture is that of a screen (true) or of a camera again (false). What the track
    /// shows is exchanged in the engine (`replaceTrack`), without a negotiation.
    pub fn announce_screen(&self, screen: bool) {
        self.tell(Command::AnnounceScreen(screen));
    }

    /// Ends the call and leaves the room.
    pub fn hang_up(&self) {
        self.tell(Command::HangUp);
    }

    fn tell(&self, command: Command) {
        // An error says that the call is over, and then there is nothing left to tell it.
        let _ = self.0.unbounded_send(command);
    }
}
