//! The README of the course and that of chapter 3 keep their promises.
//!
//! Expected: the table of the steps is the table in code, each link leads to the line it promises, each file that is
//! named exists, and each command can be typed.

use std::path::Path;
use std::process::Command;

use shared::STEPS;

const README: &str = include_str!("../README.md");
/// The text of chapter 3.
const CHAPTER: &str = include_str!("../src/README.md");

/// The texts for readers, beside the READMEs of the chapters, which are tested there.
const TEXTS: [&str; 11] = [
    "README.md",
    "src/README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/https.md",
    "docs/protocol.md",
    "docs/recovery.md",
    "docs/scaling.md",
    "docs/performance.md",
    "docs/nat.md",
    "docs/connections.md",
];

/// The targets of all links of a text, without those that lead elsewhere.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.filter(|link| !link.contains("://")).map(|link| link.split('#').next().unwrap_or(link))
}

#[test]
fn the_table_of_the_steps_is_the_one_in_code() {
    for step in &STEPS {
        let row = format!("| {} | {} | {} | {} | ", step.number, step.who, step.sentence, step.call);
        assert!(CHAPTER.contains(&row), "src/README.md has no row {row:?}");
    }
}

#[test]
fn each_step_links_to_its_line() {
    for step in &STEPS {
        let start = format!("| {} | {} | ", step.number, step.who);
        let row = CHAPTER.lines().find(|line| line.starts_with(&start)).expect("the row is there");
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
    for path in TEXTS {
        let text = std::fs::read_to_string(path).expect("the text is there");
        let folder = Path::new(path).parent().expect("a file is in a folder");
        let broken: Vec<_> = links(&text).filter(|link| !folder.join(link).exists()).collect();
        assert!(broken.is_empty(), "{path}: {broken:?}");
    }
    assert!(links(README).count() > 10 && links(CHAPTER).count() > 40);
}

/// The name that a heading has in a link, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[test]
fn every_heading_that_is_linked_exists() {
    let mut found = 0;
    for path in TEXTS {
        let text = std::fs::read_to_string(path).expect("the text is there");
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for (file, heading) in targets.filter_map(|link| link.split_once(".md#")) {
            let linked = Path::new(path).with_file_name(format!("{file}.md"));
            let text = std::fs::read_to_string(&linked).expect("the other text is there");
            let mut headings =
                text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#'));
            assert!(
                headings.any(|line| anchor(line.trim()) == heading),
                "{path}: no heading {heading:?} in {linked:?}"
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
        // `--help` parses what stands before it.
        let typed: Vec<_> = command.split_whitespace().chain(["--help"]).collect();
        let output =
            Command::new(env!("CARGO_BIN_EXE_study-zoom")).args(&typed).output().expect("the program is built");
        assert!(output.status.success(), "{typed:?}: {}", String::from_utf8_lossy(&output.stderr));
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
