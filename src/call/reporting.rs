//! Begins and ends the steps, and reports how far they are.
//!
//! The call works without these reports. Only in step-by-step mode does a step wait here, until somebody lets it go.

use shared::{Phase, Role, Signal, Step};
use tracing::{debug, info};

use super::{Artefact, Call, CallEvent, Engine, Interrupt, Signaling};

impl<E: Engine, S: Signaling> Call<E, S> {
    /// Begins a step. Everything that has happened meanwhile takes effect first. In step-by-step mode the step waits until
    /// somebody lets it go.
    pub(super) async fn begin(&mut self, number: u8) -> Result<(), Interrupt> {
        self.handle_all_inputs().await?;
        self.progress.set_step(number);
        // A call that has lost its path cannot wait for a click.
        if self.options.step_by_step && !self.negotiation.is_changing {
            self.emit(CallEvent::StepWaiting(self.progress.step()));
            self.progress.reach(number, Phase::Waiting);
            while self.options.step_by_step && !self.progress.has_permit() {
                self.wait().await?;
            }
            self.progress.use_permit();
        }
        self.report_start(number);
        Ok(())
    }

    /// Reports that the step under way is done, and what it made.
    pub(super) fn done(&mut self, made: impl Into<Artefact>) {
        self.emit(CallEvent::StepDone(self.progress.step(), made.into()));
        self.progress.reach(self.progress.step().number, Phase::Done);
    }

    /// Reports that a step has started, at most once per negotiation. Steps 11 and 12 start with the first candidate, even
    /// while an earlier step is still under way.
    pub(super) fn report_start(&mut self, number: u8) {
        if !self.progress.has_started(number) {
            let step = Step::number(number);
            let role = self.negotiation.role.map_or_else(|| step.who.to_string(), |role| role.to_string());
            info!("step {number} {role} {}", step.call);
            self.emit(CallEvent::StepStarted(step));
            self.progress.reach(number, Phase::Started);
        }
    }

    /// Tells the other side how far this side is. It is told when this side waits, and not before: what the other side waits
    /// for leaves first. The other side only shows it, so an error is no failure of the call.
    pub(super) async fn tell_steps(&mut self) {
        // B never enters a room without A. A knows of B by its `welcome`, or by the offer that A has made.
        let somebody_is_there = match self.negotiation.role {
            Some(Role::A) => self.negotiation.welcome || self.negotiation.current_offer.is_some(),
            _ => self.negotiation.is_in_room(),
        };
        if !somebody_is_there {
            return;
        }
        for news in self.progress.news() {
            if let Err(error) = self.signaling.send(&self.options.room, &Signal::Step(news)).await {
                debug!("{}: the other side is not told: {error}", news.number.step());
            }
        }
    }
}
