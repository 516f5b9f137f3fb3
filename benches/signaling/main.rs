//! What the signaling server of the call costs: to pass a description or a candidate on, to let somebody into a room, and to
//! keep somebody who says nothing; alone, with ten thousand rooms, and as one of several on a Redis.
//!
//! ```text
//! npm install --prefix socketio_src/tests/node
//! cargo bench --bench signaling
//! ```
//! The same load goes to several servers, each in a process of its own, in turns and in one run, since a machine is not
//! the same from one run to the next. Compare the ratios. Processor time is that of the server, in user mode and in the
//! kernel; memory is what is resident. The figures of each round are written into a file as well, which is named at the end.
//!
//! * `ours` is `study-zoom serve`.
//! * `node` is the few lines that one writes first on the original Socket.IO server, `zoom_clone.js`. It does less: it checks
//!   nothing, and a third one can enter a room.
//!
//! Arguments choose what is measured, `relay`, `memory`, `rooms` or `redis`; a path is another build of our server, which is measured
//! as well: `cargo bench --bench signaling -- relay /tmp/before`. `--test` makes one small round.
#![expect(clippy::print_stdout, reason = "a benchmark talks to people")]
#![expect(clippy::print_stderr, reason = "and says what is missing")]

/// People who make calls.
mod load;
/// The servers.
mod servers;
/// Several servers in turns.
mod turns;
/// Many rooms.
mod rooms;
/// Several of our servers on one Redis.
mod cluster;

use std::process::ExitCode;
use std::time::Duration;

use load::CANDIDATES;
use rustix::process::{Resource, getrlimit};
use servers::{Kind, Site, missing};
use support::cli::allow_many_files;
use testing::cost::cost;
use testing::results::{Results, Row, Series};
use turns::{Stage, add, beside, in_turns};

/// How much of it.
struct Plan {
    rounds: usize,
    pairs: usize,
    /// Offers with their answers, of each pair in each round.
    exchanges: usize,
    /// How often one of a pair leaves and comes back, in each round.
    joins: usize,
    /// Rooms of two who say nothing.
    idle_rooms: usize,
    many_rooms: usize,
    /// How long all of them are silent.
    rest: Duration,
}

const FULL: Plan = Plan {
    rounds: 5,
    pairs: 50,
    exchanges: 40,
    joins: 20,
    idle_rooms: 1000,
    many_rooms: 10_000,
    rest: Duration::from_secs(10),
};
/// That it runs, not how fast.
const TEST: Plan = Plan {
    rounds: 1,
    pairs: 4,
    exchanges: 3,
    joins: 2,
    idle_rooms: 20,
    many_rooms: 50,
    rest: Duration::from_millis(100),
};

