//! The call with a fake engine and a fake server: every order of events, in milliseconds, without a network.
//!
//! A call is polled by hand. `settle` runs it until it waits for something, so a test says exactly what arrives when,
//! and nothing here depends on time.

use std::cell::RefCell;
use std::rc::Rc;

use futures::StreamExt;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures::executor::LocalPool;
use futures::task::LocalSpawnExt;
use shared::{Accepted, ErrorCode, IceCandidate, Refusal, Role, RoomName, SdpType, SessionDescription, Signal};

use super::engine::CandidatePair;
use super::state::IceConnectionState;
use super::*;

/// What a call did, in order: engine calls by their W3C names, and what was sent.
type Log = Rc<RefCell<Vec<String>>>;

/// An engine that does nothing but insist on the rules of the W3C.
struct FakeEngine {
    log: Log,
    /// The call that is to fail.
    broken: Option<&'static str>,
    /// How many peer connections were made: the session id and the fragment of ours.
    made: u32,
    remote_is_set: bool,
    events: UnboundedReceiver<EngineEvent>,
}

impl FakeEngine {
    fn call(&mut self, name: &str) -> Result<(), EngineError> {
        self.log.borrow_mut().push(name.to_owned());
        match self.broken {
            Some(broken) if broken == name => Err(EngineError::new("OperationError", "broken on purpose")),
            _ => Ok(()),
        }
    }
}

impl Engine for FakeEngine {
    async fn get_user_media(&mut self) -> Result<String, EngineError> {
        self.call("getUserMedia").map(|()| "fake".to_owned())
    }

    async fn create_peer_connection(&mut self, _: &[IceServer]) -> Result<(), EngineError> {
        self.made += 1;
        self.remote_is_set = false;
        self.call("new RTCPeerConnection")
    }

    async fn add_tracks(&mut self) -> Result<(), EngineError> {
        self.call("addTrack")
    }

    async fn create_data_channel(&mut self, label: &str) -> Result<(), EngineError> {
        self.call(&format!("createDataChannel {label}"))
    }

    async fn create_offer(&mut self) -> Result<SessionDescription, EngineError> {
        self.call("createOffer").map(|()| description(SdpType::Offer, "us", self.made))
    }

    async fn create_answer(&mut self) -> Result<SessionDescription, EngineError> {
        self.call("createAnswer").map(|()| description(SdpType::Answer, "us", self.made))
    }

    async fn set_local_description(&mut self, description: &SessionDescription) -> Result<(), EngineError> {
        self.call(&format!("setLocalDescription {}", description.sdp_type))
    }

    async fn set_remote_description(&mut self, description: &SessionDescription) -> Result<(), EngineError> {
        self.remote_is_set = true;
        self.call(&format!("setRemoteDescription {}", description.session_id().unwrap_or("?")))
    }

    async fn add_ice_candidate(&mut self, candidate: Option<&IceCandidate>) -> Result<(), EngineError> {
        assert!(self.remote_is_set, "InvalidStateError: the remote description was null");
        self.call(&format!("addIceCandidate {}", candidate.map_or("null", |candidate| &candidate.candidate)))
    }

    async fn send_text(&mut self, text: &str) -> Result<(), EngineError> {
        self.call(&format!("send {text}"))
    }

    fn set_track_enabled(&mut self, kind: MediaKind, enabled: bool) {
        self.log.borrow_mut().push(format!("{kind}.enabled = {enabled}"));
    }

    async fn selected_candidate_pair(&mut self) -> Option<CandidatePair> {
        None
    }

    async fn close(&mut self) {
        self.log.borrow_mut().push("close".to_owned());
    }

    async fn next_event(&mut self) -> EngineEvent {
        self.events.next().await.expect("the test keeps its end")
    }
}

/// A server that says what the test tells it to.
struct FakeSignaling {
    log: Log,
    /// The answer to a join, a rejoin or a description.
    reply: Rc<RefCell<Result<Accepted, SignalingError>>>,
    events: UnboundedReceiver<SignalingEvent>,
}

