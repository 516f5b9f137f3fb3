//! Files from page to page, and between a page and a headless peer.
//!
//! Expected: what arrives is what was sent, both ways at once; the other side understands who cancels or refuses;
//! whatever goes wrong is said, and the call goes on.

use std::path::PathBuf;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use serde_json::json;
use sha2::{Digest, Sha256};
use study_zoom::native::{DiskSource, Folder};
use study_zoom::transfer::{FileError, Offered, Source, TransferError, receive_file, send_file};
use tempfile::TempDir;
use testing::browser::PATIENCE;

use crate::Stage;
use crate::common::within;
use crate::native::NativePeer;
use crate::page::Browser;

pub(crate) const MEGABYTE: usize = 1_000_000;
/// How long a large file may take on a machine that has much else to do.
const LONG: Duration = Duration::from_secs(90);

/// A file with this many bytes, and its SHA-256.
pub(crate) fn file(folder: &TempDir, name: &str, length: usize) -> (PathBuf, String) {
    let content: Vec<u8> = (0..length).map(|n| (n ^ (n >> 8) ^ (n >> 16) ^ name.len()) as u8).collect();
    let path = folder.path().join(name);
    std::fs::write(&path, &content).expect("there is room");
    (path, hex(&content))
}

/// A file that takes long to send. Its content is nothing but zeros, and it takes no room.
fn long_file(folder: &TempDir, name: &str) -> PathBuf {
    let path = folder.path().join(name);
    let made = std::fs::File::create(&path).and_then(|file| file.set_len(2000 * MEGABYTE as u64));
    made.expect("the folder can be written");
    path
}

