//! The server itself: stopping, health, headers.

use study_zoom::server::{Ice, OwnIce};
use study_zoom::turn::Credentials;

use super::stalled::fill_the_line;
use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn the_server_stops_soon_and_its_clients_learn_it() {
    let mut server = TestServer::start().await;
    let (mut alice, mut bob) = call("demo", &server).await;
    let half_open = RawClient::connect("carol", &server).await;
    let wordless = TcpStream::connect(server.address()).await.unwrap();

    let asked = Instant::now();
    server.stop().await;
    let took = asked.elapsed();
    assert!(took < Duration::from_secs(3), "stopping took {took:?}");
    // Nobody has left the call, so nobody hears `bye`: its media go on without the server.
    assert_eq!(alice.expect_disconnected().await, DisconnectReason::ServerClosed);
    assert_eq!(bob.expect_disconnected().await, DisconnectReason::ServerClosed);
    drop((half_open, wordless));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_read_cannot_keep_the_server_from_stopping() {
    let mut server = TestServer::start_with(without_heartbeat()).await;
    let alice = TestClient::connect("alice", &server).await;
    let mut bob = RawClient::connect("bob", &server).await;
    fill_the_line(&alice, &mut bob, 15).await;
    // It bounds the time.
    server.stop().await;
    drop(bob);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_says_that_it_is_well_and_has_a_page() {
    let server = TestServer::start().await;
    let (head, body) = get(&server, "/healthz").await;
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert_eq!(body.trim_end(), "ok");

    let (head, body) = get(&server, "/").await;
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert!(head.contains("content-type: text/html"), "{head}");
    assert!(body.contains("<html"), "{body}");

    let (head, _) = get(&server, "/nowhere").await;
    assert!(head.starts_with("HTTP/1.1 404 "), "{head}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_member_is_told_a_password_for_the_relay() {
    let relay = Some(Credentials::new(None));
    let own = OwnIce { address: "127.0.0.1:3478".parse().unwrap(), public: None, relay };
    let ice = Ice { own: Some(own), ..Ice::default() };
    let server = TestServer::start_with(ServerOptions { ice, ..ServerOptions::default() }).await;
    let session = begin_to_poll(&server).await;
    post(&server, &session, "40").await;
    let connected = get(&server, &session).await.1;
    let socket = connected.split("\"sid\":\"").nth(1).and_then(|rest| rest.split('"').next()).expect("its id");
    let member = format!("/ice-servers?socket={socket}");
    for stranger in ["/ice-servers", "/ice-servers?socket=", "/ice-servers?socket=AAAAAAAAAAAAAAAA", &member] {
        let (_, told) = get(&server, stranger).await;
        assert!(told.contains("stun:127.0.0.1:3478"), "{stranger}: {told}");
        assert!(!told.contains("credential") && !told.contains("turn:"), "{stranger}: {told}");
    }
    post(&server, &session, r#"42["join_room","demo"]"#).await;
    let (_, told) = get(&server, &member).await;
    assert!(told.contains("turn:127.0.0.1:3478") && told.contains("credential"), "{told}");
}
