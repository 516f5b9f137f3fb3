//! The texts as books, opened as files: `cargo xtask book`.
//!
//! Expected: a reader finds English and Korean words, comes from each page to the same one in the other language, and sees
//! everything in a narrow window.

use std::path::Path;

use testing::browser::Screen;

use crate::Stage;
use crate::page::Browser;

/// Opens a page of a book.
async fn open(name: &'static str, page: &str, screen: Screen) -> Browser {
    let books = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("book").join("html");
    let file = books.join(page);
    assert!(file.exists(), "{} is missing: run `cargo xtask book` first", file.display());
    Browser::open_on(name, &format!("file://{}", file.display()), screen, "en").await
}

impl Browser {
    /// Searches for something, and waits until a result leads to this place.
    async fn finds(&self, words: &str, place: &str) {
        self.eval("document.getElementById('mdbook-searchbar').value = ''").await;
        self.enter("mdbook-searchbar", words).await;
        let found = format!(
            "[...document.querySelectorAll('#mdbook-searchresults a')]
                 .some(link => decodeURIComponent(link.href).replace(/[?][^#]*/, '').endsWith('{place}'))"
        );
        self.wait_for(&found, format!("{words:?} is found in {place}")).await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn words_of_both_languages_are_found() {
    let _turn = Stage::turn().await;
    let english = open("english", "en/index.html", Screen::Desktop).await;
    english.click("mdbook-search-toggle").await;
    english.finds("signaling", "docs/glossary.html#signaling").await;
    english.finds("sticky session", "docs/glossary.html#sticky-session").await;
    assert_eq!(english.complaints().await, Vec::<String>::new());

    let korean = open("korean", "ko/index.html", Screen::Desktop).await;
    korean.click("mdbook-search-toggle").await;
    korean.finds("시그널링", "docs/glossary.html#시그널링-signaling").await;
    // A part of a word, with a particle behind it in the text; and two words, one of them in Latin letters.
    korean.finds("프레임", "docs/glossary.html#키프레임-keyframe").await;
    korean.finds("candidate 쌍", "docs/glossary.html#candidate-쌍-pair-candidate-pair").await;
    korean.finds("DTLS", "docs/glossary.html#dtls").await;
    assert_eq!(korean.complaints().await, Vec::<String>::new());
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn each_page_leads_to_its_twin_and_fits_into_a_narrow_window() {
    let _turn = Stage::turn().await;
    let reader = open("reader", "en/src/index.html", Screen::Phone).await;
    for page in
        ["index.html", "src/index.html", "docs/glossary.html", "src/call/mod.rs.html", "examples/peer/mod.rs.html"]
    {
        let reader = open("narrow", &format!("en/{page}"), Screen::Phone).await;
        let wide = "return document.scrollingElement.scrollWidth - innerWidth";
        assert_eq!(reader.eval(wide).await, 0, "{page} is too wide");
        assert_eq!(reader.complaints().await, Vec::<String>::new(), "{page}");
    }
    reader.click_on("main a[href$='ko/src/index.html']").await;
    reader.wait_for("document.documentElement.lang === 'ko'", "the text is in Korean").await;
    reader.click_on("main a[href$='en/src/index.html']").await;
    reader.wait_for("document.documentElement.lang === 'en'", "the text is in English").await;
    // A step leads to its line.
    reader.click_on("main a[href*='call/mod.rs.html#L']").await;
    reader.wait_for("document.querySelector('.numbers a:target')", "the line is marked").await;
}
