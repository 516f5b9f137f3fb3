//! Clients that lost their connection, and come back.

use super::*;

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
async fn after_a_restart_all_others_start_over() {
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
async fn a_client_that_comes_back_without_its_call_starts_over() {
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
