//! An offer or an answer of somebody else: the notes on its lines, its sections, and what the call reads of it.
//!
//! The input is the text of a description. No line is lost; a section begins with its `m=` line; each note is there in both
//! languages; a summary is one line; a line means alone what it means in the description; a version begins with its session.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shared::SessionDescription;
use study_zoom_fuzz::explain::candidate::Candidate;
use study_zoom_fuzz::explain::sdp::{Level, annotate, sections, summary};

fuzz_target!(|sdp: &str| {
    let lines = annotate(sdp);
    let kept = sdp.lines().map(str::trim_end).filter(|line| !line.is_empty());
    assert!(kept.eq(lines.iter().map(|line| line.text)), "no line is lost");
    for line in &lines {
        assert!(line.note.is_none_or(|note| !note.en.is_empty() && !note.ko.is_empty()));
        let alone = annotate(line.text);
        assert_eq!(alone[0].note, line.note, "{}", line.text);
        if line.text.starts_with("a=candidate:") {
            let meaning = Candidate::parse(line.text).map(|candidate| candidate.meaning());
            assert_eq!(line.note, meaning);
        }
    }
    let parts: Vec<_> = sections(&lines).collect();
    assert_eq!(parts.concat(), lines);
    for (index, part) in parts.iter().enumerate() {
        assert!(index == 0 || part[0].text.starts_with("m="));
        assert!(part.iter().all(|line| line.level == part[0].level || index == 0 && part[0].level == Level::Session));
        let summary = summary(part);
        assert!(!summary.contains('\n') && summary.len() <= sdp.len() + 2 * part.len(), "{summary}");
    }

    let description = SessionDescription::offer(sdp);
    if let Some(version) = description.version() {
        let session = description.session_id().expect("a version is one of a session");
        assert!(version.strip_prefix(session).is_some_and(|rest| rest.starts_with(' ')), "{version:?} of {session:?}");
    }
    assert!(!description.promises_media() || lines.iter().any(|line| line.level == Level::Media));
    assert!(description.ice_ufrags().chain(description.first_mid()).all(|value| sdp.contains(value)));
});
