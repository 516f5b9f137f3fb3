//! Two people in a room hear each other, in order.

use super::*;

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
