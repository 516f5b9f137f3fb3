//! Ends, wanted or not.

use super::*;

#[test]
fn a_step_that_fails_is_named_and_the_room_is_left() {
    let broken = [
        (Role::A, 0, "getUserMedia"),
        (Role::A, 1, "new RTCPeerConnection"),
        (Role::A, 2, "addTrack"),
        (Role::A, 3, "createOffer"),
        (Role::A, 4, "setLocalDescription offer"),
        (Role::A, 10, "setRemoteDescription them1"),
        (Role::B, 6, "setRemoteDescription them1"),
        (Role::B, 7, "createAnswer"),
        (Role::B, 8, "setLocalDescription answer"),
    ];
    for (role, step, call) in broken {
        let mut peer = Peer::with(role, false, Some(call));
        let arriving = match role {
            Role::A => vec![Signal::Welcome, their_answer(1, None)],
            Role::B => vec![their_offer(1)],
        };
        arriving.into_iter().for_each(|signal| peer.hear(signal));
        let error = peer.error();
        assert_eq!(error.step.number, step);
        assert!(error.to_string().starts_with(&format!("step {step} (")), "{error}");
        assert_eq!(peer.ends(), [EndReason::Failed(error.to_string())]);
        let tidied = if step > 2 { &["leave_room demo", "close"][..] } else { &["close"] };
        assert!(peer.done().ends_with(&tidied.iter().map(|line| line.to_string()).collect::<Vec<_>>()));
    }
}

#[test]
fn whatever_the_end_the_room_is_left_and_the_connection_closed() {
    let mut peer = Peer::new(Role::A);
    [Signal::Welcome, their_answer(1, None)].into_iter().for_each(|signal| peer.hear(signal));
    peer.done();
    peer.engine(EngineEvent::ConnectionState(ConnectionState::Failed));
    assert_eq!(peer.error().source, Cause::ConnectionFailed);
    assert_eq!(peer.error().step.number, 13);
    assert_eq!(peer.done(), ["leave_room demo", "close"]);

    let mut peer = Peer::in_call(Role::B);
    peer.done();
    peer.controls = None;
    peer.settle();
    assert_eq!(peer.result(), Some(Ok(())), "a call that nobody can hang up any more hangs up");
    assert_eq!(peer.done(), ["leave_room demo", "close"]);
}

#[test]
fn a_path_that_breaks_in_a_call_brings_both_back_to_the_room() {
    for role in [Role::A, Role::B] {
        let mut peer = Peer::in_call(role);
        peer.done();
        *peer.reply.borrow_mut() = accepted(Role::A, false);
        peer.engine(EngineEvent::PathLost);
        assert_eq!((peer.result(), peer.ends()), (None, vec![EndReason::StartedOver]));
        let done = peer.done();
        assert_eq!(done[..2], ["leave_room demo", "close"], "{done:?}");
        assert!(done.contains(&"join_room demo".to_owned()), "{done:?}");
        // And a path that does not come about this time is an error.
        [Signal::Welcome, their_answer(2, None)].into_iter().for_each(|signal| peer.hear(signal));
        peer.engine(EngineEvent::ConnectionState(ConnectionState::Failed));
        assert_eq!(peer.error().source, Cause::ConnectionFailed);
    }
    // A side that came for one call alone is told.
    let options = CallOptions { stay: false, ..options() };
    let mut peer = Peer::with_options(Role::B, options, None);
    peer.hear(their_offer(1));
    peer.connect();
    peer.engine(EngineEvent::PathLost);
    assert_eq!(peer.error().source, Cause::ConnectionFailed);
}

#[test]
fn a_server_that_has_ended_the_connection_for_good_is_not_waited_for() {
    let ended = || SignalingEvent::Ended("thrown out".to_owned());
    let mut peer = Peer::new(Role::A);
    peer.signaling(ended());
    assert!(peer.error().to_string().contains("thrown out"), "{}", peer.error());
    // A call that is connected goes on to its own end, without an ICE restart, and then there is no next one.
    let mut peer = Peer::in_call(Role::B);
    peer.signaling(ended());
    assert_eq!(peer.result(), None);
    *peer.reply.borrow_mut() = Err(SignalingError::NotConnected);
    peer.engine(EngineEvent::ConnectionState(ConnectionState::Failed));
    assert!(peer.error().to_string().contains("thrown out"), "{}", peer.error());
}

#[test]
fn hanging_up_works_at_every_step() {
    for steps in 0..6 {
        let mut a = Peer::step_by_step(Role::A);
        for step in 0..steps {
            if step == 3 {
                a.hear(Signal::Welcome);
            }
            a.next_step();
        }
        a.hang_up();
        assert_eq!(a.result(), Some(Ok(())), "after {steps} steps");
        let (left, closed) = (a.count("leave_room demo"), a.count("close"));
        assert_eq!((left, closed), (usize::from(steps > 2), 1), "after {steps} steps");
    }
}

#[test]
fn a_room_that_is_full_is_an_error_that_names_it() {
    let refusal = Refusal { code: ErrorCode::RoomFull, message: "two are in".to_owned() };
    let mut peer = Peer::step_by_step(Role::A);
    *peer.reply.borrow_mut() = Err(refusal.into());
    (0..3).for_each(|_| peer.next_step());
    let error = peer.error();
    // No step is to blame: the room is entered after step 2.
    assert_eq!(error.to_string(), "the room \"demo\" was not entered: two are in (room_full)");
}

#[test]
fn a_candidate_that_the_engine_refuses_does_not_spoil_the_others() {
    let mut b = Peer::with(Role::B, false, Some("addIceCandidate bad"));
    b.hear(their_offer(1));
    b.hear(their_candidate("bad", 1));
    b.hear(their_candidate("good", 1));
    assert_eq!((b.count("addIceCandidate good"), b.result()), (1, None));
}
