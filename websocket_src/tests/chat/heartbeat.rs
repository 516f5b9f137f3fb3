use std::time::Duration;

use tokio_tungstenite::tungstenite::Message;

use crate::common::{PATIENCE, TestClient, TestServer, within};

#[tokio::test]
async fn who_does_not_read_is_closed_with_1013_and_nobody_else_loses_anything() {
    let server = TestServer::start_with(|options| options.limits.rate.burst = 100_000.0).await;
    let mut alice = TestClient::join("alice", &server).await;
    let mut slow = TestClient::join("slow", &server).await;
    alice.expect("joined").await;
    let mut bob = TestClient::join("bob", &server).await;
    alice.expect("joined").await;

    let long = "x".repeat(10_000);
    let mut left_after = None;
    for number in 0..5_000 {
        let text = format!("{number} {long}");
        alice.say(&text).await;
        let mut event = alice.event().await;
        if event["type"] == "left" {
            left_after = Some(number);
            event = alice.event().await;
        }
        assert_eq!(event["payload"], *text);
        let mut event = bob.event().await;
        if event["type"] == "left" {
            event = bob.event().await;
        }
        assert_eq!(event["payload"], *text);
        if left_after.is_some() {
            break;
        }
    }
    assert!(left_after.is_some(), "50 MB wait for a client that does not read");
    // When it reads again, it gets what was on its way, and then the reason.
    assert_eq!(slow.expect_close().await, 1013);
}

#[tokio::test]
async fn who_does_not_take_its_own_answers_is_not_read_from() {
    let server = TestServer::start_with(|options| {
        options.limits.rate = websocket_src::server::Rate::UNLIMITED;
    })
    .await;
    let mut bob = TestClient::join("bob", &server).await;
    let mut asker = TestClient::join("asker", &server).await;
    bob.expect("joined").await;
    // Every message is answered with an error, and none is read. At some point writing does not go on either.
    let asking = async {
        loop {
            asker.send_raw(Message::text("x")).await;
        }
    };
    tokio::select! {
        () = asking => {}
        () = async {
            for number in 0..100 {
                bob.say(&number.to_string()).await;
                bob.expect_message(&number.to_string()).await;
            }
        } => {}
    }
}

#[tokio::test]
async fn who_is_silent_is_pinged_and_who_answers_stays() {
    let server = TestServer::start_with(|options| options.limits.heartbeat = Duration::from_millis(50)).await;
    let mut alice = TestClient::join("alice", &server).await;
    for _ in 0..5 {
        // Reading the next frame is what sends the pong.
        assert_eq!(alice.receive_frame().await, Message::Ping("".into()));
    }
    alice.say("still here").await;
    alice.expect_message("still here").await;
}

#[tokio::test]
async fn who_does_not_answer_pings_is_gone() {
    let server = TestServer::start_with(|options| options.limits.heartbeat = Duration::from_millis(200)).await;
    let mut bob = TestClient::join("bob", &server).await;
    // It does not read, and so does not answer. The connection itself is in order.
    let dead = TestClient::join("dead", &server).await;
    bob.expect("joined").await;
    assert_eq!(bob.expect("left").await["count"], 1);
    drop(dead);
}

#[tokio::test]
async fn who_connects_and_says_nothing_is_closed() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let server = TestServer::start_with(|options| options.request_time = Duration::from_millis(100)).await;
    for beginning in ["", "GET /ws HTTP/1.1\r\nHost: x\r\n", "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"] {
        let mut connection = tokio::net::TcpStream::connect(server.address()).await.unwrap();
        connection.write_all(beginning.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let closed = within(
            PATIENCE,
            format!("the end of a connection with {beginning:?}"),
            connection.read_to_end(&mut answer),
        );
        closed.await.unwrap();
    }
}
