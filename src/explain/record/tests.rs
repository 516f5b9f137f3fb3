//! Scenario: the events of calls as `Call::run` makes them, with times. The record says how far each side is, whether the
//! other side speaks or not, and forgets a call when the next one begins.

/// A call as a file.
mod saved;
/// The file without addresses.
mod mask;
/// What a call came to.
mod outcome;

use proptest::prelude::*;
use shared::{IceCandidate, Role, SessionDescription, Step};

use super::*;
use crate::call::event::Phase;
use crate::call::{Artefact, CallEvent};

const NOT_YET: StepState = StepState::Waiting;

/// Feeds a record with events, one every ten milliseconds.
#[derive(Default)]
struct Story {
    record: Record,
    now: u32,
}

impl Story {
    fn then(&mut self, event: CallEvent) -> &mut Self {
        self.now += 10;
        self.record.note(self.now, &event);
        self
    }

    /// A step that makes nothing.
    fn step(&mut self, number: u8) -> &mut Self {
        self.step_that_makes(number, Artefact::None)
    }

    fn step_that_makes(&mut self, number: u8, artefact: Artefact) -> &mut Self {
        let step = Step::number(number);
        self.then(CallEvent::StepStarted(step)).then(CallEvent::StepDone(step, artefact))
    }

    fn told(&mut self, number: u8, phase: Phase) -> &mut Self {
        self.then(CallEvent::PeerStep(Step::number(number), phase))
    }

    fn until_in_room(role: Role) -> Self {
        let mut story = Self::default();
        story.step(0).step(1).step(2).then(CallEvent::InRoom(role));
        story
    }

    /// The steps of B up to the answer, without a word of A.
    fn until_answered() -> Self {
        let mut story = Self::until_in_room(Role::B);
        story
            .step_that_makes(6, Artefact::Description(SessionDescription::offer("their offer")))
            .step_that_makes(7, Artefact::Description(SessionDescription::answer("our answer")))
            .step(8)
            .step(9);
        story
    }

    fn connect(&mut self) -> &mut Self {
        self.then(CallEvent::ConnectionState(ConnectionState::Connected))
            .step_that_makes(13, Artefact::Path(Some(path())))
    }

    /// The story in short: `A3` is step 3 of A, the rest says itself.
    fn told_in_short(&self) -> String {
        let who = |side| self.record.role_of(side).map_or("?".to_owned(), |role| role.to_string());
        let words = self.record.entries().iter().map(|entry| {
            let side = who(entry.side);
            let guess = if entry.inferred { "~" } else { "" };
            match &entry.what {
                What::Step(step, _) => format!("{guess}{side}{}", step.number),
                What::Joined => format!("{guess}{side}-joins"),
                What::Candidates { count, end } => format!("{side}-ice{count}{}", if *end { "." } else { "" }),
                What::Connected(_) => "connected".to_owned(),
                What::Left => format!("{side}-leaves"),
                What::StartedOver => "over".to_owned(),
                What::Failed(_) => "failed".to_owned(),
            }
        });
        words.collect::<Vec<_>>().join(" ")
    }
}

fn path() -> CandidatePair {
    CandidatePair { local: "udp host 127.0.0.1:1".into(), remote: "udp host 127.0.0.1:2".into() }
}

fn candidate() -> Option<IceCandidate> {
    Some(IceCandidate { candidate: "candidate:1 1 udp 1 127.0.0.1 1 typ host".into(), ..Default::default() })
}

fn done_by(record: &Record, role: Role) -> Vec<u8> {
    (0..14).filter(|number| matches!(record.step(role, *number), StepState::Done { .. })).collect()
}

#[test]
fn nothing_has_happened_in_a_new_record() {
    let record = Record::new();
    assert!(record.entries().is_empty() && record.candidates().is_empty() && record.role().is_none());
    assert!((0..14).all(|number| record.own_step(number) == NOT_YET && record.step(Role::A, number) == NOT_YET));
    assert_eq!(record.connection_state().present(), ConnectionState::New);
    assert_eq!(record.signaling_state().present(), SignalingState::Stable);
}

