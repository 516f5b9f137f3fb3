//! What a client must be able to do with any Socket.IO server.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use socketio_src::client::packet::PacketError;
use socketio_src::client::{ClientError, ClosedBy, DisconnectReason, Event, Options};

use super::{Peer, Server, options, within};

/// Long enough for any answer that does come.
const PATIENCE: Duration = Duration::from_secs(10);

/// The server gets the auth payload, and the client its session id.
pub(crate) async fn auth_is_sent_with_connect<S: Server>() {
    let server = S::start(0).await;
    let mut alice = Peer::start("alice", Options { auth: Some(json!({ "token": "abc" })), ..options(&server) });
    match alice.event("Connected").await {
        Event::Connected { sid, reconnected } => assert!(!sid.is_empty() && !reconnected),
        other => panic!("expected Connected, got {other:?}"),
    }
    assert_eq!(alice.message("auth").await, [json!({ "token": "abc" })]);

    let mut bob = Peer::start("bob", options(&server));
    assert!(matches!(bob.event("Connected").await, Event::Connected { .. }));
    assert_eq!(bob.message("auth").await, [json!({})]);
}

/// JSON of every kind comes back as it went.
pub(crate) async fn an_emitted_value_comes_back_unchanged<S: Server>() {
    let server = S::start(0).await;
    let mut alice = Peer::connect("alice", &server).await;
    for value in [
        json!(null),
        json!(true),
        json!(-7),
        json!(""),
        json!("quotes \" and \\ and \n and 안녕 and 🎥"),
        json!([1, [2, [3]], {}]),
        json!({ "type": "offer", "sdp": "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n", "nested": { "a": [null] } }),
        json!("x".repeat(200_000)),
    ] {
        alice.client.emit("echo", vec![value.clone()]).unwrap();
        assert_eq!(alice.message("echo").await, [value]);
    }
}

/// A question gets its answer; ten questions at once get the right ones.
pub(crate) async fn a_question_gets_its_answer<S: Server>() {
    let server = S::start(0).await;
    let alice = Peer::connect("alice", &server).await;
    let questions = (0..10).map(|n| alice.client.emit_with_ack("ask", vec![json!(n)], PATIENCE));
    let answers = within("ten answers", futures::future::join_all(questions)).await;
    for (n, answer) in answers.into_iter().enumerate() {
        assert_eq!(answer, Ok(vec![json!(n)]));
    }
}

/// A question without an answer fails in time, and the client goes on.
pub(crate) async fn a_question_without_an_answer_times_out<S: Server>() {
    let server = S::start(0).await;
    let alice = Peer::connect("alice", &server).await;
    let after = Duration::from_millis(100);
    let start = Instant::now();
    let answer = within("the timeout", alice.client.emit_with_ack("never_answered", vec![], after)).await;
    assert_eq!(answer, Err(ClientError::AckTimeout { event: "never_answered".to_owned(), after }));
    assert!(start.elapsed() >= after);
    assert_eq!(alice.client.emit_with_ack("ask", vec![json!(1)], PATIENCE).await, Ok(vec![json!(1)]));
}

/// The server asks, the client answers.
pub(crate) async fn the_server_asks_and_the_client_answers<S: Server>() {
    let server = S::start(0).await;
    let mut alice = Peer::connect("alice", &server).await;
    alice.client.emit("ask_me", vec![json!("who are you?")]).unwrap();
    match alice.event("the question").await {
        Event::Message { name, args, ack: Some(ack) } => {
            assert_eq!((name.as_str(), args), ("question", vec![json!("who are you?")]));
            alice.client.ack(ack, vec![json!("alice")]).unwrap();
        }
        other => panic!("expected a question, got {other:?}"),
    }
    assert_eq!(alice.message("answered").await, [json!("alice")]);
}

/// 1,000 events in a row keep their order, from the client through the server and back, and from the server alone.
pub(crate) async fn a_thousand_events_keep_their_order<S: Server>() {
    let server = S::start(0).await;
    let mut alice = Peer::connect("alice", &server).await;
    for n in 0..1000 {
        alice.client.emit("echo", vec![json!(n)]).unwrap();
    }
    for n in 0..1000 {
        assert_eq!(alice.message("echo").await, [json!(n)]);
    }
    alice.client.emit("burst", vec![json!(1000)]).unwrap();
    for n in 0..1000 {
        assert_eq!(alice.message("n").await, [json!(n)]);
    }
}

/// The server drops a client that leaves a ping unanswered for 1.5 s. This client is still there after 2.5 s.
pub(crate) async fn the_heartbeat_keeps_an_idle_client_alive<S: Server>() {
    let server = S::start(0).await;
    let alice = Peer::connect("alice", &server).await;
    let answer = alice.client.emit_with_ack("ask_later", vec![json!(2500)], PATIENCE);
    assert_eq!(within("the late answer", answer).await, Ok(vec![json!("at last")]));
}

