//! Scenario: calls that end at each point on their way. The outcome says how far they came and what was missing.

use shared::{Phase, Role, Step};

use super::{Artefact, CallEvent, candidate, path};
use crate::call::{ConnectionState, EndReason};
use crate::explain::record::{Missing, Moment, Outcome};

fn outcome(events: &[CallEvent]) -> Outcome {
    let moments = events.iter().cloned().enumerate();
    let moments: Vec<_> =
        moments.map(|(at, event)| Moment { at: at as u32, side: None, event: event.into() }).collect();
    Outcome::of(moments.iter())
}

fn steps(numbers: &[u8]) -> Vec<CallEvent> {
    let both = |number: &u8| {
        let step = Step::number(*number);
        [CallEvent::StepStarted(step), CallEvent::StepDone(step, Artefact::None)]
    };
    numbers.iter().flat_map(both).collect()
}

#[test]
fn what_is_missing_is_what_comes_next() {
    let (a, b) = (CallEvent::InRoom(Role::A), CallEvent::InRoom(Role::B));
    let (ours, theirs) = (CallEvent::LocalCandidate(candidate()), CallEvent::RemoteCandidate(candidate()));
    let (no_more, start) = (CallEvent::RemoteCandidate(None), steps(&[0, 1, 2]));
    let story = |parts: &[&[CallEvent]]| parts.concat();
    for (events, reached, missing) in [
        (vec![], None, Some(Missing::Stream)),
        (vec![CallEvent::StepStarted(Step::number(0))], Some(0), Some(Missing::Stream)),
        (start.clone(), Some(2), Some(Missing::Room)),
        (story(&[&start, std::slice::from_ref(&a)]), Some(2), Some(Missing::Partner)),
        (story(&[&start, std::slice::from_ref(&b)]), Some(2), Some(Missing::Offer)),
        (
            story(&[&start, &[b.clone(), CallEvent::PeerStep(Step::number(3), Phase::Done)]]),
            Some(2),
            Some(Missing::Offer),
        ),
        (story(&[&start, std::slice::from_ref(&a), &steps(&[3])]), Some(3), None),
        (
            story(&[&start, std::slice::from_ref(&a), &steps(&[3, 4, 5, 11]), std::slice::from_ref(&ours)]),
            Some(5),
            Some(Missing::Answer),
        ),
        (story(&[&start, std::slice::from_ref(&b), &steps(&[6, 7])]), Some(7), None),
        (
            story(&[&start, std::slice::from_ref(&b), &steps(&[6, 7, 8, 9]), std::slice::from_ref(&theirs)]),
            Some(9),
            Some(Missing::LocalCandidate),
        ),
        (
            story(&[&start, std::slice::from_ref(&a), &steps(&[3, 4, 5, 10, 11, 12]), &[ours.clone(), no_more]]),
            Some(12),
            Some(Missing::RemoteCandidate),
        ),
        (
            story(&[&start, std::slice::from_ref(&a), &steps(&[3, 4, 5, 10, 11, 12]), &[ours, theirs]]),
            Some(12),
            Some(Missing::Path),
        ),
    ] {
        let outcome = outcome(&events);
        assert_eq!((outcome.reached.map(|step| step.number), outcome.missing), (reached, missing), "{events:?}");
        assert_eq!((outcome.connected, outcome.ended), (None, None));
    }
}

/// A call that was connected.
fn connected() -> Vec<CallEvent> {
    let mut events = steps(&[0, 1, 2]);
    events.push(CallEvent::InRoom(Role::A));
    events.extend(steps(&[3, 4, 5, 10, 11, 12]));
    events.push(CallEvent::ConnectionState(ConnectionState::Connected));
    events.push(CallEvent::StepDone(Step::number(13), Artefact::Path(Some(path()))));
    events
}

#[test]
fn a_call_that_was_connected_misses_nothing() {
    let mut events = connected();
    events.push(CallEvent::Ended(EndReason::Failed("step 13 (track event): gone".to_owned())));
    let outcome = outcome(&events);
    assert_eq!((outcome.missing, outcome.connected), (None, Some(events.len() as u32 - 3)));
    assert_eq!(outcome.path, Some(path()));
    assert!(matches!(outcome.ended, Some(EndReason::Failed(_))));
}

#[test]
fn who_waits_for_the_next_one_has_had_a_call() {
    let mut events = connected();
    events.push(CallEvent::Ended(EndReason::PeerLeft(None)));
    events.extend(steps(&[1, 2]));
    events.push(CallEvent::InRoom(Role::A));
    assert!(outcome(&events).connected.is_some());
    events.extend(steps(&[3, 4, 5]));
    assert_eq!(outcome(&events).missing, Some(Missing::Answer), "the next one is there, and this is their call");
}
