//! The page in Firefox, and the smallest pages: with Chromium and with a headless peer, whichever comes first.
//!
//! ```text
//! apt-get install firefox-esr nodejs npm
//! npm install --prefix tests/firefox
//! cargo test --test browser -- --ignored firefox
//! ```
//! Firefox offers no loopback addresses, so this machine needs another one: a network cable, or in a network namespace
//! `ip link add v0 type veth peer name v1`, with a default route.
//!
//! Expected: each side sees a picture that moves, hears the other and reads its chat; the page has no error.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use shared::Role;
use study_zoom::native::NativeOptions;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::common::{TestServer, within};
use crate::native::NativePeer;
use crate::page::{Browser, text};
use crate::smallest::{CONNECTED, IN_THE_ROOM, LANGUAGES, url};
use crate::{ROOM, Stage};

/// Firefox takes its time to start on a small machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A number for what is to be seen of the other side: another one for another picture, 0 for a black one.
const PICTURE: &str = "(() => { \
    const canvas = document.createElement('canvas'); \
    [canvas.width, canvas.height] = [64, 48]; \
    const context = canvas.getContext('2d'); \
    context.drawImage(document.getElementById('remote'), 0, 0, 64, 48); \
    const pixels = context.getImageData(0, 0, 64, 48).data.filter((_, place) => place % 4 < 3); \
    return pixels.some((light) => light > 40) ? pixels.reduce((sum, light) => (sum * 31 + light) % 1_000_003, 1) + 1 : 0 })()";

/// One person's Firefox, with the page of the call.
struct Firefox {
    stdin: ChildStdin,
    stdout: Lines<BufReader<ChildStdout>>,
    /// The first one of its processes.
    group: Option<u64>,
    _program: Child,
    _profile: TempDir,
}

impl Drop for Firefox {
    /// Node ends by itself, but Firefox would outlive it.
    fn drop(&mut self) {
        let Some(group) = self.group else { return };
        let kill = format!("kill -s KILL -- -{group}");
        // An error says that it is gone already.
        let _ = std::process::Command::new("sh").args(["-c", &kill]).stderr(Stdio::null()).status();
    }
}

impl Firefox {
    /// Opens the page of the call and waits until it can be used.
    async fn visit(server: &TestServer) -> Self {
        let mut firefox = Self::open(&format!("{}/", server.url())).await;
        firefox.wait_for("document.documentElement.dataset.ready", "the page is ready").await;
        firefox
    }