/// The time from one offer of a pair to its next.
const STEADY: Duration = Duration::from_millis(50);
/// Files that a process has beside its connections.
const OTHER_FILES: u64 = 200;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let test = arguments.iter().any(|argument| argument == "--test");
    let (programs, names): (Vec<_>, Vec<_>) =
        arguments.into_iter().filter(|argument| !argument.starts_with('-')).partition(|name| name.contains('/'));
    let wanted = |name: &str| names.is_empty() || names.iter().any(|wanted| wanted == name);
    if let Some(missing) = missing(["relay", "memory", "rooms"].into_iter().any(wanted), wanted("redis")) {
        eprintln!("error: {missing}");
        return ExitCode::FAILURE;
    }
    let mut kinds: Vec<_> = programs.into_iter().map(Kind::Program).collect();
    kinds.extend([Kind::Ours, Kind::Node]);
    // Each connection is an open file, here and in the server.
    allow_many_files();
    // One thread: the other processors are for the server.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("the system has a runtime");
    let (plan, mut results) =
        (if test { &TEST } else { &FULL }, Results::new("signaling", "cargo bench --bench signaling"));
    runtime.block_on(async {
        if wanted("relay") {
            relay(plan, &kinds, &mut results).await;
        }
        if wanted("memory") {
            memory(plan, &kinds, &mut results).await;
        }
        if wanted("rooms") {
            many_rooms(plan, &kinds, &mut results).await;
        }
        if wanted("redis") {
            cluster::measure(plan, &mut results).await;
        }
    });
    match results.write() {
        Ok(path) => println!("\nall figures: {}", path.display()),
        Err(error) => {
            eprintln!("error: the figures cannot be written: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Keeps and prints a row for each figure. `measured` has the rounds of each of those who are compared.
fn report<const FIGURES: usize>(
    results: &mut Results,
    what: [(&str, &'static str); FIGURES],
    names: &[String],
    measured: &[Vec<[f64; FIGURES]>],
) {
    for (index, (name, unit)) in what.into_iter().enumerate() {
        let series = names.iter().zip(measured).map(|(name, rounds)| {
            let values = rounds.iter().map(|figures| figures[index]).collect();
            Series { name: name.clone(), values }
        });
        println!("\n{}", results.add(Row { name: name.to_owned(), unit, series: series.collect() }));
    }
}

fn names(kinds: &[Kind]) -> Vec<String> {
    kinds.iter().map(Kind::name).collect()
}

/// Messages, and coming and going.
async fn relay(plan: &Plan, kinds: &[Kind], results: &mut Results) {
    let Plan { rounds, pairs, exchanges, joins, .. } = *plan;
    println!(
        "{pairs} pairs, descriptions of 2 kB; processor time of the server, median (and spread) of {rounds} rounds"
    );
    let mut stages = Vec::new();
    for kind in kinds {
        add(&mut stages, async { Stage::of(Site::alone(kind).await, pairs).await }).await;
    }
    let round = async |stage: &mut Stage| {
        let Stage { site, strict, acknowledged } = stage;
        let pids = site.pids();
        let (steady, _) = beside(acknowledged.rest(), cost(&pids, strict.describe_steadily(exchanges, STEADY))).await;
        let (quick, _) = beside(acknowledged.rest(), cost(&pids, strict.describe_quickly(exchanges))).await;
        let (steady_acks, _) =
            beside(strict.rest(), cost(&pids, acknowledged.describe_steadily(exchanges, STEADY))).await;
        let (quick_acks, _) = beside(strict.rest(), cost(&pids, acknowledged.describe_quickly(exchanges))).await;
        let (candidates, _) = beside(acknowledged.rest(), cost(&pids, strict.trickle(exchanges / 2))).await;
        let (joining, time) = beside(acknowledged.rest(), cost(&pids, strict.leave_and_join(joins))).await;
        let descriptions = (2 * pairs * exchanges) as f64;
        let sent = (2 * CANDIDATES * pairs * (exchanges / 2)) as f64;
        let joined = (pairs * joins) as f64;
        [
            steady / descriptions,
            quick / descriptions,
            steady_acks / descriptions,
            quick_acks / descriptions,
            candidates / sent,
            joining / joined,
            joined / time,
        ]
    };
    let measured = in_turns(&mut stages, rounds, round).await;
    let what = [
        ("a description, strict clients, steadily", "us"),
        ("a description, strict clients, as fast as can be", "us"),
        ("a description with its acknowledgement, steadily", "us"),
        ("a description with its acknowledgement, as fast as can be", "us"),
        ("a candidate, strict clients, ten in a row", "us"),
        ("to leave a room and to join it again, with acknowledgements", "us"),
        ("joins, each after a leave, as fast as can be", "/s"),
    ];
    report(results, what, &names(kinds), &measured);
}

/// Members who say nothing.
async fn memory(plan: &Plan, kinds: &[Kind], results: &mut Results) {
    let mut measured: Vec<_> = kinds.iter().map(|_| Vec::new()).collect();
    for _ in 0..plan.rounds {
        for (kind, rounds) in kinds.iter().zip(&mut measured) {
            rounds.push([rooms::memory_of_a_member(kind, plan.idle_rooms).await]);
        }
    }
    let name = format!("memory of an idle member ({} in {} rooms)", 2 * plan.idle_rooms, plan.idle_rooms);
    report(results, [(&name, "kB")], &names(kinds), &measured);
}

/// A server with very many rooms.
async fn many_rooms(plan: &Plan, kinds: &[Kind], results: &mut Results) {
    let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let possible = usize::try_from(files.saturating_sub(OTHER_FILES) / 2).unwrap_or(usize::MAX);
    let rooms = plan.many_rooms.min(possible);
    if rooms < plan.many_rooms {
        println!("\na process may have {files} open files here: {rooms} rooms instead of {}", plan.many_rooms);
    }
    let talking = plan.pairs.min(rooms / 2);
    let mut measured: Vec<_> = kinds.iter().map(|_| Vec::new()).collect();
    for _ in 0..plan.rounds.min(3) {
        for (kind, rounds) in kinds.iter().zip(&mut measured) {
            let crowd = rooms::crowd(kind, rooms, talking, plan.exchanges, plan.rest).await;
            rounds.push([crowd.description, crowd.memory, crowd.at_rest]);
        }
    }
    let describe = |what: &str| format!("{rooms} rooms: {what}");
    let [description, memory, rest] = [
        format!("a description in {talking} of them, strict clients, as fast as can be"),
        "memory of a member".to_owned(),
        "processor time in a second in which nobody says anything".to_owned(),
    ]
    .map(|what| describe(&what));
    let what = [(description.as_str(), "us"), (memory.as_str(), "kB"), (rest.as_str(), "ms")];
    report(results, what, &names(kinds), &measured);
}
