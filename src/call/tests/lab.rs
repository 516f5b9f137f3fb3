//! Failures that are brought back on purpose: each shows with its switch, and is gone without it.

use super::*;

fn peer(role: Role, fault: Option<Fault>) -> Peer {
    Peer::with_options(role, CallOptions { fault, ..options() }, None)
}

fn a_candidate_overtakes_the_offer(fault: Option<Fault>) -> (usize, usize) {
    let mut b = peer(Role::B, fault);
    // With the fault the offer is late. Without it the candidate waits for nothing: the offer is set at once.
    [their_offer(1), their_candidate("one", 1), their_candidate("two", 1)]
        .into_iter()
        .for_each(|signal| b.hear(signal));
    assert_eq!((b.count("addIceCandidate two"), b.result()), (1, None), "the others are added");
    assert_eq!(b.count("> answer to them1 1"), 1, "the call goes on");
    let refused = b.seen.iter().filter(|event| matches!(event, CallEvent::CandidateRefused(_))).count();
    (refused, b.count("addIceCandidate one"))
}

#[test]
fn without_a_queue_a_candidate_that_comes_early_is_refused() {
    assert_eq!(a_candidate_overtakes_the_offer(Some(Fault::EarlyCandidates)), (1, 0));
    // The same on the side that waits for an answer.
    let mut a = peer(Role::A, Some(Fault::EarlyCandidates));
    [Signal::Welcome, their_answer(1, Some("us1")), their_candidate("one", 1)].into_iter().for_each(|s| a.hear(s));
    assert_eq!((a.count("addIceCandidate one"), a.count("setRemoteDescription them1")), (0, 1));
}

#[test]
fn with_its_queue_no_candidate_is_refused() {
    assert_eq!(a_candidate_overtakes_the_offer(None), (0, 1));
}

fn both_hear_an_offer(fault: Option<Fault>) -> (usize, Option<Result<(), CallError>>) {
    let mut b = peer(Role::B, fault);
    b.hear(their_offer(1));
    (b.count("> offer us1 1"), b.result())
}

#[test]
fn when_both_sides_offer_the_offer_of_the_other_side_does_not_fit() {
    let (offers, result) = both_hear_an_offer(Some(Fault::BothOffer));
    assert_eq!(offers, 1);
    let error = result.expect("the call is over").expect_err("it has failed");
    assert_eq!((error.step.number, error.to_string().contains("InvalidStateError")), (6, true), "{error}");
}

#[test]
fn when_one_side_offers_the_other_one_answers() {
    assert_eq!(both_hear_an_offer(None), (0, None));
}

fn an_answer_comes(fault: Option<Fault>) -> Option<Result<(), CallError>> {
    let mut a = peer(Role::A, fault);
    a.hear(Signal::Welcome);
    a.hear(their_answer(1, Some("us1")));
    assert_eq!(a.count("setRemoteDescription them1"), 1);
    a.result()
}

#[test]
fn an_answer_that_two_listeners_set_fails_the_second_time() {
    let error = an_answer_comes(Some(Fault::AnswerTwice)).expect("the call is over").expect_err("it has failed");
    assert_eq!((error.step.number, error.to_string().contains("InvalidStateError")), (10, true), "{error}");
}

#[test]
fn an_answer_that_is_set_once_is_fine() {
    assert_eq!(an_answer_comes(None), None);
}

fn the_answer_to_an_earlier_offer_comes(fault: Option<Fault>) -> Vec<String> {
    let mut a = peer(Role::A, fault);
    // B leaves and comes back, and what its first stay has answered is late.
    [Signal::Welcome, Signal::Bye, Signal::Welcome].into_iter().for_each(|signal| a.hear(signal));
    [their_answer(1, Some("us1")), their_answer(2, Some("us2"))].into_iter().for_each(|signal| a.hear(signal));
    assert_eq!(a.result(), None, "no error says so");
    a.done().into_iter().filter(|line| line.starts_with("setRemoteDescription")).collect()
}

#[test]
fn an_answer_that_is_not_looked_at_can_be_one_to_an_earlier_offer() {
    assert_eq!(the_answer_to_an_earlier_offer_comes(Some(Fault::StaleAnswer)), ["setRemoteDescription them1"]);
}

#[test]
fn an_answer_that_names_its_offer_is_told_from_an_earlier_one() {
    assert_eq!(the_answer_to_an_earlier_offer_comes(None), ["setRemoteDescription them2"]);
}
