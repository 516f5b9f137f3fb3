use std::collections::HashMap;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::Value;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::common::{TestClient, start_chat, within};
use testing::program::Program;

const CLIENTS: usize = 1000;
const SLOW: usize = CLIENTS / 3;
/// A crowd in a debug build, on a machine that does other things as well.
const PATIENCE_WITH_A_CROWD: Duration = Duration::from_secs(60);
/// How much the server may grow. If it kept for each slow client what it may keep, it would be 83 MiB; but they share it.
const MOST_GROWTH_KB: u64 = 32 * 1024;

/// The resident memory of the server, and the most that it ever was.
fn memory_kb(server: &Program) -> (u64, u64) {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).expect("the server runs, on Linux");
    let field = |name| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("a process has memory");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    };
    (field("VmRSS:"), field("VmHWM:"))
}

/// Reads everything, checks that nothing is missing, and says who left, up to a number of messages.
async fn listen(mut client: TestClient, mut until: watch::Receiver<Option<usize>>, left: mpsc::UnboundedSender<u64>) {
    let mut next = 0;
    loop {
        if until.borrow_and_update().is_some_and(|all| next == all) {
            return;
        }
        let message = tokio::select! {
            message = client.receive() => message,
            changed = until.changed() => { changed.expect("the test goes on"); continue }
        };
        let text = message.to_text().expect("events are text");
        // Looked at as text: hundreds of clients that parse 10 kB of JSON keep a machine busy.
        if let Some((_, payload)) = text.split_once(r#""payload":""#) {
            assert!(payload.starts_with(&format!("{next} ")), "message {next} is missing: {payload:.20}");
            next += 1;
        } else if text.starts_with(r#"{"type":"left""#) {
            let event: Value = serde_json::from_str(text).expect("an event is JSON");
            let _ = left.send(event["person"]["id"].as_u64().expect("a person has an id"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "the figures are worth reading, with --nocapture")]
async fn a_third_of_a_thousand_stops_reading_and_the_others_lose_nothing() {
    // Each client is an open file. An error leaves the limit, and then connecting fails and says so.
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });

    // A client that does not read does not answer pings either, and takes its goodbye only when it wakes up: on a busy
    // machine both may take a while.
    let times = ["--heartbeat", "300", "--closing-time", "60"];
    let mut server =
        start_chat(&[&["--addr", "127.0.0.1:0", "--rate", "100000", "--log", "warn"], &times[..]].concat());
    let address = server.address().await;
    let (end, until) = watch::channel(None);
    let (left, mut others) = mpsc::unbounded_channel();
    let mut slow = HashMap::new();
    let mut listeners = JoinSet::new();
    // The first client is number 1.
    for id in 1..CLIENTS as u64 {
        if id % 3 == 0 {
            slow.insert(id, TestClient::open("slow", address, "/ws").await);
        } else {
            let listener = TestClient::open("listener", address, "/ws").await;
            // One of them tells who leaves.
            let left = if id == 1 { left.clone() } else { mpsc::unbounded_channel().0 };
            listeners.spawn(listen(listener, until.clone(), left));
        }
    }
    assert_eq!(slow.len(), SLOW);
    let mut talker = TestClient::open("talker", address, "/ws").await;
    talker.expect("welcome").await;
    let (before, _) = memory_kb(&server);

    // The talker hears each message before it says the next one, as a person does.
    let long = "x".repeat(10_000);
    let mut said = 0;
    let mut told = JoinSet::new();
    while !slow.is_empty() {
        assert!(said < 1000, "10 MB wait for each of {} clients that do not read", slow.len());
        talker.say(&format!("{said} {long}")).await;
        said += 1;
        while talker.event().await["type"] != "new_message" {}
        while let Ok(id) = others.try_recv() {
            // It wakes up, and learns why it was closed.
            let mut client = slow.remove(&id).expect("only those leave who do not read");
            told.spawn(async move { client.expect_close().await });
        }
    }
    let (_, most) = memory_kb(&server);
    println!(
        "{CLIENTS} clients, {SLOW} do not read: {before} kB before, at most {most} kB, all closed after {said} messages"
    );
    assert!(most - before < MOST_GROWTH_KB, "the server grew from {before} kB to {most} kB");
    let codes = within(PATIENCE_WITH_A_CROWD, "the slow ones are told", told.join_all()).await;
    assert_eq!(codes, [1013; SLOW], "close codes");

    // The others go on, and have all of it.
    for _ in 0..10 {
        talker.say(&format!("{said} {long}")).await;
        said += 1;
        while talker.event().await["type"] != "new_message" {}
    }
    end.send_replace(Some(said));
    let all = async {
        while let Some(listened) = listeners.join_next().await {
            listened.expect("nothing is missing");
        }
    };
    within(PATIENCE_WITH_A_CROWD, "everybody else has every message", all).await;
}
