//! The texts of the course under `/help`, and the way to them.
//!
//! Expected: a problem of the page leads to its section; a text fits a desktop and a phone, light and dark, in both languages.

use testing::browser::Screen;

use crate::Stage;
use crate::page::Browser;

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_problem_leads_to_the_section_about_it() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit("alice", &stage.server).await;
    alice.ask_to_join(&"x".repeat(65)).await;
    for (language, button) in [("en", "english"), ("ko", "korean")] {
        alice.click(button).await;
        alice.until_problem("room-name").await;
        // The link opens another tab, and this one stays. So it is followed by hand.
        let follow = "return (async () => {
            const [link, title] = ['#error a', '#error h2'].map(part => document.querySelector(part));
            const text = await (await fetch(link.href)).text();
            const page = new DOMParser().parseFromString(text, 'text/html');
            const section = page.getElementById(decodeURIComponent(new URL(link.href).hash.slice(1)));
            return [link.target, page.documentElement.lang, section?.textContent === title.textContent];
        })()";
        assert_eq!(alice.eval(follow).await, serde_json::json!(["_blank", language, true]));
    }
}

async fn fits(name: &'static str, screen: Screen) {
    let stage = Stage::with_page().await;
    let reader = Browser::visit_on(name, &stage.server, screen).await;
    for language in ["en", "ko"] {
        for scheme in ["light", "dark"] {
            reader.prefers(scheme).await;
            let url = format!("{}/help/troubleshooting?lang={language}#refuses-with-", stage.server.url());
            reader.go(&url).await;
            reader.wait_for("document.querySelectorAll('main h3').length > 50", "the text is there").await;
            let fits = "return document.documentElement.scrollWidth <= document.documentElement.clientWidth";
            assert_eq!(reader.eval(fits).await, true, "{name}, {language}: it has to be scrolled sideways");
            // Dark letters on a light page, and the other way round.
            let light = "return getComputedStyle(document.body).color.match(/[0-9]+/g).every(part => part > 128)";
            assert_eq!(reader.eval(light).await, scheme == "dark", "{scheme}");
            reader.screenshot(&format!("{name}-help-{language}-{scheme}-section")).await;
            reader.eval("scrollTo({ top: 0, behavior: 'instant' })").await;
            reader.screenshot(&format!("{name}-help-{language}-{scheme}")).await;
        }
    }
    assert_eq!(reader.complaints().await, Vec::<String>::new());
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_text_fits_a_desktop() {
    fits("desktop", Screen::Desktop).await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_text_fits_a_phone() {
    fits("phone", Screen::Phone).await;
}
