//! What a learner reads: before each step why it is taken, then what it made, then what is true now.

use std::collections::HashSet;

use shared::{Role, SdpType, SessionDescription, Step};
use study_zoom::call::{Artefact, CallEvent};
use study_zoom::explain::candidate::{Candidate, Protocol};
use study_zoom::site::source;
use study_zoom::text::{Text, candidate as candidate_notes, lesson, steps, teacher as texts};

use super::screen::{Screen, padded};
use super::states::{Trails, belongs_to_step_13, change};
use super::{candidate, description};

/// Tells a call, step by step.
pub(super) struct Teacher {
    pub(super) screen: Screen,
    /// The only side that is shown, if there is one.
    follows: Option<Role>,
    step: Option<&'static Step>,
    trails: [Trails; 2],
    /// What came before its step, with the step during which it came.
    held: Vec<(Role, CallEvent, u8)>,
    has_held: bool,
    offer: Option<SessionDescription>,
    answer: Option<SessionDescription>,
    /// The sorts of candidates that were taken apart already.
    explained: HashSet<(&'static str, Protocol)>,
}

impl Teacher {
    pub(super) fn new(screen: Screen, follows: Option<Role>) -> Self {
        Self {
            screen,
            follows,
            step: None,
            trails: Default::default(),
            held: Vec::new(),
            has_held: false,
            offer: None,
            answer: None,
            explained: HashSet::new(),
        }
    }

    /// Whether this side is shown.
    pub(super) fn shows(&self, role: Role) -> bool {
        self.follows.is_none_or(|followed| followed == role)
    }

    /// The sides that are shown.
    pub(super) fn shown(&self) -> Vec<Role> {
        [Role::A, Role::B].into_iter().filter(|role| self.shows(*role)).collect()
    }

    pub(super) fn begin(&mut self, url: &str) {
        let begin = self.screen.fill(texts::BEGIN, &[url]);
        self.screen.wrapped("", 0, &begin);
        if let Some(role) = self.follows {
            let following = self.screen.fill(texts::FOLLOWING, &[&role.to_string()]);
            self.screen.wrapped("", 0, &following);
        }
        self.screen.line("");
    }

    /// Before a step: what is about to happen, and why.
    pub(super) fn announce(&mut self, step: &'static Step) {
        self.step = Some(step);
        let screen = &mut self.screen;
        let (word, sentence) = (screen.say(texts::STEP), steps::of_step(step, screen.language()));
        let (number, who) = (step.number, step.who.to_string());
        screen.line(&format!("{} {number:2}  {who:3}  {:21} {sentence}", padded(word, 4), step.call));
        let headless = source::excerpts(step).into_iter().filter(|excerpt| source::HEADLESS.contains(&excerpt.label));
        let places: Vec<_> = headless.map(|excerpt| format!("{}:{}", excerpt.file, excerpt.line)).collect();
        screen.line(&format!("{:14}{}", "", places.join("  ")));
        if !self.takes_part(step) {
            let followed = self.shown().iter().map(ToString::to_string).collect::<String>();
            let hidden = self.screen.fill(texts::OUT_OF_SIGHT, &[&who, &followed]);
            self.screen.labelled("", &hidden);
            return;
        }
        let lesson = lesson::of_step(step);
        self.paragraph(texts::WHY, lesson.why());
        if let Some(waits) = lesson.waits() {
            self.paragraph(texts::WAITS, waits);
        }
        if step.number == 13 {
            for (role, event, during) in std::mem::take(&mut self.held) {
                self.has_held |= self.shows(role);
                self.take_note(role, &event, Some(during));
            }
        }
    }

    /// Something has happened.
    pub(super) fn event(&mut self, role: Role, event: &CallEvent) {
        let during = self.step.map_or(0, |step| step.number);
        if belongs_to_step_13(event) && during < 13 {
            self.held.push((role, event.clone(), during));
        } else {
            self.take_note(role, event, None);
        }
    }

    /// After a step: what is true now, and that it was checked.
    pub(super) fn conclude(&mut self, step: &'static Step) {
        let mut label = self.screen.say(texts::NOW);
        for role in self.shown() {
            let screen = &self.screen;
            let lines = self.trails[index(role)].lines(role, |text, values| screen.fill(text, values));
            for line in lines {
                self.screen.labelled(std::mem::take(&mut label), &line);
                if step.number == 6 && line.contains("-> checking") {
                    let note = self.screen.fill(texts::CHECKING_EARLY, &[&role.to_string()]);
                    self.screen.indented(3, &note);
                }
                if line.contains(" prflx ") {
                    let note = self.screen.say(candidate_notes::PRFLX);
                    let note = self.screen.fill(texts::PRFLX_HERE, &[note, &role.to_string()]);
                    self.screen.indented(3, &note);
                }
            }
        }
        if self.takes_part(step) {
            if step.number == 13 && self.has_held {
                let why = self.screen.fill(texts::WHY_EARLY, &[&Role::A.to_string()]);
                self.screen.labelled(std::mem::take(&mut label), &why);
            }
            let lesson = lesson::of_step(step);
            let now = self.screen.say(lesson.now());
            self.screen.labelled(label, now);
            let check = format!("ok, {}", self.screen.say(lesson.check()));
            let label = self.screen.say(texts::CHECK);
            self.screen.labelled(label, &check);
        }
        self.screen.line("");
    }

