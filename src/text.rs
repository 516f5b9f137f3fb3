//! Two languages.
//!
//! Each text stands in the source once, English and Korean side by side, in a table. Most programs have all of them in
//! it. The page, which somebody waits for, has only what it says at once and in English; the rest it fetches.

use std::sync::OnceLock;

use serde_json::Value;

/// A language of the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Korean.
    Korean,
}

impl Language {
    /// The language that a browser asks for (`ko-KR`, `en`), by its BCP 47 tag. What we do not have is read in English.
    pub fn from_tag(tag: &str) -> Self {
        let primary = tag.split('-').next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("ko") { Self::Korean } else { Self::English }
    }

    /// Its BCP 47 tag, for `<html lang>`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Korean => "ko",
        }
    }
}

/// One text in both languages: where it stands in its table.
pub type Text = &'static Words;

/// A text in both languages, under the key by which it is fetched. An empty one is not in this program ([`fetched`]).
#[derive(Debug, PartialEq, Eq)]
pub struct Words {
    /// Its name in the catalogue that the server sends.
    pub key: &'static str,
    /// English.
    pub en: &'static str,
    /// Korean.
    pub ko: &'static str,
}

impl Words {
    /// The text in this language; in English, or even empty, as long as it has not been fetched.
    pub fn in_language(&self, language: Language) -> &'static str {
        let compiled_in = match language {
            Language::English => self.en,
            Language::Korean => self.ko,
        };
        if compiled_in.is_empty() { by_key(self.key, language).unwrap_or(self.en) } else { compiled_in }
    }
}

/// The texts that the page has fetched: an object of keys, each with its English and its Korean.
static CATALOGUE: OnceLock<Value> = OnceLock::new();

/// Takes the catalogue that the server sends (`GET /texts.json`, made by [`crate::texts::catalogue`]).
///
/// # Errors
/// It is no JSON.
pub fn learn(catalogue: &str) -> Result<(), serde_json::Error> {
    // Whoever comes second brings the same.
    let _ = CATALOGUE.set(serde_json::from_str(catalogue)?);
    Ok(())
}

/// The text with this key, when it has been fetched.
pub fn by_key(key: &str, language: Language) -> Option<&'static str> {
    CATALOGUE.get()?.get(key)?.get(language as usize)?.as_str()
}

/// A text that the page fetches, instead of having it in its WebAssembly: all Korean, and the long notes. That is 10 kB
/// less to wait for. Every other program has all texts in it.
pub const fn fetched(text: &'static str) -> &'static str {
    if cfg!(target_family = "wasm") { "" } else { text }
}

/// A table of texts: a constant for each of them, and `ALL`. The page has their English in it.
macro_rules! texts {
    ($vis:vis ALL: $($constant:ident $key:literal $en:literal $ko:literal)+) => {
        $(
            #[doc = $en]
            $vis const $constant: $crate::text::Text =
                &$crate::text::Words { key: $key, en: $en, ko: $crate::text::fetched($ko) };
        )+

        /// All of them.
        $vis const ALL: &[$crate::text::Text] = &[$($constant),+];
    };
}

/// Like [`texts!`], for texts that the page has no language of in it. The name of the constant is the key.
macro_rules! notes {
    ($vis:vis ALL: $($constant:ident $en:literal $ko:literal)+) => {
        $(
            #[doc = $en]
            $vis const $constant: $crate::text::Text = &$crate::text::Words {
                key: stringify!($constant),
                en: $crate::text::fetched($en),
                ko: $crate::text::fetched($ko),
            };
        )+

        /// All of them.
        $vis const ALL: &[$crate::text::Text] = &[$($constant),+];
    };
}

pub(crate) use {notes, texts};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn korean_is_spoken_to_those_who_ask_for_it() {
        for (tag, language) in [
            ("ko", Language::Korean),
            ("ko-KR", Language::Korean),
            ("KO-kr", Language::Korean),
            ("kok", Language::English),
            ("en-US", Language::English),
            ("fr", Language::English),
            ("", Language::English),
        ] {
            assert_eq!(Language::from_tag(tag), language, "{tag}");
        }
    }

    #[test]
    fn a_text_that_is_not_there_is_fetched_and_until_then_said_in_english() {
        let known = Words { key: "known", en: "yes", ko: "" };
        let note = Words { key: "note", en: "", ko: "" };
        let said = |words: &Words| [Language::English, Language::Korean].map(|language| words.in_language(language));
        assert_eq!((said(&known), said(&note)), (["yes", "yes"], ["", ""]));
        assert!(learn("{").is_err());
        learn(r#"{"known": ["no", "네"], "note": ["A note.", "메모."]}"#).unwrap();
        assert_eq!((said(&known), said(&note)), (["yes", "네"], ["A note.", "메모."]));
        assert_eq!(by_key("unknown", Language::Korean), None);
    }
}