    async fn open(url: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/firefox");
        assert!(folder.join("node_modules").is_dir(), "puppeteer is missing: npm install --prefix tests/firefox");
        let profile = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("the folder can be written");
        let mut program = Command::new("node")
            .arg(folder.join("call.mjs"))
            .args([url, &profile.path().display().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("Node is installed: apt-get install nodejs npm firefox-esr");
        let stdin = program.stdin.take().expect("piped");
        let stdout = BufReader::new(program.stdout.take().expect("piped")).lines();
        let mut firefox = Self { stdin, stdout, group: None, _program: program, _profile: profile };
        let open = firefox.answer("the page is open").await;
        firefox.group = Some(open["open"].as_u64().expect("it says which process it has started"));
        firefox
    }

    async fn answer(&mut self, what: &str) -> Value {
        let line = within(PATIENCE, format!("Firefox: {what}"), self.stdout.next_line()).await;
        let line = line.expect("text").unwrap_or_else(|| panic!("Firefox has ended before {what}"));
        serde_json::from_str(&line).expect("JSON")
    }

    async fn tell(&mut self, line: &str) -> Value {
        self.stdin.write_all(format!("{line}\n").as_bytes()).await.expect("it reads");
        self.answer(line).await
    }

    async fn wait_for(&mut self, condition: &str, what: &str) {
        let waiting = async {
            while self.tell(&format!("Boolean({condition})")).await != true {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        let waited = tokio::time::timeout(PATIENCE, waiting).await;
        if waited.is_err() {
            let page = self.tell("document.body.innerText").await;
            panic!("Firefox: did not happen within {PATIENCE:?}: {what}\n{page}");
        }
    }

    async fn join_as(&mut self, role: &str) {
        self.tell(&format!("document.getElementById('room').value = {}", json!(ROOM))).await;
        self.tell("click #join").await;
        self.wait_for(&format!("document.getElementById('role').textContent === '{role}'"), "it is in the room").await;
    }

    /// A picture comes in and moves, sound arrives, and a line of chat.
    async fn is_in_a_call(&mut self, line: &str) {
        self.wait_for("document.getElementById('status').dataset.connected === 'true'", "it is connected").await;
        self.watches_and_hears().await;
        let read = format!("document.getElementById('chat-log').textContent.includes({})", json!(line));
        self.wait_for(&read, "it reads the chat").await;
    }

    async fn watches_and_hears(&mut self) {
        // Firefox counts no frames of a stream in `getVideoPlaybackQuality`. So the picture itself is looked at.
        self.wait_for(&format!("({PICTURE}) > 0"), "a picture is there").await;
        for _ in 0..3 {
            let before = self.tell(PICTURE).await;
            self.wait_for(&format!("({PICTURE}) !== {before}"), "the picture moves").await;
        }
        let sound = "document.getElementById('remote').srcObject.getAudioTracks().some((track) => !track.muted)";
        self.wait_for(sound, "sound arrives").await;
    }

    async fn until_status_begins(&mut self, status: &str) {
        let condition = format!("{}.startsWith('{status}')", text("status"));
        self.wait_for(&condition, &format!("the status says {status:?}")).await;
    }

    async fn says(&mut self, line: &str) {
        self.tell(&format!("document.getElementById('chat-text').value = {}", json!(line))).await;
        self.tell("click #view-chat").await;
        self.tell("click #chat-send").await;
    }

    async fn has_no_complaints(&mut self) {
        assert_eq!(self.tell("complaints").await, json!([]));
        assert_eq!(self.tell("document.getElementById('error').textContent").await, "");
    }
}

/// As `study-zoom peer` does it without `--bind`, when the server is on this machine.
fn by_default() -> NativeOptions {
    let addresses = ["127.0.0.1:0", "0.0.0.0:0"].map(str::to_owned).into();
    NativeOptions { addresses, ..NativeOptions::default() }
}

async fn firefox_and_native(firefox_first: bool) {
    let stage = Stage::with_page().await;
    let mut firefox = Firefox::visit(&stage.server).await;
    let mut peer = if firefox_first {
        firefox.join_as("A").await;
        NativePeer::join_with("bob", &stage.server, by_default()).await
    } else {
        let peer = NativePeer::join_with("alice", &stage.server, by_default()).await;
        firefox.join_as("B").await;
        peer
    };
    peer.until_step_13().await;
    peer.receives(20, 50).await;
    firefox.says("hello from Firefox").await;
    peer.until_chat("hello from Firefox").await;
    peer.controls.chat("hello from the peer");
    firefox.is_in_a_call("hello from the peer").await;
    firefox.has_no_complaints().await;
    firefox.tell("click #hang-up").await;
    peer.hang_up().await;
}

#[tokio::test]
#[ignore = "needs Firefox: apt-get install firefox-esr, npm install --prefix tests/firefox"]
async fn firefox_calls_a_headless_peer() {
    firefox_and_native(true).await;
}

#[tokio::test]
#[ignore = "needs Firefox: apt-get install firefox-esr, npm install --prefix tests/firefox"]
async fn a_headless_peer_calls_firefox() {
    firefox_and_native(false).await;
}

async fn firefox_and_chromium(firefox_first: bool) {
    let stage = Stage::with_page().await;
    let (mut firefox, chromium) =
        tokio::join!(Firefox::visit(&stage.server), Browser::visit("chromium", &stage.server));
    if firefox_first {
        firefox.join_as("A").await;
        chromium.join_as("B").await;
    } else {
        chromium.join_as("A").await;
        firefox.join_as("B").await;
    }
    chromium.until_connected().await;
    chromium.says("hello from Chromium").await;
    firefox.is_in_a_call("hello from Chromium").await;
    firefox.says("hello from Firefox").await;
    chromium.reads("hello from Firefox").await;
    chromium.watches_and_hears().await;
    firefox.has_no_complaints().await;
}

#[tokio::test]
#[ignore = "needs Firefox: apt-get install firefox-esr, npm install --prefix tests/firefox"]
async fn firefox_calls_chromium() {
    firefox_and_chromium(true).await;
}

#[tokio::test]
#[ignore = "needs Firefox: apt-get install firefox-esr, npm install --prefix tests/firefox"]
async fn chromium_calls_firefox() {
    firefox_and_chromium(false).await;
}

#[tokio::test]
#[ignore = "needs Firefox: apt-get install firefox-esr, npm install --prefix tests/firefox"]
async fn firefox_and_chromium_call_each_other_on_the_smallest_pages() {
    let stage = Stage::with_page().await;
    let (mut firefox, chromium) = tokio::join!(Firefox::open("about:blank"), Browser::start("chromium"));
    for language in LANGUAGES {
        let address = format!("go {}", url(&stage, language));
        for firefox_first in [true, false] {
            if firefox_first {
                firefox.tell(&address).await;
                firefox.until_status_begins(IN_THE_ROOM).await;
                chromium.join_in(language, &stage).await;
            } else {
                chromium.join_in(language, &stage).await;
                firefox.tell(&address).await;
            }
            let role = if firefox_first { Role::B } else { Role::A };
            firefox.until_status_begins(CONNECTED).await;
            tokio::join!(firefox.watches_and_hears(), chromium.is_in_a_call_as(role));
            firefox.has_no_complaints().await;
            firefox.tell("go about:blank").await;
            chromium.is_free_again().await;
            chromium.leave().await;
        }
    }
}
