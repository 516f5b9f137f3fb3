//! The chat and clients that no one would write on purpose.
//!
//! Expected: each is told by name what is wrong, or its connection ends; two people who chat in the same server notice
//! nothing, and the server answers them at once.

#![expect(clippy::unwrap_used, reason = "a helper that unwraps fails with the line that failed, like a test")]

#[allow(dead_code, reason = "every test file has its own copy of this module and uses a part of it")]
#[path = "../common/mod.rs"]
mod common;
/// Somebody who chats.
#[path = "../scenarios/person.rs"]
#[allow(dead_code, reason = "every test file has its own copy of this module and uses a part of it")]
mod person;
/// Somebody who does not.
mod raw;

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use socketio_src::client::{Event, Options};
use socketio_src::server::{self, Origins, Rate, ServerOptions};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

use common::{Peer, options_for, within};
use person::Person;
use raw::{RawClient, http};

/// A server in this process.
async fn start(options: ServerOptions) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { server::run(listener, &options, std::future::pending()).await });
    address
}

fn no_limit() -> ServerOptions {
    ServerOptions { rate: Rate::UNLIMITED, ..ServerOptions::default() }
}

/// Two people who chat, and notice when something is wrong.
struct Friends {
    alice: Person,
    bob: Person,
    said: u32,
}

impl Friends {
    async fn meet(server: SocketAddr) -> Self {
        let mut alice = Person::in_room("alice", "friends", server.port()).await;
        let bob = Person::in_room("bob", "friends", server.port()).await;
        alice.hears("welcome").await;
        Self { alice, bob, said: 0 }
    }

    /// What one says is the next thing that the other hears.
    async fn chat(&mut self) {
        self.said += 1;
        self.alice.says(&self.said.to_string(), "friends").await;
        self.bob.hears_message(&format!("alice: {}", self.said)).await;
    }
}

#[tokio::test]
async fn packets_that_are_none_end_their_connection_and_nobody_else_notices() {
    let server = start(no_limit()).await;
    let mut friends = Friends::meet(server).await;
    for garbage in [
        "",
        "9",
        "4",
        "4z",
        "47",
        "42",
        "42[",
        "42{}",
        "42[]",
        "42[1]",
        "42\"x\"",
        "42/nowhere,[\"x\"]",
        "43[]",
        "431",
        "45",
        "451-[\"new_message\",{\"_placeholder\":true,\"num\":0}]",
        "44",
        "2probe",
        "5",
        "1",
        "0{}",
        "é",
        "42é",
        "42[\"new_message\",\"\\ud800\",\"friends\"]",
        "bAQID",
        "\u{1e}\u{1e}",
        "42[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
        "42[\"enter_room\",{\"payload\":{\"payload\":{}}}]",
    ] {
        let mut stranger = RawClient::connect(server, "").await;
        stranger.send(garbage).await;
        stranger.ends_or_answers(&format!("after {garbage:?}")).await;
    }
    let mut stranger = RawClient::connect(server, "").await;
    stranger.send_binary(&[0, 159, 146, 150]).await;
    stranger.ends_or_answers("after binary").await;
    friends.chat().await;
}

#[tokio::test]
async fn connecting_twice_is_connecting_once() {
    let server = start(no_limit()).await;
    let mut friends = Friends::meet(server).await;
    let mut stranger = RawClient::connect(server, "").await;
    stranger.ask(json!(["enter_room", {"payload": "friends"}])).await;
    assert_eq!(friends.alice.hears("welcome").await, [json!("Anon"), json!(3)]);
    assert_eq!(friends.bob.hears("welcome").await, [json!("Anon"), json!(3)]);
    stranger.send("40").await;
    stranger.send("40{\"client\":\"another id\"}").await;
    // It is in the room as before, once.
    let said = stranger.ask(json!(["new_message", "here", "friends"])).await;
    assert_eq!(said["status"], "DONE");
    friends.alice.hears_message("Anon: here").await;
    friends.bob.hears_message("Anon: here").await;
    friends.chat().await;
}

