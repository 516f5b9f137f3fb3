//! The step panel: every step of both sides, and what they made, live.
//!
//! What has happened is kept as plain data ([`crate::explain`]); this module shows it. A part that is folded is not
//! drawn until somebody opens it.

/// The steps of both sides.
mod steps;
/// The code of each step.
mod code;
/// This call as a sequence diagram.
mod diagram;
/// Offer and answer.
mod descriptions;
/// Every candidate, and the pair that won.
mod candidates;
/// The four state machines.
mod states;
/// Two minutes of statistics.
mod statistics;
/// The record of the call, for somebody who helps.
mod saving;

use std::cell::{Cell, Ref, RefCell};
use std::rc::Rc;

use gloo_timers::callback::{Interval, Timeout};
use shared::{STEPS, Step};
use web_sys::{Element, HtmlDetailsElement, HtmlInputElement};

use super::dom::{Dom, append, on, set};
use super::glossary::Glossary;
use super::save::save;
use crate::browser::engine::CurrentPeer;
use crate::browser::js::now;
use crate::call::CallEvent;
use crate::call::engine::CandidatePair;
use crate::explain::diagram as drawing;
use crate::explain::record::{Moment, Record, RecordEvent, Recording};
use crate::explain::statistics::Series;

/// How often the statistics are read, in milliseconds.
const SECOND: u32 = 1000;

/// How long news waits for more of it, to be drawn together, in milliseconds. While a call begins there is news every few
/// milliseconds, and the browser has more to do than to draw.
const MOMENT: u32 = 300;

