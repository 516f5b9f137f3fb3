//! What the page looks like on a desktop and on a phone, in the light and in the dark.
//!
//! Expected: nothing is wider than the window, and every button can be pressed with a thumb.

use serde_json::json;
use testing::browser::Screen;

use crate::person::Browser;
use crate::program::{Program, turn};

/// Nothing has to be scrolled sideways, and no control is smaller than a fingertip (WCAG 2.2, 2.5.8: 24 CSS pixels).
async fn fits(person: &Browser, what: &str) {
    for colours in ["light", "dark"] {
        person.prefers(colours).await;
        person.eval("scrollTo({ top: 0, behavior: 'instant' })").await;
        person.screenshot(&format!("socketio-{}-{what}-{colours}", person.name)).await;
        person.eval("document.getElementById('packets').scrollIntoView({ block: 'end', behavior: 'instant' })").await;
        person.screenshot(&format!("socketio-{}-{what}-{colours}-packets", person.name)).await;
    }
    let wide = person
        .eval(
            "const width = document.documentElement.clientWidth;
             return [...document.querySelectorAll('body *')]
                 .filter((element) => element.checkVisibility() && element.getBoundingClientRect().right > width + 1)
                 .map((element) => `${element.tagName}#${element.id}`)",
        )
        .await;
    assert_eq!(wide, json!([]), "{}: wider than the window, {what}", person.name);
    // What is inside a box that scrolls must not scroll sideways either.
    let scrolls = "return ['log', 'packets', 'people', 'rooms'].filter((id) => {
        const box = document.getElementById(id);
        return box.scrollWidth > box.clientWidth;
    })";
    assert_eq!(person.eval(scrolls).await, json!([]), "{}: scrolls sideways, {what}", person.name);
    let small = person
        .eval(
            "return [...document.querySelectorAll('button, input, select, summary')]
                 .filter((element) => element.checkVisibility())
                 .filter((element) => element.offsetWidth < 24 || element.offsetHeight < 24)
                 .map((element) => `${element.tagName}#${element.id}`)",
        )
        .await;
    assert_eq!(small, json!([]), "{}: too small for a finger, {what}", person.name);
}

async fn looks_right(name: &'static str, screen: Screen) {
    let _turn = turn().await;
    let server = Program::start(&[]).await;
    let person = Browser::visit_on(name, &server, screen).await;
    fits(&person, "lobby").await;
    let bob = Browser::chat("bob", &server, "demo").await;
    person.rename("mina").await;
    person.enter_room("demo").await;
    bob.sees("mina joined").await;
    person.say("hello bob").await;
    bob.sees("mina: hello bob").await;
    bob.say("hello mina, how are you?").await;
    person.sees("bob: hello mina, how are you?").await;
    // Somebody who is away for a moment, and a text that the server does not take.
    person.eval("document.getElementById('cut').click()").await;
    person.say("said without a connection").await;
    person.until_mine_are("acked", 2).await;
    let too_large = format!("the longest word: {}", "안녕hello".repeat(3000));
    person.say_quickly(&[too_large]).await;
    person.wait_for("document.querySelector('#log [data-state=failed] button')", "it is refused").await;
    fits(&person, "refused").await;
    person.eval("document.querySelector('#log [data-state=failed]').remove()").await;
    // Names without an end, and without a place where they could be broken.
    bob.rename(&"W".repeat(64)).await;
    person.sees(&format!("bob is {} now", "W".repeat(64))).await;
    bob.say(&"x".repeat(300)).await;
    person.sees(&format!("{}: {}", "W".repeat(64), "x".repeat(300))).await;
    bob.enter("message", "…").await;
    person.wait_for("document.getElementById('typing').textContent.endsWith('is typing …')", "bob types").await;
    person.eval("document.querySelectorAll('#packets details').forEach((packet) => { packet.open = true; })").await;
    person.wait_for("document.querySelectorAll('#packets dl').length > 20", "the notes are there").await;
    fits(&person, "unfolded").await;
    person.eval("document.querySelectorAll('#packets details').forEach((packet) => { packet.open = false; })").await;
    fits(&person, "chat").await;
    // A room with a long name.
    person.enter_room(&"M".repeat(64)).await;
    fits(&person, "long-name").await;
    drop(server);
    person.until_disconnected().await;
    person.say("is anybody there?").await;
    fits(&person, "disconnected").await;
}

#[tokio::test]
#[ignore = "needs Chromium: apt-get install chromium chromium-driver"]
async fn the_page_fits_a_desktop() {
    looks_right("desktop", Screen::Desktop).await;
}

#[tokio::test]
#[ignore = "needs Chromium: apt-get install chromium chromium-driver"]
async fn the_page_fits_a_phone() {
    looks_right("phone", Screen::Phone).await;
}
