//! Each refusal has a name.

use super::*;

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

#[tokio::test(flavor = "multi_thread")]
async fn a_room_is_one_however_its_name_was_typed() {
    let server = TestServer::start().await;
    let mut alice = TestClient::connect("alice", &server).await;
    assert_eq!(alice.ask(JOIN_ROOM, [json!("한글 Demo")]).await["role"], "A");
    let mut bob = TestClient::connect("bob", &server).await;
    let typed = json!("\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af} ＤＥＭＯ");
    assert_eq!(bob.ask(JOIN_ROOM, [typed.clone()]).await["role"], "B");
    alice.expect(WELCOME).await;
    assert_eq!(alice.ask(OFFER, [offer("1"), json!("한글 demo")]).await["ok"], true);
    bob.expect(OFFER).await;
    assert_eq!(bob.ask(ANSWER, [answer("1"), typed]).await["ok"], true);
    alice.expect(ANSWER).await;
    let carol = TestClient::connect("carol", &server).await;
    assert_refused(&carol.ask(JOIN_ROOM, [json!("한글 DEMO")]).await, "room_full");
}

#[tokio::test(flavor = "multi_thread")]
async fn half_an_emoji_is_refused_by_name() {
    let server = TestServer::start().await;
    let mut client = RawClient::connect("mallory", &server).await;
    client.send(r#"427["join_room","demo\ud83d"]"#).await;
    let reply = client.receive().await;
    assert!(reply.starts_with("437") && reply.contains("half of a character"), "{reply}");
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
        (json!("\u{3164}\u{2800}"), "bad_room_name"),
        (json!("demo\u{202e}omed"), "bad_room_name"),
        (json!(5), "bad_arguments"),
        (json!(null), "bad_arguments"),
        (json!(true), "bad_arguments"),
        (json!(["demo"]), "bad_arguments"),
        (json!({"payload": "demo"}), "bad_arguments"),
    ]
}
