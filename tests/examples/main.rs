//! The ten small programs of chapter 3 do what the chapter's text shows.
//!
//! Expected: each of them, started as a reader starts it, prints the lines of `src/README.md`, apart from ports, counts and
//! other numbers, and ends without an error.

/// The server, and clients that are not programs.
#[path = "../common/mod.rs"]
mod common;
/// What examples 9 and 10 ask.
#[path = "../common/stun_responder.rs"]
mod stun_responder;
/// Examples 9 and 10.
mod stun;

use std::path::{Path, PathBuf};
use std::time::Duration;

use common::{TestClient, TestServer, has_arrived};
use testing::program::Program;
use tokio::process::Command;

const README: &str = include_str!("../../src/README.md");
const BINARY: &str = env!("CARGO_BIN_EXE_study-zoom");

/// The most lines of a program: a reader sees it as a whole.
const LONGEST: usize = 150;

fn example(name: &str, arguments: &[&str]) -> Program {
    Program::example(BINARY, name, arguments)
}

/// The outputs that the text shows in the section of an example.
fn shown(name: &str) -> Vec<Vec<&'static str>> {
    let link = format!("\n[`{name}.rs`](../examples/{name}.rs)");
    let (before, _) = README.split_once(&link).unwrap_or_else(|| panic!("the text has no section about {name}"));
    let (_, section) = before.rsplit_once("\n### ").expect("a section has a heading");
    let blocks = section.split("```text\n").skip(1).filter_map(|rest| rest.split("\n```").next());
    blocks.map(|block| block.lines().collect()).collect()
}

/// A line without the numbers that are different each time. Those of the steps stay.
fn without_numbers(line: &str) -> String {
    let mut rest = line;
    let mut kept = String::new();
    if line.starts_with("Step") {
        let end = line.find([':', ')']).unwrap_or(0);
        kept.push_str(&line[..end]);
        rest = &line[end..];
    }
    let mut in_number = false;
    for letter in rest.chars() {
        if !letter.is_ascii_digit() {
            kept.push(letter);
        } else if !in_number {
            kept.push('#');
        }
        in_number = letter.is_ascii_digit();
    }
    kept
}

/// Compares what was printed with the text. Candidates are sent and added beside the other steps: their place may differ.
fn compare(printed: &str, shown: &[&str], name: &str) {
    let beside = |line: &String| line.starts_with("Step 11: ") || line.starts_with("Step 12: ");
    let sorted = |lines: Vec<String>| {
        let (mut candidates, others): (Vec<_>, Vec<_>) = lines.into_iter().partition(beside);
        candidates.sort();
        [others, candidates].concat()
    };
    let printed = sorted(printed.lines().map(without_numbers).collect());
    let shown = sorted(shown.iter().map(|line| without_numbers(line)).collect());
    assert_eq!(printed, shown, "{name}");
}

/// Runs an example that needs nothing else, and compares.
async fn runs_alone(name: &str) -> String {
    let printed = example(name, &[]).end().await.well();
    let [shown] = &shown(name)[..] else { panic!("the text shows one output of {name}") };
    compare(&printed, shown, name);
    printed
}

#[tokio::test]
async fn example_1_shows_the_local_stream() {
    let printed = runs_alone("01_local_stream").await;
    // Here nothing is different from one time to the next.
    assert_eq!(printed.lines().collect::<Vec<_>>(), shown("01_local_stream")[0]);
}

#[tokio::test]
async fn example_1_says_what_is_wrong_with_a_file() {
    example("01_local_stream", &["--video", "README.md"]).end().await.with_error(&["cannot play", "IVF", "ffmpeg"]);
}

#[tokio::test]
async fn example_2_makes_offer_and_answer() {
    runs_alone("02_offer_and_answer").await;
}

#[tokio::test]
async fn example_3_is_a_whole_call() {
    let printed = runs_alone("03_candidates").await;
    for side in ["A", "B"] {
        let start = format!("{side}: ");
        let line = printed.lines().find(|line| line.starts_with(&start)).expect("it counts");
        let counts: Vec<u32> = line.split(' ').filter_map(|word| word.parse().ok()).collect();
        // In two seconds: 100 packets of sound, and 30 pictures.
        assert!(matches!(counts[..], [audio, video] if audio > 20 && video > 5), "{line}");
    }
}

#[tokio::test]
async fn example_4_calls_through_the_chat_of_chapter_1() {
    let chat = Path::new(BINARY).with_file_name("websocket_src");
    assert!(chat.exists(), "the chat is not built: cargo build --workspace");
    let mut chat = Program::start("the chat", Command::new(chat).args(["--addr", "127.0.0.1:0"]));
    let url = format!("ws://{}/ws", chat.address().await);
    let name = "04_over_a_websocket";
    let [shown_of_a, shown_of_b] = &shown(name)[..] else { panic!("the text shows A and B") };

    let mut a = example(name, &[&url]);
    a.until("In the chat, 1 here").await;
    let mut b = example(name, &[&url]);
    a.until("Step 13").await;
    b.until("Step 13").await;
    media_flows().await;
    // The end of one is the end of the other.
    let (printed_by_b, printed_by_a) = (b.stop().await.well(), a.end().await.well());
    compare(&printed_by_a, shown_of_a, name);
    compare(&printed_by_b, shown_of_b, name);
}

