//! The laboratory: failures that are brought back on purpose, and what the call survives of them.
//!
//! Expected: each failure shows with its switch, in the words of `docs/laboratory.md`, and is gone without it. Messages that
//! are reordered, doubled or late are survived; a message that is lost is not, and the programs say what is missing.

use std::time::Instant;

use shared::SessionDescription;
use study_zoom::call::{Artefact, Fault};
use study_zoom::server::{Ice, OwnIce, ServerFault};
use study_zoom::site::lab::EXPERIMENTS;
use study_zoom::turn::{TurnOptions, TurnServer};
use testing::program::Program;
use tokio::process::Command;
use tokio::time::timeout;

use super::*;

/// The very words that the laboratory promises.
fn promised(name: &str) -> &'static [&'static str] {
    EXPERIMENTS.iter().find(|experiment| experiment.name == name).expect("there is this experiment").shown
}

/// A side in the room, in which this is left out.
async fn side(name: &'static str, server: &TestServer, fault: Option<Fault>) -> Peer {
    let room = RoomName::new("test").expect("keeps the rules");
    let options = CallOptions { fault, ..CallOptions::new(room) };
    let mut peer = Peer::start_in(name, &server.url(), NativeOptions::default(), options, Mischief::None).await;
    peer.until_in_room().await;
    peer
}

/// A server that does this wrong.
async fn server_with(faults: &[&str]) -> TestServer {
    let faults = faults.iter().map(|fault| fault.parse().expect("there is this fault")).collect();
    TestServer::start_with(ServerOptions { faults, ..ServerOptions::default() }).await
}

/// alice and bob get through all their steps, and hear and see each other.
async fn they_connect(mut alice: Peer, mut bob: Peer) -> (Peer, Peer) {
    tokio::join!(alice.until_step_13(), bob.until_step_13());
    tokio::join!(alice.receives(5, 10), bob.receives(5, 10));
    (alice, bob)
}

async fn they_hang_up((alice, bob): (Peer, Peer)) {
    assert_eq!((alice.hang_up().await, bob.hang_up().await), (Ok(()), Ok(())));
}

fn refused(peer: &Peer) -> usize {
    peer.seen.iter().filter(|event| matches!(event, CallEvent::CandidateRefused(_))).count()
}

#[tokio::test]
async fn early_candidates_are_refused_by_the_engine() {
    let server = TestServer::start().await;
    let alice = side("alice", &server, None).await;
    let mut bob = side("bob", &server, Some(Fault::EarlyCandidates)).await;
    let event = bob.until("a candidate is refused", |event| matches!(event, CallEvent::CandidateRefused(_))).await;
    let CallEvent::CandidateRefused(error) = event else { unreachable!("{event:?}") };
    assert_eq!(format!("a candidate was refused: {error}"), promised("early-candidates")[0]);
    they_hang_up(they_connect(alice, bob).await).await;
}

#[tokio::test]
async fn early_candidates_are_kept_in_a_queue_otherwise() {
    let server = server_with(&["reorder"]).await;
    let (alice, bob) = (side("alice", &server, None).await, side("bob", &server, None).await);
    let (alice, bob) = they_connect(alice, bob).await;
    assert_eq!((refused(&alice), refused(&bob)), (0, 0));
    they_hang_up((alice, bob)).await;
}

#[tokio::test]
async fn both_offer_and_an_offer_does_not_fit() {
    let server = TestServer::start().await;
    let mut alice = side("alice", &server, None).await;
    let bob = side("bob", &server, Some(Fault::BothOffer)).await;
    let error = bob.end().await.expect_err("an offer came to somebody who has made one");
    assert_eq!(error.to_string(), promised("both-offer")[0]);
    assert!(matches!(alice.until_ended().await, EndReason::PeerLeft(Some(_))));
    assert_eq!(alice.hang_up().await, Ok(()));
}