#[test]
fn a_step_is_held_then_begins_then_is_done_and_its_time_is_taken() {
    let mut record = Record::new();
    let step = Step::number(1);
    record.note(5, &CallEvent::StepWaiting(step));
    assert_eq!(record.own_step(1), StepState::Held);
    record.note(1000, &CallEvent::StepStarted(step));
    assert_eq!(record.own_step(1), StepState::Started { at: 1000 });
    record.note(1012, &CallEvent::StepDone(step, Artefact::None));
    assert_eq!(record.own_step(1), StepState::Done { at: 1012, took: Some(12) });
}

#[test]
fn our_first_steps_are_shown_as_those_of_our_role_once_it_is_known() {
    let mut story = Story::default();
    story.step(0).step(1).step(2);
    assert_eq!(story.record.step(Role::A, 2), NOT_YET);
    assert!(matches!(story.record.own_step(2), StepState::Done { took: Some(10), .. }));
    story.then(CallEvent::InRoom(Role::B));
    assert_eq!((done_by(&story.record, Role::A), done_by(&story.record, Role::B)), (vec![], vec![0, 1, 2]));
}

#[test]
fn an_offer_that_arrives_was_made() {
    let mut story = Story::until_answered();
    assert_eq!(done_by(&story.record, Role::A), [0, 1, 2, 3, 4, 5]);
    assert!(story.record.is_inferred(Role::A, 5) && !story.record.is_inferred(Role::B, 6));
    assert_eq!(story.told_in_short(), "~A0 ~A1 ~A2 ~A-joins B0 B1 B2 B-joins ~A3 ~A4 ~A5 B6 B7 B8 B9");
    assert_eq!(story.record.offer().unwrap().sdp, "their offer");
    assert_eq!(story.record.answer().unwrap().sdp, "our answer");

    story.then(CallEvent::RemoteCandidate(candidate()));
    assert!(matches!(story.record.step(Role::A, 11), StepState::Started { .. }));
    story.connect();
    assert_eq!(done_by(&story.record, Role::A), [0, 1, 2, 3, 4, 5, 11, 12, 13]);
    assert_eq!(story.record.path(), Some(&path()));
}

#[test]
fn an_answer_that_arrives_was_made() {
    let mut story = Story::until_in_room(Role::A);
    story
        .step_that_makes(3, Artefact::Description(SessionDescription::offer("our offer")))
        .step(4)
        .step(5)
        .then(CallEvent::StepWaiting(Step::number(10)));
    assert_eq!(done_by(&story.record, Role::B), [0, 1, 2, 6, 7, 8, 9]);
    story.step_that_makes(10, Artefact::Description(SessionDescription::answer("their answer")));
    let expected = "A0 A1 A2 A-joins ~B0 ~B1 ~B2 B-joins A3 A4 A5 ~B6 ~B7 ~B8 ~B9 A10";
    assert_eq!(story.told_in_short(), expected);
    assert_eq!(story.record.answer().unwrap().sdp, "their answer");
}

#[test]
fn what_the_other_side_says_is_never_overridden() {
    let mut story = Story::until_in_room(Role::B);
    story
        .told(0, Phase::Done)
        .told(3, Phase::Started)
        .told(3, Phase::Done)
        .told(4, Phase::Done)
        .told(5, Phase::Started);
    let told = story.record.step(Role::A, 5);
    story.step(6);
    assert_eq!(story.record.step(Role::A, 5), told, "step 5 is under way as long as A says so");
    assert!(matches!(story.record.step(Role::A, 3), StepState::Done { took: Some(10), .. }));
    assert!(matches!(story.record.step(Role::A, 4), StepState::Done { took: None, .. }), "nobody said when it began");

    story.told(5, Phase::Done).told(12, Phase::Waiting).connect();
    assert_eq!(story.record.step(Role::A, 12), StepState::Held);
    assert_eq!(story.record.step(Role::A, 13), NOT_YET, "A speaks, and has not said that it is connected");
}

