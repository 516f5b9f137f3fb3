//! The steps of both sides, and how far each one is.

use shared::{Role, STEPS, Step};

use super::Panel;
use crate::explain::record::StepState;
use crate::page::dom::{fill, set, set_text};
use crate::text::page as texts;
use crate::text::{fill_in, steps};

impl Panel {
    pub(super) fn show_steps(&self) {
        let record = self.record.borrow();
        let role = record.role();
        self.dom.each("#steps li", |item| {
            let number = item.get_attribute("data-step").and_then(|number| number.parse().ok());
            let Some(step) = number.map(Step::number) else { return };
            let mine = record.own_step(step.number);
            set(item, "data-state", name(mine));
            let text = steps::of_step(step, self.dom.language());
            // The same text is not drawn again under the eyes of who reads what a term in it means.
            if let (Ok(Some(said)), Ok(Some(place))) = (item.query_selector(".said"), item.query_selector(".text"))
                && said.text_content().as_deref() != Some(text)
            {
                let (sentence, call) = (self.dom.make("span", text), self.dom.make_api("code", step.call));
                fill(&place, [&sentence, &call]);
                fill(&said, [&self.dom.make("span", text)]);
            }
            let is_mine = role.is_none_or(|role| step.who.includes(role));
            let other = other(role);
            let is_theirs = other.is_none_or(|role| step.who.includes(role));
            let theirs = other.map_or(StepState::Waiting, |role| record.step(role, step.number));
            for (whose, takes_it, state) in [("mine", is_mine, mine), ("theirs", is_theirs, theirs)] {
                if let Ok(Some(light)) = item.query_selector(&format!("[data-whose={whose}]")) {
                    set(&light, "data-state", if takes_it { name(state) } else { "none" });
                    set_text(&light, &if takes_it { shown(state, whose == "mine") } else { String::new() });
                }
            }
        });
    }

    /// The button for the next step, and what the other side waits for.
    pub(super) fn show_held(&self) {
        let held = self.held.get();
        self.dom.show("next", held.is_some());
        if let Some(step) = held {
            self.dom.set_text("next", &fill_in(self.dom.say(texts::NEXT), &[&step.number.to_string()]));
        }
        let record = self.record.borrow();
        let waits = other(record.role())
            .and_then(|role| STEPS.iter().find(|step| matches!(record.step(role, step.number), StepState::Held)));
        let text = waits.map(|step| fill_in(self.dom.say(texts::PEER_WAITS), &[&step.number.to_string()]));
        self.dom.set_text("peer-waits", &text.unwrap_or_default());
    }
}

fn other(role: Option<Role>) -> Option<Role> {
    Some(match role? {
        Role::A => Role::B,
        Role::B => Role::A,
    })
}

fn name(state: StepState) -> &'static str {
    match state {
        StepState::Waiting => "waiting",
        StepState::Held => "held",
        StepState::Started { .. } => "started",
        StepState::Done { .. } => "done",
    }
}

/// How far it is, and how long it took. Of the other side we only hear, and later: its times would be those of the way here.
fn shown(state: StepState, with_time: bool) -> String {
    match state {
        StepState::Waiting => String::new(),
        StepState::Held => "‖".to_owned(),
        StepState::Started { .. } => "…".to_owned(),
        StepState::Done { took: Some(took), .. } if with_time => [&took.to_string(), " ms"].concat(),
        StepState::Done { .. } => "✓".to_owned(),
    }
}
