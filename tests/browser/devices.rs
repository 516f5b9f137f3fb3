//! Cameras, microphones and screens: chosen, exchanged, missing, forbidden.
//!
//! Expected: what goes wrong is said in words, with what to do, and there is always a way into the room; what is exchanged
//! in the middle of a call arrives at the other side without a new negotiation.

use testing::browser::Screen;

use crate::native::NativePeer;
use crate::page::Browser;
use crate::page::{STEPS_OF_A, visible};
use crate::{ROOM, Stage};

/// How each error of `getUserMedia` is named on the page, and what works all the same.
const ERRORS: [(&str, &str, &[&str]); 5] = [
    ("NotAllowedError", "denied", &["pattern", "nothing"]),
    ("NotFoundError", "not-found", &["microphone", "pattern", "nothing"]),
    ("NotReadableError", "busy", &["microphone", "pattern", "nothing"]),
    ("OverconstrainedError", "overconstrained", &["microphone", "pattern", "nothing"]),
    ("TypeError", "media", &["pattern", "nothing"]),
];

impl Browser {
    /// From now on the browser answers every request for a camera with this error.
    async fn break_cameras_in_the_lobby(&self, error: &str) {
        self.until_preview().await;
        self.break_cameras(error).await;
        self.close_cameras().await;
    }

    async fn break_cameras(&self, error: &str) {
        let script = format!(
            "const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
             navigator.mediaDevices.getUserMedia = (wanted) => wanted.video
                 ? Promise.reject(new DOMException('stubbed', '{error}'))
                 : real(wanted);"
        );
        self.eval(&script).await;
    }

    /// Waits for the preview. It opens by itself here, since this browser asks nobody, and at a moment of its own.
    pub(crate) async fn until_preview(&self) {
        self.wait_for("document.getElementById('preview').srcObject", "the preview is open").await;
    }

    /// Closes the preview.
    async fn close_cameras(&self) {
        self.choose("source", "nothing").await;
        self.choose("source", "devices").await;
    }

    /// Waits until the page says that this went wrong.
    pub(crate) async fn until_problem(&self, name: &str) {
        // Wherever the page was scrolled to.
        let condition = format!(
            "document.getElementById('error').dataset.problem === '{name}' && {}
             && (({{ top }}) => top >= 0 && top < innerHeight)(document.getElementById('error').getBoundingClientRect())",
            visible("error")
        );
        self.wait_for(&condition, format!("the page explains the problem {name:?} where it is seen")).await;
    }

    async fn offers(&self) -> serde_json::Value {
        self.eval("return [...document.querySelectorAll('#error [data-source]')].map(button => button.dataset.source)")
            .await
    }

    /// What the sender of a kind sends at present: the id of the track.
    async fn device_of(&self, kind: &str) -> serde_json::Value {
        let script = format!(
            "return document.getElementById('local').srcObject.getTracks()
                 .find(track => track.kind === '{kind}').getSettings().deviceId"
        );
        self.eval(&script).await
    }
}

