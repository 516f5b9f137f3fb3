//! The step panel: every step of both sides, and what they made, live.
//!
//! What has happened is kept as plain data ([`crate::explain`]); this module shows it. A part that is folded is not
//! drawn until somebody opens it.

use std::cell::{Cell, Ref, RefCell};
use std::rc::Rc;

use gloo_timers::callback::{Interval, Timeout};
use shared::{Role, STEPS, SessionDescription, Step};
use wasm_bindgen_futures::spawn_local;
use web_sys::{DomParser, Element, HtmlDetailsElement, HtmlInputElement, SupportedType};

use super::dom::{Dom, append, fill, now, rounded, set};
use super::page::Page;
use super::save::save;
use super::statistics;
use crate::call::CallEvent;
use crate::call::engine::CandidatePair;
use crate::explain::candidate::Candidate;
use crate::explain::diagram;
use crate::explain::record::{History, Record, Side, StepState};
use crate::explain::sdp;
use crate::explain::statistics::{LENGTH, Measure, Series};
use crate::text::Text;
use crate::texts;

/// How often the statistics are read, in milliseconds.
const SECOND: u32 = 1000;
/// How high a plot is, in the units of its `viewBox`.
const PLOT_HEIGHT: u32 = 40;

/// A part of the panel: the id of its element, and what draws it.
type Part = (&'static str, fn(&Page));

/// What is drawn when it is open.
const PARTS: [Part; 5] = [
    ("diagram-details", Page::show_diagram),
    ("descriptions-details", Page::show_descriptions),
    ("candidates-details", Page::show_candidates),
    ("states-details", Page::show_states),
    ("statistics-details", Page::show_statistics),
];

/// The panel's memory.
pub(super) struct Panel {
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
}

impl Panel {
    pub(super) fn new(dom: &Dom) -> Self {
        let list: Element = dom.element("steps");
        for step in &STEPS {
            let item = dom.make("li", "");
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
            append(&item, [&number, &text, &lights[0], &lights[1]]);
            append(&list, [&item]);
        }
        Self {
            record: RefCell::default(),
            last: RefCell::default(),
            began: Cell::default(),
            series: RefCell::default(),
            size: RefCell::default(),
            path: RefCell::default(),
            reading: RefCell::default(),
            drawing: RefCell::default(),
            held: Cell::default(),
        }
    }

    /// What the panel shows, beside the steps: the call under way, or the last one while nobody is there.
    fn looked_at(&self) -> Ref<'_, Record> {
        Ref::filter_map(self.last.borrow(), Option::as_ref).unwrap_or_else(|_| self.record.borrow())
    }
}

impl Page {
    /// Connects what is in the panel.
    pub(super) fn open_panel(self: &Rc<Self>) {
        for (id, show) in PARTS {
            self.on(id, "toggle", move |page| page.show_part(id, show));
        }
        self.on("save-svg", "click", |page| {
            let svg = diagram::svg(&page.panel.looked_at(), page.dom.language());
            save(&page.dom, "call.svg", "image/svg+xml", &svg);
        });
        self.on("save-mermaid", "click", |page| {
            let mermaid = diagram::mermaid(&page.panel.looked_at(), page.dom.language());
            save(&page.dom, "call.mmd", "text/vnd.mermaid", &mermaid);
        });
    }

    /// A new stay in a room.
    pub(super) fn reset_panel(self: &Rc<Self>, step_by_step: bool) {
        self.panel.record.take();
        self.panel.last.take();
        self.panel.began.set(now() as u32);
        self.panel.series.take();
        self.panel.size.take();
        self.panel.path.take();
        self.panel.held.set(None);
        self.dom.element::<HtmlInputElement>("stepping").set_checked(step_by_step);
        let page = self.clone();
        *self.panel.reading.borrow_mut() = Some(Interval::new(SECOND, move || page.read_statistics()));
        self.show_panel();
    }

    /// Nothing is read any more.
    pub(super) fn rest_panel(&self) {
        self.panel.reading.take();
    }

    /// Takes down what has happened.
    pub(super) fn note(self: &Rc<Self>, event: &CallEvent) {
        self.panel.record.borrow_mut().note(now() as u32, event);
        match event {
            CallEvent::StepWaiting(step) => self.panel.held.set(Some(step)),
            CallEvent::StepStarted(step) => {
                self.panel.held.set(None);
                // With the offer the next call begins.
                if matches!(step.number, 3 | 6) {
                    self.panel.last.take();
                }
            }
            CallEvent::Ended(_) => {
                self.panel.held.set(None);
                *self.panel.last.borrow_mut() = Some(self.panel.record.borrow().clone());
            }
            _ => {}
        }
        // Much can happen within a moment, and is drawn once.
        let page = self.clone();
        let mut drawing = self.panel.drawing.borrow_mut();
        if drawing.is_none() {
            *drawing = Some(Timeout::new(0, move || {
                page.panel.drawing.take().map(Timeout::forget);
                page.show_panel();
            }));
        }
    }

