//! Two headless peers, a real server, real media: what a call must do, and what it must survive.
//!
//! Expected: alice (A) and bob (B) go through the steps in order, hear and see and read each other, and a call that is
//! connected is ended by nothing but one of the two.

/// The server, and clients that are not peers.
#[path = "../common/mod.rs"]
mod common;
/// Connections to the server that are cut.
mod blip;
/// Files, beside picture, sound and chat.
mod files;
/// Paths that break, and are found again.
mod restart;
/// Failures that are brought back on purpose.
mod lab;
/// Who can read the media.
mod encryption;
/// A client that others wrote from docs/protocol.md alone.
mod strict;

use std::sync::Arc;
use std::time::Duration;

use common::program::ServerProgram;
use common::{TestClient, TestServer, within};
use futures::StreamExt;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use serde_json::json;
use shared::{Accepted, Role, RoomName, Signal};
use socketio_src::client::tungstenite::Tungstenite;
use socketio_src::cluster::Link;
use study_zoom::call::{
    Call, CallError, CallEvent, CallEvents, CallOptions, ConnectionState, Controls, EndReason, MediaKind, Signaling,
    SignalingError, SignalingEvent,
};
use study_zoom::native::{self, Counted, Counters, Files, NativeEngine, NativeOptions, media};
use study_zoom::server::ServerOptions;
use study_zoom::signaling::SocketIoSignaling;
use testing::redis::Redis;
use tokio::task::JoinHandle;

/// How long anything may take. Much longer than it does take.
const PATIENCE: Duration = Duration::from_secs(30);

/// What goes wrong on the way to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mischief {
    None,
    /// The offer is held back until all candidates have been sent.
    CandidatesBeforeTheOffer,
    /// Each answer is sent twice.
    AnswerTwice,
    /// Each answer names the key of somebody else.
    AnotherKey,
}

/// The real signaling, with mischief.
struct Meddler {
    inner: SocketIoSignaling<Tungstenite>,
    mischief: Mischief,
    held_back: Option<Signal>,
    /// What the peer hears although nobody has sent it.
    forged: UnboundedReceiver<Signal>,
}

impl Signaling for Meddler {
    async fn join(&mut self, room: &RoomName) -> Result<Accepted, SignalingError> {
        self.inner.join(room).await
    }

    async fn rejoin(&mut self, room: &RoomName, call: Option<&str>) -> Result<Accepted, SignalingError> {
        self.inner.rejoin(room, call).await
    }

    async fn send(&mut self, room: &RoomName, signal: &Signal) -> Result<(), SignalingError> {
        match (self.mischief, signal) {
            (Mischief::CandidatesBeforeTheOffer, Signal::Offer(_)) => {
                self.held_back = Some(signal.clone());
                return Ok(());
            }
            (Mischief::AnswerTwice, Signal::Answer { .. }) => self.inner.send(room, signal).await?,
            (Mischief::AnotherKey, Signal::Answer { description, to_offer }) => {
                let description = encryption::with_another_key(description);
                return self.inner.send(room, &Signal::Answer { description, to_offer: to_offer.clone() }).await;
            }
            _ => {}
        }
        self.inner.send(room, signal).await?;
        match (signal, self.held_back.take()) {
            (Signal::Ice(None), Some(offer)) => self.inner.send(room, &offer).await,
            (_, held_back) => {
                self.held_back = held_back;
                Ok(())
            }
        }
    }

    fn reconnect(&mut self) {
        self.inner.reconnect();
    }

    async fn leave(&mut self, room: &RoomName) {
        self.inner.leave(room).await;
    }

    async fn next(&mut self) -> SignalingEvent {
        tokio::select! {
            event = self.inner.next() => event,
            Some(signal) = self.forged.next() => SignalingEvent::Signal(signal),
        }
    }
}

/// A headless peer with a name, and what was seen of it.
struct Peer {
    name: &'static str,
    /// How long it may take until something is seen.
    patience: Duration,
    controls: Controls,
    events: CallEvents,
    seen: Vec<CallEvent>,
    counters: Arc<Counters>,
    files: Files,
    /// Puts a signal among those that it hears.
    forge: UnboundedSender<Signal>,
    call: JoinHandle<Result<(), CallError>>,
}

impl Peer {
    /// Joins the room and waits until the server has let it in.
    async fn join(name: &'static str, server: &TestServer) -> Self {
        let mut peer = Self::start(name, server, NativeOptions::default(), Mischief::None).await;
        peer.until_in_room().await;
        peer
    }

