use serde_json::json;
use tokio::process::Command;

use crate::common::{TestClient, TestServer};
use crate::installed;
use testing::program::Program;

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

fn npm_ws(url: &str) -> Program {
    let folder = format!("{FOLDER}/tests/node");
    assert!(std::path::Path::new(&folder).join("node_modules/ws").is_dir(), "npm install --prefix {folder}");
    Program::start("npm ws", Command::new("node").arg(format!("{folder}/client.js")).arg(url))
}

fn python_websockets(url: &str) -> Program {
    let mut python = Command::new(installed("websockets/bin/python"));
    Program::start("Python websockets", python.arg(format!("{FOLDER}/tests/python/client.py")).arg(url))
}

/// Types a message of the chat.
async fn say(client: &mut Program, kind: &str, payload: &str) {
    client.type_line(&json!({"type": kind, "payload": payload}).to_string()).await;
}

/// A stranger chats with one of our own, breaks a limit, comes back, and sees the server go.
async fn chats(stranger: fn(&str) -> Program) {
    let mut server = TestServer::start().await;
    let url = server.url("/ws");
    let mut alice = TestClient::join("alice", &server).await;
    let mut guest = stranger(&url);
    guest.until(r#""type":"welcome""#).await;
    alice.expect("joined").await;

    say(&mut guest, "nickname", "손님 <b>").await;
    guest.until(r#""type":"renamed""#).await;
    assert_eq!(alice.expect("renamed").await["person"]["nickname"], "손님 <b>");
    say(&mut guest, "new_message", "hello from elsewhere").await;
    guest.until("hello from elsewhere").await;
    alice.expect_message("hello from elsewhere").await;
    alice.say("hello \u{1F44B}").await;
    guest.until("hello \u{1F44B}").await;
    guest.type_line("nonsense").await;
    guest.until(r#""code":"not_json""#).await;

    // It sees the code although it was still sending.
    guest.type_line(&"x".repeat(1 << 20)).await;
    guest.until("close 1009").await;
    guest.end().await.well();
    alice.expect_message("hello \u{1F44B}").await;
    alice.expect("left").await;

    let mut leaves = stranger(&url);
    leaves.until("welcome").await;
    leaves.end_of_input();
    leaves.until("close 1000").await;

    let mut again = stranger(&url);
    again.until("welcome").await;
    let stopping = server.begin_to_stop();
    again.until("close 1001").await;
    assert_eq!(alice.expect_close().await, 1001);
    stopping.await.expect("the server does not panic").expect("the server stops without an error");
}

#[tokio::test]
#[ignore = "needs npm's ws: npm install --prefix websocket_src/tests/node"]
async fn npm_ws_chats_through_the_server() {
    chats(npm_ws).await;
}

#[tokio::test]
#[ignore = "needs Python's websockets: the head of this file says how to install it"]
async fn python_websockets_chats_through_the_server() {
    chats(python_websockets).await;
}
