//! The path was lost, and how the call finds a new one: an ICE restart (RFC 8445, section 2.4).
//!
//! A network changes, a TURN server ends, a laptop sleeps. Only the path is gone then: the tracks, the keys and the data
//! channels are still there. So both sides make new ICE credentials and look for a path again, by one more offer and answer.
//!
//! **Who offers.** Two offers at the same time (glare) would have to be resolved by taking one of them back, a rollback
//! (RFC 8829, section 4.1.10.2), and a rollback does not undo a restart in every implementation. So of our two sides only A
//! makes offers, as in the call itself, and B asks for one. A stranger that is B may offer all the same. When A has no offer
//! under way, it answers; otherwise A is the impolite side of what the W3C calls
//! [perfect negotiation](https://www.w3.org/TR/webrtc/#perfect-negotiation-example), and goes on with its own.

use shared::{Role, Signal};
use tracing::{debug, info};

use super::{Call, Engine, Interrupt, Signaling, SignalingError};

impl<E: Engine, S: Signaling> Call<E, S> {
    /// The path has failed, or will: a new one is to be looked for.
    pub(super) async fn need_a_new_path(&mut self) -> Result<(), Interrupt> {
        if self.signaling_ended.is_some() {
            // No offer will ever travel again.
            return Err(Interrupt::PathLost);
        }
        if self.negotiation.awaits_an_answer() {
            debug!("an ICE restart is under way");
            return Ok(());
        }
        self.negotiation.needs_restart = true;
        self.ask_for_a_new_path().await
    }

    /// A begins a restart, and B asks A to. While the server is out of reach both wait for it: without it no offer travels.
    pub(super) async fn ask_for_a_new_path(&mut self) -> Result<(), Interrupt> {
        let negotiation = &mut self.negotiation;
        if !negotiation.needs_restart || !negotiation.connected || self.signaling_lost {
            return Ok(());
        }
        match negotiation.role {
            // A description of the other side is being answered: the restart comes after that.
            Some(Role::A) if negotiation.is_answering => Ok(()),
            Some(Role::A) => Err(Interrupt::Renegotiate),
            _ => {
                negotiation.needs_restart = false;
                match self.signaling.send(&self.options.room, &Signal::Restart).await {
                    Ok(()) => debug!("A is asked for an ICE restart"),
                    // When the server is back, A is asked again.
                    Err(SignalingError::NotConnected) => self.negotiation.needs_restart = true,
                    Err(error) => info!("A cannot be asked for an ICE restart: {error}"),
                }
                Ok(())
            }
        }
    }

    /// The steps of a change: those of B for an offer that has arrived, those of A for a restart.
    pub(super) async fn renegotiate(&mut self) -> Result<(), Interrupt> {
        self.negotiation.is_changing = true;
        if let Some(offer) = self.negotiation.offer.take() {
            self.negotiation.take_up(&offer);
            self.progress.repeat_from(6);
            self.negotiation.is_answering = true;
            self.answer(offer).await?;
            self.negotiation.is_answering = false;
            self.ask_for_a_new_path().await?;
        } else if self.negotiation.needs_restart {
            info!("an ICE restart: the call looks for a new path");
            self.negotiation.needs_restart = false;
            self.negotiation.answer = None;
            self.negotiation.remote_description = None;
            // Candidates that are gathered from here on belong to the new offer, and theirs to the answer to it.
            self.negotiation.local_candidates = Default::default();
            self.negotiation.remote_candidates = Default::default();
            self.progress.repeat_from(3);
            self.offer(true).await?;
        }
        self.connect().await
    }
}