    async fn start(name: &'static str, server: &TestServer, options: NativeOptions, mischief: Mischief) -> Self {
        Self::start_at(name, &server.url(), options, mischief).await
    }

    async fn start_at(name: &'static str, url: &str, options: NativeOptions, mischief: Mischief) -> Self {
        let room = RoomName::new("test").expect("keeps the rules");
        Self::start_in(name, url, options, CallOptions::new(room), mischief).await
    }

    async fn start_in(
        name: &'static str,
        url: &str,
        options: NativeOptions,
        call_options: CallOptions,
        mischief: Mischief,
    ) -> Self {
        let inner = native::connect(url).await.expect("the server runs");
        let engine = NativeEngine::new(options);
        let (counters, files) = (engine.counters(), engine.files());
        let (forge, forged) = unbounded();
        let signaling = Meddler { inner, mischief, held_back: None, forged };
        let (call, controls, events) = Call::new(engine, signaling, call_options);
        Self {
            name,
            patience: PATIENCE,
            controls,
            events,
            seen: Vec::new(),
            counters,
            files,
            forge,
            call: tokio::spawn(call.run()),
        }
    }

    /// Looks at events until the wanted one has come. Each is seen once: the next look begins after it.
    async fn until(&mut self, what: &str, wanted: impl Fn(&CallEvent) -> bool) -> CallEvent {
        let looking = async {
            loop {
                let event =
                    self.events.next().await.unwrap_or_else(|| panic!("{}: the call ended before {what}", self.name));
                self.seen.push(event.clone());
                if wanted(&event) {
                    return event;
                }
            }
        };
        within(self.patience, format!("{}: {what}", self.name), looking).await
    }

    async fn until_in_room(&mut self) -> Role {
        match self.until("it is in the room", |event| matches!(event, CallEvent::InRoom(_))).await {
            CallEvent::InRoom(role) => role,
            other => unreachable!("{other:?}"),
        }
    }

    async fn until_step_13(&mut self) {
        self.until("step 13 is done", |event| matches!(event, CallEvent::StepDone(step, _) if step.number == 13)).await;
    }

    async fn until_ended(&mut self) -> EndReason {
        match self.until("the call ends", |event| matches!(event, CallEvent::Ended(_))).await {
            CallEvent::Ended(reason) => reason,
            other => unreachable!("{other:?}"),
        }
    }

    async fn until_chat(&mut self, text: &str) {
        self.until(&format!("it reads {text:?}"), |event| *event == CallEvent::ChatReceived(text.to_owned())).await;
    }

