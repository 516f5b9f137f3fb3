use std::net::SocketAddr;

use serde_json::json;
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::Message;

use crate::common::{PATIENCE, TestClient, start_example, within};
use testing::program::{Ended, Program};

/// Starts an example on a free port, and connects to it.
async fn start(example: &str, names: &[&'static str]) -> (Program, SocketAddr, Vec<TestClient>) {
    let mut program = start_example(example, &["--addr", "127.0.0.1:0"]);
    let address = program.address().await;
    let mut clients = Vec::new();
    for name in names {
        let mut client = TestClient::open(name, address, "/").await;
        client.round_trip().await;
        clients.push(client);
    }
    (program, address, clients)
}

async fn echoes(example: &str) {
    let (_program, _, mut clients) = start(example, &["alice", "bob"]).await;
    for client in &mut clients {
        for message in [
            Message::text("hello"),
            Message::text(""),
            Message::text("안녕 \u{1F44B}"),
            Message::binary(vec![0, 1, 255]),
            Message::text("x".repeat(70_000)),
        ] {
            client.send_raw(message.clone()).await;
            assert_eq!(client.receive().await, message);
        }
    }
    let alice = clients.swap_remove(0);
    assert_eq!(alice.leave().await, 1000);
}

#[tokio::test]
async fn an_address_that_is_taken_is_told_with_the_cure_and_help_names_the_option() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for example in ["01_echo_ws", "02_echo_async", "03_broadcast", "04_nicknames", "05_heartbeat", "06_slow_clients"] {
        let ended = start_example(example, &["--addr", &address]).end().await;
        ended.with_error(&["cannot listen on", &address, "stop the program that uses it", "--addr host:port"]);
        let help = start_example(example, &["--help"]).end().await.well();
        assert!(help.contains("--addr <ADDR>") && help.contains("[default: 127.0.0.1:3001]"), "{example}: {help}");
    }
    drop(taken);
    for example in ["02_echo_async", "05_heartbeat"] {
        let url = format!("ws://{address}");
        let ended = start_example(example, &["client", &url]).end().await;
        ended.with_error(&["cannot connect to", &url, "start the server there"]);
    }
}

#[tokio::test]
async fn the_client_of_example_02_ends_when_the_server_goes_although_nobody_types() {
    let (server, address, _) = start("02_echo_async", &[]).await;
    let mut client = start_example("02_echo_async", &["client", &format!("ws://{address}")]);
    client.until("connected to").await;
    server.signal("KILL").await;
    let Ended { status, stderr, .. } = client.end().await;
    assert!(!status.success() && stderr.starts_with("error: "), "{status} {stderr}");
}

#[tokio::test]
async fn example_01_echoes_text_and_binary() {
    echoes("01_echo_ws").await;
}

#[tokio::test]
async fn example_01_refuses_what_is_larger_than_its_limit_and_lives_on() {
    let (_program, _, mut clients) = start("01_echo_ws", &["alice", "bob"]).await;
    // The head of a frame that announces 1 GiB.
    clients[0].send_bytes(&[0x82, 0xFF, 0, 0, 0, 0, 0x40, 0, 0, 0, 1, 2, 3, 4]).await;
    assert_eq!(clients[0].expect_close().await, 1002);
    clients[1].send_raw(Message::text("still here")).await;
    assert_eq!(clients[1].receive().await, Message::text("still here"));
}

#[tokio::test]
async fn example_02_echoes_text_and_binary() {
    echoes("02_echo_async").await;
}

#[tokio::test]
async fn example_02_shows_the_bytes_and_its_client_sends_what_is_typed() {
    let mut server = start_example("02_echo_async", &["--bytes", "--addr", "127.0.0.1:0"]);
    let address = server.address().await;
    let mut client = start_example("02_echo_async", &["client", &format!("ws://{address}")]);
    client.until("connected").await;
    client.type_line("hello").await;
    client.until("hello").await;
    for shown in ["    GET / HTTP/1.1", "    HTTP/1.1 101 Switching Protocols", "<- 11 bytes", "-> 7 bytes"] {
        server.until(shown).await;
    }
    // FIN and text, then the length, then what was typed: a server does not mask.
    server.until("    81 05 68 65 6c 6c 6f").await;
    client.end_of_input();
    client.end().await.well();
    server.until("left").await;
}

