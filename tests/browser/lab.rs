//! The laboratory on the page: failures that are brought back on purpose by its address (`/?lab=NAME`).
//!
//! Expected: each failure shows with its switch, in the words of `docs/laboratory.md`, and is gone without it; the page
//! explains all of them to who asks for it, and to nobody else.

use std::time::Duration;

use study_zoom::call::CallEvent;
use study_zoom::server::ServerOptions;
use study_zoom::site::lab::EXPERIMENTS;
use testing::browser::Screen;

use crate::layout::fits;
use crate::native::NativePeer;
use crate::page::{Browser, text, visible};
use crate::{ROOM, Stage};

/// The words that the page promises, less those of a headless peer.
fn promised(name: &str) -> Vec<&'static str> {
    let experiment = EXPERIMENTS.iter().find(|experiment| experiment.name == name).expect("there is this experiment");
    experiment.shown.iter().filter(|line| !line.contains("OperationError")).copied().collect()
}

impl Browser {
    /// Opens the page with this switch.
    async fn visit_lab(name: &'static str, stage: &Stage, switch: Option<&str>) -> Self {
        let query = switch.map_or(String::new(), |switch| format!("?lab={switch}"));
        let browser = Self::open(name, &format!("{}/{query}", stage.server.url())).await;
        browser.until_ready().await;
        browser
    }

