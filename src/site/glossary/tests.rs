//! The glossary, and the texts that lead to it.
//!
//! Expected: each entry has a sentence, a place in the course and the section that defines it, the same in both languages;
//! and wherever an entry says that a text uses the term, the first use in that text is a link to the entry.

use std::path::{Path, PathBuf};

use super::*;
use crate::explain::terms::{Part, parts};

const LANGUAGES: [Language; 2] = [Language::English, Language::Korean];

/// The targets of the links of a text, as they stand there.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split(')').next())
}

/// The name that a heading has in a link, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

/// The file of the glossary, from the root.
fn file(language: Language) -> &'static str {
    match language {
        Language::English => "docs/glossary.md",
        Language::Korean => "docs/glossary.ko.md",
    }
}

/// A text of the course that an entry names, from the root: `src/README.md`.
fn course_text(link: &str) -> Option<PathBuf> {
    let path = if let Some(path) = link.strip_prefix("../") { path.into() } else { Path::new("docs").join(link) };
    link.ends_with(".md").then_some(path)
}

#[test]
fn each_entry_is_a_sentence_and_the_places_where_it_is_used_and_defined() {
    for language in LANGUAGES {
        let mut words = Vec::new();
        for entry in entries(language) {
            let Entry { sentence, places, heading, .. } = &entry;
            let end = if language == Language::English { "." } else { "니다." };
            assert!(sentence.ends_with(end) && !sentence.contains(". "), "{heading}: not one sentence: {sentence}");
            assert!(links(places).any(|link| course_text(link).is_some()), "{heading}: used nowhere: {places}");
            let ours = ["headless peer", "헤드리스 피어"].contains(&entry.words[0]);
            assert!(ours || links(places).any(|link| link.starts_with("https://")), "{heading}: defined nowhere");
            words.extend(entry.words);
        }
        assert!(words.len() > 60, "{words:?}");
        for (index, word) in words.iter().enumerate() {
            assert!(!words[..index].contains(word), "{word} stands twice");
            let found = parts(word, &words);
            assert!(matches!(found[..], [Part::Term(_, number)] if number == index), "{word}: {found:?}");
        }
    }
}

#[test]
fn both_languages_have_the_same_entries() {
    let [english, korean] = LANGUAGES.map(|language| entries(language).collect::<Vec<_>>());
    assert_eq!(english.len(), korean.len());
    for (en, ko) in english.iter().zip(&korean) {
        // The Korean entry has the English names as well.
        assert!(en.words.iter().all(|word| ko.words.contains(word)), "{:?} {:?}", en.words, ko.words);
        let in_english = |link: &str| link.replace(".ko.md", ".md");
        assert!(links(en.places).eq(links(ko.places).map(in_english)), "{}", en.heading);
    }
}

#[test]
fn the_page_gets_the_language_that_it_asks_for() {
    assert_eq!(answer(Some("lang=ko")), entries(Language::Korean).collect::<Vec<_>>());
    for query in [None, Some("lang=en"), Some("lang=fr"), Some("language=ko")] {
        assert_eq!(answer(query), entries(Language::English).collect::<Vec<_>>(), "{query:?}");
    }
    let json = serde_json::to_value(answer(None)).unwrap();
    assert_eq!(json[0]["words"], serde_json::json!(["handshake"]));
    assert!(json[0]["sentence"].as_str().unwrap().starts_with("The first messages"));
}

/// What a reader reads as text: neither headings nor code, and not the steps, which are a table in code.
fn prose(text: &str) -> String {
    let mut in_code = false;
    let lines = text.lines().filter(|line| {
        let fence = line.starts_with("```");
        in_code ^= fence;
        let step = line.strip_prefix("| ").is_some_and(|row| row.starts_with(|first: char| first.is_ascii_digit()));
        !fence && !in_code && !line.starts_with('#') && !step
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Prose in pieces: the text, and where it leads. What leads nowhere has no target. Code is left out.
fn pieces(prose: &str) -> Vec<(String, Option<&str>)> {
    let mut pieces = Vec::new();
    let mut rest = prose;
    while let Some(end) = rest.find("](") {
        let target = rest[end + 2..].split(')').next().unwrap_or_default();
        let begin = rest[..end].rfind('[').unwrap_or(end);
        pieces.push((without_code(&rest[..begin]), None));
        pieces.push((without_code(&rest[begin..end]), Some(target)));
        rest = &rest[(end + 2 + target.len() + 1).min(rest.len())..];
    }
    pieces.push((without_code(rest), None));
    pieces
}

/// A text in which all that stands between backticks is one sign that is no letter.
fn without_code(text: &str) -> String {
    text.split('`').enumerate().map(|(index, part)| if index % 2 == 0 { part } else { "·" }).collect()
}

/// What is wrong with the first use of a term in a text, if anything is.
fn first_use(prose: &str, words: &[&str], number: usize, target: &str) -> Option<String> {
    for (piece, leads_to) in pieces(prose) {
        match leads_to {
            Some(link) if link == target => return None,
            Some(_) => continue,
            None => {}
        }
        let found = parts(&piece, words).into_iter().find_map(|part| match part {
            Part::Term(term, other) if other == number => Some(term.to_owned()),
            _ => None,
        });
        if found.is_some() {
            return found;
        }
    }
    None
}

#[test]
fn the_first_use_of_a_term_in_a_text_leads_to_its_entry() {
    let (mut wrong, mut right) = (Vec::new(), 0);
    for language in LANGUAGES {
        let all: Vec<_> = entries(language).collect();
        // Each word with the number of its entry; a text may use any of the names.
        let words: Vec<&str> = all.iter().flat_map(|entry| entry.words.iter().copied()).collect();
        for entry in &all {
            for path in links(entry.places).filter_map(course_text) {
                // A text that is not there in this language yet is looked at when it is there.
                let Ok(text) = std::fs::read_to_string(&path) else {
                    assert_ne!(language, Language::English, "there is no {path:?}");
                    continue;
                };
                let up = "../".repeat(path.components().count() - 1);
                let from = if path.starts_with("docs") { "" } else { &*format!("{up}docs/") };
                let name = Path::new(file(language)).file_name().expect("a file").to_string_lossy();
                let target = format!("{from}{name}#{}", anchor(entry.heading));
                let prose = prose(&text);
                let uses = entry.words.iter().filter_map(|word| words.iter().position(|other| other == word));
                match uses.filter_map(|number| first_use(&prose, &words, number, &target)).next() {
                    Some(term) => wrong.push(format!("{}: [{term}]({target})", path.display())),
                    None => right += 1,
                }
            }
        }
    }
    assert!(wrong.is_empty(), "make the first use a link:\n{}", wrong.join("\n"));
    assert!(right > 100, "only {right} uses");
}