#[tokio::test]
async fn both_do_not_offer_otherwise() {
    let server = TestServer::start().await;
    let (alice, bob) = (side("alice", &server, None).await, side("bob", &server, None).await);
    let (alice, bob) = they_connect(alice, bob).await;
    assert!(alice.steps().contains(&3) && !bob.steps().contains(&3));
    they_hang_up((alice, bob)).await;
}

#[tokio::test]
async fn an_answer_that_is_set_twice_fails_at_step_10() {
    let server = TestServer::start().await;
    let alice = side("alice", &server, Some(Fault::AnswerTwice)).await;
    let bob = side("bob", &server, None).await;
    let error = alice.end().await.expect_err("nobody waits for a second answer");
    assert_eq!(error.to_string(), promised("answer-twice")[0]);
    assert_eq!(bob.hang_up().await, Ok(()));
}

#[tokio::test]
async fn an_answer_is_set_once_otherwise_even_when_it_comes_twice() {
    let server = server_with(&["duplicate"]).await;
    let (alice, bob) = (side("alice", &server, None).await, side("bob", &server, None).await);
    let (alice, bob) = they_connect(alice, bob).await;
    assert_eq!(alice.steps().iter().filter(|step| **step == 10).count(), 1);
    they_hang_up((alice, bob)).await;
}

fn is_step(event: &CallEvent, number: u8) -> bool {
    matches!(event, CallEvent::StepDone(step, _) if step.number == number)
}

fn description(event: CallEvent) -> SessionDescription {
    match event {
        CallEvent::StepDone(_, Artefact::Description(description)) => description,
        other => panic!("a description was made: {other:?}"),
    }
}

/// The first partner answers and leaves, the second one comes, and the answer of the first one is late. Whether alice has
/// taken the late one. The server loses all answers, and the test brings them when it is time.
async fn a_late_answer(fault: Option<Fault>) -> (bool, Peer, Peer) {
    let server = server_with(&["drop"]).await;
    let mut alice = side("alice", &server, fault).await;
    let mut first = side("the first", &server, None).await;
    let offer = description(alice.until("it makes an offer", |event| is_step(event, 3)).await);
    let late = description(first.until("it makes an answer", |event| is_step(event, 7)).await);
    assert_eq!(first.hang_up().await, Ok(()));
    assert!(matches!(alice.until_ended().await, EndReason::PeerLeft(Some(_))));
    let mut second = side("the second", &server, None).await;
    let next_offer = description(alice.until("it makes another offer", |event| is_step(event, 3)).await);
    alice.until("it sends it", |event| is_step(event, 5)).await;
    let answer = description(second.until("it makes an answer", |event| is_step(event, 7)).await);
    for (answer, offer) in [(&late, &offer), (&answer, &next_offer)] {
        let signal = Signal::Answer { description: answer.clone(), to_offer: offer.version().map(str::to_owned) };
        alice.forge.unbounded_send(signal).expect("alice listens");
    }
    let taken = description(alice.until("it takes an answer", |event| is_step(event, 10)).await);
    (taken == late, alice, second)
}

#[tokio::test]
async fn a_stale_answer_is_taken_and_nothing_connects() {
    let (took_the_late_one, mut alice, second) = a_late_answer(Some(Fault::StaleAnswer)).await;
    assert!(took_the_late_one);
    let connected = alice.events.by_ref().any(|event| std::future::ready(is_step(&event, 13)));
    assert!(timeout(Duration::from_secs(4), connected).await.is_err(), "no error, and no connection");
    they_hang_up((alice, second)).await;
}

#[tokio::test]
async fn a_stale_answer_is_left_alone_otherwise() {
    let (took_the_late_one, alice, second) = a_late_answer(None).await;
    assert!(!took_the_late_one);
    they_hang_up(they_connect(alice, second).await).await;
}

