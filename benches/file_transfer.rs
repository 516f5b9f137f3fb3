//! How quickly a file goes from one headless peer to another, over the data channels of a call with picture and sound,
//! on loopback.
//!
//! ```text
//! npm install --prefix benches/libwebrtc
//! cargo bench --bench file_transfer
//! ```
//! Both peers are in this process, so each figure is what one machine does for both: sending, receiving, encrypting
//! twice, hashing twice, and writing to disk. Beside it stands libwebrtc, the engine of Chromium, with both sides in one process as
//! well: messages of 16 kB, which are counted and thrown away. `ROUNDS=50` makes so many, `--test` one small one.
#![expect(clippy::print_stdout, reason = "a benchmark talks to people")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use futures::StreamExt;
use shared::RoomName;
use study_zoom::call::{Call, CallEvent, CallEvents, CallOptions, Controls};
use study_zoom::native::{self, DiskSource, Files, Folder, NativeEngine, NativeOptions};
use study_zoom::server::{self, ServerOptions};
use study_zoom::transfer::{Offered, TransferError, receive_file, send_file};
use testing::cost::{cpu_time, resident_kb};
use testing::libwebrtc::Libwebrtc;
use testing::results::{Results, Row, Series};
use testing::setting;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// How long one round may take.
const PATIENCE: Duration = Duration::from_secs(120);

struct Peer {
    files: Files,
    controls: Controls,
    events: CallEvents,
    call: JoinHandle<()>,
}

impl Peer {
    async fn start(url: &str) -> Self {
        let engine = NativeEngine::new(NativeOptions::default());
        let files = engine.files();
        let signaling = native::connect(url).await.expect("the server runs");
        let room = RoomName::new("bench").expect("keeps the rules");
        let (call, controls, events) = Call::new(engine, signaling, CallOptions::new(room));
        let call = tokio::spawn(async move { call.run().await.expect("the call works") });
        Self { files, controls, events, call }
    }

    async fn until(&mut self, wanted: impl Fn(&CallEvent) -> bool) {
        while !wanted(&self.events.next().await.expect("the call goes on")) {}
    }
}

/// Sends one file and waits until it is stored at the other side.
async fn transfer(from: &Files, to: &Files, path: &Path, folder: &Folder) {
    let mut incoming = to.incoming();
    let sending = async {
        let channel = from.open().await.expect("a channel opens");
        let mut source = DiskSource::open(path).await.expect("it can be read");
        send_file(&channel, &mut source, |_| {}, std::future::pending()).await.expect("it arrives")
    };
    let receiving = async {
        loop {
            let channel = incoming.next().await.expect("a file is offered");
            let place = async |offered: Offered| folder.place(&offered.name).await.map_err(|error| error.to_string());
            match receive_file(&channel, place, |_| {}, std::future::pending()).await {
                Err(TransferError::NothingOffered) => {}
                received => break received.expect("it arrives"),
            }
        }
    };
    tokio::join!(sending, receiving);
}

/// Two headless peers in a call.
struct Pair {
    alice: Peer,
    bob: Peer,
    /// The file, and where it goes.
    path: PathBuf,
    folder: Folder,
}

impl Pair {
    async fn connected(path: PathBuf, folder: Folder) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        tokio::spawn(async move { server::run(listener, &ServerOptions::default(), std::future::pending()).await });
        let mut alice = Peer::start(&url).await;
        alice.until(|event| matches!(event, CallEvent::InRoom(_))).await;
        let mut bob = Peer::start(&url).await;
        let open = |event: &CallEvent| *event == CallEvent::ChatOpen;
        tokio::join!(alice.until(open), bob.until(open));
        Self { alice, bob, path, folder }
    }

    /// How many seconds the file takes in one direction, or in both at once.
    async fn file(&self, both_ways: bool) -> f64 {
        let (alice, bob) = (&self.alice.files, &self.bob.files);
        let start = Instant::now();
        let there = transfer(alice, bob, &self.path, &self.folder);
        if both_ways {
            tokio::join!(there, transfer(bob, alice, &self.path, &self.folder));
        } else {
            there.await;
        }
        start.elapsed().as_secs_f64()
    }

    async fn end(self) {
        self.alice.controls.hang_up();
        self.bob.controls.hang_up();
        // Whether a call ends well is for tests.
        let _ = tokio::join!(self.alice.call, self.bob.call);
    }
}