    /// The last step that was asked for has been taken.
    pub(super) fn stopped(&mut self, last: u8) {
        let stopped = self.screen.fill(texts::STOPPED, &[&last.to_string()]);
        self.screen.line(&stopped);
    }

    fn takes_part(&self, step: &Step) -> bool {
        self.shown().into_iter().any(|role| step.who.includes(role))
    }

    fn paragraph(&mut self, label: Text, text: Text) {
        let (label, text) = (self.screen.say(label), self.screen.say(text));
        self.screen.labelled(label, text);
    }

    fn says(&mut self, role: Role, text: &str) {
        self.screen.labelled(&format!("{role}:"), text);
    }

    fn take_note(&mut self, role: Role, event: &CallEvent, early: Option<u8>) {
        if let Some(change) = change(event) {
            self.trails[index(role)].moved(change, early);
        }
        if let CallEvent::StepDone(step, artefact) = event {
            self.step_done(role, step, artefact);
        }
        if !self.shows(role) {
            return;
        }
        match event {
            CallEvent::InRoom(given) => {
                let line = self.screen.fill(texts::IN_ROOM, &[&given.to_string()]);
                self.says(role, &line);
            }
            CallEvent::LocalCandidate(candidate) => {
                self.candidate(role, texts::SENDS, candidate.as_ref().map(|candidate| &*candidate.candidate));
            }
            CallEvent::RemoteCandidate(candidate) => {
                self.candidate(role, texts::ADDS, candidate.as_ref().map(|candidate| &*candidate.candidate));
            }
            CallEvent::RemoteTrack(kind) => {
                let mut line = self.screen.fill(texts::TRACK, &[&kind.to_string()]);
                if let Some(step) = early {
                    line = format!("{line} {}", self.screen.fill(texts::EARLY, &[&step.to_string()]));
                }
                self.says(role, &line);
            }
            _ => {}
        }
    }

    fn step_done(&mut self, role: Role, step: &Step, artefact: &Artefact) {
        let is_shown = self.shows(role);
        let line = match (step.number, artefact) {
            (0, Artefact::Text(text)) => self.screen.fill(texts::HAS_STREAM, &[text]),
            (1, _) => self.screen.say(texts::HAS_CONNECTION).to_owned(),
            (2, _) => self.screen.say(texts::HAS_TRACKS).to_owned(),
            (4 | 8, _) => self.about_known(texts::SET_LOCAL, step),
            (5 | 9, _) => self.about_known(texts::SENT, step),
            (3 | 6 | 7 | 10, Artefact::Description(description)) => return self.description(role, step, description),
            (13, Artefact::Path(Some(pair))) => {
                self.trails[index(role)].path(pair);
                return;
            }
            _ => return,
        };
        if is_shown {
            self.says(role, &line);
        }
    }

    /// The description that steps 3 to 6 or 7 to 10 are about.
    fn place(&mut self, sdp_type: SdpType) -> &mut Option<SessionDescription> {
        match sdp_type {
            SdpType::Offer => &mut self.offer,
            SdpType::Answer => &mut self.answer,
        }
    }

    /// A line about a description that was shown before: how long it is, and where it was shown.
    fn about_known(&mut self, text: Text, step: &Step) -> String {
        let (sdp_type, made_in) = if step.number < 7 { (SdpType::Offer, "3") } else { (SdpType::Answer, "7") };
        let lines = self.place(sdp_type).as_ref().map_or(0, |description| description.sdp.lines().count());
        self.screen.fill(text, &[&sdp_type.to_string(), &lines.to_string(), made_in])
    }

    /// A description is shown in full where the learner meets it first, and then never again.
    fn description(&mut self, role: Role, step: &Step, description: &SessionDescription) {
        if !self.shows(role) {
            return;
        }
        let is_known = self.place(description.sdp_type).replace(description.clone()).is_some();
        if is_known {
            let line = self.about_known(texts::SET_REMOTE, step);
            return self.says(role, &line);
        }
        let text = if matches!(step.number, 3 | 7) { texts::MADE } else { texts::RECEIVED };
        let lines = description.sdp.lines().count().to_string();
        let line = self.screen.fill(text, &[&description.sdp_type.to_string(), &lines]);
        self.says(role, &line);
        let offer = self.offer.as_ref().filter(|_| description.sdp_type == SdpType::Answer);
        description::show(&mut self.screen, &description.sdp, offer.map(|offer| &*offer.sdp));
    }

    /// A candidate; `None` says that there are no more. The first one of each sort is taken apart.
    fn candidate(&mut self, role: Role, text: Text, line: Option<&str>) {
        let Some(line) = line else {
            let no_more = self.screen.fill(text, &[self.screen.say(texts::NO_MORE)]);
            return self.says(role, &no_more);
        };
        let shown = self.screen.fill(text, &[line]);
        let parsed = Candidate::parse(line);
        let is_new = parsed.as_ref().is_some_and(|parsed| self.explained.insert(candidate::sort(parsed)));
        let is_known = text == texts::SENDS && !is_new;
        self.says(role, &if is_known { format!("{shown} {}", self.screen.say(texts::AS_ABOVE)) } else { shown });
        if let (Some(parsed), true) = (parsed, is_new) {
            candidate::show(&mut self.screen, &parsed);
        }
    }
}

fn index(role: Role) -> usize {
    match role {
        Role::A => 0,
        Role::B => 1,
    }
}
