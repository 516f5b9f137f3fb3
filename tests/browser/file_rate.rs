//! How quickly a file goes from page to page, and between a page and a headless peer, in a call with picture and sound on
//! loopback.
//!
//! Expected: each file arrives whole. How quick it is, is printed and not judged: this is a measurement.
//!
//! ```text
//! MEGABYTES=50 ROUNDS=5 cargo test --release --test browser -- --ignored --nocapture file_rate
//! ```
//!
//! The time is that of the receiving side, from the moment when the file is accepted to the one when it is stored and its
//! hash has been compared. All of it runs on one machine, and the call with its picture and its sound goes on meanwhile. The
//! headless peer is in this process, as the server is.
//!
//! Beside it stand as many bytes on a channel without the page ([`bare_channel`]).

#![expect(clippy::print_stdout, reason = "a measurement talks to people")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use futures::StreamExt;
use serde_json::json;
use study_zoom::native::{DiskSource, Folder, IncomingFiles};
use study_zoom::transfer::{Offered, TransferError, receive_file, send_file};
use testing::cost::{TreeMeter, resident_kb_of};
use testing::results::{Results, Row, Series};
use testing::setting;

use crate::common::within;
use crate::files::{MEGABYTE, file, hex, row};
use crate::native::NativePeer;
use crate::page::Browser;
use crate::{Stage, bare_channel};

/// The file, and what its content must be.
struct Sample {
    path: PathBuf,
    name: String,
    sha256: String,
    megabytes: f64,
    /// How long it may take on a machine that has much else to do.
    patience: Duration,
}

/// What one transfer has taken.
struct Taken {
    seconds: f64,
    /// Of all that takes part: this process, the browsers and their drivers.
    processor_seconds: f64,
    /// How much more memory the receiving browser has had at most than before, in MB.
    grown: Option<f64>,
}

/// What is compared. The last one is the measure of the others.
const NAMES: [&str; 4] = ["page to page", "page to peer", "peer to page", "bare channel"];
const PAGE_TO_PAGE: usize = 0;
const PAGE_TO_PEER: usize = 1;
const PEER_TO_PAGE: usize = 2;
const BARE: usize = 3;

/// Notes when the person accepts a file, and when its row says last that it is over, in milliseconds of the page.
const STOPWATCH: &str = "
    window.times = {};
    addEventListener('click', ({ target }) => {
        if (target.dataset.act === 'accept') times.accepted = performance.now();
    }, true);
    new MutationObserver(() => { times.over = performance.now(); })
        .observe(document.getElementById('file-list'), { subtree: true, attributeFilter: ['data-state'] });";

/// Removes the files from the page. They are in its memory for as long as they can be saved.
const FORGET_FILES: &str = "
    for (const url of blobs.keys()) URL.revokeObjectURL(url);
    blobs.clear();
    document.getElementById('file-list').textContent = '';";

/// How often the memory of a browser is looked at.
const GLANCE: Duration = Duration::from_millis(50);
/// How long the call is looked at while no file goes.
const ALONE: Duration = Duration::from_secs(3);

/// A page accepts a file that is on offer. It must be whole: the hash that the page has computed, and that of what can be
/// saved.
async fn accepted(page: &Browser, sample: &Sample) -> Taken {
    let offered = format!("{}?.querySelector('[data-act=accept]')", row(&sample.name));
    page.wait_for(&offered, "the file is offered").await;
    let processes = page.processes();
    let before = resident(&processes);
    let mut most = before;
    let meter = TreeMeter::start(std::process::id());
    let receiving = async {
        page.answers(&sample.name, "accept").await;
        page.until_whole_within(sample.patience, &sample.name, &sample.sha256).await;
    };
    let watching = async {
        loop {
            most = most.max(resident(&processes));
            tokio::time::sleep(GLANCE).await;
        }
    };
    tokio::select! {
        () = receiving => {}
        () = watching => {}
    }
    let processor_seconds = meter.spent().as_secs_f64();
    let milliseconds = page.eval("return times.over - times.accepted").await.as_f64().expect("both were noted");
    assert_eq!(page.saved(&sample.name).await, sample.sha256, "{}: what can be saved", page.name);
    page.eval(FORGET_FILES).await;
    Taken { seconds: milliseconds / 1000.0, processor_seconds, grown: Some(most - before) }
}

