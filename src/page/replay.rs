//! `/record`: a call that somebody has saved, looked at as if it happened now.
//!
//! The panel is that of the call page. The slider says up to which event it is fed. Nothing leaves the browser: the file is
//! read by this page, and by nobody else.

use std::cell::RefCell;
use std::rc::Rc;

use shared::Role;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, File, HtmlInputElement, HtmlSelectElement};

use super::dom::{Dom, append, fill, set};
use super::panel::Panel;
use crate::browser::engine::CurrentPeer;
use crate::call::{Artefact, CallEvent, EndReason};
use crate::explain::candidate::Candidate;
use crate::explain::problem::Problem;
use crate::explain::record::{BadRecord, Fault, MOST_BYTES, Missing, Moment, Outcome, RecordEvent, SavedCall};
use crate::text::{Language, Text, fill_in, page, record as texts};

/// The page of a record.
struct Replay {
    dom: Dom,
    panel: Rc<Panel>,
    /// The file, or why there is none; nothing before one was chosen.
    opened: RefCell<Option<Result<SavedCall, BadRecord>>>,
    /// What the side that is looked at has seen.
    moments: RefCell<Vec<Moment>>,
}

/// Opens the page.
pub(super) fn open(dom: Dom) {
    let language = dom.language();
    let panel = Panel::open(&dom, CurrentPeer::default());
    let replay = Rc::new(Replay { dom, panel, opened: RefCell::default(), moments: RefCell::default() });
    replay.on("english", "click", |replay| replay.speak(Language::English));
    replay.on("korean", "click", |replay| replay.speak(Language::Korean));
    replay.on("file", "change", Replay::read_chosen);
    replay.on("whose", "change", |replay| replay.choose_side());
    replay.on("at", "input", |replay| replay.show_moment());
    replay.speak(language);
    set(&replay.dom.root(), "data-ready", "1");
}

impl Replay {
    fn on(self: &Rc<Self>, id: &str, event: &'static str, act: impl Fn(&Rc<Self>) + 'static) {
        let replay = self.clone();
        self.dom.on(id, event, move || act(&replay));
    }

    fn speak(&self, language: Language) {
        self.dom.speak(language);
        self.dom.set_pressed("english", language == Language::English);
        self.dom.set_pressed("korean", language == Language::Korean);
        self.show();
    }

    /// Reads the file that was chosen, or dropped onto the field.
    fn read_chosen(self: &Rc<Self>) {
        let input: HtmlInputElement = self.dom.element("file");
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        let replay = self.clone();
        spawn_local(async move {
            let opened = read(&file).await;
            // The same file can be chosen again: it may have grown.
            input.set_value("");
            replay.dom.set_text("file-name", &file.name());
            let sides = opened.as_ref().map_or(&[][..], SavedCall::sides);
            replay.dom.show("whose-field", !sides.is_empty());
            *replay.opened.borrow_mut() = Some(opened);
            replay.choose_side();
        });
    }

    /// Looks at one side, from its last event.
    fn choose_side(&self) {
        let side = match &*self.dom.element::<HtmlSelectElement>("whose").value() {
            "B" => Role::B,
            _ => Role::A,
        };
        if let Some(Ok(saved)) = &*self.opened.borrow() {
            *self.moments.borrow_mut() = saved.seen_by(Some(side)).cloned().collect();
        }
        let slider: HtmlInputElement = self.dom.element("at");
        let last = self.moments.borrow().len().to_string();
        slider.set_max(&last);
        slider.set_value(&last);
        self.show();
    }

    /// Everything, in the language that is spoken.
    fn show(&self) {
        let card: Element = self.dom.element("error");
        card.set_text_content(None);
        let opened = self.opened.borrow();
        self.dom.show("replay", matches!(&*opened, Some(Ok(_))));
        match &*opened {
            None => {}
            Some(Err(bad)) => self.show_fault(&card, bad),
            Some(Ok(saved)) => {
                self.show_head(saved);
                self.show_outcome(&card);
                self.show_moment();
            }
        }
    }

    /// Why the file is not opened.
    fn show_fault(&self, card: &Element, bad: &BadRecord) {
        let dom = &self.dom;
        let (advice, value) = match &bad.fault {
            Fault::NoRecord(_) => (texts::NO_RECORD, String::new()),
            Fault::Version(version) => (texts::RECORD_VERSION, version.to_string()),
            Fault::TooLarge => (texts::RECORD_TOO_LARGE, (MOST_BYTES / 1024 / 1024).to_string()),
            Fault::TooMany => (texts::RECORD_TOO_MANY, String::new()),
            Fault::TooLong | Fault::Line(_) => (texts::RECORD_BAD_LINE, bad.line.to_string()),
        };
        let title = dom.make("h2", dom.say(texts::BAD_RECORD));
        let advice = dom.make("p", &fill_in(dom.say(advice), &[&value]));
        fill(card, [&title, &advice, &dom.make("code", &bad.to_string())]);
        set(card, "data-problem", "record");
    }