#[tokio::test]
async fn example_03_tells_the_others_and_not_the_one_who_said_it() {
    let (_program, address, mut clients) = start("03_broadcast", &["alice"]).await;
    let alice = &mut clients[0];
    let mut bob = TestClient::open("bob", address, "/").await;
    bob.round_trip().await;
    bob.send_raw(Message::text("bob is here")).await;
    assert_eq!(alice.receive().await, Message::text("bob is here"));
    let mut carol = TestClient::open("carol", address, "/").await;
    carol.send_raw(Message::text("carol is here")).await;
    for earlier in [&mut *alice, &mut bob] {
        assert_eq!(earlier.receive().await, Message::text("carol is here"));
    }
    alice.send_raw(Message::text("hello")).await;
    bob.send_raw(Message::text("hello yourself")).await;
    // Nobody's own message comes back.
    assert_eq!(alice.receive().await, Message::text("hello yourself"));
    assert_eq!(bob.receive().await, Message::text("hello"));
    let mut heard = [carol.receive().await, carol.receive().await];
    heard.sort_by_key(Message::len);
    assert_eq!(heard, [Message::text("hello"), Message::text("hello yourself")]);
}

/// Examples 04 to 06 say the same.
async fn chats_with_nicknames(example: &str) {
    let (_program, _, mut clients) = start(example, &["alice", "bob"]).await;
    let [alice, bob] = &mut clients[..] else { unreachable!("two were asked for") };
    bob.send(json!({"type": "nickname", "payload": "bob"})).await;
    bob.expect("renamed").await;
    alice.send(json!({"type": "nickname", "payload": "alice"})).await;
    let renamed = bob.expect("renamed").await;
    assert_eq!((&renamed["person"]["nickname"], &renamed["before"]), (&json!("alice"), &json!("Anon")));
    alice.say("hello").await;
    let message = bob.expect("new_message").await;
    assert_eq!((&message["from"]["nickname"], &message["payload"]), (&json!("alice"), &json!("hello")));
    bob.send_raw(Message::text("nonsense")).await;
    bob.expect_error("not_json").await;
}

#[tokio::test]
async fn example_04_knows_nicknames_and_says_what_is_wrong() {
    chats_with_nicknames("04_nicknames").await;
}

#[tokio::test]
async fn example_05_knows_nicknames_and_says_what_is_wrong() {
    chats_with_nicknames("05_heartbeat").await;
}

#[tokio::test]
async fn example_05_drops_a_client_that_does_not_answer_and_keeps_one_that_does() {
    let (mut program, _, mut clients) = start("05_heartbeat", &["dead", "alive"]).await;
    let mut alive = clients.pop().expect("two were asked for");
    let answering = async {
        loop {
            alive.receive_frame().await;
        }
    };
    tokio::select! {
        () = answering => {}
        line = program.until("dropped") => assert!(line.starts_with("client 1: silent"), "{line}"),
    }
    alive.send_raw(Message::text("nonsense")).await;
    alive.expect_error("not_json").await;
}

#[tokio::test]
async fn example_05_has_a_client_that_notices_a_dead_server() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}", listener.local_addr().unwrap());
    let mut client = start_example("05_heartbeat", &["client", &url]);
    let accepting = async { tokio_tungstenite::accept_async(listener.accept().await.unwrap().0).await.unwrap() };
    // It pings once, and then never again.
    let mut server = within(PATIENCE, "the client connects", accepting).await;
    futures::SinkExt::send(&mut server, Message::Ping("".into())).await.unwrap();
    client.until("ping").await;
    let ended = client.end().await;
    assert!(!ended.status.success());
    assert!(ended.stderr.contains("the server is gone"), "{}", ended.stderr);
}

#[tokio::test]
async fn example_06_knows_nicknames_and_says_what_is_wrong() {
    chats_with_nicknames("06_slow_clients").await;
}

#[tokio::test]
async fn example_06_closes_a_slow_client_with_1013_and_the_others_lose_nothing() {
    let (_program, _, mut clients) = start("06_slow_clients", &["slow", "bob", "alice"]).await;
    let mut slow = clients.swap_remove(0);
    let [alice, bob] = &mut clients[..] else { unreachable!("two are left") };
    // What waits in the kernel comes first: 7 MB are more than that and the queue together.
    let long = "x".repeat(15_000);
    for number in 0..500 {
        let text = format!("{number} {long}");
        alice.say(&text).await;
        alice.expect_message(&text).await;
        bob.expect_message(&text).await;
    }
    assert_eq!(slow.expect_close().await, 1013);
}

#[test]
fn every_example_says_how_to_start_it() {
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/examples")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let code = std::fs::read_to_string(&path).unwrap();
        assert!(code.starts_with("//! **What it shows:**"), "{name}");
        assert!(code.contains(&format!("cargo run -p websocket_src --example {name}")), "{name}");
        assert!(code.contains("//! **Try next:**"), "{name}");
    }
}
