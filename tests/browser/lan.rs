//! The page as a phone opens it, from another machine of the local network: over http, and over https with `serve --lan`.
//!
//! Expected: over http the page says at once what a secure context is and where there is one, and can still receive; over
//! https, with the authority installed, it is one, and a call has camera and microphone; without the authority Chromium
//! warns.
//!
//! The machine needs a private address that is not loopback, since a page from loopback is a secure context anyway. In a
//! network namespace: `ip link add v0 type veth peer name v1`, and `ip addr add 192.168.0.7/24 dev v0`.

use std::path::PathBuf;

use study_zoom::native::{NativeOptions, Trust};
use support::https::Names;
use tempfile::TempDir;
use testing::browser::Screen;
use testing::program::Program;
use tokio::process::Command;
use tokio::sync::MutexGuard;

use crate::native::NativePeer;
use crate::page::Browser;
use crate::{ROOM, Stage};

/// A server in a process of its own, which other machines reach. It ends when it is dropped.
struct Server {
    program: Program,
    /// The private address of this machine, and the port.
    address: String,
    home: TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Server {
    async fn start(options: &[&str]) -> Self {
        let _turn = Stage::turn().await;
        let home = tempfile::tempdir().expect("the folder can be written");
        let mut command = Command::new(env!("CARGO_BIN_EXE_study-zoom"));
        command.args(["serve", "--addr", "0.0.0.0:0"]).args(options);
        // The bundle is there already: these tests do not build one.
        command.env("XDG_CONFIG_HOME", home.path()).env("STUDY_ZOOM_BUNDLE", "off");
        let mut program = Program::start("serve", &mut command);
        let port = program.address().await.port();
        let address = Names::of_this_machine().addresses.into_iter().find(|address| match address {
            std::net::IpAddr::V4(address) => address.is_private(),
            std::net::IpAddr::V6(_) => false,
        });
        let address = address.expect("this machine has a private address: run the test as .ci/run does");
        Self { program, address: format!("{address}:{port}"), home, _turn }
    }

    fn authority(&self) -> PathBuf {
        self.home.path().join("study-zoom/ca.pem")
    }
}

/// A peer that sends from every network.
fn everywhere() -> NativeOptions {
    NativeOptions { addresses: vec!["0.0.0.0:0".to_owned()], ..NativeOptions::default() }
}

#[tokio::test]
#[ignore = "needs Chromium, its driver and certutil, and a private address: see .ci/run"]
async fn with_the_authority_the_page_is_a_secure_context_and_calls_over_wss() {
    let mut server = Server::start(&["--lan"]).await;
    let url = format!("https://{}", server.address);
    server.program.until(&format!("  {url}")).await;
    server.program.until("/trust").await;
    let alice = Browser::open_trusting("alice", &format!("{url}/"), Screen::Desktop, &server.authority()).await;
    alice.until_ready().await;
    assert_eq!(alice.eval("return isSecureContext").await, true);
    assert_eq!(alice.eval("return location.protocol").await, "https:");
    alice.join_as("A").await;
    // The command of the invitation can be typed as it stands: it names the authority.
    let command = format!("cargo run -- peer --room {ROOM} --url {url} --ca {}", server.authority().display());
    assert_eq!(alice.text("invitation-peer").await, command);
    alice.watches("local").await;
    let trust = Trust::with(Some(&server.authority())).expect("the server has made it");
    let mut bob = NativePeer::join_at("bob", &url, trust, everywhere()).await;
    bob.until_step_13().await;
    alice.watches_and_hears().await;
    bob.receives(20, 50).await;
    crate::layout::fits(&alice, "call-over-https").await;
    bob.hang_up().await;

    // Whoever forgets to write https:// gets there.
    alice.go(&format!("http://{}/?room=again", server.address)).await;
    alice.until_ready().await;
    assert_eq!(alice.eval("return location.href").await, format!("{url}/?room=again"));
    assert_eq!(alice.eval("return document.getElementById('room').value").await, "again");
    assert_eq!(alice.complaints().await, Vec::<String>::new());
}

#[tokio::test]
#[ignore = "needs Chromium and its driver, and a private address: see .ci/run"]
async fn without_the_authority_chromium_warns_and_the_instructions_can_be_read() {
    let mut server = Server::start(&["--lan"]).await;
    server.program.until("SHA-256 fingerprint").await;
    let fingerprint = [server.program.line().await, server.program.line().await].map(|line| line.trim().to_owned());
    let trust = format!("http://{}/trust", server.address);
    let alice = Browser::open_on("phone", &trust, Screen::Phone, "en").await;
    assert_eq!(alice.eval("return isSecureContext").await, false);
    assert_eq!(alice.eval("return document.querySelector('.fingerprint').textContent").await, fingerprint.concat());
    crate::layout::fits(&alice, "trust").await;
    alice.click_on("[lang=ko]").await;
    alice.wait_for("document.documentElement.lang === 'ko'", "the instructions are in Korean").await;
    crate::layout::fits(&alice, "trust-korean").await;
    assert_eq!(alice.complaints().await, Vec::<String>::new());

    alice.go(&format!("https://{}/", server.address)).await;
    let warning = "document.body.innerText.includes('NET::ERR_CERT_AUTHORITY_INVALID')";
    alice.wait_for(warning, "Chromium warns, since nobody has installed the authority").await;
    alice.screenshot("phone-without-the-authority").await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver, and a private address: see .ci/run"]
async fn over_http_the_page_says_at_once_what_it_lacks_and_can_receive_all_the_same() {
    let server = Server::start(&[]).await;
    let url = format!("http://{}", server.address);
    for (name, screen, language, said) in [
        ("desktop", Screen::Desktop, "en", "not a secure context"),
        ("phone", Screen::Phone, "ko-KR", "secure context"),
    ] {
        let alice = Browser::open_on(name, &format!("{url}/?room={ROOM}"), screen, language).await;
        alice.until_ready().await;
        assert_eq!(alice.eval("return isSecureContext").await, false);
        // Nothing was clicked.
        alice.until_problem("insecure").await;
        let text = alice.text("error").await;
        for part in [said, "cargo run -- serve --lan", "https"] {
            assert!(text.contains(part), "no {part:?} in {text}");
        }
        crate::layout::fits(&alice, "insecure-context").await;
        assert_eq!(alice.eval("return document.getElementById('source').value").await, "nothing");
        alice.click("join").await;
        alice.until_role("A").await;
        let mut bob = NativePeer::join_at("bob", &url, Trust::default(), everywhere()).await;
        bob.until_step_13().await;
        alice.watches_and_hears().await;
        bob.hang_up().await;
        assert_eq!(alice.complaints().await, Vec::<String>::new());
    }
}
