//! What the README shows, block by block.

use std::net::SocketAddr;

use crate::program::Program;

pub(crate) const README: &str = include_str!("../../README.md");

/// The lines of all blocks of commands.
pub(crate) fn commands() -> Vec<&'static str> {
    blocks(README, "sh").into_iter().flatten().collect()
}

/// What stands between this heading and the next one.
pub(crate) fn section(heading: &str) -> &'static str {
    let (_, rest) = README.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("no heading {heading:?}"));
    let level = heading.split(' ').next().expect("a heading begins with its signs");
    let ends = (1..=level.len()).filter_map(|level| rest.find(&format!("\n{} ", "#".repeat(level))));
    &rest[..ends.min().unwrap_or(rest.len())]
}

/// What a section shows of its programs: the lines of each block.
pub(crate) fn shown(heading: &str) -> Vec<Vec<&'static str>> {
    blocks(section(heading), "text")
}

fn blocks(text: &'static str, kind: &str) -> Vec<Vec<&'static str>> {
    let starts = format!("```{kind}\n");
    text.split(&starts).skip(1).filter_map(|rest| rest.split("```").next()).map(|block| block.lines().collect()).collect()
}

/// What is different each time is replaced by a name: session ids, offsets, waits, and the ports of the tests.
pub(crate) fn same_each_time(line: &str) -> String {
    let mut line = line.trim_end().to_owned();
    for (before, length) in [("\"sid\":\"", 16), ("sid=", 16), ("\"offset\":\"", 15), ("\"after\":\"", 15)] {
        let mut from = 0;
        while let Some(found) = line[from..].find(before) {
            from += found + before.len();
            let is_id = |id: &&str| id.chars().all(|char| char.is_ascii_alphanumeric() || "-_".contains(char));
            if line.get(from..from + length).filter(is_id).is_some() {
                line.replace_range(from..from + length, "...");
            }
        }
    }
    if let Some((before, _)) = line.split_once("; next try in ") {
        line = format!("{before}; next try in ...");
    }
    line
}

/// Sits at the terminal of a program: types the lines that begin with `> `, and compares the others with what is printed.
pub(crate) async fn follow(program: &mut Program, server: SocketAddr, block: &[&str]) {
    for line in block {
        match line.strip_prefix("> ") {
            Some(typed) => program.types(typed).await,
            None => {
                let printed = program.line().await.replace(&server.to_string(), &as_shown(line));
                assert_eq!(same_each_time(&printed), same_each_time(line), "{}", program.so_far());
            }
        }
    }
}

/// The address that the README uses in this line.
fn as_shown(line: &str) -> String {
    let address = line.split("://").nth(1).unwrap_or("127.0.0.1:3002");
    address.chars().take_while(|char| char.is_ascii_digit() || ".:".contains(*char)).collect::<String>()
        .trim_end_matches(':').to_owned()
}
