//! Clients of other projects chat with the client of this one.
//!
//! The official `socket.io-client` and `python-socketio`, over polling, over a WebSocket, and with the upgrade from one to
//! the other. Expected: rooms, counts, acknowledgements, order, typing; after a lost connection exactly the messages that
//! were missed; `<script>` arrives as the text that it is.
//!
//! ```text
//! npm install --prefix socketio_src/tests/node
//! python3 -m venv target/socketio && target/socketio/bin/pip install -r socketio_src/tests/python/requirements.txt
//! cargo test -p socketio_src --test interop -- --ignored
//! ```

#![expect(clippy::unwrap_used, reason = "a helper that unwraps fails with the line that failed, like a test")]

#[allow(dead_code, reason = "every test file has its own copy of this module and uses a part of it")]
mod common;
/// Somebody who chats, with our client.
#[path = "scenarios/person.rs"]
#[allow(dead_code, reason = "every test file has its own copy of this module and uses a part of it")]
mod person;
/// A connection that can be cut.
#[path = "scenarios/wire.rs"]
#[allow(dead_code, reason = "every test file has its own copy of this module and uses a part of it")]
mod wire;

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};
use socketio_src::server::{self, Rate, ServerOptions};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpListener;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use common::within;
use person::Person;
use wire::Wire;

/// A program that chats. Killed when it is dropped.
struct Guest {
    _program: Child,
    stdin: ChildStdin,
    stdout: Lines<BufReader<ChildStdout>>,
    /// What it has printed and nobody has asked for yet.
    printed: Vec<String>,
}

impl Guest {
    fn start(program: &Path, script: &str, url: &str, transports: &str) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(script);
        let mut program = Command::new(program)
            .arg(script)
            .args([url, transports, "the id of a guest"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{} starts: {error}", program.display()));
        let stdout = BufReader::new(program.stdout.take().unwrap()).lines();
        Self { stdin: program.stdin.take().unwrap(), stdout, _program: program, printed: Vec::new() }
    }

    async fn does(&mut self, what: Value) {
        self.stdin.write_all(format!("{what}\n").as_bytes()).await.unwrap();
    }

    /// The rest of the first line that begins like this. Lines before it stay for a later call.
    async fn prints(&mut self, start: &str) -> String {
        if let Some(place) = self.printed.iter().position(|line| line.starts_with(start)) {
            return self.printed.remove(place)[start.len()..].to_owned();
        }
        let reading = async {
            loop {
                let line = self.stdout.next_line().await.unwrap();
                let line = line.unwrap_or_else(|| panic!("it ends before it prints {start:?}: {:#?}", self.printed));
                match line.strip_prefix(start) {
                    Some(rest) => return rest.to_owned(),
                    None => self.printed.push(line),
                }
            }
        };
        within(&format!("the guest prints {start:?}"), reading).await
    }

    async fn asks(&mut self, event: Value) -> Value {
        let mut ask = vec![json!("ask")];
        ask.extend(event.as_array().unwrap().iter().cloned());
        self.does(json!(ask)).await;
        serde_json::from_str(&self.prints("answer ").await).unwrap()
    }

    /// The arguments of the first event of this name that it has not been asked for.
    async fn hears(&mut self, event: &str) -> Value {
        let rest = self.prints(&format!("event [\"{event}\"")).await;
        serde_json::from_str(&format!("[{}", rest.trim_start_matches(", ").trim_start_matches(','))).unwrap()
    }
}

/// The program of an interpreter, and our script for it.
struct Client {
    program: PathBuf,
    script: &'static str,
}

fn official() -> Client {
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node/node_modules/socket.io-client");
    assert!(installed.is_dir(), "{} is missing: the head of this file says how to get it", installed.display());
    Client { program: "node".into(), script: "node/guest.js" }
}

fn python() -> Client {
    // Cargo's folder for the files of tests is `tmp` in the target directory. What was installed is beside it.
    let program = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).with_file_name("socketio/bin/python");
    assert!(program.exists(), "{} is missing: the head of this file says how to get it", program.display());
    Client { program, script: "python/guest.py" }
}

