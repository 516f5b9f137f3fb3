use crate::common::{TestClient, TestServer, chat_command, start_chat};
use testing::program::Program;
use testing::tls_proxy::TlsProxy;

/// The server in a process of its own, and the URL of its chat.
async fn serve(arguments: &[&str]) -> (Program, std::net::SocketAddr) {
    let mut server = start_chat(&[&["--addr", "127.0.0.1:0"], arguments].concat());
    let address = server.address().await;
    (server, address)
}

#[tokio::test]
async fn two_terminals_chat_through_the_server() {
    let (server, address) = serve(&[]).await;
    let url = format!("ws://{address}/ws");
    let mut alice = start_chat(&["client", &url]);
    alice.until("you are Anon, 1 here").await;
    let mut bob = start_chat(&["client", &url]);
    bob.until("you are Anon, 2 here").await;
    alice.until("Anon joined, 2 here").await;
    alice.type_line("/nick alice").await;
    alice.until("you are alice now").await;
    bob.until("Anon is alice now").await;
    bob.type_line("hello").await;
    bob.until("you: hello").await;
    alice.until("Anon: hello").await;
    alice.type_line("/quit").await;
    alice.end().await.well();
    bob.until("alice left, 1 here").await;
    bob.end_of_input();
    bob.end().await.well();
    assert!(server.stop().await.well().contains("stopped"));
}

#[tokio::test]
async fn a_terminal_chats_through_a_proxy_that_speaks_tls() {
    let (_server, address) = serve(&[]).await;
    let proxy = TlsProxy::start(address).await;
    let url = format!("wss://{}/ws", proxy.address);
    let client = |certificate| Program::start("client", chat_command(&["client", &url, "--ca"]).arg(certificate));
    let mut alice = client(proxy.certificate());
    alice.until("you are Anon, 1 here").await;
    alice.type_line("hello").await;
    alice.until("you: hello").await;
    alice.stop().await.well();
    // Another certificate than the one it trusts, and a server without TLS.
    let other = TlsProxy::start(address).await;
    let url_of_other = format!("wss://{}/ws", other.address);
    let mut stranger = chat_command(&["client", &url_of_other, "--ca"]);
    Program::start("client", stranger.arg(proxy.certificate())).end().await.with_error(&[
        "cannot connect",
        "certificate",
        "--ca",
    ]);
    let missing = start_chat(&["client", &url, "--ca", "missing.pem"]);
    missing.end().await.with_error(&["--ca missing.pem", "cannot be read", "PEM"]);
    let no_tls = format!("wss://{address}/ws");
    start_chat(&["client", &no_tls]).end().await.with_error(&["cannot connect", "speaks no TLS there"]);
}

#[tokio::test]
async fn the_terminal_comes_back_when_the_server_does_and_keeps_its_nickname() {
    let mut server = TestServer::start().await;
    let mut alice = start_chat(&["client", &server.url("/ws")]);
    alice.until("you are Anon").await;
    alice.type_line("/nick alice").await;
    alice.until("you are alice now").await;
    server.stop().await;
    alice.until("connection lost: the server stops (close code 1001)").await;
    server.start_again().await;
    alice.until("you are alice now").await;
    let mut bob = TestClient::join("bob", &server).await;
    alice.type_line("back").await;
    bob.expect_message("back").await;
    alice.stop().await.well();
    bob.expect("left").await;
}

#[tokio::test]
async fn the_server_stops_at_ctrl_c_and_at_sigterm_even_with_people_connected() {
    for signal in ["INT", "TERM"] {
        let (server, address) = serve(&[]).await;
        let mut alice = TestClient::open("alice", address, "/ws").await;
        alice.expect("welcome").await;
        server.signal(signal).await;
        assert_eq!(alice.expect_close().await, 1001);
        server.end().await.well();
    }
}

#[tokio::test]
async fn what_goes_wrong_is_one_line_that_says_what_to_do_next() {
    let (_server, address) = serve(&[]).await;
    let taken = start_chat(&["--addr", &address.to_string()]).end().await;
    taken.with_error(&["cannot listen", "--addr host:port"]);
    start_chat(&["client", "ws://127.0.0.1:1/ws"]).end().await.with_error(&["cannot connect", "start the server"]);
    let no_chat = start_chat(&["client", &format!("ws://{address}/")]).end().await;
    no_chat.with_error(&["cannot connect", "200", "check the URL"]);
    start_chat(&["--log", "loud=?"]).end().await.with_error(&["--log loud=?"]);
}

#[tokio::test]
async fn what_people_say_is_in_no_log() {
    let (server, address) = serve(&["--log", "trace"]).await;
    let mut alice = start_chat(&["client", &format!("ws://{address}/ws")]);
    alice.until("you are Anon, 1 here").await;
    alice.type_line("for those who are here").await;
    alice.until("you: for those who are here").await;
    alice.stop().await.well();
    let log = server.stop().await.stderr;
    assert!(log.contains("Anon (1) joined, 1 here"), "{log}");
    assert!(!log.contains("for those"), "{log}");
}

#[tokio::test]
async fn echo_is_there_when_asked_for() {
    use tokio_tungstenite::tungstenite::Message;
    let (_server, address) = serve(&["--echo"]).await;
    let mut alice = TestClient::open("alice", address, "/echo").await;
    for message in [Message::text("hello"), Message::binary(vec![1; 1 << 20])] {
        alice.send_raw(message.clone()).await;
        assert_eq!(alice.receive().await, message);
    }
    assert_eq!(alice.leave().await, 1000);
    // More than the network buffers: the server reads again from a client from which it did not read for a while.
    for _ in 0..10 {
        let mut bob = TestClient::open("bob", address, "/echo").await;
        let large = Message::binary(vec![1; 4 << 20]);
        bob.send_raw(large.clone()).await;
        assert_eq!(bob.receive().await.len(), large.len());
        assert_eq!(bob.leave().await, 1000);
    }
}
