//! What a side waits for: its place in the room, the other side, a description on its way, a connection.

use shared::{ErrorCode, Role, SessionDescription, Signal};

use super::engine::CandidatePair;
use super::{Call, CallEvent, Cause, ConnectionState, Engine, Fault, Interrupt, Signaling, SignalingError};

impl<E: Engine, S: Signaling> Call<E, S> {
    /// Enters the room, unless this side is in it already. Returns the role in it.
    pub(super) async fn enter_room(&mut self) -> Result<Role, Interrupt> {
        let role = loop {
            if let Some(role) = self.negotiation.role {
                break role;
            }
            let room = &self.options.room;
            if let Some(reason) = self.signaling_ended.clone() {
                return Err(Cause::Join { room: room.clone(), source: SignalingError::NoAnswer(reason) }.into());
            }
            match self.signaling.join(room).await {
                Ok(accepted) => {
                    self.on_ice_servers(accepted.ice_servers).await;
                    break accepted.role.unwrap_or(Role::A);
                }
                // The connection was lost during the first steps. After the next news of it this side tries again.
                Err(SignalingError::NotConnected) => self.wait().await?,
                Err(source) => return Err(Cause::Join { room: room.clone(), source }.into()),
            }
        };
        self.negotiation.role = Some(role);
        self.must_have_a_relay()?;
        self.emit(CallEvent::InRoom(role));
        Ok(role)
    }

    /// Waits, as A, until B has arrived.
    pub(super) async fn until_b_arrives(&mut self) -> Result<(), Interrupt> {
        while !self.negotiation.welcome {
            self.wait().await?;
        }
        Ok(())
    }

    /// Waits for an offer. From then on the negotiation is about this one.
    pub(super) async fn next_offer(&mut self) -> Result<SessionDescription, Interrupt> {
        loop {
            if let Some(offer) = self.negotiation.offer.take() {
                self.until_overtaken().await?;
                self.negotiation.take_up(&offer);
                return Ok(offer);
            }
            self.wait().await?;
        }
    }

    /// Waits, as A, for the answer to our offer.
    pub(super) async fn next_answer(&mut self) -> Result<SessionDescription, Interrupt> {
        loop {
            if let Some(answer) = self.negotiation.answer.take() {
                self.until_overtaken().await?;
                return Ok(answer);
            }
            if self.in_lab(Fault::BothOffer)
                && let Some(offer) = self.negotiation.offer.take()
            {
                self.answer(offer).await?;
            } else {
                self.wait().await?;
            }
        }
    }

    /// Waits until the connection works and the other side's stream is there. Returns the path.
    pub(super) async fn until_connected(&mut self) -> Result<Option<CandidatePair>, Interrupt> {
        // A side that only receives promises no stream.
        let description = self.negotiation.remote_description.as_ref();
        let has_promised_a_stream = description.is_none_or(SessionDescription::promises_media);
        loop {
            let is_connected = self.negotiation.state == Some(ConnectionState::Connected);
            if is_connected && (self.negotiation.remote_track || !has_promised_a_stream) {
                break;
            }
            self.wait().await?;
        }
        Ok(self.engine.selected_candidate_pair().await)
    }

    /// Sends an offer or an answer.
    pub(super) async fn send_description(&mut self, description: Signal) -> Result<(), Interrupt> {
        (self.negotiation.is_delivered, self.negotiation.sent_in_a_call) = (false, self.negotiation.connected);
        match self.signaling.send(&self.options.room, &description).await {
            Ok(()) => Ok(()),
            Err(error) => self.on_delivered(Err(error)),
        }
    }

    /// Waits until the server has passed on our description. If the two connect instead, the description has arrived, and only
    /// the acknowledgement was lost.
    pub(super) async fn until_delivered(&mut self) -> Result<(), Interrupt> {
        while !self.negotiation.is_delivered && (self.negotiation.sent_in_a_call || !self.negotiation.connected) {
            self.handle_next_input().await?;
        }
        Ok(())
    }

    /// What has become of our description. It can be lost because the server is out of reach or has forgotten this side, or
    /// because the other side has just left. Then the news of that is on its way and decides how the call goes on.
    pub(super) fn on_delivered(&mut self, delivered: Result<(), SignalingError>) -> Result<(), Interrupt> {
        use ErrorCode::{NobodyThere, NotDelivered, NotInRoom};
        let negotiation = &mut self.negotiation;
        match delivered {
            Ok(()) => negotiation.is_delivered = true,
            // A call that is alive tries again when it hears that the other side is back.
            Err(SignalingError::NotConnected) => negotiation.needs_restart |= negotiation.sent_in_a_call,
            Err(SignalingError::Refused(refusal)) if [NobodyThere, NotDelivered, NotInRoom].contains(&refusal.code) => {
                negotiation.needs_restart |= negotiation.sent_in_a_call;
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}