/// A guest chats with alice, loses its connection and comes back.
async fn chats(client: Client, transports: &str, upgrades: bool) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let options = ServerOptions { rate: Rate::UNLIMITED, ..ServerOptions::default() };
    tokio::spawn(async move { server::run(listener, &options, std::future::pending()).await });
    let wire = Wire::to(port).await;
    let mut alice = Person::in_room("alice", "demo", port).await;

    let url = format!("http://127.0.0.1:{}", wire.port());
    let mut guest = Guest::start(&client.program, client.script, &url, transports);
    let transport = guest.prints("connected ").await;
    assert!(transports.starts_with(&transport) || upgrades, "{transport} of {transports}");
    assert_eq!(guest.hears("servers").await[0]["state"], "one");
    assert_eq!(guest.hears("room_change").await, json!([["demo"]]));

    // Rooms, counts, names.
    let entered = guest.asks(json!(["enter_room", {"payload": "demo"}])).await;
    assert_eq!((&entered["status"], &entered["count"]), (&json!("DONE"), &json!(2)));
    assert_eq!(entered["people"], json!(["alice", "Anon"]));
    assert_eq!(alice.hears("welcome").await, [json!("Anon"), json!(2)]);
    assert_eq!(guest.asks(json!(["nickname", "손님 <b>"])).await, json!({"status": "DONE"}));
    assert_eq!(alice.hears("renamed").await, [json!("Anon"), json!("손님 <b>")]);

    // Order, text as text, typing.
    for number in 0..50 {
        guest.does(json!(["emit", "new_message", number.to_string(), "demo"])).await;
    }
    for number in 0..50 {
        alice.hears_message(&format!("손님 <b>: {number}")).await;
    }
    let script = "<script>alert(1)</script> \u{1F44B} \" \\";
    let said = alice.says(script, "demo").await;
    let heard = guest.hears("new_message").await;
    assert_eq!(heard, json!([format!("alice: {script}"), {"offset": said["offset"], "nickname": "alice"}]));
    alice.emits("typing", vec![json!(true), json!("demo")]);
    assert_eq!(guest.hears("typing").await, json!(["alice", true]));

    // What is wrong is said, and nothing else happens.
    let refused = guest.asks(json!(["new_message", 7, "demo"])).await;
    assert_eq!(refused["error"]["code"], "bad_arguments");
    guest.does(json!(["emit", "new_message", "to nowhere", "nowhere"])).await;
    assert_eq!(guest.hears("refused").await[0]["code"], "not_in_room");

    // A lost connection, in the middle of a message that the guest numbers.
    guest.asks(json!(["new_message", "numbered", "demo", 1])).await;
    alice.hears_message("손님 <b>: numbered").await;
    wire.cut();
    assert_eq!(alice.hears("bye").await, [json!("손님 <b>"), json!(1)]);
    alice.says("first", "demo").await;
    alice.says("second", "demo").await;
    wire.mend();
    guest.prints("disconnected").await;
    guest.prints("connected").await;
    let entered = guest.asks(json!(["enter_room", {"payload": "demo", "after": heard[1]["offset"]}])).await;
    let missed: Vec<_> = entered["missed"].as_array().unwrap().iter().map(|message| &message[0]).collect();
    assert_eq!(missed, ["손님 <b>: numbered", "alice: first", "alice: second"]);
    assert_eq!(entered["complete"], true);
    let again = guest.asks(json!(["new_message", "numbered", "demo", 1])).await;
    assert_eq!(again["duplicate"], true);
    assert_eq!(alice.hears("welcome").await, [json!("Anon"), json!(2)]);
    guest.asks(json!(["new_message", "last", "demo", 2])).await;
    alice.hears_message("Anon: last").await;

    // After all the connection was made over what it was told to use.
    if upgrades && client.script.ends_with("js") {
        assert_eq!(guest.prints("upgraded ").await, "websocket");
    }
    guest.stdin.shutdown().await.unwrap();
    drop(guest.stdin);
    assert_eq!(alice.hears("bye").await, [json!("Anon"), json!(1)]);
}

macro_rules! guests {
    ($($name:ident: $client:ident over $transports:literal, upgrades: $upgrades:literal;)+) => {
        $(
            #[tokio::test]
            #[ignore = "needs clients of others: the head of this file says how to get them"]
            async fn $name() {
                Box::pin(chats($client(), $transports, $upgrades)).await;
            }
        )+
    };
}

guests! {
    the_official_client_over_polling: official over "polling", upgrades: false;
    the_official_client_over_a_websocket: official over "websocket", upgrades: false;
    the_official_client_with_an_upgrade: official over "polling,websocket", upgrades: true;
    python_socketio_over_polling: python over "polling", upgrades: false;
    python_socketio_over_a_websocket: python over "websocket", upgrades: false;
    python_socketio_with_an_upgrade: python over "polling,websocket", upgrades: true;
}