    /// Draws everything that can be seen.
    pub(super) fn show_panel(&self) {
        self.show_steps();
        self.show_held();
        for (id, show) in PARTS {
            self.show_part(id, show);
        }
    }

    fn show_part(&self, id: &str, show: fn(&Page)) {
        if self.dom.element::<HtmlDetailsElement>(id).open() {
            show(self);
        }
    }

    fn show_steps(&self) {
        let record = self.panel.record.borrow();
        let role = record.role();
        self.dom.each("#steps li", |item| {
            let number = item.get_attribute("data-step").and_then(|number| number.parse().ok());
            let Some(step) = number.map(Step::number) else { return };
            let mine = record.own_step(step.number);
            set(item, "data-state", name(mine));
            let text = texts::of_step(step, self.dom.language());
            let (sentence, call) = (self.dom.make("span", text), self.dom.make("code", step.call));
            if let Ok(Some(place)) = item.query_selector(".text") {
                fill(&place, [&sentence, &call]);
            }
            let is_mine = role.is_none_or(|role| step.who.includes(role));
            let other = other(role);
            let is_theirs = other.is_none_or(|role| step.who.includes(role));
            let theirs = other.map_or(StepState::Waiting, |role| record.step(role, step.number));
            for (whose, takes_it, state) in [("mine", is_mine, mine), ("theirs", is_theirs, theirs)] {
                if let Ok(Some(light)) = item.query_selector(&format!("[data-whose={whose}]")) {
                    set(&light, "data-state", if takes_it { name(state) } else { "none" });
                    light.set_text_content(Some(&if takes_it { shown(state) } else { String::new() }));
                }
            }
        });
    }

    /// The button for the next step, and what the other side waits for.
    fn show_held(&self) {
        let held = self.panel.held.get();
        self.dom.show("next", held.is_some());
        if let Some(step) = held {
            self.dom.set_text("next", &texts::fill(self.dom.say(texts::NEXT), &[&step.number.to_string()]));
        }
        let record = self.panel.record.borrow();
        let waits = other(record.role())
            .and_then(|role| STEPS.iter().find(|step| matches!(record.step(role, step.number), StepState::Held)));
        let text = waits.map(|step| texts::fill(self.dom.say(texts::PEER_WAITS), &[&step.number.to_string()]));
        self.dom.set_text("peer-waits", &text.unwrap_or_default());
    }

    fn show_diagram(&self) {
        let svg = diagram::svg(&self.panel.looked_at(), self.dom.language());
        // The drawing has escaped every text; what a parser makes of it is shapes and letters, and the page's policy
        // lets no script run.
        let parsed = DomParser::new().and_then(|parser| parser.parse_from_string(&svg, SupportedType::ImageSvgXml));
        if let Some(drawing) = parsed.ok().and_then(|document| document.document_element()) {
            fill(&self.dom.element("diagram"), [&drawing]);
        }
    }

    fn show_descriptions(&self) {
        let record = self.panel.looked_at();
        for (id, description) in [("offer", record.offer()), ("answer", record.answer())] {
            let list: Element = self.dom.element(id);
            match description {
                Some(description) => self.show_description(&list, description),
                None => fill(&list, [&self.dom.make("li", self.dom.say(texts::NOT_YET))]),
            }
        }
    }

    fn show_description(&self, list: &Element, description: &SessionDescription) {
        // The same one is not drawn again under the eyes of who reads it.
        let (language, session) = (self.dom.language().tag(), description.session_id().unwrap_or_default());
        let mark = format!("{language} {} {session}", description.sdp.len());
        if list.get_attribute("data-shown").as_ref() == Some(&mark) {
            return;
        }
        set(list, "data-shown", &mark);
        list.set_text_content(None);
        for line in sdp::annotate(&description.sdp) {
            let item = self.dom.make("li", "");
            if line.text.starts_with("m=") {
                item.set_class_name("media");
            }
            append(&item, [&self.dom.make("code", line.text)]);
            if let Some(note) = line.note {
                append(&item, [&self.dom.make("small", self.dom.say(note))]);
            }
            append(list, [&item]);
        }
    }

    fn show_candidates(&self) {
        let record = self.panel.looked_at();
        let table: Element = self.dom.element("candidates");
        table.set_text_content(None);
        // What is so now, as the statistics say it; before they were read first, and after the call, what step 13 found.
        let present = self.panel.path.borrow();
        let pair = present.as_ref().filter(|_| self.current.get().is_some()).or(record.path());
        let won = pair.map(|pair| format!("{} {pair}", self.dom.say(texts::WON)));
        self.dom.set_text("won", &won.unwrap_or_default());
        for timed in record.candidates() {
            let Some(line) = &timed.candidate else { continue };
            let Some(candidate) = Candidate::parse(&line.candidate) else { continue };
            let address = [candidate.address, &candidate.port.to_string()].join(":");
            let (whose, end) = match timed.side {
                Side::Ours => (texts::ME, pair.map(|pair| &pair.local)),
                Side::Theirs => (texts::THEM, pair.map(|pair| &pair.remote)),
            };
            let row = self.dom.make("tr", "");
            if end.is_some_and(|end| end.ends_with(&address)) {
                row.set_class_name("won");
            }
            let mut meaning = self.dom.say(candidate.meaning()).to_owned();
            if let Some(tcp) = candidate.tcp_meaning() {
                meaning += " ";
                meaning += self.dom.say(tcp);
            }
            let kind = candidate.kind.as_str();
            let cells = [self.dom.say(whose), kind, &address, candidate.protocol.as_str(), &meaning];
            append(&row, &cells.map(|text| self.dom.make("td", text)));
            append(&table, [&row]);
        }
    }