/// What bob hears when alice sends an offer, two candidates, and the word that there are no more.
async fn heard_of_four(faults: &[&str]) -> Vec<&'static str> {
    let server = server_with(faults).await;
    let (mut alice, mut bob) = (TestClient::connect("alice", &server).await, TestClient::connect("bob", &server).await);
    alice.join("test").await;
    bob.join("test").await;
    alice.expect("welcome").await;
    let room = || json!("test");
    alice.send("offer", [json!({"type": "offer", "sdp": "v=0"}), room()]);
    for candidate in [json!({"candidate": "one"}), json!({"candidate": "two"}), json!(null)] {
        alice.send("ice", [candidate, room()]);
    }
    // By then all of them have come: a message that nobody overtakes is held for 0.3 s, and this one is never held.
    tokio::time::sleep(Duration::from_millis(500)).await;
    alice.send("restart", [room()]);
    let mut heard = vec![];
    loop {
        match bob.next_message().await {
            (name, _) if name == "restart" => return heard,
            (name, args) => heard.push(match (&*name, args[0]["candidate"].as_str()) {
                ("offer", _) => "offer",
                ("ice", Some("one")) => "one",
                ("ice", Some("two")) => "two",
                ("ice", None) => "no more",
                other => panic!("{other:?}"),
            }),
        }
    }
}

#[tokio::test]
async fn reorder_lets_a_candidate_overtake_the_offer() {
    assert_eq!(heard_of_four(&["reorder"]).await, ["one", "offer", "no more", "two"]);
}

#[tokio::test]
async fn duplicate_lets_everything_come_twice() {
    let twice = ["offer", "one", "two", "no more"].map(|message| [message, message]).concat();
    assert_eq!(heard_of_four(&["duplicate"]).await, twice);
}

#[tokio::test]
async fn drop_loses_one_kind_of_message_and_no_other() {
    assert_eq!(heard_of_four(&["drop=ice"]).await, ["offer"]);
    assert_eq!(heard_of_four(&["drop=offer"]).await, ["one", "two", "no more"]);
}

#[tokio::test]
async fn without_a_fault_everything_comes_once_and_in_order() {
    for faults in [&[][..], &["delay=50"], &["drop=answer"]] {
        assert_eq!(heard_of_four(faults).await, ["offer", "one", "two", "no more"], "{faults:?}");
    }
}

/// How long a call takes with this server.
async fn time_of_a_call(faults: &[&str]) -> Duration {
    let server = server_with(faults).await;
    let alice = side("alice", &server, None).await;
    let begun = Instant::now();
    let (mut alice, mut bob) = (alice, side("bob", &server, None).await);
    tokio::join!(alice.until_step_13(), bob.until_step_13());
    let time = begun.elapsed();
    they_hang_up((alice, bob)).await;
    time
}

#[tokio::test]
async fn delay_makes_a_call_later_by_an_offer_and_an_answer() {
    let time = time_of_a_call(&["delay=1500"]).await;
    assert!(time >= Duration::from_millis(3000), "{time:?}");
}

/// How long one message is on its way.
async fn time_of_a_message(faults: &[&str]) -> Duration {
    let server = server_with(faults).await;
    let (mut alice, mut bob) = (TestClient::connect("alice", &server).await, TestClient::connect("bob", &server).await);
    alice.join("test").await;
    bob.join("test").await;
    alice.expect("welcome").await;
    let begun = Instant::now();
    alice.send("offer", [json!({"type": "offer", "sdp": "v=0"}), json!("test")]);
    bob.expect("offer").await;
    begun.elapsed()
}

#[tokio::test]
async fn delay_is_gone_otherwise() {
    let (with, without) = tokio::join!(time_of_a_message(&["delay=2000"]), time_of_a_message(&[]));
    assert!(with >= Duration::from_secs(2) && without < Duration::from_secs(2), "{with:?} {without:?}");
}

/// A headless peer as a program, for so many seconds.
fn program(name: &str, url: &str, seconds: &str) -> Program {
    let arguments = ["peer", "--room", "test", "--url", url, "--for", seconds];
    Program::start(name, Command::new(env!("CARGO_BIN_EXE_study-zoom")).args(arguments))
}

