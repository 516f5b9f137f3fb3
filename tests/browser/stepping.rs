//! A call in which each step waits for a click.
//!
//! Expected: nothing happens by itself; each side sees where it is held, and where the other one is; after the fourteenth
//! step they are connected.

use std::time::Duration;

use crate::Stage;
use crate::page::Browser;
use crate::page::{STEPS_OF_A, STEPS_OF_B};

impl Browser {
    /// Waits until this step is held, and lets it go.
    async fn takes(&self, step: u8) {
        let held = format!("document.querySelector('#steps li[data-step=\"{step}\"]').dataset.state === 'held'");
        self.wait_for(&held, format!("step {step} waits")).await;
        self.click("next").await;
        self.wait_for(&format!("!({held})"), format!("step {step} is let go")).await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn fourteen_steps_one_click_each_on_both_sides() {
    let stage = Stage::with_page().await;
    let (alice, bob) = tokio::join!(Browser::visit("alice", &stage.server), Browser::visit("bob", &stage.server));
    for person in [&alice, &bob] {
        person.click("step-by-step").await;
        person.ask_to_join(crate::ROOM).await;
    }
    // The room is entered after step 2, and until then nobody is A.
    let outside = "document.getElementById('role').parentElement.innerText.includes('You are not in the room yet:')";
    alice.wait_for(outside, "she is told that she is not in the room").await;
    for step in 0..=2 {
        alice.takes(step).await;
    }
    alice.until_role("A").await;
    assert_eq!(alice.eval(&format!("return {outside}")).await, false);
    for step in 0..=2 {
        bob.takes(step).await;
    }
    bob.until_role("B").await;
    // Each sees where the other one is.
    bob.until_their_steps_are("✓✓✓⏸          ").await;
    let waits = "document.getElementById('peer-waits').textContent.includes('3')";
    bob.wait_for(waits, "the page says which step the other side is held before").await;
    alice.until_their_steps_are("✓✓✓           ").await;
    alice.screenshot("desktop-held").await;
    for step in 3..=5 {
        alice.takes(step).await;
    }
    bob.takes(6).await;
    assert_eq!(bob.eval("return document.getElementById('status').dataset.connected").await, "false");
    // A person takes the time to look at it, longer than ICE would wait by itself.
    tokio::time::sleep(Duration::from_secs(35)).await;
    for step in 7..=9 {
        bob.takes(step).await;
    }
    alice.takes(10).await;
    for (person, step) in [(&alice, 11), (&bob, 11), (&alice, 12), (&bob, 12), (&alice, 13), (&bob, 13)] {
        person.takes(step).await;
    }
    tokio::join!(alice.until_steps_are(STEPS_OF_A), bob.until_steps_are(STEPS_OF_B));
    tokio::join!(alice.until_their_steps_are(STEPS_OF_B), bob.until_their_steps_are(STEPS_OF_A));
    tokio::join!(alice.watches_and_hears(), bob.watches_and_hears());
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn whoever_has_seen_enough_lets_the_rest_go_by_itself() {
    let stage = Stage::with_page().await;
    let (alice, bob) = tokio::join!(Browser::visit("alice", &stage.server), Browser::visit("bob", &stage.server));
    alice.click("step-by-step").await;
    alice.ask_to_join(crate::ROOM).await;
    for step in 0..=2 {
        alice.takes(step).await;
    }
    bob.join_as("B").await;
    alice.takes(3).await;
    alice.click("stepping").await;
    tokio::join!(alice.until_connected(), bob.until_connected());
    tokio::join!(alice.watches_and_hears(), bob.watches_and_hears());
}
