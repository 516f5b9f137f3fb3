//! Takes the steps in order, one at a time, and looks after each of them whether it did what it is for.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use futures::stream::{BoxStream, StreamExt, once, select};
use shared::{Role, STEPS, Step};
use study_zoom::call::{CallEvent, CallEvents};
use study_zoom::text::{Text, lesson, teacher as texts};
use support::cli::Failure;
use tokio::time::timeout;

use super::check::check;
use super::journal::Journal;
use super::pause::Pause;
use super::screen::Screen;
use super::side::{Facts, Side};
use super::teacher::Teacher;
use super::trouble::last_line;

/// How long after a step its consequences are waited for.
const SETTLING_TIME: Duration = Duration::from_millis(30);

/// One call, under way.
pub(super) struct Walk {
    a: Side,
    b: Side,
    /// What happens on both sides. `None` after the last event of a side.
    events: BoxStream<'static, (Role, Option<CallEvent>)>,
    pub(super) teacher: Teacher,
    journal: Option<Journal>,
    pause: Pause,
    /// How long anything may take before the run is given up.
    patience: Duration,
}

impl Walk {
    pub(super) fn new(
        (a, events_of_a): (Side, CallEvents),
        (b, events_of_b): (Side, CallEvents),
        teacher: Teacher,
        patience: Duration,
    ) -> Self {
        let of = |role, events: CallEvents| {
            events.map(move |event| (role, Some(event))).chain(once(std::future::ready((role, None))))
        };
        let events = select(of(Role::A, events_of_a), of(Role::B, events_of_b)).boxed();
        Self { a, b, events, teacher, journal: None, pause: Pause::new(false), patience }
    }

    /// The same, and each step waits for Enter.
    pub(super) fn pausing(self, asked: bool) -> Self {
        Self { pause: Pause::new(asked), ..self }
    }

    /// The same, with every event written down.
    pub(super) fn writing(self, journal: Option<Journal>) -> Self {
        Self { journal, ..self }
    }

    /// Takes the steps up to this one.
    ///
    /// # Errors
    /// One line: the step that failed, what was missing, and the likely causes.
    pub(super) async fn run(&mut self, last: u8) -> Result<(), Failure> {
        for step in &STEPS[..=usize::from(last)] {
            self.pause_before(step).await;
            self.teacher.announce(step);
            if let Err(missing) = self.take(step).await {
                return Err(self.failure(step, &missing));
            }
            self.teacher.conclude(step);
        }
        Ok(())
    }

    /// Hangs up on both sides, and waits for the end.
    pub(super) async fn end(mut self) -> Result<(), Failure> {
        for role in [Role::A, Role::B] {
            self.side(role).controls.hang_up();
        }
        // The lesson is over, and a record has its end as well.
        while let Ok(Some((role, event))) = timeout(self.patience, self.events.next()).await {
            if let Some(event) = event {
                self.write_down(role, &event);
            }
        }
        let (a, b) = (self.a.end(self.patience).await, self.b.end(self.patience).await);
        a.and(b)
    }

    /// The last line of a walk that fails at this step.
    pub(super) fn failure(&self, step: &Step, missing: &str) -> Failure {
        last_line(self.teacher.screen.language(), step, missing, &self.a.facts, &self.b.facts).into()
    }

    async fn pause_before(&mut self, step: &'static Step) {
        if !self.pause.is_on() {
            return;
        }
        // On stderr, so that it stands in no file that the lesson is written to.
        let prompt = self.teacher.screen.fill(texts::PRESS_ENTER, &[&step.number.to_string(), step.call]);
        let mut stderr = std::io::stderr();
        let _ = write!(stderr, "{prompt}");
        loop {
            tokio::select! {
                () = self.pause.enter() => break,
                Some((role, event)) = self.events.next() => self.note(role, event),
            }
        }
        // Whoever pressed Enter in a terminal has begun a new line with it.
        if !self.pause.is_on() || !std::io::stdin().is_terminal() {
            let _ = writeln!(stderr);
        }
    }

