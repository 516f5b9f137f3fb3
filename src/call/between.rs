//! What happens between two steps.
//!
//! The steps are a straight line; the world is not. While the line waits, candidates appear, the other side hangs up,
//! somebody types, the server restarts. All of that arrives in [`Call::wait`] and is dealt with in one `on_*` method for
//! each source. What ends the straight line is returned as a [`Stop`], and `?` carries it to `Call::run`.

use std::pin::pin;

use futures::{FutureExt, StreamExt, select_biased};
use shared::{Accepted, ErrorCode, FromJson, IceCandidate, Role, STEPS, Sending, SessionDescription, Signal, StepNews};
use tracing::{debug, warn};

use super::candidates::belongs_to;
use super::engine::{CandidatePair, EngineEvent};
use super::event::Command;
use super::{
    Call, CallEvent, Cause, Channel, ConnectionState, Engine, MediaKind, Round, Signaling, SignalingError,
    SignalingEvent, Stop,
};

/// One thing that happened, whichever side it came from.
enum Happening {
    Told(Option<Command>),
    Signalled(SignalingEvent),
    Engine(EngineEvent),
}

impl<E: Engine, S: Signaling> Call<E, S> {
    /// Waits for the next thing to happen and deals with it.
    pub(super) async fn wait(&mut self) -> Result<(), Stop> {
        let happening = self.next_happening().await;
        self.deal_with(happening).await
    }

    /// Deals with what has happened already, without waiting for more: so a step never begins on old news.
    pub(super) async fn catch_up(&mut self) -> Result<(), Stop> {
        while let Some(happening) = self.next_happening().now_or_never() {
            self.deal_with(happening).await?;
        }
        Ok(())
    }

    async fn next_happening(&mut self) -> Happening {
        // All three are cancel safe: the two that lose this race lose nothing.
        let mut told = pin!(self.commands.next().fuse());
        let mut signalled = pin!(self.signaling.next().fuse());
        let mut engine = pin!(self.engine.next_event().fuse());
        select_biased! {
            command = told => Happening::Told(command),
            event = signalled => Happening::Signalled(event),
            event = engine => Happening::Engine(event),
        }
    }

    async fn deal_with(&mut self, happening: Happening) -> Result<(), Stop> {
        match happening {
            Happening::Told(command) => self.on_command(command).await,
            Happening::Signalled(SignalingEvent::Signal(signal)) => self.on_signal(signal).await,
            Happening::Signalled(SignalingEvent::Lost(reason)) => {
                self.emit(CallEvent::SignallingLost(reason));
                Ok(())
            }
            Happening::Signalled(SignalingEvent::Back) => self.on_signalling_back().await,
            Happening::Signalled(SignalingEvent::Ended(reason)) => {
                self.emit(CallEvent::SignallingLost(reason.clone()));
                self.signaling_ended = Some(reason.clone());
                // A call that is connected goes on to its own end; any other waits for messages that cannot come.
                if self.round.connected { Ok(()) } else { Err(SignalingError::NoAnswer(reason).into()) }
            }
            Happening::Engine(event) => self.on_engine_event(event).await,
        }
    }

