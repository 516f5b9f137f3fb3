//! Partners and servers that come and go.

use super::*;

#[test]
fn whoever_stays_is_a_for_the_next_and_meets_twenty_others_in_turn() {
    for first in [Role::A, Role::B] {
        let mut peer = Peer::in_call(first);
        for number in 2..22 {
            peer.hear(Signal::Bye);
            peer.hear(Signal::Welcome);
            peer.hear(their_answer(number, Some(&format!("us{number}"))));
            peer.connect();
            assert_eq!(peer.count(&format!("setRemoteDescription them{number}")), 1);
        }
        assert_eq!(peer.ends(), vec![EndReason::PeerLeft(None); 20]);
        assert_eq!((peer.count("getUserMedia"), peer.count("join_room demo")), (1, 1));
        assert_eq!(peer.count("close"), 20, "each connection is closed before the next is made");
    }
}

#[test]
fn a_peer_that_vanishes_is_named_with_the_step_it_left_in() {
    for (role, arriving, steps) in
        [(Role::A, Signal::Welcome, &[3, 4, 5][..]), (Role::B, their_offer(1), &[6, 7, 8, 9])]
    {
        for (before, step) in steps.iter().enumerate() {
            let mut peer = Peer::step_by_step(role);
            (0..3).for_each(|_| peer.next_step());
            peer.hear(arriving.clone());
            (0..before).for_each(|_| peer.next_step());
            peer.hear(Signal::Bye);
            assert_eq!(peer.ends(), [EndReason::PeerLeft(Some(Step::number(*step)))]);
        }
    }
    let mut waiting_for_the_answer = Peer::new(Role::A);
    waiting_for_the_answer.hear(Signal::Welcome);
    waiting_for_the_answer.hear(Signal::Bye);
    assert_eq!(waiting_for_the_answer.ends(), [EndReason::PeerLeft(Some(Step::number(10)))]);
}

#[test]
fn when_the_server_comes_back_a_call_goes_on_if_both_say_so() {
    for (role, call) in [(Role::A, "us1"), (Role::B, "them1")] {
        // Second to come back.
        let mut peer = Peer::in_call(role);
        peer.done();
        peer.signaling(SignalingEvent::Lost("gone".to_owned()));
        *peer.reply.borrow_mut() = accepted(Role::B, true);
        peer.signaling(SignalingEvent::Back);
        assert_eq!(peer.done(), [format!("rejoin_room demo Some({call:?})")]);
        // First to come back.
        *peer.reply.borrow_mut() = accepted(Role::A, false);
        peer.signaling(SignalingEvent::Back);
        peer.hear(Signal::Resumed);
        assert_eq!(peer.done(), [format!("rejoin_room demo Some({call:?})")]);
        assert_eq!((peer.ends(), peer.result()), (vec![], None));
        let back = peer.seen.iter().filter(|event| **event == CallEvent::SignalingBack).count();
        assert_eq!(back, 2);
    }
}

#[test]
fn when_the_server_comes_back_and_somebody_else_is_there_a_new_call_begins() {
    // The other one is first: it offers.
    let mut peer = Peer::in_call(Role::A);
    *peer.reply.borrow_mut() = accepted(Role::B, false);
    peer.signaling(SignalingEvent::Back);
    peer.hear(their_offer(2));
    assert_eq!((peer.count("> answer to them2 1"), peer.ends()), (1, vec![EndReason::StartedOver]));

    // We are first: the next one is welcomed.
    let mut peer = Peer::in_call(Role::B);
    *peer.reply.borrow_mut() = accepted(Role::A, false);
    peer.signaling(SignalingEvent::Back);
    peer.hear(Signal::Welcome);
    assert_eq!((peer.count("> offer us2 1"), peer.ends()), (1, vec![EndReason::StartedOver]));
}

#[test]
fn when_the_server_is_lost_during_the_negotiation_it_starts_over() {
    let mut a = Peer::new(Role::A);
    // The offer finds no server.
    *a.reply.borrow_mut() = Err(SignalingError::NotConnected);
    a.hear(Signal::Welcome);
    assert_eq!((a.count("> offer us1 1"), a.result()), (1, None));
    *a.reply.borrow_mut() = accepted(Role::A, false);
    a.signaling(SignalingEvent::Back);
    assert_eq!(a.count("rejoin_room demo None"), 1, "a call that is not connected is no call to resume");
    a.hear(Signal::Welcome);
    a.hear(their_answer(1, Some("us2")));
    a.connect();
    assert_eq!(a.steps().last(), Some(&13));
}

#[test]
fn an_answer_has_arrived_when_the_two_connect_although_nobody_says_so() {
    let mut b = Peer::new(Role::B);
    // The connection to the server breaks after it has passed the answer on, and before it says so.
    *b.reply.borrow_mut() = Err(SignalingError::NotConnected);
    b.hear(their_offer(1));
    assert_eq!(b.count("> answer to them1 1"), 1);
    b.connect();
    *b.reply.borrow_mut() = accepted(Role::B, true);
    b.signaling(SignalingEvent::Back);
    b.hear(Signal::Resumed);
    assert_eq!((b.steps().last(), b.ends()), (Some(&13), vec![]));
}