/// The memory of these processes, in MB.
fn resident(processes: &[u32]) -> f64 {
    resident_kb_of(processes) * 1024.0 / MEGABYTE as f64
}

/// From page to page.
async fn page_to_page(from: &Browser, to: &Browser, sample: &Sample) -> Taken {
    from.give_files("file-choice", &[&sample.path]).await;
    let taken = accepted(to, sample).await;
    from.until_whole_within(sample.patience, &sample.name, &sample.sha256).await;
    from.eval(FORGET_FILES).await;
    taken
}

/// As many bytes on a bare channel.
async fn bare(from: &Browser, to: &Browser, sample: &Sample) -> Taken {
    let meter = TreeMeter::start(std::process::id());
    let seconds = bare_channel::carries(from, to, sample.megabytes as usize * MEGABYTE, sample.patience).await;
    Taken { seconds, processor_seconds: meter.spent().as_secs_f64(), grown: None }
}

/// From a headless peer to a page.
async fn peer_to_page(from: &NativePeer, to: &Browser, sample: &Sample) -> Taken {
    let sending = Box::pin(async {
        let channel = from.files.open().await.expect("they are connected");
        let mut source = DiskSource::open(&sample.path).await.expect("it is there");
        send_file(&channel, &mut source, |_| {}, std::future::pending()).await.expect("it is received");
    });
    let both = async { tokio::join!(sending, accepted(to, sample)).1 };
    within(2 * sample.patience, "the peer has sent the file", Box::pin(both)).await
}

/// From a page to a headless peer, which writes it to the disk.
async fn page_to_peer(from: &Browser, incoming: &mut IncomingFiles, folder: &Path, sample: &Sample) -> Taken {
    from.give_files("file-choice", &[&sample.path]).await;
    let place = Folder::open(folder).await.expect("it can be written");
    let receiving = async {
        loop {
            let channel = incoming.next().await.expect("a file is offered");
            let mut begun = None;
            let decide = async |offered: Offered| {
                begun = Some((TreeMeter::start(std::process::id()), Instant::now()));
                place.place(&offered.name).await.map_err(|error| error.to_string())
            };
            let received = receive_file(&channel, decide, |_| {}, std::future::pending()).await;
            match (received, begun) {
                // What was left of the channel's last file.
                (Err(TransferError::NothingOffered), _) => {}
                (received, Some((meter, begun))) => {
                    let (seconds, processor_seconds) = (begun.elapsed().as_secs_f64(), meter.spent().as_secs_f64());
                    let taken = Taken { seconds, processor_seconds, grown: None };
                    break (received.expect("it arrives"), taken);
                }
                (received, None) => panic!("the file is not offered as it should be: {received:?}"),
            }
        }
    };
    let (received, taken) = within(sample.patience, "the peer has the file", Box::pin(receiving)).await;
    assert_eq!(received.sha256, sample.sha256);
    let stored = std::fs::read(&received.stored).expect("it is there");
    assert_eq!(hex(&stored), sample.sha256, "what is on the disk");
    std::fs::remove_file(&received.stored).expect("it was there");
    from.until_whole_within(sample.patience, &sample.name, &sample.sha256).await;
    from.eval(FORGET_FILES).await;
    taken
}

/// The seconds of processor time that the call takes each second while no file goes.
async fn alone(who: &str) {
    let (meter, begun) = (TreeMeter::start(std::process::id()), Instant::now());
    tokio::time::sleep(ALONE).await;
    let share = meter.spent().as_secs_f64() / begun.elapsed().as_secs_f64();
    println!("{who}: the call alone takes {share:.2} s of processor time each second");
}

/// Opens the page for a person.
async fn open(name: &'static str, stage: &Stage) -> Browser {
    let browser = Browser::open(name, "about:blank").await;
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": bare_channel::KEEP_PEER})).await;
    browser.go(&stage.server.url()).await;
    browser.until_ready().await;
    browser
}

