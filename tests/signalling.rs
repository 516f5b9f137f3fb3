//! The signalling server, seen from outside.
//!
//! **Scenario:** the real server on a free port, and clients on real WebSockets. `alice` is in the room first (A), `bob`
//! is the second (B), `carol` is one too many; `dave` and `erin` are in a room of their own, `mallory` means harm. All
//! arguments are written as JSON and not with the types of `shared`: the wire format is what is tested.
//!
//! **Expected:** two people hear each other, in order, and nobody else. Whatever goes wrong has a name, concerns only
//! the one who did it, and is over when it is over: nobody waits for somebody who is gone.
//!
//! Run it: `cargo test --test signalling`

mod common;
/// Clients that take up memory, and time.
mod stalled;

use std::time::{Duration, Instant};

use common::program::ServerProgram;
use common::{PATIENCE, RawClient, TestClient, TestServer, within};
use serde_json::{Value, json};
use shared::events::{ANSWER, BYE, ICE, JOIN_ROOM, LEAVE_ROOM, OFFER, REFUSED, REJOIN_ROOM, RESUMED, STEP, WELCOME};
use socketio_src::client::DisconnectReason;
use socketio_src::server::{Origins, Rate};
use study_zoom::server::ServerOptions;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

// ---------------------------------------------------------------------------------------------------------------------
// Two in a room

