//! What the README shows, block by block, and whether a program does the same.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use crate::{PATIENCE, within};
use testing::program::Program;

pub(crate) const README: &str = include_str!("../../README.md");

/// The lines of all blocks of commands.
pub(crate) fn commands() -> Vec<&'static str> {
    blocks(README, "sh").into_iter().flatten().collect()
}

/// What stands between this heading and the next one of its level.
pub(crate) fn section(heading: &str) -> &'static str {
    let (_, rest) = README.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("no heading {heading:?}"));
    let level = heading.find(' ').expect("a heading begins with its signs");
    let ends = (2..=level).filter_map(|level| rest.find(&format!("\n{} ", "#".repeat(level))));
    &rest[..ends.min().unwrap_or(rest.len())]
}

/// What a section shows of its programs: the lines of each block.
pub(crate) fn shown(heading: &str) -> Vec<Vec<&'static str>> {
    blocks(section(heading), "text")
}

fn blocks(text: &'static str, kind: &str) -> Vec<Vec<&'static str>> {
    let starts = format!("```{kind}\n");
    let blocks = text.split(&starts).skip(1).filter_map(|rest| rest.split("```").next());
    blocks.map(|block| block.lines().collect()).collect()
}

/// A person takes a moment before each line, and so does a test. socketioxide sends the answer to CONNECT, and notes
/// after that that the socket is connected: what is for the socket in between is lost. Those are a few instructions, but on
/// a busy machine a thread can be set aside there.
pub(crate) async fn take_a_moment() {
    tokio::time::sleep(Duration::from_millis(200)).await;
}

/// A reader, who does what the README says and compares.
#[derive(Default)]
pub(crate) struct Reader {
    /// What is different each time, session ids and offsets: as the README shows it, and as it is this time.
    names: HashMap<&'static str, String>,
}

impl Reader {
    /// Sits at the terminal of a program: types the lines that begin with `>`, and compares the others with what is
    /// printed. `servers` are those that the README has at 127.0.0.1:3002 and 3003.
    pub(crate) async fn follow(&mut self, program: &mut Program, servers: &[SocketAddr], block: &[&'static str]) {
        for shown in block.iter().filter(|line| !is_counted_by_nobody(line)) {
            if let Some(typed) = shown.strip_prefix("> ") {
                take_a_moment().await;
                program.type_line(&self.as_it_is(typed)).await;
                continue;
            }
            let next = async {
                loop {
                    let printed = with_ports_of_the_readme(program.line().await, servers);
                    // Everybody is told of every room. The README does not repeat each list.
                    let another_list = printed.starts_with("room_change ") && printed != *shown;
                    if !another_list && !is_counted_by_nobody(&printed) {
                        return printed;
                    }
                }
            };
            let printed = within(PATIENCE, format!("{shown:?} is printed"), next).await;
            self.compare(&printed, shown, &program.so_far());
        }
    }

    /// A line as it is this time: with the session ids and offsets of this time.
    pub(crate) fn as_it_is(&self, shown: &'static str) -> String {
        let mut line = shown.to_owned();
        for name in names(shown) {
            let this_time = self.names.get(name).unwrap_or_else(|| panic!("{name} was not shown before: {shown}"));
            line = line.replace(name, this_time);
        }
        line
    }

    /// The same name means the same thing in every line.
    pub(crate) fn compare(&mut self, printed: &str, shown: &'static str, context: &str) {
        let mut expected = shown.to_owned();
        for (shown, this_time) in names(shown).into_iter().zip(names(printed)) {
            let this_time = self.names.entry(shown).or_insert_with(|| this_time.to_owned());
            expected = expected.replace(shown, this_time);
        }
        assert_eq!(without_wait(printed), without_wait(&expected), "{context}");
    }
}

/// The session ids and offsets in a line.
fn names(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for before in ["\"sid\":\"", "&sid=", "\"offset\":\"", "\"after\":\""] {
        for (start, _) in line.match_indices(before) {
            let rest = &line[start + before.len()..];
            let end = rest.find(|char: char| !char.is_ascii_alphanumeric() && !"-_".contains(char));
            found.push(&rest[..end.unwrap_or(rest.len())]);
        }
    }
    found
}

/// How long a client waits before it connects again is a matter of chance.
fn without_wait(line: &str) -> &str {
    line.split("; next try in ").next().unwrap_or(line)
}

/// How often it has to try depends on how quick the reader is.
fn is_counted_by_nobody(line: &str) -> bool {
    line.starts_with("cannot connect: ")
}

fn with_ports_of_the_readme(line: String, servers: &[SocketAddr]) -> String {
    servers
        .iter()
        .zip(["127.0.0.1:3002", "127.0.0.1:3003"])
        .fold(line, |line, (server, shown)| line.replace(&server.to_string(), shown))
}
