//! The NAT laboratory: calls between hosts behind all kinds of NAT, on one machine, without the internet.
//!
//! Expected: each NAT is of the kind that its name says, and `docs/nat.md` says which calls have a direct way and which need
//! a TURN server.
//!
//! ```text
//! sudo -E cargo test --workspace --test nat -- --ignored --nocapture --test-threads=1
//! ```
#![cfg(target_os = "linux")]
#![expect(clippy::print_stdout, reason = "a laboratory says what it has measured")]

/// The kinds of NAT, as firewall rules.
mod nat;
/// Hosts, routers and cables.
mod world;
/// What kind of NAT is there.
mod probe;
/// The server and the peers.
mod peers;
/// All kinds of NAT with all others.
mod matrix;
/// Servers and peers that the test can look into.
mod residents;
/// The network changes in the middle of a call.
mod changes;
/// A STUN server.
#[path = "../common/stun_responder.rs"]
mod stun_responder;

use std::path::Path;
use std::time::Duration;

use testing::program::Program;

use nat::Kind;
use stun_responder::{good, respond};
use world::{SERVER, SERVER_TOO, Side, World};

#[test]
#[ignore = "needs root, for network namespaces"]
fn each_nat_is_of_its_kind() {
    if !world::is_possible() {
        return;
    }
    for kind in Kind::ALL {
        let world = World::new(kind, Kind::None);
        // A kind that depends on luck (which port is free, say) is none.
        for _ in 0..3 {
            let observation = probe::observe(&world, Side::A);
            assert_eq!(observation.kind(), Some(kind), "{observation:?}");
            let observation = probe::observe(&world, Side::B);
            assert_eq!(observation.kind(), Some(Kind::None), "{observation:?}");
        }
        println!("{kind}: as it should be");
    }
}

#[tokio::test]
#[ignore = "needs root, for network namespaces"]
async fn example_10_says_which_kind_it_is() {
    if !world::is_possible() {
        return;
    }
    let example = Path::new(env!("CARGO_BIN_EXE_study-zoom")).with_file_name("examples").join("10_nat_kind");
    assert!(example.exists(), "it is not built: cargo build --workspace --examples");
    for kind in Kind::ALL {
        let world = World::new(kind, Kind::None);
        let mut command = world.command("a", &example.to_string_lossy());
        for ip in [SERVER, SERVER_TOO] {
            let socket = world.socket("s", &format!("{ip}:3478"), Duration::from_secs(10));
            let server = respond(socket, |id, from| vec![good(id, from)]);
            command.args(["--server", &server.to_string()]);
        }
        let ended = Program::start("10_nat_kind", &mut command).end().await;
        let name = match kind {
            Kind::None => "No NAT",
            Kind::Symmetric => "Address-dependent or address and port-dependent mapping (\"symmetric\")",
            Kind::Blocked => {
                ended.with_error(&["no answer from", SERVER_TOO, "firewall"]);
                continue;
            }
            _ => "Endpoint-independent mapping (\"cone\")",
        };
        let printed = ended.well();
        assert!(printed.lines().any(|line| line.starts_with(name)), "{kind}: {printed}");
    }
}

#[tokio::test]
#[ignore = "needs root, for network namespaces"]
async fn each_pair_finds_the_way_that_it_has() {
    if !world::is_possible() {
        return;
    }
    let rows = matrix::measure().await;
    for row in &rows {
        println!("{row}");
    }
    rows.iter().for_each(matrix::Row::check);
    let measured: Vec<_> = rows.iter().map(|row| matrix::without_times(&row.to_string())).collect();
    let text: Vec<_> = matrix::in_the_text().into_iter().map(matrix::without_times).collect();
    assert_eq!(measured, text, "put the rows above into docs/nat.md");
}

#[test]
fn the_text_says_what_is_expected() {
    let (rows, pairs) = (matrix::in_the_text(), matrix::pairs().collect::<Vec<_>>());
    assert_eq!(rows.len(), pairs.len());
    for (row, pair) in rows.into_iter().zip(pairs) {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells[..2], pair.map(|kind| kind.to_string()), "{row}");
        let direct = |cell: &str| cell.contains(" - ") && cell.ends_with(" ms");
        match matrix::is_direct(pair) {
            true => assert!(direct(cells[2]) && direct(cells[3]), "{row}"),
            false => assert!(cells[2] == "no way" && cells[3].starts_with("relay, "), "{row}"),
        }
    }
}
