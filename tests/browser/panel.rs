//! What the page shows of the call: steps of both sides, the diagram, descriptions, candidates, states, statistics.
//!
//! Expected: it is the truth about this very call, and text from elsewhere stays text.

use serde_json::json;
use shared::Step;
use study_zoom::site::source;
use study_zoom::text::{Language, page as texts};

use crate::native::NativePeer;
use crate::page::Browser;
use crate::page::{STEPS_OF_A, STEPS_OF_B};
use crate::{ROOM, Stage};

impl Browser {
    /// Unfolds everything.
    pub(crate) async fn open_all_parts(&self) {
        self.eval("document.querySelectorAll('#panel details').forEach(part => part.open = true)").await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn the_panel_tells_the_truth_about_both_sides() {
    let stage = Stage::with_page().await;
    let (alice, bob) = crate::tabs::call_of_two(&stage).await;
    tokio::join!(alice.open_all_parts(), bob.open_all_parts());
    tokio::join!(alice.until_steps_are(STEPS_OF_A), bob.until_steps_are(STEPS_OF_B));
    tokio::join!(alice.until_their_steps_are(STEPS_OF_B), bob.until_their_steps_are(STEPS_OF_A));
    // Each of the own steps says how long it took. What is heard of those of the other side has no time.
    for (whose, form) in [("mine", r"^\d+ ms$"), ("theirs", "^✓$")] {
        let lights = format!("[...document.querySelectorAll('#steps [data-whose={whose}][data-state=done]')]");
        let others = format!("return {lights}.map(light => light.textContent).filter(text => !/{form}/.test(text))");
        assert_eq!(alice.eval(&others).await, json!([]), "{whose}");
        assert!(alice.eval(&format!("return {lights}.length")).await.as_u64() > Some(8), "{whose}");
    }

    // Offer and answer are the same on both sides, every line of them; and the lines that matter have a note.
    for id in ["offer", "answer"] {
        let lines = format!("return [...document.querySelectorAll('#{id} code')].map(line => line.textContent)");
        let (one, other) = tokio::join!(alice.eval(&lines), bob.eval(&lines));
        assert_eq!(one, other, "the {id}");
        let lines = one.as_array().expect("lines");
        assert!(lines.len() > 50 && lines[0] == "v=0", "{lines:?}");
        let bare = format!(
            "return [...document.querySelectorAll('#{id} li')].filter(line => !line.querySelector('small'))
                 .map(line => line.textContent)"
        );
        assert_eq!(alice.eval(&bare).await, json!([]), "lines of the {id} without a note");
    }

    // Both have candidates, and the pair that won is marked on both.
    for person in [&alice, &bob] {
        let won = "document.querySelectorAll('#candidates tr.won').length === 2";
        person.wait_for(won, "one candidate of each side is marked as the winner").await;
        let states = "return Object.fromEntries([...document.querySelectorAll('#states dd')]
            .map(place => [place.dataset.machine, place.querySelector('b').textContent]))";
        let states = person.eval(states).await;
        assert_eq!(states["signalingState"], "stable");
        assert_eq!(states["iceGatheringState"], "complete");
        assert_eq!(states["connectionState"], "connected");
        assert!(states["iceConnectionState"] == "connected" || states["iceConnectionState"] == "completed");
    }

    // Statistics: what was measured is drawn.
    for measure in ["BitrateIn", "BitrateOut", "FrameRate", "RoundTrip", "Loss"] {
        let drawn = format!("document.querySelector('[data-measure={measure}] path').getAttribute('d').includes('L')");
        alice.wait_for(&drawn, format!("{measure} has a line")).await;
    }
    let size = "/640 × 480/.test(document.querySelector('[data-measure=Resolution] b').textContent)";
    alice.wait_for(size, "the resolution of the fake camera").await;
    alice.screenshot("desktop-panel").await;
    alice.eval("document.querySelector('#offer li:nth-child(2) details').open = true").await;
    for (part, name) in [
        ("diagram-details", "diagram"),
        ("descriptions-details", "sdp"),
        ("candidates-details", "candidates"),
        ("statistics-details", "statistics"),
    ] {
        alice.eval(&format!("document.getElementById('{part}').scrollIntoView({{ behavior: 'instant' }})")).await;
        alice.screenshot(&format!("desktop-{name}")).await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn the_diagram_shows_this_very_call_and_can_be_taken_along() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit("alice", &stage.server).await;
    alice.open_all_parts().await;
    alice.join_as("A").await;
    let mut bob = NativePeer::join("bob", &stage.server).await;
    bob.until_step_13().await;
    let has = async |words: &str| {
        let condition = format!("document.querySelector('#diagram svg').textContent.includes({})", json!(words));
        alice.wait_for(&condition, format!("the diagram says {words:?}")).await;
    };
    for words in ["createOffer", "setRemoteDescription", "offer", "answer", "ice", "127.0.0.1"] {
        has(words).await;
    }
    // What is saved is what is shown.
    alice
        .eval(
            "window.saved = [];
             URL.createObjectURL = blob => { saved.push(blob); return '#'; };
             HTMLAnchorElement.prototype.click = function () { window.savedAs = this.download; };",
        )
        .await;
    for (button, name, start) in [("save-svg", "call.svg", "<svg"), ("save-mermaid", "call.mmd", "sequenceDiagram")] {
        alice.click(button).await;
        assert_eq!(alice.eval("return window.savedAs").await, name);
        let read = "saved.at(-1).text().then(text => { window.savedText = text; }); return 0";
        alice.eval(read).await;
        let condition = format!("window.savedText?.trimStart().startsWith('{start}')");
        alice.wait_for(&condition, format!("{name} begins with {start}")).await;
    }
    bob.hang_up().await;
    // After the call it can still be looked at.
    alice.until_disconnected().await;
    has("createOffer").await;
    assert_eq!(alice.complaints().await, Vec::<String>::new());
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_step_opens_to_its_code_in_every_source() {
    let mut stage = Stage::with_page().await;
    let alice = Browser::visit("alice", &stage.server).await;
    alice.join_as("A").await;
    // In the lists of the page, one line after the other: label, place, code.
    let shown = |step: u8| {
        format!(
            "[...document.querySelectorAll('#steps li[data-step=\"{step}\"] figure')].flatMap(figure =>
                 [...figure.querySelectorAll('span, code, pre')].map(part => part.textContent))"
        )
    };
    let has_code = |step: u8, language: Language| {
        let excerpts = source::excerpts(Step::number(step)).into_iter().flat_map(|excerpt| {
            let label = texts::by_name(excerpt.label).expect("a text of the page").in_language(language);
            [label.to_owned(), format!("{}:{}", excerpt.file, excerpt.line), excerpt.text]
        });
        format!("JSON.stringify({}) === JSON.stringify({})", shown(step), json!(excerpts.collect::<Vec<_>>()))
    };

    // Without a server the step says so, and tries again when it is opened again.
    stage.server.stop().await;
    alice.click_on("#steps li[data-step='7'] summary").await;
    alice.wait_for("document.querySelector('#steps p[data-en]')", "the step says why it has no code").await;
    assert_eq!(alice.eval(&format!("return {}", shown(7))).await, json!([]));
    stage.server.start_again().await;
    alice.click_on("#steps li[data-step='7'] summary").await;
    // With the keyboard, as a person without a mouse.
    alice.press_enter_on("#steps li[data-step='7'] summary").await;
    alice.wait_for(&has_code(7, Language::English), "step 7 shows its code").await;
    let sees = "document.querySelector('#steps li[data-step=\"7\"] pre').checkVisibility()";
    assert_eq!(alice.eval(&format!("return {sees}")).await, true);

    // The others have theirs now, and none of them is open or fetches it again.
    let fetched = "return performance.getEntriesByName(new URL('/source', location).href).length";
    let before = alice.eval(fetched).await;
    for step in 0..14 {
        alice.wait_for(&has_code(step, Language::English), format!("step {step} has its code")).await;
    }
    assert_eq!(alice.eval("return document.querySelectorAll('#steps [open]').length").await, 1);
    alice.click_on("#steps li[data-step='0'] summary").await;
    alice.wait_for("document.querySelectorAll('#steps [open]').length === 2", "step 0 is open").await;
    alice.click("korean").await;
    alice.wait_for(&has_code(0, Language::Korean), "the labels are in Korean").await;
    assert_eq!(alice.eval(fetched).await, before);
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn in_a_room_with_a_hostile_name_text_is_text() {
    let stage = Stage::with_page().await;
    let name = "<img src=x onerror=document.title='taken'>&\"";
    let alice = Browser::visit("alice", &stage.server).await;
    alice.open_all_parts().await;
    alice.ask_to_join(name).await;
    alice.until_role("A").await;
    alice.wait_for("document.querySelector('#diagram svg')", "the diagram is drawn").await;
    assert_eq!(alice.eval("return document.querySelectorAll('#call img:not(#invitation-code)').length").await, 0);
    assert_ne!(alice.eval("return document.title").await, "taken");
    assert_ne!(name, ROOM);
}
