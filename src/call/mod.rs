//! **The chapter.** A video call of two, as fourteen steps, written once.
//!
//! [`Call::run`](crate::call::Call::run) is the thing to read: `fourteen_steps`, top to bottom, one line for each step.
//! It knows neither browser nor network. An [`Engine`](crate::call::Engine) makes the W3C calls, a
//! [`Signaling`](crate::call::Signaling) carries the messages, and everything subtle is in between, here: who offers,
//! candidates that come too early or too late, messages of an earlier negotiation, hanging up, coming back.
//!
//! Nothing in this module spawns, sleeps or reads a clock. The browser runs it on `spawn_local`, the headless peer on
//! tokio, and the tests drive it with a fake engine in milliseconds.

/// The seam to WebRTC: one method per W3C call.
pub mod engine;
/// The seam to the signalling server.
pub mod signaling;
/// The four state machines of a peer connection.
pub mod state;
/// What goes into a running call and what comes out of it.
pub mod event;
/// Why a call failed, and at which step.
pub mod error;
/// What happens between two steps.
mod between;
/// Candidates that came too early.
mod candidates;
#[cfg(test)]
mod tests;

use std::convert::Infallible;

use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use shared::{Phase, Role, RoomName, Sending, SessionDescription, Signal, Step};

pub use engine::{Channel, Engine, EngineError, EngineEvent, IceServer, MediaKind};
pub use error::{CallError, Cause};
pub use event::{Artefact, CallEvent, CallEvents, Controls, EndReason};
pub use signaling::{Signaling, SignalingError, SignalingEvent};
pub use state::ConnectionState;

use candidates::CandidateQueue;
use event::Command;

/// What a call needs to know before it begins.
#[derive(Debug, Clone)]
pub struct CallOptions {
    /// Where the two meet.
    pub room: RoomName,
    /// STUN and TURN servers for step 1.
    pub ice_servers: Vec<IceServer>,
    /// Wait for [`Controls::next_step`] before each step.
    pub step_by_step: bool,
    /// When the other side leaves, stay in the room and wait for the next one.
    pub stay: bool,
}

impl CallOptions {
    /// A call in this room, without ICE servers, at full speed, and the next one after it.
    pub fn new(room: RoomName) -> Self {
        Self { room, ice_servers: Vec::new(), step_by_step: false, stay: true }
    }
}

/// One side of a call.
#[derive(Debug)]
pub struct Call<E, S> {
    engine: E,
    signaling: S,
    options: CallOptions,
    commands: UnboundedReceiver<Command>,
    events: UnboundedSender<CallEvent>,
    /// The step under way, for errors.
    step: &'static Step,
    /// Step 0 is done.
    has_stream: bool,
    /// What we send, over all calls of this run: as a mute button, it stays as it is.
    sending: Sending,
    /// Why the server cannot be reached any more, if that is for good.
    signaling_ended: Option<String>,
    /// Steps that were let go in advance, in step-by-step mode.
    permits: usize,
    /// The present negotiation with the present partner.
    round: Round,
}

/// What is known of one negotiation. A new partner gets a new one: nothing of the old one can leak into it.
#[derive(Debug, Default)]
struct Round {
    /// `None` until the server has let us in.
    role: Option<Role>,
    /// B has arrived, and we have not made our offer yet.
    welcome: bool,
    /// The newest offer that came and was not taken up yet.
    offer: Option<SessionDescription>,
    /// The answer to our offer, when it came and was not taken up yet.
    answer: Option<SessionDescription>,
    /// The offer that this negotiation is about, ours or theirs. Its session id is the name of the call.
    current_offer: Option<SessionDescription>,
    /// The remote description, once it is set: candidates are compared with it.
    remote_description: Option<SessionDescription>,
    /// Own candidates: their door opens when our description has been sent.
    local_candidates: CandidateQueue,
    /// Candidates of the other side: their door opens when its description is set.
    remote_candidates: CandidateQueue,
    /// How far each step is.
    phases: [Option<Phase>; 14],
    /// How much of that the other side has been told.
    told: [Option<Phase>; 14],
    connected: bool,
    remote_track: bool,
    chat_open: bool,
    sending_open: bool,
}

/// Why the flow does not go on.
#[derive(Debug)]
enum Stop {
    /// We hung up.
    HungUp,
    /// The server says that the other side is gone.
    PeerLeft,
    /// The two were connected, and no path works any more.
    PathLost,
    /// The other side began anew, or the server restarted in the middle of a negotiation: so do we.
    StartOver(Box<Round>),
    /// A step failed.
    Failed(Cause),
}

