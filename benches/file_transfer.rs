//! How quickly a file goes from one headless peer to another, over the data channels of a call with picture and sound,
//! on loopback.
//!
//! ```text
//! cargo bench --bench file_transfer
//! ```
//! Both peers are in this process, so each figure is what one machine does for both: sending, receiving, encrypting
//! twice, hashing twice, and writing to disk. `--test` makes one small round.
#![expect(clippy::print_stdout, reason = "a benchmark talks to people")]

use std::path::Path;
use std::time::{Duration, Instant};

use futures::StreamExt;
use shared::RoomName;
use study_zoom::call::{Call, CallEvent, CallEvents, CallOptions, Controls};
use study_zoom::native::{self, DiskSource, Files, Folder, NativeEngine, NativeOptions};
use study_zoom::server::{self, ServerOptions};
use study_zoom::transfer::{Offered, TransferError, receive_file, send_file};
use testing::results::{Results, Row, Series};
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

#[tokio::main]
async fn main() {
    let test = std::env::args().any(|argument| argument == "--test");
    let (megabytes, rounds) = if test { (1, 1) } else { (50, 5) };
    let temporary = tempfile::tempdir().expect("there is a place for temporary files");
    let path = temporary.path().join("file.bin");
    std::fs::write(&path, (0..megabytes * 1_000_000u32).map(|n| (n ^ (n >> 7)) as u8).collect::<Vec<_>>())
        .expect("there is room");
    let folder = Folder::open(&temporary.path().join("in")).await.expect("there is room");

    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    tokio::spawn(async move { server::run(listener, &ServerOptions::default(), std::future::pending()).await });
    let mut alice = Peer::start(&url).await;
    alice.until(|event| matches!(event, CallEvent::InRoom(_))).await;
    let mut bob = Peer::start(&url).await;
    let open = |event: &CallEvent| *event == CallEvent::ChatOpen;
    tokio::join!(alice.until(open), bob.until(open));

    let rate = |files: u32, time: Duration| f64::from(files * megabytes) / time.as_secs_f64();
    let (mut singly, mut together) = (Vec::new(), Vec::new());
    for round in 1..=rounds {
        let measured = async {
            let start = Instant::now();
            transfer(&alice.files, &bob.files, &path, &folder).await;
            let one_way = start.elapsed();
            let start = Instant::now();
            let there = transfer(&alice.files, &bob.files, &path, &folder);
            let back = transfer(&bob.files, &alice.files, &path, &folder);
            tokio::join!(there, back);
            (one_way, start.elapsed())
        };
        let (one_way, both) = tokio::time::timeout(PATIENCE, measured).await.expect("what is measured happens");
        let (one_way, both) = (rate(1, one_way), rate(2, both));
        println!("round {round}, {megabytes} MB: one way {one_way:.1} MB/s, both ways at once {both:.1} MB/s together");
        singly.push(one_way);
        together.push(both);
    }
    let mut results = Results::new("file_transfer", "cargo bench --bench file_transfer");
    let series = [("one way", singly), ("both ways", together)];
    let series = series.map(|(name, values)| Series { name: name.to_owned(), values }).into();
    results.add(Row {
        name: format!("a file of {megabytes} MB from one headless peer to another"),
        unit: "MB/s",
        series,
    });
    println!("a plot: {}", results.write().expect("the target directory can be written").display());
    alice.controls.hang_up();
    bob.controls.hang_up();
    let _ = tokio::join!(alice.call, bob.call);
}
