//! The page for everybody: contrast, names, roles and the order of the keyboard.
//!
//! ```text
//! npm install --prefix tests/axe
//! cargo test --test browser -- --ignored accessibility
//! ```
//!
//! Expected: axe-core finds no violation of WCAG 2.2, levels A and AA, in any state of the page, light and dark, on a desktop and on
//! a phone, in both languages; and the Tab key goes through the page in the order in which it is seen.

use std::path::Path;

use serde_json::{Value, json};
use study_zoom::server::ServerOptions;
use study_zoom::site::Site;
use testing::browser::Screen;

use crate::native::NativePeer;
use crate::page::{Browser, visible};
use crate::{ROOM, Stage};

/// The rules: WCAG 2.0 to 2.2, levels A and AA, and what else the authors of axe-core advise.
const RULES: &str = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']";

/// A person, and all that is wrong on the page.
struct Judge {
    person: Browser,
    axe: String,
    found: Vec<String>,
}

impl Judge {
    fn new(person: Browser) -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/axe/node_modules/axe-core/axe.min.js");
        let axe = std::fs::read_to_string(&file)
            .unwrap_or_else(|error| panic!("{}: {error}: npm install --prefix tests/axe", file.display()));
        Self { person, axe, found: Vec::new() }
    }

    /// Judges the page as it is now, light and dark.
    async fn look(&mut self, state: &str) {
        let person = &self.person;
        if person.eval("return Boolean(window.axe)").await != true {
            person.eval(&self.axe).await;
        }
        for scheme in ["light", "dark"] {
            let media = json!({"features": [
                {"name": "prefers-color-scheme", "value": scheme},
                // A color that is still changing has no contrast of its own.
                {"name": "prefers-reduced-motion", "value": "reduce"},
            ]});
            person.devtools("Emulation.setEmulatedMedia", media).await;
            let judge = format!(
                "window.judged = undefined;
                 axe.run(document, {{ runOnly: {RULES}, preload: false }}).then(
                     ({{ violations, passes }}) => {{ window.judged = {{ violations, passes: passes.length }}; }},
                     error => {{ window.judged = {{ error: String(error) }}; }});"
            );
            person.eval(&judge).await;
            person.wait_for("window.judged", format!("axe-core has looked at the {state} in {scheme}")).await;
            person.screenshot(&format!("{}-{state}-{scheme}", person.name)).await;
            let judged = person.eval("return window.judged").await;
            assert!(judged["passes"].as_u64() > Some(10), "axe-core has applied its rules: {judged}");
            for violation in judged["violations"].as_array().expect("a list") {
                let nodes = violation["nodes"].as_array().into_iter().flatten();
                let nodes: Vec<_> = nodes.map(|node| format!("{} {}", node["html"], node["failureSummary"])).collect();
                self.found.push(format!("{} {state} {scheme}: {}: {nodes:#?}", person.name, violation["id"]));
            }
        }
    }
}