impl Stop {
    /// Begin anew, from what is known already.
    fn start_over(round: Round) -> Self {
        Stop::StartOver(Box::new(round))
    }
}

impl From<Cause> for Stop {
    fn from(cause: Cause) -> Self {
        Stop::Failed(cause)
    }
}

impl From<EngineError> for Stop {
    fn from(error: EngineError) -> Self {
        Stop::Failed(error.into())
    }
}

impl From<SignalingError> for Stop {
    fn from(error: SignalingError) -> Self {
        Stop::Failed(error.into())
    }
}

impl<E: Engine, S: Signaling> Call<E, S> {
    /// A call that begins when [`run`](Self::run) is polled, its controls, and its events.
    pub fn new(engine: E, signaling: S, options: CallOptions) -> (Self, Controls, CallEvents) {
        let (command_sender, commands) = unbounded();
        let (events, event_receiver) = unbounded();
        let step = Step::number(0);
        let round = Round::default();
        let (has_stream, sending, signaling_ended, permits) = (false, Sending::default(), None, 0);
        let call = Self {
            engine,
            signaling,
            options,
            commands,
            events,
            step,
            has_stream,
            sending,
            signaling_ended,
            permits,
            round,
        };
        (call, Controls(command_sender), event_receiver)
    }

    /// Runs the call until we hang up, a step fails, or the other side leaves; in the last case with
    /// [`CallOptions::stay`] the next one follows.
    ///
    /// Whatever the end, the room is left and the peer connection closed.
    pub async fn run(mut self) -> Result<(), CallError> {
        let end = loop {
            let Err(stop) = self.fourteen_steps().await;
            let (reason, next) = match stop {
                Stop::HungUp => break Ok(EndReason::HungUp),
                Stop::Failed(source) => break Err(CallError { step: self.step, source }),
                Stop::PeerLeft => {
                    let during = (!self.round.connected).then_some(self.step);
                    let reason = EndReason::PeerLeft(during);
                    if !self.options.stay {
                        break Ok(reason);
                    }
                    // The one that stays was in the room first for whoever comes next.
                    (reason, Round { role: Some(Role::A), ..Round::default() })
                }
                Stop::PathLost if self.options.stay => {
                    // A lid was closed, or a network has changed. Both come back to the room, where somebody who slept
                    // finds the other; whoever is first there is A.
                    self.signaling.leave(&self.options.room).await;
                    (EndReason::StartedOver, Round::default())
                }
                Stop::PathLost => break Err(CallError { step: self.step, source: Cause::ConnectionFailed }),
                Stop::StartOver(round) => (EndReason::StartedOver, *round),
            };
            self.engine.close().await;
            self.emit(CallEvent::Ended(reason));
            self.round = next;
            // Clicks on "next" were meant for the steps of the call that is over.
            self.permits = 0;
        };
        // First the room, then the connection: so the other side hears `bye` before it sees the path break.
        if self.round.role.is_some() {
            self.signaling.leave(&self.options.room).await;
        }
        self.engine.close().await;
        let (reason, result) = match end {
            Ok(reason) => (reason, Ok(())),
            Err(error) => (EndReason::Failed(error.to_string()), Err(error)),
        };
        self.emit(CallEvent::Ended(reason));
        result
    }

    /// The call, in the order of the table in [`shared::step`]. It goes on until something stops it, so there is a type
    /// for what stops it, and none for a result: nobody can make a value of [`Infallible`].
    async fn fourteen_steps(&mut self) -> Result<Infallible, Stop> {
        // Step 0 (A, B): getUserMedia. Once: the local stream outlives the calls that are made with it.
        if !self.has_stream {
            self.step(0, async |call| call.engine.get_user_media().await).await?;
            self.has_stream = true;
        }
        self.round.phases[0] = Some(Phase::Done);
        // Step 1 (A, B): new RTCPeerConnection
        self.step(1, async |call| call.engine.create_peer_connection(&call.options.ice_servers).await).await?;
        // Step 2 (A, B): addTrack
        self.step(2, async |call| call.engine.add_tracks().await).await?;

        match self.enter_room().await? {
            Role::A => {
                self.awaiting(3).welcome().await?;
                // Step 3 (A): createOffer. The channels first: what is not there when the offer is made is not in it.
                let offer = self.step(3, async |call| {
                    for channel in Channel::ALL {
                        call.engine.create_data_channel(channel).await?;
                    }
                    call.engine.create_offer().await
                });
                let offer = offer.await?;
                // Step 4 (A): setLocalDescription
                self.step(4, async |call| call.engine.set_local_description(&offer).await).await?;
                // Step 5 (A): send the offer
                self.round.current_offer = Some(offer.clone());
                self.step(5, async |call| call.send(Signal::Offer(offer)).await).await?;
                self.candidates_may_go().await?;

                let answer = self.awaiting(10).answer().await?;
                // Step 10 (A): setRemoteDescription
                self.step(10, async |call| call.set_remote_description(&answer).await).await?;
                self.candidates_may_come(answer).await?;
            }
            Role::B => {
                let offer = self.awaiting(6).offer().await?;
                self.answer_it(offer).await?;
            }
        }

        loop {
            // Step 11 (A, B): send own candidates: those that are there, and later each one as it appears.
            // At full speed they go already since step 5 or 9, and come since step 6 or 10 (trickle ICE, RFC 8838).
            self.step(11, async |call| call.send_candidates(true).await).await?;
            // Step 12 (A, B): addIceCandidate, likewise.
            self.step(12, async |call| call.add_candidates(true).await).await?;
            // Step 13 (A, B): connected, and the other side's stream is there.
            self.step(13, async |call| call.connected().await).await?;

            // A new offer of the same peer connection changes a call that goes on (a track more, an ICE restart).
            let offer = self.awaiting(13).offer().await?;
            self.round.phases[3..].fill(None);
            self.round.told[3..].fill(None);
            self.answer_it(offer).await?;
        }
    }