    /// Waits until this much has come in, counted from now on.
    async fn receives(&self, video_frames: u64, audio_frames: u64) {
        let before = self.counters.read();
        let counting = async {
            loop {
                let Counted { video_frames: video, audio_frames: audio, .. } = self.counters.read();
                if video >= before.video_frames + video_frames && audio >= before.audio_frames + audio_frames {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let what = format!("{}: {video_frames} more video frames and {audio_frames} audio packets", self.name);
        within(PATIENCE, what, counting).await;
    }

    fn steps(&self) -> Vec<u8> {
        let started = self.seen.iter().filter_map(|event| match event {
            CallEvent::StepStarted(step) => Some(step.number),
            _ => None,
        });
        started.collect()
    }

    async fn hang_up(self) -> Result<(), CallError> {
        self.controls.hang_up();
        self.end().await
    }

    async fn end(self) -> Result<(), CallError> {
        within(PATIENCE, format!("{}: the call ends", self.name), self.call).await.expect("a call does not panic")
    }
}

/// The chat can have opened before the step that a test has waited for.
async fn chat_is_open(alice: &mut Peer, bob: &mut Peer) {
    for peer in [alice, bob] {
        let open = |event: &CallEvent| *event == CallEvent::ChatOpen;
        if !peer.seen.iter().any(open) {
            peer.until("the chat opens", open).await;
        }
    }
}

/// alice and bob in a call that is connected.
async fn call_of_two(server: &TestServer) -> (Peer, Peer) {
    let mut alice = Peer::join("alice", server).await;
    let mut bob = Peer::join("bob", server).await;
    tokio::join!(alice.until_step_13(), bob.until_step_13());
    (alice, bob)
}

#[tokio::test]
async fn both_take_their_steps_in_order_and_media_and_chat_flow_both_ways() {
    let server = TestServer::start().await;
    let (mut alice, mut bob) = call_of_two(&server).await;

    // At full speed A's candidates go out as soon as its offer is sent, so step 11 may come before step 10, and either
    // side may hear of candidates early: steps 11 and 12 run beside the others, which are in order.
    let in_line = |peer: &Peer| peer.steps().into_iter().filter(|step| ![11, 12].contains(step)).collect::<Vec<_>>();
    assert_eq!(in_line(&alice), [0, 1, 2, 3, 4, 5, 10, 13]);
    assert_eq!(in_line(&bob), [0, 1, 2, 6, 7, 8, 9, 13]);
    for peer in [&alice, &bob] {
        let at = |step| peer.steps().iter().position(|s| *s == step).unwrap_or_else(|| panic!("no step {step}"));
        let (described, remote) = if peer.name == "alice" { (5, 10) } else { (9, 6) };
        assert!(at(11) > at(described) && at(12) > at(remote), "{:?}", peer.steps());
    }

    tokio::join!(alice.receives(15, 50), bob.receives(15, 50));

    chat_is_open(&mut alice, &mut bob).await;
    alice.controls.chat("hello bob");
    bob.until_chat("hello bob").await;
    bob.controls.chat("안녕 alice");
    alice.until_chat("안녕 alice").await;

    assert_eq!(alice.hang_up().await, Ok(()));
    assert_eq!(bob.until_ended().await, EndReason::PeerLeft(None));
    assert_eq!(bob.hang_up().await, Ok(()));
}

#[tokio::test]
async fn a_third_person_is_refused_and_disturbs_nobody() {
    let server = TestServer::start().await;
    let (alice, bob) = call_of_two(&server).await;
    let carol = Peer::start("carol", &server, NativeOptions::default(), Mischief::None).await;
    let error = carol.end().await.expect_err("two are in the room");
    assert!(error.to_string().contains("room_full"), "{error}");
    tokio::join!(alice.receives(5, 10), bob.receives(5, 10));
    assert_eq!((alice.hang_up().await, bob.hang_up().await), (Ok(()), Ok(())));
}

#[tokio::test]
async fn leaving_and_coming_back_works_twenty_times_in_both_orders() {
    let server = TestServer::start().await;
    let (mut alice, mut bob) = call_of_two(&server).await;
    for round in 0..20 {
        // Once the first to come leaves, once the second.
        let (leaves, stays) = if round % 2 == 0 { (&mut alice, &mut bob) } else { (&mut bob, &mut alice) };
        let name = leaves.name;
        leaves.controls.hang_up();
        assert_eq!(leaves.until_ended().await, EndReason::HungUp);
        assert_eq!(stays.until_ended().await, EndReason::PeerLeft(None), "round {round}");
        *leaves = Peer::start(name, &server, NativeOptions::default(), Mischief::None).await;
        assert_eq!(leaves.until_in_room().await, Role::B, "round {round}: the one that stays is A");
        tokio::join!(leaves.until_step_13(), stays.until_step_13());
        tokio::join!(leaves.receives(1, 1), stays.receives(1, 1));
    }
    assert_eq!((alice.hang_up().await, bob.hang_up().await), (Ok(()), Ok(())));
}

#[tokio::test]
async fn candidates_that_come_before_the_offer_are_used_when_it_comes() {
    let server = TestServer::start().await;
    let mut alice = Peer::start("alice", &server, NativeOptions::default(), Mischief::CandidatesBeforeTheOffer).await;
    alice.until_in_room().await;
    let mut bob = Peer::join("bob", &server).await;
    tokio::join!(alice.until_step_13(), bob.until_step_13());
    let used = bob.seen.iter().filter(|event| matches!(event, CallEvent::RemoteCandidate(Some(_)))).count();
    assert!(used > 0, "bob used none of alice's candidates");
    tokio::join!(alice.receives(5, 10), bob.receives(5, 10));
    assert_eq!((alice.hang_up().await, bob.hang_up().await), (Ok(()), Ok(())));
}

#[tokio::test]
async fn an_answer_that_comes_twice_is_one_answer() {
    let server = TestServer::start().await;
    let mut alice = Peer::join("alice", &server).await;
    let mut bob = Peer::start("bob", &server, NativeOptions::default(), Mischief::AnswerTwice).await;
    tokio::join!(alice.until_step_13(), bob.until_step_13());
    assert_eq!(alice.steps().iter().filter(|step| **step == 10).count(), 1);
    tokio::join!(alice.receives(5, 10), bob.receives(5, 10));
    assert_eq!((alice.hang_up().await, bob.hang_up().await), (Ok(()), Ok(())));
}

#[tokio::test]
async fn a_server_restarted_in_the_middle_of_a_call_stops_nothing() {
    let mut server = TestServer::start().await;
    let (mut alice, mut bob) = call_of_two(&server).await;
    server.stop().await;
    let lost = |event: &CallEvent| matches!(event, CallEvent::SignalingLost(_));
    tokio::join!(alice.until("the server is lost", lost), bob.until("the server is lost", lost));
    tokio::join!(alice.receives(15, 50), bob.receives(15, 50));

    server.start_again().await;
    let back = |event: &CallEvent| *event == CallEvent::SignalingBack;
    tokio::join!(alice.until("the server is back", back), bob.until("the server is back", back));
    tokio::join!(alice.receives(15, 50), bob.receives(15, 50));
    alice.controls.chat("still here");
    bob.until_chat("still here").await;
    assert!(![&alice, &bob].iter().any(|peer| peer.seen.iter().any(|event| matches!(event, CallEvent::Ended(_)))));

    // The server knows again who is with whom.
    assert_eq!(alice.hang_up().await, Ok(()));
    assert_eq!(bob.until_ended().await, EndReason::PeerLeft(None));
    assert_eq!(bob.hang_up().await, Ok(()));
}

#[tokio::test]
async fn a_peer_that_vanishes_in_the_middle_of_the_negotiation_is_named_with_the_step() {
    let server = TestServer::start().await;
    let mut alice = TestClient::connect("alice", &server).await;
    alice.join("test").await;
    let mut bob = Peer::start("bob", &server, NativeOptions::default(), Mischief::None).await;
    alice.expect("welcome").await;
    // An offer of a peer that will never be there: another engine made it.
    let offer = {
        use study_zoom::call::{Configuration, Engine};
        let mut engine = NativeEngine::new(NativeOptions::default());
        engine.create_peer_connection(&Configuration::default()).await.unwrap();
        engine.add_tracks().await.unwrap();
        let offer = engine.create_offer(false).await.unwrap();
        engine.close().await;
        offer
    };
    alice.send("offer", vec![json!(offer), json!("test")]);
    alice.expect("answer").await;
    alice.close().await;
    match bob.until_ended().await {
        EndReason::PeerLeft(Some(step)) => assert!((6..=13).contains(&step.number), "{step}"),
        other => panic!("{other:?}"),
    }
    // Bob is in the room, as A, and takes the next one.
    let mut carol = Peer::join("carol", &server).await;
    tokio::join!(bob.until_step_13(), carol.until_step_13());
    assert_eq!((bob.hang_up().await, carol.hang_up().await), (Ok(()), Ok(())));
}

#[tokio::test]
async fn a_muted_track_sends_nothing_and_the_other_goes_on() {
    let server = TestServer::start().await;
    let (mut alice, bob) = call_of_two(&server).await;
    bob.receives(5, 10).await;
    alice.controls.set_track_enabled(MediaKind::Video, false);
    alice.until("video is muted", |event| matches!(event, CallEvent::Sending(sending) if !sending.video)).await;
    // What is under way arrives within the time of a few audio packets; then no frame comes any more.
    bob.receives(0, 15).await;
    let muted = bob.counters.read().video_frames;
    bob.receives(0, 50).await;
    assert_eq!(bob.counters.read().video_frames, muted);
    alice.controls.set_track_enabled(MediaKind::Video, true);
    bob.receives(15, 10).await;
    assert_eq!((alice.hang_up().await, bob.hang_up().await), (Ok(()), Ok(())));
}

#[tokio::test]
async fn an_echo_sends_back_what_it_receives() {
    let server = TestServer::start().await;
    let mut alice = Peer::join("alice", &server).await;
    let echo = NativeOptions { echo: true, ..NativeOptions::default() };
    let mut bob = Peer::start("bob", &server, echo, Mischief::None).await;
    tokio::join!(alice.until_step_13(), bob.until_step_13());
    tokio::join!(alice.receives(15, 50), bob.receives(15, 50));
    // What alice gets is what she sent: the same frames have the same sizes.
    let (sent, returned) = (bob.counters.read(), alice.counters.read());
    let average = |counted: Counted| counted.audio_bytes as f64 / counted.audio_frames as f64;
    assert!((average(sent) / average(returned) - 1.0).abs() < 0.2, "{sent:?} {returned:?}");
    assert_eq!((alice.hang_up().await, bob.hang_up().await), (Ok(()), Ok(())));
}

#[tokio::test]
async fn recordings_hold_what_was_received_and_each_call_has_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let server = TestServer::start().await;
    let record = NativeOptions { record: Some(folder.path().to_owned()), ..NativeOptions::default() };
    let mut alice = Peer::start("alice", &server, record, Mischief::None).await;
    alice.until_in_room().await;
    for name in ["remote", "remote-2"] {
        let mut bob = Peer::join("bob", &server).await;
        let before = alice.counters.read();
        tokio::join!(alice.until_step_13(), bob.until_step_13());
        alice.receives(20, 60).await;
        assert_eq!(bob.hang_up().await, Ok(()));
        alice.until_ended().await;
        let counted = alice.counters.read();
        let video = media::video(Some(&folder.path().join(name).with_extension("ivf"))).expect("the video is whole");
        let audio = media::audio(Some(&folder.path().join(name).with_extension("ogg"))).expect("the audio is whole");
        assert_eq!(video.frames.len() as u64, counted.video_frames - before.video_frames);
        assert_eq!(audio.frames.len() as u64, counted.audio_frames - before.audio_frames);
        assert!(video.description.contains("320x240"), "{}", video.description);
        let seconds: f64 = audio.frames.iter().map(|frame| frame.duration.as_secs_f64()).sum();
        assert!(seconds > 1.0, "{seconds}");
    }
    assert_eq!(alice.hang_up().await, Ok(()));
}

#[tokio::test]
async fn connecting_and_hanging_up_shows_every_state() {
    let server = TestServer::start().await;
    let (alice, bob) = call_of_two(&server).await;
    for peer in [&alice, &bob] {
        let states = peer.seen.iter().filter_map(|event| match event {
            CallEvent::ConnectionState(state) => Some(*state),
            _ => None,
        });
        assert_eq!(states.collect::<Vec<_>>(), [ConnectionState::Connecting, ConnectionState::Connected]);
    }
    assert_eq!((alice.hang_up().await, bob.hang_up().await), (Ok(()), Ok(())));
}

// ---------------------------------------------------------------------------------------------------------------------
// Two servers that share a Redis

/// A Redis, and two servers that share it.
async fn redis_and_two_servers() -> (Redis, [TestServer; 2]) {
    let redis = Redis::start();
    let start = async || {
        let link = Link::open(&redis.url()).expect("an address");
        assert!(link.wait_until_up(PATIENCE).await, "the server finds Redis");
        TestServer::start_with(ServerOptions { redis: link, ..ServerOptions::default() }).await
    };
    let servers = [start().await, start().await];
    (redis, servers)
}

#[tokio::test]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn two_peers_on_two_servers_hear_and_see_and_read_each_other() {
    let (_redis, [here, there]) = redis_and_two_servers().await;
    let mut alice = Peer::join("alice", &here).await;
    let mut bob = Peer::join("bob", &there).await;
    tokio::join!(alice.until_step_13(), bob.until_step_13());
    tokio::join!(alice.receives(15, 50), bob.receives(15, 50));
    chat_is_open(&mut alice, &mut bob).await;
    alice.controls.chat("hello bob");
    bob.until_chat("hello bob").await;
    bob.controls.chat("hello alice");
    alice.until_chat("hello alice").await;

    let carol = Peer::start("carol", &there, NativeOptions::default(), Mischief::None).await;
    let error = carol.end().await.expect_err("two are in the room");
    assert!(error.to_string().contains("room_full"), "{error}");

    // Leaving and coming back, at the other server.
    assert_eq!(bob.hang_up().await, Ok(()));
    assert_eq!(alice.until_ended().await, EndReason::PeerLeft(None));
    let mut bob = Peer::join("bob", &here).await;
    tokio::join!(alice.until_step_13(), bob.until_step_13());
    assert_eq!((alice.hang_up().await, bob.hang_up().await), (Ok(()), Ok(())));
}

#[tokio::test]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn redis_started_again_in_the_middle_of_a_call_stops_nothing() {
    let (mut redis, [here, there]) = redis_and_two_servers().await;
    let mut alice = Peer::join("alice", &here).await;
    let mut bob = Peer::join("bob", &there).await;
    tokio::join!(alice.until_step_13(), bob.until_step_13());
    redis.kill();
    tokio::join!(alice.receives(15, 50), bob.receives(15, 50));
    redis.start_again();
    tokio::join!(alice.receives(45, 150), bob.receives(45, 150));
    let ended = |peer: &Peer| peer.seen.iter().any(|event| matches!(event, CallEvent::Ended(_)));
    assert!(!ended(&alice) && !ended(&bob));

