//! Partners that send nonsense, fall silent or are there twice.
//!
//! Expected: the page says what happened and what to do, and goes on working.

use std::process::Stdio;
use std::time::Duration;

use serde_json::json;
use tokio::process::Command;

use crate::common::TestClient;
use crate::native::NativePeer;
use crate::page::Browser;
use crate::tabs::call_of_two;
use crate::{ROOM, Stage};

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn an_offer_that_the_browser_refuses_is_explained() {
    let stage = Stage::with_page().await;
    let mallory = TestClient::connect("mallory", &stage.server).await;
    mallory.join(ROOM).await;
    let alice = Browser::visit("alice", &stage.server).await;
    alice.ask_to_join(ROOM).await;
    alice.until_role("B").await;
    let nonsense = json!({"type": "offer", "sdp": "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=<script>\r\n"});
    mallory.ask("offer", [nonsense, json!(ROOM)]).await;
    alice.until_problem("description").await;
    assert!(alice.text("error").await.contains("step 6"));
    alice.screenshot("desktop-error-description").await;
    // Without her it works.
    mallory.close().await;
    alice.click("join").await;
    alice.until_role("A").await;
    let mut bob = NativePeer::join("bob", &stage.server).await;
    bob.until_step_13().await;
    alice.watches_and_hears().await;
    bob.hang_up().await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_partner_that_closes_its_lid_is_waited_for_and_then_given_up() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit("alice", &stage.server).await;
    alice.join_as("A").await;
    let mut peer = Command::new(env!("CARGO_BIN_EXE_study-zoom"))
        .args(["peer", "--room", ROOM, "--url", &stage.server.url()])
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("the program is built");
    alice.until_connected().await;
    alice.watches("remote").await;
    let process = peer.id().expect("it runs");
    let signal = async |name: &str| {
        let sent = Command::new("kill").args([format!("-{name}"), process.to_string()]).status().await;
        assert!(sent.is_ok_and(|status| status.success()), "{name} reaches the peer");
    };
    signal("STOP").await;
    alice
        .wait_for("document.getElementById('call').dataset.reconnecting === 'true'", "the page says that it waits")
        .await;
    alice.screenshot("desktop-reconnecting").await;
    // The lid is opened again.
    signal("CONT").await;
    alice
        .wait_for("document.getElementById('call').dataset.reconnecting === 'false'", "the page says that it is back")
        .await;
    alice.until_connected().await;
    alice.watches("remote").await;
    // And closed for good: the server notices it, and the next one is welcome.
    signal("STOP").await;
    let left = "/left/.test(document.getElementById('status').textContent)";
    // The heartbeat, and then the time for which its place is kept: half a minute.
    let there = async || alice.eval(&format!("return {left}")).await != true;
    alice.wait_up_to(Duration::from_secs(60), "the page says that the other side is gone", there).await;
    let mut bob = NativePeer::join("bob", &stage.server).await;
    bob.until_step_13().await;
    alice.watches_and_hears().await;
    bob.hang_up().await;
    peer.kill().await.expect("it can be ended");
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_page_that_stood_still_for_a_minute_finds_its_way_back() {
    let stage = Stage::with_page().await;
    let (alice, bob) = call_of_two(&stage).await;
    bob.signal_pages("STOP");
    // By then its place is free again, and the server has told alice.
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert!(alice.text("status").await.contains("left"), "{}", alice.text("status").await);
    bob.signal_pages("CONT");
    // Nobody has to do anything.
    let back = async |person: &Browser| {
        let there = async || person.eval("return document.getElementById('status').dataset.connected").await != "true";
        person.wait_up_to(Duration::from_secs(60), "it is in a call again", there).await;
        person.watches_and_hears().await;
        assert_eq!(person.text("error").await, "");
    };
    tokio::join!(back(&alice), back(&bob));
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn without_a_server_the_lobby_says_so_and_works_when_it_is_back() {
    let mut stage = Stage::with_page().await;
    let alice = Browser::visit("alice", &stage.server).await;
    stage.server.stop().await;
    alice.ask_to_join(ROOM).await;
    alice.until_problem("server").await;
    stage.server.start_again().await;
    alice.click("join").await;
    alice.until_role("A").await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_second_tab_of_the_same_browser_is_noticed() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit("alice", &stage.server).await;
    alice.join_as("A").await;
    // The other tab: a frame of the same origin is as good as one.
    alice
        .eval(&format!(
            "const channel = new BroadcastChannel('study-zoom');
             channel.onmessage = event => {{ window.heard = event.data; }};
             channel.postMessage('in {ROOM}')"
        ))
        .await;
    alice.wait_for("document.getElementById('notice').textContent !== ''", "the page warns of the other tab").await;
    alice.wait_for(&format!("window.heard === 'too {ROOM}'"), "and tells the other tab").await;
}
