//! A term in the panel says what it means.
//!
//! Expected: the sentence of the glossary appears for those who point, who have only a keyboard, and who tap; it stays while
//! they read it, and Escape closes it; and a text with terms in it is still the same text.

use serde_json::json;
use shared::Step;
use study_zoom::site::glossary::entries;
use study_zoom::text::Language;
use testing::browser::Screen;

use crate::Stage;
use crate::native::NativePeer;
use crate::page::Browser;

/// What is shown, or nothing.
const SHOWN: &str = "document.querySelector('#term:popover-open')?.textContent";

/// The terms of a step are in its open part.
const OPEN_STEPS: &str = "document.querySelectorAll('#steps details').forEach(step => step.open = true)";

/// A term in a list, as an expression.
fn term(list: &str, word: &str) -> String {
    format!("[...document.querySelectorAll('{list} [data-term]')].find(term => term.textContent === '{word}')")
}

/// What the glossary says of a term.
fn sentence(word: &str, language: Language) -> &'static str {
    entries(language).find(|entry| entry.words.contains(&word)).expect("the glossary has it").sentence
}

impl Browser {
    async fn until_it_says(&self, word: &str, language: Language) {
        let says = format!("{SHOWN} === {}", json!(sentence(word, language)));
        self.wait_for(&says, format!("the page says what {word} is")).await;
    }

    async fn until_it_says_nothing(&self) {
        self.wait_for(&format!("{SHOWN} === undefined"), "the sentence is gone").await;
    }

    /// Moves the mouse to the middle of an element.
    async fn points_at(&self, element: &str) {
        let place = format!(
            "const element = {element}; const {{ left, right, top, bottom }} = element.getBoundingClientRect();
             return [(left + right) / 2, (top + bottom) / 2]"
        );
        let place = self.eval(&place).await;
        let parameters = json!({ "type": "mouseMoved", "x": place[0], "y": place[1] });
        self.devtools("Input.dispatchMouseEvent", parameters).await;
    }

    async fn sees(&self, element: &str) {
        self.wait_for(element, format!("{element} is there")).await;
        self.eval(&format!("({element}).scrollIntoView({{ block: 'center', behavior: 'instant' }})")).await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_term_says_what_it_means() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit("alice", &stage.server).await;
    alice.join_as("A").await;
    let mut bob = NativePeer::join("bob", &stage.server).await;
    bob.until_step_13().await;
    alice.open_all_parts().await;
    alice.eval(OPEN_STEPS).await;

    // In each of the lists, and once in it.
    for list in ["#steps", "#offer", "#answer", "#candidates"] {
        alice.wait_for(&format!("document.querySelector('{list} [data-term]')"), format!("{list} has terms")).await;
    }
    let twice = "return [...document.querySelectorAll('#panel ol, #panel tbody')].flatMap(list => {
        const inner = [...list.querySelectorAll('[data-term]')].filter(term => term.closest('ol, tbody') === list);
        const words = inner.map(term => term.dataset.term);
        return words.filter((word, at) => words.indexOf(word) !== at);
    })";
    assert_eq!(alice.eval(twice).await, json!([]));
    let text = "return document.querySelector('#steps li[data-step=\"3\"] .said > span').textContent";
    assert_eq!(alice.eval(text).await, Step::number(3).sentence);

    // With a mouse: at the term, from there to the sentence, and away.
    let offer = term("#steps", "offer");
    alice.sees(&offer).await;
    alice.points_at(&offer).await;
    alice.until_it_says("offer", Language::English).await;
    alice.screenshot("desktop-term").await;
    alice.points_at("document.getElementById('term')").await;
    alice.points_at(&offer).await;
    alice.points_at("document.getElementById('term')").await;
    assert_eq!(alice.eval(&format!("return {SHOWN}")).await, sentence("offer", Language::English));
    alice.points_at("document.querySelector('h1')").await;
    alice.until_it_says_nothing().await;

    // With a keyboard. Escape takes the sentence away, and the focus stays where it is.
    let open = "document.querySelectorAll('#steps details[open]').length";
    let steps_open = alice.eval(&format!("return {open}")).await;
    alice.eval(&format!("({offer}).focus()")).await;
    alice.until_it_says("offer", Language::English).await;
    alice.points_at("document.querySelector('h1')").await;
    alice.until_it_says("offer", Language::English).await;
    alice.press("Escape").await;
    alice.until_it_says_nothing().await;
    assert_eq!(alice.eval(&format!("return document.activeElement === ({offer})")).await, true);
    let described = format!("return document.getElementById(({offer}).getAttribute('aria-describedby')).textContent");
    assert_eq!(alice.eval(&described).await, sentence("offer", Language::English));
    // A click on a term opens no step.
    alice.eval(&format!("({offer}).click()")).await;
    alice.until_it_says("offer", Language::English).await;
    assert_eq!(alice.eval(&format!("return {open}")).await, steps_open);

    // In the other language.
    alice.click("korean").await;
    let signaling = term("#steps", "시그널링");
    alice.sees(&signaling).await;
    alice.eval(&format!("({signaling}).focus()")).await;
    alice.until_it_says("시그널링", Language::Korean).await;
    assert_eq!(alice.complaints().await, Vec::<String>::new());
    bob.hang_up().await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_term_is_tapped_on_a_phone() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit_on("phone", &stage.server, Screen::Phone).await;
    alice.join_as("A").await;
    alice.opens("steps").await;
    alice.eval(OPEN_STEPS).await;
    let stream = term("#steps", "stream");
    alice.sees(&stream).await;
    let place = format!(
        "const {{ left, right, top, bottom }} = ({stream}).getBoundingClientRect();
         return {{ x: (left + right) / 2, y: (top + bottom) / 2 }}"
    );
    let place = alice.eval(&place).await;
    alice.devtools("Input.dispatchTouchEvent", json!({ "type": "touchStart", "touchPoints": [place] })).await;
    alice.devtools("Input.dispatchTouchEvent", json!({ "type": "touchEnd", "touchPoints": [] })).await;
    alice.until_it_says("stream", Language::English).await;
    alice.screenshot("phone-term").await;
    let fits = "const { left, right } = document.getElementById('term').getBoundingClientRect();
                return left >= 0 && right <= innerWidth";
    assert_eq!(alice.eval(fits).await, true, "the sentence is in the window");
}
