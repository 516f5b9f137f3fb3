//! The record of the call, for somebody who helps.

use std::rc::Rc;

use super::Panel;
use crate::browser::js::now;
use crate::explain::record::{Head, RecordEvent, Recording};
use crate::page::save::save;
use crate::text::fill_in;
use crate::text::page as texts;

impl Panel {
    /// Connects the buttons: one beside the call, and one in the lobby for the call that is over.
    pub(in crate::page) fn open_saving(self: &Rc<Self>) {
        self.on("save-call", "click", |panel| panel.save_call("mask-call", "save-note"));
        self.on("save-last", "click", |panel| panel.save_call("mask-last", "save-last-note"));
    }

    /// A new stay in this room: what is recorded from now on is a record of its own.
    pub(in crate::page) fn start_record(&self, room: &str) {
        let began = js_sys::Date::new_0().to_iso_string();
        let recording = Recording::new(Head::new(String::from(began), room));
        *self.recording.borrow_mut() = Some((now() as u32, recording));
        for id in ["save-note", "save-last-note"] {
            self.dom.set_text(id, "");
        }
        self.dom.show("last-call", false);
    }

    /// Takes something down for the record.
    pub(in crate::page) fn add(&self, event: impl Into<RecordEvent>) {
        self.add_at(now() as u32, event);
    }

    /// The same, at the time that the panel shows as well.
    pub(super) fn add_at(&self, at: u32, event: impl Into<RecordEvent>) {
        if let Some((began, recording)) = &mut *self.recording.borrow_mut() {
            recording.add(at - *began, event.into());
        }
    }

    /// The stay is over: the lobby offers its record.
    pub(in crate::page) fn offer_record(&self) {
        let has_some = self.recording.borrow().as_ref().is_some_and(|(_, recording)| !recording.is_empty());
        self.dom.show("last-call", has_some);
    }

    fn save_call(&self, mask: &str, note: &str) {
        let recording = self.recording.borrow();
        let Some((_, recording)) = &*recording else { return };
        save(&self.dom, "call.jsonl", "application/jsonl", &recording.text(self.dom.is_checked(mask)));
        let said = match recording.left_out() {
            0 => String::new(),
            count => fill_in(self.dom.say(texts::EVENTS_LEFT_OUT), &[&count.to_string()]),
        };
        self.dom.set_text(note, &said);
    }
}
