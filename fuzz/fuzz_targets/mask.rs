//! A saved call that is passed on by somebody who shows neither the room nor addresses.
//!
//! The input is the file of a record. The masked one opens and tells the same story: the same events at the same times, and
//! each candidate is one of the same kind. No password of a description is left, no address that could be somebody's, as the
//! standard library reads addresses, and the room is in no text that somebody wrote.
#![no_main]

use std::net::{Ipv4Addr, Ipv6Addr};

use libfuzzer_sys::fuzz_target;
use study_zoom_fuzz::call::{Artefact, CallEvent, EndReason};
use study_zoom_fuzz::explain::candidate::Candidate;
use study_zoom_fuzz::explain::record::{Mask, Moment, RecordEvent, SavedCall, head_line, masked_line};

/// A name that no stand-in has in it.
const ROOM: &str = "Our \"Room\"";

fuzz_target!(|text: &str| {
    let Ok(saved) = SavedCall::open(text) else { return };
    let mut mask = Mask::new(ROOM);
    let mut written = head_line(&mask.head(saved.head.clone()));
    for moment in &saved.moments {
        written.push('\n');
        written += &masked_line(moment, &mut mask);
    }
    let masked = SavedCall::open(&written).expect("a masked record opens");
    assert!(masked.head.masked && masked.head.room.is_none() && masked.unknown == 0 && !masked.cut);
    assert_eq!(masked.moments.len(), saved.moments.len());
    for (before, after) in saved.moments.iter().zip(&masked.moments) {
        assert_eq!((before.at, before.side), (after.at, after.side));
        is_masked(before, after);
    }
});

fn is_masked(before: &Moment, after: &Moment) {
    let (RecordEvent::Call(before), RecordEvent::Call(after)) = (&before.event, &after.event) else {
        match (&before.event, &after.event) {
            (RecordEvent::Statistics(before), RecordEvent::Statistics(after)) => {
                assert_eq!(before.path.is_some(), after.path.is_some());
                let path = after.path.iter().flat_map(|path| [&path.local, &path.remote]);
                path.for_each(|end| no_address(end));
            }
            (before, after) => assert_eq!(before, after),
        }
        return;
    };
    match after {
        CallEvent::LocalCandidate(Some(after)) | CallEvent::RemoteCandidate(Some(after)) => {
            no_address(&after.candidate);
            let (CallEvent::LocalCandidate(Some(before)) | CallEvent::RemoteCandidate(Some(before))) = before else {
                panic!("{before:?} became {after:?}")
            };
            let parts = |line| Candidate::parse(line).map(|parts| (parts.kind, parts.priority, parts.port));
            if let Some(parts_before) = parts(&before.candidate) {
                assert_eq!(
                    Some(parts_before),
                    parts(&after.candidate),
                    "{} became {}",
                    before.candidate,
                    after.candidate
                );
            }
        }
        CallEvent::StepDone(step, Artefact::Text(text)) if step.number != 0 => free(text),
        CallEvent::StepDone(_, Artefact::Description(description)) => {
            no_address(&description.sdp);
            for line in description.sdp.lines() {
                assert!(line.strip_prefix("a=ice-pwd:").is_none_or(|rest| rest.starts_with("password")), "{line}");
                assert!(line.strip_prefix("a=ice-ufrag:").is_none_or(|rest| rest.starts_with("ufrag")), "{line}");
            }
        }
        CallEvent::StepDone(_, Artefact::Path(Some(path))) => {
            [&path.local, &path.remote].into_iter().for_each(|end| no_address(end));
        }
        CallEvent::SignalingLost(text)
        | CallEvent::CandidateRefused(text)
        | CallEvent::ChatNotSent(_, text)
        | CallEvent::Ended(EndReason::Failed(text)) => free(text),
        _ => {}
    }
}

/// A text that somebody wrote.
fn free(text: &str) {
    no_address(text);
    assert!(!text.to_ascii_lowercase().contains(&ROOM.to_ascii_lowercase()), "{text}");
}

/// No address that could be somebody's.
fn no_address(text: &str) {
    let words = text.split(|letter: char| !letter.is_ascii_hexdigit() && !".:".contains(letter));
    for word in words.map(|word| word.trim_matches('.')) {
        // With a port or a colon behind it, or a word before it.
        let behind = word.rsplit_once(':').map(|(address, _)| address);
        let parts = [Some(word), behind, word.strip_suffix(':'), word.strip_prefix(':')].into_iter().flatten();
        for part in parts.clone().chain(word.split(':')) {
            if let Ok(address) = part.parse::<Ipv4Addr>() {
                let [a, b, c, _] = address.octets();
                let nobodys = a == 127 || address.is_unspecified() || [a, b, c] == [192, 0, 2] || [a, b] == [198, 18];
                assert!(nobodys, "{address} is left in {text:?}");
            }
        }
        let without_port = behind.filter(|address| is_nobodys(address) == Some(true));
        for part in parts.filter(|_| without_port.is_none()) {
            assert_ne!(is_nobodys(part), Some(false), "{part} is left in {text:?}");
        }
    }
}

/// Whether this IPv6 address is the same on every machine, or one of those for examples; `None` when it is none.
fn is_nobodys(part: &str) -> Option<bool> {
    let address: Ipv6Addr = part.parse().ok()?;
    let [a, b, ..] = address.segments();
    Some(address.is_loopback() || address.is_unspecified() || [a, b] == [0x2001, 0xdb8])
}