    async fn take(&mut self, step: &'static Step) -> Result<(), String> {
        for role in [Role::A, Role::B].into_iter().filter(|role| step.who.includes(*role)) {
            self.take_on(role, step).await?;
        }
        // What a step sets in motion shows within moments: let it be seen under its own heading.
        self.watch_for(SETTLING_TIME).await;
        let deadline = Instant::now() + self.patience;
        while let Err(found) = check(step, &self.a.facts, &self.b.facts) {
            if Instant::now() >= deadline || self.a.facts.ended.is_some() || self.b.facts.ended.is_some() {
                let screen = &self.teacher.screen;
                return Err(screen.fill(texts::CHECK_FAILED, &[screen.say(lesson::of_step(step).check()), &found]));
            }
            self.watch_for(SETTLING_TIME).await;
        }
        Ok(())
    }

    /// Lets one step of one side go and waits until it is done.
    async fn take_on(&mut self, role: Role, step: &'static Step) -> Result<(), String> {
        let awaited = match step.number {
            3 => texts::B_ARRIVES,
            6 => texts::THE_OFFER,
            10 => texts::THE_ANSWER,
            _ => texts::TO_BEGIN,
        };
        self.until(role, awaited, |side| side.waiting == Some(step.number)).await?;
        self.side(role).controls.next_step();
        let awaited = match step.number {
            5 | 9 => texts::ACKNOWLEDGEMENT,
            13 => texts::CONNECTION,
            _ => texts::TO_BE_DONE,
        };
        self.until(role, awaited, |side| side.done[usize::from(step.number)]).await?;
        match step.number {
            // The room is entered between steps 2 and 3, and who comes first is A.
            2 => self.until(role, texts::PLACE_IN_ROOM, |side| side.in_room.is_some()).await,
            // These two are done when they have begun, and go on beside the others.
            11 => self.until(role, texts::OWN_LAST_CANDIDATE, |side| side.last_sent).await,
            12 => self.until(role, texts::OTHER_LAST_CANDIDATE, |side| side.last_added).await,
            _ => Ok(()),
        }
    }

    /// Looks at events until this holds for a side.
    pub(super) async fn until(
        &mut self,
        role: Role,
        awaited: Text,
        holds: impl Fn(&Facts) -> bool,
    ) -> Result<(), String> {
        let deadline = Instant::now() + self.patience;
        while !holds(&self.side(role).facts) {
            if let Some((role, reason)) = self.first_end() {
                return Err(self.teacher.screen.fill(texts::SIDE_ENDED, &[&role.to_string(), &reason]));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            match timeout(left, self.events.next()).await {
                Ok(Some((role, event))) => self.note(role, event),
                _ => return Err(self.did_not_come(role, self.patience, awaited)),
            }
        }
        Ok(())
    }

    /// What is said of a side that has waited for nothing.
    pub(super) fn did_not_come(&self, role: Role, waited: Duration, awaited: Text) -> String {
        let screen = &self.teacher.screen;
        screen.fill(texts::DID_NOT_COME, &[&role.to_string(), &seconds(screen, waited), screen.say(awaited)])
    }

    /// A side whose call is over, and why. Who only saw the other one leave is not to blame.
    fn first_end(&self) -> Option<(Role, String)> {
        let ends = [(Role::A, &self.a.facts), (Role::B, &self.b.facts)]
            .into_iter()
            .filter_map(|(role, facts)| Some((role, facts.ended.clone()?)));
        ends.min_by_key(|(_, reason)| !reason.starts_with("step "))
    }

    /// Looks at what happens for a time.
    pub(super) async fn watch_for(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while let Ok(Some((role, event))) =
            timeout(end.saturating_duration_since(Instant::now()), self.events.next()).await
        {
            self.note(role, event);
        }
        // Both sides have ended, and nothing more will happen.
        tokio::time::sleep_until(end.into()).await;
    }

    fn note(&mut self, role: Role, event: Option<CallEvent>) {
        let Some(event) = event else {
            self.side(role).facts.ended.get_or_insert_with(|| "the call is over".to_owned());
            return;
        };
        self.side(role).facts.note(&event);
        self.write_down(role, &event);
        self.teacher.event(role, &event);
    }

    fn write_down(&mut self, role: Role, event: &CallEvent) {
        if let Some(journal) = self.journal.as_mut().filter(|_| self.teacher.shows(role)) {
            journal.note(role, event);
        }
    }

    pub(super) fn side(&mut self, role: Role) -> &mut Side {
        match role {
            Role::A => &mut self.a,
            Role::B => &mut self.b,
        }
    }
}

/// A time in words.
pub(super) fn seconds(screen: &Screen, time: Duration) -> String {
    screen.fill(texts::SECONDS, &[&time.as_secs_f64().to_string()])
}
