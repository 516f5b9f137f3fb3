//! How many calls one machine carries, each between two headless peers that are programs of their own, with sound and picture
//! of 320x240.
//!
//! ```text
//! cargo bench --bench many_calls
//! ```
//! One call, ten and fifty, one after the other, through one server. When all are connected, they last for twenty seconds. What a peer
//! has lost it says itself: `packetsLost` of its statistics. `--test` makes one call and two, for two seconds.
#![expect(clippy::print_stdout, reason = "a benchmark talks to people")]

use std::time::Duration;

use futures::future::join_all;
use serde_json::Value;
use testing::cost::{cost, resident_kb};
use testing::program::Program;
use testing::results::{Results, Row, Series};
use tokio::process::Command;

/// What one peer has counted.
struct Counted {
    frames_in_a_second: f64,
    packets: f64,
    lost: f64,
}

impl Counted {
    /// From the record of its call.
    fn of(record: &str) -> Self {
        let lines = record.lines().map(|line| serde_json::from_str::<Value>(line).expect("a record is JSON Lines"));
        let samples: Vec<_> = lines.filter(|line| line["event"] == "statistics").collect();
        let number = |sample: &Value, name: &str| sample["statistics"][name].as_f64().expect("a sample has it");
        let [first, .., last] = &samples[..] else { panic!("two looks at least: {record}") };
        let seconds = (last["at"].as_f64().expect("a time") - first["at"].as_f64().expect("a time")) / 1000.0;
        Self {
            frames_in_a_second: (number(last, "frames") - number(first, "frames")) / seconds,
            packets: number(last, "packets"),
            lost: number(last, "lost"),
        }
    }
}

/// `study-zoom` with these arguments.
fn program(name: &str, arguments: &[&str]) -> Program {
    let mut command = Command::new(env!("CARGO_BIN_EXE_study-zoom"));
    Program::start(name, command.args(arguments).args(["--log", "error"]).env("STUDY_ZOOM_BUNDLE", "off"))
}

/// What so many calls cost.
struct Measured {
    /// Of one processor, in percent, for each peer.
    processor: Vec<f64>,
    /// Resident MB of each peer.
    memory: Vec<f64>,
    /// What came in: complete video frames in a second.
    frames: Vec<f64>,
    /// Packets that did not come, of a thousand.
    lost: Vec<f64>,
}

async fn calls(url: &str, count: usize, lasts: Duration) -> Measured {
    let start = |number: usize| {
        let room = format!("call-{}", number / 2);
        program("peer", &["peer", "--url", url, "--room", &room, "--json"])
    };
    let mut peers: Vec<_> = (0..2 * count).map(start).collect();
    let connected = async |peer: &mut Program| peer.until(r#""event":"connection_state","state":"connected""#).await;
    join_all(peers.iter_mut().map(connected)).await;

    let busy =
        async |peer: &Program| cost(&[peer.pid()], tokio::time::sleep(lasts)).await.0 / lasts.as_secs_f64() / 1e4;
    let processor = join_all(peers.iter().map(busy)).await;
    let memory = peers.iter().map(|peer| resident_kb(peer.pid()) * 1024.0 / 1e6).collect();
    let ended = join_all(peers.into_iter().map(Program::stop)).await;
    let counted: Vec<_> = ended.into_iter().map(|ended| Counted::of(&ended.well())).collect();
    Measured {
        processor,
        memory,
        frames: counted.iter().map(|peer| peer.frames_in_a_second).collect(),
        lost: counted.iter().map(|peer| 1000.0 * peer.lost / (peer.packets + peer.lost)).collect(),
    }
}

#[tokio::main]
async fn main() {
    let test = std::env::args().any(|argument| argument == "--test");
    let (counts, lasts) = if test { (&[1, 2][..], 2) } else { (&[1, 10, 50][..], 20) };
    let mut server = program("the server", &["serve", "--addr", "127.0.0.1:0", "--no-stun"]);
    let url = format!("http://{}", server.address().await);

    let mut results = Results::new("many_calls", "cargo bench --bench many_calls");
    let mut rows = [
        ("processor time of a peer, of one processor", "%"),
        ("memory of a peer", "MB"),
        ("complete video frames that a peer receives", "/s"),
        ("packets that a peer has lost", "of 1,000"),
    ]
    .map(|(name, unit)| Row { name: name.to_owned(), unit, series: Vec::new() });
    for count in counts {
        let Measured { processor, memory, frames, lost } = calls(&url, *count, Duration::from_secs(lasts)).await;
        for (row, values) in rows.iter_mut().zip([processor, memory, frames, lost]) {
            row.series.push(Series { name: format!("{count} call{}", if *count == 1 { "" } else { "s" }), values });
        }
    }
    for row in rows {
        println!("{}", results.add(row));
    }
    println!("a plot: {}", results.write().expect("the target directory can be written").display());
}
