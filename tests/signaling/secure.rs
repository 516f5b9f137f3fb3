//! Signaling over https and wss.
//!
//! Expected: it is the same as over http, also for a client that does not read: it is disconnected in the stated time, and
//! all others go on.

use study_zoom::native::Trust;
use support::https::{Authority, Https, Names};
use tempfile::TempDir;

use super::stalled::{fill_the_line, is_taken_out_if_he_does_not_read};
use super::*;

/// A server with a certificate for 127.0.0.1, and what its clients trust.
async fn secure_server(options: ServerOptions) -> (TestServer, Trust, TempDir) {
    let folder = tempfile::tempdir().expect("the folder can be written");
    let authority = Authority::open_in(folder.path()).expect("an authority");
    let https = Https::signed_by(&authority, Names::of_this_machine()).expect("a certificate");
    let server = TestServer::start_with(ServerOptions { https: Some(https), ..options }).await;
    (server, Trust::with(Some(authority.file())).expect("it was just made"), folder)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_set_up_over_wss() {
    let (mut server, trust, _folder) = secure_server(ServerOptions::default()).await;
    assert!(server.url().starts_with("https://"));
    let mut alice = TestClient::connect_trusting("alice", &server, trust.clone()).await;
    let mut bob = TestClient::connect_trusting("bob", &server, trust).await;
    assert_eq!(alice.join("demo").await["role"], "A");
    assert_comes_next(&mut alice, &mut bob, "demo").await;
    server.stop().await;
    assert_eq!(alice.expect_disconnected().await, DisconnectReason::ServerClosed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_read_is_disconnected_over_wss_as_well() {
    let (server, trust, _folder) = secure_server(without_heartbeat()).await;
    let alice = TestClient::connect_trusting("alice", &server, trust.clone()).await;
    let mut bob = RawClient::connect_trusting("bob", &server, trust).await;
    is_taken_out_if_he_does_not_read(&alice, &mut bob).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_read_cannot_keep_the_server_from_stopping_over_wss() {
    let (mut server, trust, _folder) = secure_server(without_heartbeat()).await;
    let alice = TestClient::connect_trusting("alice", &server, trust.clone()).await;
    let mut bob = RawClient::connect_trusting("bob", &server, trust).await;
    fill_the_line(&alice, &mut bob, 15).await;
    // It bounds the time.
    server.stop().await;
    drop(bob);
}
