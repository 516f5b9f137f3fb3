//! After a failure the client says so, waits, and tries again; longer and longer, until a CONNECT succeeds.

use super::*;
use tokio::time::Instant;

/// The reason in these tests.
fn cannot_connect() -> DisconnectReason {
    DisconnectReason::ConnectFailed("nobody there".to_owned())
}

#[tokio::test(start_paused = true)]
async fn waits_grow_until_a_connect_succeeds_and_then_are_short_again() {
    let mut world = World::new();
    for millis in [500, 1000, 2000] {
        world.server.refuse("nobody there").await;
        assert_eq!(world.disconnected().await, (cannot_connect(), Duration::from_millis(millis)));
    }
    // A WebSocket and an OPEN are not enough: this server drops everyone who wants to join.
    let mut connection = world.server.accept().await;
    connection.say(OPEN).await;
    drop(connection);
    assert_eq!(world.disconnected().await.1, Duration::from_secs(4));

    drop(world.connect().await);
    assert_eq!(world.disconnected().await, (DisconnectReason::ServerClosed, Duration::from_millis(500)));
    world.server.refuse("nobody there").await;
    assert_eq!(world.disconnected().await.1, Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn the_driver_waits_as_long_as_it_said() {
    let mut world = World::new();
    for _ in 0..6 {
        world.server.refuse("nobody there").await;
        let (_, retry_in) = world.disconnected().await;
        let start = Instant::now();
        let call = world.server.call().await;
        assert_eq!(start.elapsed().as_millis(), retry_in.as_millis());
        call.decision.send(Err(TransportError::new("nobody there"))).unwrap();
        world.disconnected().await;
    }
}

#[tokio::test(start_paused = true)]
async fn each_connection_says_who_it_is_and_gets_its_own_sid() {
    let mut world = World::with(Options { auth: Some(json!({ "token": "abc" })), ..Options::new("http://server") });
    for (sid, reconnected) in [("first", false), ("second", true), ("third", true)] {
        let mut connection = world.server.accept().await;
        connection.say(OPEN).await;
        assert_eq!(connection.heard().await, r#"40{"token":"abc"}"#);
        connection.say(&format!(r#"40{{"sid":"{sid}"}}"#)).await;
        assert_eq!(world.event().await, Event::Connected { sid: sid.to_owned(), reconnected });
        drop(connection);
        assert_eq!(world.disconnected().await.0, DisconnectReason::ServerClosed);
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_finish_the_handshake_is_given_up() {
    let mut world = World::new();
    let reason = DisconnectReason::HandshakeTimeout { after: Duration::from_secs(10) };

    let start = Instant::now();
    let silent_before_the_websocket = world.server.call().await;
    assert_eq!(world.disconnected().await.0, reason);
    assert_eq!(start.elapsed().as_secs(), 10);
    drop(silent_before_the_websocket);

    let silent_before_open = world.server.accept().await;
    assert_eq!(world.disconnected().await.0, reason);
    drop(silent_before_open);

    let mut silent_before_connect = world.server.accept().await;
    silent_before_connect.say(OPEN).await;
    assert_eq!(world.disconnected().await.0, reason);
}

#[tokio::test(start_paused = true)]
async fn every_way_to_lose_a_connection_has_its_reason() {
    let mut world = World::new();

    let mut connection = world.connect().await;
    connection.say("1").await;
    assert_eq!(world.disconnected().await.0, DisconnectReason::ServerClosed);

    let mut connection = world.connect().await;
    connection.say.send(Err(TransportError::new("reset by peer"))).await.unwrap();
    let broken = DisconnectReason::ConnectionLost("reset by peer".to_owned());
    assert_eq!(world.disconnected().await.0, broken);

    let mut connection = world.connect().await;
    connection.sent.close();
    world.client.emit("into the void", vec![]).unwrap();
    assert!(matches!(world.disconnected().await.0, DisconnectReason::ConnectionLost(_)));
}

#[tokio::test(start_paused = true)]
async fn a_refused_client_ends_and_is_not_retried() {
    for (answer, message, data) in [
        (r#"44{"message":"Invalid namespace"}"#, "Invalid namespace", None),
        (r#"44{"message":"no","data":{"code":7}}"#, "no", Some(json!({ "code": 7 }))),
        (r#"44"no""#, "no", None),
        ("44{}", "the server gave no reason", None),
    ] {
        let mut world = World::new();
        let mut connection = world.server.accept().await;
        connection.say(OPEN).await;
        assert_eq!(connection.heard().await, "40");
        connection.say(answer).await;
        assert_eq!(world.last_event().await, Event::Refused { message: message.to_owned(), data });
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_the_server_throws_out_does_not_come_back() {
    let mut world = World::new();
    let mut connection = world.connect().await;
    connection.say("41").await;
    assert_eq!(world.last_event().await, Event::Closed { by: ClosedBy::Server });
}

#[tokio::test(start_paused = true)]
async fn an_unusable_url_is_reported_as_a_failed_connection() {
    let mut world = World::with(Options::new("server:3000"));
    let (reason, _) = world.disconnected().await;
    assert!(reason.to_string().contains(r#"cannot use the URL "server:3000""#), "{reason}");
}

#[tokio::test(start_paused = true)]
async fn the_url_carries_protocol_version_and_transport() {
    let mut world = World::with(Options { path: "/chat/".to_owned(), ..Options::new("https://server:1") });
    assert_eq!(world.server.call().await.url, "wss://server:1/chat/?EIO=4&transport=websocket");
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_wants_a_new_connection_gets_it_at_once() {
    let mut world = World::new();
    let _first = world.connect().await;
    let renewed = (DisconnectReason::Renewed, Duration::ZERO);

    // From a connection that stands.
    world.client.reconnect();
    assert_eq!(world.disconnected().await, renewed);
    drop(world.connect().await);

    // From a wait for the next try, which is not waited out.
    let (_, retry_in) = world.disconnected().await;
    let start = Instant::now();
    world.client.reconnect();
    let mut second = world.connect().await;
    assert!(start.elapsed() < retry_in, "{:?}", start.elapsed());

    // And it works.
    world.client.emit("hello", vec![]).unwrap();
    assert_eq!(second.heard().await, r#"42["hello"]"#);
}
