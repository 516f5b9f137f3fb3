//! Two people with a browser each, on the page of the call.
//!
//! Expected: alice, who is first, is side A; bob is side B. The page shows exactly the steps of its side as done, and what
//! it shows of the other side is really there: pictures that move, sound, chat.

use serde_json::json;

use crate::page::Browser;
use crate::page::{NO_STEPS, STEPS_OF_A, STEPS_OF_B, visible};
use crate::{ROOM, Stage};

/// alice and bob in a call that is connected.
pub(crate) async fn call_of_two(stage: &Stage) -> (Browser, Browser) {
    let (alice, bob) = tokio::join!(Browser::visit("alice", &stage.server), Browser::visit("bob", &stage.server));
    alice.join_as("A").await;
    bob.join_as("B").await;
    tokio::join!(alice.until_connected(), bob.until_connected());
    (alice, bob)
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn two_tabs_take_their_steps_and_see_and_hear_and_read_each_other() {
    let stage = Stage::with_page().await;
    let (alice, bob) = tokio::join!(Browser::visit("alice", &stage.server), Browser::visit("bob", &stage.server));
    tokio::join!(alice.until_steps_are(NO_STEPS), bob.until_steps_are(NO_STEPS));
    alice.join_as("A").await;
    bob.join_as("B").await;
    tokio::join!(alice.until_connected(), bob.until_connected());
    tokio::join!(alice.until_steps_are(STEPS_OF_A), bob.until_steps_are(STEPS_OF_B));
    tokio::join!(alice.watches_and_hears(), bob.watches_and_hears());
    tokio::join!(alice.watches("local"), bob.watches("local"));

    // Text is text: a script that somebody sends is read, not run, and so is every other letter.
    let script = "<script>document.title = 'taken over'</script><b>안녕 & bye</b>";
    alice.says(script).await;
    bob.reads(script).await;
    alice.reads(script).await;
    bob.says("hello alice").await;
    alice.reads("hello alice").await;
    for person in [&alice, &bob] {
        let elements = "[...document.querySelectorAll('#chat-log script, #chat-log b')]";
        let script = format!("return {elements}.filter(made => /taken over|안녕/.test(made.textContent)).length");
        assert_eq!(person.eval(&script).await, 0, "{}: the text has become elements", person.name);
        assert_ne!(person.eval("return document.title").await, "taken over", "{}", person.name);
    }

    for person in [&alice, &bob] {
        assert_eq!(person.text("error").await, "", "{}", person.name);
        let complaints = person.complaints().await;
        assert!(complaints.is_empty(), "the console of {}: {complaints:#?}", person.name);
    }
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn leaving_and_coming_back_works_ten_times() {
    let stage = Stage::with_page().await;
    let (alice, bob) = call_of_two(&stage).await;
    for round in 0..10 {
        // Once the first to come leaves, once the second.
        let (leaves, stays) = if round % 2 == 0 { (&alice, &bob) } else { (&bob, &alice) };
        leaves.click("hang-up").await;
        leaves.until_back_in_lobby().await;
        // The person who stays was there first for the next one.
        stays.until_role("A").await;
        stays.until_disconnected().await;
        leaves.join_as("B").await;
        tokio::join!(leaves.until_connected(), stays.until_connected());
        tokio::join!(leaves.watches_and_hears(), stays.watches_and_hears());
        tokio::join!(stays.until_steps_are(STEPS_OF_A), leaves.until_steps_are(STEPS_OF_B));
    }
    // After the last one has left, the next one is the first again.
    for person in [&alice, &bob] {
        person.click("hang-up").await;
        person.until_back_in_lobby().await;
        let camera = person.eval("return document.getElementById('local').srcObject?.active ?? false").await;
        assert_eq!(camera, false, "{}: the light of the camera is out", person.name);
    }
    bob.join_as("A").await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_tab_that_is_reloaded_finds_its_partner_again() {
    let stage = Stage::with_page().await;
    let (alice, bob) = call_of_two(&stage).await;
    for (reloads, waits) in [(&alice, &bob), (&bob, &alice)] {
        tokio::join!(reloads.watches("remote"), waits.watches("remote"));
        reloads.reload().await;
        reloads.until_ready().await;
        waits.until_role("A").await;
        waits.until_disconnected().await;
        // Nobody clicks.
        reloads.until_role("B").await;
        tokio::join!(reloads.until_connected(), waits.until_connected());
        tokio::join!(reloads.watches_and_hears(), waits.watches_and_hears());
    }
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn two_that_are_reloaded_at_once_are_in_a_call_again_and_who_was_muted_still_is() {
    let stage = Stage::with_page().await;
    let (alice, bob) = call_of_two(&stage).await;
    alice.toggle("mute", true).await;
    alice.toggle("camera", true).await;
    tokio::join!(alice.reload(), bob.reload());
    tokio::join!(alice.until_ready(), bob.until_ready());
    tokio::join!(alice.until_connected(), bob.until_connected());
    alice.watches_and_hears().await;
    for id in ["mute", "camera"] {
        let pressed = format!("document.getElementById('{id}').getAttribute('aria-pressed') === 'true'");
        alice.wait_for(&pressed, format!("{id} is still pressed")).await;
    }
    bob.watches_black().await;
    bob.hears_nothing().await;
    // Who has hung up is not called back by a reload.
    alice.click("hang-up").await;
    alice.until_back_in_lobby().await;
    alice.reload().await;
    alice.until_ready().await;
    alice.wait_for(&visible("lobby"), "the lobby stays").await;
    bob.until_role("A").await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_network_that_is_there_again_brings_a_new_path_in_the_same_call() {
    let stage = Stage::with_page().await;
    let (alice, bob) = call_of_two(&stage).await;
    for person in [&alice, &bob] {
        person.eval("document.getElementById('descriptions-details').open = true").await;
    }
    for (moves, stays) in [(&alice, &bob), (&bob, &alice)] {
        tokio::join!(moves.watches_and_hears(), stays.watches_and_hears());
        tokio::join!(moves.remember_the_stream(), stays.remember_the_stream());
        let before = moves.offer().await;
        moves.eval("window.dispatchEvent(new Event('online'))").await;
        let changes = async || moves.offer().await == before;
        moves.wait_while("the page shows another offer", changes).await;
        tokio::join!(moves.until_connected(), stays.until_connected());
        tokio::join!(moves.watches_and_hears(), stays.watches_and_hears());
        assert!(moves.has_still_the_stream().await && stays.has_still_the_stream().await, "it is the same call");
    }
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_third_tab_is_refused_in_words_and_disturbs_nobody() {
    let stage = Stage::with_page().await;
    let (alice, bob) = call_of_two(&stage).await;
    let carol = Browser::visit("carol", &stage.server).await;
    carol.ask_to_join(ROOM).await;
    carol.until_error(&[ROOM, "full"]).await;
    carol.until_back_in_lobby().await;
    tokio::join!(alice.watches("remote"), bob.watches("remote"));
    // She can go elsewhere, and what went wrong is forgotten.
    carol.ask_to_join("another room").await;
    carol.until_role("A").await;
    assert_eq!(carol.text("error").await, "");
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_room_name_that_breaks_a_rule_is_refused_with_the_rule() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit("alice", &stage.server).await;
    alice.ask_to_join(&"x".repeat(65)).await;
    alice.until_error(&["65", "64"]).await;
    alice.until_back_in_lobby().await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn what_is_wrong_with_a_room_name_stays_to_be_read_when_the_camera_opens() {
    let stage = Stage::with_page().await;
    let alice = Browser::open("alice", "about:blank").await;
    // The camera takes its time: it opens when the test says so.
    let slow = "const open = MediaDevices.prototype.getUserMedia;
        MediaDevices.prototype.getUserMedia = async function (...wanted) {
            await new Promise(resolve => { window.openCamera = resolve; });
            return open.apply(this, wanted);
        };";
    alice.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": slow})).await;
    alice.go(&stage.server.url()).await;
    alice.wait_for("window.openCamera", "the page asks for the camera").await;
    alice.ask_to_join(&"x".repeat(65)).await;
    alice.until_error(&["65", "64"]).await;
    alice.eval("window.openCamera()").await;
    alice.wait_for("document.getElementById('preview').srcObject", "the camera is open").await;
    alice.until_error(&["65", "64"]).await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn who_is_muted_is_not_heard_and_whose_camera_is_off_is_not_seen() {
    let stage = Stage::with_page().await;
    let (alice, bob) = call_of_two(&stage).await;
    bob.watches_and_hears().await;

    alice.toggle("mute", true).await;
    bob.hears_nothing().await;
    bob.watches("remote").await;
    alice.toggle("mute", false).await;
    bob.hears().await;

    alice.toggle("camera", true).await;
    bob.watches_black().await;
    bob.hears().await;
    alice.toggle("camera", false).await;
    bob.watches("remote").await;

    // Nobody but her was muted.
    alice.watches_and_hears().await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_server_restarted_in_the_middle_of_a_call_stops_nothing() {
    let mut stage = Stage::with_page().await;
    let (alice, bob) = call_of_two(&stage).await;
    tokio::join!(alice.remember_the_stream(), bob.remember_the_stream());
    stage.server.stop().await;
    tokio::join!(alice.until_signaling_is(false), bob.until_signaling_is(false));
    tokio::join!(alice.watches_and_hears(), bob.watches_and_hears());
    alice.says("where is the server?").await;
    bob.reads("where is the server?").await;

    stage.server.start_again().await;
    tokio::join!(alice.until_signaling_is(true), bob.until_signaling_is(true));
    // The server knows again who is where: it refuses a third one.
    let carol = Browser::visit("carol", &stage.server).await;
    carol.ask_to_join(ROOM).await;
    carol.until_error(&["full"]).await;
    tokio::join!(alice.watches_and_hears(), bob.watches_and_hears());
    bob.says("there it is").await;
    alice.reads("there it is").await;
    assert!(alice.has_still_the_stream().await && bob.has_still_the_stream().await, "nobody has negotiated again");

    alice.click("hang-up").await;
    bob.until_disconnected().await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn who_clicks_join_twice_joins_once() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit("alice", &stage.server).await;
    alice.enter("room", ROOM).await;
    alice.eval("for (const click of [1, 2, 3]) document.getElementById('join').click()").await;
    alice.until_role("A").await;
    let bob = Browser::visit("bob", &stage.server).await;
    bob.join_as("B").await;
    tokio::join!(alice.until_connected(), bob.until_connected());
    alice.click("hang-up").await;
    alice.until_back_in_lobby().await;
    bob.until_disconnected().await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn after_a_call_the_mute_button_says_what_is_so() {
    let stage = Stage::with_page().await;
    let (alice, bob) = call_of_two(&stage).await;
    alice.toggle("mute", true).await;
    alice.click("hang-up").await;
    alice.until_back_in_lobby().await;
    alice.join_as("B").await;
    alice.until_connected().await;
    if alice.eval("return document.getElementById('mute').ariaPressed").await == "true" {
        bob.hears_nothing().await;
    } else {
        bob.hears().await;
    }
}
