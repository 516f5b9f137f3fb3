//! **The chapter.** A video call of two, as fourteen steps, written once.
//!
//! [`Call::run`](crate::call::Call::run) is the thing to read, then `fourteen_steps`, top to bottom: each step begins, makes
//! its W3C call, and is done. It knows neither browser nor network. An [`Engine`](crate::call::Engine) makes the W3C calls, a
//! [`Signaling`](crate::call::Signaling) carries the messages, and everything subtle is in between, here: who offers,
//! candidates that come too early or too late, messages of an earlier negotiation, hanging up, coming back.
//!
//! Nothing in this module spawns, sleeps or reads a clock. The browser runs it on `spawn_local`, the headless peer on
//! tokio, and the tests drive it with a fake engine in milliseconds.

/// The seam to WebRTC: one method per W3C call.
pub mod engine;
/// The seam to the signaling server.
pub mod signaling;
/// The four state machines of a peer connection.
pub mod state;
/// What goes into a running call and what comes out of it.
pub mod event;
/// Why a call failed, and at which step.
pub mod error;
/// What one side knows while the two agree on a call.
mod negotiation;
/// Candidates that must wait for a description.
mod candidates;
/// How far the steps are.
mod progress;
/// Begins and ends the steps, and reports how far they are.
mod reporting;
/// What a side waits for.
mod waiting;
/// Candidates, sent and added while the other steps are taken.
mod trickle;
/// What arrives while the steps wait.
mod inbox;
/// The signaling was lost, and how the call goes on.
mod recovery;
/// The path was lost, and how the call finds a new one.
mod restart;
/// The STUN and TURN servers of the call.
mod ice_servers;
/// Failures that are brought back on purpose.
mod lab;
#[cfg(test)]
mod tests;

use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use shared::{IceServer, Role, RoomName, Sending, SessionDescription, Signal};

pub use engine::{Channel, Configuration, Engine, EngineError, EngineEvent, MediaKind};
pub use error::{CallError, Cause};
pub use event::{Artefact, CallEvent, CallEvents, Controls, EndReason};
pub use lab::Fault;
pub use signaling::{Signaling, SignalingError, SignalingEvent};
pub use state::ConnectionState;

use event::Command;
use negotiation::Negotiation;
use progress::Progress;

/// What a call needs to know before it begins.
#[derive(Debug, Clone)]
pub struct CallOptions {
    /// Where the two meet.
    pub room: RoomName,
    /// STUN and TURN servers, beside those that the server names when it lets this side in.
    pub ice_servers: Vec<IceServer>,
    /// Only over a TURN server.
    pub relay_only: bool,
    /// Wait for [`Controls::next_step`] before each step.
    pub step_by_step: bool,
    /// When the other side leaves, stay in the room and wait for the next one.
    pub stay: bool,
    /// A failure that is wanted, in the laboratory.
    pub fault: Option<Fault>,
}

