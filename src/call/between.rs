//! What happens between two steps.
//!
//! The steps are a straight line; the world is not. While the line waits, candidates appear, the other side hangs up,
//! somebody types, the server restarts. All of that arrives in [`Call::wait`] and is dealt with in one `on_*` method for
//! each source. What ends the straight line is returned as a [`Stop`], and `?` carries it to `Call::run`.

use std::pin::pin;

use futures::{FutureExt, StreamExt, select_biased};
use shared::{Accepted, ErrorCode, IceCandidate, Role, SessionDescription, Signal};
use tracing::{debug, warn};

use super::candidates::belongs_to;
use super::engine::{CandidatePair, EngineEvent};
use super::event::Command;
use super::{Call, CallEvent, Cause, ConnectionState, Engine, Signaling, SignalingError, SignalingEvent, Stop};

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
            Happening::Engine(event) => self.on_engine_event(event).await,
        }
    }

    async fn on_command(&mut self, command: Option<Command>) -> Result<(), Stop> {
        match command {
            // `None`: the last handle is gone, and with it the only way to hang up later.
            Some(Command::HangUp) | None => return Err(Stop::HungUp),
            Some(Command::NextStep) => self.permits += 1,
            Some(Command::SetTrackEnabled(kind, enabled)) => {
                self.engine.set_track_enabled(kind, enabled);
                self.emit(CallEvent::TrackEnabled(kind, enabled));
            }
            Some(Command::Chat(text)) => {
                let sent = if self.round.channel_open {
                    self.engine.send_text(&text).await.map_err(|error| error.to_string())
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
        match signal {
            Signal::Ice(candidate) => {
                round.remote_candidates.push(candidate);
                self.add_candidates(false).await?;
            }
            Signal::Bye => return Err(Stop::PeerLeft),
            Signal::Resumed => debug!("the other side is back in the room as well: the call goes on"),
            Signal::Welcome if round.role == Some(Role::A) && round.offer_id.is_none() => round.inbox = Some(signal),
            // B has arrived while we are in a call: it is a new B, and the old one is gone without a `bye`.
            Signal::Welcome => return Err(Stop::StartOver(Role::A, Some(signal))),
            Signal::Offer(_) if round.role != Some(Role::B) => {
                // Only B is offered to, so there is no glare (RFC 8829, section 4.1.8.2) to resolve.
                warn!("an offer arrived, but we are A, who makes the offers: ignored");
            }
            Signal::Offer(offer) => self.on_offer(offer)?,
            Signal::Answer { description, to_offer } => {
                let ours = to_offer.is_none() || to_offer == round.offer_id;
                let waited_for = round.role == Some(Role::A) && round.offer_id.is_some();
                if ours && waited_for && round.remote_description.is_none() && round.inbox.is_none() {
                    round.inbox = Some(Signal::Answer { description, to_offer });
                } else {
                    debug!("an answer arrived twice, or to an earlier offer: ignored");
                }
            }
        }
        Ok(())
    }

    fn on_offer(&mut self, offer: SessionDescription) -> Result<(), Stop> {
        let round = &mut self.round;
        match &round.remote_description {
            Some(present) if *present == offer => debug!("the offer arrived twice: ignored"),
            // Another session id: the other side made a new peer connection, and only a new one of ours fits it.
            Some(present) if present.session_id() != offer.session_id() => {
                return Err(Stop::StartOver(Role::B, Some(Signal::Offer(offer))));
            }
            _ => {
                // An offer that still waits is overtaken by this one, and so are the candidates that came with it.
                if round.remote_description.is_none() && round.inbox.is_some() {
                    round.remote_candidates = Default::default();
                }
                round.inbox = Some(Signal::Offer(offer));
            }
        }
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
                    return Err(Cause::ConnectionFailed.into());
                }
            }
            EngineEvent::Track(kind) => {
                round.remote_track = true;
                self.emit(CallEvent::RemoteTrack(kind));
            }
            EngineEvent::ChannelOpen => {
                round.channel_open = true;
                self.emit(CallEvent::ChatOpen);
            }
            EngineEvent::ChannelText(text) => self.emit(CallEvent::ChatReceived(text)),
            EngineEvent::ChannelClosed => round.channel_open = false,
        }
        Ok(())
    }

    /// The server is there again and has forgotten us. Says which call we are in, if it is alive: when the other side
    /// says the same, nothing happens to the call; otherwise both begin anew.
    async fn on_signalling_back(&mut self) -> Result<(), Stop> {
        let alive = self.round.connected;
        let call = self.round.offer_id.as_deref().filter(|_| alive);
        match self.signaling.rejoin(&self.options.room, call).await {
            Ok(Accepted { role, resumed }) => {
                self.emit(CallEvent::SignallingBack);
                let role = role.unwrap_or(Role::A);
                // Either both are back in the call, or we are the first: then `resumed` or `welcome` will tell.
                let goes_on = resumed || (alive && role == Role::A);
                if goes_on { Ok(()) } else { Err(Stop::StartOver(role, None)) }
            }
            // Lost again already: the next `Back` tries again.
            Err(SignalingError::NotConnected) => Ok(()),
            Err(source) => Err(Cause::Join { room: self.options.room.clone(), source }.into()),
        }
    }

    /// The role in the room: known from the round before, or what the server says to our join.
    pub(super) async fn enter_room(&mut self) -> Result<Role, Stop> {
        let role = match self.round.role {
            Some(role) => role,
            None => {
                let room = &self.options.room;
                let joined = self.signaling.join(room).await;
                let accepted = joined.map_err(|source| Cause::Join { room: room.clone(), source })?;
                accepted.role.unwrap_or(Role::A)
            }
        };
        self.round.role = Some(role);
        self.emit(CallEvent::InRoom(role));
        Ok(role)
    }

    /// Waits, as A, until B has arrived.
    pub(super) async fn welcome(&mut self) -> Result<(), Stop> {
        while self.round.inbox.take_if(|signal| matches!(signal, Signal::Welcome)).is_none() {
            self.wait().await?;
        }
        Ok(())
    }

    /// Waits, as B, for an offer.
    pub(super) async fn offer(&mut self) -> Result<SessionDescription, Stop> {
        loop {
            match self.round.inbox.take() {
                Some(Signal::Offer(offer)) => return Ok(offer),
                _ => self.wait().await?,
            }
        }
    }

    /// Waits, as A, for the answer to our offer.
    pub(super) async fn answer(&mut self) -> Result<SessionDescription, Stop> {
        loop {
            match self.round.inbox.take() {
                Some(Signal::Answer { description, .. }) => return Ok(description),
                _ => self.wait().await?,
            }
        }
    }

    /// Waits until the connection works and the other side's stream is there. Returns the path.
    pub(super) async fn connected(&mut self) -> Result<Option<CandidatePair>, Stop> {
        while !(self.round.connected && self.round.remote_track) {
            self.wait().await?;
        }
        Ok(self.engine.selected_candidate_pair().await)
    }

    /// Sends a description. When the server is out of reach, or the other side has just left, the news of what to do
    /// next is on its way: this waits for it.
    pub(super) async fn send(&mut self, signal: Signal) -> Result<(), Stop> {
        match self.signaling.send(&self.options.room, &signal).await {
            Err(SignalingError::NotConnected) => self.wait_for_news().await,
            Err(SignalingError::Refused(refusal)) if refusal.code == ErrorCode::NobodyThere => {
                self.wait_for_news().await
            }
            sent => Ok(sent?),
        }
    }

    async fn wait_for_news(&mut self) -> Result<(), Stop> {
        loop {
            self.wait().await?;
        }
    }

    /// Our description has been sent, so own candidates cannot overtake it any more.
    pub(super) fn candidates_may_go(&mut self) {
        if !self.options.step_by_step {
            self.round.local_candidates.open();
        }
    }

    /// The remote description is set, so the engine accepts candidates that belong to it.
    pub(super) fn candidates_may_come(&mut self, description: SessionDescription) {
        self.round.remote_description = Some(description);
        if !self.options.step_by_step {
            self.round.remote_candidates.open();
        }
    }

    /// Step 11: sends the own candidates that wait, when they may go or when it is time (`now`).
    pub(super) async fn send_candidates(&mut self, now: bool) -> Result<(), Stop> {
        if now {
            self.round.local_candidates.open();
        }
        while let Some(candidate) = self.round.local_candidates.pop() {
            self.begin(11);
            match self.signaling.send(&self.options.room, &Signal::Ice(candidate.clone())).await {
                Ok(()) => self.emit(CallEvent::LocalCandidate(candidate)),
                // Either the call is connected and does not need it, or the server's return starts a new negotiation.
                Err(SignalingError::NotConnected) => debug!("no server to send a candidate to: dropped"),
                Err(error) => return Err(error.into()),
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
            self.begin(12);
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

    fn is_of_an_earlier_negotiation(&self, candidate: Option<&IceCandidate>) -> bool {
        let description = self.round.remote_description.as_ref();
        candidate.zip(description).is_some_and(|(candidate, description)| !belongs_to(candidate, description))
    }
}
