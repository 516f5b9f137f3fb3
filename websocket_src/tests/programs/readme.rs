use std::path::Path;

use crate::common::{start_chat, start_example};
use testing::program::Program;

const README: &str = include_str!("../../README.md");

/// The lines of all blocks of commands.
fn commands() -> Vec<&'static str> {
    let blocks = README.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.flat_map(str::lines).collect()
}

#[tokio::test]
async fn every_command_of_the_chat_can_be_typed() {
    let mut count = 0;
    for command in commands() {
        let Some(arguments) = command.strip_prefix("cargo run -p websocket_src") else { continue };
        if arguments.contains("--example") {
            continue;
        }
        let arguments = arguments.trim().trim_start_matches("-- ");
        // `--help` parses what stands before it.
        let typed: Vec<_> = arguments.split_whitespace().chain(["--help"]).collect();
        start_chat(&typed).end().await.well();
        count += 1;
    }
    assert!(count >= 5, "{count}");
}

#[test]
fn every_example_has_its_command_in_order_and_every_command_its_example() {
    let named: Vec<_> = commands().into_iter().filter_map(|command| command.split("--example ").nth(1)).collect();
    let named: Vec<_> = named.into_iter().filter_map(|rest| rest.split_whitespace().next()).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    for name in &named {
        assert!(folder.join(name).with_extension("rs").exists(), "{name}");
    }
    let mut first_named: Vec<_> = Vec::new();
    let steps = README.split("## The six steps").nth(1).expect("the README has the steps");
    for line in steps.lines().filter(|line| line.starts_with("cargo run")) {
        if let Some(name) = line.split("--example ").nth(1).and_then(|rest| rest.split_whitespace().next())
            && !first_named.contains(&name)
        {
            first_named.push(name);
        }
    }
    let mut all: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read").path().file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    all.sort();
    assert_eq!(first_named, all);
}

/// What stands between this heading and the next one: the lines of each block of output.
fn shown(heading: &str) -> Vec<Vec<&'static str>> {
    let (_, rest) = README.split_once(&format!("\n{heading}")).unwrap_or_else(|| panic!("no heading {heading:?}"));
    let section = rest.split("\n#").next().unwrap_or(rest);
    let blocks = section.split("```text\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.map(|block| block.lines().collect()).collect()
}

