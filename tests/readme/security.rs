//! docs/security.md keeps its word: a promise has a test.
//!
//! Expected: each row of its tables names at least one test that exists, each option that it names is one of the programs, and
//! each limit that is a number in code is that number.

use std::path::Path;

use shared::room_chat::{HISTORY, MAX_TEXT_BYTES, Nickname};
use shared::{RoomName, SessionDescription};
use socketio_src::server::{MOST_FOR_ALL, MOST_FOR_ONE, STALL_TIME, ServerOptions as ChatOptions};
use study_zoom::explain::record::{MOST_BYTES, MOST_MOMENTS};
use study_zoom::server::ServerOptions;
use study_zoom::turn::Limits;

use super::markdown::{code_spans, sections};

const PAGE: &str = include_str!("../../docs/security.md");
/// Where the command lines are written down.
const OPTIONS: [&str; 5] = [
    include_str!("../../websocket_src/src/cli.rs"),
    include_str!("../../socketio_src/src/cli.rs"),
    include_str!("../../src/cli/mod.rs"),
    include_str!("../../src/cli/ice.rs"),
    include_str!("../../support/src/https/arguments.rs"),
];

/// The rows of all tables, without head and line below it.
fn promises() -> impl Iterator<Item = Vec<String>> {
    let tables = sections(PAGE).into_iter().flat_map(|section| section.tables);
    tables.flat_map(|table| table.into_iter().skip(2))
}

/// The links to tests in a text: the name of the function, and its file.
fn tests(cell: &str) -> Vec<(&str, &str)> {
    let links = cell.split("[`").skip(1);
    links
        .filter_map(|link| link.split_once("`]("))
        .filter_map(|(name, rest)| Some((name, rest.split_once(')')?.0)))
        .collect()
}

/// Whether a source has a test of this name: itself, or as a scenario that the file beside it lists.
fn has_test(path: &Path, name: &str) -> bool {
    let source = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let Some(place) = [format!("fn {name}("), format!("fn {name}<")].iter().find_map(|start| source.find(start)) else {
        return false;
    };
    // What stands above the line in which it begins.
    let above = source[..place].rfind('\n').unwrap_or(0);
    let attributes: Vec<_> = source[..above].lines().rev().take_while(|line| line.contains("#[")).collect();
    let module = path.file_stem().expect("a file has a name").to_string_lossy();
    let list = std::fs::read_to_string(path.with_file_name("main.rs")).unwrap_or_default();
    attributes.iter().any(|line| line.contains("test")) || list.contains(&format!(" {module}::{name}\n"))
}

#[test]
fn each_promise_has_a_test_that_exists() {
    let (mut wrong, mut found) = (Vec::new(), 0);
    for row in promises() {
        let [promise, limit, named] = &row[..] else { panic!("three columns: {row:?}") };
        assert!(!promise.is_empty() && !limit.is_empty(), "{row:?}");
        let named = tests(named);
        assert!(!named.is_empty(), "{promise}: promise nothing that has no test");
        found += named.len();
        let is_missing = |(name, link): &&(&str, &str)| !has_test(&Path::new("docs").join(link), name);
        wrong.extend(named.iter().filter(is_missing).map(|(name, link)| format!("{link}: {name}")));
    }
    // Those in the lists, too.
    for (name, link) in sections(PAGE).iter().flat_map(|section| tests(&section.prose)) {
        assert!(has_test(&Path::new("docs").join(link), name), "{link}: {name}");
    }
    assert!(wrong.is_empty(), "no such test:\n{}", wrong.join("\n"));
    assert!(found > 80, "{found}");
}

#[test]
fn each_option_is_one() {
    let named: Vec<_> = code_spans(PAGE).into_iter().filter(|code| code.starts_with("--")).collect();
    assert!(named.len() > 10, "{named:?}");
    for code in named {
        let option = code.split(' ').next().unwrap_or(code).trim_start_matches('-').replace('-', "_");
        let declared = format!("    {option}: ");
        assert!(OPTIONS.iter().any(|file| file.replace("pub ", "").contains(&declared)), "no program has {code}");
    }
}

#[test]
fn each_limit_is_the_one_in_code() {
    let (chat, call, turn) = (ChatOptions::default(), ServerOptions::default(), Limits::default());
    let thousands = |number: usize| {
        let digits = number.to_string();
        let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(|group| String::from_utf8_lossy(group)).collect();
        groups.join(",")
    };
    let limits = [
        ("connections", thousands(call.max_connections)),
        ("connections", thousands(chat.max_connections)),
        ("The name of a room", format!("{} characters", RoomName::MAX_CHARS)),
        ("The name of a room", format!("{} characters", Nickname::MAX_CHARS)),
        ("The name of a room", format!("chapter 1: {}", shared::chat::Nickname::MAX_CHARS)),
        ("A text that is too long", format!("{} KiB of text", MAX_TEXT_BYTES / 1024)),
        ("What a room remembers", format!("{HISTORY} messages")),
        ("is taken out", format!("{} packets", thousands(chat.max_queued_packets))),
        ("is taken out", format!("{} MiB for one, {} MiB for all", MOST_FOR_ONE >> 20, MOST_FOR_ALL >> 20)),
        (
            "flood ends its connection, and",
            format!("{} events in a second, {} at once", chat.rate.per_second, chat.rate.burst),
        ),
        ("so are bytes", format!("{} events in a second, {} at once", call.rate.per_second, call.rate.burst)),
        ("and what waits for it is freed", format!("{} seconds, or {} MiB", STALL_TIME.as_secs(), MOST_FOR_ONE >> 20)),
        ("The place of somebody", format!("{} seconds", call.hold.as_secs())),
        ("begun by polling", format!("in {} seconds", (call.ping_interval + call.ping_timeout).as_secs())),
        ("What is too large", format!("a description {} KiB", SessionDescription::MAX_BYTES / 1024)),
        ("Only a peer with", format!("{} permissions and {} channels", turn.permissions, turn.channels)),
        (
            "only so many relays",
            format!("{}, {}, {}", turn.allocations_per_user, turn.allocations_per_address, turn.allocations),
        ),
        ("A user sends", format!("{} bytes in a second", thousands(turn.bytes_per_second as usize))),
        ("No packet breaks", format!("{} bytes", thousands(turn.packet_bytes))),
        ("A file that is no record", format!("{} MiB, {} events", MOST_BYTES >> 20, thousands(MOST_MOMENTS))),
    ];
    for (promise, limit) in limits {
        let rows: Vec<_> = promises().filter(|row| row[0].contains(promise)).collect();
        assert!(rows.iter().any(|row| row[1].contains(&limit)), "{promise:?} has the limit {limit:?}: {rows:?}");
    }
}
