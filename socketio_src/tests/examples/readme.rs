use std::path::Path;

use crate::chapter::{README, commands, section};
use crate::start_chat;

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[tokio::test]
async fn every_command_of_the_chat_can_be_typed() {
    let mut count = 0;
    for command in commands() {
        let Some(arguments) = command.strip_prefix("cargo run -p socketio_src") else { continue };
        if arguments.contains("--example") {
            continue;
        }
        let arguments = arguments.trim().trim_start_matches("-- ");
        // `--help` parses what stands before it.
        let typed: Vec<_> = arguments.split_whitespace().chain(["--help"]).collect();
        start_chat(&typed).end().await.well();
        count += 1;
    }
    assert!(count >= 3, "{count}");
}

/// The example that a command starts, and its package.
fn example(command: &str) -> Option<(&str, &str)> {
    let name = command.split("--example ").nth(1)?.split_whitespace().next()?;
    let package = command.split("-p ").nth(1)?.split_whitespace().next()?;
    Some((package, name))
}

#[test]
fn every_example_has_its_command_in_order_and_every_command_its_example() {
    for (package, name) in commands().into_iter().filter_map(example) {
        let path = here().join("..").join(package).join("examples").join(name).with_extension("rs");
        assert!(path.exists(), "{package}: {name}");
    }
    let mut first_named = Vec::new();
    for line in section("## The six steps").lines().filter(|line| line.starts_with("cargo run")) {
        let (_, name) = example(line).expect("a step is an example");
        if !first_named.contains(&name) {
            first_named.push(name);
        }
    }
    let entries = std::fs::read_dir(here().join("examples")).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("it can be read").path()).filter(|path| path.is_file());
    let mut all: Vec<_> = paths.map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned()).collect();
    all.sort();
    assert_eq!(first_named, all);
}

#[test]
fn every_file_that_is_linked_exists() {
    let links = README.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let links: Vec<_> = links.filter(|link| !link.contains("://")).collect();
    assert!(links.len() > 25, "{links:?}");
    for link in links {
        let file = link.split('#').next().unwrap_or(link);
        assert!(here().join(file).exists(), "{link}");
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
    let mut count = 0;
    for command in commands() {
        for (flag, folder) in [("--test ", "tests"), ("--bench ", "benches")] {
            let Some(name) = command.split(flag).nth(1).and_then(|rest| rest.split_whitespace().next()) else {
                continue;
            };
            let path = here().join(folder).join(name);
            assert!(path.with_extension("rs").exists() || path.join("main.rs").exists(), "{command}");
            count += 1;
        }
    }
    assert!(count >= 1, "{count}");
}

#[test]
fn every_line_of_code_is_that_of_an_example() {
    let chapter_1 = include_str!("../../../websocket_src/examples/04_nicknames.rs");
    let examples = [chapter_1, include_str!("../../examples/01_events.rs")];
    let blocks: Vec<_> = README.split("```rust\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(blocks.len(), 2);
    for (block, example) in blocks.into_iter().zip(examples) {
        assert!(example.contains(block), "{block}");
    }
}

#[test]
fn every_event_and_every_code_that_is_named_exists() {
    let known = include_str!("../../../shared/src/room_chat/mod.rs");
    let codes = section("## A chat for strangers").split('`').skip(1).step_by(2);
    let codes: Vec<_> =
        codes.filter(|code| code.contains('_') && code.chars().all(|c| c.is_ascii_lowercase() || c == '_')).collect();
    assert!(codes.len() >= 3, "{codes:?}");
    for code in codes {
        // `not_in_room` is `NotInRoom` there.
        let variant: String = code.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect();
        assert!(known.contains(&format!("{variant},")) || known.contains(&format!("\"{code}\"")), "{code}");
    }
}