    fn show_states(&self) {
        let record = self.panel.looked_at();
        let list: Element = self.dom.element("states");
        list.set_text_content(None);
        self.show_machine(&list, "signalingState", record.signaling_state(), |state| state.as_str());
        self.show_machine(&list, "iceGatheringState", record.ice_gathering_state(), |state| state.as_str());
        self.show_machine(&list, "iceConnectionState", record.ice_connection_state(), |state| state.as_str());
        self.show_machine(&list, "connectionState", record.connection_state(), |state| state.as_str());
    }

    /// One machine: its present state, and when it reached which.
    fn show_machine<S: Copy>(&self, list: &Element, name: &str, history: &History<S>, text: fn(S) -> &'static str) {
        let (title, place) = (self.dom.make("dt", name), self.dom.make("dd", ""));
        set(&place, "data-machine", name);
        let began = self.panel.began.get();
        let changes = history.changes().iter();
        let changes: Vec<_> =
            changes.map(|(at, state)| [text(*state), " +", &(at - began).to_string(), " ms"].concat()).collect();
        let present = self.dom.make("b", text(history.present()));
        append(&place, [&present, &self.dom.make("small", &changes.join(" → "))]);
        append(list, [&title, &place]);
    }

    fn read_statistics(self: &Rc<Self>) {
        let Some(peer) = self.current.get() else { return };
        let page = self.clone();
        spawn_local(async move {
            let Some(report) = statistics::report(&peer).await else { return };
            page.panel.series.borrow_mut().add(report.counters());
            let size = report.resolution().map(|(width, height)| format!("{} × {}", width as u32, height as u32));
            *page.panel.size.borrow_mut() = size.unwrap_or_default();
            *page.panel.path.borrow_mut() = report.selected_pair();
            page.show_part("candidates-details", Page::show_candidates);
            page.show_part("statistics-details", Page::show_statistics);
        });
    }

    fn show_statistics(&self) {
        let (series, place) = (self.panel.series.borrow(), self.dom.element::<Element>("statistics"));
        place.set_text_content(None);
        for (measure, title) in Measure::ALL.into_iter().zip([
            texts::BITRATE_IN,
            texts::BITRATE_OUT,
            texts::FRAME_RATE,
            texts::ROUND_TRIP,
            texts::LOSS,
        ]) {
            let latest = series.latest(measure).map_or_else(|| "–".to_owned(), in_digits);
            let value = format!("{latest} {}", measure.unit());
            let figure = self.figure(title, &value, measure.name());
            append(&figure, [&self.plot(&series, measure)]);
            let most = format!("≤ {} {}", in_digits(series.largest(measure)), measure.unit());
            append(&figure, [&self.dom.make("small", &most)]);
            append(&place, [&figure]);
        }
        let size = self.panel.size.borrow().clone();
        let path = self.panel.path.borrow().as_ref().map(ToString::to_string).unwrap_or_default();
        for (title, name, value) in [(texts::RESOLUTION, "Resolution", &size), (texts::PATH, "Path", &path)] {
            append(&place, [&self.figure(title, value, name)]);
        }
    }

    fn figure(&self, title: Text, value: &str, name: &str) -> Element {
        let figure = self.dom.make("figure", "");
        set(&figure, "data-measure", name);
        append(&figure, [&self.dom.make("figcaption", self.dom.say(title)), &self.dom.make("b", value)]);
        figure
    }

    fn plot(&self, series: &Series, measure: Measure) -> Element {
        let (svg, path) = (self.dom.make_svg("svg"), self.dom.make_svg("path"));
        set(&svg, "viewBox", &format!("0 0 {LENGTH} {PLOT_HEIGHT}"));
        set(&svg, "preserveAspectRatio", "none");
        set(&svg, "aria-hidden", "true");
        set(&path, "d", &series.path(measure, PLOT_HEIGHT));
        append(&svg, [&path]);
        svg
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

fn shown(state: StepState) -> String {
    match state {
        StepState::Waiting => String::new(),
        StepState::Held => "‖".to_owned(),
        StepState::Started { .. } => "…".to_owned(),
        StepState::Done { took: Some(took), .. } => [&took.to_string(), " ms"].concat(),
        StepState::Done { took: None, .. } => "✓".to_owned(),
    }
}

/// As many digits as a person reads: 12345, 12.3, 0.12.
fn in_digits(value: f64) -> String {
    match value {
        value if value >= 100.0 => rounded(value, 0),
        value if value >= 10.0 => rounded(value, 1),
        value => rounded(value, 2),
    }
}