    /// What the file is.
    fn show_head(&self, saved: &SavedCall) {
        let dom = &self.dom;
        let room = saved.head.room.as_deref().unwrap_or(dom.say(texts::HIDDEN));
        let moments = self.moments.borrow();
        let left_out = moments.iter().map(|moment| match moment.event {
            RecordEvent::LeftOut(count) => count,
            _ => 0,
        });
        let counts = [moments.len(), saved.unknown, left_out.sum::<u32>() as usize].map(|count| count.to_string());
        let mut facts = vec![
            saved.head.began.clone(),
            saved.head.program.clone(),
            [dom.say(page::ROOM), ": ", room].concat(),
            fill_in(dom.say(texts::EVENTS), &[&counts[0]]),
        ];
        let more = [(texts::EVENTS_UNKNOWN, &counts[1]), (page::EVENTS_LEFT_OUT, &counts[2])];
        let more = more.into_iter().filter(|(_, count)| *count != "0");
        facts.extend(more.map(|(text, count)| fill_in(dom.say(text), &[count])));
        if saved.cut {
            facts.push(dom.say(texts::RECORD_CUT).to_owned());
        }
        let facts: Vec<_> = facts.iter().map(|fact| dom.make("li", fact)).collect();
        fill(&dom.element("facts"), &facts);
    }

    /// What the call came to; if it came to nothing, what was missing.
    fn show_outcome(&self, card: &Element) {
        let dom = &self.dom;
        let outcome = Outcome::of(self.moments.borrow().iter());
        let mut said = Vec::new();
        match outcome.connected {
            Some(at) => {
                said.push(fill_in(dom.say(texts::WAS_CONNECTED), &[&at.to_string()]));
                said.extend(outcome.path.as_ref().map(|path| [dom.say(page::WON), " ", &path.to_string()].concat()));
            }
            None => said.push(dom.say(texts::NEVER_CONNECTED).to_owned()),
        }
        if let (Some(step), None) = (outcome.reached, outcome.connected) {
            said.push(fill_in(dom.say(texts::REACHED), &[&step.number.to_string(), step.call]));
        }
        said.extend(
            outcome.missing.map(|missing| [dom.say(texts::MISSING), " ", dom.say(missing_text(missing))].concat()),
        );
        match &outcome.ended {
            None => said.push(fill_in(dom.say(texts::NO_END), &[&outcome.until.to_string()])),
            // The card above says more.
            Some(EndReason::Failed(_)) => {}
            Some(reason) => said.push(self.of_end(reason)),
        }
        let said: Vec<_> = said.iter().map(|text| dom.make("li", text)).collect();
        fill(&dom.element("outcome"), &said);
        dom.set("outcome", "data-connected", if outcome.connected.is_some() { "true" } else { "false" });
        if let Some(EndReason::Failed(text)) = &outcome.ended {
            let problem = Problem::of_text(text);
            let title = dom.make("h2", dom.say(problem.title));
            append(card, [&title, &dom.make("p", dom.say(problem.advice)), &dom.make("code", &problem.detail)]);
            set(card, "data-problem", problem.name);
        }
    }

    /// The call up to the event at which the slider stands.
    fn show_moment(&self) {
        let slider: HtmlInputElement = self.dom.element("at");
        let moments = self.moments.borrow();
        let count = (slider.value_as_number() as usize).min(moments.len());
        self.panel.replay(&moments[..count]);
        let said = match count.checked_sub(1).map(|last| &moments[last]) {
            None => self.dom.say(texts::BEFORE_ALL).to_owned(),
            Some(moment) => {
                let name = self.name(&moment.event);
                format!("{count}/{} · +{} ms · {name}", moments.len(), moment.at)
            }
        };
        set(&slider, "aria-valuetext", &said);
        self.dom.set_text("event", &said);
    }