#[tokio::test(flavor = "multi_thread")]
async fn the_first_is_a_the_second_is_b_and_only_the_first_is_welcomed() {
    let server = TestServer::start().await;
    let mut alice = TestClient::connect("alice", &server).await;
    let mut bob = TestClient::connect("bob", &server).await;

    assert_eq!(alice.join("demo").await, json!({"ok": true, "role": "A"}));
    alice.expect_silence().await;
    assert_eq!(bob.join("demo").await, json!({"ok": true, "role": "B"}));
    assert_eq!(alice.expect(WELCOME).await, no_arguments());
    alice.expect_silence().await;
    bob.expect_silence().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn spaces_around_a_room_name_do_not_make_another_room() {
    let server = TestServer::start().await;
    let mut alice = TestClient::connect("alice", &server).await;
    let mut bob = TestClient::connect("bob", &server).await;

    alice.join("demo room").await;
    assert_eq!(bob.join("  demo room\t").await["role"], "B");
    alice.expect(WELCOME).await;
    alice.send(OFFER, [offer("1"), json!(" demo room ")]);
    assert_eq!(bob.expect(OFFER).await, [offer("1")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_asks_for_no_acknowledgement_and_knows_four_events_can_call() {
    let server = TestServer::start().await;
    let mut alice = RawClient::connect("alice", &server).await;
    let mut bob = RawClient::connect("bob", &server).await;

    // Text by text what a page sends that has `socket.emit("join_room", "demo")` and no more. Neither knows when the
    // server has handled it: only `welcome` says so.
    alice.send(r#"42["join_room","demo"]"#).await;
    fence(&mut alice).await;
    bob.send(r#"42["join_room","demo"]"#).await;
    assert_eq!(alice.receive().await, r#"42["welcome"]"#);
    alice.send(r#"42["offer",{"type":"offer","sdp":"v=0\r\n"},"demo"]"#).await;
    assert_eq!(bob.receive_event().await, json!(["offer", {"type": "offer", "sdp": "v=0\r\n"}]));
    bob.send(r#"42["answer",{"type":"answer","sdp":"v=0\r\n"},"demo"]"#).await;
    assert_eq!(alice.receive_event().await, json!(["answer", {"type": "answer", "sdp": "v=0\r\n"}]));
    alice.send(r#"42["ice",{"candidate":"candidate:1"},"demo"]"#).await;
    assert_eq!(bob.receive_event().await, json!(["ice", {"candidate": "candidate:1"}]));
    bob.send(r#"42["ice",null,"demo"]"#).await;
    assert_eq!(alice.receive_event().await, json!(["ice", null]));

    assert_eq!(fence(&mut alice).await, 0, "alice hears nothing else");
    assert_eq!(fence(&mut bob).await, 0, "bob hears nothing else");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_sends_reaches_the_other_unchanged_and_nobody_else() {
    let server = TestServer::start().await;
    let (mut alice, mut bob) = call("demo", &server).await;
    let mut dave = TestClient::connect("dave", &server).await;
    let mut erin = TestClient::connect("erin", &server).await;
    dave.join("elsewhere").await;
    erin.join("elsewhere").await;
    dave.expect(WELCOME).await;

    // Fields that this version does not know are passed on: the server does not decide what a browser may say.
    let from_2030 =
        json!({"type": "offer", "sdp": "v=0\r\ns=방\u{1F600}\"\\\r\n", "quantum": {"spin": [1, null, 0.5]}});
    assert_eq!(alice.ask(OFFER, [from_2030.clone(), json!("demo")]).await, json!({"ok": true}));
    assert_eq!(bob.expect(OFFER).await, [from_2030]);

    assert_eq!(bob.ask(ANSWER, [answer("1"), json!("demo")]).await, json!({"ok": true}));
    assert_eq!(alice.expect(ANSWER).await, [answer("1")]);
    bob.send(ANSWER, [answer("2"), json!("demo"), json!("session id of the offer")]);
    assert_eq!(alice.expect(ANSWER).await, [answer("2"), json!("session id of the offer")]);

    let from_2031 = json!({"candidate": "candidate:1", "sdpMid": null, "sdpMLineIndex": 0, "colour": "blue"});
    for candidate in [candidate(1), from_2031, json!({"candidate": ""}), Value::Null] {
        assert_eq!(alice.ask(ICE, [candidate.clone(), json!("demo")]).await, json!({"ok": true}));
        assert_eq!(bob.expect(ICE).await, [candidate]);
    }
    let news = json!({"number": 13, "phase": "done", "colour": "green"});
    alice.send(STEP, [news.clone(), json!("demo")]);
    assert_eq!(bob.expect(STEP).await, [news]);
    for client in [&mut alice, &mut bob, &mut dave, &mut erin] {
        client.expect_silence().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn news_of_a_step_that_is_not_there_is_refused_and_reaches_nobody() {
    let server = TestServer::start().await;
    let (alice, mut bob) = call("demo", &server).await;
    for news in
        [json!({"number": 14, "phase": "done"}), json!({"number": 3, "phase": "sleeping"}), json!("3"), json!(null)]
    {
        let reply = alice.ask(STEP, [news.clone(), json!("demo")]).await;
        assert_eq!(reply["error"]["code"], "bad_arguments", "{news}: {reply}");
    }
    let reply = alice.ask(STEP, [json!({"number": 3, "phase": "done"}), json!("elsewhere")]).await;
    assert_eq!(reply["error"]["code"], "not_in_room", "{reply}");
    bob.expect_silence().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_candidate_never_overtakes_its_offer() {
    const ROUNDS: usize = 300;
    let server = TestServer::start_with(unhurried()).await;
    let (alice, mut bob) = call("demo", &server).await;

    let room = json!("demo");
    for round in 0..ROUNDS {
        alice.send(OFFER, [offer(&round.to_string()), room.clone()]);
        for n in 1..=20 {
            alice.send(ICE, [candidate(n), room.clone()]);
        }
        assert_eq!(bob.expect(OFFER).await, [offer(&round.to_string())], "round {round}");
        for n in 1..=20 {
            assert_eq!(bob.expect(ICE).await, [candidate(n)], "round {round}");
        }
    }
    bob.expect_silence().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_may_speak_as_soon_as_it_is_let_in() {
    let server = TestServer::start().await;
    // Many rounds, because a server that is wrong here loses only one word in a few hundred.
    for _ in 0..500 {
        let mut alice = RawClient::connect("alice", &server).await;
        let answer = alice.receive_until_answered(&json!([JOIN_ROOM, "demo"])).await;
        assert_eq!(answer, [r#"437[{"ok":true,"role":"A"}]"#]);
        let answer = alice.receive_until_answered(&json!([LEAVE_ROOM, "demo"])).await;
        assert_eq!(answer, [r#"437[{"ok":true}]"#]);
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// A third person

#[tokio::test(flavor = "multi_thread")]
async fn a_third_person_is_refused_and_disturbs_nobody() {
    let server = TestServer::start().await;
    let (mut alice, mut bob) = call("demo", &server).await;
    let mut carol = TestClient::connect("carol", &server).await;

    assert_refused(&carol.join("demo").await, "room_full");
    assert_refused(&carol.ask(REJOIN_ROOM, [json!("demo"), json!({"call": "1"})]).await, "room_full");
    assert_refused(&carol.ask(OFFER, [offer("1"), json!("demo")]).await, "not_in_room");
    alice.expect_silence().await;
    bob.expect_silence().await;
    assert_calls_work(&mut alice, &mut bob, "demo").await;
    carol.expect_silence().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_refused_can_talk_in_another_room() {
    let server = TestServer::start().await;
    let (mut alice, mut bob) = call("demo", &server).await;
    let mut carol = TestClient::connect("carol", &server).await;
    let mut dave = TestClient::connect("dave", &server).await;

    assert_refused(&carol.join("demo").await, "room_full");
    assert_eq!(carol.join("elsewhere").await["role"], "A");
    assert_eq!(dave.join("elsewhere").await["role"], "B");
    carol.expect(WELCOME).await;
    assert_calls_work(&mut carol, &mut dave, "elsewhere").await;
    assert_calls_work(&mut alice, &mut bob, "demo").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_refused_gets_in_when_there_is_a_place() {
    let server = TestServer::start().await;
    let (mut alice, mut bob) = call("demo", &server).await;
    let mut carol = TestClient::connect("carol", &server).await;

    assert_refused(&carol.join("demo").await, "room_full");
    assert_eq!(bob.ask(LEAVE_ROOM, [json!("demo")]).await, json!({"ok": true}));
    assert_eq!(alice.expect(BYE).await, no_arguments());
    assert_comes_next(&mut alice, &mut carol, "demo").await;
    bob.expect_silence().await;
}

// ---------------------------------------------------------------------------------------------------------------------
// One goes, one stays

#[tokio::test(flavor = "multi_thread")]
async fn the_one_that_stays_hears_bye_when_the_other_leaves_the_room() {
    let server = TestServer::start().await;
    let (mut alice, mut bob) = call("demo", &server).await;
    let mut carol = TestClient::connect("carol", &server).await;

    // B stays, and is A for whoever comes next.
    assert_eq!(alice.ask(LEAVE_ROOM, [json!("demo")]).await, json!({"ok": true}));
    assert_eq!(bob.expect(BYE).await, no_arguments());
    alice.expect_silence().await;
    assert_refused(&bob.ask(OFFER, [offer("1"), json!("demo")]).await, "nobody_there");
    assert_comes_next(&mut bob, &mut carol, "demo").await;

    // Whoever left can come back, and an empty room begins anew.
    carol.ask(LEAVE_ROOM, [json!("demo")]).await;
    bob.expect(BYE).await;
    bob.ask(LEAVE_ROOM, [json!("demo")]).await;
    assert_eq!(alice.join("demo").await, json!({"ok": true, "role": "A"}));
    assert_comes_next(&mut alice, &mut bob, "demo").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_one_that_stays_hears_bye_when_the_other_closes_the_page() {
    let server = TestServer::start().await;
    let (mut alice, bob) = call("demo", &server).await;
    let mut carol = TestClient::connect("carol", &server).await;

    bob.close().await;
    assert_eq!(alice.expect(BYE).await, no_arguments());
    assert_comes_next(&mut alice, &mut carol, "demo").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_one_that_stays_hears_bye_when_the_connection_of_the_other_breaks() {
    let server = TestServer::start_with(without_heartbeat()).await;
    let mut alice = TestClient::connect("alice", &server).await;
    let mut bob = RawClient::connect("bob", &server).await;
    let mut carol = TestClient::connect("carol", &server).await;
    alice.join("demo").await;
    enter(&mut bob, "demo").await;
    alice.expect(WELCOME).await;

    // No goodbye of Socket.IO, of Engine.IO or of WebSocket: the TCP connection is gone. There is no heartbeat, so it
    // is the end of the connection that the server goes by.
    drop(bob);
    assert_eq!(alice.expect(BYE).await, no_arguments());
    assert_comes_next(&mut alice, &mut carol, "demo").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_one_that_stays_hears_bye_when_the_other_misses_its_heartbeat() {
    let options = short_heartbeat();
    let longest = options.ping_interval + options.ping_timeout;
    let server = TestServer::start_with(options).await;
    let mut alice = TestClient::connect("alice", &server).await;
    let mut bob = RawClient::connect("bob", &server).await;
    let mut carol = TestClient::connect("carol", &server).await;
    alice.join("demo").await;
    enter(&mut bob, "demo").await;
    alice.expect(WELCOME).await;

    // From now on bob reads nothing and so answers no ping, like a laptop that was closed. TCP does not notice.
    let silent_since = Instant::now();
    assert_eq!(alice.expect(BYE).await, no_arguments());
    let noticed_after = silent_since.elapsed();
    let slack = Duration::from_secs(2);
    assert!(noticed_after < longest + slack, "noticed after {noticed_after:?}, the heartbeat allows {longest:?}");
    assert_comes_next(&mut alice, &mut carol, "demo").await;
    drop(bob);
}

#[tokio::test(flavor = "multi_thread")]
async fn bye_is_never_overtaken_by_the_next_welcome() {
    let server = TestServer::start_with(unhurried()).await;
    let mut alice = TestClient::connect("alice", &server).await;
    let mut bob = TestClient::connect("bob", &server).await;
    let mut carol = TestClient::connect("carol", &server).await;
    alice.join("demo").await;
    bob.join("demo").await;
    alice.expect(WELCOME).await;

    // One leaves in the moment in which another comes. Whoever is too early comes a second time.
    let (mut leaves, mut comes) = (&mut bob, &mut carol);
    for _ in 0..1000 {
        let (left, joined) = tokio::join!(leaves.ask(LEAVE_ROOM, [json!("demo")]), comes.join("demo"));
        assert_eq!(left, json!({"ok": true}));
        if joined["ok"] == false {
            assert_refused(&joined, "room_full");
            assert_eq!(comes.join("demo").await["role"], "B");
        }
        alice.expect(BYE).await;
        alice.expect(WELCOME).await;
        (leaves, comes) = (comes, leaves);
    }
    alice.expect_silence().await;
    leaves.expect_silence().await;
    comes.expect_silence().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_leaving_nothing_arrives_from_the_old_room() {
    let server = TestServer::start_with(unhurried()).await;
    let mut alice = TestClient::connect("alice", &server).await;
    let mut bob = RawClient::connect("bob", &server).await;
    alice.join("demo").await;

    // The offer arrives or does not arrive; after the answer to `leave_room` it must not.
    for round in 0..1000 {
        enter(&mut bob, "demo").await;
        alice.expect_after_refusals(WELCOME).await;
        alice.send(OFFER, [offer(&round.to_string()), json!("demo")]);
        bob.receive_until_answered(&json!([LEAVE_ROOM, "demo"])).await;
        alice.expect_after_refusals(BYE).await;
        alice.round_trip().await;
        assert_eq!(fence(&mut bob).await, 0, "round {round}");
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// Refusals

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_room_name_is_refused_by_name() {
    let server = TestServer::start().await;
    let mut dave = TestClient::connect("dave", &server).await;
    for event in [JOIN_ROOM, REJOIN_ROOM, LEAVE_ROOM] {
        for (room, code) in bad_rooms() {
            assert_refused(&dave.ask(event, [room]).await, code);
        }
        assert_refused(&dave.ask(event, []).await, "bad_arguments");
    }
    for (event, message) in [(OFFER, offer("1")), (ANSWER, answer("1")), (ICE, candidate(1))] {
        for (room, code) in bad_rooms() {
            assert_refused(&dave.ask(event, [message.clone(), room]).await, code);
        }
        assert_refused(&dave.ask(event, [message]).await, "bad_arguments");
    }
    dave.expect_silence().await;

    // 64 characters are allowed, and they may be any.
    let longest = "방".repeat(64);
    assert_eq!(dave.join(&longest).await, json!({"ok": true, "role": "A"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_is_in_one_room_at_a_time() {
    let server = TestServer::start().await;
    let (mut alice, mut bob) = call("demo", &server).await;
    for event in [JOIN_ROOM, REJOIN_ROOM] {
        assert_refused(&alice.ask(event, [json!("demo")]).await, "already_in_room");
        assert_refused(&bob.ask(event, [json!("elsewhere")]).await, "already_in_room");
    }
    assert_calls_work(&mut alice, &mut bob, "demo").await;

    // The refused room was not entered: nobody is there.
    let dave = TestClient::connect("dave", &server).await;
    assert_eq!(dave.join("elsewhere").await, json!({"ok": true, "role": "A"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_speaks_only_in_ones_own_room_and_only_to_somebody() {
    let server = TestServer::start().await;
    let (mut alice, mut bob) = call("demo", &server).await;
    let mut dave = TestClient::connect("dave", &server).await;

    for (event, message) in [(OFFER, offer("1")), (ANSWER, answer("1")), (ICE, candidate(1))] {
        assert_refused(&dave.ask(event, [message, json!("demo")]).await, "not_in_room");
    }
    assert_refused(&dave.ask(LEAVE_ROOM, [json!("demo")]).await, "not_in_room");
    dave.join("elsewhere").await;
    for (event, message) in [(OFFER, offer("1")), (ANSWER, answer("1")), (ICE, candidate(1))] {
        assert_refused(&dave.ask(event, [message.clone(), json!("demo")]).await, "not_in_room");
        assert_refused(&dave.ask(event, [message, json!("elsewhere")]).await, "nobody_there");
    }
    assert_refused(&dave.ask(LEAVE_ROOM, [json!("demo")]).await, "not_in_room");
    assert_refused(&dave.ask(LEAVE_ROOM, [json!("nowhere")]).await, "not_in_room");

    dave.expect_silence().await;
    assert_calls_work(&mut alice, &mut bob, "demo").await;
    // It is still in its own room.
    let mut erin = TestClient::connect("erin", &server).await;
    assert_comes_next(&mut dave, &mut erin, "elsewhere").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_arguments_are_refused_by_name_and_the_call_goes_on() {
    let server = TestServer::start().await;
    let (mut alice, mut bob) = call("demo", &server).await;
    for (event, args, code) in wrong_events() {
        let reply = alice.ask(event, args.clone()).await;
        assert_eq!(reply["error"]["code"], code, "{event} {}", shortened(&args));
        assert_refused(&reply, code);
    }
    assert_calls_work(&mut alice, &mut bob, "demo").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_arguments_without_an_acknowledgement_change_nothing() {
    let server = TestServer::start().await;
    let (mut alice, mut bob) = call("demo", &server).await;
    let wrong = wrong_events().into_iter().map(|(event, args, _)| (event, args));
    let bad_joins = bad_rooms().into_iter().map(|(room, _)| (JOIN_ROOM, vec![room]));
    for (event, args) in wrong.chain(bad_joins).chain([(JOIN_ROOM, vec![json!("demo")])]) {
        alice.send(event, args);
        // Nobody is left to wonder: the refusal is an event of its own.
        let refused = alice.expect(REFUSED).await;
        assert_eq!(refused[0]["event"], event, "{refused:?}");
        assert!(refused[0]["error"]["message"].is_string(), "{refused:?}");
    }
    assert_calls_work(&mut alice, &mut bob, "demo").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_is_refused_by_name_and_the_connection_stays() {
    let server = TestServer::start_with(unhurried()).await;
    let (mut alice, mut bob) = call("demo", &server).await;
    let room = json!("demo");

    for bytes in [300_000, 2_000_000] {
        assert_refused(&alice.ask(OFFER, [offer(&"x".repeat(bytes)), room.clone()]).await, "too_large");
        assert_refused(&bob.ask(ANSWER, [answer(&"x".repeat(bytes)), room.clone()]).await, "too_large");
        let ice = json!({"candidate": "x".repeat(bytes)});
        assert_refused(&alice.ask(ICE, [ice, room.clone()]).await, "too_large");
    }
    // What is passed on unread counts as well.
    let hidden = json!({"type": "offer", "sdp": "", "extra": "x".repeat(300_000)});
    assert_refused(&alice.ask(OFFER, [hidden, room.clone()]).await, "too_large");
    let third = json!("x".repeat(300_000));
    assert_refused(&bob.ask(ANSWER, [answer("1"), room.clone(), third]).await, "too_large");

    // And a quarter of a megabyte gets through.
    let large = offer(&"x".repeat(250_000));
    assert_eq!(alice.ask(OFFER, [large.clone(), room]).await, json!({"ok": true}));
    assert_eq!(bob.expect(OFFER).await, [large]);
    assert_calls_work(&mut alice, &mut bob, "demo").await;
}

// ---------------------------------------------------------------------------------------------------------------------
// Coming back

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_two_that_name_the_same_call_resume_it() {
    let mut server = TestServer::start().await;
    let (mut alice, mut bob) = call("demo", &server).await;
    restart(&mut server, [&mut alice, &mut bob]).await;

    let same_call = [json!("demo"), json!({"call": "4611731400430051336"})];
    assert_eq!(bob.ask(REJOIN_ROOM, same_call.clone()).await, json!({"ok": true, "role": "A"}));
    assert_eq!(alice.ask(REJOIN_ROOM, same_call).await, json!({"ok": true, "role": "B", "resumed": true}));
    assert_eq!(bob.expect(RESUMED).await, no_arguments());
    assert_calls_work(&mut alice, &mut bob, "demo").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_all_others_begin_anew() {
    let mut server = TestServer::start_with(ServerOptions { hold: Duration::ZERO, ..ServerOptions::default() }).await;
    let (mut alice, mut bob) = call("demo", &server).await;
    restart(&mut server, [&mut alice, &mut bob]).await;

    let pairs = [
        (vec![json!({"call": "1"})], vec![json!({"call": "2"})]),
        (vec![json!({"call": "1"})], vec![json!({"call": null})]),
        (vec![json!({})], vec![json!({"call": "1"})]),
        (vec![json!({})], vec![json!({})]),
        (vec![], vec![]),
    ];
    for (index, (first, second)) in pairs.into_iter().enumerate() {
        let room = format!("room {index}");
        let with_room = |more: Vec<Value>| [vec![json!(room)], more].concat();
        assert_eq!(alice.ask(REJOIN_ROOM, with_room(first)).await, json!({"ok": true, "role": "A"}));
        assert_eq!(bob.ask(REJOIN_ROOM, with_room(second)).await, json!({"ok": true, "role": "B"}));
        assert_eq!(alice.expect(WELCOME).await, no_arguments());
        assert_calls_work(&mut alice, &mut bob, &room).await;
        bob.ask(LEAVE_ROOM, [json!(room)]).await;
        alice.expect(BYE).await;
        alice.ask(LEAVE_ROOM, [json!(room)]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_nobody_else_gets_the_place_of_one_who_is_still_in_the_call() {
    let mut server = TestServer::start().await;
    let (mut alice, mut bob) = call("demo", &server).await;
    restart(&mut server, [&mut alice, &mut bob]).await;

    let same_call = [json!("demo"), json!({"call": "1"})];
    alice.ask(REJOIN_ROOM, same_call.clone()).await;
    let carol = TestClient::connect("carol", &server).await;
    assert_eq!(carol.join("demo").await["error"]["code"], "room_full");
    alice.expect_silence().await;
    assert_eq!(bob.ask(REJOIN_ROOM, same_call).await["resumed"], true);
    alice.expect(RESUMED).await;
    assert_calls_work(&mut alice, &mut bob, "demo").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_has_ended_is_not_resumed() {
    let server = TestServer::start().await;
    let mut alice = TestClient::connect("alice", &server).await;
    let bob = TestClient::connect("bob", &server).await;
    let call = [json!("demo"), json!({"call": "1"})];
    alice.ask(REJOIN_ROOM, call.clone()).await;
    bob.ask(REJOIN_ROOM, call.clone()).await;
    alice.expect(RESUMED).await;

    bob.ask(LEAVE_ROOM, [json!("demo")]).await;
    alice.expect(BYE).await;
    assert_eq!(bob.ask(REJOIN_ROOM, call).await, json!({"ok": true, "role": "B"}));
    alice.expect(WELCOME).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_takes_its_own_place_back_from_its_dead_connection() {
    let server = TestServer::start_with(short_heartbeat()).await;
    let mut alice = TestClient::connect("alice", &server).await;
    let mut dead = RawClient::connect_with("bob's old connection", &server, r#"{"client":"bob's secret"}"#).await;
    alice.join("demo").await;
    enter(&mut dead, "demo").await;
    alice.expect(WELCOME).await;
    // By the answer, which names the offer, the server knows which call the two are in.
    dead.send(r#"42["answer",{"type":"answer","sdp":""},"demo","1"]"#).await;
    alice.expect(ANSWER).await;

    // bob's network changed: for the server the old connection lives until its heartbeat is missed.
    let secret = Some(json!({"client": "bob's secret", "extended": true}));
    let mut bob = TestClient::connect_with("bob", &server, secret).await;
    let reply = bob.ask(REJOIN_ROOM, [json!("demo"), json!({"call": "1"})]).await;
    assert_eq!(reply, json!({"ok": true, "role": "B", "resumed": true}));
    assert_eq!(alice.expect(RESUMED).await, no_arguments());
    assert_calls_work(&mut alice, &mut bob, "demo").await;

    // The old connection has no say any more, and its death is not bob's.
    dead.send(r#"42["offer",{"type":"offer","sdp":""},"demo"]"#).await;
    dead.send(r#"42["leave_room","demo"]"#).await;
    dead.wait_until_closed().await;
    // The server closes first and tells its handlers afterwards: a few round trips are more than it needs for that.
    for _ in 0..20 {
        alice.round_trip().await;
    }
    assert_calls_work(&mut alice, &mut bob, "demo").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_comes_back_without_its_call_begins_anew() {
    let server = TestServer::start_with(without_heartbeat()).await;
    let mut alice = TestClient::connect("alice", &server).await;
    let mut reloaded = RawClient::connect_with("bob's old page", &server, r#"{"client":"bob's secret"}"#).await;
    alice.join("demo").await;
    enter(&mut reloaded, "demo").await;
    alice.expect(WELCOME).await;

    let secret = Some(json!({"client": "bob's secret", "extended": true}));
    let mut bob = TestClient::connect_with("bob", &server, secret).await;
    assert_eq!(bob.join("demo").await, json!({"ok": true, "role": "B"}));
    assert_eq!(alice.expect(WELCOME).await, no_arguments());
    assert_calls_work(&mut alice, &mut bob, "demo").await;
    drop(reloaded);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_a_place_without_its_secret() {
    let server = TestServer::start().await;
    let secret = |text: &str| Some(json!({"client": text, "extended": true}));
    let mut alice = TestClient::connect_with("alice", &server, secret("alice's secret")).await;
    let mut bob = TestClient::connect_with("bob", &server, secret("bob's secret")).await;
    alice.join("demo").await;
    bob.join("demo").await;
    alice.expect(WELCOME).await;

    for auth in [None, secret("guessed"), Some(json!({"client": null})), Some(json!({"client": 5})), Some(json!({}))] {
        let mallory = TestClient::connect_with("mallory", &server, auth).await;
        assert_refused(&mallory.ask(REJOIN_ROOM, [json!("demo"), json!({"call": "1"})]).await, "room_full");
    }
    assert_calls_work(&mut alice, &mut bob, "demo").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_cut_in_a_call_ends_nothing_and_a_goodbye_does() {
    let hold = Duration::from_secs(2);
    let server = TestServer::start_with(ServerOptions { hold, ..ServerOptions::default() }).await;
    let secret = |text: &str| format!(r#"{{"client":"{text}","extended":true}}"#);
    let mut alice = TestClient::connect("alice", &server).await;
    let mut bob = RawClient::connect_with("bob", &server, &secret("bob's secret")).await;
    alice.join("demo").await;
    enter(&mut bob, "demo").await;
    alice.expect(WELCOME).await;
    bob.send(r#"42["answer",{"type":"answer","sdp":""},"demo","1"]"#).await;
    alice.expect(ANSWER).await;

    // Cut, and back in time: alice hears that the call goes on, and never `bye`.
    drop(bob);
    let carol = TestClient::connect("carol", &server).await;
    assert_refused(&carol.join("demo").await, "room_full");
    let mut bob = RawClient::connect_with("bob again", &server, &secret("bob's secret")).await;
    let rejoin = json!([REJOIN_ROOM, "demo", {"call": "1"}]);
    let answer = bob.receive_until_answered(&rejoin).await;
    assert!(answer.last().is_some_and(|answer| answer.contains(r#""resumed":true"#)), "{answer:?}");
    assert_eq!(alice.expect(RESUMED).await, no_arguments());
    tokio::time::sleep(hold + hold / 2).await;
    alice.expect_silence().await;

    // Cut, and not back: `bye` after the stated time, and not before.
    let cut = Instant::now();
    drop(bob);
    assert_eq!(alice.expect(BYE).await, no_arguments());
    assert!(cut.elapsed() >= hold, "{:?}", cut.elapsed());

    // A page that is closed says so, and is heard at once.
    let mut bob = RawClient::connect_with("bob once more", &server, &secret("bob's secret")).await;
    enter(&mut bob, "demo").await;
    alice.expect(WELCOME).await;
    bob.send(r#"42["answer",{"type":"answer","sdp":""},"demo","2"]"#).await;
    alice.expect(ANSWER).await;
    let closed = Instant::now();
    bob.send("1").await;
    assert_eq!(alice.expect(BYE).await, no_arguments());
    assert!(closed.elapsed() < hold, "{:?}", closed.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_of_the_plain_protocol_hears_exactly_what_the_table_says() {
    let server = TestServer::start().await;
    let mut alice = RawClient::connect_with("alice", &server, r#"{"client":"alice's secret"}"#).await;
    let mut bob = TestClient::connect("bob", &server).await;
    enter(&mut alice, "demo").await;
    bob.join("demo").await;
    assert_eq!(alice.receive_event().await, json!(["welcome"]));
    let demo = json!("demo");
    bob.send(STEP, [json!({"number": 6, "phase": "done"}), demo.clone()]);
    bob.send(ANSWER, [answer("1"), demo.clone(), json!("which offer")]);
    bob.send(OFFER, [offer("1"), demo.clone(), json!("more"), json!("and more")]);
    bob.send(ICE, [candidate(1), demo.clone(), json!("more")]);
    bob.send(STEP, [json!({"number": 12, "phase": "done"}), demo.clone()]);
    assert_eq!(alice.receive_event().await, json!(["answer", answer("1")]));
    assert_eq!(alice.receive_event().await, json!(["offer", offer("1")]));
    assert_eq!(alice.receive_event().await, json!(["ice", candidate(1)]));
    bob.ask(LEAVE_ROOM, [demo]).await;
    assert_eq!(alice.receive_event().await, json!(["bye"]));
    bob.expect_silence().await;
}

// ---------------------------------------------------------------------------------------------------------------------
// Clients that do harm

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_does_not_read_is_given_up_and_holds_up_nobody() {
    let server = TestServer::start_with(ServerOptions { max_queued_packets: 4, ..without_heartbeat() }).await;
    let (mut dave, mut erin) = call("elsewhere", &server).await;
    let mut alice = TestClient::connect("alice", &server).await;
    let mut bob = RawClient::connect("bob", &server).await;
    let mut carol = TestClient::connect("carol", &server).await;
    alice.join("demo").await;
    enter(&mut bob, "demo").await;
    alice.expect(WELCOME).await;

    // First the buffers of TCP fill up, some megabytes, then the queue of the server.
    let large = offer(&"x".repeat(200_000));
    let mut sent = 0;
    let refusal = loop {
        let reply = alice.ask(OFFER, [large.clone(), json!("demo")]).await;
        if reply["ok"] == false {
            break reply;
        }
        sent += 1;
        assert!(sent < 300, "60 megabytes cannot all be waiting for bob");
    };
    assert_refused(&refusal, "not_delivered");
    assert_eq!(alice.expect(BYE).await, no_arguments());
    assert_calls_work(&mut dave, &mut erin, "elsewhere").await;
    assert_comes_next(&mut alice, &mut carol, "demo").await;
    drop(bob);
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_disturbs_nobody() {
    let server = TestServer::start().await;
    let (mut alice, mut bob) = call("demo", &server).await;

    for text in garbage() {
        let mut mallory = RawClient::connect("mallory", &server).await;
        mallory.send(text).await;
        // "1" is Engine.IO's goodbye. When the server has closed, it has read what came before.
        mallory.send("1").await;
        mallory.wait_until_closed().await;
    }
    for bytes in [&b""[..], b"\x00", b"\xff\xff\xff\xff", b"42[\"join_room\",\"demo\"]"] {
        let mut mallory = RawClient::connect("mallory", &server).await;
        mallory.send_binary(bytes).await;
        mallory.send(r#"451-["ice",{"_placeholder":true,"num":0},"demo"]"#).await;
        mallory.send_binary(bytes).await;
        mallory.send("1").await;
        mallory.wait_until_closed().await;
    }
    // A frame that announces more than it has, text that is no UTF-8, a reserved opcode, no mask, no frame at all.
    for bytes in [&b"\x81\xfe\x00"[..], b"\x81\x82\0\0\0\0\xc3\x28", b"\x83\x80\0\0\0\0", b"\x81\x02hi", b"\r\n\r\n"] {
        let mut mallory = RawClient::connect("mallory", &server).await;
        mallory.send_bytes(bytes).await;
    }
    assert_calls_work(&mut alice, &mut bob, "demo").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_hasty_joins_disturb_nobody() {
    let server = TestServer::start_with(unhurried()).await;
    let (mut alice, mut bob) = call("demo", &server).await;
    let mut mallory = RawClient::connect("mallory", &server).await;

    for _ in 0..1000 {
        mallory.send(r#"42["join_room","demo"]"#).await;
        mallory.send(r#"42["leave_room","demo"]"#).await;
        mallory.send(r#"42["join_room","elsewhere"]"#).await;
        mallory.send(r#"42["leave_room","elsewhere"]"#).await;
    }
    // Two in each round are refused: to join the full room, and to leave it.
    assert_eq!(fence(&mut mallory).await, 2000, "mallory hears nothing else");
    alice.expect_silence().await;
    bob.expect_silence().await;
    assert_calls_work(&mut alice, &mut bob, "demo").await;

    // And it can still behave.
    let mut dave = TestClient::connect("dave", &server).await;
    assert_eq!(dave.join("elsewhere").await, json!({"ok": true, "role": "A"}));
    enter(&mut mallory, "elsewhere").await;
    dave.expect(WELCOME).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_said_goodbye_leaves_no_ghost_in_a_room() {
    let server = TestServer::start().await;
    let alice = TestClient::connect("alice", &server).await;
    for n in 0..20 {
        // "41" is Socket.IO's goodbye. What follows in the same breath comes from nobody.
        let mut mallory = RawClient::connect("mallory", &server).await;
        let room = format!("room {n}");
        mallory.send_all(["41".to_owned(), format!("42{}", json!([JOIN_ROOM, room])), "1".to_owned()]).await;
        mallory.wait_until_closed().await;
        assert_eq!(alice.join(&room).await, json!({"ok": true, "role": "A"}));
        alice.ask(LEAVE_ROOM, [json!(room)]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_clients_say_is_cut_and_escaped_before_it_reaches_the_log() {
    let server = ServerProgram::start_with(&["--rate", "1000000"]);
    let mut mallory = RawClient::connect_to("mallory", server.url()).await;
    for n in 0..20 {
        let name = format!("{n}{}", "x".repeat(900_000));
        let answer = mallory.receive_until_answered(&json!([name])).await;
        assert!(answer.last().is_some_and(|answer| answer.len() < 300), "the name is not sent back whole");
    }
    let forged = "x\n2026-01-01T00:00:00Z  INFO all is well\u{1b}[2J\u{202e}";
    enter(&mut mallory, "demo").await;
    for event in
        [json!(["x\u{202e}"]), json!([OFFER, {"type": forged, "sdp": ""}, "demo"]), json!([LEAVE_ROOM, forged])]
    {
        mallory.receive_until_answered(&event).await;
    }
    let log = server.log();
    assert!(log.len() < 20_000, "{} bytes of log", log.len());
    assert!(log.contains("all is well"), "{log}");
    assert!(!log.lines().any(|line| line.starts_with("2026-01-01")), "{log}");
    assert!(!log.contains(['\u{1b}', '\u{202e}']), "{log}");
}

// ---------------------------------------------------------------------------------------------------------------------
// Pages of others

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_server_is_refused_unless_it_was_named() {
    let origins = Origins::new(["https://friend.example"]).unwrap();
    let server = TestServer::start_with(ServerOptions { origins, ..ServerOptions::default() }).await;
    let poll = "/socket.io/?EIO=4&transport=polling";
    for (origin, status) in [
        ("https://evil.example", "403"),
        ("null", "403"),
        ("http://127.0.0.1:1", "403"),
        ("https://friend.example", "200"),
        (&*server.url(), "200"),
    ] {
        let (head, body) = request(&server, "GET", poll, &format!("Origin: {origin}\r\n")).await;
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{origin}: {head}");
        assert_eq!(body.starts_with("0{"), status == "200", "{origin}: {body}");
        assert_eq!(body.contains("--allow-origin"), status == "403", "{origin}: {body}");
        let allows = format!("access-control-allow-origin: {origin}");
        assert_eq!(head.contains(&allows), status == "200", "{origin}: {head}");
        // Likewise a WebSocket.
        let upgrade = format!(
            "Origin: {origin}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        );
        let line = first_line(&server, "/socket.io/?EIO=4&transport=websocket", &upgrade).await;
        let expected = if status == "200" { "HTTP/1.1 101 " } else { "HTTP/1.1 403 " };
        assert!(line.starts_with(expected), "{origin}: {line}");
    }
    // A page that polls asks first whether it may post.
    let asks = "Origin: https://friend.example\r\nAccess-Control-Request-Method: POST\r\n";
    let (head, _) = request(&server, "OPTIONS", poll, asks).await;
    assert!(head.starts_with("HTTP/1.1 204 ") && head.contains("access-control-allow-methods: GET, POST"), "{head}");
    let (head, body) = request(&server, "OPTIONS", poll, &asks.replace("friend", "evil")).await;
    assert!(head.starts_with("HTTP/1.1 403 ") && !body.is_empty(), "{head}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_names_the_option_that_lets_a_page_in_once() {
    let server = ServerProgram::start_with(&[]);
    let address = server.url().strip_prefix("http://").unwrap().to_owned();
    for _ in 0..3 {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        let request = "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: inside:3000\r\n\
                       Origin: https://call.example\r\nConnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        within(PATIENCE, "the server answers", stream.read_to_string(&mut answer)).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
    }
    let log = server.log();
    assert_eq!(log.matches("--allow-origin \"https://call.example\"").count(), 1, "{log}");
    assert!(log.contains("rewrites Host") && log.contains("inside:3000"), "{log}");
}

// ---------------------------------------------------------------------------------------------------------------------
// The server itself

#[tokio::test(flavor = "multi_thread")]
async fn the_server_stops_soon_and_its_clients_learn_it() {
    let mut server = TestServer::start().await;
    let (mut alice, mut bob) = call("demo", &server).await;
    let half_open = RawClient::connect("carol", &server).await;
    let wordless = TcpStream::connect(server.address()).await.unwrap();

    let asked = Instant::now();
    server.stop().await;
    let took = asked.elapsed();
    assert!(took < Duration::from_secs(3), "stopping took {took:?}");
    // Nobody has left the call, so nobody hears `bye`: its media go on without the server.
    assert_eq!(alice.expect_disconnected().await, DisconnectReason::ServerClosed);
    assert_eq!(bob.expect_disconnected().await, DisconnectReason::ServerClosed);
    drop((half_open, wordless));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_read_cannot_keep_the_server_from_stopping() {
    let mut server = TestServer::start_with(without_heartbeat()).await;
    let alice = TestClient::connect("alice", &server).await;
    let mut bob = RawClient::connect("bob", &server).await;
    alice.join("demo").await;
    enter(&mut bob, "demo").await;
    // More than the buffers of TCP hold, less than may wait.
    let large = offer(&"x".repeat(200_000));
    for _ in 0..15 {
        assert_eq!(alice.ask(OFFER, [large.clone(), json!("demo")]).await, json!({"ok": true}));
    }
    // It bounds the time.
    server.stop().await;
    drop(bob);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_says_that_it_is_well_and_has_a_page() {
    let server = TestServer::start().await;
    let (head, body) = get(&server, "/healthz").await;
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert_eq!(body.trim_end(), "ok");

    let (head, body) = get(&server, "/").await;
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert!(head.contains("content-type: text/html"), "{head}");
    assert!(body.contains("<html"), "{body}");

    let (head, _) = get(&server, "/nowhere").await;
    assert!(head.starts_with("HTTP/1.1 404 "), "{head}");
}

// ---------------------------------------------------------------------------------------------------------------------
// Helpers

/// alice and bob in one room, with all that they hear about it heard.
async fn call(room: &str, server: &TestServer) -> (TestClient, TestClient) {
    let mut alice = TestClient::connect("alice", server).await;
    let bob = TestClient::connect("bob", server).await;
    assert_eq!(alice.join(room).await["role"], "A");
    assert_eq!(bob.join(room).await["role"], "B");
    alice.expect(WELCOME).await;
    (alice, bob)
}

/// The one that is in the room is A for the one that comes, and the two can talk.
async fn assert_comes_next(stays: &mut TestClient, comes: &mut TestClient, room: &str) {
    assert_eq!(comes.join(room).await, json!({"ok": true, "role": "B"}), "{}", comes.name);
    assert_eq!(stays.expect(WELCOME).await, no_arguments());
    assert_calls_work(stays, comes, room).await;
}

/// Offer, answer and candidates pass between the two, and neither hears anything else.
async fn assert_calls_work(a: &mut TestClient, b: &mut TestClient, room: &str) {
    let room = json!(room);
    a.send(OFFER, [offer("call"), room.clone()]);
    a.send(ICE, [candidate(1), room.clone()]);
    assert_eq!(b.expect(OFFER).await, [offer("call")]);
    assert_eq!(b.expect(ICE).await, [candidate(1)]);
    b.send(ANSWER, [answer("call"), room.clone()]);
    b.send(ICE, [Value::Null, room]);
    assert_eq!(a.expect(ANSWER).await, [answer("call")]);
    assert_eq!(a.expect(ICE).await, [Value::Null]);
    a.expect_silence().await;
    b.expect_silence().await;
}

/// The form of every refusal: a code for programs, a message for people.
#[track_caller]
fn assert_refused(reply: &Value, code: &str) {
    let message = reply["error"]["message"].as_str().unwrap_or_default();
    assert!(!message.is_empty(), "a refusal has a message: {reply}");
    assert_eq!(*reply, json!({"ok": false, "error": {"code": code, "message": message}}));
}

/// Lets a bare client enter a room.
async fn enter(client: &mut RawClient, room: &str) {
    let answers = client.receive_until_answered(&json!([JOIN_ROOM, room])).await;
    assert!(answers.concat().contains(r#""ok":true"#), "{} enters {room:?}: {answers:?}", client.name);
}

/// How many messages reach a bare client before the answer to a question: a round trip.
async fn fence(client: &mut RawClient) -> usize {
    client.receive_until_answered(&json!(["is anybody there?"])).await.len() - 1
}

/// The server is away for a moment, and the clients come back.
async fn restart<const N: usize>(server: &mut TestServer, clients: [&mut TestClient; N]) {
    server.stop().await;
    server.start_again().await;
    for client in clients {
        assert_eq!(client.expect_disconnected().await, DisconnectReason::ServerClosed);
        client.expect_reconnected().await;
    }
}

/// A plain HTTP request: the head and the body of what comes back.
async fn get(server: &TestServer, path: &str) -> (String, String) {
    request(server, "GET", path, "").await
}

/// The head and the body of the answer. `more` are headers, each with its end of line.
async fn request(server: &TestServer, method: &str, path: &str, more: &str) -> (String, String) {
    let request = async {
        let mut stream = TcpStream::connect(server.address()).await.expect("the server listens");
        let host = server.address();
        let request = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n{more}Connection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("the server reads");
        let mut response = String::new();
        stream.read_to_string(&mut response).await.expect("the server writes text");
        response
    };
    let response = within(PATIENCE, format!("the server answers {method} {path}"), request).await;
    let (head, body) = response.split_once("\r\n\r\n").expect("an HTTP response has a head");
    (head.to_owned(), body.to_owned())
}

/// The first line of the answer to a GET, which may be one that does not end.
async fn first_line(server: &TestServer, path: &str, headers: &str) -> String {
    let reading = async {
        let mut stream = TcpStream::connect(server.address()).await.expect("the server listens");
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n{headers}\r\n", server.address());
        stream.write_all(request.as_bytes()).await.expect("the server reads");
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).await.expect("the server writes text");
        line
    };
    within(PATIENCE, format!("the server answers GET {path}"), reading).await
}

/// For those who send more than a call needs.
fn unhurried() -> ServerOptions {
    ServerOptions { rate: Rate::UNLIMITED, byte_rate: Rate::UNLIMITED, ..ServerOptions::default() }
}

/// The answer to a POST.
async fn post(server: &TestServer, path: &str, body: &str) {
    let request = async {
        let mut stream = TcpStream::connect(server.address()).await.expect("the server listens");
        let (length, host) = (body.len(), server.address());
        let head =
            format!("POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
        stream.write_all((head + body).as_bytes()).await.expect("the server reads");
        let mut response = String::new();
        stream.read_to_string(&mut response).await.expect("the server writes text");
        assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
    };
    within(PATIENCE, format!("the server answers POST {path}"), request).await;
}

/// So that nothing but what the test does ends a connection.
fn without_heartbeat() -> ServerOptions {
    let never = Duration::from_secs(3600);
    ServerOptions { ping_interval: never, ping_timeout: never, ..unhurried() }
}

/// The timeout leaves a busy machine the time to answer a ping.
fn short_heartbeat() -> ServerOptions {
    ServerOptions {
        ping_interval: Duration::from_millis(300),
        ping_timeout: Duration::from_millis(1200),
        ..ServerOptions::default()
    }
}

fn no_arguments() -> Vec<Value> {
    vec![]
}

fn offer(sdp: &str) -> Value {
    json!({"type": "offer", "sdp": sdp})
}

fn answer(sdp: &str) -> Value {
    json!({"type": "answer", "sdp": sdp})
}

fn candidate(n: usize) -> Value {
    let line = format!("candidate:{n} 1 udp 2130706431 127.0.0.1 5000 typ host");
    json!({"candidate": line, "sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": "EsAw"})
}

/// What is not a room name, and why.
fn bad_rooms() -> Vec<(Value, &'static str)> {
    vec![
        (json!(""), "bad_room_name"),
        (json!(" \t\n"), "bad_room_name"),
        (json!("방".repeat(65)), "bad_room_name"),
        (json!("two\nlines"), "bad_room_name"),
        (json!("nul\0"), "bad_room_name"),
        (json!("\u{7f}"), "bad_room_name"),
        (json!(5), "bad_arguments"),
        (json!(null), "bad_arguments"),
        (json!(true), "bad_arguments"),
        (json!(["demo"]), "bad_arguments"),
        (json!({"payload": "demo"}), "bad_arguments"),
    ]
}

/// What a member of room "demo" should not send, and why.
fn wrong_events() -> Vec<(&'static str, Vec<Value>, &'static str)> {
    let room = json!("demo");
    let descriptions = [OFFER, ANSWER].into_iter().flat_map(|event| {
        let other_type = if event == OFFER { answer("1") } else { offer("1") };
        let wrong = [
            json!("v=0"),
            json!(null),
            json!(5),
            json!({}),
            json!({"type": event}),
            json!({"sdp": ""}),
            json!({"type": event, "sdp": null}),
            json!({"type": "pranswer", "sdp": ""}),
            other_type,
        ];
        wrong.map(|description| (event, description))
    });
    let candidates = [
        json!(5),
        json!("candidate:1"),
        json!(false),
        json!([]),
        json!({}),
        json!({"sdpMid": "0"}),
        json!({"candidate": 5}),
        json!({"candidate": "", "sdpMLineIndex": -1}),
        json!({"candidate": "", "sdpMLineIndex": 65536}),
        json!({"candidate": "", "sdpMid": 0}),
    ]
    .map(|candidate| (ICE, candidate));
    let with_room =
        descriptions.chain(candidates).map(|(event, message)| (event, vec![message, room.clone()], "bad_arguments"));

    let mut all: Vec<_> = with_room.collect();
    all.extend([OFFER, ANSWER, ICE, JOIN_ROOM, REJOIN_ROOM, LEAVE_ROOM].map(|event| (event, vec![], "bad_arguments")));
    all.extend([
        (REJOIN_ROOM, vec![room.clone(), json!({"call": 5})], "bad_arguments"),
        (REJOIN_ROOM, vec![room.clone(), json!("1")], "bad_arguments"),
        (OFFER, vec![offer(&"x".repeat(300_000)), room.clone()], "too_large"),
        (ICE, vec![json!({"candidate": "x".repeat(5_000)}), room.clone()], "too_large"),
        (LEAVE_ROOM, vec![json!("elsewhere")], "not_in_room"),
        (OFFER, vec![offer("1"), json!("elsewhere")], "not_in_room"),
        ("welcome", vec![], "unknown_event"),
        ("bye", vec![room.clone()], "unknown_event"),
        ("", vec![], "unknown_event"),
        ("Offer", vec![offer("1"), room], "unknown_event"),
    ]);
    all
}

/// What is no packet, or one that makes no sense.
fn garbage() -> Vec<String> {
    let deep = format!("42[\"offer\",{}", "[".repeat(100_000));
    #[rustfmt::skip] // one per line is sixty lines
    let texts = [
        "", " ", "\0", "x", "방", "4", "42", "42[", "42[]", "42[1]", "42[null]", "42{}", "42\"offer\"", "42[\"offer\"",
        "42[\"offer\",", "42[\"offer\"]]", "42[\"join_room\",\"demo\"",
        "4299999999999999999999[\"join_room\",\"demo\"]", "42-1[\"join_room\",\"demo\"]", "40", "40{",
        "40{\"client\":\"x\"}", "40/elsewhere,", "41", "41/elsewhere,", "43", "43[]", "431[]", "43999[{\"ok\":true}]",
        "44", "44{}", "45", "451-[\"ice\"]", "4599999999999-[\"ice\"]", "450-[\"ice\",null,\"demo\"]", "46",
        "461-0[]", "47", "49", "4/", "42/elsewhere,[\"join_room\",\"demo\"]", "0", "0{}", "2", "2probe", "3",
        "3probe", "5", "6", "7", "b", "bAAAA", "42[\"connect\"]", "42[\"disconnect\"]", "42[\"disconnecting\"]",
        "42[\"connect_error\"]",
    ];
    texts.map(str::to_owned).into_iter().chain([deep]).collect()
}

/// Arguments, short enough for the message of a failing test.
fn shortened(args: &[Value]) -> String {
    format!("{args:?}").chars().take(200).collect()
}
