//! The glossary, and the texts that lead to it.
//!
//! Expected: each entry has a sentence, a place in the course and the section that defines it, the same in both languages;
//! and wherever an entry says that a text uses the term, the first use in that text is a link to the entry.

use std::collections::BTreeSet;
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
    for (query, language) in [
        (Some("lang=ko"), Language::Korean),
        (Some("lang=en"), Language::English),
        (Some("lang=fr"), Language::English),
        (Some("language=ko"), Language::English),
        (None, Language::English),
    ] {
        let json = serde_json::to_value(answer(query)).unwrap();
        let rows = json.as_array().unwrap();
        let first = entries(language).next().unwrap();
        assert_eq!(rows[0], serde_json::json!({ "word": first.words[0], "sentence": first.sentence }), "{query:?}");
        assert_eq!(rows.len(), entries(language).map(|entry| entry.words.len()).sum::<usize>());
    }
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

/// What a reader meets in a text, in its order.
enum Met<'a> {
    Link(&'a str),
    /// As it stands there, and the number of its word.
    Term(String, usize),
}

fn met<'a>(prose: &'a str, words: &[&str]) -> Vec<Met<'a>> {
    let mut met = Vec::new();
    for (piece, leads_to) in pieces(prose) {
        match leads_to {
            Some(link) => met.push(Met::Link(link)),
            None => met.extend(parts(&piece, words).into_iter().filter_map(|part| match part {
                Part::Term(term, number) => Some(Met::Term(term.to_owned(), number)),
                Part::Text(_) => None,
            })),
        }
    }
    met
}

#[test]
fn the_first_use_of_a_term_in_a_text_leads_to_its_entry() {
    let (mut wrong, mut right) = (Vec::new(), 0);
    for language in LANGUAGES {
        let all: Vec<_> = entries(language).collect();
        // All names of all terms, and the number of the entry of each.
        let (words, owners): (Vec<&str>, Vec<usize>) = all
            .iter()
            .enumerate()
            .flat_map(|(owner, entry)| entry.words.iter().map(move |word| (*word, owner)))
            .unzip();
        let named = |entry: &Entry| links(entry.places).filter_map(course_text).collect::<Vec<_>>();
        let texts: BTreeSet<PathBuf> = all.iter().flat_map(named).collect();
        for path in texts {
            let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let prose = prose(&text);
            let met = met(&prose, &words);
            let folder = if path.starts_with("docs") { String::new() } else { "../".repeat(depth(&path)) + "docs/" };
            for (number, entry) in all.iter().enumerate().filter(|(_, entry)| named(entry).contains(&path)) {
                let name = file(language).trim_start_matches("docs/");
                let target = format!("{folder}{name}#{}", anchor(entry.heading));
                let first = met.iter().find(|met| match met {
                    Met::Link(link) => *link == target,
                    Met::Term(_, word) => owners[*word] == number,
                });
                match first {
                    Some(Met::Term(term, _)) => wrong.push(format!("{}: [{term}]({target})", path.display())),
                    Some(Met::Link(_)) => right += 1,
                    None => {}
                }
            }
        }
    }
    assert!(wrong.is_empty(), "make the first use a link:\n{}", wrong.join("\n"));
    assert!(right > 150, "only {right} links");
}

/// In how many folders a file is.
fn depth(path: &Path) -> usize {
    path.components().count() - 1
}

#[test]
fn each_heading_has_a_name_of_its_own_in_links() {
    for text in [ENGLISH, KOREAN] {
        let mut seen = BTreeSet::new();
        for heading in text.lines().filter(|line| line.starts_with('#')) {
            let name = anchor(heading.trim_start_matches('#').trim());
            assert!(seen.insert(name), "{heading} stands twice");
        }
    }
}
