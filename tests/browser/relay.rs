//! Calls that go over a TURN server, and the test of such servers on the page.
//!
//! Expected: with "relay only" both sides see each other, and the path that carries the call is a relay; where nobody relays
//! the page says so. The test of the connection tells servers that are fine from wrong passwords and from silence.

use std::net::Ipv4Addr;

use shared::IceServer;
use study_zoom::call::CallOptions;
use study_zoom::native::NativeOptions;
use study_zoom::server::{Ice, OwnIce, ServerOptions};
use study_zoom::turn::{Limits, TurnOptions, TurnServer};
use testing::browser::Screen;
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

use crate::common::TestServer;
use crate::layout::fits;
use crate::native::NativePeer;
use crate::page::Browser;
use crate::{ROOM, Stage};

/// A TURN server on loopback. It stops when it is dropped.
struct Relay {
    own: OwnIce,
    running: JoinHandle<std::io::Result<()>>,
}

impl Relay {
    fn start() -> Self {
        Self::start_with(Limits::default())
    }

    fn start_with(limits: Limits) -> Self {
        let options = TurnOptions { relay: true, allow_private: true, limits, ..TurnOptions::default() };
        let server = TurnServer::bind(Ipv4Addr::LOCALHOST.into(), 0, options).expect("there is a free port");
        let relay = Some(server.credentials());
        let own = OwnIce { address: server.local_addr(), public: None, relay };
        Self { own, running: tokio::spawn(server.run(std::future::pending())) }
    }

    async fn stage(&self, named: Vec<IceServer>) -> Stage {
        let ice = Ice { own: Some(self.own.clone()), named, minted: None };
        Stage::with_page_and(ServerOptions { ice, ..ServerOptions::default() }).await
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.running.abort();
    }
}

/// A headless peer that may use every path, or only relays.
async fn native(name: &'static str, server: &TestServer, relay_only: bool) -> NativePeer {
    let options = |room| CallOptions { relay_only, ..CallOptions::new(room) };
    NativePeer::join_as(name, server, NativeOptions::default(), options).await
}

/// alice in the lobby, who wants to be relayed.
async fn alice(stage: &Stage) -> Browser {
    let alice = Browser::visit("alice", &stage.server).await;
    alice.click("relay-only").await;
    alice
}

/// The page shows the two candidates whose path carries the call: that of alice is a relay, and so is that of the other side if
/// that one wants it, too.
async fn is_relayed(alice: &Browser, both: bool) {
    let pair = "document.getElementById('won').textContent";
    alice.wait_for(&format!("{pair}.includes('udp')"), "the page shows the path").await;
    let shown = alice.text("won").await;
    assert!(shown.contains(": udp relay 127.0.0.1:"), "{shown}");
    assert_eq!(shown.matches(" relay ").count() == 2, both, "{shown}");
}

