//! What a person expects of any page for calls: an invitation, a memory, keys, marks for what is new, and an end that says how it
//! was.
//!
//! Expected: each of them works, none of them is in the way, and a browser that keeps nothing can call all the same.

use serde_json::json;
use testing::browser::Screen;

use crate::native::NativePeer;
use crate::page::{Browser, text, visible};
use crate::{ROOM, Stage};

fn value(id: &str) -> String {
    format!("return document.getElementById('{id}').value")
}

fn pressed(id: &str, pressed: bool) -> String {
    format!("document.getElementById('{id}').ariaPressed === '{pressed}'")
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn whoever_is_alone_has_a_link_to_send() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit("alice", &stage.server).await;
    assert_eq!(alice.eval("return document.activeElement.id").await, "room", "a person can type at once");
    alice.ask_to_join("tea & 차").await;
    alice.until_role("A").await;
    alice.wait_for(&visible("invitation"), "the invitation is there").await;
    let link = format!("{}/?room=tea%20%26%20%EC%B0%A8", stage.server.url());
    assert_eq!(alice.eval(&value("invitation-link")).await, link);
    assert_eq!(alice.eval("return new URLSearchParams(location.search).get('room')").await, "tea & 차");
    assert_eq!(alice.eval("return document.title").await, "tea & 차 · study-zoom");
    assert_eq!(alice.text("room-name").await, "tea & 차");
    // The link means another machine on every machine: a phone gets no picture of it, but is told what to do.
    assert_eq!(alice.eval(&format!("return {}", visible("invitation-code"))).await, false);
    assert!(alice.text("invitation-local").await.contains("serve --lan"));
    let line = alice.text("invitation-peer").await;
    assert_eq!(line, format!("cargo run -- peer --room 'tea & 차' --url {}", stage.server.url()));
    alice.click("copy").await;
    alice.wait_for(&format!("{} !== ''", text("copied")), "the page says what came of the copying").await;
    let marked =
        "const link = document.getElementById('invitation-link'); return link.selectionEnd - link.selectionStart";
    assert_eq!(alice.eval(marked).await, link.len());

    // The link leads into the room, and who is not alone needs no invitation.
    let bob = Browser::open("bob", &link).await;
    bob.until_ready().await;
    bob.click("join").await;
    tokio::join!(alice.until_connected(), bob.until_connected());
    for person in [&alice, &bob] {
        person.wait_for(&format!("!({})", visible("invitation")), "the invitation is gone").await;
    }
    bob.click("hang-up").await;
    alice.wait_for(&visible("invitation"), "the invitation is back").await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn the_next_visit_begins_where_the_last_one_ended() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit("alice", &stage.server).await;
    alice.click("korean").await;
    alice.enter("name", "Mina").await;
    alice.choose("source", "pattern").await;
    alice.join_as("A").await;
    assert_eq!(alice.text("own-name").await, "Mina");
    alice.click("open-more").await;
    alice.click("sounds").await;
    alice.click_on("#more [popovertargetaction=hide]").await;
    alice.click("hang-up").await;
    alice.until_back_in_lobby().await;

    alice.go(&stage.server.url()).await;
    alice.until_ready().await;
    assert_eq!(alice.eval("return document.documentElement.lang").await, "ko");
    for (id, kept) in [("room", ROOM), ("name", "Mina"), ("source", "pattern")] {
        assert_eq!(alice.eval(&value(id)).await, kept, "{id}");
    }
    assert_eq!(alice.eval("return document.getElementById('sounds').checked").await, true);
    // A camera that was chosen is chosen again.
    alice.choose("source", "devices").await;
    alice
        .wait_for("document.getElementById('camera-choice').options.length === 4", "all cameras are in the list")
        .await;
    let third = "return document.getElementById('camera-choice').options[3].value";
    let third = alice.eval(third).await.as_str().expect("an id").to_owned();
    alice.choose("camera-choice", &third).await;
    alice.reload().await;
    alice.until_ready().await;
    alice.watches("preview").await;
    let used = "return document.getElementById('preview').srcObject.getVideoTracks()[0].getSettings().deviceId";
    assert_eq!(alice.eval(used).await, third);
    // An invitation says which room, whatever was kept.
    alice.go(&format!("{}/?room=other", stage.server.url())).await;
    alice.until_ready().await;
    assert_eq!(alice.eval(&value("room")).await, "other");
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_browser_that_keeps_nothing_can_call() {
    let stage = Stage::with_page().await;
    let alice = Browser::open_without_cookies("alice", &stage.server.url()).await;
    alice.until_ready().await;
    let kept = "try { return String(localStorage); } catch (error) { return error.name; }";
    assert_eq!(alice.eval(kept).await, "SecurityError");
    alice.click("korean").await;
    alice.join_as("A").await;
    let mut bob = NativePeer::join("bob", &stage.server).await;
    bob.until_step_13().await;
    alice.watches_and_hears().await;
    bob.hang_up().await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn the_end_of_a_call_says_how_long_it_was_and_leads_back() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit("alice", &stage.server).await;
    alice.join_as("A").await;
    alice.click("hang-up").await;
    alice.until_back_in_lobby().await;
    alice.wait_for(&visible("ended"), "the end is spoken of").await;
    assert_eq!(alice.eval(&format!("return {}", visible("ended-length"))).await, false, "nobody was there");
    alice.click("call-again").await;
    alice.until_role("A").await;
    let mut bob = NativePeer::join("bob", &stage.server).await;
    bob.until_step_13().await;
    alice.watches_and_hears().await;
    alice.click("hang-up").await;
    alice.until_back_in_lobby().await;
    let length = alice.text("ended-time").await;
    let (minutes, seconds) = length.split_once(':').expect("minutes and seconds");
    assert!(minutes == "0" && seconds.len() == 2 && seconds.parse::<u32>().is_ok(), "{length}");
    assert_eq!(alice.eval("return document.activeElement.id").await, "call-again");
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn keys_press_the_buttons_and_not_while_somebody_types() {
    let stage = Stage::with_page().await;
    let (alice, bob) = crate::tabs::call_of_two(&stage).await;
    alice.press("m").await;
    alice.wait_for(&pressed("mute", true), "M mutes").await;
    assert_eq!(alice.text("mute").await, "Unmute");
    alice.press("v").await;
    alice.wait_for(&pressed("camera", true), "V switches the camera off").await;
    alice.press("c").await;
    alice.wait_for("document.activeElement.id === 'chat-text'", "C leads into the chat").await;
    alice.press("m").await;
    assert_eq!(alice.eval(&value("chat-text")).await, "m", "what is typed is typed");
    assert_eq!(alice.eval(&format!("return {}", pressed("mute", true))).await, true);
    alice.eval("document.activeElement.blur()").await;
    alice.press("?").await;
    alice.wait_for("document.getElementById('shortcuts').open", "the list of keys is there").await;
    alice.click("keys").await;
    alice.click_on("#shortcuts form button").await;
    alice.press("m").await;
    assert_eq!(alice.eval(&format!("return {}", pressed("mute", true))).await, true, "the keys are off");
    alice.click("open-more").await;
    alice.click("open-shortcuts").await;
    alice.click("keys").await;
    alice.click_on("#shortcuts form button").await;
    alice.press("m").await;
    alice.wait_for(&pressed("mute", false), "the keys are on again").await;

    // Full screen is that of the stage, with its buttons.
    alice.press("f").await;
    alice.wait_for("document.fullscreenElement?.id === 'stage'", "F shows the stage alone").await;
    alice.wait_for(&visible("hang-up"), "the buttons are there").await;
    alice.press("f").await;
    alice.wait_for("!document.fullscreenElement", "F leads back").await;
    bob.click("hang-up").await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn the_space_bar_takes_the_next_step() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit("alice", &stage.server).await;
    alice.click("step-by-step").await;
    alice.ask_to_join(ROOM).await;
    for step in 0..=2 {
        let held = format!("document.querySelector('#steps li[data-step=\"{step}\"]').dataset.state");
        alice.wait_for(&format!("{held} === 'held'"), format!("step {step} waits")).await;
        alice.press(" ").await;
        alice.wait_for(&format!("{held} === 'done'"), format!("step {step} is done")).await;
    }
    alice.until_role("A").await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn what_is_new_and_not_seen_has_a_mark() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit_on("phone", &stage.server, Screen::Phone).await;
    alice.join_as("A").await;
    assert_eq!(alice.eval("return document.getElementById('call').dataset.view").await, "call");
    let is_new = |view: &str, new: bool| format!("document.getElementById('call').dataset.new{view} === '{new}'");
    let mut bob = NativePeer::join("bob", &stage.server).await;
    bob.until_step_13().await;
    alice.until_connected().await;
    alice.wait_for(&is_new("Steps", true), "steps were taken").await;
    assert_eq!(alice.eval(&format!("return {}", is_new("Chat", false))).await, true);
    bob.controls.chat("hello");
    alice.wait_for(&is_new("Chat", true), "a line of chat has come").await;
    alice.opens("chat").await;
    alice.wait_for(&is_new("Chat", false), "it is read").await;
    // A finger pushes the steps in.
    alice.eval("document.getElementById('swipe').scrollTo({ left: innerWidth, behavior: 'instant' })").await;
    alice.wait_for("document.getElementById('call').dataset.view === 'steps'", "the steps are shown").await;
    alice.wait_for(&is_new("Steps", false), "they are seen").await;
    bob.hang_up().await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_sound_is_heard_only_by_those_who_want_it() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit("alice", &stage.server).await;
    alice
        .eval(
            "window.notes = 0;
             const start = OscillatorNode.prototype.start;
             OscillatorNode.prototype.start = function (...when) { window.notes += 1; return start.apply(this, when); };",
        )
        .await;
    alice.join_as("A").await;
    let mut bob = NativePeer::join("bob", &stage.server).await;
    bob.until_step_13().await;
    alice.until_connected().await;
    bob.hang_up().await;
    alice.until_disconnected().await;
    assert_eq!(alice.eval("return window.notes").await, 0, "off at first");
    alice.click("open-more").await;
    alice.click("sounds").await;
    alice.click_on("#more [popovertargetaction=hide]").await;
    let mut carol = NativePeer::join("carol", &stage.server).await;
    carol.until_step_13().await;
    alice.wait_for("window.notes === 1", "it is heard that somebody comes").await;
    carol.hang_up().await;
    alice.wait_for("window.notes === 2", "it is heard that somebody goes").await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn the_workbook_ends() {
    let stage = Stage::with_page().await;
    let (alice, bob) = crate::tabs::call_of_two(&stage).await;
    let parts = "document.querySelectorAll('#panel > details').forEach(part => part.open = true)";
    alice.eval(parts).await;
    alice.wait_for("document.querySelectorAll('#answer summary').length === 4", "session, audio, video, data").await;
    let open = "return document.querySelectorAll('#offer [open], #answer [open]').length";
    assert_eq!(alice.eval(open).await, 0, "the sections are closed at first");
    let summaries = alice
        .eval("return [...document.querySelectorAll('#offer summary')].map(summary => summary.textContent.split(/ · |, /)[0])")
        .await;
    assert_eq!(summaries, json!(["The whole session", "audio", "video", "application"]));
    alice.click_on("#offer li:nth-child(2) summary").await;
    alice
        .wait_for("document.querySelector('#offer [open] code').checkVisibility()", "a section opens to its lines")
        .await;
    alice.click_on("#offer li:nth-child(2) summary").await;
    let height = alice.eval("return document.getElementById('panel').scrollHeight").await.as_u64().expect("a number");
    assert!(height < 5000, "all parts open: {height} px");
    bob.click("hang-up").await;
}