#[tokio::test]
async fn a_room_is_one_however_its_name_was_typed() {
    let server = start(no_limit()).await;
    let mut alice = Person::in_room("alice", "한글 Demo", server.port()).await;
    let mut people = Vec::new();
    for (count, name) in [(2, "한글 demo"), (3, "\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af} ＤＥＭＯ")] {
        let bob = Person::plain("bob", server.port()).await;
        let entered = bob.enters(name).await;
        // It is called as the first one typed it.
        assert_eq!((&entered["room"], &entered["count"]), (&json!("한글 Demo"), &json!(count)));
        alice.hears("welcome").await;
        bob.says("hello", name).await;
        alice.hears_message("Anon: hello").await;
        people.push(bob);
    }
}

#[tokio::test]
async fn a_name_that_nobody_sees_is_empty_and_half_an_emoji_is_named() {
    let server = start(no_limit()).await;
    let mut friends = Friends::meet(server).await;
    for name in ["\u{3164}", "\u{200b}", "\u{2800}", "\u{202e}", "\u{feff}\u{200d}"] {
        friends.alice.is_refused("enter_room", vec![json!({ "payload": name })], "bad_room_name").await;
        friends.alice.is_refused("nickname", vec![json!(name)], "bad_nickname").await;
    }
    friends.alice.is_refused("nickname", vec![json!("ali\u{202e}ce")], "bad_nickname").await;
    let mut stranger = RawClient::connect(server, "").await;
    stranger.ask(json!(["enter_room", {"payload": "friends"}])).await;
    let error = stranger.ask(r#"["new_message","\ud83d","friends"]"#).await["error"].take();
    assert!(error["message"].as_str().unwrap().contains("half of a character"), "{error}");
    friends.alice.hears("welcome").await;
    friends.bob.hears("welcome").await;
    friends.chat().await;
}

#[tokio::test]
async fn who_does_not_join_a_namespace_is_shown_out() {
    let server = start(no_limit()).await;
    let mut stranger = RawClient::open(server).await;
    stranger.send("42[\"enter_room\",{\"payload\":\"friends\"}]").await;
    stranger.ends("before it has connected to a namespace").await;
    let mut friends = Friends::meet(server).await;
    friends.chat().await;
}

#[tokio::test]
async fn a_flood_ends_its_connection_and_slows_nobody() {
    let server = start(ServerOptions::default()).await;
    let mut friends = Friends::meet(server).await;
    let mut stranger = RawClient::connect(server, "").await;
    stranger.ask(json!(["enter_room", {"payload": "flood"}])).await;
    let flood = std::iter::repeat_n("42[\"new_message\",\"la\",\"flood\"]", 2000);
    stranger.send_all(flood).await;
    let begun = Instant::now();
    friends.chat().await;
    assert!(begun.elapsed() < Duration::from_secs(2), "a message took {:?}", begun.elapsed());
    let heard = stranger.everything_until_the_end().await;
    let refused = heard.iter().filter(|packet| packet.contains("too_fast")).count();
    assert!((1..1000).contains(&refused), "it is told to wait, and then shown out: {refused} of {}", heard.len());
    friends.chat().await;
}

#[tokio::test]
async fn who_does_not_read_is_taken_out_and_told_when_it_does() {
    let options = ServerOptions { max_queued_packets: 64, ping_timeout: Duration::from_secs(60), ..no_limit() };
    let server = start(options).await;
    let mut friends = Friends::meet(server).await;
    let mut stalled = RawClient::connect(server, "").await;
    stalled.ask(json!(["enter_room", {"payload": "friends"}])).await;
    friends.alice.hears("welcome").await;
    friends.bob.hears("welcome").await;
    // What it does not read waits in the kernel first, then in its queue, and then there is no room for more.
    let text = "x".repeat(16_000);
    let talking = async {
        loop {
            friends.alice.says(&text, "friends").await;
            let heard = friends.bob.hears_one_of(&["bye", "new_message"]).await;
            if heard[0] == "Anon" {
                return heard;
            }
        }
    };
    assert_eq!(within("the stalled client is taken out", talking).await, [json!("Anon"), json!(2)]);
    let heard = stalled.everything_until_the_end().await;
    assert!(heard.last().is_some_and(|last| last.starts_with("41")), "{:?}", heard.last());
    assert!(heard[heard.len() - 2].contains("not_delivered"), "{:?}", heard[heard.len() - 2]);
}

/// The program, as it is started, so that its memory can be seen.
struct Program {
    process: Child,
    address: SocketAddr,
}

impl Program {
    async fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_socketio_src"))
            .args(["--addr", "127.0.0.1:0", "--rate", "100000"])
            .env("STUDY_ZOOM_CLIENT", "off")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let line = within("the address of the server", lines.next_line()).await.unwrap().unwrap();
        let address = line.split("http://").nth(1).and_then(|rest| rest.split([' ', ',']).next()).unwrap();
        Self { process, address: address.parse().unwrap() }
    }

    /// How much memory it has had at most, in MB.
    fn most_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id().unwrap())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1000
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_clients_that_do_not_read_is_bounded_in_bytes() {
    let server = Program::start().await;
    let before = server.most_memory();
    let mut rooms = Vec::new();
    for number in 0..10 {
        let room = format!("room {number}");
        let mut speaker = Person::plain("speaker", server.address.port()).await;
        speaker.enters(&room).await;
        let mut stalled = RawClient::connect(server.address, "").await;
        stalled.ask(json!(["enter_room", {"payload": room}])).await;
        speaker.hears("welcome").await;
        rooms.push((room, speaker, stalled));
    }
    let text = "x".repeat(16_000);
    for (room, speaker, _) in &mut rooms {
        // 1,000 packets would be 16 MB for each of the ten, and 1,024 may wait.
        for _ in 0..1000 {
            speaker.says(&text, room).await;
        }
        // It was taken out, and the others have seen it.
        speaker.hears("bye").await;
    }
    let more = server.most_memory() - before;
    assert!(more < 80, "{more} MB for ten clients that do not read");
}

