//! The smallest page, in JavaScript and in Rust: `/smallest`.
//!
//! Expected: each of the two can call the other one, itself, the big page and a headless peer, and can be called by them. It
//! says every step of its side, sees a picture that moves, is free for the next partner when one has left, finds the server
//! again, and says what went wrong.

use serde_json::json;
use shared::{Role, STEPS};

use crate::mixed::{example_5, has_received};
use crate::native::NativePeer;
use crate::page::{Browser, text};
use crate::{ROOM, Stage};

pub(crate) const LANGUAGES: [&str; 2] = ["javascript", "rust"];

/// Says what the status line says when this side is alone in the room.
pub(crate) const IN_THE_ROOM: &str = "In the room";
pub(crate) const CONNECTED: &str = "Step 13: connected";
const LEFT: &str = "The other side has left";

/// Writes down everything that the status line has said.
const STENOGRAPHER: &str = "
    window.told = [];
    new MutationObserver((changes) => {
        for (const { target, addedNodes } of changes) {
            if (target.id === 'status') for (const { data } of addedNodes) told.push(data);
        }
    }).observe(document, { childList: true, subtree: true });";

/// The smallest page in this language.
pub(crate) fn url(stage: &Stage, language: &str) -> String {
    format!("{}/smallest/{language}?room={ROOM}", stage.server.url())
}

impl Browser {
    /// A browser that is nowhere yet.
    pub(crate) async fn start(name: &'static str) -> Self {
        let browser = Self::open(name, "about:blank").await;
        browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": STENOGRAPHER})).await;
        browser
    }

    /// Joins with the smallest page. It is in the room, or in a call already.
    pub(crate) async fn join_in(&self, language: &str, stage: &Stage) {
        self.go(&url(stage, language)).await;
        let joined = format!("told.some(text => text.startsWith('{IN_THE_ROOM}'))");
        self.wait_for(&joined, format!("the page in {language} is in the room")).await;
    }

    /// Leaves, as a person does who goes to another page.
    pub(crate) async fn leave(&self) {
        self.go("about:blank").await;
    }

    async fn until_status_begins(&self, status: &str) {
        self.wait_for(&format!("{}.startsWith('{status}')", text("status")), format!("the status says {status:?}"))
            .await;
    }

    /// A call of this side: it is connected, sees the other one, and has said all of its steps.
    pub(crate) async fn is_in_a_call_as(&self, role: Role) {
        self.until_status_begins(CONNECTED).await;
        self.watches("remote").await;
        let own = STEPS.iter().filter(|step| step.who.includes(role)).map(|step| step.number).collect::<Vec<_>>();
        let steps = "[...new Set(told.map(text => text.match(/^Step (\\d+):/)?.[1]))]
            .filter(step => step).map(Number).sort((one, other) => one - other)";
        let not_yet = async || self.eval(&format!("return {steps}")).await != json!(own);
        self.wait_while(format!("the steps of {role} were said: {own:?}"), not_yet).await;
        assert_eq!(self.text("error").await, "", "{}", self.name);
        let complaints = self.complaints().await;
        assert!(complaints.is_empty(), "the console of {}: {complaints:#?}", self.name);
    }

    /// The other side has left, and nothing of it is to be seen any more.
    pub(crate) async fn is_free_again(&self) {
        self.until_status_begins(LEFT).await;
        let gone = "document.getElementById('remote').srcObject.getTracks().length === 0";
        self.wait_for(gone, "the picture of the other side is gone").await;
        self.forget_what_was_told().await;
    }