    async fn on_command(&mut self, command: Option<Command>) -> Result<(), Stop> {
        match command {
            // `None`: the last handle is gone, and with it the only way to hang up later.
            Some(Command::HangUp) | None => return Err(Stop::HungUp),
            Some(Command::NextStep) => self.permits += 1,
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
            Some(Command::SetScreen(screen)) => {
                self.sending.screen = screen;
                self.emit(CallEvent::Sending(self.sending));
                self.tell_sending().await;
            }
            Some(Command::Chat(text)) => {
                let sent = if self.round.chat_open {
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

    async fn on_signal(&mut self, signal: Signal) -> Result<(), Stop> {
        let round = &mut self.round;
        let is_a = round.role == Some(Role::A);
        match signal {
            Signal::Ice(candidate) => {
                round.remote_candidates.push(candidate);
                self.add_candidates(false).await?;
            }
            Signal::Bye => return Err(Stop::PeerLeft),
            Signal::Resumed => debug!("the other side is back in the room as well: the call goes on"),
            Signal::Step(news) => self.emit(CallEvent::PeerStep(news.number.step(), news.phase)),
            Signal::Welcome if is_a && round.current_offer.is_none() => {
                round.welcome = true;
                self.tell_steps().await;
            }
            Signal::Welcome => {
                // B has arrived while we are in a call: it is a new B, and the old one is gone without a `bye`.
                return Err(Stop::start_over(Round { role: Some(Role::A), welcome: true, ..Round::default() }));
            }
            Signal::Offer(offer) if is_a => {
                // Only B is offered to, so there is no glare (RFC 8829, section 4.1.8.2) to resolve.
                warn!("an offer of {} bytes arrived, but we are A, who makes the offers: ignored", offer.sdp.len());
            }
            Signal::Offer(offer) => self.on_offer(offer)?,
            Signal::Answer { description, to_offer } => {
                let ours = round.current_offer.as_ref().filter(|_| is_a);
                let to_ours = ours.is_some_and(|ours| to_offer.is_none() || to_offer.as_deref() == ours.session_id());
                if to_ours && round.remote_description.is_none() && round.answer.is_none() {
                    round.answer = Some(description);
                } else {
                    debug!("an answer arrived twice, or to an earlier offer: ignored");
                }
            }
        }
        Ok(())
    }

    fn on_offer(&mut self, offer: SessionDescription) -> Result<(), Stop> {
        let round = &mut self.round;
        if round.offer.as_ref().or(round.current_offer.as_ref()) == Some(&offer) {
            debug!("the offer arrived twice: ignored");
            return Ok(());
        }
        match &round.current_offer {
            // Another session id: the other side made a new peer connection, and only a new one of ours fits it.
            Some(current) if current.session_id() != offer.session_id() => {
                return Err(Stop::start_over(Round { role: Some(Role::B), offer: Some(offer), ..Round::default() }));
            }
            // A change of the call. The candidates that follow belong to it and wait until it is set.
            Some(_) => round.remote_candidates.close(),
            // An offer that was not taken up is overtaken by this one, and so are the candidates that came with it.
            None if round.offer.is_some() => round.remote_candidates = Default::default(),
            None => {}
        }
        round.offer = Some(offer);
        Ok(())
    }

    async fn on_engine_event(&mut self, event: EngineEvent) -> Result<(), Stop> {
        let round = &mut self.round;
        match event {
            EngineEvent::IceCandidate(candidate) => {
                round.local_candidates.push(candidate);
                self.send_candidates(false).await?;
            }
            EngineEvent::SignalingState(state) => self.emit(CallEvent::SignalingState(state)),
            EngineEvent::IceGatheringState(state) => self.emit(CallEvent::IceGatheringState(state)),
            EngineEvent::IceConnectionState(state) => self.emit(CallEvent::IceConnectionState(state)),
            EngineEvent::ConnectionState(state) => {
                round.connected |= state == ConnectionState::Connected;
                self.emit(CallEvent::ConnectionState(state));
                if state == ConnectionState::Failed {
                    // A path that has worked is worth another try. One that never did is not.
                    return Err(if self.round.connected { Stop::PathLost } else { Cause::ConnectionFailed.into() });
                }
            }
            EngineEvent::Track(kind) => {
                round.remote_track = true;
                self.emit(CallEvent::RemoteTrack(kind));
            }
            EngineEvent::ChannelOpen(Channel::Chat) => {
                round.chat_open = true;
                self.emit(CallEvent::ChatOpen);
            }
            EngineEvent::ChannelOpen(Channel::Sending) => {
                round.sending_open = true;
                self.tell_sending().await;
            }
            EngineEvent::ChannelText(Channel::Chat, text) => self.emit(CallEvent::ChatReceived(text)),
            EngineEvent::ChannelText(Channel::Sending, text) => match Sending::from_json_text(&text) {
                Ok(sending) => self.emit(CallEvent::PeerSending(sending)),
                Err(error) => warn!("what the other side says of its tracks cannot be read: {error}"),
            },
            EngineEvent::ChannelClosed(Channel::Chat) => round.chat_open = false,
            EngineEvent::ChannelClosed(Channel::Sending) => round.sending_open = false,
        }
        Ok(())
    }

    /// The server is there again and has forgotten us. Says which call we are in, if it is alive: when the other side
    /// says the same, nothing happens to the call; otherwise both begin anew.
    async fn on_signalling_back(&mut self) -> Result<(), Stop> {
        if self.round.role.is_none() {
            // We were not in the room yet, and will enter it when it is time.
            self.emit(CallEvent::SignallingBack);
            return Ok(());
        }
        let alive = self.round.connected;
        let call = self.round.current_offer.as_ref().filter(|_| alive).and_then(SessionDescription::session_id);
        let room = &self.options.room;
        match self.signaling.rejoin(room, call).await {
            Ok(Accepted { role, resumed }) => {
                self.emit(CallEvent::SignallingBack);
                match role {
                    // Both are back in the call that never stopped.
                    _ if resumed => Ok(()),
                    // We are the first one back. The call goes on: `resumed` or `welcome` will tell whether for good.
                    Some(Role::A) | None if alive => Ok(()),
                    // There is no call to go on with: wait for whoever comes, or for the offer of the one who is there.
                    role => Err(Stop::start_over(Round { role, ..Round::default() })),
                }
            }
            // Lost again already: the next `Back` tries again. Or this was an old `Back`, and we are in.
            Err(SignalingError::NotConnected) => Ok(()),
            Err(SignalingError::Refused(refusal)) if refusal.code == ErrorCode::AlreadyInRoom => Ok(()),
            // Media needs no server.
            Err(error) if alive => {
                self.emit(CallEvent::SignallingLost(error.to_string()));
                Ok(())
            }
            Err(source) => Err(Cause::Join { room: room.clone(), source }.into()),
        }
    }

    /// The role in the room: known from the round before, or what the server says to our join.
    pub(super) async fn enter_room(&mut self) -> Result<Role, Stop> {
        let role = loop {
            if let Some(role) = self.round.role {
                break role;
            }
            let room = &self.options.room;
            if let Some(reason) = self.signaling_ended.clone() {
                return Err(Cause::Join { room: room.clone(), source: SignalingError::NoAnswer(reason) }.into());
            }
            match self.signaling.join(room).await {
                Ok(accepted) => break accepted.role.unwrap_or(Role::A),
                // The connection was lost while we took the first steps. Whatever comes next, try again then.
                Err(SignalingError::NotConnected) => self.wait().await?,
                Err(source) => return Err(Cause::Join { room: room.clone(), source }.into()),
            }
        };
        self.round.role = Some(role);
        self.emit(CallEvent::InRoom(role));
        self.tell_steps().await;
        Ok(role)
    }

    /// Waits, as A, until B has arrived.
    pub(super) async fn welcome(&mut self) -> Result<(), Stop> {
        while !self.round.welcome {
            self.wait().await?;
        }
        Ok(())
    }

    /// Waits, as B, for an offer, and makes it the one that the negotiation is about.
    pub(super) async fn offer(&mut self) -> Result<SessionDescription, Stop> {
        loop {
            if let Some(offer) = self.round.offer.take() {
                // What we gather from here on belongs to our answer.
                self.round.local_candidates.close();
                self.round.current_offer = Some(offer.clone());
                return Ok(offer);
            }
            self.wait().await?;
        }
    }

    /// Waits, as A, for the answer to our offer.
    pub(super) async fn answer(&mut self) -> Result<SessionDescription, Stop> {
        loop {
            if let Some(answer) = self.round.answer.take() {
                return Ok(answer);
            }
            self.wait().await?;
        }
    }

    /// Waits until the connection works and the other side's stream is there. Returns the path.
    pub(super) async fn connected(&mut self) -> Result<Option<CandidatePair>, Stop> {
        // Somebody who only receives promises no stream, and then none is waited for.
        let promised = self.round.remote_description.as_ref().is_none_or(SessionDescription::promises_media);
        while !(self.round.connected && (self.round.remote_track || !promised)) {
            self.wait().await?;
        }
        Ok(self.engine.selected_candidate_pair().await)
    }

    /// Sends a description. When the server is out of reach, or has forgotten us, or the other side has just left, then
    /// the news of that is on its way and says what to do next: this waits for it.
    pub(super) async fn send(&mut self, signal: Signal) -> Result<(), Stop> {
        use ErrorCode::{NobodyThere, NotDelivered, NotInRoom};
        match self.signaling.send(&self.options.room, &signal).await {
            Ok(()) => return Ok(()),
            Err(SignalingError::NotConnected) => {}
            Err(SignalingError::Refused(refusal)) if [NobodyThere, NotDelivered, NotInRoom].contains(&refusal.code) => {
            }
            Err(error) => return Err(error.into()),
        }
        loop {
            self.wait().await?;
        }
    }

    /// Our description has been sent, so own candidates cannot overtake it any more. Step by step they still wait for a
    /// step of their own.
    pub(super) async fn candidates_may_go(&mut self) -> Result<(), Stop> {
        if self.options.step_by_step { Ok(()) } else { self.send_candidates(true).await }
    }

    /// The remote description is set, so the engine accepts candidates that belong to it. Step by step, likewise.
    pub(super) async fn candidates_may_come(&mut self, description: SessionDescription) -> Result<(), Stop> {
        self.round.remote_description = Some(description);
        if self.options.step_by_step { Ok(()) } else { self.add_candidates(true).await }
    }

    /// Step 11: sends the own candidates that wait, when they may go or when it is time (`now`).
    pub(super) async fn send_candidates(&mut self, now: bool) -> Result<(), Stop> {
        if now {
            self.round.local_candidates.open();
        }
        while let Some(candidate) = self.round.local_candidates.pop() {
            self.begin(11).await;
            match self.signaling.send(&self.options.room, &Signal::Ice(candidate.clone())).await {
                Ok(()) => self.emit(CallEvent::LocalCandidate(candidate)),
                // One address less. If it was the server that was lost, its return decides how to go on.
                Err(error) => warn!("step 11 (icecandidate event): {error}: this candidate is left out"),
            }
        }
        Ok(())
    }

    /// Step 12: adds the candidates of the other side that wait, when they may come or when it is time (`now`).
    pub(super) async fn add_candidates(&mut self, now: bool) -> Result<(), Stop> {
        if now {
            self.round.remote_candidates.open();
        }
        while let Some(candidate) = self.round.remote_candidates.pop() {
            self.begin(12).await;
            if self.is_of_an_earlier_negotiation(candidate.as_ref()) {
                debug!("a candidate of an earlier negotiation: ignored");
                continue;
            }
            match self.engine.add_ice_candidate(candidate.as_ref()).await {
                Ok(()) => self.emit(CallEvent::RemoteCandidate(candidate)),
                // One address that the engine cannot use does not spoil the others.
                Err(error) => warn!("step 12 (addIceCandidate): {error}: this candidate is left out"),
            }
        }
        Ok(())
    }

    /// Tells the other side how far we are, if it is there and has not heard it yet. It is only looked at: when it does
    /// not get through, nothing is lost but a light.
    pub(super) async fn tell_steps(&mut self) {
        let round = &mut self.round;
        // B never enters a room without A; A hears of B by its welcome, or remembers it from the offer that it made.
        let somebody_is_there = match round.role {
            Some(Role::A) => round.welcome || round.current_offer.is_some(),
            role => role.is_some(),
        };
        if !somebody_is_there {
            return;
        }
        for (step, (phase, told)) in STEPS.iter().zip(round.phases.iter().zip(&mut round.told)) {
            if let (Some(phase), true) = (*phase, phase != told) {
                *told = Some(phase);
                let news = Signal::Step(StepNews { number: step.into(), phase });
                if let Err(error) = self.signaling.send(&self.options.room, &news).await {
                    debug!("{step}: the other side is not told: {error}");
                }
            }
        }
    }

    /// Tells the other side what we send.
    async fn tell_sending(&mut self) {
        if !self.round.sending_open {
            return;
        }
        let sent = match serde_json::to_string(&self.sending) {
            Ok(text) => self.engine.send_text(Channel::Sending, &text).await.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        if let Err(error) = sent {
            warn!("the other side is not told what we send: {error}");
        }
    }

    fn is_of_an_earlier_negotiation(&self, candidate: Option<&IceCandidate>) -> bool {
        let description = self.round.remote_description.as_ref();
        candidate.zip(description).is_some_and(|(candidate, description)| !belongs_to(candidate, description))
    }
}
