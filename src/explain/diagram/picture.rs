//! The picture of a whole call in the text of chapter 3, from the record of a real one (`docs/call.jsonl`, written by
//! `cargo run -- step --json`).
//!
//! Expected: it is what the code draws.

use shared::Role;

use super::*;
use crate::explain::record::{RecordEvent, SavedCall};

const SAVED: &str = include_str!("../../../docs/call.jsonl");

/// The picture as a file of its own. It cannot take the colors of the page that shows it, so it brings its own.
fn picture(language: Language) -> String {
    let saved = SavedCall::open(SAVED).unwrap();
    let mut record = Record::new();
    for moment in saved.seen_by(Some(Role::A)) {
        if let RecordEvent::Call(event) = &moment.event {
            record.note(moment.at, event);
        }
    }
    svg(&record, language).replacen("<svg ", "<svg style=\"background:white;color:black\" ", 1) + "\n"
}

#[test]
fn the_picture_of_a_whole_call_is_what_the_code_draws() {
    for (file, language) in [("docs/call.svg", Language::English), ("docs/call.ko.svg", Language::Korean)] {
        let drawn = picture(language);
        if std::fs::read_to_string(file).ok().as_ref() != Some(&drawn) {
            std::fs::write(file, drawn).unwrap();
            panic!("{file} was another picture, and has been drawn again: look at it, and start this test once more");
        }
    }
}
