//! What arrives while the steps wait.
//!
//! The steps are a straight line, and much happens beside it: candidates appear, the other side hangs up, somebody types,
//! the server restarts. All of that arrives in [`Call::wait`], and each source has one `on_*` method. What ends the straight
//! line is returned as an [`Interrupt`], and `?` carries it to [`Call::run`].

use std::pin::pin;

use futures::{FutureExt, StreamExt, select_biased};
use shared::{Role, Sending, SessionDescription, Signal, json};
use tracing::{debug, warn};

use super::engine::EngineEvent;
use super::event::Command;
use super::negotiation::Negotiation;
use super::{
    Call, CallEvent, Cause, Channel, ConnectionState, Engine, Fault, Interrupt, MediaKind, Signaling, SignalingError,
    SignalingEvent,
};

/// One thing that has happened, by its source.
enum Input {
    /// A person, or the program that runs the call. `None`: the last [`Controls`](super::Controls) is gone.
    Command(Option<Command>),
    Signaling(SignalingEvent),
    Engine(EngineEvent),
}

impl<E: Engine, S: Signaling> Call<E, S> {
    /// Waits for the next input, and handles it.
    pub(super) async fn wait(&mut self) -> Result<(), Interrupt> {
        self.tell_steps().await;
        self.handle_next_input().await
    }

    /// The same for a moment that is too short for news.
    pub(super) async fn handle_next_input(&mut self) -> Result<(), Interrupt> {
        let input = self.next_input().await;
        self.handle(input).await
    }

    /// Handles every input that is there already, without waiting for more. So no step begins on old news.
    pub(super) async fn handle_all_inputs(&mut self) -> Result<(), Interrupt> {
        while let Some(input) = self.next_input().now_or_never() {
            self.handle(input).await?;
        }
        Ok(())
    }

    async fn next_input(&mut self) -> Input {
        // All three are cancel safe: the two that lose this race lose nothing.
        let mut told = pin!(self.commands.next().fuse());
        let mut signaled = pin!(self.signaling.next().fuse());
        let mut engine = pin!(self.engine.next_event().fuse());
        select_biased! {
            command = told => Input::Command(command),
            event = signaled => Input::Signaling(event),
            event = engine => Input::Engine(event),
        }
    }

    async fn handle(&mut self, input: Input) -> Result<(), Interrupt> {
        match input {
            Input::Command(command) => self.on_command(command).await,
            Input::Signaling(SignalingEvent::Signal(signal)) => self.on_signal(signal).await,
            Input::Signaling(SignalingEvent::Delivered(delivered)) => self.on_delivered(delivered),
            Input::Signaling(SignalingEvent::Lost(reason)) => {
                self.signaling_lost = true;
                // What was under way may be lost, and is done again.
                self.negotiation.needs_restart |= self.negotiation.is_changing;
                self.emit(CallEvent::SignalingLost(reason));
                Ok(())
            }
            Input::Signaling(SignalingEvent::Back) => self.on_signaling_back().await,
            Input::Signaling(SignalingEvent::Ended(reason)) => {
                self.emit(CallEvent::SignalingLost(reason.clone()));
                self.signaling_ended = Some(reason.clone());
                // A connected call goes on to its own end. Any other one would wait for messages that cannot come.
                if self.negotiation.connected { Ok(()) } else { Err(SignalingError::NoAnswer(reason).into()) }
            }
            Input::Engine(event) => self.on_engine_event(event).await,
        }
    }

