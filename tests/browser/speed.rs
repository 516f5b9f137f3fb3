//! How long it takes from B's click on "Join" until both see each other, beside two pages in JavaScript in the same run: in the order
//! of the study that this course mirrors (`tests/plain-client/study.html`), and the quickest that one could write, where
//! the peer connection is made before the click.
//!
//! Expected: every call comes about. How quick it is, is printed and not judged: this is a measurement.
//!
//! ```text
//! ROUNDS=7 cargo test --test browser -- --ignored --nocapture speed
//! ```

#![expect(clippy::print_stdout, reason = "a measurement talks to people")]

use std::time::Duration;

use serde_json::json;
use testing::results::{Results, Row, Series};
use testing::setting;

use crate::Stage;
use crate::page::Browser;
use crate::plain::PlainSite;

/// Notes when the button is pressed and when the picture of the other side plays, in milliseconds of the machine's clock,
/// which both browsers share.
const STOPWATCH: &str = "
    window.times = {};
    const note = (name) => { times[name] ??= performance.timeOrigin + performance.now(); };
    addEventListener('click', ({ target }) => { if (target.id === 'join') note('clicked'); }, true);
    addEventListener('playing', ({ target }) => { if (target.id === 'remote') note('playing'); }, true);";

/// A time that the page has noted.
async fn noted(browser: &Browser, name: &str) -> f64 {
    browser.wait_for(&format!("times.{name}"), format!("{name} is noted")).await;
    browser.eval(&format!("return times.{name}")).await.as_f64().expect("a time")
}

/// One call. Returns the milliseconds from B's click until both pictures play.
async fn one_call(alice: &Browser, bob: &Browser, url: &str, is_ready: &str, has_joined: &str) -> f64 {
    for browser in [alice, bob] {
        browser.go(url).await;
        browser.wait_for(is_ready, "the page is ready to join").await;
    }
    alice.eval("document.getElementById('join').click()").await;
    alice.wait_for(has_joined, "A is in the room").await;
    // Whatever a page does when it is new is over.
    tokio::time::sleep(Duration::from_secs(1)).await;
    bob.eval("document.getElementById('join').click()").await;
    let playing = noted(alice, "playing").await.max(noted(bob, "playing").await);
    let taken = playing - noted(bob, "clicked").await;
    for browser in [alice, bob] {
        browser.go("about:blank").await;
    }
    taken
}

/// The one in the middle.
fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn the_page_beside_the_plain_client() {
    let rounds = setting("ROUNDS", 2);
    let (site, stage) = PlainSite::start_with_stage(Stage::with_page_and).await;
    let (alice, bob) = tokio::join!(Browser::open("alice", "about:blank"), Browser::open("bob", "about:blank"));
    for browser in [&alice, &bob] {
        browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": STOPWATCH})).await;
    }
    let page = format!("{}/?room={}", stage.server.url(), crate::ROOM);
    let previewed = "document.documentElement.dataset.ready && document.getElementById('preview').srcObject";
    let in_room = "document.getElementById('role').textContent === 'A'";
    let (mut ours, mut study, mut plain) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        study.push(one_call(&alice, &bob, &site.study(&stage), "socket.connected", "window.joined").await);
        plain.push(one_call(&alice, &bob, &site.lobby(&stage), "socket.connected", "times.clicked").await);
        ours.push(one_call(&alice, &bob, &page, previewed, in_room).await);
    }
    let [of_study, of_plain] = [&study, &plain].map(|theirs| median(&ours) / median(theirs));
    let series = [("ours", ours), ("plain client", plain), ("the study's", study)];
    let series = series.map(|(name, values)| Series { name: name.to_owned(), values }).into();
    let name = "from B's click until both pictures play".to_owned();
    let mut results = Results::new("page", "cargo test --test browser");
    println!("{}", results.add(Row { name, unit: "ms", series }));
    println!("the medians: {of_study:.2} of the study's page, {of_plain:.2} of the plain client");
    println!("a plot: {}", results.write().expect("the target directory can be written").display());
}
