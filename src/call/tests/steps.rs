//! The steps in their order, and what flows beside them.

use super::*;

#[test]
fn a_takes_its_steps_in_order() {
    let mut a = Peer::new(Role::A);
    assert_eq!(a.done(), ["getUserMedia", "new RTCPeerConnection", "addTrack", "join_room demo"]);
    a.hear(Signal::Welcome);
    assert_eq!(a.done(), ["createDataChannel chat", "createOffer", "setLocalDescription offer", "> offer us1"]);
    a.hear(their_answer(1, Some("us1")));
    assert_eq!(a.done(), ["setRemoteDescription them1"]);
    a.connect();
    assert_eq!(a.steps(), [0, 1, 2, 3, 4, 5, 10, 11, 12, 13]);
    a.hang_up();
    assert_eq!(a.done(), ["leave_room demo", "close"]);
    assert_eq!((a.result(), a.ends()), (Some(Ok(())), vec![EndReason::HungUp]));
}

#[test]
fn b_takes_its_steps_in_order() {
    let mut b = Peer::new(Role::B);
    b.done();
    b.hear(their_offer(1));
    let expected = ["setRemoteDescription them1", "createAnswer", "setLocalDescription answer", "> answer to them1"];
    assert_eq!(b.done(), expected);
    b.connect();
    assert_eq!(b.steps(), [0, 1, 2, 6, 7, 8, 9, 11, 12, 13]);
}

#[test]
fn own_candidates_never_overtake_the_description_they_belong_to() {
    let mut a = Peer::new(Role::A);
    // The engine is quicker than the line: everything is there before the offer is sent.
    a.engine.unbounded_send(own_candidate("early")).unwrap();
    a.hear(Signal::Welcome);
    a.engine(own_candidate("late"));
    a.engine(EngineEvent::IceCandidate(None));
    let log = a.done();
    let sent: Vec<_> = log.iter().filter(|line| line.starts_with("> ")).collect();
    assert_eq!(sent, ["> offer us1", "> ice early", "> ice late", "> ice null"]);
    // Trickle: A's candidates go out while the answer is still awaited.
    assert_eq!(a.steps(), [0, 1, 2, 3, 4, 5, 11]);
}

#[test]
fn step_by_step_every_step_waits_to_be_let_go_and_candidates_keep_their_places() {
    let mut a = Peer::step_by_step(Role::A);
    for expected in 0..3 {
        assert_eq!(a.seen.last(), Some(&CallEvent::StepWaiting(Step::number(expected))));
        a.next_step();
    }
    a.hear(Signal::Welcome);
    for _ in 3..6 {
        a.engine(own_candidate("own"));
        a.next_step();
    }
    a.hear(their_candidate("theirs", 1));
    a.hear(their_answer(1, None));
    assert_eq!(a.steps(), [0, 1, 2, 3, 4, 5]);
    for step in 10..14 {
        assert_eq!(a.seen.last(), Some(&CallEvent::StepWaiting(Step::number(step))));
        assert_eq!(a.count("> ice own"), if step > 11 { 3 } else { 0 });
        assert_eq!(a.count("addIceCandidate theirs"), usize::from(step > 12));
        a.next_step();
    }
    a.connect();
    assert_eq!(a.steps(), [0, 1, 2, 3, 4, 5, 10, 11, 12, 13]);
}

#[test]
fn chat_is_sent_when_the_channel_is_open_and_refused_before() {
    let mut a = Peer::in_call(Role::A);
    let controls = a.controls.clone().unwrap();
    controls.chat("too early");
    a.settle();
    assert!(matches!(a.seen.last(), Some(CallEvent::ChatNotSent(text, _)) if text == "too early"));
    a.engine(EngineEvent::ChannelOpen);
    controls.chat("hello");
    a.settle();
    a.engine(EngineEvent::ChannelText("hi".to_owned()));
    assert_eq!((a.count("send hello"), a.count("send too early")), (1, 0));
    assert_eq!(a.seen[a.seen.len() - 2..], [CallEvent::ChatSent("hello".into()), CallEvent::ChatReceived("hi".into())]);
    controls.set_track_enabled(MediaKind::Audio, false);
    a.settle();
    assert_eq!(a.count("audio.enabled = false"), 1);
    assert_eq!(a.seen.last(), Some(&CallEvent::TrackEnabled(MediaKind::Audio, false)));
}
