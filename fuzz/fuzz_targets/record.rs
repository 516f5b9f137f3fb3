//! A saved call, as `/record` opens it.
//!
//! The input is the file. What is opened survives being written; its time never goes back; its story has bounds; it can be
//! judged, and drawn in both languages, without a letter of it becoming a part of the drawing's form. What is refused is
//! named, with its line, in a text that can be shown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use study_zoom_fuzz::explain::diagram::{mermaid, svg};
use study_zoom_fuzz::explain::record::{
    MOST_MOMENTS, Moment, Outcome, Record, RecordEvent, SavedCall, head_line, line,
};
use study_zoom_fuzz::shown::harmless;
use study_zoom_fuzz::text::Language;

fuzz_target!(|text: &str| {
    let saved = match SavedCall::open(text) {
        Ok(saved) => saved,
        Err(error) => {
            assert!((1..=text.lines().count().max(1)).contains(&error.line));
            return harmless(error);
        }
    };
    assert!(saved.moments.len() <= MOST_MOMENTS);
    assert!(saved.moments.is_sorted_by_key(|moment| moment.at));
    let lines = [head_line(&saved.head)].into_iter().chain(saved.moments.iter().map(line));
    let written: String = lines.map(|line| line + "\n").collect();
    let again = SavedCall::open(&written).expect("it was written by us");
    assert_eq!(again, SavedCall { unknown: 0, cut: false, ..saved.clone() });

    let sides = saved.sides().iter().copied().map(Some).chain([None]);
    for side in sides {
        let seen: Vec<_> = saved.seen_by(side).cloned().collect();
        is_told(&seen);
    }
});

fn is_told(moments: &[Moment]) {
    let mut record = Record::new();
    for moment in moments {
        if let RecordEvent::Call(event) = &moment.event {
            record.note(moment.at, event);
        }
    }
    assert!(record.entries().len() <= 300 && record.candidates().len() <= 300);
    let outcome = Outcome::of(moments.iter());
    assert!(outcome.connected.is_none() || outcome.missing.is_none());
    assert!(outcome.connected.is_none_or(|at| at <= outcome.until));
    for language in [Language::English, Language::Korean] {
        let drawing = svg(&record, language);
        // Each element is one of ours, and nothing in it is a control character (XML 1.0, section 2.2).
        let names = drawing.split('<').skip(1).map(|tag| tag.trim_start_matches('/'));
        let known = ["svg", "title", "desc", "g", "rect", "line", "path", "polygon", "text", "tspan", "circle"];
        for name in names {
            let end = name.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(name.len());
            assert!(known.contains(&&name[..end]), "<{}> in a drawing", &name[..end]);
        }
        assert!(!drawing.contains(|letter: char| letter.is_control() || "\u{fffe}\u{ffff}".contains(letter)));
        assert!(mermaid(&record, language).lines().skip(1).all(|line| line.starts_with("    ")));
    }
}