/// The server crashes and comes back on the same port: so does the client, by itself, with its auth payload.
pub(crate) async fn the_client_survives_a_server_restart<S: Server>() {
    let server = S::start(0).await;
    let port = server.port();
    let mut alice = Peer::start("alice", Options { auth: Some(json!({ "token": "abc" })), ..options(&server) });
    assert!(matches!(alice.event("Connected").await, Event::Connected { reconnected: false, .. }));
    alice.message("auth").await;

    let question = alice.client.emit_with_ack("never_answered", vec![], PATIENCE);
    let (lost, ()) = futures::join!(question, server.crash());
    assert_eq!(lost, Err(ClientError::Disconnected { event: "never_answered".to_owned() }));
    let reason = alice.disconnected().await;
    let expected = matches!(reason, DisconnectReason::ConnectionLost(_) | DisconnectReason::ServerClosed);
    assert!(expected, "{reason:?}");
    // While nobody listens there, every try fails, and says so.
    assert!(matches!(alice.disconnected().await, DisconnectReason::ConnectFailed(_)));
    assert_eq!(alice.client.emit("echo", vec![]), Err(ClientError::NotConnected));

    let _server = S::start(port).await;
    loop {
        match alice.event("Connected after the restart").await {
            Event::Disconnected { reason: DisconnectReason::ConnectFailed(_), .. } => {}
            Event::Connected { reconnected: true, .. } => break,
            other => panic!("expected Connected, got {other:?}"),
        }
    }
    assert_eq!(alice.message("auth").await, [json!({ "token": "abc" })]);
    alice.client.emit("echo", vec![json!("back")]).unwrap();
    assert_eq!(alice.message("echo").await, [json!("back")]);
}

/// A server that shuts down properly closes the connection. That is no reason to stay away.
pub(crate) async fn a_shutdown_is_a_disconnection<S: Server>() {
    let server = S::start(0).await;
    let mut alice = Peer::connect("alice", &server).await;
    alice.client.emit("shut_down", vec![]).unwrap();
    assert_eq!(alice.disconnected().await, DisconnectReason::ServerClosed);
}

/// A server that throws the client out means it.
pub(crate) async fn a_client_that_is_thrown_out_stays_out<S: Server>() {
    let server = S::start(0).await;
    let alice = Peer::connect("alice", &server).await;
    alice.client.emit("throw_me_out", vec![]).unwrap();
    assert_eq!(alice.last_event().await, Event::Closed { by: ClosedBy::Server });
}

/// A namespace that does not exist, and one that wants another token. The right token opens it.
pub(crate) async fn a_refused_client_learns_why<S: Server>() {
    let server = S::start(0).await;
    let namespace = |namespace: &str, auth: Value| Options {
        namespace: namespace.to_owned(),
        auth: Some(auth),
        ..options(&server)
    };
    let alice = Peer::start("alice", namespace("/nowhere", json!({})));
    let expected = Event::Refused { message: "Invalid namespace".to_owned(), data: None };
    assert_eq!(alice.last_event().await, expected);

    let alice = Peer::start("alice", namespace("/guarded", json!({ "token": "guess" })));
    assert_eq!(alice.last_event().await, Event::Refused { message: "wrong token".to_owned(), data: None });

    let mut alice = Peer::start("alice", namespace("/guarded", json!({ "token": "secret" })));
    assert!(matches!(alice.event("Connected").await, Event::Connected { .. }));
}

/// All that was emitted before close() arrives, and the server notices that the client left.
pub(crate) async fn closing_sends_what_is_queued<S: Server>() {
    let server = S::start(0).await;
    let alice = Peer::connect("alice", &server).await;
    let mut bob = Peer::connect("bob", &server).await;
    for _ in 0..1000 {
        alice.client.emit("count", vec![]).unwrap();
    }
    alice.client.close();
    assert_eq!(bob.message("left").await, [json!(1000)]);
    assert_eq!(alice.last_event().await, Event::Closed { by: ClosedBy::Client });
}

/// Binary attachments are refused by name.
pub(crate) async fn a_binary_event_is_refused<S: Server>() {
    let server = S::start(0).await;
    let mut alice = Peer::connect("alice", &server).await;
    alice.client.emit("send_binary", vec![]).unwrap();
    let expected = PacketError::Binary { packet: "BINARY_EVENT" };
    assert_eq!(alice.disconnected().await, DisconnectReason::Protocol(expected.into()));
}

/// A message of half the limit passes, one of twice the limit does not.
pub(crate) async fn a_message_beyond_the_limit_is_refused<S: Server>() {
    let server = S::start(0).await;
    let mut alice = Peer::connect("alice", &server).await;
    let limit = socketio_src::client::tungstenite::MAX_MESSAGE;
    alice.client.emit("text_of_length", vec![json!(limit / 2)]).unwrap();
    assert_eq!(alice.message("text").await, [json!("x".repeat(limit / 2))]);
    alice.client.emit("text_of_length", vec![json!(limit * 2)]).unwrap();
    match alice.disconnected().await {
        DisconnectReason::ConnectionLost(message) => assert!(message.contains("too long"), "{message}"),
        other => panic!("expected ConnectionLost, got {other:?}"),
    }
}
