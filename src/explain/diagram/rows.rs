//! From the record to rows: what stands where, and in which words.

use shared::Role;

use crate::call::engine::CandidatePair;
use crate::explain::record::{Entry, Record, Side, What};
use crate::text::Language;
use crate::text::diagram::{CONNECTED, FAILED, STARTED_OVER, YOU};

/// One row of the diagram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) what: Drawn,
    /// Since the call began, as `+12 ms`. The time of what was inferred is not known.
    pub(super) time: Option<String>,
    /// Nobody said so: drawn with a broken line.
    pub(super) inferred: bool,
}

/// What a row shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Drawn {
    /// A side does something for itself.
    Own { side: Role, label: String },
    /// A message by way of the server, with what it is called on each half of its way. The server may tell the other
    /// side nothing, and it may tell it that somebody is gone without having been told so itself.
    Message { from: Role, to_server: Option<String>, to_other: Option<&'static str> },
    /// The two are connected: the end of the path at A and at B.
    Connection { label: String, ends: Option<(String, String)> },
    /// Something that concerns all.
    Across { label: String },
}

/// What the line of a side is called.
pub(super) fn name(side: Role, ours: Option<Role>, language: Language) -> String {
    if ours == Some(side) { format!("{side} ({})", YOU.in_language(language)) } else { side.to_string() }
}

/// The rows of a record. There are none before it is known which side we are.
pub(super) fn rows(record: &Record, language: Language) -> Vec<Row> {
    let Some(ours) = record.role() else { return Vec::new() };
    let zero = record.entries().iter().filter(|entry| !entry.inferred).map(|entry| entry.at).min().unwrap_or(0);
    // B never finds an empty room; A is alone until the first sign of B.
    let mut both_are_there = ours == Role::B;
    let mut rows = Vec::new();
    for entry in record.entries() {
        both_are_there |= entry.side == Side::Theirs;
        let Some(side) = record.role_of(entry.side) else { continue };
        let what = drawn(entry, side, both_are_there, language);
        // What the other side did before the two met was done at some time before we heard of it.
        let before_us = entry.side == Side::Theirs && matches!(entry.what, What::Step(step, _) if step.number <= 2);
        let time = (!entry.inferred && !before_us).then(|| time(entry.at.saturating_sub(zero)));
        rows.push(Row { what, time, inferred: entry.inferred });
    }
    rows
}

fn drawn(entry: &Entry, side: Role, both_are_there: bool, language: Language) -> Drawn {
    let message =
        |to_server: &str, to_other| Drawn::Message { from: side, to_server: Some(to_server.to_owned()), to_other };
    match &entry.what {
        What::Step(step, _) => match step.number {
            5 => message("5 offer", Some("offer")),
            9 => message("9 answer", Some("answer")),
            number => Drawn::Own { side, label: format!("{number} {}", step.call) },
        },
        What::Joined => message("join_room", (side == Role::B).then_some("welcome")),
        // Not "end" alone, which Mermaid takes for the end of a block.
        What::Candidates { count: 0, .. } => message("11 ice (end)", Some("ice")),
        What::Candidates { count, end } => {
            let end = if *end { " (end)" } else { "" };
            message(&format!("11 ice × {count}{end}"), Some("ice"))
        }
        What::Connected(path) => Drawn::Connection {
            label: format!("13 {}", CONNECTED.in_language(language)),
            ends: path.as_ref().map(|path| ends(path, side)),
        },
        What::Left if entry.side == Side::Ours => message("leave_room", both_are_there.then_some("bye")),
        // It left, or closed its page, or lost its connection: `bye` is all that we hear.
        What::Left => Drawn::Message { from: side, to_server: None, to_other: Some("bye") },
        What::StartedOver => Drawn::Across { label: STARTED_OVER.in_language(language).to_owned() },
        What::Failed(reason) => Drawn::Across { label: format!("{}: {reason}", FAILED.in_language(language)) },
    }
}

/// The path seen from A and from B, whichever of them we are.
fn ends(path: &CandidatePair, ours: Role) -> (String, String) {
    let (local, remote) = (path.local.clone(), path.remote.clone());
    if ours == Role::A { (local, remote) } else { (remote, local) }
}

/// A time in three or four characters and a unit.
fn time(milliseconds: u32) -> String {
    match milliseconds {
        0..1000 => format!("+{milliseconds} ms"),
        1000..60_000 => format!("+{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100),
        _ => format!("+{} min", milliseconds / 60_000),
    }
}
