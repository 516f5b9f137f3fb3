//! Every camera, microphone and screen that the browser has ever given to the page, and what became of it.
//!
//! Expected: whatever a person does while a device is still being opened, at rest exactly those devices are on that the
//! page shows and sends, and after the call none; a device that goes away is spoken of on both sides, and one that comes
//! back is used again; the list of the lobby says what is sent, also after Back.

use crate::page::Browser;
use crate::page::visible;
use crate::{ROOM, Stage};

/// Notes each track in `given`. While `holding` is set, what is asked for waits in `held`.
const WATCH: &str = "
    [window.given, window.held, window.asked, window.holding] = [[], [], 0, false];
    for (const name of ['getUserMedia', 'getDisplayMedia']) {
        const real = navigator.mediaDevices[name].bind(navigator.mediaDevices);
        navigator.mediaDevices[name] = async (wanted) => {
            window.asked += 1;
            if (window.holding) await new Promise((go) => window.held.push(go));
            const stream = await real(wanted);
            window.given.push(...stream.getTracks());
            return stream;
        };
    }";

/// What is on, by the browser, is what the page shows.
const AT_REST: &str = "(() => {
    const ids = (tracks) => tracks.filter((track) => track.readyState === 'live').map((track) => track.id).sort().join();
    const shown = document.getElementById('local').srcObject?.getTracks() ?? [];
    return held.length === 0 && ids(given) === ids(shown) && shown.length > 0;
})()";

const NOTHING_IS_ON: &str = "held.length === 0 && given.every((track) => track.readyState === 'ended')";

impl Browser {
    /// Two people in a call. What this one opens is noted, from the first camera on.
    async fn watched(stage: &Stage) -> (Browser, Browser) {
        let (alice, bob) = tokio::join!(Browser::visit("alice", &stage.server), Browser::visit("bob", &stage.server));
        alice.until_preview().await;
        alice.choose("source", "nothing").await;
        alice.eval(WATCH).await;
        alice.choose("source", "devices").await;
        alice.join_as("A").await;
        bob.join_as("B").await;
        tokio::join!(alice.until_connected(), bob.until_connected());
        alice.wait_for(AT_REST, "what is open is what is shown").await;
        (alice, bob)
    }

    async fn hold(&self) {
        self.eval("window.holding = true").await;
    }

    /// Gives what was held, the last first, and all that is asked for from now on.
    async fn release(&self) {
        self.eval("window.holding = false; while (held.length) held.pop()()").await;
    }

    async fn until_asked(&self, times: u64) {
        self.wait_for(&format!("asked >= {times}"), format!("the browser is asked {times} times")).await;
    }

    async fn asked(&self) -> u64 {
        self.eval("return asked").await.as_u64().expect("a number")
    }

    /// Chooses the device of this number from a list, and does not wait for it.
    async fn pick(&self, list: &str, number: usize) {
        let script = format!(
            "const list = document.getElementById('{list}');
             list.value = list.options[{number} % list.options.length].value;
             list.dispatchEvent(new Event('change'))"
        );
        self.eval(&script).await;
    }

    async fn hangs_up_and_nothing_is_on(&self) {
        self.click("hang-up").await;
        self.until_back_in_lobby().await;
        self.release().await;
        self.wait_for(NOTHING_IS_ON, "no device is on").await;
    }

    /// What a track does whose device is unplugged.
    async fn unplug(&self, kind: &str) {
        let script = format!(
            "const track = given.findLast((track) => track.kind === '{kind}' && track.readyState === 'live');
             track.stop(); track.dispatchEvent(new Event('ended'))"
        );
        self.eval(&script).await;
    }

    async fn until_notice(&self, words: &str) {
        let condition = format!("document.getElementById('notice').textContent.includes('{words}')");
        self.wait_for(&condition, format!("the page says {words:?}")).await;
    }

    async fn until_badge(&self, words: &str) {
        let condition = format!("document.getElementById('remote-badges').textContent === '{words}'");
        self.wait_for(&condition, format!("the page says {words:?} of the other side")).await;
    }
}