/// A line without what is different each time: ports, waits, keys, and what depends on a random mask.
fn same_each_time(line: &str) -> String {
    let frame_of_a_client = line.starts_with("    ") && matches!(line.get(7..8), Some("8" | "f"));
    if frame_of_a_client {
        return line[..9].to_owned();
    }
    if let Some((name @ ("    Sec-WebSocket-Key" | "    sec-websocket-accept"), _)) = line.split_once(": ") {
        return name.to_owned();
    }
    let words = line.split(' ').map(|word| match word.split_once("127.0.0.1:") {
        Some((before, after)) => {
            format!("{before}127.0.0.1:PORT{}", after.trim_start_matches(|c: char| c.is_ascii_digit()))
        }
        None if word.parse::<f64>().is_ok_and(|number| number.fract() != 0.0) => "SECONDS".to_owned(),
        None => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Sits at a terminal: types what is typed there, and compares the rest.
async fn follow(program: &mut Program, block: &[&str]) {
    for shown in block {
        match shown.strip_prefix("> ") {
            Some(typed) => program.type_line(typed).await,
            None => {
                let printed = program.line().await;
                assert_eq!(same_each_time(&printed), same_each_time(shown), "{}", program.so_far());
            }
        }
    }
}

/// Starts a server that says first what the README shows, and returns the URL of its WebSocket.
async fn serve(example: &str, block: &[&str]) -> (Program, String) {
    let mut server = start_example(example, &["--addr", "127.0.0.1:0"]);
    let listens = server.line().await;
    assert_eq!(same_each_time(&listens), same_each_time(block[0]));
    let url = listens.split(' ').next_back().expect("the line ends with the address").to_owned();
    (server, url)
}

#[tokio::test]
async fn the_bytes_that_travel_are_those_that_are_shown() {
    let [handshake, frames] = shown("## What travels").try_into().expect("two blocks");
    let mut server = start_example("02_echo_async", &["--bytes", "--addr", "127.0.0.1:0"]);
    let address = server.address().await;
    let mut client = start_example("02_echo_async", &["client", &format!("ws://{address}")]);
    // One byte of the request is a digit of the port.
    let sizes = |line: &&'static str| !line.starts_with("<- 15");
    assert!(server.line().await.starts_with("<- 15"));
    follow(&mut server, &handshake.into_iter().filter(sizes).collect::<Vec<_>>()).await;
    client.type_line("hello").await;
    client.end_of_input();
    follow(&mut server, &frames).await;
    client.end().await.well();
}

#[tokio::test]
async fn the_six_steps_print_what_is_shown() {
    let [first] = shown("### 1. ").try_into().expect("a block");
    serve("01_echo_ws", &first).await;

    let [second] = shown("### 2. ").try_into().expect("a block");
    let (mut server, url) = serve("02_echo_async", &second).await;
    let mut client = start_example("02_echo_async", &["client", &url]);
    client.until("connected").await;
    client.stop().await;
    // How it left depends on how it was ended.
    assert!(same_each_time(&server.line().await).starts_with(&same_each_time(second[1])), "{}", server.so_far());

    let [third] = shown("### 3. ").try_into().expect("a block");
    let (_server, url) = serve("03_broadcast", &["03_broadcast listens on ws://127.0.0.1:3001"]).await;
    let mut listener = start_example("02_echo_async", &["client", &url]);
    follow(&mut listener, &third[..1]).await;
    let mut speaker = start_example("02_echo_async", &["client", &url]);
    follow(&mut speaker, &third[..1]).await;
    // The server has subscribed both once the first has heard something of the second.
    speaker.type_line("hello").await;
    follow(&mut listener, &third[1..]).await;

    let [fourth] = shown("### 4. ").try_into().expect("a block");
    let (_server, url) = serve("04_nicknames", &["04_nicknames listens on ws://127.0.0.1:3001"]).await;
    follow(&mut start_chat(&["client", &url]), &fourth).await;

    let [fifth] = shown("### 5. ").try_into().expect("a block");
    let (_server, url) = serve("05_heartbeat", &["05_heartbeat listens on ws://127.0.0.1:3001"]).await;
    follow(&mut start_example("05_heartbeat", &["client", &url]), &fifth).await;
}

/// Step 6 and "A slow client": long messages, with pauses, from the client of example 2.
#[tokio::test]
async fn only_the_client_that_was_stopped_is_thrown_out() {
    let [sixth] = shown("### 6. ").try_into().expect("a block");
    let (mut server, url) = serve("06_slow_clients", &sixth).await;
    let mut listener = start_example("02_echo_async", &["client", &url]);
    listener.until("connected").await;
    let mut speaker = start_example("02_echo_async", &["client", &url]);
    speaker.until("connected").await;
    let long = format!(r#"{{"type": "new_message", "payload": "{:015000}"}}"#, 0);
    let talk = async |speaker: &mut Program, count: usize| {
        for _ in 0..count {
            speaker.type_line(&long).await;
            // What is told to everybody comes back to the speaker, too: it is read, as the terminal would.
            speaker.line().await;
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    talk(&mut speaker, 300).await;
    for _ in 0..300 {
        listener.line().await;
    }
    listener.signal("STOP").await;
    let thrown_out = async {
        loop {
            talk(&mut speaker, 1).await;
        }
    };
    tokio::select! {
        () = thrown_out => unreachable!("it talks without end"),
        line = server.line() => assert_eq!(line, "client 1: took nothing for too long: dropped"),
    }
    listener.signal("CONT").await;
    assert!(README.contains("\nclient 1: took nothing for too long: dropped\n"));
}

#[test]
fn every_file_that_is_linked_exists() {
    let links = README.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let links: Vec<_> = links.filter(|link| !link.contains("://")).collect();
    assert!(links.len() > 15, "{links:?}");
    for link in links {
        let file = link.split('#').next().unwrap_or(link);
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(file).exists(), "{link}");
    }
}

#[tokio::test]
async fn every_option_that_is_named_exists() {
    let help = start_chat(&["--help"]).end().await.well();
    let mut count = 0;
    for code in README.split('`').filter(|code| code.starts_with("--")) {
        let option = code.split_whitespace().next().unwrap_or(code);
        assert!(help.contains(&format!("{option} ")), "the chat has no {option}");
        count += 1;
    }
    assert!(count >= 5, "{count}");
}

#[test]
fn every_test_and_every_benchmark_that_is_named_exists() {
    for command in commands() {
        for (flag, folder) in [("--test ", "tests"), ("--bench ", "benches")] {
            let Some(name) = command.split(flag).nth(1).and_then(|rest| rest.split_whitespace().next()) else {
                continue;
            };
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(name);
            assert!(path.with_extension("rs").exists() || path.join("main.rs").exists(), "{command}");
        }
    }
}