#[test]
fn a_partner_that_left_while_we_offered_is_no_error() {
    for code in [ErrorCode::NobodyThere, ErrorCode::NotDelivered] {
        let mut a = Peer::new(Role::A);
        *a.reply.borrow_mut() = Err(Refusal { code, message: "gone".to_owned() }.into());
        a.hear(Signal::Welcome);
        a.hear(Signal::Bye);
        assert_eq!((a.ends(), a.result()), (vec![EndReason::PeerLeft(Some(Step::number(5)))], None));
    }
}

#[test]
fn candidates_do_not_wait_for_the_acknowledgement_of_a_description() {
    let refused = |code| SignalingEvent::Delivered(Err(Refusal { code, message: "no".to_owned() }.into()));
    for (role, step) in [(Role::A, 5), (Role::B, 9)] {
        let mut peer = Peer::new(role);
        peer.acknowledges.set(false);
        peer.hear(if role == Role::A { Signal::Welcome } else { their_offer(1) });
        peer.hear(their_candidate("theirs", 1));
        peer.engine(own_candidate("mine"));
        assert_eq!(peer.count("> ice mine"), 1, "{role}");
        assert_eq!(peer.count("addIceCandidate theirs"), usize::from(role == Role::B), "{role}");
        let is_done = |event: &CallEvent| matches!(event, CallEvent::StepDone(done, _) if done.number == step);
        // The other side has left: the server says so by itself.
        peer.signaling(refused(ErrorCode::NobodyThere));
        assert!(peer.result().is_none() && !peer.seen.iter().any(is_done), "{role}");
        // Any other refusal ends the call, and names the step that has sent.
        peer.signaling(refused(ErrorCode::TooLarge));
        assert_eq!(peer.error().step.number, step, "{role}");
    }
}

#[test]
fn a_description_of_a_change_that_did_not_arrive_is_followed_by_another_one() {
    let mut a = Peer::in_call(Role::A);
    a.acknowledges.set(false);
    a.engine(EngineEvent::ConnectionState(ConnectionState::Failed));
    a.signaling(SignalingEvent::Delivered(Err(SignalingError::NotConnected)));
    assert_eq!(a.count("createOffer iceRestart"), 1);
    *a.reply.borrow_mut() = accepted(Role::A, true);
    a.signaling(SignalingEvent::Back);
    assert_eq!((a.count("createOffer iceRestart"), a.ends()), (2, vec![]));
}

#[test]
fn a_server_that_restarts_before_the_room_is_entered_changes_nothing() {
    let mut b = Peer::step_by_step(Role::B);
    b.signaling(SignalingEvent::Lost("gone".to_owned()));
    b.signaling(SignalingEvent::Back);
    (0..3).for_each(|_| b.next_step());
    assert_eq!(b.done(), ["getUserMedia", "new RTCPeerConnection", "addTrack", "join_room demo"]);

    let mut b = Peer::step_by_step(Role::B);
    *b.reply.borrow_mut() = Err(SignalingError::NotConnected);
    (0..3).for_each(|_| b.next_step());
    *b.reply.borrow_mut() = accepted(Role::B, false);
    b.signaling(SignalingEvent::Back);
    assert_eq!((b.count("join_room demo"), b.result()), (2, None));
    assert_eq!(b.seen.last(), Some(&CallEvent::InRoom(Role::B)));
}

#[test]
fn a_connection_that_flaps_is_rejoined_once() {
    let mut a = Peer::in_call(Role::A);
    let in_already = Refusal { code: ErrorCode::AlreadyInRoom, message: "leave it first".to_owned() };
    *a.reply.borrow_mut() = Err(in_already.into());
    a.signaling(SignalingEvent::Back);
    assert_eq!((a.ends(), a.result()), (vec![], None));
}

#[test]
fn a_call_that_is_connected_needs_no_server() {
    let full = Refusal { code: ErrorCode::RoomFull, message: "taken".to_owned() };
    for reply in [Err(full.into()), Err(SignalingError::NoAnswer("slow".to_owned()))] {
        let mut a = Peer::in_call(Role::A);
        *a.reply.borrow_mut() = reply;
        a.signaling(SignalingEvent::Back);
        assert_eq!((a.ends(), a.result()), (vec![], None));
        a.signaling(SignalingEvent::Ended("thrown out".to_owned()));
        assert_eq!((a.ends(), a.result()), (vec![], None));
    }
    let mut waiting = Peer::new(Role::A);
    waiting.signaling(SignalingEvent::Ended("thrown out".to_owned()));
    assert!(waiting.error().to_string().contains("thrown out"));
}

#[test]
fn a_call_that_does_not_stay_ends_with_its_partner() {
    let mut a = Peer::with_options(Role::A, CallOptions { stay: false, ..options() }, None);
    a.hear(Signal::Welcome);
    a.hear(their_answer(1, None));
    a.connect();
    a.done();
    a.hear(Signal::Bye);
    assert_eq!((a.ends(), a.result()), (vec![EndReason::PeerLeft(None)], Some(Ok(()))));
    assert_eq!(a.done(), ["leave_room demo", "close"]);
}
