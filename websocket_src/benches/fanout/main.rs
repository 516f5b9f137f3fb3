//! What it costs a server to tell everybody: one sender, 500 listeners, 1 kB messages; and what a connection costs that
//! does nothing.
//!
//! ```text
//! npm install --prefix websocket_src/tests/node
//! cargo build --release -p websocket_src --examples
//! cargo bench -p websocket_src --bench fanout
//! ```
//! The same load goes to several servers, each in a process of its own, in turns and in one run, since a machine is not
//! the same from one run to the next. Compare the ratios. The figures are the processor time of the server, in user mode
//! and in the kernel, for each message that arrived at a listener, and its resident memory for each idle connection.
//!
//! * `limit` is one thread that writes a ready-made frame to one socket after the other. Nobody can do with less, who
//!   makes one system call for each message and listener: it is the price of the kernel.
//! * `npm ws` is `tests/node/broadcast.js`.
//! * `chat` is this chapter's server, with its queues, its heartbeat and its limits.
//! * The examples are there when they are built.
#![expect(clippy::print_stdout, reason = "a benchmark talks to people")]

/// Clients that send and count.
mod load;
/// Servers as processes, and what they cost.
mod servers;
/// The server that does nothing but write.
mod limit;

use load::Crowd;
use servers::{Kind, Server};
use testing::results::{Results, Row, Series};

/// How much of it.
struct Plan {
    listeners: usize,
    messages: usize,
    rounds: usize,
    idle: usize,
}

const FULL: Plan = Plan { listeners: 500, messages: 300, rounds: 7, idle: 5_000 };
/// That it runs, not how fast.
const TEST: Plan = Plan { listeners: 20, messages: 5, rounds: 1, idle: 100 };

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == limit::ARGUMENT) {
        return limit::run();
    }
    let plan = if arguments.iter().any(|argument| argument == "--test") { TEST } else { FULL };
    // One thread: the other processors are for the server.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("the system has a runtime");
    runtime.block_on(compare(&plan, &arguments));
}

/// `names` are the servers that are wanted, or none for all of them.
async fn compare(plan: &Plan, names: &[String]) {
    let names: Vec<_> = names.iter().filter(|name| !name.starts_with('-')).collect();
    let wanted = |kind: &Kind| names.is_empty() || names.iter().any(|name| kind.name().contains(name.as_str()));
    let kinds: Vec<_> = Kind::ALL.into_iter().filter(Kind::is_installed).filter(wanted).collect();
    let mut results = Results::new("fanout", "cargo bench -p websocket_src --bench fanout");
    let title = format!(
        "server CPU for each delivered message ({} listeners, {} x {} messages)",
        plan.listeners, plan.rounds, plan.messages
    );
    println!("{title}");
    let cpu = measure_cpu(&kinds, plan).await;
    print(&kinds, &cpu, "us", &[Kind::Limit, Kind::Npm]);
    results.add(row(title, "us", &kinds, &cpu));
    let title = format!("resident memory for each idle connection ({} connections)", plan.idle);
    println!("\n{title}");
    let mut memory = Vec::new();
    for kind in &kinds {
        memory.push(vec![measure_memory(*kind, plan).await]);
    }
    // The limit has nothing at all for a connection: what the kernel has for it is not counted.
    print(&kinds, &memory, "kB", &[Kind::Npm]);
    results.add(row(title, "kB", &kinds, &memory));
    println!("\na plot: {}", results.write().expect("the target directory can be written").display());
}

fn row(name: String, unit: &'static str, kinds: &[Kind], figures: &[Vec<f64>]) -> Row {
    let series =
        kinds.iter().zip(figures).map(|(kind, values)| Series { name: kind.name().to_owned(), values: values.clone() });
    Row { name, unit, series: series.collect() }
}

/// For each server the figure of each round, in microseconds.
async fn measure_cpu(kinds: &[Kind], plan: &Plan) -> Vec<Vec<f64>> {
    let mut running = Vec::new();
    for kind in kinds {
        let server = Server::start(*kind).await;
        let mut crowd = Crowd::connect(server.address, plan.listeners).await;
        let sender = crowd.sender(server.address).await;
        running.push((server, crowd, sender, Vec::new()));
    }
    // Round 0 warms up.
    for round in 0..=plan.rounds {
        for (server, crowd, sender, figures) in &mut running {
            let before = server.cpu_time();
            let delivered = crowd.broadcast(sender, server.kind.is_typed(), plan.messages).await;
            let spent = server.cpu_time() - before;
            if round > 0 {
                figures.push(spent.as_secs_f64() * 1e6 / delivered as f64);
            }
        }
    }
    running.into_iter().map(|(.., figures)| figures).collect()
}

/// In kB.
async fn measure_memory(kind: Kind, plan: &Plan) -> f64 {
    let server = Server::start(kind).await;
    // The first ones pay for what is there only once.
    let first = Crowd::connect(server.address, 50).await;
    let before = server.resident_kb();
    let crowd = Crowd::connect(server.address, plan.idle).await;
    let after = server.resident_kb();
    drop((first, crowd));
    (after - before) / plan.idle as f64
}

/// A line for each server: the median, and how it compares.
fn print(kinds: &[Kind], figures: &[Vec<f64>], unit: &str, with: &[Kind]) {
    let medians: Vec<_> = figures.iter().map(|figures| median(figures)).collect();
    let of = |kind: Kind| kinds.iter().position(|other| *other == kind).map(|index| &figures[index]);
    for ((kind, median), figures) in kinds.iter().zip(medians).zip(figures) {
        let mut line = format!("{:<16} {median:>7.2} {unit}", kind.name());
        for other in with {
            if let Some(others) = of(*other) {
                // Round by round: what disturbed one server in a round disturbed the other one as well.
                let ratios: Vec<_> = figures.iter().zip(others).map(|(one, other)| one / other).collect();
                line += &format!("   {:>5.2} x {}", self::median(&ratios), other.name());
            }
        }
        println!("{line}");
    }
}

fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