/// Every state of the page, one after the other.
async fn judge_all_states(name: &'static str, screen: Screen, language: &str) {
    let stage = Stage::with_page().await;
    let mut judge = Judge::new(Browser::visit_in(name, &stage.server, screen, language).await);
    judge.look("lobby").await;
    judge.person.click_on("#tester summary").await;
    judge.person.click("test").await;
    judge
        .person
        .wait_for("document.querySelector('#test-results li')", "the test of the connection says something")
        .await;
    judge.look("tester").await;
    judge.person.ask_to_join(&"x".repeat(65)).await;
    judge.person.until_problem("room-name").await;
    judge.look("problem").await;

    judge.person.click("step-by-step").await;
    judge.person.ask_to_join(ROOM).await;
    judge.person.wait_for(&visible("next"), "a step waits").await;
    judge.person.opens("steps").await;
    judge.look("stepping").await;
    judge.person.click("stepping").await;
    judge.person.until_role("A").await;
    if screen == Screen::Phone {
        judge.person.opens("call").await;
    }
    judge.person.wait_for(&visible("invitation"), "the invitation is shown").await;
    judge.look("waiting").await;
    judge.person.click("open-more").await;
    judge.look("settings").await;
    judge.person.click("open-shortcuts").await;
    judge.look("shortcuts").await;
    judge.person.click_on("#shortcuts form button").await;

    let mut peer = NativePeer::join("peer", &stage.server).await;
    peer.until_step_13().await;
    judge.person.until_connected().await;
    for button in ["mute", "camera"] {
        judge.person.toggle(button, true).await;
    }
    judge.look("call").await;
    judge.person.says("hello 안녕").await;
    judge.person.reads("hello 안녕").await;
    judge.look("chat").await;
    judge.person.opens("steps").await;
    // All parts, and one of those that are in them many times: axe-core looks at every letter that is seen.
    let open = "document.querySelectorAll('#panel > details').forEach(part => part.open = true)";
    judge.person.eval(open).await;
    judge.person.eval("document.querySelector('#steps details').open = true").await;
    judge
        .person
        .wait_for("document.querySelectorAll('#steps pre').length > 40", "the code of the steps is there")
        .await;
    judge.person.wait_for("document.querySelectorAll('#offer li').length > 10", "the descriptions are there").await;
    judge.person.eval("document.querySelector('#offer li:nth-child(2) details').open = true").await;
    judge.look("panels").await;
    peer.hang_up().await;
    if screen == Screen::Phone {
        judge.person.opens("call").await;
    }
    judge.person.click("hang-up").await;
    judge.person.until_back_in_lobby().await;
    judge.look("ended").await;
    assert!(judge.found.is_empty(), "{}", judge.found.join("\n"));
}