pub(crate) fn hex(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The row of a file in the list.
pub(crate) fn row(name: &str) -> String {
    let name = json!(name);
    format!(
        "[...document.querySelectorAll('#file-list li')].find(row => row.querySelector('b').textContent === {name})"
    )
}

impl Browser {
    /// Remembers what is behind the links that the page makes: the page's own policy forbids to fetch it.
    pub(crate) async fn remember_blobs(&self) {
        self.eval(
            "window.blobs = new Map();
             const make = URL.createObjectURL.bind(URL);
             URL.createObjectURL = blob => { const url = make(blob); blobs.set(url, blob); return url; };",
        )
        .await;
    }

    /// Clicks on a button of a file that is offered or on its way.
    pub(crate) async fn answers(&self, name: &str, button: &str) {
        let there = format!("{}?.querySelector('[data-act={button}]')", row(name));
        self.wait_for(&there, format!("{name} can be answered with {button}")).await;
        self.eval(&format!("{there}.click()")).await;
    }

    /// Waits until a file has come or gone, whole.
    async fn until_whole(&self, name: &str, sha256: &str) {
        self.until_whole_within(LONG, name, sha256).await;
    }

    /// Likewise, for as long as it may take.
    pub(crate) async fn until_whole_within(&self, patience: Duration, name: &str, sha256: &str) {
        let over = format!("return Boolean({}?.dataset.state)", row(name));
        let under_way = async || self.eval(&over).await != true;
        self.wait_up_to(patience, format!("{name} is done or has failed"), under_way).await;
        let state = self.eval(&format!("return [{0}.dataset.sha256, {0}.innerText]", row(name))).await;
        assert_eq!(state[0], sha256, "{}: {}", self.name, state[1]);
    }

    /// Waits until a file has failed, with these words.
    async fn until_failed(&self, name: &str, words: &str) {
        let failed = format!("{0}?.dataset.state === 'failed' && {0}.innerText.includes({1})", row(name), json!(words));
        self.wait_for(&failed, format!("{name} has failed: {words:?}")).await;
    }

    /// The link under which a file that was received can be saved; the SHA-256 of what is there.
    pub(crate) async fn saved(&self, name: &str) -> String {
        let script = format!(
            "const link = {}.querySelector('a[download]');
             window.blobs.get(link.href).arrayBuffer()
                 .then(content => crypto.subtle.digest('SHA-256', content))
                 .then(hash => {{ link.dataset.hash = [...new Uint8Array(hash)].map(byte => byte.toString(16).padStart(2, '0')).join('') }});",
            row(name)
        );
        self.eval(&script).await;
        let hash = format!("{}.querySelector('a[download]').dataset.hash", row(name));
        self.wait_for(&hash, format!("{name} can be saved")).await;
        self.eval(&format!("return {hash}")).await.as_str().expect("a hash").to_owned()
    }
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn twenty_megabytes_each_way_at_once_arrive_as_they_were() {
    let stage = Stage::with_page().await;
    let (alice, bob) = crate::tabs::call_of_two(&stage).await;
    tokio::join!(alice.remember_blobs(), bob.remember_blobs());
    let folder = tempfile::tempdir().expect("the folder can be written");
    let (to_bob, sha_to_bob) = file(&folder, "to bob.bin", 20 * MEGABYTE);
    let (to_alice, sha_to_alice) = file(&folder, "안녕 <b>alice.bin", 20 * MEGABYTE);
    alice.give_files("file-choice", &[&to_bob]).await;
    bob.give_files("file-choice", &[&to_alice]).await;
    tokio::join!(alice.answers("안녕 _b_alice.bin", "accept"), bob.answers("to bob.bin", "accept"));
    alice.screenshot("desktop-files").await;
    tokio::join!(alice.until_whole("to bob.bin", &sha_to_bob), bob.until_whole("to bob.bin", &sha_to_bob));
    bob.until_whole("안녕 <b>alice.bin", &sha_to_alice).await;
    alice.until_whole("안녕 _b_alice.bin", &sha_to_alice).await;
    assert_eq!(bob.saved("to bob.bin").await, sha_to_bob);
    assert_eq!(alice.saved("안녕 _b_alice.bin").await, sha_to_alice);
    assert_eq!(alice.eval("return document.querySelectorAll('#file-list b b').length").await, 0, "a name is text");
    tokio::join!(alice.watches("remote"), bob.watches("remote"));
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_file_can_be_refused_and_cancelled_on_either_side() {
    let stage = Stage::with_page().await;
    let (alice, bob) = crate::tabs::call_of_two(&stage).await;
    let folder = tempfile::tempdir().expect("the folder can be written");
    let (refused, _) = file(&folder, "refused", MEGABYTE);
    let (never_read, _) = file(&folder, "never read", MEGABYTE);
    let (empty, sha_of_empty) = file(&folder, "empty", 0);
    let long = ["cancelled by bob", "cancelled by alice"].map(|name| long_file(&folder, name));
    alice.give_files("file-choice", &[&refused, &long[0], &long[1], &never_read, &empty]).await;
    bob.answers("refused", "refuse").await;
    alice.until_failed("refused", "does not take it").await;

    bob.answers("cancelled by bob", "accept").await;
    bob.answers("cancelled by bob", "cancel").await;
    alice.until_failed("cancelled by bob", "cancelled").await;
    bob.until_failed("cancelled by bob", "cancelled").await;

    bob.answers("cancelled by alice", "accept").await;
    alice.answers("cancelled by alice", "cancel").await;
    bob.until_failed("cancelled by alice", "cancelled").await;

    // The file is gone before it was read.
    std::fs::remove_file(&never_read).expect("it was there");
    bob.answers("never read", "accept").await;
    alice.until_failed("never read", "cannot be read").await;
    bob.until_failed("never read", "cannot be read").await;

    bob.answers("empty", "accept").await;
    bob.until_whole("empty", &sha_of_empty).await;

    // The call ends in the middle of the rest.
    alice.says("still here").await;
    bob.reads("still here").await;
    let (last, _) = file(&folder, "last", MEGABYTE);
    alice.give_files("file-choice", &[&last]).await;
    bob.wait_for(&row("last"), "the last one is offered").await;
    alice.click("hang-up").await;
    bob.until_failed("last", "").await;
    bob.wait_for("document.getElementById('file-choice').disabled", "nobody is there to send a file to").await;
}

/// A file that is announced, and never comes.
struct Announced(u64);

impl Source for Announced {
    fn name(&self) -> &str {
        "../../huge\u{202e}gpj.exe"
    }

    fn size(&self) -> u64 {
        self.0
    }

    async fn read(&mut self, up_to: usize) -> Result<Vec<u8>, FileError> {
        Ok(vec![7; up_to])
    }
}

/// Alice has a page, bob has none, and they are in a call.
async fn a_page_and_a_peer() -> (Browser, NativePeer, Stage) {
    let stage = Stage::with_page().await;
    let alice = Browser::visit("alice", &stage.server).await;
    alice.join_as("A").await;
    let mut bob = NativePeer::join("bob", &stage.server).await;
    bob.until_step_13().await;
    alice.until_connected().await;
    (alice, bob, stage)
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn two_gigabytes_can_be_announced_and_more_than_there_is_room_for_is_refused() {
    const NAME: &str = "hugegpj.exe";
    let (alice, bob, _stage) = a_page_and_a_peer().await;

    let channel = within(PATIENCE, "a channel opens", bob.files.open()).await.expect("they are connected");
    let mut huge = Announced(2 << 30);
    let sending = Box::pin(send_file(&channel, &mut huge, |_| {}, std::future::pending()));
    let refusing = async {
        let size = format!("{}?.innerText.includes('2.1 GB')", row(NAME));
        alice.wait_for(&size, "the page says how much it is").await;
        alice.answers(NAME, "refuse").await;
    };
    let (sent, ()) = within(PATIENCE, "it is refused", async { tokio::join!(sending, refusing) }).await;
    assert!(matches!(sent, Err(TransferError::Refused(_))), "{sent:?}");

    // A billion gigabytes: the browser knows that it has no room for that, and nobody has to decide.
    alice.eval("document.getElementById('file-list').textContent = ''").await;
    let channel = within(PATIENCE, "a channel opens", bob.files.open()).await.expect("they are connected");
    let mut larger = Announced(1 << 60);
    let sending = Box::pin(send_file(&channel, &mut larger, |_| {}, std::future::pending()));
    let sent = within(PATIENCE, "it is refused", sending).await;
    assert!(matches!(&sent, Err(TransferError::Refused(why)) if why.contains("room")), "{sent:?}");
    alice.until_failed(NAME, "room").await;

    // The page goes on working.
    bob.controls.chat("still here");
    alice.reads("still here").await;
    bob.hang_up().await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn nobody_can_fill_the_page() {
    const MOST: usize = 100;
    let (alice, bob, _stage) = a_page_and_a_peer().await;
    let offer = async |size: u64| {
        let channel = within(PATIENCE, "a channel opens", bob.files.open()).await.expect("they are connected");
        send_file(&channel, &mut Announced(size), |_| {}, std::future::pending()).await
    };

    let mut waiting: FuturesUnordered<_> = (0..MOST).map(|_| Box::pin(offer(1))).collect();
    let all_shown = format!("document.querySelectorAll('[data-act=accept]').length === {MOST}");
    let one_more = async {
        alice.wait_for(&all_shown, "a hundred files wait for a decision").await;
        within(PATIENCE, "one more is refused", offer(1)).await
    };
    tokio::select! {
        ended = waiting.next() => panic!("nobody has decided, and the offer has ended: {ended:?}"),
        refused = one_more => {
            assert!(matches!(&refused, Err(TransferError::Refused(why)) if why.contains("too many")), "{refused:?}");
        }
    }
    alice.eval("for (const button of document.querySelectorAll('[data-act=refuse]')) button.click()").await;
    let refused = within(PATIENCE, "a hundred files are refused", waiting.collect::<Vec<_>>()).await;
    assert!(refused.iter().all(|sent| matches!(sent, Err(TransferError::Refused(_)))), "{refused:?}");

    // For these there is no room, and nobody has to decide. The rows of the last hundred stay.
    for _ in 0..20 {
        let refused = within(PATIENCE, "it is refused", offer(1 << 60)).await;
        assert!(matches!(refused, Err(TransferError::Refused(_))), "{refused:?}");
    }
    let rows = alice.eval("return document.querySelectorAll('#file-list li').length").await;
    assert_eq!(rows, MOST, "the oldest rows are let go");

    for line in 0..1100 {
        bob.controls.chat(format!("line {line}"));
    }
    alice.reads("line 1099").await;
    let lines = alice.eval("return document.querySelectorAll('#chat-log li').length").await;
    assert_eq!(lines, 1000, "the oldest lines are let go");
    bob.hang_up().await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_headless_peer_sends_and_receives() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit("alice", &stage.server).await;
    alice.join_as("A").await;
    let mut bob = NativePeer::join("bob", &stage.server).await;
    let mut incoming = bob.files.incoming();
    alice.remember_blobs().await;
    bob.until_step_13().await;
    alice.until_connected().await;
    let folder = tempfile::tempdir().expect("the folder can be written");
    let (to_bob, sha_to_bob) = file(&folder, "to bob.bin", 5 * MEGABYTE);
    let (to_alice, sha_to_alice) = file(&folder, "to alice.bin", 5 * MEGABYTE);

    alice.give_files("file-choice", &[&to_bob]).await;
    let target = tempfile::tempdir().expect("the folder can be written");
    let place = Folder::open(target.path()).await.expect("it can be written");
    let receiving = Box::pin(async {
        let channel = incoming.next().await.expect("a file is offered");
        let decide = async |offered: Offered| place.place(&offered.name).await.map_err(|error| error.to_string());
        receive_file(&channel, decide, |_| {}, std::future::pending()).await
    });
    let received = within(PATIENCE, "the file arrives", receiving).await.expect("it arrives");
    assert_eq!(received.sha256, sha_to_bob);
    assert_eq!(hex(&std::fs::read(&received.stored).expect("it is there")), sha_to_bob);
    alice.until_whole("to bob.bin", &sha_to_bob).await;

    let channel = within(PATIENCE, "a channel opens", bob.files.open()).await.expect("they are connected");
    let mut source = DiskSource::open(&to_alice).await.expect("it is there");
    let sending = Box::pin(send_file(&channel, &mut source, |_| {}, std::future::pending()));
    let (sent, ()) =
        within(PATIENCE, "it is taken", async { tokio::join!(sending, alice.answers("to alice.bin", "accept")) }).await;
    assert_eq!(sent.expect("it is received").sha256, sha_to_alice);
    alice.until_whole("to alice.bin", &sha_to_alice).await;
    assert_eq!(alice.saved("to alice.bin").await, sha_to_alice);
    bob.hang_up().await;
}