/// Asks for the preview. The page may show it by itself already, since the devices are allowed; then the button is gone.
const PREVIEW: &str = "document.getElementById('preview-on').click()";

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_double_click_shares_the_screen_once_and_the_camera_comes_back() {
    let stage = Stage::with_page().await;
    let (alice, bob) = Browser::watched(&stage).await;
    let before = alice.asked().await;
    alice.hold().await;
    alice.click("share").await;
    alice.click("share").await;
    alice.until_asked(before + 1).await;
    alice.release().await;
    alice.wait_for("document.getElementById('share').ariaPressed === 'true'", "the screen is shared").await;
    bob.until_badge("shares its screen").await;
    assert_eq!(alice.asked().await, before + 1, "the browser asked once which screen");
    alice.toggle("share", false).await;
    bob.until_badge("").await;
    alice.wait_for(AT_REST, "the screen is no longer captured").await;
    let sent = "given.filter((track) => track.readyState === 'live' && track.kind === 'video').length === 1";
    alice.wait_for(sent, "the camera alone is on").await;
    bob.watches("remote").await;
    alice.hangs_up_and_nothing_is_on().await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn of_two_cameras_chosen_quickly_the_last_one_is_on_alone() {
    let stage = Stage::with_page().await;
    let (alice, bob) = Browser::watched(&stage).await;
    let before = alice.asked().await;
    alice.hold().await;
    alice.pick("camera-in-call", 1).await;
    alice.until_asked(before + 1).await;
    alice.pick("camera-in-call", 3).await;
    let wanted = alice.eval("return document.getElementById('camera-in-call').options[3].value").await;
    alice.release().await;
    alice.wait_for(AT_REST, "one camera is on").await;
    let used = "document.getElementById('local').srcObject.getVideoTracks()[0].getSettings().deviceId";
    alice.wait_for(&format!("{used} === {wanted}"), "it is the one that was chosen last").await;
    alice.wait_for(AT_REST, "no other one is on").await;
    bob.watches("remote").await;

    // The same with the microphone, and the end of the call in between.
    for list in ["microphone-in-call", "camera-in-call"] {
        alice.hold().await;
        let before = alice.asked().await;
        alice.pick(list, 2).await;
        alice.until_asked(before + 1).await;
        alice.hangs_up_and_nothing_is_on().await;
        alice.join_as("B").await;
        alice.until_connected().await;
    }
    // A screen that is chosen when the call is over.
    alice.hold().await;
    let before = alice.asked().await;
    alice.click("share").await;
    alice.until_asked(before + 1).await;
    alice.hangs_up_and_nothing_is_on().await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn whatever_is_clicked_in_whatever_order_only_what_is_shown_is_on() {
    let stage = Stage::with_page().await;
    let (alice, _bob) = Browser::watched(&stage).await;
    // A walk of forty moves, always the same one.
    let mut state = 20_261_126_u32;
    let mut next = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % below
    };
    for _ in 0..40 {
        match next(6) {
            0 => alice.hold().await,
            1 => alice.release().await,
            2 | 3 => alice.pick("camera-in-call", next(4) as usize).await,
            4 => alice.pick("microphone-in-call", next(4) as usize).await,
            _ => alice.click("share").await,
        }
    }
    alice.release().await;
    let behind = "(document.getElementById('share').ariaPressed === 'true' ? 1 : 0)";
    let on = "given.filter((track) => track.readyState === 'live').length";
    alice.wait_for(&format!("{on} === 2 + {behind}"), "one sound, one picture, and the camera behind a screen").await;
    if alice.eval(&format!("return {behind}")).await == 1 {
        alice.toggle("share", false).await;
    }
    alice.wait_for(AT_REST, "what is on is what is shown").await;
    alice.hangs_up_and_nothing_is_on().await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_device_that_goes_is_spoken_of_on_both_sides_and_used_again() {
    let stage = Stage::with_page().await;
    let (alice, bob) = Browser::watched(&stage).await;
    for (kind, list, button, badge) in
        [("video", "camera-in-call", "camera", "camera off"), ("audio", "microphone-in-call", "mute", "muted")]
    {
        // Another device is chosen.
        alice.unplug(kind).await;
        alice.until_notice("has gone").await;
        bob.until_badge(badge).await;
        assert_eq!(alice.eval(&format!("return document.getElementById('{button}').ariaPressed")).await, "true");
        alice.pick(list, 3).await;
        bob.until_badge("").await;
        alice.wait_for(AT_REST, "the other device is on").await;
        // It is plugged in again.
        alice.unplug(kind).await;
        bob.until_badge(badge).await;
        alice.eval("navigator.mediaDevices.dispatchEvent(new Event('devicechange'))").await;
        bob.until_badge("").await;
        alice.wait_for("document.getElementById('notice').textContent === ''", "the notice is gone").await;
        // The person clicks the button.
        alice.unplug(kind).await;
        bob.until_badge(badge).await;
        alice.toggle(button, false).await;
        bob.until_badge("").await;
        alice.wait_for(AT_REST, "the device is on again").await;
    }
    bob.watches("remote").await;
    bob.hears().await;

    // A person who was muted stays so.
    alice.toggle("mute", true).await;
    bob.until_badge("muted").await;
    alice.unplug("audio").await;
    alice.until_notice("has gone").await;
    alice.pick("microphone-in-call", 2).await;
    alice.wait_for(AT_REST, "the other microphone is on").await;
    bob.hears_nothing().await;
    bob.until_badge("muted").await;

    // A camera that goes while the screen takes its place is missed when the screen goes.
    alice.toggle("share", true).await;
    alice
        .eval(
            "const camera = given.findLast((track) => track.kind === 'video' && track.readyState === 'live'
                 && track !== document.getElementById('local').srcObject.getVideoTracks()[0]);
             camera.stop(); camera.dispatchEvent(new Event('ended'))",
        )
        .await;
    alice.until_notice("has gone").await;
    bob.until_badge("muted, shares its screen").await;
    alice.toggle("share", false).await;
    bob.until_badge("muted, camera off").await;
    alice.hangs_up_and_nothing_is_on().await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_camera_that_goes_in_the_lobby_is_spoken_of() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit("alice", &stage.server).await;
    alice.until_preview().await;
    alice.choose("source", "nothing").await;
    alice.eval(WATCH).await;
    alice.choose("source", "devices").await;
    alice.eval(PREVIEW).await;
    alice.watches("preview").await;
    alice.unplug("video").await;
    alice.until_problem("camera-gone").await;
    crate::layout::fits(&alice, "error-camera-gone").await;
    alice.click("try-again").await;
    alice.watches("preview").await;
    alice.wait_for(&format!("!({})", visible("error")), "the error is gone").await;
    let on = "given.filter((track) => track.readyState === 'live').length === 2";
    alice.wait_for(on, "one camera and one microphone are on").await;
    // Another source is chosen while this one is opened.
    alice.choose("source", "nothing").await;
    alice.wait_for(NOTHING_IS_ON, "no device is on").await;
    alice.choose("source", "devices").await;
    alice.hold().await;
    let before = alice.asked().await;
    alice.eval(PREVIEW).await;
    alice.until_asked(before + 1).await;
    alice.choose("source", "nothing").await;
    alice.release().await;
    alice.wait_for(&format!("given.length > 4 && {NOTHING_IS_ON}"), "what came too late is not on").await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_call_begins_although_the_preview_is_still_being_opened_and_given_up() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit("alice", &stage.server).await;
    alice.until_preview().await;
    alice.choose("source", "nothing").await;
    alice.eval(WATCH).await;
    alice.choose("source", "devices").await;
    alice.hold().await;
    alice.click("preview-on").await;
    alice.until_asked(1).await;
    alice.choose("source", "nothing").await;
    alice.eval(&format!("document.getElementById('room').value = '{ROOM}'")).await;
    alice.click("join").await;
    alice.release().await;
    alice.wait_for("document.getElementById('role').textContent === 'A'", "it is in the room").await;
    alice.wait_for(NOTHING_IS_ON, "no device is on").await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn after_back_and_after_a_reload_the_list_says_what_is_sent() {
    let stage = Stage::with_page().await;
    let (alice, bob) = tokio::join!(Browser::visit("alice", &stage.server), Browser::visit("bob", &stage.server));
    alice.choose("source", "nothing").await;
    alice.go(&format!("{}/healthz", stage.server.url())).await;
    alice.client.back().await.expect("there is a page before");
    for after in ["back", "reload"] {
        alice.until_ready().await;
        alice.wait_for("document.getElementById('source').value", "the lobby is there").await;
        let chosen = alice.eval("return document.getElementById('source').value").await;
        bob.join_as("A").await;
        alice.join_as("B").await;
        tokio::join!(alice.until_connected(), bob.until_connected());
        assert_eq!(sends_nothing(&alice).await, chosen == "nothing", "after {after} the list says {chosen}");
        if after == "reload" {
            // In the middle of a call nobody clicks, and it sends what it sent before.
            alice.reload().await;
            alice.until_ready().await;
            alice.until_connected().await;
            assert_eq!(sends_nothing(&alice).await, chosen == "nothing", "after a reload in the call: {chosen}");
        }
        for person in [&alice, &bob] {
            person.click("hang-up").await;
            person.until_back_in_lobby().await;
        }
        alice.reload().await;
    }
}

async fn sends_nothing(person: &Browser) -> bool {
    person.eval("return (document.getElementById('local').srcObject?.getTracks().length ?? 0) === 0").await == true
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_call_that_sends_nothing_opens_no_camera_from_the_list() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit("alice", &stage.server).await;
    alice.choose("source", "nothing").await;
    alice.eval(WATCH).await;
    alice.join_as("A").await;
    alice.pick("camera-in-call", 1).await;
    alice.until_notice("join again").await;
    alice.wait_for(NOTHING_IS_ON, "no device is on").await;
    assert_eq!(alice.eval("return asked").await, 0);
}