impl FakeSignaling {
    fn reply(&self, what: String) -> Result<Accepted, SignalingError> {
        self.log.borrow_mut().push(what);
        self.reply.borrow().clone()
    }
}

impl Signaling for FakeSignaling {
    async fn join(&mut self, room: &RoomName) -> Result<Accepted, SignalingError> {
        self.reply(format!("join_room {room}"))
    }

    async fn rejoin(&mut self, room: &RoomName, call: Option<&str>) -> Result<Accepted, SignalingError> {
        self.reply(format!("rejoin_room {room} {call:?}"))
    }

    async fn send(&mut self, _: &RoomName, signal: &Signal) -> Result<(), SignalingError> {
        let what = match signal {
            Signal::Ice(candidate) => {
                let name = candidate.as_ref().map_or("null", |candidate| &candidate.candidate);
                self.log.borrow_mut().push(format!("> ice {name}"));
                return Ok(());
            }
            Signal::Answer { to_offer, .. } => format!("> answer to {}", to_offer.as_deref().unwrap_or("?")),
            Signal::Offer(offer) => format!("> offer {}", offer.session_id().unwrap_or("?")),
            other => format!("> {other:?}"),
        };
        self.reply(what).map(|_| ())
    }

    async fn leave(&mut self, room: &RoomName) {
        self.log.borrow_mut().push(format!("leave_room {room}"));
    }

    async fn next(&mut self) -> SignalingEvent {
        self.events.next().await.expect("the test keeps its end")
    }
}

/// A description as an engine makes it: the session id and the fragment tell whose it is and of which connection.
fn description(sdp_type: SdpType, whose: &str, number: u32) -> SessionDescription {
    let sdp = format!("v=0\r\no=- {whose}{number} 1 IN IP4 0.0.0.0\r\nm=audio\r\na=ice-ufrag:{whose}{number}\r\n");
    SessionDescription { sdp_type, sdp }
}

fn their_offer(number: u32) -> Signal {
    Signal::Offer(description(SdpType::Offer, "them", number))
}

fn their_answer(number: u32, to_offer: Option<&str>) -> Signal {
    Signal::Answer { description: description(SdpType::Answer, "them", number), to_offer: to_offer.map(str::to_owned) }
}

/// A candidate of their `number`th connection.
fn their_candidate(name: &str, number: u32) -> Signal {
    let username_fragment = Some(format!("them{number}"));
    Signal::Ice(Some(IceCandidate { candidate: name.to_owned(), username_fragment, ..IceCandidate::default() }))
}

fn own_candidate(name: &str) -> EngineEvent {
    EngineEvent::IceCandidate(Some(IceCandidate { candidate: name.to_owned(), ..IceCandidate::default() }))
}

fn accepted(role: Role, resumed: bool) -> Result<Accepted, SignalingError> {
    Ok(Accepted { role: Some(role), resumed })
}

/// One side of a call, in the hands of a test.
struct Peer {
    pool: LocalPool,
    log: Log,
    reply: Rc<RefCell<Result<Accepted, SignalingError>>>,
    signals: UnboundedSender<SignalingEvent>,
    engine: UnboundedSender<EngineEvent>,
    controls: Option<Controls>,
    events: CallEvents,
    seen: Vec<CallEvent>,
    result: Rc<RefCell<Option<Result<(), CallError>>>>,
}

impl Peer {
    fn new(role: Role) -> Self {
        Self::with(role, false, None)
    }

    fn step_by_step(role: Role) -> Self {
        Self::with(role, true, None)
    }

