//! They fail until the exercise is solved.

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::common::{TestClient, start_example};

#[tokio::test]
#[ignore = "an exercise: it fails until a reader has solved it"]
async fn exercise_1_example_03_says_who_said_it() {
    let mut program = start_example("03_broadcast", &["--addr", "127.0.0.1:0"]);
    let address = program.address().await;
    let mut alice = TestClient::open("alice", address, "/").await;
    let mut bob = TestClient::open("bob", address, "/").await;
    alice.round_trip().await;
    bob.round_trip().await;
    bob.send_raw(Message::text("hello")).await;
    assert_eq!(alice.receive().await, Message::text("2: hello"));
    alice.send_raw(Message::text("hi")).await;
    assert_eq!(bob.receive().await, Message::text("1: hi"));
}

#[tokio::test]
#[ignore = "an exercise: it fails until a reader has solved it"]
async fn exercise_2_example_04_tells_who_comes_and_who_goes() {
    let mut program = start_example("04_nicknames", &["--addr", "127.0.0.1:0"]);
    let address = program.address().await;
    let mut alice = TestClient::open("alice", address, "/").await;
    alice.send(json!({"type": "nickname", "payload": "alice"})).await;
    while alice.event().await["type"] != "renamed" {}
    let mut bob = TestClient::open("bob", address, "/").await;
    let person = json!({"id": 2, "nickname": "Anon"});
    assert_eq!(alice.expect("joined").await, json!({"type": "joined", "person": person, "count": 2}));
    bob.say("hello").await;
    alice.expect_message("hello").await;
    bob.vanish();
    assert_eq!(alice.expect("left").await, json!({"type": "left", "person": person, "count": 1}));
}

#[tokio::test]
#[ignore = "an exercise: it fails until a reader has solved it"]
async fn exercise_3_example_06_gives_a_nickname_once() {
    let mut program = start_example("06_slow_clients", &["--addr", "127.0.0.1:0"]);
    let address = program.address().await;
    let mut bob = TestClient::open("bob", address, "/").await;
    let mut alice = TestClient::open("alice", address, "/").await;
    alice.round_trip().await;
    bob.round_trip().await;
    let mina = json!({"type": "nickname", "payload": "mina"});
    alice.send(mina.clone()).await;
    alice.expect("renamed").await;
    bob.expect("renamed").await;
    bob.send(mina.clone()).await;
    bob.expect_error("bad_nickname").await;
    // A client that leaves gives its name back. How long that takes is not said, so bob asks until he gets it.
    alice.leave().await;
    loop {
        bob.send(mina.clone()).await;
        if bob.event().await["type"] == "renamed" {
            break;
        }
    }
    // `Anon` is free for all.
    let mut carol = TestClient::open("carol", address, "/").await;
    carol.round_trip().await;
    carol.send(json!({"type": "nickname", "payload": "Anon"})).await;
    carol.expect("renamed").await;
}
