//! The signaling was lost, and how the call goes on.

use shared::{Accepted, ErrorCode, Role, SessionDescription, Signal};

use super::negotiation::Negotiation;
use super::{Call, CallEvent, Cause, Engine, Interrupt, Signaling, SignalingError};

impl<E: Engine, S: Signaling> Call<E, S> {
    /// The server is there again and has forgotten this side. This side names the call that it is in, if that is alive. If
    /// the other side names the same one, nothing happens to the call. Otherwise both negotiate again.
    pub(super) async fn on_signaling_back(&mut self) -> Result<(), Interrupt> {
        if self.negotiation.role.is_none() {
            // This side was not in the room yet, and enters it when it is time.
            self.emit(CallEvent::SignalingBack);
            return Ok(());
        }
        let alive = self.negotiation.connected;
        let call = self.negotiation.current_offer.as_ref().filter(|_| alive).and_then(SessionDescription::session_id);
        let room = &self.options.room;
        match self.signaling.rejoin(room, call).await {
            Ok(Accepted { role, resumed }) => {
                self.emit(CallEvent::SignalingBack);
                match role {
                    // Both are back in the call that never stopped.
                    _ if resumed => Ok(()),
                    // This side is the first one back. The call goes on. `resumed` or `welcome` will say whether it stays so.
                    Some(Role::A) | None if alive => Ok(()),
                    // There is no call to go on with: wait for the next partner, or for the offer of the one that is there.
                    role => Err(Interrupt::start_over(Negotiation { role, ..Negotiation::default() })),
                }
            }
            // Lost again already: the next `Back` tries again. Or this was an old `Back`, and this side is in the room.
            Err(SignalingError::NotConnected) => Ok(()),
            Err(SignalingError::Refused(refusal)) if refusal.code == ErrorCode::AlreadyInRoom => Ok(()),
            // Media needs no server.
            Err(error) if alive => {
                self.emit(CallEvent::SignalingLost(error.to_string()));
                Ok(())
            }
            Err(source) => Err(Cause::Join { room: room.clone(), source }.into()),
        }
    }

    /// Sends an offer or an answer.
    ///
    /// It can fail because the server is out of reach or has forgotten this side, or because the other side has just left.
    /// Then the news of that is on its way and decides how the call goes on, so this waits for it. If the two connect
    /// instead, the description has arrived, and only its acknowledgement was lost.
    pub(super) async fn send(&mut self, description: Signal) -> Result<(), Interrupt> {
        use ErrorCode::{NobodyThere, NotDelivered, NotInRoom};
        let connected_before = self.negotiation.connected;
        match self.signaling.send(&self.options.room, &description).await {
            Ok(()) => return Ok(()),
            Err(SignalingError::NotConnected) => {}
            Err(SignalingError::Refused(refusal)) if [NobodyThere, NotDelivered, NotInRoom].contains(&refusal.code) => {
            }
            Err(error) => return Err(error.into()),
        }
        while connected_before || !self.negotiation.connected {
            self.wait().await?;
        }
        Ok(())
    }
}
