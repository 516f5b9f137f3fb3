use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use websocket_src::server::Origins;

use crate::common::{PATIENCE, TestClient, TestServer, http, within};

/// The request of a WebSocket client, with the key of RFC 6455, section 1.3.
pub(super) fn handshake(host: SocketAddr, path: &str, more: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{more}\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
}

/// The first line of the answer.
async fn status(address: SocketAddr, request: &str) -> String {
    http(address, request).await.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_page_of_another_server_is_refused_unless_it_was_named() {
    let server = TestServer::start_with(|options| {
        options.origins = Origins::new(["https://friend.example"]).unwrap();
        // A client that is let in is sent away soon, so that the answer ends.
        options.limits.heartbeat = Duration::from_millis(50);
    })
    .await;
    let address = server.address();
    for (origin, expected) in [
        (format!("http://{address}"), "101 Switching Protocols"),
        ("https://friend.example".to_owned(), "101 Switching Protocols"),
        ("https://evil.example".to_owned(), "403 Forbidden"),
        ("null".to_owned(), "403 Forbidden"),
    ] {
        let mut connection = TcpStream::connect(address).await.unwrap();
        let request = handshake(address, "/ws", &format!("Origin: {origin}\r\n"));
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut line = String::new();
        let mut reader = tokio::io::BufReader::new(&mut connection);
        let reading = tokio::io::AsyncBufReadExt::read_line(&mut reader, &mut line);
        within(PATIENCE, format!("an answer for {origin}"), reading).await.unwrap();
        assert_eq!(line.trim_end(), format!("HTTP/1.1 {expected}"), "{origin}");
    }
}

#[tokio::test]
async fn a_subprotocol_is_refused_by_name_and_a_heap_of_cookies_is_not() {
    let server = TestServer::start_with(|options| options.limits.heartbeat = Duration::from_millis(50)).await;
    let address = server.address();
    let answer = http(address, &handshake(address, "/ws", "Sec-WebSocket-Protocol: chat.v1\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("subprotocol \"chat.v1\""), "{answer}");
    // The page of a program on another port of localhost has left them.
    let cookies = format!("Cookie: {}\r\nConnection: close\r\n", "other=program; ".repeat(2000));
    let page = format!("GET / HTTP/1.1\r\nHost: {address}\r\n");
    assert_eq!(status(address, &format!("{page}{cookies}\r\n")).await, "HTTP/1.1 200 OK");
    let too_many = format!("Cookie: {}\r\n", "x".repeat(100_000));
    assert_eq!(status(address, &format!("{page}{too_many}\r\n")).await, "HTTP/1.1 431 Request Header Fields Too Large");
}

#[tokio::test]
async fn the_answer_to_the_handshake_is_the_one_of_the_rfc() {
    let server = TestServer::start_with(|options| options.limits.heartbeat = Duration::from_millis(50)).await;
    let mut connection = TcpStream::connect(server.address()).await.unwrap();
    connection.write_all(handshake(server.address(), "/ws", "").as_bytes()).await.unwrap();
    let mut lines = tokio::io::AsyncBufReadExt::lines(tokio::io::BufReader::new(connection));
    let mut head = Vec::new();
    loop {
        let line = within(PATIENCE, "the head of the answer", lines.next_line()).await.unwrap().unwrap();
        if line.is_empty() {
            break;
        }
        head.push(line.to_ascii_lowercase());
    }
    for expected in ["upgrade: websocket", "connection: upgrade", "sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="]
    {
        assert!(head.iter().any(|line| line == expected), "no {expected:?} in {head:#?}");
    }
    // Nobody is offered an extension or a subprotocol that was not asked for.
    assert!(!head.iter().any(|line| line.starts_with("sec-websocket-ext") || line.starts_with("sec-websocket-prot")));
}

#[tokio::test]
async fn what_is_no_handshake_is_told_what_would_be_one() {
    let server = TestServer::start().await;
    let address = server.address();
    let good = handshake(address, "/ws", "Connection: close\r\n");
    for (request, expected) in [
        (format!("GET /ws HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"), "426 Upgrade Required"),
        (good.replace("Version: 13", "Version: 8"), "426 Upgrade Required"),
        (good.replace("dGhlIHNhbXBsZSBub25jZQ==", "short"), "400 Bad Request"),
        (good.replace("GET", "POST"), "405 Method Not Allowed"),
        (good.replace("/ws", "/echo"), "404 Not Found"),
    ] {
        let answer = http(address, &request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {expected}\r\n")), "{request}\n{answer}");
        if expected.starts_with("426") {
            assert!(answer.contains("sec-websocket-version: 13\r\n"), "{answer}");
        }
    }
}

#[tokio::test]
async fn one_more_than_there_are_seats_is_told_to_come_back_and_finds_one_when_somebody_leaves() {
    let server = TestServer::start_with(|options| options.max_connections = 2).await;
    let mut alice = TestClient::join("alice", &server).await;
    let bob = TestClient::join("bob", &server).await;
    alice.expect("joined").await;
    let answer = http(server.address(), &handshake(server.address(), "/ws", "")).await;
    assert!(answer.starts_with("HTTP/1.1 503 Service Unavailable\r\nretry-after: 10\r\n"), "{answer}");

    bob.leave().await;
    alice.expect("left").await;
    let again = async {
        // The seat is free a moment after the goodbye.
        let request = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address());
        while status(server.address(), &request).await != "HTTP/1.1 200 OK" {}
    };
    within(PATIENCE, "the seat is free", again).await;
    alice.say("still here").await;
    alice.expect_message("still here").await;
}

#[tokio::test]
async fn when_the_server_stops_everybody_hears_1001_and_it_does_not_wait_for_those_who_do_not() {
    let mut server = TestServer::start_with(|options| options.limits.closing_time = Duration::from_millis(500)).await;
    let mut alice = TestClient::join("alice", &server).await;
    let mut bob = TestClient::join("bob", &server).await;
    let asleep = TestClient::join("asleep", &server).await;
    // A connection in the middle of its request.
    let mut half = TcpStream::connect(server.address()).await.unwrap();
    half.write_all(b"GET / HT").await.unwrap();
    let stopping = server.begin_to_stop();
    assert_eq!(alice.expect_close().await, 1001);
    assert_eq!(bob.expect_close().await, 1001);
    within(PATIENCE, "the server stops", stopping).await.unwrap().unwrap();
    assert!(TcpStream::connect(server.address()).await.is_err(), "nobody listens any more");
    drop(asleep);
}

#[tokio::test]
async fn the_page_comes_with_a_policy_that_allows_no_script_in_it() {
    let server = TestServer::start().await;
    for (path, content_type) in [("/", "text/html"), ("/style.css", "text/css"), ("/chat.js", "text/javascript")] {
        let host = server.address();
        let answer = http(host, &format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{path}: {answer}");
        assert!(answer.contains(&format!("content-type: {content_type}")), "{path}: {answer}");
        assert!(answer.contains("content-security-policy: default-src 'none'; script-src 'self';"), "{path}: {answer}");
        assert!(answer.contains("x-content-type-options: nosniff"), "{path}: {answer}");
        assert!(!answer.contains("unsafe-inline") && !answer.contains("innerHTML"), "{path}");
    }
}

#[tokio::test]
async fn a_page_can_ask_why_it_was_refused() {
    let server = TestServer::start_with(|_| {}).await;
    let address = server.address();
    for (origin, status, words) in [
        (format!("http://{address}"), "200", ""),
        ("https://evil.example".to_owned(), "403", "--allow-origin https://evil.example"),
    ] {
        let request =
            format!("POST /origin HTTP/1.1\r\nHost: {address}\r\nOrigin: {origin}\r\nConnection: close\r\n\r\n");
        let answer = http(address, &request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")) && answer.contains(words), "{origin}: {answer}");
    }
}
