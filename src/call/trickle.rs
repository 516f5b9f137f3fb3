//! Steps 11 and 12: candidates travel while the other steps are taken (trickle ICE, RFC 8838).

use shared::Signal;
use tracing::{debug, warn};

use super::candidates::belongs_to;
use super::{Call, CallEvent, Engine, EngineError, Fault, Interrupt, Signaling};

impl<E: Engine, S: Signaling> Call<E, S> {
    /// Step 11: sends the local candidates, from now on each one as it appears.
    pub(super) async fn release_local_candidates(&mut self) -> Result<(), Interrupt> {
        self.negotiation.local_candidates.release();
        self.send_candidates().await
    }

    /// Our description has been sent, so no candidate can overtake it any more. Step by step they wait for step 11.
    pub(super) async fn trickle_local_candidates(&mut self) -> Result<(), Interrupt> {
        if self.options.step_by_step { Ok(()) } else { self.release_local_candidates().await }
    }

    /// The remote description is set, so the engine accepts the candidates that belong to it. Step by step they wait for
    /// step 12.
    pub(super) async fn trickle_remote_candidates(&mut self) -> Result<(), Interrupt> {
        if self.options.step_by_step { Ok(()) } else { self.release_remote_candidates().await }
    }

    /// Sends the local candidates that are not held.
    pub(super) async fn send_candidates(&mut self) -> Result<(), Interrupt> {
        while let Some(candidate) = self.negotiation.local_candidates.pop() {
            self.report_start(11);
            match self.signaling.send(&self.options.room, &Signal::Ice(candidate.clone())).await {
                Ok(()) => self.emit(CallEvent::LocalCandidate(candidate)),
                // One address less. If the server was lost, its return decides how the call goes on.
                Err(error) => warn!("step 11 (icecandidate event): {error}: this candidate is left out"),
            }
        }
        Ok(())
    }

    /// Step 12: adds the candidates of the other side, from now on each one as it arrives.
    pub(super) async fn release_remote_candidates(&mut self) -> Result<(), Interrupt> {
        self.negotiation.remote_candidates.release();
        self.add_candidates().await
    }

    /// Adds the candidates of the other side that are not held.
    pub(super) async fn add_candidates(&mut self) -> Result<(), Interrupt> {
        if self.in_lab(Fault::EarlyCandidates) {
            self.negotiation.remote_candidates.release();
        }
        while let Some(candidate) = self.negotiation.remote_candidates.pop() {
            self.report_start(12);
            let description = self.negotiation.remote_description.as_ref();
            if candidate.as_ref().zip(description).is_some_and(|(candidate, of)| !belongs_to(candidate, of)) {
                debug!("a candidate of an earlier negotiation: ignored");
                continue;
            }
            match self.engine.add_ice_candidate(candidate.as_ref()).await {
                Ok(()) => self.emit(CallEvent::RemoteCandidate(candidate)),
                Err(error) => self.on_candidate_refused(&error),
            }
        }
        Ok(())
    }

    /// One address that the engine cannot use does not spoil the others.
    pub(super) fn on_candidate_refused(&self, error: &EngineError) {
        warn!("step 12 (addIceCandidate): {error}: this candidate is left out");
        self.emit(CallEvent::CandidateRefused(error.to_string()));
    }
}
