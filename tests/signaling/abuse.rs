//! Clients that do harm.

use super::*;

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

    // A client that reads nothing for ten seconds is disconnected: so it reads from time to time.
    for _ in 0..10 {
        for _ in 0..100 {
            mallory.send(r#"42["join_room","demo"]"#).await;
            mallory.send(r#"42["leave_room","demo"]"#).await;
            mallory.send(r#"42["join_room","elsewhere"]"#).await;
            mallory.send(r#"42["leave_room","elsewhere"]"#).await;
        }
        // Two in each round are refused: to join the full room, and to leave it.
        assert_eq!(fence(&mut mallory).await, 200, "mallory hears nothing else");
    }
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

#[tokio::test(flavor = "multi_thread")]
async fn what_is_relayed_is_in_no_log() {
    let server = ServerProgram::start_with(&["--log", "trace"]);
    let mut alice = RawClient::connect_to("alice", server.url()).await;
    let mut bob = RawClient::connect_to("bob", server.url()).await;
    enter(&mut alice, "demo").await;
    enter(&mut bob, "demo").await;
    let ice = json!({"candidate": "candidate:1 1 udp 1 203.0.113.77 5 typ host"});
    alice.receive_until_answered(&json!([OFFER, offer("of alice"), "demo"])).await;
    alice.receive_until_answered(&json!([ICE, ice, "demo"])).await;
    bob.receive_until_answered(&json!([ANSWER, answer("of bob"), "demo"])).await;
    let log = server.log();
    for relayed in ["relayed offer", "relayed ice", "relayed answer"] {
        assert!(log.contains(relayed), "no {relayed:?} in {log}");
    }
    for secret in ["of alice", "of bob", "203.0.113.77"] {
        assert!(!log.contains(secret), "{secret:?} in {log}");
    }
}