    fn with(role: Role, step_by_step: bool, broken: Option<&'static str>) -> Self {
        let log = Log::default();
        let reply = Rc::new(RefCell::new(accepted(role, false)));
        let (signals, signal_events) = unbounded();
        let (engine, engine_events) = unbounded();
        let fake_engine = FakeEngine { log: log.clone(), broken, made: 0, remote_is_set: false, events: engine_events };
        let fake_signaling = FakeSignaling { log: log.clone(), reply: reply.clone(), events: signal_events };
        let options = CallOptions { step_by_step, ..CallOptions::new(RoomName::new("demo").unwrap()) };
        let (call, controls, events) = Call::new(fake_engine, fake_signaling, options);
        let pool = LocalPool::new();
        let result = Rc::new(RefCell::new(None));
        let result_of_call = result.clone();
        let task = async move { *result_of_call.borrow_mut() = Some(call.run().await) };
        pool.spawner().spawn_local(task).unwrap();
        let (controls, seen) = (Some(controls), Vec::new());
        let mut peer = Self { pool, log, reply, signals, engine, controls, events, seen, result };
        peer.settle();
        peer
    }

    /// Runs the call until it waits for something.
    fn settle(&mut self) {
        self.pool.run_until_stalled();
        while let Ok(event) = self.events.try_recv() {
            self.seen.push(event);
        }
    }

    fn hear(&mut self, signal: Signal) {
        self.signalling(SignalingEvent::Signal(signal));
    }

    fn signalling(&mut self, event: SignalingEvent) {
        // An error says that the call is over: a server talks to those who have gone, too.
        let _ = self.signals.unbounded_send(event);
        self.settle();
    }

    fn engine(&mut self, event: EngineEvent) {
        self.engine.unbounded_send(event).unwrap();
        self.settle();
    }

    fn next_step(&mut self) {
        self.controls.as_ref().unwrap().next_step();
        self.settle();
    }

    fn hang_up(&mut self) {
        self.controls.as_ref().unwrap().hang_up();
        self.settle();
    }

    /// Connected, with the other side's stream.
    fn connect(&mut self) {
        self.engine(EngineEvent::IceConnectionState(IceConnectionState::Connected));
        self.engine(EngineEvent::ConnectionState(ConnectionState::Connected));
        self.engine(EngineEvent::Track(MediaKind::Video));
    }

    /// A peer in a call that is connected.
    fn in_call(role: Role) -> Self {
        let mut peer = Self::new(role);
        match role {
            Role::A => {
                peer.hear(Signal::Welcome);
                peer.hear(their_answer(1, Some("us1")));
            }
            Role::B => peer.hear(their_offer(1)),
        }
        peer.connect();
        assert_eq!(peer.steps().last(), Some(&13));
        peer
    }

    /// What the log has since the last look at it.
    fn done(&self) -> Vec<String> {
        std::mem::take(&mut *self.log.borrow_mut())
    }

    fn count(&self, what: &str) -> usize {
        self.log.borrow().iter().filter(|line| *line == what).count()
    }

    fn steps(&self) -> Vec<u8> {
        let started = self.seen.iter().filter_map(|event| match event {
            CallEvent::StepStarted(step) => Some(step.number),
            _ => None,
        });
        started.collect()
    }

    fn ends(&self) -> Vec<EndReason> {
        let ended = self.seen.iter().filter_map(|event| match event {
            CallEvent::Ended(reason) => Some(reason.clone()),
            _ => None,
        });
        ended.collect()
    }

    fn result(&self) -> Option<Result<(), CallError>> {
        self.result.borrow().clone()
    }

    fn error(&self) -> CallError {
        self.result().expect("the call must be over").expect_err("the call must have failed")
    }
}

/// Every order of these things (Heap's algorithm).
fn orders<T: Clone>(things: &[T]) -> Vec<Vec<T>> {
    fn permute<T: Clone>(things: &mut Vec<T>, n: usize, orders: &mut Vec<Vec<T>>) {
        if n <= 1 {
            orders.push(things.clone());
            return;
        }
        for i in 0..n {
            permute(things, n - 1, orders);
            things.swap(if n % 2 == 0 { i } else { 0 }, n - 1);
        }
    }
    let mut orders = Vec::new();
    permute(&mut things.to_vec(), things.len(), &mut orders);
    orders
}

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
    let mut peer = Peer::in_call(Role::A);
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
    assert!(error.to_string().contains("room \"demo\" was not entered: two are in (room_full)"), "{error}");
}

