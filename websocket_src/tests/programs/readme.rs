use std::path::Path;

use crate::common::program::Program;

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
        Program::chat(&typed).end().await.well();
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

#[test]
fn every_file_that_is_linked_exists() {
    let links = README.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let links: Vec<_> = links.filter(|link| !link.contains("://")).collect();
    assert!(links.len() > 15, "{links:?}");
    for link in links {
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(link).exists(), "{link}");
    }
}

#[tokio::test]
async fn every_option_that_is_named_exists() {
    let help = Program::chat(&["--help"]).end().await.well();
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