    async fn on_command(&mut self, command: Option<Command>) -> Result<(), Interrupt> {
        match command {
            // With the last handle the only way to hang up later is gone.
            Some(Command::HangUp) | None => return Err(Interrupt::HungUp),
            Some(Command::NextStep) => self.progress.permit_one_step(),
            Some(Command::StepByStep(step_by_step)) => self.options.step_by_step = step_by_step,
            Some(Command::SetTrackEnabled(kind, enabled)) => {
                self.engine.set_track_enabled(kind, enabled);
                match kind {
                    MediaKind::Audio => self.sending.audio = enabled,
                    MediaKind::Video => self.sending.video = enabled,
                }
                self.emit(CallEvent::Sending(self.sending));
                self.tell_sending().await;
            }
            Some(Command::AnnounceScreen(screen)) => {
                self.sending.screen = screen;
                self.emit(CallEvent::Sending(self.sending));
                self.tell_sending().await;
            }
            Some(Command::Chat(text)) => {
                let sent = if self.negotiation.chat_open {
                    self.engine.send_text(Channel::Chat, &text).await.map_err(|error| error.to_string())
                } else {
                    Err("nobody is connected yet: wait for the chat to open".to_owned())
                };
                self.emit(match sent {
                    Ok(()) => CallEvent::ChatSent(text),
                    Err(reason) => CallEvent::ChatNotSent(text, reason),
                });
            }
        }
        Ok(())
    }

    async fn on_signal(&mut self, signal: Signal) -> Result<(), Interrupt> {
        let (negotiation, fault) = (&mut self.negotiation, self.options.fault);
        let is_a = negotiation.role == Some(Role::A);
        match signal {
            Signal::Ice(candidate) => {
                negotiation.remote_candidates.push(candidate);
                self.add_candidates().await?;
            }
            Signal::Bye => return Err(Interrupt::PeerLeft),
            Signal::Resumed => {
                debug!("the other side is back in the room as well: the call goes on");
                // What it was sent meanwhile may be lost.
                self.negotiation.needs_restart |= self.negotiation.is_changing;
                self.ask_for_a_new_path().await?;
            }
            Signal::IceServers(ice_servers) => self.on_ice_servers(ice_servers).await,
            Signal::Restart if is_a => self.need_a_new_path().await?,
            Signal::Restart => warn!("an ICE restart was asked for, but we are B: A makes the offers"),
            Signal::Step(news) => self.emit(CallEvent::PeerStep(news.number.step(), news.phase)),
            Signal::Welcome if is_a && negotiation.current_offer.is_none() => {
                negotiation.welcome = true;
            }
            Signal::Welcome => {
                // B arrives during a call: this is a new B, and the old one is gone without a `bye`.
                return Err(Interrupt::start_over(Negotiation { welcome: true, ..Negotiation::of(Role::A) }));
            }
            Signal::Offer(offer) if fault == Some(Fault::BothOffer) => negotiation.offer = Some(offer),
            // Glare: see `restart.rs`.
            Signal::Offer(offer) if is_a && !negotiation.may_be_changed_by(&offer) => {
                warn!("an offer of {} bytes arrived, but we are A, who makes the offers: ignored", offer.sdp.len());
            }
            Signal::Offer(offer) => self.on_offer(offer)?,
            Signal::Answer { description, to_offer } => {
                if fault == Some(Fault::AnswerTwice) {
                    self.engine.set_remote_description(&description).await?;
                }
                let is_taken_unseen = matches!(fault, Some(Fault::StaleAnswer | Fault::BothOffer));
                let is_ours = negotiation.is_ours(to_offer.as_deref());
                if is_taken_unseen
                    || is_ours && negotiation.remote_description.is_none() && negotiation.answer.is_none()
                {
                    negotiation.answer = Some(description);
                } else {
                    debug!("an answer arrived twice, or to an earlier offer: ignored");
                }
            }
        }
        Ok(())
    }

