//! The headings of `docs/troubleshooting.md` and the texts that programs and pages print are the same, in both directions.

use std::path::Path;

use shared::anchor;
use support::troubleshooting::headings;

use super::Help;
use crate::text::{Language, Text, doctor, page};

/// Where texts are printed, apart from the two tables.
const SOURCES: [&str; 7] =
    ["src", "shared/src", "support/src", "websocket_src/src", "socketio_src/src", "support/toolchain/src", "xtask/src"];

/// Texts that have a section: each problem of the page, and each line of the doctor that says what to do.
fn explained() -> Vec<(&'static str, Text)> {
    let problems = page::ALL.iter().filter(|(name, _)| name.ends_with("_TITLE"));
    let has_cure = |name: &str| doctor::ALL.iter().any(|(other, _)| *other == format!("{name}_CURE"));
    let lines = doctor::ALL.iter().filter(|(name, _)| has_cure(name));
    problems.chain(lines).copied().collect()
}

fn troubleshooting(language: Language) -> &'static str {
    Help::find("troubleshooting").expect("it is in the table").source(language)
}

/// All sources but the two tables of texts, with what differs from one time to the next left open.
fn sources(folder: &Path, all: &mut String) {
    for entry in std::fs::read_dir(folder).expect("the folder is there").flatten() {
        let path = entry.path();
        let is_source = path.extension().is_some_and(|ending| ["rs", "js", "html"].iter().any(|one| ending == *one));
        if path.is_dir() {
            sources(&path, all);
        } else if is_source && !path.ends_with("src/text/page.rs") && !path.ends_with("src/text/doctor.rs") {
            let text = std::fs::read_to_string(&path).expect("it is text");
            // What a test expects is not printed, and a test stands at the end of its file.
            let code = text.split("\n#[cfg(test)]\n").next().unwrap_or_default();
            all.push_str(&left_open(code));
        }
    }
}

/// The literals of a source as they are printed: lines joined, `{error}` and `{0:?}` left open.
fn left_open(code: &str) -> String {
    let mut joined = String::new();
    let mut lines = code.lines().peekable();
    while let Some(line) = lines.next() {
        match line.strip_suffix('\\') {
            Some(begun) => {
                joined.push_str(begun);
                if let Some(next) = lines.peek_mut() {
                    *next = next.trim_start();
                }
            }
            None => {
                joined.push_str(line);
                joined.push('\n');
            }
        }
    }
    let (mut open, mut rest) = (String::new(), joined.replace("\\\"", "\"").replace("${", "{"));
    while let Some(start) = rest.find('{') {
        let place = rest[start + 1..].find(['}', '{', ' ', '\n']).map(|end| start + 1 + end);
        let end = match place {
            Some(end) if rest[end..].starts_with('}') => end + 1,
            _ => start + 1,
        };
        open.push_str(&rest[..start]);
        open.push('…');
        rest = rest[end..].to_owned();
    }
    open + &rest
}

#[test]
fn each_problem_has_a_heading_in_both_languages_at_the_same_place() {
    let headings_in = |language| headings(troubleshooting(language)).map(str::to_owned).collect::<Vec<_>>();
    let (english, korean) = (headings_in(Language::English), headings_in(Language::Korean));
    assert_eq!(english.len(), korean.len());
    for (name, text) in explained() {
        let [en, ko] = [text.en, text.ko].map(anchor::heading_of);
        let place = english.iter().position(|heading| *heading == en);
        let place = place.unwrap_or_else(|| panic!("docs/troubleshooting.md has no heading for {name}: ### {en}"));
        assert_eq!(korean[place], ko, "docs/troubleshooting.ko.md, the heading for {name}");
    }
}

#[test]
fn each_heading_is_a_text_that_some_program_prints() {
    let mut printed = String::new();
    for folder in SOURCES {
        sources(Path::new(folder), &mut printed);
    }
    let explained = explained();
    let english = headings(troubleshooting(Language::English));
    let mut of_programs = 0;
    for (en, ko) in english.zip(headings(troubleshooting(Language::Korean))) {
        if explained.iter().any(|(_, text)| anchor::heading_of(text.en) == en) {
            continue;
        }
        assert!(printed.contains(en), "nothing prints {en:?}");
        assert!(
            printed.contains(ko),
            "nothing prints {ko:?}: what is printed in English alone is a heading in English"
        );
        of_programs += 1;
    }
    assert!(of_programs > 30, "only {of_programs} were looked for");
}

#[test]
fn the_anchors_are_those_of_github() {
    for language in [Language::English, Language::Korean] {
        for heading in headings(troubleshooting(language)) {
            let kept = heading.to_lowercase().replace(' ', "-");
            let exact: String =
                kept.chars().filter(|letter| letter.is_alphanumeric() || "-_".contains(*letter)).collect();
            assert_eq!(anchor::of_heading(heading), exact);
        }
    }
}