#[test]
fn nobody_is_believed_to_take_the_steps_of_the_other_role() {
    let mut story = Story::until_in_room(Role::B);
    story.told(7, Phase::Done);
    assert_eq!(story.record.step(Role::A, 7), NOT_YET);
    assert!(!story.told_in_short().contains("A7"));
}

#[test]
fn candidates_in_a_row_are_one_entry_and_stand_before_their_adding() {
    let mut story = Story::until_answered();
    story.then(CallEvent::StepStarted(Step::number(11)));
    for candidate in [candidate(), candidate(), None] {
        story.then(CallEvent::LocalCandidate(candidate));
    }
    story.then(CallEvent::StepStarted(Step::number(12)));
    for candidate in [candidate(), candidate()] {
        story.then(CallEvent::RemoteCandidate(candidate));
    }
    story.then(CallEvent::LocalCandidate(candidate()));
    assert!(story.told_in_short().ends_with("B9 B-ice2. A-ice2 B12 B-ice1"), "{}", story.told_in_short());
    let sides: Vec<_> = story.record.candidates().iter().map(|candidate| candidate.side).collect();
    assert_eq!(sides.iter().filter(|side| **side == Side::Theirs).count(), 2);
    assert_eq!(sides.len(), 6);
    assert!(story.record.candidates()[2].candidate.is_none());
}

#[test]
fn a_call_that_is_over_is_shown_until_the_next_one_begins() {
    let mut story = Story::until_answered();
    story.connect().then(CallEvent::Ended(EndReason::PeerLeft(None)));
    assert!(story.told_in_short().ends_with("connected A-leaves"));
    assert_eq!(story.record.ended(), Some(&EndReason::PeerLeft(None)));

    story.then(CallEvent::StepWaiting(Step::number(1)));
    assert_eq!((story.record.own_step(1), story.record.own_step(2)), (StepState::Held, NOT_YET));
    assert!(story.told_in_short().ends_with("A-leaves"), "the old diagram stays");

    story.then(CallEvent::StepStarted(Step::number(1)));
    assert_eq!(story.record.ended(), None);
    assert!(matches!(story.record.own_step(0), StepState::Done { .. }), "the stream outlives the calls");
    assert!(story.record.offer().is_none() && story.record.answer().is_none() && story.record.path().is_none());
    assert_eq!(story.told_in_short(), "A1", "we stay, so we are A for the next one");
    story.then(CallEvent::StepDone(Step::number(1), Artefact::None)).step(2).then(CallEvent::InRoom(Role::A)).step(3);
    assert_eq!(story.told_in_short(), "A1 A2 B-joins A3", "we never left the room");
}

#[test]
fn what_the_next_partner_says_early_belongs_to_the_next_call() {
    let mut story = Story::until_in_room(Role::A);
    story
        .told(2, Phase::Done)
        .step(3)
        .step(4)
        .step(5)
        .told(6, Phase::Started)
        .then(CallEvent::Ended(EndReason::StartedOver));
    story.told(0, Phase::Done);
    assert_eq!(done_by(&story.record, Role::B), [0]);
    story.step(1).step(2).then(CallEvent::InRoom(Role::A)).step(3);
    assert_eq!(done_by(&story.record, Role::B), [0]);
    assert_eq!(story.told_in_short(), "B-joins B0 A1 A2 A3".replace("B-joins B0", "B0 B-joins"));
}

#[test]
fn a_new_offer_of_the_same_connection_takes_the_steps_once_more() {
    let mut story = Story::until_answered();
    story.connect().step(6);
    assert_eq!(done_by(&story.record, Role::B), [0, 1, 2, 6]);
    assert!(story.told_in_short().ends_with("connected ~A3 ~A4 ~A5 B6"), "{}", story.told_in_short());
}

