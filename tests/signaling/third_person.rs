//! A third person is refused, and disturbs nobody.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_third_person_is_refused_and_disturbs_nobody() {
    let server = TestServer::start().await;
    let (mut alice, mut bob) = call("demo", &server).await;
    let mut carol = TestClient::connect("carol", &server).await;

    assert_refused(&carol.join("demo").await, "room_full");
    assert_refused(&carol.ask(REJOIN_ROOM, [json!("demo"), json!({"call": "1"})]).await, "room_full");
    assert_refused(&carol.ask(OFFER, [offer("1"), json!("demo")]).await, "not_in_room");
    alice.expect_silence().await;
    bob.expect_silence().await;
    assert_calls_work(&mut alice, &mut bob, "demo").await;
    carol.expect_silence().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_refused_can_talk_in_another_room() {
    let server = TestServer::start().await;
    let (mut alice, mut bob) = call("demo", &server).await;
    let mut carol = TestClient::connect("carol", &server).await;
    let mut dave = TestClient::connect("dave", &server).await;

    assert_refused(&carol.join("demo").await, "room_full");
    assert_eq!(carol.join("elsewhere").await["role"], "A");
    assert_eq!(dave.join("elsewhere").await["role"], "B");
    carol.expect(WELCOME).await;
    assert_calls_work(&mut carol, &mut dave, "elsewhere").await;
    assert_calls_work(&mut alice, &mut bob, "demo").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_refused_gets_in_when_there_is_a_place() {
    let server = TestServer::start().await;
    let (mut alice, mut bob) = call("demo", &server).await;
    let mut carol = TestClient::connect("carol", &server).await;

    assert_refused(&carol.join("demo").await, "room_full");
    assert_eq!(bob.ask(LEAVE_ROOM, [json!("demo")]).await, json!({"ok": true}));
    assert_eq!(alice.expect(BYE).await, no_arguments());
    assert_comes_next(&mut alice, &mut carol, "demo").await;
    bob.expect_silence().await;
}