/// A part of the panel: the id of its element, and what draws it.
type Part = (&'static str, fn(&Panel));

/// What is drawn when it is open.
const PARTS: [Part; 5] = [
    ("diagram-details", Panel::show_diagram),
    ("descriptions-details", Panel::show_descriptions),
    ("candidates-details", Panel::show_candidates),
    ("states-details", Panel::show_states),
    ("statistics-details", Panel::show_statistics),
];

/// The panel, and what it remembers.
pub(super) struct Panel {
    dom: Dom,
    peer: CurrentPeer,
    record: RefCell<Record>,
    /// The call before this one, to be looked at until the next partner is there.
    last: RefCell<Option<Record>>,
    /// When this stay in the room began, in milliseconds of the page.
    began: Cell<u32>,
    series: RefCell<Series>,
    /// Width and height of the other side's picture.
    size: RefCell<String>,
    /// The path that carries the call at present: another one can take over.
    path: RefCell<Option<CandidatePair>>,
    /// Reads the statistics while a call is under way.
    reading: RefCell<Option<Interval>>,
    /// Something has happened since the last drawing.
    drawing: RefCell<Option<Timeout>>,
    /// The step that waits for a click.
    held: Cell<Option<&'static Step>>,
    /// The code of the steps was fetched, or is on its way.
    code_asked: Cell<bool>,
    /// What can be saved of this stay in a room, and when it began.
    recording: RefCell<Option<(u32, Recording)>>,
    /// What is shown comes from a file.
    is_replay: Cell<bool>,
    /// Says what a term means.
    glossary: Rc<Glossary>,
}

impl Panel {
    /// A panel of a call that has not begun.
    pub(super) fn open(dom: &Dom, peer: CurrentPeer) -> Rc<Self> {
        let list: Element = dom.element("steps");
        for step in &STEPS {
            let (item, details, summary) = (dom.make("li", ""), dom.make("details", ""), dom.make("summary", ""));
            set(&item, "data-step", &step.number.to_string());
            let (number, text) = (dom.make("span", &step.number.to_string()), dom.make("span", ""));
            number.set_class_name("number");
            text.set_class_name("text");
            let lights = ["mine", "theirs"].map(|whose| {
                let light = dom.make("span", "");
                light.set_class_name("light");
                set(&light, "data-whose", whose);
                light
            });
            append(&summary, [&number, &text, &lights[0], &lights[1]]);
            // The terms of its sentence say what they mean here: a button has no place in a summary.
            let said = dom.make("p", "");
            said.set_class_name("said");
            append(&details, [&summary, &said, &dom.make("div", "")]);
            append(&item, [&details]);
            append(&list, [&item]);
        }
        let panel = Rc::new(Self {
            dom: dom.clone(),
            peer,
            record: RefCell::default(),
            last: RefCell::default(),
            began: Cell::default(),
            series: RefCell::default(),
            size: RefCell::default(),
            path: RefCell::default(),
            reading: RefCell::default(),
            drawing: RefCell::default(),
            held: Cell::default(),
            code_asked: Cell::default(),
            recording: RefCell::default(),
            is_replay: Cell::default(),
            glossary: Glossary::open(dom),
        });
        dom.each("#steps details", |step| {
            let (panel, opened) = (panel.clone(), step.clone());
            on(step, "toggle", move || {
                if opened.has_attribute("open") {
                    panel.show_code();
                    panel.glossary.mark();
                }
            });
        });
        for (id, show) in PARTS {
            panel.on(id, "toggle", move |panel| {
                panel.show_part(id, show);
                panel.glossary.mark();
            });
        }
        panel.on("save-svg", "click", |panel| {
            let svg = drawing::svg(&panel.looked_at(), panel.dom.language());
            save(&panel.dom, "call.svg", "image/svg+xml", &svg);
        });
        panel.on("save-mermaid", "click", |panel| {
            let mermaid = drawing::mermaid(&panel.looked_at(), panel.dom.language());
            save(&panel.dom, "call.mmd", "text/vnd.mermaid", &mermaid);
        });
        panel
    }

    fn on(self: &Rc<Self>, id: &str, event: &'static str, act: impl Fn(&Panel) + 'static) {
        let panel = self.clone();
        self.dom.on(id, event, move || act(&panel));
    }

    /// What the panel shows, beside the steps: the call under way, or the last one while nobody is there.
    fn looked_at(&self) -> Ref<'_, Record> {
        Ref::filter_map(self.last.borrow(), Option::as_ref).unwrap_or_else(|_| self.record.borrow())
    }

    /// A new stay in a room.
    pub(super) fn reset(self: &Rc<Self>, step_by_step: bool) {
        self.record.take();
        self.last.take();
        let is_first = self.began.replace(now() as u32) == 0;
        self.series.take();
        self.size.take();
        self.path.take();
        self.held.set(None);
        self.dom.element::<HtmlInputElement>("stepping").set_checked(step_by_step);
        let panel = self.clone();
        *self.reading.borrow_mut() = Some(Interval::new(SECOND, move || panel.read_statistics()));
        // What is left of an earlier call goes at once.
        self.draw_in(if is_first { MOMENT } else { 0 });
    }

    /// Nothing is read any more.
    pub(super) fn rest(&self) {
        self.reading.take();
    }

    /// Takes down what has happened.
    pub(super) fn note(self: &Rc<Self>, event: &CallEvent) {
        let at = now() as u32;
        self.add_at(at, event.clone());
        self.take_down(at, event);
        match event {
            CallEvent::StepWaiting(step) => self.held.set(Some(step)),
            CallEvent::StepStarted(_) | CallEvent::Ended(_) => self.held.set(None),
            _ => {}
        }
        // A person who holds the call sees at once what the last click has done.
        self.draw_in(if self.held.get().is_some() { 0 } else { MOMENT });
    }

    /// Draws what is new, in so many milliseconds at the latest.
    fn draw_in(self: &Rc<Self>, milliseconds: u32) {
        let panel = self.clone();
        let mut drawing = self.drawing.borrow_mut();
        if milliseconds == 0 || drawing.is_none() {
            *drawing = Some(Timeout::new(milliseconds, move || {
                panel.drawing.take().map(Timeout::forget);
                panel.show();
            }));
        }
    }

    fn take_down(&self, at: u32, event: &CallEvent) {
        self.record.borrow_mut().note(at, event);
        match event {
            // With the offer the next call begins.
            CallEvent::StepStarted(step) if matches!(step.number, 3 | 6) => _ = self.last.take(),
            CallEvent::Ended(_) => *self.last.borrow_mut() = Some(self.record.borrow().clone()),
            _ => {}
        }
    }

    /// Shows a call from a file, as it was after these events.
    pub(super) fn replay(&self, moments: &[Moment]) {
        self.is_replay.set(true);
        self.record.take();
        self.last.take();
        self.series.take();
        self.size.take();
        self.path.take();
        for moment in moments {
            match &moment.event {
                RecordEvent::Call(event) => self.take_down(moment.at, event),
                RecordEvent::Statistics(sample) => {
                    self.series.borrow_mut().add(sample.counters(moment.at));
                    *self.size.borrow_mut() = sample.size.map(in_pixels).unwrap_or_default();
                    self.path.borrow_mut().clone_from(&sample.path);
                }
                RecordEvent::File(_) | RecordEvent::LeftOut(_) => {}
            }
        }
        self.show();
    }

    /// Draws everything that can be seen.
    pub(super) fn show(&self) {
        self.show_steps();
        self.show_held();
        for (id, show) in PARTS {
            self.show_part(id, show);
        }
        self.glossary.mark();
    }

    fn show_part(&self, id: &str, show: fn(&Panel)) {
        if self.dom.element::<HtmlDetailsElement>(id).open() {
            show(self);
        }
    }
}

/// The size of a picture, as it is written.
fn in_pixels((width, height): (u32, u32)) -> String {
    format!("{width} × {height}")
}