    /// An event in a few words.
    fn name(&self, event: &RecordEvent) -> String {
        let say = |text: Text, values: &[&str]| fill_in(self.dom.say(text), values);
        let of_step = |text, step: &shared::Step| say(text, &[&step.number.to_string(), step.call]);
        let theirs = |text: String| [self.dom.say(page::THEM), ": ", &text].concat();
        let candidate = |candidate: &Option<shared::IceCandidate>| match candidate {
            None => say(texts::NO_MORE_CANDIDATES, &[]),
            Some(line) => match Candidate::parse(&line.candidate) {
                Some(parts) => {
                    format!("candidate {} {}:{}", parts.kind.as_str(), parts.address, parts.port)
                }
                None => "candidate".to_owned(),
            },
        };
        let event = match event {
            RecordEvent::Statistics(_) => return say(page::STATISTICS, &[]),
            RecordEvent::File(_) => return say(page::FILES, &[]),
            RecordEvent::LeftOut(count) => return say(page::EVENTS_LEFT_OUT, &[&count.to_string()]),
            RecordEvent::Call(event) => event,
        };
        match event {
            CallEvent::InRoom(role) => say(texts::EVENT_IN_ROOM, &[&role.to_string()]),
            CallEvent::StepWaiting(step) => of_step(texts::EVENT_HELD, step),
            CallEvent::StepStarted(step) => of_step(texts::EVENT_BEGINS, step),
            CallEvent::StepDone(step, Artefact::Text(text)) => of_step(texts::EVENT_DONE, step) + ": " + text,
            CallEvent::StepDone(step, _) => of_step(texts::EVENT_DONE, step),
            CallEvent::PeerStep(step, phase) => theirs(of_step(
                match phase {
                    shared::Phase::Waiting => texts::EVENT_HELD,
                    shared::Phase::Started => texts::EVENT_BEGINS,
                    shared::Phase::Done => texts::EVENT_DONE,
                },
                step,
            )),
            CallEvent::LocalCandidate(line) => candidate(line),
            CallEvent::RemoteCandidate(line) => theirs(candidate(line)),
            CallEvent::CandidateRefused(reason) => say(page::CANDIDATE_REFUSED, &[reason]),
            CallEvent::SignalingState(state) => ["signalingState: ", state.as_str()].concat(),
            CallEvent::IceGatheringState(state) => ["iceGatheringState: ", state.as_str()].concat(),
            CallEvent::IceConnectionState(state) => ["iceConnectionState: ", state.as_str()].concat(),
            CallEvent::ConnectionState(state) => ["connectionState: ", state.as_str()].concat(),
            CallEvent::RemoteTrack(kind) => theirs(format!("track ({kind})")),
            CallEvent::ChatOpen | CallEvent::ChatSent(_) | CallEvent::ChatNotSent(..) => say(page::CHAT, &[]),
            CallEvent::ChatReceived(_) => theirs(say(page::CHAT, &[])),
            CallEvent::Sending(_) => say(texts::EVENT_SENDING, &[]),
            CallEvent::PeerSending(_) => theirs(say(texts::EVENT_SENDING, &[])),
            CallEvent::SignalingLost(reason) => [self.dom.say(texts::EVENT_LOST), ": ", reason].concat(),
            CallEvent::SignalingBack => say(texts::EVENT_BACK, &[]),
            CallEvent::Ended(reason) => self.of_end(reason),
        }
    }

    fn of_end(&self, reason: &EndReason) -> String {
        match reason {
            EndReason::HungUp => self.dom.say(texts::END_HUNG_UP).to_owned(),
            EndReason::PeerLeft(_) => self.dom.say(texts::END_PEER_LEFT).to_owned(),
            EndReason::StartedOver => self.dom.say(page::STARTED_OVER).to_owned(),
            EndReason::Failed(text) => [self.dom.say(texts::END_FAILED), " ", text].concat(),
        }
    }
}

/// Reads a file as a record, unless it is too large to be one.
async fn read(file: &File) -> Result<SavedCall, BadRecord> {
    if file.size() > MOST_BYTES as f64 {
        return Err(BadRecord { line: 1, fault: Fault::TooLarge });
    }
    let text = JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
    // A folder, or a file that has gone meanwhile.
    let unreadable = || BadRecord { line: 1, fault: Fault::NoRecord("the browser cannot read it".to_owned()) };
    SavedCall::open(&text.ok_or_else(unreadable)?)
}

fn missing_text(missing: Missing) -> Text {
    match missing {
        Missing::Stream => texts::MISSING_STREAM,
        Missing::Room => texts::MISSING_ROOM,
        Missing::Partner => texts::MISSING_PARTNER,
        Missing::Offer => texts::MISSING_OFFER,
        Missing::Answer => texts::MISSING_ANSWER,
        Missing::LocalCandidate => texts::MISSING_LOCAL_CANDIDATE,
        Missing::RemoteCandidate => texts::MISSING_REMOTE_CANDIDATE,
        Missing::Path => texts::MISSING_PATH,
    }
}
