//! Clients that do not read, do not poll, send without end, or only hold connections.
//!
//! Expected: what waits for a client is bounded in bytes; a client that does not read is disconnected by name within the
//! stated time, and all that waited for it is freed; a client that sends without end is told so and then disconnected;
//! nobody else loses anything.

use std::sync::Arc;

use socketio_src::server::STALL_TIME;
use tokio::sync::Semaphore;

use super::*;

/// What a server may have grown by, in kilobytes, while clients stall: what may wait for all of them, and what the parts of
/// a program take that are used for the first time.
const GROWTH: u64 = 100_000;

#[expect(clippy::print_stdout, reason = "figures for people who run the test by hand")]
fn say(figures: &str) {
    println!("{figures}");
}

/// A room whose second member does not read, while the first sends.
async fn stalled_room(server: &ServerProgram, room: String, offers: usize) -> (RawClient, RawClient) {
    let mut alice = RawClient::connect_to("alice", server.url()).await;
    let mut bob = RawClient::connect_to("bob", server.url()).await;
    super::enter(&mut alice, &room).await;
    super::enter(&mut bob, &room).await;
    let large = json!([OFFER, offer(&"x".repeat(245_000)), room]);
    for _ in 0..offers {
        alice.send(format!("42{large}")).await;
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    (alice, bob)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_clients_that_do_not_read_is_bounded_and_freed() {
    // As fast as it likes: what bounds the memory is not the pace of the sender.
    let server = ServerProgram::start_with(&["--rate", "1000000"]);
    let before = server.memory();
    let rooms = (0..10).map(|n| stalled_room(&server, format!("room {n}"), 40));
    let clients = futures::future::join_all(rooms).await;
    let peak = server.memory();
    assert!(peak < before + GROWTH, "{before} kB before, {peak} kB while ten clients do not read");
    // They are disconnected by name, in the stated time and a little more.
    let patience = STALL_TIME + Duration::from_secs(10);
    let named = async {
        while server.log().matches("is disconnected: it ").count() < 10 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let named = tokio::time::timeout(patience, named).await;
    assert!(named.is_ok(), "ten clients are disconnected by name within {patience:?}\n{}", server.log());
    drop(clients);
    let mut memory = server.memory();
    say(&format!("memory of the server: {before} kB before, {peak} kB at most, {memory} kB after"));
    let freed = async {
        while memory > before + GROWTH / 2 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            memory = server.memory();
        }
    };
    let freed = tokio::time::timeout(patience, freed).await;
    assert!(freed.is_ok(), "{before} kB before, {memory} kB afterwards");
}

/// bob enters the room of alice, and never reads what she sends.
pub(crate) async fn fill_the_line(alice: &TestClient, bob: &mut RawClient, offers: usize) {
    alice.join("demo").await;
    enter(bob, "demo").await;
    // More than the buffers of TCP and TLS hold, less than what may wait.
    let large = offer(&"x".repeat(200_000));
    for _ in 0..offers {
        assert_eq!(alice.ask(OFFER, [large.clone(), json!("demo")]).await, json!({"ok": true}));
    }
}

/// The server notices it, and not at once.
pub(crate) async fn is_taken_out_if_he_does_not_read(alice: &TestClient, bob: &mut RawClient) {
    fill_the_line(alice, bob, 10).await;
    let gone = async {
        while alice.ask(OFFER, [offer("1"), json!("demo")]).await["ok"] == true {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    let stalled = Instant::now();
    within(STALL_TIME + Duration::from_secs(10), "bob is taken out", gone).await;
    assert!(stalled.elapsed() > STALL_TIME / 2, "not at once: a network can pause");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_read_is_disconnected_in_the_stated_time() {
    let server = TestServer::start_with(without_heartbeat()).await;
    let alice = TestClient::connect("alice", &server).await;
    let mut bob = RawClient::connect("bob", &server).await;
    is_taken_out_if_he_does_not_read(&alice, &mut bob).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sends_without_end_is_told_and_then_disconnected_and_others_notice_nothing() {
    let server = TestServer::start().await;
    let (mut alice, mut bob) = call("demo", &server).await;
    let mut mallory = RawClient::connect("mallory", &server).await;
    let join = |n: usize| format!(r#"42{n}["join_room","demo"]"#);
    // First as many as a burst and some more. What it is told has to be read before the server closes: a connection that
    // is closed with something unread in it is reset, and the answers can get lost.
    mallory.send_all((0..400).map(join)).await;
    let mut answered = 0;
    let mut told = false;
    while !told && answered < 400 {
        told = mallory.receive().await.contains("too_fast");
        answered += 1;
    }
    for n in 400..10_000 {
        mallory.send(join(n)).await;
    }
    let closed = async {
        while mallory.receive_unless_closed().await.is_some() {
            answered += 1;
        }
    };
    within(PATIENCE, "mallory is disconnected", closed).await;
    assert!(told, "it is told by name");
    assert!(answered < 2000, "{answered} of 10,000 were answered");
    assert_calls_work(&mut alice, &mut bob, "demo").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_without_end_are_refused_by_name() {
    let server = TestServer::start().await;
    let (alice, mut bob) = call("demo", &server).await;
    let large = offer(&"x".repeat(245_000));
    let mut sent = 0;
    let refusal = loop {
        let reply = alice.ask(OFFER, [large.clone(), json!("demo")]).await;
        if reply["ok"] == false {
            break reply;
        }
        bob.expect(OFFER).await;
        sent += 1;
        assert!(sent < 50, "12 megabytes of descriptions in one call");
    };
    assert_refused(&refusal, "too_fast");
    assert!(sent >= 4, "a few large ones are fine");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_polls_no_more_is_given_up() {
    let server = TestServer::start_with(short_heartbeat()).await;
    let mut alice = TestClient::connect("alice", &server).await;
    alice.join("demo").await;
    let session = begin_to_poll(&server).await;
    post(&server, &session, "40").await;
    // It is let in, and may speak.
    while !get(&server, &session).await.1.contains("40{") {}
    post(&server, &session, r#"42["join_room","demo"]"#).await;
    alice.expect(WELCOME).await;
    // It polls no more, and so never answers the ping.
    assert_eq!(alice.expect(BYE).await, no_arguments());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_so_many_sessions_can_be_begun_and_forgotten() {
    let server = TestServer::start_with(ServerOptions { max_connections: 20, ..ServerOptions::default() }).await;
    let (alice, bob) = call("demo", &server).await;
    let mut answers = [0, 0];
    for _ in 0..40 {
        let (head, body) = get(&server, "/socket.io/?EIO=4&transport=polling").await;
        let refused = head.starts_with("HTTP/1.1 503 ");
        assert!(refused == body.contains("too many clients have begun to poll"), "{head} {body}");
        answers[usize::from(refused)] += 1;
    }
    assert!((20..30).contains(&answers[0]), "{} were let in", answers[0]);
    drop((alice, bob));
}

/// Waits until the server takes one more connection.
async fn until_there_is_a_place(server: &TestServer, whom: &str) {
    let free = async {
        while !get(server, "/healthz").await.0.starts_with("HTTP/1.1 200 ") {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    within(PATIENCE, format!("there is a place {whom}"), free).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn there_are_only_so_many_connections_and_half_a_request_takes_none_for_long() {
    let server = TestServer::start_with(ServerOptions { max_connections: 3, ..ServerOptions::default() }).await;
    let (alice, bob) = call("demo", &server).await;
    let half = TcpStream::connect(server.address()).await.unwrap();
    let (head, _) = get(&server, "/healthz").await;
    assert!(head.starts_with("HTTP/1.1 503 "), "{head}");
    drop(half);
    until_there_is_a_place(&server, "for somebody else").await;
    drop((alice, bob));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_whose_body_does_not_end_takes_no_place_for_long() {
    let server = TestServer::start_with(ServerOptions { max_connections: 1, ..short_heartbeat() }).await;
    let session = begin_to_poll(&server).await;
    for (method, path) in [("POST", &*session), ("POST", "/socket.io/"), ("GET", "/healthz"), ("POST", "/nowhere")] {
        until_there_is_a_place(&server, &format!("for {method} {path}")).await;
        let mut half = TcpStream::connect(server.address()).await.unwrap();
        let request = format!("{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n40");
        half.write_all(request.as_bytes()).await.unwrap();
        let closed = async {
            // An error says that it was reset.
            let _ = half.read_to_end(&mut Vec::new()).await;
        };
        // Ten seconds, and some more.
        within(3 * PATIENCE, format!("the end of {method} {path}"), closed).await;
    }
}

/// Takes a while: a thousand clients, a third of which do not read.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a minute"]
async fn of_a_thousand_clients_those_that_read_lose_nothing() {
    const ROOMS: usize = 500;
    const OFFERS: usize = 10;
    let server = ServerProgram::start_with(&["--rate", "1000000"]);
    let before = server.memory();
    let turns = Arc::new(Semaphore::new(50));
    let rooms = (0..ROOMS).map(|n| {
        let (url, turns) = (server.url().to_owned(), turns.clone());
        tokio::spawn(async move {
            let _turn = turns.acquire().await.expect("never closed");
            let room = format!("room {n}");
            let mut alice = RawClient::connect_to("alice", &url).await;
            let mut bob = RawClient::connect_to("bob", &url).await;
            super::enter(&mut alice, &room).await;
            super::enter(&mut bob, &room).await;
            // Two of three rooms have somebody who reads.
            let reads = n % 3 != 0;
            for number in 0..OFFERS {
                let sdp = format!("{number} {}", "x".repeat(200_000));
                alice.receive_until_answered(&json!([OFFER, offer(&sdp), room])).await;
                if reads {
                    let event = bob.receive_event().await;
                    assert!(event[1]["sdp"].as_str().is_some_and(|sdp| sdp.starts_with(&format!("{number} "))));
                }
            }
            (alice, bob)
        })
    });
    let peak = async {
        let mut peak = 0;
        loop {
            peak = peak.max(server.memory());
            tokio::time::sleep(Duration::from_millis(100)).await;
            if turns.available_permits() == 50 && peak > before {
                break peak;
            }
        }
    };
    let (clients, peak) = tokio::join!(futures::future::join_all(rooms.collect::<Vec<_>>()), peak);
    let clients: Vec<_> = clients.into_iter().map(|client| client.expect("nobody who reads loses anything")).collect();
    tokio::time::sleep(STALL_TIME + Duration::from_secs(3)).await;
    let resting = server.memory();
    let named = server.log().matches("is disconnected: it ").count();
    say(&format!("{before} kB before, {peak} kB at most, {resting} kB when {named} stalled clients were disconnected"));
    assert!(peak < before + 250_000, "{before} kB before, {peak} kB at most");
    assert!(named >= ROOMS / 3, "{named} were disconnected by name");
    drop(clients);
}