async fn errors_are_explained(name: &'static str, screen: Screen) {
    let stage = Stage::with_page().await;
    for (error, problem, fallbacks) in ERRORS {
        let alice = Browser::visit_on(name, &stage.server, screen).await;
        alice.break_cameras_in_the_lobby(error).await;
        alice.ask_to_join(ROOM).await;
        alice.until_problem(problem).await;
        alice.until_back_in_lobby().await;
        assert_eq!(alice.offers().await, serde_json::json!(fallbacks), "{error}");
        assert!(alice.text("error").await.contains(error), "the browser's own word is there too");
        crate::layout::fits(&alice, &format!("error-{problem}")).await;
        // The room is free, and there is a way into it.
        alice.click_on(&format!("#error [data-source={}]", fallbacks[0])).await;
        alice.until_role("A").await;
        alice.click("hang-up").await;
        alice.until_back_in_lobby().await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn each_error_of_the_camera_is_explained_and_there_is_a_way_on() {
    errors_are_explained("desktop", Screen::Desktop).await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn each_error_of_the_camera_is_explained_on_a_phone() {
    errors_are_explained("phone", Screen::Phone).await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn on_an_insecure_page_one_can_still_send_a_pattern() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit("desktop", &stage.server).await;
    alice.until_preview().await;
    alice.eval("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })").await;
    alice.close_cameras().await;
    alice.ask_to_join(ROOM).await;
    alice.until_problem("insecure").await;
    crate::layout::fits(&alice, "error-insecure").await;
    alice.click_on("#error [data-source=pattern]").await;
    alice.until_role("A").await;
    let mut bob = NativePeer::join("bob", &stage.server).await;
    bob.until_step_13().await;
    alice.watches_and_hears().await;
    alice.watches("local").await;
    bob.receives(20, 50).await;
    bob.hang_up().await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn whoever_sends_nothing_sees_and_hears_all_the_same_first_or_second() {
    let stage = Stage::with_page().await;
    for first in [true, false] {
        let alice = Browser::visit("alice", &stage.server).await;
        alice.choose("source", "nothing").await;
        let mut bob = if first {
            alice.join_as("A").await;
            NativePeer::join("bob", &stage.server).await
        } else {
            let bob = NativePeer::join("bob", &stage.server).await;
            alice.join_as("B").await;
            bob
        };
        bob.until_step_13().await;
        alice.watches_and_hears().await;
        assert_eq!(alice.eval("return document.getElementById('share').disabled").await, true);
        let received = bob.counters.read();
        assert_eq!((received.video_frames, received.audio_frames), (0, 0), "nothing is nothing");
        bob.hang_up().await;
        alice.click("hang-up").await;
        alice.until_back_in_lobby().await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_microphone_without_a_camera_is_heard() {
    let stage = Stage::with_page().await;
    let (alice, bob) = tokio::join!(Browser::visit("alice", &stage.server), Browser::visit("bob", &stage.server));
    alice.choose("source", "microphone").await;
    alice.join_as("A").await;
    bob.join_as("B").await;
    tokio::join!(alice.until_connected(), bob.until_connected());
    bob.wait_for("document.getElementById('remote').srcObject", "the other side's stream is there").await;
    bob.hears().await;
    alice.watches_and_hears().await;
    // There is a picture to put the screen in the place of.
    alice.toggle("share", true).await;
    bob.watches("remote").await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn the_preview_shows_picture_and_level_and_the_call_takes_it_over() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit("alice", &stage.server).await;
    alice.until_preview().await;
    alice.close_cameras().await;
    alice.click("preview-on").await;
    alice.watches("preview").await;
    alice.wait_for("document.getElementById('level').value > 0.01", "the meter moves").await;
    let cameras = "document.getElementById('camera-choice').options.length === 4";
    alice.wait_for(cameras, "all cameras are in the list").await;
    alice.screenshot("desktop-preview").await;
    let track = "document.getElementById('preview').srcObject.getVideoTracks()[0].id";
    let before = alice.eval(&format!("return {track}")).await;
    alice.join_as("A").await;
    let local = "return document.getElementById('local').srcObject.getVideoTracks()[0].id";
    assert_eq!(alice.eval(local).await, before, "the camera was opened once");
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_camera_and_a_microphone_are_exchanged_in_the_call() {
    let stage = Stage::with_page().await;
    let (alice, bob) = crate::tabs::call_of_two(&stage).await;
    alice.toggle("mute", true).await;
    bob.remember_the_stream().await;
    for (list, kind) in [("camera-in-call", "video"), ("microphone-in-call", "audio")] {
        let before = alice.device_of(kind).await;
        let others = format!(
            "return [...document.getElementById('{list}').options].map(option => option.value)
                 .findLast(value => value && value !== {before})"
        );
        let other = alice.eval(&others).await;
        let other = other.as_str().expect("there are two devices");
        alice.eval(&format!("window.oldTrack = document.getElementById('local').srcObject.getTracks().find(track => track.kind === '{kind}')")).await;
        alice.choose(list, other).await;
        let same = async || alice.device_of(kind).await != other;
        alice.wait_while(format!("the {kind} comes from the other device"), same).await;
        assert_eq!(alice.eval("return window.oldTrack.readyState").await, "ended", "the old device is free");
    }
    alice.watches("local").await;
    bob.watches("remote").await;
    // A person who was muted stays so, whatever the microphone.
    bob.hears_nothing().await;
    alice.toggle("mute", false).await;
    bob.hears().await;
    assert!(bob.has_still_the_stream().await, "nobody has negotiated again");
    alice.until_steps_are(STEPS_OF_A).await;

    // A device that cannot be opened: the old one goes on, and the page says why.
    let here = alice.device_of("video").await;
    let script = format!(
        "const devices = navigator.mediaDevices, real = devices.getUserMedia.bind(devices);
         devices.getUserMedia = wanted => wanted.video && wanted.video.deviceId?.exact !== {here}
             ? Promise.reject(new DOMException('stubbed', 'NotReadableError'))
             : real(wanted);
         const list = document.getElementById('camera-in-call');
         list.value = [...list.options].map(option => option.value).find(value => value && value !== {here});
         list.dispatchEvent(new Event('change'));"
    );
    alice.eval(&script).await;
    let says_why = "document.getElementById('notice').textContent.includes('NotReadableError')";
    alice.wait_for(says_why, "the page says why").await;
    assert_eq!(alice.device_of("video").await, here, "the old device is back");
    tokio::join!(alice.watches("local"), bob.watches("remote"));
    bob.hears().await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_screen_takes_the_place_of_the_camera_and_gives_it_back() {
    let stage = Stage::with_page().await;
    let (alice, bob) = crate::tabs::call_of_two(&stage).await;
    bob.remember_the_stream().await;
    let camera = alice.device_of("video").await;
    let says = async |words: &str| {
        let badges = format!("document.getElementById('remote-badges').textContent.includes('{words}')");
        bob.wait_for(&badges, format!("the page says {words:?} of the other side")).await;
    };
    alice.toggle("share", true).await;
    assert_ne!(alice.device_of("video").await, camera, "it is another picture");
    says("screen").await;
    bob.watches("remote").await;
    alice.toggle("share", false).await;
    assert_eq!(alice.device_of("video").await, camera);
    bob.wait_for("document.getElementById('remote-badges').textContent === ''", "the screen is gone").await;
    bob.watches("remote").await;

    // The browser has a button of its own that ends the sharing.
    alice.toggle("share", true).await;
    says("screen").await;
    alice
        .eval(
            "const [track] = document.getElementById('local').srcObject.getVideoTracks();
             track.stop(); track.dispatchEvent(new Event('ended'));",
        )
        .await;
    alice.wait_for("document.getElementById('share').ariaPressed === 'false'", "the button is released").await;
    bob.watches("remote").await;

    // Mute and camera are shown on the other side too.
    alice.toggle("mute", true).await;
    says("muted").await;
    alice.toggle("camera", true).await;
    says("camera off").await;
    assert!(bob.has_still_the_stream().await, "nobody has negotiated again");
}
