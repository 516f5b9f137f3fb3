//! What it costs a server to pass a message on, and to keep a connection that does nothing.
//!
//! ```text
//! npm install --prefix socketio_src/tests/node
//! cargo bench -p socketio_src --bench relay
//! ```
//! The same load goes to several servers, each in a process of its own, in turns and in one run, since a machine is not
//! the same from one run to the next. Compare the ratios. Processor time is that of the server, in user mode and in the
//! kernel; memory is what is resident.
//!
//! * `node` is the chat on the original Socket.IO server, `tests/node/chat.js`.
//! * `chat` is this chapter's server.
//! * `naive` is what one writes first with socketioxide, `naive.rs`. It does less than the other two.
//!
//! Arguments choose the servers: names, and paths of programs that are started as the chat is, as an earlier build of it:
//! `cargo bench -p socketio_src --bench relay -- node chat /tmp/before`.
#![expect(clippy::print_stdout, reason = "a benchmark talks to people")]

/// Clients that talk.
mod load;
/// Servers as processes, and what they cost.
mod servers;
/// The server that one writes first.
mod naive;

use std::time::Duration;

use futures::future::join_all;
use load::{Idle, Pairs};
use servers::{Kind, Server};
use testing::cost::{cost, resident_kb};
use testing::results::{Results, Row, Series};

/// How much of it.
struct Plan {
    pairs: usize,
    /// Of each pair in each round.
    messages: usize,
    rounds: usize,
    idle: usize,
}

const FULL: Plan = Plan { pairs: 50, messages: 100, rounds: 7, idle: 5_000 };
/// That it runs, not how fast.
const TEST: Plan = Plan { pairs: 5, messages: 10, rounds: 1, idle: 100 };

/// A person who types quickly: the time from one message of a pair to its next.
const STEADY: Duration = Duration::from_millis(50);

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == naive::ARGUMENT) {
        return naive::run();
    }
    let test = arguments.iter().any(|argument| argument == "--test");
    let wanted: Vec<_> = arguments.into_iter().filter(|argument| !argument.starts_with('-')).collect();
    let mut kinds = vec![Kind::Node, Kind::Chat, Kind::Naive];
    kinds.retain(|kind| kind.is_installed() && (wanted.is_empty() || wanted.iter().any(|name| name == kind.name())));
    kinds.extend(wanted.into_iter().filter(|argument| argument.contains('/')).map(Kind::Program));
    // One thread: the other processors are for the server.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("the system has a runtime");
    runtime.block_on(compare(if test { &TEST } else { &FULL }, &kinds));
}

async fn compare(plan: &Plan, kinds: &[Kind]) {
    let Plan { pairs, messages, rounds, idle } = plan;
    println!("{pairs} pairs, messages of 2 kB, median of {rounds} rounds of {} messages", pairs * messages);
    let mut results = Results::new("relay", "cargo bench -p socketio_src --bench relay");
    let measured = measure_messages(plan, kinds).await;
    let mut print_each = |title: &str, unit: &'static str, figure: fn(&Round) -> f64| {
        let figures: Vec<Vec<_>> = measured.iter().map(|rounds| rounds.iter().map(figure).collect()).collect();
        print(&mut results, title, unit, kinds, &figures);
    };
    print_each("server CPU for each message with its acknowledgement, sent steadily", "us", |round| round.steady);
    print_each("server CPU for each message with its acknowledgement, as fast as can be", "us", |round| round.quick);
    print_each("server CPU for each message of a ping-pong", "us", |round| round.ping_pong);
    print_each("round trips of the ping-pong", "/s", |round| round.trips);
    let mut memory = Vec::new();
    for kind in kinds {
        memory.push(vec![measure_memory(plan, kind).await]);
    }
    let title = format!("resident memory for each idle connection ({idle} connections)");
    print(&mut results, &title, "kB", kinds, &memory);
    println!("\na plot: {}", results.write().expect("the target directory can be written").display());
}

/// What one round costs one server. Microseconds for each message, but for the last one.
struct Round {
    steady: f64,
    quick: f64,
    ping_pong: f64,
    /// Each second.
    trips: f64,
}

/// For each server its rounds.
async fn measure_messages(plan: &Plan, kinds: &[Kind]) -> Vec<Vec<Round>> {
    let mut running = Vec::new();
    for kind in kinds {
        let server = Server::start(kind).await;
        let pairs = Pairs::connect(server.address, plan.pairs).await;
        running.push((server, pairs));
    }
    let mut measured: Vec<_> = kinds.iter().map(|_| Vec::new()).collect();
    // Round 0 warms up.
    for round in 0..=plan.rounds {
        for (index, rounds) in measured.iter_mut().enumerate() {
            // A client that does not answer pings is disconnected. So all the others go on answering.
            let (before, rest) = running.split_at_mut(index);
            let ((server, pairs), after) = rest.split_first_mut().expect("a server for each kind");
            let others = before.iter_mut().chain(after).map(|(_, pairs)| pairs.rest());
            let figures = tokio::select! {
                figures = measure_round(plan, server, pairs) => figures,
                _ = join_all(others), if kinds.len() > 1 => unreachable!("a rest has no end"),
            };
            if round > 0 {
                rounds.push(figures);
            }
        }
    }
    measured
}

async fn measure_round(plan: &Plan, server: &Server, pairs: &mut Pairs) -> Round {
    let sent = (plan.pairs * plan.messages) as f64;
    let (steady, _) = cost(&[server.pid()], pairs.say_steadily(plan.messages, STEADY)).await;
    let (quick, _) = cost(&[server.pid()], pairs.say_quickly(plan.messages)).await;
    // Two messages are one round trip.
    let (ping_pong, time) = cost(&[server.pid()], pairs.ping_pong(plan.messages / 2)).await;
    Round { steady: steady / sent, quick: quick / sent, ping_pong: ping_pong / sent, trips: sent / 2.0 / time }
}

/// In kB.
async fn measure_memory(plan: &Plan, kind: &Kind) -> f64 {
    let server = Server::start(kind).await;
    // The first ones pay for what is there only once.
    let first = Pairs::connect(server.address, 10).await;
    let before = resident_kb(server.pid());
    let idle = Idle::connect(server.address, plan.idle).await;
    idle.pinged().await;
    let after = resident_kb(server.pid());
    drop((first, idle));
    (after - before) / plan.idle as f64
}

/// A line for each server: the median, and how it compares with the first one.
fn print(results: &mut Results, title: &str, unit: &'static str, kinds: &[Kind], figures: &[Vec<f64>]) {
    let series =
        kinds.iter().zip(figures).map(|(kind, values)| Series { name: kind.name().to_owned(), values: values.clone() });
    results.add(Row { name: title.to_owned(), unit, series: series.collect() });
    println!("\n{title}");
    for (kind, own) in kinds.iter().zip(figures) {
        // Round by round: what disturbed one server in a round disturbed the other one as well.
        let ratios: Vec<_> = own.iter().zip(&figures[0]).map(|(one, other)| one / other).collect();
        println!("{:<16} {:>9.2} {unit}   {:>5.2} x {}", kind.name(), median(own), median(&ratios), kinds[0].name());
    }
}

fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