impl CallOptions {
    /// A call in this room, with the ICE servers that the server names, at full speed, and the next one after it.
    pub fn new(room: RoomName) -> Self {
        Self { room, ice_servers: Vec::new(), relay_only: false, step_by_step: false, stay: true, fault: None }
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
    /// Mute, camera and screen: what this side sends. It stays so over all calls of this run, as a mute button does.
    sending: Sending,
    /// The ICE servers that the server has named.
    ice_servers: Vec<IceServer>,
    /// The server is out of reach at the moment.
    signaling_lost: bool,
    /// Why the server will never be reached again.
    signaling_ended: Option<String>,
    /// The negotiation with the present partner.
    negotiation: Negotiation,
    /// How far its steps are.
    progress: Progress,
}

/// What ends the straight line of the steps.
#[derive(Debug)]
enum Interrupt {
    /// This side hung up.
    HungUp,
    /// The server says that the other side is gone.
    PeerLeft,
    /// The two were connected, and no path works any more.
    PathLost,
    /// The call goes on, and changes: there is another offer to answer, or to make.
    Renegotiate,
    /// The two must negotiate again: the other side started over, or the server restarted during a negotiation.
    StartOver(Box<Negotiation>),
    /// A step failed.
    Failed(Cause),
}

impl Interrupt {
    /// Negotiate again, from what is known already.
    fn start_over(negotiation: Negotiation) -> Self {
        Self::StartOver(Box::new(negotiation))
    }
}

impl From<Cause> for Interrupt {
    fn from(cause: Cause) -> Self {
        Self::Failed(cause)
    }
}

impl From<EngineError> for Interrupt {
    fn from(error: EngineError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<SignalingError> for Interrupt {
    fn from(error: SignalingError) -> Self {
        Self::Failed(error.into())
    }
}

impl<E: Engine, S: Signaling> Call<E, S> {
    /// A call that begins when [`run`](Self::run) is polled, its controls, and its events.
    pub fn new(engine: E, signaling: S, options: CallOptions) -> (Self, Controls, CallEvents) {
        let (command_sender, commands) = unbounded();
        let (events, event_receiver) = unbounded();
        let (sending, ice_servers, signaling_ended) = (Sending::default(), Vec::new(), None);
        let (negotiation, progress) = (Negotiation::default(), Progress::default());
        let call = Self {
            engine,
            signaling,
            options,
            commands,
            events,
            sending,
            ice_servers,
            signaling_lost: false,
            signaling_ended,
            negotiation,
            progress,
        };
        (call, Controls(command_sender), event_receiver)
    }

    /// Runs the call until this side hangs up, a step fails, or the other side leaves; in the last case with
    /// [`CallOptions::stay`] the next one follows.
    ///
    /// Whatever the end, the room is left and the peer connection closed.
    pub async fn run(mut self) -> Result<(), CallError> {
        let end = loop {
            let (reason, next) = match self.until_interrupted().await {
                Interrupt::HungUp => break Ok(EndReason::HungUp),
                Interrupt::Failed(source) => break Err(CallError { step: self.progress.step(), source }),
                Interrupt::PeerLeft => {
                    let during = (!self.negotiation.connected).then_some(self.progress.step());
                    let reason = EndReason::PeerLeft(during);
                    if !self.options.stay {
                        break Ok(reason);
                    }
                    // The side that stays is in the room first for the next partner.
                    (reason, Negotiation::of(Role::A))
                }
                Interrupt::PathLost if self.options.stay => {
                    // A laptop was closed, or a network has changed. Both come back to the room, and the first one there is A.
                    self.signaling.leave(&self.options.room).await;
                    (EndReason::StartedOver, Negotiation::default())
                }
                Interrupt::PathLost => {
                    break Err(CallError { step: self.progress.step(), source: Cause::ConnectionFailed });
                }
                Interrupt::StartOver(negotiation) => (EndReason::StartedOver, *negotiation),
                Interrupt::Renegotiate => unreachable!("until_interrupted takes it up"),
            };
            self.engine.close().await;
            self.emit(CallEvent::Ended(reason));
            self.negotiation = next;
            self.progress.start_over();
        };
        // First the room, then the connection: so the other side hears `bye` before it sees the path break.
        if self.negotiation.is_in_room() {
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

    /// The fourteen steps, then each change of the call, until something ends it.
    async fn until_interrupted(&mut self) -> Interrupt {
        let mut result = self.fourteen_steps().await;
        loop {
            result = match result {
                Ok(()) => self.stay_connected().await,
                Err(Interrupt::Renegotiate) => self.renegotiate().await,
                Err(interrupt) => return interrupt,
            }
        }
    }

    /// The call, in the order of the table in [`shared::step`].
    ///
    /// `begin` first lets everything take effect that has happened meanwhile: a hang-up or a `bye` comes out of it as an
    /// error, and the steps end. `done` reports the step that was begun, and what it made. What arrives in between is
    /// handled in `inbox.rs`; the methods that begin with `until` and `next` wait for it.
    async fn fourteen_steps(&mut self) -> Result<(), Interrupt> {
        // Step 0 (A, B): getUserMedia. Once: the local stream outlives the calls that are made with it.
        if !self.progress.is_done(0) {
            self.begin(0).await?;
            // The engine keeps the stream, and returns a line that says what it is.
            let devices = self.engine.get_user_media().await?;
            self.done(devices);
        }

        // Step 1 (A, B): new RTCPeerConnection
        self.begin(1).await?;
        self.engine.create_peer_connection(&self.configuration()).await?;
        self.done(());

        // Step 2 (A, B): addTrack
        self.begin(2).await?;
        self.engine.add_tracks().await?;
        self.done(());

        // The server decides: the first one in the room is A. A side that was in it before keeps its role.
        match self.enter_room().await? {
            Role::A => {
                self.progress.set_step(3);
                // The server says `welcome` when B is there.
                self.until_b_arrives().await?;
                self.offer(false).await?;
            }
            Role::B if self.in_lab(Fault::BothOffer) => self.offer(false).await?,
            Role::B => {
                self.progress.set_step(6);
                let offer = self.next_offer().await?;
                self.answer(offer).await?;
            }
        }
        self.connect().await
    }

    /// The steps of A: the offer goes out, the answer comes in. With an ICE restart the call looks for a new path.
    async fn offer(&mut self, ice_restart: bool) -> Result<(), Interrupt> {
        // Step 3 (A): createOffer. The channels first: an offer describes what is there when it is made.
        self.begin(3).await?;
        if !ice_restart {
            for channel in Channel::ALL {
                self.engine.create_data_channel(channel).await?;
            }
        }
        let offer = self.engine.create_offer(ice_restart).await?;
        self.done(offer.clone());

        // Step 4 (A): setLocalDescription
        self.begin(4).await?;
        self.engine.set_local_description(&offer).await?;
        self.done(());

        // Step 5 (A): send the offer. Noted before it leaves: the answer can be here before `send_description` returns.
        self.negotiation.current_offer = Some(offer.clone());
        self.negotiation.answer = None;
        self.begin(5).await?;
        self.send_description(Signal::Offer(offer)).await?;
        // At full speed candidates travel from here on. Step by step they wait for step 11.
        self.trickle_local_candidates().await?;
        self.until_delivered().await?;
        self.done(());

        self.progress.set_step(10);
        let answer = self.next_answer().await?;

        // Step 10 (A): setRemoteDescription
        self.begin(10).await?;
        self.engine.set_remote_description(&answer).await?;
        self.done(answer.clone());
        self.negotiation.remote_description = Some(answer);
        self.trickle_remote_candidates().await
    }

    /// The steps of B: the offer is there, the answer goes out.
    async fn answer(&mut self, offer: SessionDescription) -> Result<(), Interrupt> {
        // Step 6 (B): setRemoteDescription
        self.begin(6).await?;
        self.engine.set_remote_description(&offer).await?;
        self.done(offer.clone());
        let to_offer = offer.version().map(str::to_owned);
        self.negotiation.remote_description = Some(offer);

        // Step 7 (B): createAnswer
        self.begin(7).await?;
        let answer = self.engine.create_answer().await?;
        self.done(answer.clone());

        // Step 8 (B): setLocalDescription
        self.begin(8).await?;
        self.engine.set_local_description(&answer).await?;
        self.done(());

        // Step 9 (B): send the answer
        self.begin(9).await?;
        self.send_description(Signal::Answer { description: answer, to_offer }).await?;
        self.trickle_local_candidates().await?;
        // They are of use from here on: before, adding them would only have held up the answer.
        self.trickle_remote_candidates().await?;
        self.until_delivered().await?;
        self.done(());
        Ok(())
    }

    /// The last steps, of both sides. At full speed candidates travel since steps 5 and 9, and arrive since steps 9 and 10
    /// (trickle ICE, RFC 8838).
    async fn connect(&mut self) -> Result<(), Interrupt> {
        // Step 11 (A, B): send our candidates: those that are there, and later each one as it appears.
        self.begin(11).await?;
        self.release_local_candidates().await?;
        self.done(());

        // Step 12 (A, B): addIceCandidate: the candidates that are there, and later each one as it arrives.
        self.begin(12).await?;
        self.release_remote_candidates().await?;
        self.done(());

        // Step 13 (A, B): connected, and the other side's stream is there.
        self.begin(13).await?;
        let path = self.until_connected().await?;
        self.done(path);
        Ok(())
    }

    /// The rest of the call: chat, mute and hang-up take effect while this waits.
    async fn stay_connected(&mut self) -> Result<(), Interrupt> {
        self.progress.set_step(13);
        self.negotiation.is_changing = false;
        // What has happened during the change itself.
        self.ask_for_a_new_path().await?;
        loop {
            self.wait().await?;
        }
    }

    fn emit(&self, event: CallEvent) {
        // An error says that nobody listens: a call may well run unwatched.
        let _ = self.events.unbounded_send(event);
    }
}