#[test]
fn a_candidate_that_the_engine_refuses_does_not_spoil_the_others() {
    let mut b = Peer::with(Role::B, false, Some("addIceCandidate bad"));
    b.hear(their_offer(1));
    b.hear(their_candidate("bad", 1));
    b.hear(their_candidate("good", 1));
    assert_eq!((b.count("addIceCandidate good"), b.result()), (1, None));
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
        "> answer to them2",
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
    let expected = ["setRemoteDescription them1", "createAnswer", "setLocalDescription answer", "> answer to them1"];
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
fn when_the_server_comes_back_a_call_goes_on_if_both_say_so() {
    for (role, call) in [(Role::A, "us1"), (Role::B, "them1")] {
        // Second to come back.
        let mut peer = Peer::in_call(role);
        peer.done();
        peer.signalling(SignalingEvent::Lost("gone".to_owned()));
        *peer.reply.borrow_mut() = accepted(Role::B, true);
        peer.signalling(SignalingEvent::Back);
        assert_eq!(peer.done(), [format!("rejoin_room demo Some({call:?})")]);
        // First to come back.
        *peer.reply.borrow_mut() = accepted(Role::A, false);
        peer.signalling(SignalingEvent::Back);
        peer.hear(Signal::Resumed);
        assert_eq!(peer.done(), [format!("rejoin_room demo Some({call:?})")]);
        assert_eq!((peer.ends(), peer.result()), (vec![], None));
        let back = peer.seen.iter().filter(|event| **event == CallEvent::SignallingBack).count();
        assert_eq!(back, 2);
    }
}

#[test]
fn when_the_server_comes_back_and_somebody_else_is_there_a_new_call_begins() {
    // The other one is first: it offers.
    let mut peer = Peer::in_call(Role::A);
    *peer.reply.borrow_mut() = accepted(Role::B, false);
    peer.signalling(SignalingEvent::Back);
    peer.hear(their_offer(2));
    assert_eq!((peer.count("> answer to them2"), peer.ends()), (1, vec![EndReason::StartedOver]));

    // We are first: whoever comes is welcomed.
    let mut peer = Peer::in_call(Role::B);
    *peer.reply.borrow_mut() = accepted(Role::A, false);
    peer.signalling(SignalingEvent::Back);
    peer.hear(Signal::Welcome);
    assert_eq!((peer.count("> offer us2"), peer.ends()), (1, vec![EndReason::StartedOver]));
}

#[test]
fn when_the_server_is_lost_during_the_negotiation_it_begins_anew() {
    let mut a = Peer::new(Role::A);
    // The offer finds no server.
    *a.reply.borrow_mut() = Err(SignalingError::NotConnected);
    a.hear(Signal::Welcome);
    assert_eq!((a.count("> offer us1"), a.result()), (1, None));
    *a.reply.borrow_mut() = accepted(Role::A, false);
    a.signalling(SignalingEvent::Back);
    assert_eq!(a.count("rejoin_room demo None"), 1, "a call that is not connected is no call to resume");
    a.hear(Signal::Welcome);
    a.hear(their_answer(1, Some("us2")));
    a.connect();
    assert_eq!(a.steps().last(), Some(&13));
}

#[test]
fn a_partner_that_left_while_we_offered_is_no_error() {
    let mut a = Peer::new(Role::A);
    let nobody = Refusal { code: ErrorCode::NobodyThere, message: "gone".to_owned() };
    *a.reply.borrow_mut() = Err(nobody.into());
    a.hear(Signal::Welcome);
    a.hear(Signal::Bye);
    assert_eq!((a.ends(), a.result()), (vec![EndReason::PeerLeft(Some(Step::number(5)))], None));
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