#[tokio::test]
async fn drop_leaves_a_with_the_word_that_the_answer_is_missing() {
    let server = ServerProgram::start_with(&["--fault", "drop"]);
    let mut alice = program("alice", server.url(), "8");
    alice.until("in room \"test\" as A").await;
    let bob = program("bob", server.url(), "30");
    let ended = within(2 * PATIENCE, "alice gives up", alice.end()).await;
    let [lost, missing] = promised("drop") else { panic!("two lines are promised") };
    assert!(!ended.status.success() && ended.stderr.contains(missing), "{}\n{}", ended.stdout, ended.stderr);
    assert!(server.log().contains(lost), "{}", server.log());
    drop(bob);
}

#[tokio::test]
async fn drop_is_gone_otherwise() {
    let server = ServerProgram::start_with(&[]);
    let mut alice = program("alice", server.url(), "60");
    alice.until("in room \"test\" as A").await;
    let mut bob = program("bob", server.url(), "60");
    tokio::join!(alice.until("connectionState: connected"), bob.until("connectionState: connected"));
    alice.signal("INT").await;
    let ended = within(PATIENCE, "alice hangs up", alice.end()).await;
    assert!(ended.status.success(), "{}\n{}", ended.stdout, ended.stderr);
    assert!(!server.log().contains("FAULT"), "{}", server.log());
}

/// What a side says that has found nobody in time: the error of A, and that of B.
async fn nobody_in_time(fault: &str) -> [String; 2] {
    let server = ServerProgram::start_with(&["--fault", fault]);
    let mut alice = program("alice", server.url(), "30");
    alice.until("in room \"test\" as A").await;
    let bob = program("bob", server.url(), "8");
    let bob = within(2 * PATIENCE, "bob gives up", bob.end()).await;
    let alice = within(PATIENCE, "alice is told that bob has left", alice.end()).await;
    [alice.stderr, bob.stderr]
}

#[tokio::test]
async fn drop_of_the_offer_leaves_b_with_the_word_that_it_is_missing() {
    let [_, bob] = nobody_in_time("drop=offer").await;
    assert!(bob.contains("the other side is there, and its offer (step 5) has not come"), "{bob}");
}

#[tokio::test]
async fn drop_of_all_candidates_leaves_both_without_a_way() {
    let [alice, bob] = nobody_in_time("drop=ice").await;
    assert!(bob.contains("offer and answer were exchanged, and no way to the other side was found (step 13)"), "{bob}");
    assert!(alice.contains("step 13 (track event): the other side left before the call was connected"), "{alice}");
}

#[tokio::test]
#[ignore = "takes forty seconds"]
async fn drop_lets_b_look_for_a_path_for_forty_seconds() {
    let server = server_with(&["drop"]).await;
    let (alice, bob) = (side("alice", &server, None).await, side("bob", &server, None).await);
    let begun = Instant::now();
    let error = within(Duration::from_secs(60), "bob gives up", bob.call).await.expect("a call does not panic");
    assert!(begun.elapsed() >= Duration::from_secs(38), "{:?}", begun.elapsed());
    let error = error.expect_err("there is no path").to_string();
    assert!(error.starts_with("step 13 (track event): no path to the other side works any more"), "{error}");
    assert_eq!(alice.hang_up().await, Ok(()));
}

/// What `doctor` says of a server with a relay.
async fn doctor(faults: &[&str]) -> (bool, String) {
    let arguments = [&["--turn", "--turn-allow-private", "--stun-port", "0"], faults].concat();
    let server = ServerProgram::start_with(&arguments);
    let mut doctor = Command::new(env!("CARGO_BIN_EXE_study-zoom"));
    let ended = Program::start("doctor", doctor.args(["doctor", "--url", server.url()])).end();
    let ended = within(2 * PATIENCE, "doctor ends", ended).await;
    (ended.status.success(), ended.stdout)
}

#[tokio::test]
async fn a_wrong_turn_password_is_found_by_doctor() {
    let (all_well, said) = doctor(&["--fault", "turn-password"]).await;
    assert!(!all_well && said.contains(promised("turn-password")[0]), "{said}");
}

