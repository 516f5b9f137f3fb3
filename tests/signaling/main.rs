//! The signaling server, seen from outside.
//!
//! **Scenario:** the real server on a free port, and clients on real WebSockets. `alice` is in the room first (A), `bob`
//! is the second (B), `carol` is one too many; `dave` and `erin` are in a room of their own, `mallory` means harm. All
//! arguments are written as JSON and not with the types of `shared`: the wire format is what is tested.
//!
//! **Expected:** two people hear each other, in order, and nobody else. Whatever goes wrong has a name, concerns only
//! the one who did it, and is over when it is over: nobody waits for somebody who is gone.
//!
//! Run it: `cargo test --test signaling`

#[path = "../common/mod.rs"]
mod common;
/// Clients that take up memory, and time.
mod stalled;
/// The same over https.
mod secure;

/// Two people in a room hear each other, in order.
mod two_in_a_room;
/// A third person is refused, and disturbs nobody.
mod third_person;
/// The one that stays hears of it when the other goes.
mod leaving;
/// Each refusal has a name.
mod refusals;
/// Clients that lost their connection, and come back.
mod returning;
/// Clients that do harm.
mod abuse;
/// Pages of other servers.
mod origins;
/// The server itself: stopping, health, headers.
mod server;

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

/// Begins a session by long-polling. Returns the path at which it goes on.
async fn begin_to_poll(server: &TestServer) -> String {
    let (_, open) = get(server, "/socket.io/?EIO=4&transport=polling").await;
    let open: Value = serde_json::from_str(open.trim_start_matches('0')).expect("Engine.IO begins with OPEN");
    format!("/socket.io/?EIO=4&transport=polling&sid={}", open["sid"].as_str().expect("a session has an id"))
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
