//! The call with a fake engine and a fake server: every order of events, in milliseconds, without a network.
//!
//! A call is polled by hand. `settle` runs it until it waits for something, so a test says exactly what arrives when,
//! and nothing here depends on time.

/// The steps in their order, and what flows beside them.
mod steps;
/// Messages in every order.
mod order;
/// Partners and servers that come and go.
mod partners;
/// Ends, wanted or not.
mod failures;
/// Paths that break, and are found again.
mod restarts;
/// STUN and TURN servers.
mod ice_servers;
/// Failures that are brought back on purpose.
mod lab;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures::StreamExt;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures::executor::LocalPool;
use futures::task::LocalSpawnExt;
use shared::{
    Accepted, ErrorCode, IceCandidate, Phase, Refusal, Role, RoomName, SdpType, SessionDescription, Signal, Step,
};

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
    /// How many offers the present one has made.
    offers: u32,
    remote_is_set: bool,
    /// `signalingState` is `have-local-offer`.
    has_offered: bool,
    /// A rule may be broken: then it is an error, as of a true engine. Anywhere else it is a defect of the call.
    in_lab: bool,
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

    fn rule(&self, is_kept: bool, message: &str) -> Result<(), EngineError> {
        assert!(is_kept || self.in_lab, "InvalidStateError: {message}");
        if is_kept { Ok(()) } else { Err(EngineError::new("InvalidStateError", message)) }
    }
}

impl Engine for FakeEngine {
    async fn get_user_media(&mut self) -> Result<String, EngineError> {
        self.call("getUserMedia").map(|()| "fake".to_owned())
    }

    async fn create_peer_connection(&mut self, _: &Configuration) -> Result<(), EngineError> {
        self.made += 1;
        self.offers = 0;
        (self.remote_is_set, self.has_offered) = (false, false);
        self.call("new RTCPeerConnection")
    }

    async fn set_configuration(&mut self, configuration: &Configuration) -> Result<(), EngineError> {
        self.call(&format!("setConfiguration {:?}", configuration.ice_servers))
    }

    async fn add_tracks(&mut self) -> Result<(), EngineError> {
        self.call("addTrack")
    }

    async fn create_data_channel(&mut self, channel: Channel) -> Result<(), EngineError> {
        self.call(&format!("createDataChannel {}", channel.label()))
    }

    async fn create_offer(&mut self, ice_restart: bool) -> Result<SessionDescription, EngineError> {
        self.offers += 1;
        self.call(if ice_restart { "createOffer iceRestart" } else { "createOffer" })?;
        let offer = description(SdpType::Offer, "us", self.made);
        // Each offer of a connection is a version of its own.
        Ok(SessionDescription { sdp: offer.sdp.replace(" 1 IN", &format!(" {} IN", self.offers)), ..offer })
    }

    async fn create_answer(&mut self) -> Result<SessionDescription, EngineError> {
        self.call("createAnswer").map(|()| description(SdpType::Answer, "us", self.made))
    }

    async fn set_local_description(&mut self, description: &SessionDescription) -> Result<(), EngineError> {
        self.has_offered = description.sdp_type == SdpType::Offer;
        self.call(&format!("setLocalDescription {}", description.sdp_type))
    }

    async fn set_remote_description(&mut self, description: &SessionDescription) -> Result<(), EngineError> {
        let is_answer = description.sdp_type == SdpType::Answer;
        self.rule(is_answer == self.has_offered, "setRemoteDescription: called in the wrong state")?;
        (self.remote_is_set, self.has_offered) = (true, false);
        self.call(&format!("setRemoteDescription {}", description.session_id().unwrap_or("?")))
    }

    async fn add_ice_candidate(&mut self, candidate: Option<&IceCandidate>) -> Result<(), EngineError> {
        self.rule(self.remote_is_set, "addIceCandidate: the remote description was null")?;
        self.call(&format!("addIceCandidate {}", candidate.map_or("null", |candidate| &candidate.candidate)))
    }