    // The servers know again who is with whom, and let the next one in.
    assert_eq!(alice.hang_up().await, Ok(()));
    assert_eq!(bob.until_ended().await, EndReason::PeerLeft(None));
    let mut carol = Peer::join("carol", &here).await;
    tokio::join!(bob.until_step_13(), carol.until_step_13());
    tokio::join!(bob.receives(5, 10), carol.receives(5, 10));
    assert_eq!((bob.hang_up().await, carol.hang_up().await), (Ok(()), Ok(())));
}

#[tokio::test]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn a_peer_whose_server_was_frozen_finds_its_partner_again() {
    let (redis, [here, _]) = redis_and_two_servers().await;
    let program = ServerProgram::start(&redis.url());
    let mut alice = Peer::join("alice", &here).await;
    let mut bob = Peer::start_at("bob", program.url(), NativeOptions::default(), Mischief::None).await;
    tokio::join!(alice.until_step_13(), bob.until_step_13());
    program.signal("STOP");
    // For all that alice's server knows, bob's is gone, and bob does not come back: the place is kept as after any lost connection.
    alice.patience = ServerOptions::default().hold + PATIENCE;
    assert_eq!(alice.until_ended().await, EndReason::PeerLeft(None));
    program.signal("CONT");
    assert_eq!(bob.until_ended().await, EndReason::StartedOver);
    tokio::join!(alice.until_step_13(), bob.until_step_13());
    tokio::join!(alice.receives(5, 10), bob.receives(5, 10));
    assert_eq!((alice.hang_up().await, bob.hang_up().await), (Ok(()), Ok(())));
}

