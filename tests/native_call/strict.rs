//! A client that somebody else wrote from the table in docs/protocol.md alone, in Python, with python-socketio and aiortc.
//! Its handlers take exactly the arguments of the table, and everything else that arrives is an error.
//!
//! ```text
//! python3 -m venv target/aiortc && target/aiortc/bin/pip install -r tests/python/requirements.txt
//! cargo test --test native_call -- --ignored strict
//! ```
//! Expected: it calls the headless peer and example 5, and is called by both. Both sides get picture and sound, and it hears
//! `bye` once.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use super::*;
use testing::program::Program;

use crate::common::has_arrived;

/// Longer than anything takes: Python decodes and encodes video by itself.
const LONG: Duration = Duration::from_secs(60);

struct StrictClient {
    _program: Child,
    says: Lines<BufReader<ChildStdout>>,
}

impl StrictClient {
    /// Starts it, and waits until it has asked to join.
    async fn join(server: &TestServer) -> Self {
        // Cargo's folder for the files of tests is `tmp` in the target directory. What was installed is beside it.
        let python = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).with_file_name("aiortc/bin/python");
        assert!(python.exists(), "{} is missing: the head of this file says how to get it", python.display());
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/strict_call.py");
        let mut program = Command::new(python)
            .arg(script)
            .args([&server.url(), "test"])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("Python starts");
        let says = BufReader::new(program.stdout.take().expect("piped")).lines();
        let mut client = Self { _program: program, says };
        assert_eq!(client.next_line().await, "joined");
        client
    }

    async fn next_line(&mut self) -> String {
        let line = within(LONG, "the strict client says something", self.says.next_line()).await;
        line.expect("it is text").expect("it says what became of the call before it ends")
    }

    /// What it says when the call is over: picture and sound have come, one `bye`, and nothing that is not in the table.
    async fn had_a_good_call(mut self) {
        let report: Value = serde_json::from_str(&self.next_line().await).expect("it is JSON");
        assert_eq!(report["errors"], serde_json::json!([]), "{report}");
        assert_eq!(report["byes"], 1, "{report}");
        for kind in ["audio", "video"] {
            assert!(report["frames"][kind].as_u64().is_some_and(|frames| frames > 5), "{kind}: {report}");
        }
    }
}

/// aiortc is not reached over loopback.
fn everywhere() -> NativeOptions {
    let addresses = ["127.0.0.1:0", "0.0.0.0:0"].map(str::to_owned).into();
    NativeOptions { addresses, ..NativeOptions::default() }
}

async fn they_call_each_other(strict: StrictClient, mut ours: Peer) {
    ours.until_step_13().await;
    // Both directions, for a while.
    within(LONG, "the headless peer receives", ours.receives(20, 50)).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(ours.hang_up().await, Ok(()));
    strict.had_a_good_call().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs aiortc: the head of this file says how to get it"]
async fn a_strict_client_calls_a_headless_peer() {
    let server = TestServer::start().await;
    let strict = StrictClient::join(&server).await;
    let ours = Peer::start("bob", &server, everywhere(), Mischief::None).await;
    they_call_each_other(strict, ours).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs aiortc: the head of this file says how to get it"]
async fn a_headless_peer_calls_a_strict_client() {
    let server = TestServer::start().await;
    let mut ours = Peer::start("alice", &server, everywhere(), Mischief::None).await;
    ours.until_in_room().await;
    let strict = StrictClient::join(&server).await;
    they_call_each_other(strict, ours).await;
}

/// Example 5 of chapter 3, reachable at all addresses of the machine.
fn example_5(server: &TestServer) -> Program {
    let arguments = ["--url", &server.url(), "--room", "test", "--host", "0.0.0.0"];
    Program::example(env!("CARGO_BIN_EXE_study-zoom"), "05_over_socketio", &arguments)
}

/// Both directions, and then the strict client reads `bye`, or says it.
async fn it_calls_example_5(strict: StrictClient, mut ours: Program) {
    within(LONG, "example 5 is connected", ours.until("Step 13")).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let printed = ours.stop().await.well();
    has_arrived(printed.lines().last().expect("it says what has arrived"));
    strict.had_a_good_call().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs aiortc: the head of this file says how to get it"]
async fn a_strict_client_calls_example_5() {
    let server = TestServer::start().await;
    let strict = StrictClient::join(&server).await;
    let ours = example_5(&server);
    it_calls_example_5(strict, ours).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs aiortc: the head of this file says how to get it"]
async fn example_5_calls_a_strict_client() {
    let server = TestServer::start().await;
    let mut ours = example_5(&server);
    ours.until("as A").await;
    let strict = StrictClient::join(&server).await;
    it_calls_example_5(strict, ours).await;
}