/// What one side of the comparison has cost.
#[derive(Default)]
struct Measured {
    rates: [Vec<f64>; 2],
    /// Milliseconds of processor time for each MB, one way.
    processor: Vec<f64>,
    /// Resident MB after a round.
    memory: Vec<f64>,
}

impl Measured {
    /// One file one way, and then one in each direction at once, of the process with this id.
    async fn round(&mut self, pid: u32, megabytes: u32, mut file: impl AsyncFnMut(bool) -> f64) -> [f64; 2] {
        let megabytes = f64::from(megabytes);
        let before = cpu_time(pid);
        let one_way = megabytes / file(false).await;
        self.processor.push((cpu_time(pid) - before).as_secs_f64() * 1000.0 / megabytes);
        let both_ways = 2.0 * megabytes / file(true).await;
        self.memory.push(resident_kb(pid) * 1024.0 / 1e6);
        let rates = [one_way, both_ways];
        self.rates.iter_mut().zip(rates).for_each(|(series, rate)| series.push(rate));
        rates
    }

    fn by_row(self) -> [Vec<f64>; 4] {
        let [one_way, both_ways] = self.rates;
        [one_way, both_ways, self.processor, self.memory]
    }
}

#[tokio::main]
async fn main() {
    let test = std::env::args().any(|argument| argument == "--test");
    let (megabytes, rounds) = if test { (1, 1) } else { (50, setting("ROUNDS", 5)) };
    let temporary = tempfile::tempdir().expect("there is a place for temporary files");
    let path = temporary.path().join("file.bin");
    std::fs::write(&path, (0..megabytes * 1_000_000u32).map(|n| (n ^ (n >> 7)) as u8).collect::<Vec<_>>())
        .expect("there is room");
    let folder = Folder::open(&temporary.path().join("in")).await.expect("there is room");
    let pair = Pair::connected(path, folder).await;
    let mut other = Libwebrtc::start(&Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/libwebrtc"));

    let (mut ours, mut theirs) = (Measured::default(), Measured::default());
    for round in 1..=rounds {
        let measured = ours.round(std::process::id(), megabytes, async |both_ways| pair.file(both_ways).await);
        let [one_way, both] = tokio::time::timeout(PATIENCE, measured).await.expect("what is measured happens");
        println!("round {round}, {megabytes} MB: one way {one_way:.1} MB/s, both ways at once {both:.1} MB/s together");
        if let Ok(other) = &mut other {
            theirs.round(other.pid(), megabytes, async |both_ways| other.file(megabytes, both_ways).await).await;
        }
    }
    pair.end().await;

    let mut results = Results::new("file_transfer", "cargo bench --bench file_transfer");
    let (ours, theirs) = (ours.by_row(), theirs.by_row());
    let names = [
        ("a file from one headless peer to another", "MB/s"),
        ("a file in each direction at once, together", "MB/s"),
        ("processor time of both sides for each MB", "ms"),
        ("memory of both sides", "MB"),
    ];
    for ((name, unit), values) in names.into_iter().zip(ours.into_iter().zip(theirs)) {
        let series = [("ours", values.0), ("libwebrtc", values.1)];
        let series = series.into_iter().filter(|(_, values)| !values.is_empty());
        let series = series.map(|(name, values)| Series { name: name.to_owned(), values }).collect();
        println!("{}", results.add(Row { name: name.to_owned(), unit, series }));
    }
    if let Err(missing) = other {
        println!("libwebrtc: {missing}");
    }
    println!("a plot: {}", results.write().expect("the target directory can be written").display());
}
