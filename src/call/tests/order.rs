//! Messages in every order: too early, too late, twice, from an earlier negotiation.

use super::*;

/// Every order of these things (Heap's algorithm).
fn orders<T: Clone>(things: &[T]) -> Vec<Vec<T>> {
    fn permute<T: Clone>(things: &mut Vec<T>, n: usize, orders: &mut Vec<Vec<T>>) {
        if n <= 1 {
            orders.push(things.clone());
            return;
        }
        for i in 0..n {
            permute(things, n - 1, orders);
            things.swap(if n.is_multiple_of(2) { i } else { 0 }, n - 1);
        }
    }
    let mut orders = Vec::new();
    permute(&mut things.to_vec(), things.len(), &mut orders);
    orders
}

#[test]
fn an_answer_and_candidates_are_taken_in_any_order_and_an_answer_only_once() {
    let answer = their_answer(1, Some("us1"));
    let arriving = [
        answer.clone(),
        answer,
        their_candidate("one", 1),
        their_candidate("two", 1),
        their_candidate("of an earlier negotiation", 0),
        Signal::Ice(None),
    ];
    for order in orders(&arriving) {
        let mut a = Peer::new(Role::A);
        a.hear(Signal::Welcome);
        a.done();
        for signal in &order {
            a.hear(signal.clone());
        }
        let names = order.iter().filter_map(|signal| match signal {
            Signal::Ice(Some(candidate)) if candidate.candidate.starts_with("of an earlier") => None,
            Signal::Ice(candidate) => Some(candidate.as_ref().map_or("null".to_owned(), |c| c.candidate.clone())),
            _ => None,
        });
        let mut expected = vec!["setRemoteDescription them1".to_owned()];
        expected.extend(names.map(|name| format!("addIceCandidate {name}")));
        assert_eq!(a.done(), expected, "{order:?}");
    }
}

#[test]
fn an_offer_and_candidates_are_taken_in_any_order() {
    let arriving = [
        their_offer(1),
        their_candidate("one", 1),
        their_candidate("two", 1),
        their_candidate("old", 0),
        Signal::Ice(None),
    ];
    for order in orders(&arriving) {
        let mut b = Peer::new(Role::B);
        for signal in order.clone() {
            b.hear(signal);
        }
        let log = b.done();
        let at = |line: &str| log.iter().position(|l| l == line).unwrap_or_else(|| panic!("no {line} after {order:?}"));
        for candidate in ["addIceCandidate one", "addIceCandidate two", "addIceCandidate null"] {
            assert!(at(candidate) > at("setRemoteDescription them1"), "{order:?}");
        }
        assert!(!log.iter().any(|line| line == "addIceCandidate old"), "{order:?}");
    }
}

#[test]
fn an_answer_to_an_earlier_offer_is_not_taken_for_the_one_that_is_waited_for() {
    let mut a = Peer::new(Role::A);
    a.hear(Signal::Welcome);
    // B leaves and comes back so quickly that our first offer reaches its second connection, which answers it.
    a.hear(Signal::Bye);
    a.hear(Signal::Welcome);
    a.hear(their_answer(1, Some("us1")));
    a.hear(their_candidate("of the first", 1));
    a.hear(their_answer(2, Some("us2")));
    a.hear(their_candidate("of the second", 2));
    let log = a.done();
    let taken: Vec<_> = log.iter().filter(|line| line.contains("Remote") || line.contains("Ice")).collect();
    assert_eq!(taken, ["setRemoteDescription them2", "addIceCandidate of the second"]);
}

#[test]
fn a_new_peer_connection_of_the_other_side_gets_a_new_one_of_ours() {
    let mut b = Peer::in_call(Role::B);
    b.done();
    b.hear(their_offer(1));
    assert_eq!(b.done(), [] as [&str; 0], "the same offer twice is one offer");
    b.hear(their_offer(2));
    let expected = [
        "close",
        "new RTCPeerConnection",
        "addTrack",
        "setRemoteDescription them2",
        "createAnswer",
        "setLocalDescription answer",
        "> answer to them2 1",
    ];
    assert_eq!(b.done(), expected);
    assert_eq!(b.ends(), [EndReason::StartedOver]);
}

#[test]
fn an_offer_that_changes_a_call_is_answered_in_the_call() {
    let mut b = Peer::in_call(Role::B);
    b.done();
    let mut changed = description(SdpType::Offer, "them", 1);
    changed.sdp.push_str("m=video\r\n");
    b.hear(Signal::Offer(changed));
    let expected = ["setRemoteDescription them1", "createAnswer", "setLocalDescription answer", "> answer to them1 1"];
    assert_eq!(b.done(), expected);
    assert_eq!(b.ends(), []);
}

#[test]
fn a_is_never_offered_to() {
    let mut a = Peer::in_call(Role::A);
    a.done();
    a.hear(their_offer(7));
    assert_eq!((a.done(), a.result()), (vec![], None));
}

#[test]
fn an_offer_that_comes_twice_before_it_is_taken_up_keeps_its_candidates() {
    let mut b = Peer::step_by_step(Role::B);
    b.hear(their_offer(1));
    b.hear(their_candidate("one", 1));
    b.hear(their_offer(1));
    (0..9).for_each(|_| b.next_step());
    assert_eq!(b.count("addIceCandidate one"), 1);
}

#[test]
fn a_new_connection_of_the_other_side_is_noticed_while_its_old_offer_waits_for_its_step() {
    let mut b = Peer::step_by_step(Role::B);
    (0..3).for_each(|_| b.next_step());
    b.hear(their_offer(1));
    b.hear(their_offer(2));
    assert_eq!(b.ends(), [EndReason::StartedOver]);
    (0..6).for_each(|_| b.next_step());
    assert_eq!((b.count("> answer to them1 1"), b.count("> answer to them2 1")), (0, 1));
}

#[test]
fn the_candidates_of_a_changed_call_wait_for_its_description() {
    let mut b = Peer::in_call(Role::B);
    b.done();
    let mut restarted = description(SdpType::Offer, "them", 1);
    restarted.sdp = restarted.sdp.replace("ice-ufrag:them1", "ice-ufrag:them7");
    // Everything is there before the call looks.
    for signal in [Signal::Offer(restarted), their_candidate("new", 7)] {
        b.signals.unbounded_send(SignalingEvent::Signal(signal)).unwrap();
    }
    b.engine(own_candidate("own"));
    let log = b.done();
    let at = |line: &str| log.iter().position(|l| l == line).unwrap_or_else(|| panic!("no {line} in {log:?}"));
    assert!(at("addIceCandidate new") > at("setRemoteDescription them1"), "{log:?}");
    assert!(at("> ice own") > at("> answer to them1 1"), "{log:?}");
}
