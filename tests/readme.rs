//! The README of the course and that of chapter 3 keep their promises.
//!
//! Expected: the table of the steps is the table in code, each link leads to the line it promises, each file that is
//! named exists, and each command can be typed.

use std::path::Path;
use std::process::Command;

use shared::STEPS;
use study_zoom::text::{Language, steps};

/// Both languages of a text are compared.
#[path = "readme/languages.rs"]
mod languages;
/// What a text is made of.
#[path = "readme/markdown.rs"]
mod markdown;
/// What the servers promise against strangers.
#[path = "readme/security.rs"]
mod security;

use markdown::anchor;

const README: &str = include_str!("../README.md");
/// The same in Korean.
const README_KO: &str = include_str!("../README.ko.md");
/// The text of chapter 3.
const CHAPTER: &str = include_str!("../src/README.md");
/// The same in Korean.
const CHAPTER_KO: &str = include_str!("../src/README.ko.md");

/// The targets of all links of a text, without those that lead elsewhere.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.filter(|link| !link.contains("://")).map(|link| link.split('#').next().unwrap_or(link))
}

#[test]
fn the_table_of_the_steps_is_the_one_in_code() {
    for (chapter, language) in [(CHAPTER, Language::English), (CHAPTER_KO, Language::Korean)] {
        for step in &STEPS {
            let sentence = steps::of_step(step, language);
            let row = format!("| {} | {} | {sentence} | {} | ", step.number, step.who, step.call);
            assert!(chapter.contains(&row), "the README of chapter 3 ({}) has no row {row:?}", language.tag());
        }
    }
}

#[test]
fn each_step_links_to_its_line() {
    for (step, chapter) in STEPS.iter().flat_map(|step| [(step, CHAPTER), (step, CHAPTER_KO)]) {
        let start = format!("| {} | {} | ", step.number, step.who);
        let row = chapter.lines().find(|line| line.starts_with(&start)).expect("the row is there");
        let link = row.split("](").nth(1).and_then(|rest| rest.split(')').next()).expect("the row has a link");
        let (path, line) = link.split_once("#L").expect("the link has a line");
        let code = std::fs::read_to_string(Path::new("src").join(path)).expect("the file is there");
        let comment = format!("// Step {} (", step.number);
        let true_line = code.lines().position(|line| line.contains(&comment)).expect("the step has a comment") + 1;
        assert_eq!(line, true_line.to_string(), "write {path}#L{true_line} in the row of step {}", step.number);
    }
}

#[test]
fn every_file_that_is_linked_exists() {
    for path in languages::texts() {
        let text = std::fs::read_to_string(&path).expect("the text is there");
        let folder = path.parent().expect("a file is in a folder");
        let broken: Vec<_> = links(&text).filter(|link| !folder.join(link).exists()).collect();
        assert!(broken.is_empty(), "{path:?}: {broken:?}");
    }
    assert!(links(README).count() > 10 && links(CHAPTER).count() > 40);
}

#[test]
fn every_heading_that_is_linked_exists() {
    let mut found = 0;
    for path in languages::texts() {
        let text = std::fs::read_to_string(&path).expect("the text is there");
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for (file, heading) in targets.filter_map(|link| link.split_once(".md#")) {
            let linked = path.with_file_name(format!("{file}.md"));
            let text = std::fs::read_to_string(&linked).expect("the other text is there");
            let mut headings =
                text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#'));
            assert!(
                headings.any(|line| anchor(line.trim()) == heading),
                "{path:?}: no heading {heading:?} in {linked:?}"
            );
            found += 1;
        }
    }
    assert!(found >= 4, "{found}");
}

#[test]
fn every_command_of_the_program_can_be_typed() {
    let lines = README.lines().chain(CHAPTER.lines());
    let commands: Vec<_> = lines.filter_map(|line| line.strip_prefix("cargo run -- ")).collect();
    assert!(commands.len() >= 4, "{commands:?}");
    for command in commands {
        // `--help` parses what stands before it. What stands behind `>` is for the shell.
        let command = command.split(" > ").next().unwrap_or(command);
        let typed: Vec<_> = command.split_whitespace().chain(["--help"]).collect();
        let output =
            Command::new(env!("CARGO_BIN_EXE_study-zoom")).args(&typed).output().expect("the program is built");
        assert!(output.status.success(), "{typed:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn the_version_of_rust_is_the_one_that_cargo_asks_for() {
    let version = env!("CARGO_PKG_RUST_VERSION");
    for (text, needs) in [(README, format!("Rust {version} or newer")), (README_KO, format!("Rust {version} 이상"))] {
        assert!(text.contains(&needs), "write {needs:?}");
    }
}

#[test]
fn every_example_that_is_named_exists() {
    let lines = README.lines().chain(CHAPTER.lines());
    let named: Vec<_> = lines.filter_map(|line| line.split("-p study-zoom --example ").nth(1)).collect();
    assert!(named.len() >= 8, "{named:?}");
    for command in named {
        let name = command.split([' ', '`']).next().expect("split yields something");
        assert!(Path::new("examples").join(name).with_extension("rs").exists(), "there is no example {name}");
    }
}

#[test]
fn every_option_that_is_named_exists() {
    let help_of = |command| {
        let help = Command::new(env!("CARGO_BIN_EXE_study-zoom")).args([command, "--help"]).output();
        String::from_utf8_lossy(&help.expect("it is built").stdout).into_owned()
    };
    let help: String = ["serve", "peer", "step", "doctor"].map(help_of).concat();
    // Those of the examples stand behind `--`.
    let named = [README, CHAPTER]
        .into_iter()
        .flat_map(|text| text.split('`'))
        .filter(|code| code.starts_with("--") && !code.starts_with("-- "))
        .map(|code| code.split_whitespace().next().unwrap_or(code));
    for option in named {
        assert!(
            help.contains(&format!("{option} ")) || help.contains(&format!("{option}\n")),
            "no command has {option}"
        );
    }
}