    async fn send_text(&mut self, channel: Channel, text: &str) -> Result<(), EngineError> {
        self.call(&format!("send {} {text}", channel.label()))
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
    /// What the other side was told of our steps.
    news: Rc<RefCell<Vec<(u8, Phase)>>>,
    /// The answer to a join, a rejoin or a description.
    reply: Rc<RefCell<Result<Accepted, SignalingError>>>,
    /// The acknowledgement of a description, unless the test gives it later itself.
    acknowledges: Rc<Cell<bool>>,
    delivered: bool,
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
            Signal::Step(news) => {
                self.news.borrow_mut().push((news.number.step().number, news.phase));
                return Ok(());
            }
            Signal::Answer { to_offer, .. } => format!("> answer to {}", to_offer.as_deref().unwrap_or("?")),
            Signal::Offer(offer) => format!("> offer {}", offer.version().unwrap_or("?")),
            other => format!("> {other:?}"),
        };
        self.reply(what)?;
        self.delivered = matches!(signal, Signal::Offer(_) | Signal::Answer { .. }) && self.acknowledges.get();
        Ok(())
    }

    fn reconnect(&mut self) {
        self.log.borrow_mut().push("reconnect".to_owned());
    }

    async fn leave(&mut self, room: &RoomName) {
        self.log.borrow_mut().push(format!("leave_room {room}"));
    }

    async fn next(&mut self) -> SignalingEvent {
        if std::mem::take(&mut self.delivered) {
            return SignalingEvent::Delivered(Ok(()));
        }
        self.events.next().await.expect("the test keeps its end")
    }
}

/// A description as an engine makes it: the session id and the fragment tell whose it is and of which connection.
fn description(sdp_type: SdpType, whose: &str, number: u32) -> SessionDescription {
    let sdp = format!("v=0\r\no=- {whose}{number} 1 IN IP4 0.0.0.0\r\nm=audio\r\na=ice-ufrag:{whose}{number}\r\n");
    SessionDescription { sdp_type, sdp }
}

fn options() -> CallOptions {
    CallOptions::new(RoomName::new("demo").unwrap())
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
    Ok(Accepted { role: Some(role), resumed, ..Accepted::default() })
}

/// One side of a call, in the hands of a test.
struct Peer {
    pool: LocalPool,
    log: Log,
    news: Rc<RefCell<Vec<(u8, Phase)>>>,
    reply: Rc<RefCell<Result<Accepted, SignalingError>>>,
    acknowledges: Rc<Cell<bool>>,
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
        Self::with_options(role, CallOptions { step_by_step, ..options() }, broken)
    }

    fn with_options(role: Role, options: CallOptions, broken: Option<&'static str>) -> Self {
        Self::with_reply(accepted(role, false), options, broken)
    }

    fn with_reply(reply: Result<Accepted, SignalingError>, options: CallOptions, broken: Option<&'static str>) -> Self {
        let log = Log::default();
        let reply = Rc::new(RefCell::new(reply));
        let (signals, signal_events) = unbounded();
        let (engine, engine_events) = unbounded();
        let fake_engine = FakeEngine {
            log: log.clone(),
            broken,
            made: 0,
            offers: 0,
            remote_is_set: false,
            has_offered: false,
            in_lab: options.fault.is_some(),
            events: engine_events,
        };
        let news = Rc::default();
        let acknowledges = Rc::new(Cell::new(true));
        let fake_signaling = FakeSignaling {
            log: log.clone(),
            news: Rc::clone(&news),
            reply: reply.clone(),
            acknowledges: acknowledges.clone(),
            delivered: false,
            events: signal_events,
        };
        let (call, controls, events) = Call::new(fake_engine, fake_signaling, options);
        let pool = LocalPool::new();
        let result = Rc::new(RefCell::new(None));
        let result_of_call = result.clone();
        let task = async move { *result_of_call.borrow_mut() = Some(call.run().await) };
        pool.spawner().spawn_local(task).unwrap();
        let (controls, seen) = (Some(controls), Vec::new());
        let mut peer = Self { pool, log, news, reply, acknowledges, signals, engine, controls, events, seen, result };
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
        self.signaling(SignalingEvent::Signal(signal));
    }

    fn signaling(&mut self, event: SignalingEvent) {
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

    /// A peer that has lost the server before it was let into the room.
    fn waiting_for_the_room() -> Self {
        Self::with_reply(Err(SignalingError::NotConnected), options(), None)
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