#[tokio::test]
async fn a_request_that_is_too_large_is_refused_before_it_is_read() {
    let server = start(no_limit()).await;
    let mut friends = Friends::meet(server).await;
    let open = http(server, "GET", "/socket.io/?EIO=4&transport=polling", "").await;
    let open: Value = serde_json::from_str(open.body.trim_start_matches('0')).unwrap();
    let session = format!("/socket.io/?EIO=4&transport=polling&sid={}", open["sid"].as_str().unwrap());
    let answer = http(server, "POST", &session, &format!("42[\"{}\"]", "x".repeat(200_000))).await;
    assert_eq!(answer.status, 413);
    for (method, path, status) in [
        ("GET", "/socket.io/?EIO=3&transport=polling", 400),
        ("GET", "/socket.io/?EIO=4&transport=pigeon", 400),
        ("GET", "/socket.io/", 400),
        ("POST", "/socket.io/?EIO=4&transport=polling", 400),
        ("PUT", "/socket.io/?EIO=4&transport=polling", 400),
        ("GET", "/socket.io/?EIO=4&transport=polling&sid=unknown", 400),
        ("GET", "/socket.io/../../etc/passwd", 400),
    ] {
        assert_eq!(http(server, method, path, "").await.status, status, "{method} {path}");
    }
    friends.chat().await;
}

#[tokio::test]
async fn what_people_say_is_in_no_log() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_socketio_src"));
    command.args(["--addr", "127.0.0.1:0", "--log", "trace"]);
    let mut server = testing::program::Program::start("server", &mut command);
    let address = server.address().await;
    let mut friends = Friends::meet(address).await;
    friends.alice.says("for those who are here", "friends").await;
    friends.bob.hears_message("alice: for those who are here").await;
    let log = server.stop().await.stderr;
    assert!(log.contains("entered") && log.contains("friends"), "{log}");
    assert!(!log.contains("for those"), "{log}");
}