#[tokio::test]
async fn example_4_says_what_to_do_without_a_chat() {
    let url = "ws://127.0.0.1:9/ws";
    example("04_over_a_websocket", &[url]).end().await.with_error(&[url, "start the chat there"]);
}

#[tokio::test]
async fn example_5_calls_itself_and_then_the_next_partner() {
    let server = TestServer::start().await;
    let name = "05_over_socketio";
    let [shown_of_a, shown_of_b] = &shown(name)[..] else { panic!("the text shows A and B") };
    let start = || example(name, &["--url", &server.url()]);

    let mut a = start();
    a.until("as A").await;
    let mut b = start();
    a.until("Step 13").await;
    b.until("Step 13").await;
    media_flows().await;
    compare(&b.stop().await.well(), shown_of_b, name);
    a.until("The other side is gone").await;
    compare(&a.so_far_in_lines(), shown_of_a, name);

    // The next one gets a new peer connection.
    let mut next = start();
    a.until("Step 13").await;
    next.until("Step 13").await;
    media_flows().await;
    a.stop().await.well();
    has_arrived(&next.until("The other side is gone").await);
    next.stop().await.well();
}

#[tokio::test]
async fn example_5_is_told_that_the_room_is_full() {
    let server = TestServer::start().await;
    let two = [TestClient::connect("alice", &server).await, TestClient::connect("bob", &server).await];
    for client in &two {
        client.join("demo").await;
    }
    example("05_over_socketio", &["--url", &server.url()]).end().await.with_error(&["room demo", "full"]);
}

#[tokio::test]
async fn example_5_calls_the_headless_peer_in_both_orders() {
    let server = TestServer::start().await;
    let url = server.url();
    let ours = || example("05_over_socketio", &["--url", &url]);
    let peer = || Program::start("peer", Command::new(BINARY).args(["peer", "--url", &url, "--room", "demo"]));

    let mut a = ours();
    a.until("as A").await;
    let mut b = peer();
    a.until("Step 13").await;
    b.until("13").await;
    media_flows().await;
    b.stop().await.well();
    has_arrived(&a.until("The other side is gone").await);
    a.stop().await.well();

    let mut a = peer();
    a.until("as A").await;
    let mut b = ours();
    b.until("Step 13").await;
    media_flows().await;
    a.stop().await.well();
    has_arrived(&b.until("The other side is gone").await);
}

#[tokio::test]
async fn example_6_sends_a_file() {
    runs_alone("06_data_channel").await;
}

#[tokio::test]
async fn example_6_fills_the_queue_when_it_does_not_wait() {
    let printed = example("06_data_channel", &["--flood", "--megabytes", "5"]).end().await.well();
    let most = |printed: &str| -> u32 {
        let (_, rest) = printed.split_once("At most ").expect("it says how much waited");
        rest.split(' ').next().expect("a number").parse().expect("a number")
    };
    assert!(most(&printed) > 2000, "{printed}");
}

#[tokio::test]
async fn example_7_changes_what_is_sent() {
    runs_alone("07_replace_track").await;
}

#[tokio::test]
async fn example_8_shows_what_goes_wrong() {
    runs_alone("08_what_goes_wrong").await;
}

/// Long enough for pictures and sound to arrive on both sides.
async fn media_flows() {
    tokio::time::sleep(Duration::from_secs(1)).await;
}

/// All programs of the ladder.
fn programs() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let files =
        std::fs::read_dir(folder).expect("the folder is there").map(|file| file.expect("it can be read").path());
    let numbered = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(|first: char| first.is_ascii_digit()))
    };
    let mut programs: Vec<_> = files.filter(numbered).collect();
    programs.sort();
    programs
        .into_iter()
        .map(|path| {
            let code = std::fs::read_to_string(&path).expect("it is text");
            (path, code)
        })
        .collect()
}

#[test]
fn each_example_is_short_and_says_what_it_shows() {
    let programs = programs();
    assert_eq!(programs.len(), 10);
    for (path, code) in programs {
        let name = path.file_stem().expect("it has a name").to_string_lossy().into_owned();
        assert!(code.lines().count() <= LONGEST, "{name} has more than {LONGEST} lines");
        for part in ["//! **What it shows:**", &format!("--example {name}"), "//! **Try next:**"] {
            assert!(code.contains(part), "{name} does not say {part:?}");
        }
    }
}

#[test]
fn a_whole_call_has_all_fourteen_steps_in_its_code() {
    for (path, code) in programs() {
        if ["03_", "04_", "05_"].iter().any(|whole| path.to_string_lossy().contains(whole)) {
            for step in &shared::STEPS {
                let mark = format!("Step {} (", step.number);
                assert!(code.contains(&mark), "{} has no {mark:?}", path.display());
            }
        }
    }
}