    /// All but the steps that the next call does not take again: the stream and, at a `bye`, the connection are there.
    async fn forget_what_was_told(&self) {
        self.eval("told.splice(0, told.length, ...told.filter(text => /^Step [0-2]:/.test(text)))").await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn the_smallest_pages_call_each_other_one_partner_after_the_other() {
    let stage = Stage::with_page().await;
    let (alice, bob) = tokio::join!(Browser::start("alice"), Browser::start("bob"));
    let are_in_a_call = async |a: &Browser, b: &Browser| {
        tokio::join!(a.is_in_a_call_as(Role::A), b.is_in_a_call_as(Role::B));
    };
    alice.join_in("rust", &stage).await;
    bob.join_in("javascript", &stage).await;
    are_in_a_call(&alice, &bob).await;
    alice.screenshot("smallest-call").await;

    alice.leave().await;
    bob.is_free_again().await;
    alice.join_in("javascript", &stage).await;
    are_in_a_call(&bob, &alice).await;

    alice.leave().await;
    bob.is_free_again().await;
    alice.join_in("rust", &stage).await;
    are_in_a_call(&bob, &alice).await;

    bob.leave().await;
    alice.is_free_again().await;
    bob.join_in("rust", &stage).await;
    are_in_a_call(&alice, &bob).await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn the_smallest_pages_and_the_big_page_call_each_other() {
    let stage = Stage::with_page().await;
    let (small, big) = tokio::join!(Browser::start("small"), Browser::visit("big", &stage.server));
    for language in LANGUAGES {
        small.join_in(language, &stage).await;
        big.join_as("B").await;
        big.until_connected().await;
        tokio::join!(small.is_in_a_call_as(Role::A), big.watches_and_hears());
        small.leave().await;
        big.until_disconnected().await;

        small.join_in(language, &stage).await;
        big.until_connected().await;
        tokio::join!(small.is_in_a_call_as(Role::B), big.watches_and_hears());
        big.click("hang-up").await;
        big.until_back_in_lobby().await;
        small.is_free_again().await;
        small.leave().await;
    }
    assert_eq!(big.text("error").await, "");
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn the_smallest_pages_and_a_headless_peer_call_each_other() {
    let stage = Stage::with_page().await;
    let small = Browser::start("small").await;
    for language in LANGUAGES {
        small.join_in(language, &stage).await;
        let mut peer = NativePeer::join("peer", &stage.server).await;
        peer.until_step_13().await;
        tokio::join!(small.is_in_a_call_as(Role::A), peer.receives(20, 50));
        peer.hang_up().await;
        small.is_free_again().await;
        small.leave().await;

        let mut peer = NativePeer::join("peer", &stage.server).await;
        small.join_in(language, &stage).await;
        peer.until_step_13().await;
        tokio::join!(small.is_in_a_call_as(Role::B), peer.receives(20, 50));
        small.leave().await;
        peer.until_left_alone().await;
        peer.hang_up().await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn the_smallest_pages_and_example_5_call_each_other() {
    let stage = Stage::with_page().await;
    let small = Browser::start("small").await;
    for language in LANGUAGES {
        small.join_in(language, &stage).await;
        let example = example_5(&stage);
        small.is_in_a_call_as(Role::A).await;
        has_received(example).await;
        small.is_free_again().await;
        small.leave().await;

        let mut example = example_5(&stage);
        example.until("as A").await;
        small.join_in(language, &stage).await;
        small.is_in_a_call_as(Role::B).await;
        has_received(example).await;
        small.is_free_again().await;
        small.leave().await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn the_smallest_pages_go_on_without_the_server_and_call_again_when_it_is_back() {
    let mut stage = Stage::with_page().await;
    let (alice, bob) = tokio::join!(Browser::start("alice"), Browser::start("bob"));
    alice.join_in("javascript", &stage).await;
    bob.join_in("rust", &stage).await;
    tokio::join!(alice.is_in_a_call_as(Role::A), bob.is_in_a_call_as(Role::B));

    stage.server.stop().await;
    tokio::join!(alice.until_error(&["the server is lost"]), bob.until_error(&["the server is lost"]));
    tokio::join!(alice.watches("remote"), bob.watches("remote"));
    assert!(alice.text("status").await.starts_with(CONNECTED) && bob.text("status").await.starts_with(CONNECTED));

    tokio::join!(alice.forget_what_was_told(), bob.forget_what_was_told());
    stage.server.start_again().await;
    let called_again = format!("told.some(text => text.startsWith('{CONNECTED}')) && {} === ''", text("error"));
    for person in [&alice, &bob] {
        person.wait_for(&called_again, "the two are connected again, and the error is gone").await;
    }
    tokio::join!(alice.watches("remote"), bob.watches("remote"));
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn the_smallest_pages_say_what_went_wrong() {
    let stage = Stage::with_page().await;
    let person = Browser::start("person").await;
    let said = async |language: &str, words: &[&str]| {
        person.go(&url(&stage, language)).await;
        person.until_error(words).await;
    };

    // The room is full.
    let alice = NativePeer::join("alice", &stage.server).await;
    let bob = NativePeer::join("bob", &stage.server).await;
    for language in LANGUAGES {
        said(language, &["two people already", "?room="]).await;
    }
    tokio::join!(alice.hang_up(), bob.hang_up());

    for (change, words) in [
        (
            "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', 'NotAllowedError'); };",
            ["NotAllowedError: no", "allow camera and microphone"],
        ),
        ("Object.defineProperty(navigator, 'mediaDevices', { value: undefined });", ["no camera", "https"]),
    ] {
        person.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": change})).await;
        for language in LANGUAGES {
            said(language, &words).await;
        }
    }
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn the_two_sources_stand_side_by_side_or_one_above_the_other() {
    let stage = Stage::with_page().await;
    let reader = Browser::open("reader", &format!("{}/smallest", stage.server.url())).await;
    let left_of = "(() => {
        const [left, right] = ['javascript', 'rust'].map(name => [...document.querySelectorAll('ol.' + name)].at(4));
        const [one, other] = [left, right].map(list => list.getBoundingClientRect());
        return [one.top === other.top, one.right <= other.left, one.bottom <= other.top];
    })()";
    assert_eq!(reader.eval(&format!("return {left_of}")).await, json!([true, true, false]));
    reader.screenshot("smallest-1280").await;
    let phone = json!({"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": true});
    reader.devtools("Emulation.setDeviceMetricsOverride", phone).await;
    assert_eq!(reader.eval(&format!("return {left_of}")).await, json!([false, false, true]));
    reader.screenshot("smallest-390").await;
    let wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth";
    assert_eq!(reader.eval(&format!("return {wide}")).await, false, "no line is wider than the window");
    assert!(reader.complaints().await.is_empty());
}