    /// What a person can read of an element.
    async fn seen(&self, id: &str) -> String {
        let text = self.eval(&format!("return document.getElementById('{id}').innerText.trim()")).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// What the page says of a problem has all that is promised.
    async fn explains(&self, problem: &str, name: &str) {
        self.until_problem(problem).await;
        let error = self.text("error").await;
        let lines = promised(name);
        assert!(!lines.is_empty() && lines.iter().all(|line| error.contains(line)), "no {lines:?} in {error:?}");
    }
}

async fn server_with(faults: &[&str]) -> Stage {
    let faults = faults.iter().map(|fault| fault.parse().expect("there is this fault")).collect();
    Stage::with_page_and(ServerOptions { faults, ..ServerOptions::default() }).await
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn no_secure_context_is_a_problem_that_the_page_explains() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit_lab("alice", &stage, Some("no-secure-context")).await;
    alice.explains("insecure", "no-secure-context").await;
    assert_eq!(alice.eval("return typeof navigator.mediaDevices").await, "undefined");
    // There is a way into the room all the same.
    alice.enter("room", ROOM).await;
    alice.click_on("#error [data-source=nothing]").await;
    alice.until_role("A").await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn the_context_is_secure_otherwise() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit_lab("alice", &stage, None).await;
    assert_eq!(alice.eval("return typeof navigator.mediaDevices").await, "object");
    alice.join_as("A").await;
    assert_eq!(alice.text("error").await, "");
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_busy_camera_fails_step_0_and_the_microphone_is_left() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit_lab("alice", &stage, Some("camera-busy")).await;
    alice.ask_to_join(ROOM).await;
    alice.explains("busy", "camera-busy").await;
    alice.until_back_in_lobby().await;
    alice.click_on("#error [data-source=microphone]").await;
    alice.until_role("A").await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn the_camera_is_free_otherwise() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit_lab("alice", &stage, None).await;
    alice.join_as("A").await;
    alice.watches("local").await;
    assert_eq!(alice.text("error").await, "");
}

/// alice comes to bob, who is in the room. What the page says of a candidate that was refused.
async fn an_early_candidate(switch: Option<&str>) -> String {
    let stage = Stage::with_page().await;
    let mut bob = NativePeer::join("bob", &stage.server).await;
    let alice = Browser::visit_lab("alice", &stage, switch).await;
    alice.join_as("B").await;
    alice.until_connected().await;
    bob.until_step_13().await;
    let notice = alice.text("notice").await;
    bob.hang_up().await;
    notice
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn an_early_candidate_is_refused_by_the_browser() {
    let notice = an_early_candidate(Some("early-candidates")).await;
    let lines = promised("early-candidates");
    assert!(!lines.is_empty() && lines.iter().all(|line| notice.contains(line)), "no {lines:?} in {notice:?}");
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn no_candidate_is_refused_otherwise() {
    assert_eq!(an_early_candidate(None).await, "");
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn when_both_pages_offer_an_answer_comes_that_nobody_waits_for() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit_lab("alice", &stage, Some("both-offer")).await;
    alice.join_as("A").await;
    let bob = Browser::visit_lab("bob", &stage, Some("both-offer")).await;
    bob.ask_to_join(ROOM).await;
    // Whichever is first: it leaves the room, and the other one is alone.
    let failed = format!("{} && {} !== ''", visible("error"), text("error"));
    let (alice_failed, bob_failed) = (format!("return {failed}"), format!("return {failed}"));
    let nobody = async || alice.eval(&alice_failed).await != true && bob.eval(&bob_failed).await != true;
    alice.wait_while("a page says that a step has failed", nobody).await;
    let first = if alice.eval(&alice_failed).await == true { &alice } else { &bob };
    first.explains("description", "both-offer").await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn when_one_page_offers_the_two_connect() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit_lab("alice", &stage, None).await;
    alice.join_as("A").await;
    let bob = Browser::visit_lab("bob", &stage, None).await;
    bob.join_as("B").await;
    tokio::join!(alice.until_connected(), bob.until_connected());
}

/// alice is called by bob, or calls him: the answer is his.
async fn an_answer_comes(switch: Option<&str>) -> (Browser, NativePeer, Stage) {
    let stage = Stage::with_page().await;
    let alice = Browser::visit_lab("alice", &stage, switch).await;
    alice.join_as("A").await;
    let bob = NativePeer::join("bob", &stage.server).await;
    (alice, bob, stage)
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn an_answer_that_is_set_twice_fails_at_step_10() {
    let (alice, bob, _stage) = an_answer_comes(Some("answer-twice")).await;
    alice.explains("description", "answer-twice").await;
    bob.hang_up().await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn an_answer_is_set_once_otherwise() {
    let (alice, mut bob, _stage) = an_answer_comes(None).await;
    alice.until_connected().await;
    bob.until_step_13().await;
    bob.hang_up().await;
}

/// The first partner answers and leaves, the second one comes, and the answer of the first one is late.
async fn a_late_answer(switch: Option<&str>) -> (Browser, NativePeer, Stage) {
    let stage = server_with(&["delay=2000"]).await;
    let alice = Browser::visit_lab("alice", &stage, switch).await;
    alice.join_as("A").await;
    let mut first = NativePeer::join("the first", &stage.server).await;
    let answered = |event: &CallEvent| matches!(event, CallEvent::StepDone(step, _) if step.number == 9);
    first.until("it sends its answer", answered).await;
    first.hang_up().await;
    let second = NativePeer::join("the second", &stage.server).await;
    // Step 10 is done.
    alice
        .wait_for("document.querySelectorAll('#steps [data-whose=mine]')[10].dataset.state === 'done'", "step 10")
        .await;
    (alice, second, stage)
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_stale_answer_is_taken_and_nothing_connects() {
    let (alice, second, _stage) = a_late_answer(Some("stale-answer")).await;
    // Twice as long as an answer takes.
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(alice.eval("return document.getElementById('status').dataset.connected").await, "false");
    second.hang_up().await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_stale_answer_is_left_alone_otherwise() {
    let (alice, mut second, _stage) = a_late_answer(None).await;
    alice.until_connected().await;
    second.until_step_13().await;
    second.hang_up().await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn the_laboratory_is_seen_by_who_asks_for_it() {
    let stage = Stage::with_page().await;
    for (screen, name) in [(Screen::Desktop, "desktop"), (Screen::Phone, "phone")] {
        for (language, heading) in [("en", "Laboratory"), ("ko", "실험실")] {
            let url = format!("{}/?lab=early-candidates", stage.server.url());
            let alice = Browser::open_on("alice", &url, screen, language).await;
            alice.until_ready().await;
            assert!(alice.seen("lab").await.starts_with(heading), "{}", alice.seen("lab").await);
            let on = "document.querySelector('#lab [data-on=true]').id === 'lab-early-candidates'";
            alice.wait_for(on, "the switch that was chosen is on").await;
            let other = if language == "en" { "실험실" } else { "Laboratory" };
            assert!(!alice.seen("lab").await.contains(other), "one language is enough");
            alice.eval("document.querySelectorAll('#lab details').forEach(details => { details.open = true; })").await;
            fits(&alice, &format!("lab-{name}-{language}")).await;
            alice.eval("document.getElementById('lab').scrollIntoView({ behavior: 'instant' })").await;
            alice.screenshot(&format!("alice-lab-{name}-{language}-section")).await;
        }
    }
    let alice = Browser::visit_lab("alice", &stage, None).await;
    assert_eq!(alice.eval(&format!("return {}", visible("lab"))).await, false);
    assert_eq!(alice.eval(&format!("return {}", visible("faults"))).await, false);
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_server_that_does_wrong_says_so_and_a_call_survives_what_it_can() {
    let stage = server_with(&["reorder", "duplicate", "delay=300"]).await;
    let alice = Browser::visit_lab("alice", &stage, None).await;
    let banner = alice.seen("faults").await;
    assert_eq!(banner, "This server does wrong on purpose: reorder, duplicate, delay=300");
    alice.join_as("A").await;
    let mut bob = NativePeer::join("bob", &stage.server).await;
    alice.until_connected().await;
    bob.until_step_13().await;
    alice.watches_and_hears().await;
    bob.hang_up().await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_switch_is_a_link_and_goes_off_again() {
    let stage = Stage::with_page().await;
    let alice = Browser::open("alice", &format!("{}/?lab", stage.server.url())).await;
    alice.until_ready().await;
    alice.click_on("#lab-answer-twice summary").await;
    alice.click_on("#lab-answer-twice a").await;
    alice.wait_for("document.querySelector('#lab-answer-twice[data-on=true]')", "it is on").await;
    alice.until_ready().await;
    alice.join_as("A").await;
    let bob = NativePeer::join("bob", &stage.server).await;
    alice.explains("description", "answer-twice").await;
    bob.hang_up().await;
    alice.click_on("#lab-answer-twice a").await;
    alice.wait_for("document.querySelector('#lab-answer-twice[data-on=false]')", "it is off").await;
    alice.until_ready().await;
    alice.join_as("A").await;
    let mut bob = NativePeer::join("bob", &stage.server).await;
    alice.until_connected().await;
    bob.until_step_13().await;
    bob.hang_up().await;
}