#[tokio::test]
#[ignore = "needs Chromium and its driver, and axe-core: npm install --prefix tests/axe"]
async fn nobody_is_kept_out_on_a_desktop_in_english() {
    judge_all_states("axe-desktop-en", Screen::Desktop, "en").await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver, and axe-core: npm install --prefix tests/axe"]
async fn nobody_is_kept_out_on_a_desktop_in_korean() {
    judge_all_states("axe-desktop-ko", Screen::Desktop, "ko-KR").await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver, and axe-core: npm install --prefix tests/axe"]
async fn nobody_is_kept_out_on_a_phone_in_english() {
    judge_all_states("axe-phone-en", Screen::Phone, "en").await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver, and axe-core: npm install --prefix tests/axe"]
async fn nobody_is_kept_out_on_a_phone_in_korean() {
    judge_all_states("axe-phone-ko", Screen::Phone, "ko-KR").await;
}

/// A page that is not compiled yet says so above all else, and has nothing that one could click in vain. It starts by itself.
async fn judge_the_page_before_it_is_compiled(name: &'static str, screen: Screen) {
    let folder = tempfile::tempdir().expect("the folder can be written");
    let stage = Stage::set_with(ServerOptions { site: Site::at(folder.path().to_owned()), ..Default::default() }).await;
    let mut judge = Judge::new(Browser::open_on(name, &format!("{}/", stage.server.url()), screen, "en").await);
    let says = "document.getElementById('build').textContent.includes('starts by itself')";
    judge.person.wait_for(says, "the page says that it is not there yet").await;
    let order = "return document.getElementById('build').getBoundingClientRect().bottom
        <= document.getElementById('lobby-form').getBoundingClientRect().top";
    assert_eq!(judge.person.eval(order).await, true, "it says so above the form");
    let idle = "return ['room', 'join', 'preview-on', 'korean', 'test'].filter(id => !document.getElementById(id).closest('[inert]'))";
    assert_eq!(judge.person.eval(idle).await, json!([]), "these look as if they worked");
    judge.look("compiling").await;
    crate::layout::fits(&judge.person, "compiling").await;

    let (built, pkg) = (Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("site/pkg"), folder.path().join("pkg"));
    std::fs::create_dir(&pkg).expect("the folder can be written");
    // The WebAssembly comes last, and at once: then the page is ready.
    for (from, to) in [("study_zoom.js", "study_zoom.js"), ("study_zoom_bg.wasm", "half")] {
        std::fs::copy(built.join(from), pkg.join(to)).expect("the bundle is there: run cargo xtask bundle");
    }
    std::fs::rename(pkg.join("half"), pkg.join("study_zoom_bg.wasm")).expect("it can have its name");
    judge.person.until_ready().await;
    assert_eq!(judge.person.eval("return document.querySelectorAll('[inert]').length").await, 0);
    assert_eq!(judge.person.eval("return document.activeElement.id").await, "room");
    judge.person.ask_to_join(ROOM).await;
    judge.person.until_role("A").await;
    assert!(judge.found.is_empty(), "{}", judge.found.join("\n"));
}

#[tokio::test]
#[ignore = "needs Chromium and its driver, and axe-core: npm install --prefix tests/axe"]
async fn nobody_clicks_in_vain_while_the_page_is_compiled_on_a_desktop() {
    judge_the_page_before_it_is_compiled("axe-desktop", Screen::Desktop).await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver, and axe-core: npm install --prefix tests/axe"]
async fn nobody_clicks_in_vain_while_the_page_is_compiled_on_a_phone() {
    judge_the_page_before_it_is_compiled("axe-phone", Screen::Phone).await;
}

/// Presses Tab until the focus comes round, and returns where it was: the part of the page, the element, its top and left edge.
async fn tab_through(person: &Browser, parts: &str) -> Vec<(String, String, f64, f64)> {
    // The way begins at the top of the page, and not where the focus was last.
    person.eval("document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex')").await;
    let here = format!(
        "const element = document.activeElement;
         if (!element || element === document.body) return null;
         const box = element.getBoundingClientRect();
         const part = element.closest({});
         // What is scrolled within its part stands where it stood before.
         const top = box.top + box.height / 2 + (part?.scrollTop ?? 0);
         return [part ? part.id || part.tagName : '', element.id || element.outerHTML, top, box.left]",
        json!(parts)
    );
    let mut order = Vec::new();
    for _ in 0..100 {
        person.press("Tab").await;
        match person.eval(&here).await {
            Value::Null => break,
            place => order.push(serde_json::from_value(place).expect("a place")),
        }
    }
    order
}

/// Each part is gone through at once, from its top to its bottom, and in a row from left to right.
fn assert_as_seen(order: &[(String, String, f64, f64)], parts: &[&str]) {
    let mut visited: Vec<_> = order.iter().map(|(part, ..)| part.as_str()).collect();
    visited.dedup();
    assert_eq!(visited, parts, "{order:#?}");
    for pair in order.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
        let [(_, first, top, left), (_, second, lower, right)] = pair else { unreachable!("windows of two") };
        // Half a line: what is in one row has not always the same height.
        let is_same_row = (top - lower).abs() < 12.0;
        assert!(is_same_row && left < right || !is_same_row && top < lower, "{second} comes after {first}: {order:#?}");
    }
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn the_keyboard_goes_through_the_page_as_it_is_seen() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit("alice", &stage.server).await;
    // The picture is there: then there is no button in its place.
    alice.watches("preview").await;
    let order = tab_through(&alice, "header, .fields, p, #tester").await;
    assert_as_seen(&order, &["HEADER", "DIV", "P", "tester"]);
    let fields: Vec<_> = order.iter().filter(|(part, ..)| part == "DIV").map(|(_, id, ..)| id.as_str()).collect();
    let expected =
        ["room", "name", "source", "camera-choice", "microphone-choice", "step-by-step", "relay-only", "join"];
    assert_eq!(fields, expected);

    alice.join_as("A").await;
    let mut peer = NativePeer::join("peer", &stage.server).await;
    peer.until_step_13().await;
    alice.until_connected().await;
    let order = tab_through(&alice, "header, #views, #stage, #panel").await;
    assert_as_seen(&order, &["HEADER", "views", "stage", "panel"]);
    let bar: Vec<_> = order.iter().filter(|(part, ..)| part == "stage").map(|(_, id, ..)| id.as_str()).collect();
    assert_eq!(bar, ["mute", "camera", "share", "open-chat", "full-screen", "open-more", "hang-up"]);
    peer.hang_up().await;
}
