//! What the page looks like on a desktop and on a phone.
//!
//! Expected: nothing is wider than the window, both pictures have an area, and every button can be pressed with a thumb.

use testing::browser::Screen;

use crate::Stage;
use crate::native::NativePeer;
use crate::page::Browser;

/// Nothing has to be scrolled sideways, and no control is smaller than a fingertip (WCAG 2.2, 2.5.8: 24 CSS pixels).
pub(crate) async fn fits(person: &Browser, what: &str) {
    person.eval("scrollTo({ top: 0, behavior: 'instant' })").await;
    person.screenshot(&format!("{}-{what}", person.name)).await;
    let wide = person
        .eval(
            "const width = document.documentElement.clientWidth;
             // A part that a finger pushes in has its own edges; a tooltip and a text for screen readers are clipped.
             const edge = element => element.closest('#swipe > *')?.getBoundingClientRect().right ?? width;
             return [...document.querySelectorAll('body *')]
                 .filter(element => element.checkVisibility() && !element.closest('.label, .dot'))
                 .filter(element => element.getBoundingClientRect().right > edge(element) + 1)
                 .map(element => `${element.tagName}#${element.id}`)",
        )
        .await;
    assert_eq!(wide, serde_json::json!([]), "{}: wider than the window in the {what}", person.name);
    let small = person
        .eval(
            "// A term stands within a sentence: WCAG excepts it, since its size is that of the line.
             return [...document.querySelectorAll('button:not([data-term]), input:not(#file-choice), select, .button, summary')]
                 .filter(element => element.checkVisibility())
                 .filter(element => element.offsetWidth < 24 || element.offsetHeight < 24)
                 .map(element => element.id)",
        )
        .await;
    assert_eq!(small, serde_json::json!([]), "{}: too small for a finger in the {what}", person.name);
}

async fn looks_right(name: &'static str, screen: Screen) {
    let stage = Stage::with_page().await;
    let person = Browser::visit_on(name, &stage.server, screen).await;
    fits(&person, "lobby").await;
    person.join_as("A").await;
    person.watches("local").await;
    fits(&person, "waiting").await;
    let mut peer = NativePeer::join("peer", &stage.server).await;
    peer.until_step_13().await;
    person.watches_and_hears().await;
    person.screenshot(&format!("{name}-connected")).await;
    person.says("hello").await;
    person.reads("hello").await;
    // A person who looks at the other's face goes on doing so when a line of chat arrives.
    person.eval("scrollTo({ top: 0, behavior: 'instant' })").await;
    peer.controls.chat("a long line that has no spaces: ".to_owned() + &"안녕hello".repeat(30));
    person.reads("안녕hello안녕hello").await;
    assert_eq!(person.eval("return scrollY").await, 0, "{name}: a line of chat has scrolled the page");
    fits(&person, "call").await;
    person.opens("steps").await;
    // Everything unfolded: a description has long lines, a candidate many columns.
    person.open_all_parts().await;
    person.wait_for("document.querySelectorAll('#offer small').length > 10", "the notes are there").await;
    person.wait_for("document.querySelectorAll('#steps pre').length > 40", "the code of the steps is there").await;
    fits(&person, "unfolded").await;
    for part in ["diagram", "descriptions", "candidates", "states", "statistics"] {
        let to = format!("document.getElementById('{part}-details').scrollIntoView({{ behavior: 'instant' }})");
        person.eval(&to).await;
        person.screenshot(&format!("{name}-{part}")).await;
    }
    person.eval("document.querySelectorAll('#panel details').forEach(part => part.open = false)").await;
    if screen == Screen::Phone {
        person.opens("call").await;
    }
    for video in ["local", "remote"] {
        let script = format!(
            "const box = document.getElementById('{video}').getBoundingClientRect(); return box.width * box.height"
        );
        let area = person.eval(&script).await.as_f64().expect("a number");
        assert!(area > 60.0 * 40.0, "{name}: the {video} picture has an area of {area}");
    }
    peer.hang_up().await;
    person.until_disconnected().await;
    fits(&person, "alone").await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn the_page_fits_a_desktop() {
    looks_right("desktop", Screen::Desktop).await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn the_page_fits_a_phone() {
    looks_right("phone", Screen::Phone).await;
}
