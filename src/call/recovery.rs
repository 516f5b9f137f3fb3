//! The signaling was lost, and how the call goes on.

use shared::{Accepted, ErrorCode, Role, SessionDescription};

use super::negotiation::Negotiation;
use super::{Call, CallEvent, Cause, Engine, Interrupt, Signaling, SignalingError};

impl<E: Engine, S: Signaling> Call<E, S> {
    /// The server is there again and has forgotten this side. This side names the call that it is in, if that is alive. If
    /// the other side names the same one, nothing happens to the call. Otherwise both negotiate again.
    pub(super) async fn on_signaling_back(&mut self) -> Result<(), Interrupt> {
        if !self.negotiation.is_in_room() {
            // This side was not in the room yet, and enters it when it is time.
            self.signaling_lost = false;
            self.emit(CallEvent::SignalingBack);
            return Ok(());
        }
        let alive = self.negotiation.connected;
        let call = self.negotiation.current_offer.as_ref().filter(|_| alive).and_then(SessionDescription::session_id);
        let room = &self.options.room;
        match self.signaling.rejoin(room, call).await {
            Ok(Accepted { role, resumed, ice_servers }) => {
                self.signaling_lost = false;
                self.emit(CallEvent::SignalingBack);
                self.on_ice_servers(ice_servers).await;
                match role {
                    // Both are back in the call that never stopped.
                    _ if resumed => self.ask_for_a_new_path().await,
                    // This side is the first one back. The call goes on. `resumed` or `welcome` will say whether it stays so.
                    Some(Role::A) | None if alive => Ok(()),
                    // There is no call to go on with: wait for the next partner, or for the offer of the one that is there.
                    role => Err(Interrupt::start_over(Negotiation { role, ..Negotiation::default() })),
                }
            }
            // Lost again already: the next `Back` tries again. Or this was an old `Back`, and this side is in the room.
            Err(SignalingError::NotConnected) => Ok(()),
            Err(SignalingError::Refused(refusal)) if refusal.code == ErrorCode::AlreadyInRoom => {
                self.signaling_lost = false;
                Ok(())
            }
            // Media needs no server.
            Err(error) if alive => {
                self.emit(CallEvent::SignalingLost(error.to_string()));
                Ok(())
            }
            Err(source) => Err(Cause::Join { room: room.clone(), source }.into()),
        }
    }
}
