//! The glossary, for the page: `GET /glossary?lang=ko`.
//!
//! The two texts `docs/glossary.md` and `docs/glossary.ko.md` are the only place where a term is explained. They come into
//! the server when it is built; the page fetches one of them, and its bundle stays small.

use serde::Serialize;

use crate::text::Language;

const ENGLISH: &str = include_str!("../../docs/glossary.md");
const KOREAN: &str = include_str!("../../docs/glossary.ko.md");

/// What each entry begins with.
const HEADING: &str = "\n### ";

/// A term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its names: the one that the course uses, then the others, as they stand in brackets.
    pub words: Vec<&'static str>,
    /// What it means, in one sentence.
    pub sentence: &'static str,
    /// Where it is used and what defines it: Markdown with links.
    pub places: &'static str,
    /// Its heading.
    pub heading: &'static str,
}

/// One name of a term, as the page gets it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Word {
    word: &'static str,
    sentence: &'static str,
}

/// All terms, in the order of the text.
pub fn entries(language: Language) -> impl Iterator<Item = Entry> {
    let text = match language {
        Language::English => ENGLISH,
        Language::Korean => KOREAN,
    };
    // A heading, a sentence and a line of links, with empty lines between them. A test says so of each entry.
    text.split(HEADING).skip(1).map(|entry| {
        let mut paragraphs = entry.split("\n\n").map(str::trim);
        let heading = paragraphs.next().unwrap_or_default();
        let (name, others) = heading.split_once(" (").unwrap_or((heading, ""));
        let others = others.trim_end_matches(')').split(", ").filter(|other| !other.is_empty());
        let words = std::iter::once(name).chain(others).collect();
        let [sentence, places] = std::array::from_fn(|_| paragraphs.next().unwrap_or_default());
        Entry { words, sentence, places, heading }
    })
}

/// The answer to `GET /glossary`, a row for each name of a term: in English, unless the query asks for Korean.
pub(super) fn answer(query: Option<&str>) -> Vec<Word> {
    let language = query.and_then(|query| query.strip_prefix("lang=")).unwrap_or_default();
    let words = |Entry { words, sentence, .. }| words.into_iter().map(move |word| Word { word, sentence });
    entries(Language::from_tag(language)).flat_map(words).collect()
}

#[cfg(test)]
mod tests;