    fn on_offer(&mut self, offer: SessionDescription) -> Result<(), Interrupt> {
        let negotiation = &mut self.negotiation;
        if negotiation.offer.as_ref().or(negotiation.current_offer.as_ref()) == Some(&offer) {
            debug!("the offer arrived twice: ignored");
            return Ok(());
        }
        match &negotiation.current_offer {
            Some(_) if negotiation.role == Some(Role::A) => negotiation.remote_candidates.hold(),
            // Another session id: the other side made a new peer connection, and only a new one of ours fits it.
            Some(current) if current.session_id() != offer.session_id() => {
                return Err(Interrupt::start_over(Negotiation { offer: Some(offer), ..Negotiation::of(Role::B) }));
            }
            // A change of the call. The candidates that follow belong to it and wait until it is set.
            Some(_) => negotiation.remote_candidates.hold(),
            // This offer replaces one that is not answered yet. The candidates that came with that one are of no use any more.
            None if negotiation.offer.is_some() => negotiation.remote_candidates = Default::default(),
            None => {}
        }
        negotiation.offer = Some(offer);
        // One that comes before the two are connected is taken up in the order of the steps.
        if negotiation.connected { Err(Interrupt::Renegotiate) } else { Ok(()) }
    }

    async fn on_engine_event(&mut self, event: EngineEvent) -> Result<(), Interrupt> {
        let negotiation = &mut self.negotiation;
        match event {
            EngineEvent::IceCandidate(candidate) => {
                negotiation.local_candidates.push(candidate);
                self.send_candidates().await?;
            }
            EngineEvent::CandidateRefused(error) => self.on_candidate_refused(&error),
            EngineEvent::SignalingState(state) => self.emit(CallEvent::SignalingState(state)),
            EngineEvent::IceGatheringState(state) => self.emit(CallEvent::IceGatheringState(state)),
            EngineEvent::IceConnectionState(state) => self.emit(CallEvent::IceConnectionState(state)),
            EngineEvent::ConnectionState(state) => {
                negotiation.connected |= state == ConnectionState::Connected;
                negotiation.state = Some(state);
                self.emit(CallEvent::ConnectionState(state));
                if state == ConnectionState::Failed {
                    // A path that has worked is worth another try. A path that never worked is not.
                    if !self.negotiation.connected {
                        return Err(Cause::ConnectionFailed.into());
                    }
                    self.need_a_new_path().await?;
                }
            }
            EngineEvent::NetworkChanged => {
                // The server is told over the new network as well: a connection over the old one would be silent for long.
                self.signaling.reconnect();
                self.signaling_lost = true;
                self.negotiation.needs_restart = self.negotiation.connected;
            }
            EngineEvent::PathLost => return Err(Interrupt::PathLost),
            EngineEvent::Track(kind) => {
                negotiation.remote_track = true;
                self.emit(CallEvent::RemoteTrack(kind));
            }
            EngineEvent::ChannelOpen(Channel::Chat) => {
                negotiation.chat_open = true;
                self.emit(CallEvent::ChatOpen);
            }
            EngineEvent::ChannelOpen(Channel::Sending) => {
                negotiation.sending_open = true;
                self.tell_sending().await;
            }
            EngineEvent::ChannelText(Channel::Chat, text) => self.emit(CallEvent::ChatReceived(text)),
            EngineEvent::ChannelText(Channel::Sending, text) => match json::object_in::<Sending>(&text) {
                Ok(sending) => self.emit(CallEvent::PeerSending(sending)),
                Err(error) => warn!("what the other side says of its tracks cannot be read: {error}"),
            },
            EngineEvent::ChannelClosed(Channel::Chat) => negotiation.chat_open = false,
            EngineEvent::ChannelClosed(Channel::Sending) => negotiation.sending_open = false,
        }
        Ok(())
    }

    /// Tells the other side what this side sends at the moment.
    async fn tell_sending(&mut self) {
        if !self.negotiation.sending_open {
            return;
        }
        let sent = match serde_json::to_string(&self.sending) {
            Ok(text) => self.engine.send_text(Channel::Sending, &text).await.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        if let Err(error) = sent {
            // An ordinary moment: the other side hangs up, and the news of that are on their way.
            debug!("the other side is not told what we send: {error}");
        }
    }
}