    /// The steps of B, from the offer to the answer.
    async fn answer_it(&mut self, offer: SessionDescription) -> Result<(), Stop> {
        // Step 6 (B): setRemoteDescription
        self.step(6, async |call| call.set_remote_description(&offer).await).await?;
        let to_offer = offer.session_id().map(str::to_owned);
        self.candidates_may_come(offer).await?;
        // Step 7 (B): createAnswer
        let answer = self.step(7, async |call| call.engine.create_answer().await).await?;
        // Step 8 (B): setLocalDescription
        self.step(8, async |call| call.engine.set_local_description(&answer).await).await?;
        // Step 9 (B): send the answer
        self.step(9, async |call| call.send(Signal::Answer { description: answer, to_offer }).await).await?;
        self.candidates_may_go().await?;
        Ok(())
    }

    /// One step: let what has happened meanwhile take effect, say that the step begins, do it, say what came of it.
    async fn step<T, F>(&mut self, number: u8, work: impl AsyncFnOnce(&mut Self) -> Result<T, F>) -> Result<T, Stop>
    where
        T: Clone + Into<Artefact>,
        F: Into<Stop>,
    {
        self.before_step(number).await?;
        let made = work(self).await.map_err(Into::into)?;
        self.after_step(number, made.clone().into()).await;
        Ok(made)
    }

    async fn before_step(&mut self, number: u8) -> Result<(), Stop> {
        self.catch_up().await?;
        self.step = Step::number(number);
        if self.options.step_by_step {
            self.emit(CallEvent::StepWaiting(self.step));
            self.reach(number, Phase::Waiting).await;
            while self.options.step_by_step && self.permits == 0 {
                self.wait().await?;
            }
            self.permits = self.permits.saturating_sub(1);
        }
        self.begin(number).await;
        Ok(())
    }

    async fn after_step(&mut self, number: u8, made: Artefact) {
        self.emit(CallEvent::StepDone(self.step, made));
        self.reach(number, Phase::Done).await;
    }

    /// Says that a step begins, once a negotiation: steps 11 and 12 begin with the first candidate, wherever the line is.
    async fn begin(&mut self, number: u8) {
        if self.round.phases[usize::from(number)] < Some(Phase::Started) {
            let step = Step::number(number);
            let role = self.round.role.map_or_else(|| step.who.to_string(), |role| role.to_string());
            tracing::info!("step {number} {role} {}", step.call);
            self.emit(CallEvent::StepStarted(step));
            self.reach(number, Phase::Started).await;
        }
    }

    /// A step is this far now.
    async fn reach(&mut self, number: u8, phase: Phase) {
        self.round.phases[usize::from(number)] = Some(phase);
        self.tell_steps().await;
    }

    /// Steps 6 and 10 show what they have set.
    async fn set_remote_description(&mut self, description: &SessionDescription) -> Result<SessionDescription, Stop> {
        self.engine.set_remote_description(description).await?;
        Ok(description.clone())
    }

    /// Notes which step the line waits for, so that an error meanwhile names it.
    fn awaiting(&mut self, number: u8) -> &mut Self {
        self.step = Step::number(number);
        self
    }

    fn emit(&self, event: CallEvent) {
        // An error says that nobody listens: a call may well run unwatched.
        let _ = self.events.unbounded_send(event);
    }
}