#[tokio::test]
async fn the_turn_password_is_right_otherwise() {
    let (_, said) = doctor(&[]).await;
    assert!(said.contains("relays at 127.0.0.1:") && !said.contains("401"), "{said}");
}

/// The candidates of a call that is to be relayed, until there are no more.
async fn relay_candidates(faults: Vec<ServerFault>) -> usize {
    let turn = TurnOptions { relay: true, allow_private: true, ..TurnOptions::default() };
    let relay = TurnServer::bind(std::net::Ipv4Addr::LOCALHOST.into(), 0, turn).expect("a port is free");
    let own = OwnIce { address: relay.local_addr(), public: None, relay: Some(relay.credentials()) };
    let relaying = tokio::spawn(relay.run(std::future::pending()));
    let ice = Ice { own: Some(own), ..Ice::default() };
    let server = TestServer::start_with(ServerOptions { ice, faults, ..ServerOptions::default() }).await;
    let relayed =
        || CallOptions { relay_only: true, ..CallOptions::new(RoomName::new("test").expect("keeps the rules")) };
    let url = server.url();
    let start = |name| Peer::start_in(name, &url, NativeOptions::default(), relayed(), Mischief::None);
    let mut alice = start("alice").await;
    alice.until_in_room().await;
    let bob = start("bob").await;
    alice.until("it has no more candidates", |event| *event == CallEvent::LocalCandidate(None)).await;
    let count = alice.seen.iter().filter(|event| matches!(event, CallEvent::LocalCandidate(Some(_)))).count();
    they_hang_up((alice, bob)).await;
    relaying.abort();
    count
}

#[tokio::test]
async fn a_wrong_turn_password_leaves_no_relay_candidate() {
    assert_eq!(relay_candidates(vec![ServerFault::TurnPassword]).await, 0);
}

#[tokio::test]
async fn there_is_a_relay_candidate_otherwise() {
    assert!(relay_candidates(Vec::new()).await > 0);
}

/// A side at a server that is a program.
async fn side_at(name: &'static str, url: &str) -> Peer {
    let mut peer = Peer::start_at(name, url, NativeOptions::default(), Mischief::None).await;
    peer.until_in_room().await;
    peer
}

#[tokio::test]
async fn a_server_that_dies_after_the_first_offer_is_waited_for() {
    let mut server = ServerProgram::start_with(&["--fault", "die"]);
    let url = server.url().to_owned();
    let (mut alice, mut bob) = (side_at("alice", &url).await, side_at("bob", &url).await);
    let lost = |event: &CallEvent| matches!(event, CallEvent::SignalingLost(_));
    let (lost, _) = tokio::join!(alice.until("the server is lost", lost), bob.until("the server is lost", lost));
    let CallEvent::SignalingLost(reason) = lost else { unreachable!("{lost:?}") };
    let over = async {
        while server.has_ended().is_none() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    within(PATIENCE, "the server ends", over).await;
    assert!(server.has_ended().is_some_and(|status| !status.success()));
    let [error, line] = promised("die") else { panic!("two lines are promised") };
    // What follows is the word of the system, and differs.
    assert!(format!("signaling lost: {reason}").starts_with(line), "{reason}");
    assert!(server.log().lines().any(|line| line == *error), "{}", server.log());
    let connected = |peer: &Peer| peer.seen.iter().any(|event| is_step(event, 13));
    assert!(!connected(&alice) && !connected(&bob), "no answer has come");
    // The cure.
    let again = ServerProgram::start_at(url.trim_start_matches("http://"), &[]);
    they_hang_up(they_connect(alice, bob).await).await;
    drop(again);
}

#[tokio::test]
async fn a_server_lives_on_otherwise() {
    let mut server = ServerProgram::start_with(&[]);
    let (alice, bob) = (side_at("alice", server.url()).await, side_at("bob", server.url()).await);
    they_hang_up(they_connect(alice, bob).await).await;
    assert_eq!(server.has_ended(), None);
}
