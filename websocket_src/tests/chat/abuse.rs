use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::common::{TestClient, TestServer};

/// A frame with the mask 0, which leaves the payload as it is.
fn frame(first_byte: u8, payload: &[u8]) -> Vec<u8> {
    assert!(payload.len() < 126);
    [&[first_byte, 0x80 | payload.len() as u8, 0, 0, 0, 0], payload].concat()
}

#[tokio::test]
async fn what_cannot_be_understood_is_answered_with_a_typed_error_and_the_connection_lives() {
    let server = TestServer::start().await;
    let mut alice = TestClient::join("alice", &server).await;
    for (message, code) in [
        (Message::text("hello"), "not_json"),
        (Message::text(""), "not_json"),
        (Message::text("[]"), "not_json"),
        (Message::text("[".repeat(10_000)), "not_json"),
        (Message::text(r#"{"type": "shout", "payload": "x"}"#), "unknown_type"),
        (Message::text(r#"{"payload": "x"}"#), "unknown_type"),
        (Message::text(r#"{"type": "new_message", "payload": {"html": "x"}}"#), "bad_payload"),
        (Message::text(r#"{"type": "new_message", "payload": "  "}"#), "bad_payload"),
        (Message::text(r#"{"type": "new_message", "payload": "\ud83d"}"#), "not_json"),
        (Message::text(r#"{"type": "nickname", "payload": ""}"#), "bad_nickname"),
        (Message::text(r#"{"type": "nickname", "payload": "\u3164"}"#), "bad_nickname"),
        (Message::text(r#"{"type": "nickname", "payload": "a\u202eb"}"#), "bad_nickname"),
        (Message::binary(vec![0, 159, 146, 150]), "binary"),
    ] {
        alice.send_raw(message).await;
        alice.expect_error(code).await;
    }
    alice.say("still here").await;
    alice.expect_message("still here").await;
}

#[tokio::test]
async fn a_message_of_the_largest_size_passes_and_one_byte_more_is_1009() {
    let server = TestServer::start_with(|options| options.limits.max_message_bytes = 1000).await;
    let mut bob = TestClient::join("bob", &server).await;
    let mut alice = TestClient::join("alice", &server).await;
    bob.expect("joined").await;
    let around = json!({"type": "new_message", "payload": ""}).to_string().len();
    alice.say(&"x".repeat(1000 - around)).await;
    alice.expect("new_message").await;
    bob.expect("new_message").await;
    alice.say(&"x".repeat(1001 - around)).await;
    assert_eq!(alice.expect_close().await, 1009);
    bob.expect("left").await;
}

#[tokio::test]
async fn who_sends_a_huge_message_hears_the_1009_although_it_is_still_sending() {
    let server = TestServer::start().await;
    let mut alice = TestClient::join("alice", &server).await;
    // 10 MB, much more than fits into the buffers of the network: the server must go on reading to be heard.
    alice.send_raw(Message::text("x".repeat(10_000_000))).await;
    assert_eq!(alice.expect_close().await, 1009);
}

#[tokio::test]
async fn many_small_fragments_are_one_large_message() {
    let server = TestServer::start_with(|options| options.limits.max_message_bytes = 1000).await;
    let mut alice = TestClient::join("alice", &server).await;
    alice.send_bytes(&frame(0x01, &[b'x'; 100])).await;
    for _ in 0..10 {
        alice.send_bytes(&frame(0x00, &[b'x'; 100])).await;
    }
    assert_eq!(alice.expect_close().await, 1009);
}

#[tokio::test]
async fn text_that_is_not_utf_8_is_1007() {
    let server = TestServer::start().await;
    let mut alice = TestClient::join("alice", &server).await;
    alice.send_bytes(&frame(0x81, &[0xC3, 0x28])).await;
    assert_eq!(alice.expect_close().await, 1007);
}

#[tokio::test]
async fn broken_rules_are_1002() {
    for (rule, bytes) in [
        ("a frame is masked", vec![0x81, 0x01, b'x']),
        ("reserved bits are zero", frame(0xC1, b"x")),
        ("opcode 3 is reserved", frame(0x83, b"x")),
        ("a control frame is not fragmented", frame(0x09, b"x")),
        ("a message begins before it goes on", frame(0x80, b"x")),
        ("a goodbye does not have one byte", frame(0x88, b"x")),
    ] {
        let server = TestServer::start().await;
        let mut alice = TestClient::join(rule, &server).await;
        alice.send_bytes(&bytes).await;
        assert_eq!(alice.expect_close().await, 1002, "{rule}");
    }
}

#[tokio::test]
async fn who_talks_too_fast_is_told_and_what_is_too_much_is_dropped() {
    let server = TestServer::start_with(|options| {
        options.limits.rate.burst = 3.0;
        options.limits.rate.per_second = 0.001;
    })
    .await;
    let mut bob = TestClient::join("bob", &server).await;
    let mut alice = TestClient::join("alice", &server).await;
    bob.expect("joined").await;
    for number in 0..6 {
        alice.say(&number.to_string()).await;
    }
    for number in 0..3 {
        alice.expect_message(&number.to_string()).await;
        bob.expect_message(&number.to_string()).await;
    }
    for _ in 3..6 {
        alice.expect_error("too_fast").await;
    }
    // A client that goes on regardless is a flood.
    alice.say("and on").await;
    assert_eq!(alice.expect_close().await, 1008);
    bob.expect("left").await;
}

#[tokio::test]
async fn a_flood_of_pings_is_a_flood() {
    let server = TestServer::start().await;
    let mut alice = TestClient::join("alice", &server).await;
    for _ in 0..100 {
        alice.send_raw(Message::Ping("x".into())).await;
    }
    assert_eq!(alice.expect_close().await, 1008);
}

#[tokio::test]
async fn bytes_at_random_disturb_nobody() {
    let server = TestServer::start().await;
    let mut bob = TestClient::join("bob", &server).await;
    // Always the same ones: xorshift, from a fixed start.
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    for _ in 0..100 {
        let mut alice = TestClient::join("alice", &server).await;
        bob.expect("joined").await;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state as u8
        })
        .take(64)
        .collect();
        alice.send_bytes(&noise).await;
        alice.vanish();
        bob.expect("left").await;
    }
    bob.say("still here").await;
    bob.expect_message("still here").await;
}
