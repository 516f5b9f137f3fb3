//! The page in Korean.
//!
//! Expected: a person whose browser asks for Korean gets it, everywhere; a click changes it; no text is left behind.

use testing::browser::Screen;

use crate::native::NativePeer;
use crate::page::Browser;
use crate::{ROOM, Stage};

/// Texts of the page that stand in no language but English.
const LEFT_BEHIND: &str = "return [...document.querySelectorAll('[data-text]')]
    .filter(element => element.checkVisibility() && !/[가-힣]/.test(element.textContent))
    .map(element => element.dataset.text).filter(key => key !== 'CANDIDATES')";

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn the_page_speaks_korean_to_those_who_read_it() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit_in("korean", &stage.server, Screen::Desktop, "ko-KR").await;
    assert_eq!(alice.eval("return document.documentElement.lang").await, "ko");
    assert_eq!(alice.text("join").await, "입장");
    assert_eq!(alice.eval(LEFT_BEHIND).await, serde_json::json!([]));
    crate::layout::fits(&alice, "lobby").await;
    alice.join_as("A").await;
    let mut bob = NativePeer::join("bob", &stage.server).await;
    bob.until_step_13().await;
    alice.watches_and_hears().await;
    alice.open_all_parts().await;
    assert_eq!(alice.text("status").await, "연결됨");
    assert_eq!(alice.eval(LEFT_BEHIND).await, serde_json::json!([]));
    let steps =
        "return [...document.querySelectorAll('#steps .text > span')].every(step => /[가-힣]/.test(step.textContent))";
    assert_eq!(alice.eval(steps).await, true);
    let notes = "[...document.querySelectorAll('#offer small')].length > 20
        && [...document.querySelectorAll('#offer small')].every(note => /[가-힣]/.test(note.textContent))";
    alice.wait_for(notes, "the notes on the offer are in Korean").await;
    crate::layout::fits(&alice, "call").await;

    alice.click("english").await;
    assert_eq!(alice.text("status").await, "connected");
    assert_eq!(alice.eval("return document.documentElement.lang").await, "en");
    alice
        .wait_for(
            "![...document.querySelectorAll('#offer small')].some(note => /[가-힣]/.test(note.textContent))",
            "English",
        )
        .await;
    bob.hang_up().await;
    alice.click("hang-up").await;
    alice.until_back_in_lobby().await;

    // What went wrong is said in the language that is spoken now.
    alice.ask_to_join(&"x".repeat(65)).await;
    alice.until_problem("room-name").await;
    alice.click("korean").await;
    assert!(alice.text("error").await.contains("방 이름"));
    alice.ask_to_join(ROOM).await;
    alice.until_role("A").await;
}