/// How long the person of the next test reads: longer than the half minute after which ICE agents give up by themselves.
/// `READING_SECONDS` makes it more.
fn reading_time() -> Duration {
    let seconds = std::env::var("READING_SECONDS").ok().map(|text| text.parse().expect("a number of seconds"));
    Duration::from_secs(seconds.unwrap_or(45))
}

#[tokio::test]
#[ignore = "somebody reads for 45 seconds"]
async fn a_headless_peer_has_patience_with_somebody_who_reads_between_two_steps() {
    let reads_as_a = async {
        let server = TestServer::start().await;
        let mut alice = Peer::start("alice", &server, NativeOptions::default(), Mischief::None).await;
        alice.controls.set_step_by_step(true);
        (0..3).for_each(|_| alice.controls.next_step());
        assert_eq!(alice.until_in_room().await, Role::A);
        let bob = Peer::join("bob", &server).await;
        // Steps 3, 4 and 5: bob has the offer and answers at once.
        (3..6).for_each(|_| alice.controls.next_step());
        (server, alice, bob)
    };
    let reads_as_b = async {
        let server = TestServer::start().await;
        let alice = Peer::join("alice", &server).await;
        let mut bob = Peer::start("bob", &server, NativeOptions::default(), Mischief::None).await;
        bob.controls.set_step_by_step(true);
        (0..3).for_each(|_| bob.controls.next_step());
        assert_eq!(bob.until_in_room().await, Role::B);
        // Steps 6 to 9: alice has the answer.
        (6..10).for_each(|_| bob.controls.next_step());
        (server, bob, alice)
    };
    let mut pairs: [(TestServer, Peer, Peer); 2] = tokio::join!(reads_as_a, reads_as_b).into();
    tokio::time::sleep(reading_time()).await;
    for (_, reader, other) in &mut pairs {
        reader.controls.set_step_by_step(false);
        tokio::join!(reader.until_step_13(), other.until_step_13());
        tokio::join!(reader.receives(5, 10), other.receives(5, 10));
    }
    for (_, reader, other) in pairs {
        assert_eq!((reader.hang_up().await, other.hang_up().await), (Ok(()), Ok(())));
    }
}