#[test]
fn a_step_that_is_held_after_it_has_begun_is_told_once() {
    let mut story = Story::until_answered();
    story.then(CallEvent::StepStarted(Step::number(12))).then(CallEvent::StepWaiting(Step::number(12)));
    assert_eq!(story.record.own_step(12), StepState::Held);
    story.step(12);
    assert!(story.told_in_short().ends_with("B9 B12"), "{}", story.told_in_short());
}

#[test]
fn hanging_up_and_failing_leave_the_room() {
    let mut story = Story::until_in_room(Role::A);
    story.then(CallEvent::Ended(EndReason::HungUp));
    assert!(story.told_in_short().ends_with("A-joins A-leaves"));
    let mut story = Story::until_answered();
    story.then(CallEvent::Ended(EndReason::Failed("no path".into())));
    assert!(story.told_in_short().ends_with("B9 failed B-leaves"));
    let mut story = Story::default();
    story.step(0).then(CallEvent::Ended(EndReason::HungUp));
    assert_eq!(story.record.entries().len(), 1, "nobody leaves a room without having been in it");
}

#[test]
fn the_state_machines_keep_their_history() {
    let mut story = Story::default();
    story
        .then(CallEvent::ConnectionState(ConnectionState::Connecting))
        .then(CallEvent::ConnectionState(ConnectionState::Connected));
    let history = story.record.connection_state();
    assert_eq!(history.present(), ConnectionState::Connected);
    assert_eq!(history.changes(), [(10, ConnectionState::Connecting), (20, ConnectionState::Connected)]);
    for _ in 0..10_000 {
        story.then(CallEvent::IceConnectionState(IceConnectionState::Disconnected));
    }
    assert!(story.record.ice_connection_state().changes().len() <= 100);
}

#[test]
fn a_partner_that_never_stops_does_not_fill_the_memory() {
    let mut story = Story::until_answered();
    for _ in 0..1000 {
        story.then(CallEvent::RemoteCandidate(candidate())).then(CallEvent::LocalCandidate(candidate())).step(6);
    }
    assert!(story.record.entries().len() <= 300 && story.record.candidates().len() <= 300);
}

/// Any event, also in an order that no call makes.
pub(in crate::explain) fn any_event() -> impl Strategy<Value = CallEvent> {
    let step = || (0_u8..14).prop_map(Step::number);
    let role = prop_oneof![Just(Role::A), Just(Role::B)];
    let phase = prop_oneof![Just(Phase::Waiting), Just(Phase::Started), Just(Phase::Done)];
    let text = || "[a-z<>&\";:#%\n\u{0}\u{ffff}가]{0,8}";
    let reason = prop_oneof![
        Just(EndReason::HungUp),
        Just(EndReason::PeerLeft(None)),
        Just(EndReason::StartedOver),
        text().prop_map(EndReason::Failed),
    ];
    let line = || text().prop_map(|candidate| Some(IceCandidate { candidate, ..Default::default() }));
    prop_oneof![
        role.prop_map(CallEvent::InRoom),
        step().prop_map(CallEvent::StepWaiting),
        step().prop_map(CallEvent::StepStarted),
        step().prop_map(|step| CallEvent::StepDone(step, Artefact::None)),
        (text(), text()).prop_map(|(local, remote)| {
            CallEvent::StepDone(Step::number(13), Artefact::Path(Some(CandidatePair { local, remote })))
        }),
        (step(), phase).prop_map(|(step, phase)| CallEvent::PeerStep(step, phase)),
        line().prop_map(CallEvent::LocalCandidate),
        line().prop_map(CallEvent::RemoteCandidate),
        Just(CallEvent::RemoteCandidate(None)),
        Just(CallEvent::ConnectionState(ConnectionState::Connected)),
        reason.prop_map(CallEvent::Ended),
    ]
}

proptest! {
    #[test]
    fn no_order_of_events_and_times_makes_it_panic(
        events in proptest::collection::vec((any::<u32>(), any_event()), 0..60)
    ) {
        let mut record = Record::new();
        for (at, event) in &events {
            record.note(*at, event);
        }
        prop_assert!(record.entries().len() <= 2 * events.len() + 20);
    }
}