async fn calls_over_a_relay(alice_is_first: bool, both: bool) {
    let relay = Relay::start();
    let stage = relay.stage(vec![]).await;
    let alice = alice(&stage).await;
    let mut bob = if alice_is_first {
        alice.join_as("A").await;
        native("bob", &stage.server, both).await
    } else {
        let bob = native("bob", &stage.server, both).await;
        alice.join_as("B").await;
        bob
    };
    alice.until_connected().await;
    bob.until_step_13().await;
    alice.watches_and_hears().await;
    bob.receives(20, 20).await;
    alice.open_all_parts().await;
    is_relayed(&alice, both).await;
    bob.hang_up().await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn relay_only_calls_a_native_peer_over_the_relay() {
    calls_over_a_relay(true, false).await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn relay_only_answers_a_native_peer_over_two_relays() {
    calls_over_a_relay(false, true).await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn relay_only_where_nobody_relays_is_a_problem_with_advice() {
    let stage = Stage::with_page().await;
    let alice = alice(&stage).await;
    alice.ask_to_join(ROOM).await;
    alice
        .wait_for("document.getElementById('error').dataset.problem === 'relay'", "the page says who is missing")
        .await;
    alice.until_back_in_lobby().await;
    assert!(alice.text("error").await.contains("--turn"));
}

/// Starts the test: its results, as `[url, verdict, text]`.
async fn tested(person: &Browser) -> Vec<[String; 3]> {
    person.eval("document.getElementById('tester').open = true").await;
    person.click("test").await;
    person.wait_for("document.getElementById('test-results').dataset.done === 'true'", "the test is over").await;
    let rows = person
        .eval(
            "return [...document.querySelectorAll('#test-results li')]
                 .filter(row => row.dataset.verdict)
                 .map(row => [row.querySelector('code').textContent, row.dataset.verdict, row.querySelector('span').textContent])",
        )
        .await;
    serde_json::from_value(rows).expect("three texts in each row")
}

/// A socket that answers nobody, servers that use it, and one with a wrong password.
async fn faulty(relay: &Relay) -> (UdpSocket, Vec<IceServer>) {
    let silent = UdpSocket::bind("127.0.0.1:0").await.expect("there is a free port");
    let nowhere = silent.local_addr().expect("it is bound");
    let urls = [
        format!("turn:ann:wrong@{}", relay.own.address),
        format!("stun:{nowhere}"),
        format!("turn:ann:wrong@{nowhere}"),
    ];
    (silent, urls.iter().map(|url| url.parse().expect("a URL")).collect())
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn relay_servers_are_tested_one_by_one() {
    // Who lends one address has it back before it lends one again.
    let relay = Relay::start_with(Limits { allocations: 1, ..Limits::default() });
    let (_silent, named) = faulty(&relay).await;
    let stage = relay.stage(named).await;
    let alice = Browser::visit("alice", &stage.server).await;
    let rows = tested(&alice).await;
    let verdicts: Vec<_> = rows.iter().map(|[_, verdict, _]| verdict.as_str()).collect();
    assert_eq!(verdicts, ["fine", "fine", "credentials", "unreachable", "unreachable"], "{rows:#?}");
    assert!(rows[1][2].starts_with("fine: relay 127.0.0.1:"), "{rows:#?}");
    assert!(rows[2][2].contains("401"), "{rows:#?}");
    // In the other language as well, without another test.
    alice.click("korean").await;
    assert!(alice.text("test-results").await.contains("정상: relay 127.0.0.1:"));
    // Nothing of the test is left that the next one would suffer from.
    let again = tested(&alice).await;
    assert!(again[1][2].starts_with("정상: relay 127.0.0.1:"), "{again:#?}");
    assert_eq!(alice.complaints().await, [""; 0]);
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn the_test_of_relays_without_a_server_to_ask_says_so() {
    let mut stage = Stage::with_page().await;
    let alice = Browser::visit("alice", &stage.server).await;
    assert_eq!(tested(&alice).await, [[""; 3]; 0]);
    assert!(alice.text("test-results").await.contains("names no STUN or TURN server"));
    stage.server.stop().await;
    alice.click("test").await;
    alice
        .wait_for("document.getElementById('error').dataset.problem === 'server'", "the page says who is missing")
        .await;
}

async fn looks_right(name: &'static str, screen: Screen) {
    let relay = Relay::start();
    let (_silent, named) = faulty(&relay).await;
    let stage = relay.stage(named).await;
    let person = Browser::visit_on(name, &stage.server, screen).await;
    assert_eq!(tested(&person).await.len(), 5);
    fits(&person, "tester").await;
    person.eval("document.getElementById('tester').scrollIntoView({ behavior: 'instant' })").await;
    person.screenshot(&format!("{name}-tester-open")).await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn the_test_of_the_relay_fits_a_desktop() {
    looks_right("desktop", Screen::Desktop).await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn the_test_of_the_relay_fits_a_phone() {
    looks_right("phone", Screen::Phone).await;
}
