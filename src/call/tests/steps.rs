//! The steps in their order, and what flows beside them.

use shared::{Sending, Step, StepNews};

use super::*;

#[test]
fn a_takes_its_steps_in_order() {
    let mut a = Peer::new(Role::A);
    assert_eq!(a.done(), ["getUserMedia", "new RTCPeerConnection", "addTrack", "join_room demo"]);
    a.hear(Signal::Welcome);
    assert_eq!(
        a.done(),
        [
            "createDataChannel chat",
            "createDataChannel sending",
            "createOffer",
            "setLocalDescription offer",
            "> offer us1 1"
        ]
    );
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
    let expected = ["setRemoteDescription them1", "createAnswer", "setLocalDescription answer", "> answer to them1 1"];
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
    assert_eq!(sent, ["> offer us1 1", "> ice early", "> ice late", "> ice null"]);
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
    a.engine(EngineEvent::ChannelOpen(Channel::Chat));
    controls.chat("hello");
    a.settle();
    a.engine(EngineEvent::ChannelText(Channel::Chat, "hi".to_owned()));
    assert_eq!((a.count("send chat hello"), a.count("send chat too early")), (1, 0));
    assert_eq!(a.seen[a.seen.len() - 2..], [CallEvent::ChatSent("hello".into()), CallEvent::ChatReceived("hi".into())]);
    controls.set_track_enabled(MediaKind::Audio, false);
    a.settle();
    assert_eq!(a.count("audio.enabled = false"), 1);
    assert_eq!(a.seen.last(), Some(&CallEvent::Sending(Sending { audio: false, ..Sending::default() })));
}

#[test]
fn the_other_side_hears_what_we_send_at_the_opening_of_the_channel_and_after_each_change() {
    let mut a = Peer::in_call(Role::A);
    let controls = a.controls.clone().unwrap();
    controls.set_track_enabled(MediaKind::Audio, false);
    a.settle();
    a.engine(EngineEvent::ChannelOpen(Channel::Sending));
    controls.announce_screen(true);
    a.settle();
    let said: Vec<_> = a.done().into_iter().filter(|line| line.starts_with("send sending")).collect();
    assert_eq!(
        said,
        [
            r#"send sending {"audio":false,"video":true,"screen":false}"#,
            r#"send sending {"audio":false,"video":true,"screen":true}"#,
        ]
    );

    a.engine(EngineEvent::ChannelText(Channel::Sending, r#"{"audio":true,"video":false}"#.to_owned()));
    let theirs = Sending { video: false, ..Sending::default() };
    assert_eq!(a.seen.last(), Some(&CallEvent::PeerSending(theirs)));
    let events = a.seen.len();
    a.engine(EngineEvent::ChannelText(Channel::Sending, "nonsense".to_owned()));
    assert_eq!(a.seen.len(), events, "nonsense changes nothing");
}

#[test]
fn the_other_side_hears_how_far_we_are_once_it_is_there() {
    let mut a = Peer::new(Role::A);
    assert_eq!(*a.news.borrow(), [], "nobody is there");
    a.hear(Signal::Welcome);
    let done = |number| (number, Phase::Done);
    assert_eq!(*a.news.borrow(), [0, 1, 2, 3, 4, 5].map(done), "what has happened, when the offer is on its way");
    let mut b = Peer::new(Role::B);
    assert_eq!(*b.news.borrow(), [0, 1, 2].map(done), "A is there already");
    b.hear(Signal::Step(StepNews { number: Step::number(4).into(), phase: Phase::Waiting }));
    assert_eq!(b.seen.last(), Some(&CallEvent::PeerStep(Step::number(4), Phase::Waiting)));
}

#[test]
fn somebody_who_only_receives_is_not_waited_for() {
    let mut b = Peer::new(Role::B);
    let Signal::Offer(mut offer) = their_offer(1) else { unreachable!() };
    offer.sdp += "a=recvonly\r\n";
    b.hear(Signal::Offer(offer));
    b.engine(EngineEvent::ConnectionState(ConnectionState::Connected));
    assert!(b.seen.iter().any(|event| matches!(event, CallEvent::StepDone(step, _) if step.number == 13)));
}