#[tokio::test]
async fn nobody_is_an_admin_without_the_token() {
    let options = ServerOptions { admin_token: Some("the right one".to_owned()), ..no_limit() };
    let server = start(options).await;
    let mut friends = Friends::meet(server).await;
    for auth in [None, Some(json!({})), Some(json!({"token": "a guess"})), Some(json!({"token": ["the right one"]}))] {
        let options = Options { namespace: "/admin".to_owned(), auth, ..options_for(server.port()) };
        let refused = Peer::start("stranger", options).last_event().await;
        assert!(matches!(&refused, Event::Refused { message, .. } if message.contains("wrong token")), "{refused:?}");
    }
    friends.chat().await;

    // Without `--admin-token` there is no such namespace, and no such page.
    let server = start(no_limit()).await;
    let options =
        Options { namespace: "/admin".to_owned(), auth: Some(json!({"token": ""})), ..options_for(server.port()) };
    let refused = Peer::start("stranger", options).last_event().await;
    assert_eq!(refused, Event::Refused { message: "Invalid namespace".to_owned(), data: None });
    assert_eq!(http(server, "GET", "/admin", "").await.status, 404);
}

#[tokio::test]
async fn an_admin_sees_who_is_there_and_ends_a_connection() {
    let options = ServerOptions { admin_token: Some("the right one".to_owned()), ..no_limit() };
    let server = start(options).await;
    let mut friends = Friends::meet(server).await;
    let auth = Some(json!({"token": "the right one"}));
    let mut admin =
        Peer::start("admin", Options { namespace: "/admin".to_owned(), auth, ..options_for(server.port()) });
    assert!(matches!(admin.event("Connected").await, Event::Connected { .. }));
    let overview = &admin.message("overview").await[0];
    assert_eq!(overview["rooms"], json!([["friends", 2]]));
    let report = &overview["servers"][0];
    assert_eq!((&report["server"], &report["connected"]), (&overview["me"], &json!(2)));
    let sockets = report["sockets"].as_array().unwrap();
    let bob = sockets.iter().find(|socket| socket["nickname"] == "bob").unwrap();
    assert_eq!((&bob["transport"], &bob["room"]), (&json!("websocket"), &json!("friends")));

    let wrong = admin.client.emit_with_ack("disconnect_socket", vec![json!(1)], Duration::from_secs(5)).await.unwrap();
    assert_eq!(wrong[0]["error"]["code"], "bad_arguments");
    let who = vec![overview["me"].clone(), bob["id"].clone()];
    let done = admin.client.emit_with_ack("disconnect_socket", who, Duration::from_secs(5)).await.unwrap();
    assert_eq!(done, [json!({"status": "DONE"})]);
    assert_eq!(friends.bob.hears("refused").await[0]["code"], "disconnected");
    assert_eq!(friends.alice.hears("bye").await, [json!("bob"), json!(1)]);
}

#[tokio::test]
async fn a_page_of_another_server_is_refused_unless_it_was_named() {
    let origins = Origins::new(["https://friend.example"]).unwrap();
    let server = start(ServerOptions { origins, ..ServerOptions::default() }).await;
    let own = format!("http://{server}");
    for (origin, status) in
        [("https://evil.example", 403), ("null", 403), ("https://friend.example", 200), (own.as_str(), 200)]
    {
        let request = format!(
            "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: {server}\r\nOrigin: {origin}\r\nConnection: close\r\n\r\n"
        );
        let answer = raw::exchange(server, &request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{origin}: {answer}");
        assert_eq!(answer.contains("--allow-origin"), status == 403, "{origin}: {answer}");
        assert_eq!(
            answer.contains(&format!("access-control-allow-origin: {origin}")),
            status == 200,
            "{origin}: {answer}"
        );
    }
}