/// Prepares a page for being measured.
async fn watch(page: &Browser) {
    page.remember_blobs().await;
    page.eval(STOPWATCH).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_file_arrives_whole_at_a_page_and_at_a_peer() {
    let (megabytes, rounds) = (setting("MEGABYTES", 5), setting("ROUNDS", 1));
    let temporary = tempfile::tempdir().expect("the folder can be written");
    let (path, sha256) = file(&temporary, "file.bin", megabytes as usize * MEGABYTE);
    let patience = Duration::from_secs(60 + 4 * megabytes);
    let sample = Sample { path, name: "file.bin".to_owned(), sha256, megabytes: megabytes as f64, patience };

    let stage = Stage::with_page().await;
    let (alice, bob) = tokio::join!(open("alice", &stage), open("bob", &stage));
    alice.join_as("A").await;
    bob.join_as("B").await;
    tokio::join!(alice.until_connected(), bob.until_connected());
    tokio::join!(watch(&alice), watch(&bob));
    alone("page and page").await;
    let mut taken = [const { Vec::new() }; NAMES.len()];
    for _ in 0..rounds {
        let a_file = page_to_page(&alice, &bob, &sample).await;
        note(&mut taken, PAGE_TO_PAGE, &sample, a_file);
        let bytes = bare(&alice, &bob, &sample).await;
        note(&mut taken, BARE, &sample, bytes);
    }
    drop(bob);
    alice.until_disconnected().await;
    let mut peer = NativePeer::join("peer", &stage.server).await;
    let mut incoming = peer.files.incoming();
    peer.until_step_13().await;
    alice.until_connected().await;
    alone("page and peer").await;
    let folder = temporary.path().join("in");
    for _ in 0..rounds {
        let there = page_to_peer(&alice, &mut incoming, &folder, &sample).await;
        note(&mut taken, PAGE_TO_PEER, &sample, there);
        let back = peer_to_page(&peer, &alice, &sample).await;
        note(&mut taken, PEER_TO_PAGE, &sample, back);
    }
    peer.hang_up().await;
    report(&sample, taken);
}

/// Prints a round and keeps it.
fn note(all: &mut [Vec<Taken>; NAMES.len()], place: usize, sample: &Sample, taken: Taken) {
    let Taken { seconds, processor_seconds, grown } = taken;
    let grown = grown.map_or(String::new(), |grown| format!(", the receiving browser has grown by {grown:.0} MB"));
    let (megabytes, who) = (sample.megabytes, NAMES[place]);
    println!(
        "{megabytes} MB, {who}: {:.1} MB/s, {:.0} ms of processor time for each MB{grown}",
        megabytes / seconds,
        1000.0 * processor_seconds / megabytes,
    );
    all[place].push(taken);
}

/// Prints the medians, and writes figures and plot.
fn report(sample: &Sample, taken: [Vec<Taken>; NAMES.len()]) {
    let command = match cfg!(debug_assertions) {
        true => "cargo test --test browser",
        false => "cargo test --release --test browser",
    };
    let mut results = Results::new("file_rate", command);
    let megabytes = sample.megabytes;
    let mut add = |name: &str, unit, value: &dyn Fn(&Taken) -> Option<f64>| {
        let values = taken.iter().map(|taken| taken.iter().filter_map(value).collect::<Vec<_>>());
        let series = NAMES.iter().zip(values).filter(|(_, values)| !values.is_empty());
        let series = series.map(|(name, values)| Series { name: (*name).to_owned(), values }).collect();
        println!("{}", results.add(Row { name: format!("a file of {megabytes} MB: {name}"), unit, series }));
    };
    add("rate", "MB/s", &|taken| Some(megabytes / taken.seconds));
    add("processor time of all processes", "ms/MB", &|taken| Some(1000.0 * taken.processor_seconds / megabytes));
    add("resident memory of the receiving browser, at most more than before", "MB", &|taken| taken.grown);
    println!("a plot: {}", results.write().expect("the target directory can be written").display());
}
