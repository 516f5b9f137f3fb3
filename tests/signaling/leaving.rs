//! The one that stays hears of it when the other goes.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn the_one_that_stays_hears_bye_when_the_other_leaves_the_room() {
    let server = TestServer::start().await;
    let (mut alice, mut bob) = call("demo", &server).await;
    let mut carol = TestClient::connect("carol", &server).await;

    // B stays, and is A for the next one.
    assert_eq!(alice.ask(LEAVE_ROOM, [json!("demo")]).await, json!({"ok": true}));
    assert_eq!(bob.expect(BYE).await, no_arguments());
    alice.expect_silence().await;
    assert_refused(&bob.ask(OFFER, [offer("1"), json!("demo")]).await, "nobody_there");
    assert_comes_next(&mut bob, &mut carol, "demo").await;

    // A member that left can come back, and an empty room starts over.
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

    // One leaves in the moment in which another comes. A client that is too early comes a second time.
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
