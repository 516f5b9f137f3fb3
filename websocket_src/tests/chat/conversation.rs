use serde_json::json;

use crate::common::{TestClient, TestServer};

#[tokio::test]
async fn everybody_hears_everybody_and_knows_who_is_here() {
    let server = TestServer::start().await;
    let mut alice = TestClient::open("alice", server.address(), "/ws").await;
    let welcome = alice.expect("welcome").await;
    let anon = json!({"id": 1, "nickname": "Anon"});
    assert_eq!(welcome, json!({"type": "welcome", "you": anon, "count": 1, "people": [anon]}));

    alice.send(json!({"type": "nickname", "payload": "alice"})).await;
    let renamed = alice.expect("renamed").await;
    let person = json!({"id": 1, "nickname": "alice"});
    assert_eq!(renamed, json!({"type": "renamed", "person": person, "before": "Anon"}));

    let mut bob = TestClient::open("bob", server.address(), "/ws").await;
    let welcome = bob.expect("welcome").await;
    assert_eq!((&welcome["count"], &welcome["people"][0]), (&json!(2), &person));
    let bob_is = json!({"id": 2, "nickname": "Anon"});
    assert_eq!(alice.expect("joined").await, json!({"type": "joined", "person": bob_is, "count": 2}));

    alice.say("hello, \"bob\" <b>\u{1F44B}</b>").await;
    let message = json!({"type": "new_message", "from": person, "payload": "hello, \"bob\" <b>\u{1F44B}</b>"});
    // The one who said it hears it too: `from.id` is its own.
    assert_eq!(alice.event().await, message);
    assert_eq!(bob.event().await, message);

    assert_eq!(bob.leave().await, 1000);
    assert_eq!(alice.expect("left").await, json!({"type": "left", "person": bob_is, "count": 1}));
}

#[tokio::test]
async fn somebody_who_vanishes_is_missed() {
    let server = TestServer::start().await;
    let mut alice = TestClient::join("alice", &server).await;
    let bob = TestClient::join("bob", &server).await;
    alice.expect("joined").await;
    bob.vanish();
    assert_eq!(alice.expect("left").await["count"], 1);
}

#[tokio::test]
async fn all_hear_everything_in_the_same_order() {
    let server = TestServer::start_with(|options| options.limits.rate.burst = 1000.0).await;
    let mut clients = Vec::new();
    for name in ["alice", "bob", "carol", "dave"] {
        clients.push(TestClient::join(name, &server).await);
        for earlier in clients.iter_mut().rev().skip(1) {
            earlier.expect("joined").await;
        }
    }
    const EACH: usize = 100;
    let talking = clients.into_iter().map(|mut client| {
        tokio::spawn(async move {
            let mut heard = Vec::new();
            for number in 0..EACH {
                client.say(&format!("{} {number}", client.name)).await;
            }
            while heard.len() < 4 * EACH {
                heard.push(client.expect("new_message").await["payload"].as_str().unwrap().to_owned());
            }
            heard
        })
    });
    let heard = futures::future::join_all(talking).await;
    let first = heard[0].as_ref().unwrap();
    for others in &heard[1..] {
        assert_eq!(others.as_ref().unwrap(), first);
    }
    // And what one said is in the order in which it was said.
    let of_bob: Vec<_> = first.iter().filter(|text| text.starts_with("bob")).cloned().collect();
    assert_eq!(of_bob, (0..EACH).map(|number| format!("bob {number}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_crowd_is_told_as_a_number() {
    let server = TestServer::start().await;
    let mut crowd = Vec::new();
    for _ in 0..105 {
        crowd.push(TestClient::join("one of many", &server).await);
    }
    let mut late = TestClient::open("late", server.address(), "/ws").await;
    let welcome = late.expect("welcome").await;
    assert_eq!(welcome["count"], 106);
    assert_eq!(welcome["people"].as_array().unwrap().len(), 100);
}

#[tokio::test]
async fn what_is_sent_right_behind_the_handshake_is_not_lost() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let server = TestServer::start().await;
    let mut alice = TestClient::join("alice", &server).await;
    let mut eager = tokio::net::TcpStream::connect(server.address()).await.unwrap();
    let mut bytes = super::limits::handshake(server.address(), "/ws", "").into_bytes();
    // A text frame, masked with zeros, that comes in the same packet as the request.
    let json = br#"{"type":"new_message","payload":"early"}"#;
    bytes.extend([0x81, 0x80 | json.len() as u8, 0, 0, 0, 0]);
    bytes.extend(json);
    eager.write_all(&bytes).await.unwrap();
    alice.expect("joined").await;
    alice.expect_message("early").await;
    let mut answer = [0; 12];
    eager.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 101");
}
