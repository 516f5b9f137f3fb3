use super::*;

const FAILED: EngineEvent = EngineEvent::ConnectionState(ConnectionState::Failed);

/// An answer of the connection that the call is with.
fn answer_to(version: &str) -> Signal {
    their_answer(1, Some(version))
}

/// One more offer of the other side's connection.
fn their_next_offer() -> Signal {
    let Signal::Offer(offer) = their_offer(1) else { unreachable!() };
    Signal::Offer(SessionDescription { sdp: offer.sdp.replace(" 1 IN", " 2 IN"), ..offer })
}

#[test]
fn a_offers_again_when_the_path_has_failed_and_nothing_else_begins_again() {
    let mut a = Peer::in_call(Role::A);
    a.done();
    a.engine(EngineEvent::ConnectionState(ConnectionState::Disconnected));
    assert_eq!(a.done(), [""; 0], "a path that is silent may come back by itself");
    a.engine(FAILED);
    assert_eq!(a.done(), ["createOffer iceRestart", "setLocalDescription offer", "> offer us1 2"]);
    a.engine(own_candidate("new"));
    assert_eq!(a.done(), ["> ice new"]);
    // A candidate of the new path waits for the answer.
    a.hear(their_candidate("theirs", 1));
    a.hear(answer_to("us1 2"));
    assert_eq!(a.done(), ["setRemoteDescription them1", "addIceCandidate theirs"]);
    a.engine(EngineEvent::ConnectionState(ConnectionState::Connected));
    assert_eq!((a.ends(), a.result()), (vec![], None));
    assert_eq!(a.steps().last(), Some(&13));
}

#[test]
fn an_answer_to_the_offer_before_the_last_one_is_not_taken() {
    let mut a = Peer::in_call(Role::A);
    a.done();
    a.engine(FAILED);
    // B has seen it as well: its question has crossed the offer.
    a.hear(Signal::Restart);
    assert_eq!(a.count("createOffer iceRestart"), 1);
    // B was away, and the offer may be lost.
    a.hear(Signal::Resumed);
    assert_eq!(a.count("createOffer iceRestart"), 2);
    a.done();
    a.hear(answer_to("us1 2"));
    assert_eq!(a.done(), [""; 0]);
    a.hear(answer_to("us1 3"));
    assert_eq!(a.done(), ["setRemoteDescription them1"]);
}

#[test]
fn b_asks_for_a_restart_and_answers_it() {
    let mut b = Peer::in_call(Role::B);
    b.done();
    b.engine(FAILED);
    assert_eq!(b.done(), ["> Restart"]);
    b.hear(their_next_offer());
    let log = b.done();
    assert_eq!(log[..3], ["setRemoteDescription them1", "createAnswer", "setLocalDescription answer"], "{log:?}");
    assert_eq!(log[3], "> answer to them1 2");
    b.engine(EngineEvent::ConnectionState(ConnectionState::Connected));
    assert_eq!((b.ends(), b.result()), (vec![], None));
}

#[test]
fn an_offer_that_comes_while_the_one_before_is_answered_takes_its_place() {
    let mut b = Peer::in_call(Role::B);
    b.engine(FAILED);
    b.hear(their_next_offer());
    b.done();
    let Signal::Offer(third) = their_next_offer() else { unreachable!() };
    let third = SessionDescription { sdp: third.sdp.replace(" 2 IN", " 3 IN"), ..third };
    b.hear(Signal::Offer(third));
    assert!(b.done().contains(&"> answer to them1 3".to_owned()));
}

#[test]
fn a_network_that_has_changed_takes_a_new_connection_to_the_server_and_then_a_new_path() {
    for role in [Role::A, Role::B] {
        let mut peer = Peer::in_call(role);
        peer.done();
        peer.engine(EngineEvent::NetworkChanged);
        assert_eq!(peer.done(), ["reconnect"], "without the server no offer travels");
        peer.signaling(SignalingEvent::Lost("the network has changed".to_owned()));
        *peer.reply.borrow_mut() = accepted(role, true);
        peer.signaling(SignalingEvent::Back);
        let log = peer.done();
        let begun = match role {
            Role::A => "createOffer iceRestart",
            Role::B => "> Restart",
        };
        assert_eq!(log[1], begun, "{log:?}");
    }
}

#[test]
fn a_restart_whose_offer_may_be_lost_begins_again_when_the_server_is_back() {
    let mut a = Peer::in_call(Role::A);
    a.engine(FAILED);
    a.signaling(SignalingEvent::Lost("gone".to_owned()));
    a.done();
    *a.reply.borrow_mut() = accepted(Role::A, true);
    a.signaling(SignalingEvent::Back);
    assert_eq!(a.count("> offer us1 3"), 1, "{:?}", a.done());
}

#[test]
fn a_path_that_no_restart_brings_back_is_lost() {
    let mut a = Peer::in_call(Role::A);
    a.engine(FAILED);
    a.engine(EngineEvent::PathLost);
    assert_eq!(a.ends(), [EndReason::StartedOver], "both come back to the room");
    assert_eq!(a.count("leave_room demo"), 1);

    let mut leaves = Peer::with_options(Role::A, CallOptions { stay: false, ..options() }, None);
    leaves.hear(Signal::Welcome);
    leaves.hear(their_answer(1, None));
    leaves.connect();
    leaves.engine(FAILED);
    assert_eq!(leaves.result(), None);
    leaves.engine(EngineEvent::PathLost);
    assert_eq!(leaves.error().source, Cause::ConnectionFailed);
}

#[test]
fn a_stranger_that_is_b_may_change_the_call_but_not_while_a_offers() {
    let mut a = Peer::in_call(Role::A);
    a.done();
    a.hear(their_next_offer());
    let log = a.done();
    assert_eq!(log[..2], ["setRemoteDescription them1", "createAnswer"], "{log:?}");
    a.engine(FAILED);
    a.done();
    a.hear(their_next_offer());
    assert_eq!(a.done(), [""; 0], "glare: A is the impolite side");
}

#[test]
fn a_restart_does_not_wait_for_clicks() {
    let mut a = Peer::step_by_step(Role::A);
    while a.steps().last() != Some(&5) {
        if a.steps().last() == Some(&2) {
            a.hear(Signal::Welcome);
        }
        a.next_step();
    }
    a.hear(their_answer(1, None));
    for _ in 10..=13 {
        a.next_step();
    }
    a.connect();
    a.done();
    a.engine(FAILED);
    assert_eq!(a.count("> offer us1 2"), 1, "{:?}", a.done());
}
