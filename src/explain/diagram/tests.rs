//! Scenario: records of whole calls, seen from either side, with and without a word of the other. The diagrams have their
//! arrows in the right order, are well-formed, and show hostile text as text.

use proptest::prelude::*;
use shared::{IceCandidate, Role, Step};

use super::*;
use crate::call::engine::CandidatePair;
use crate::call::event::Phase;
use crate::call::{Artefact, CallEvent, ConnectionState, EndReason};
use crate::explain::record::tests::any_event;

/// What a hostile partner may write into a candidate, and from there into the path.
const HOSTILE: &str = "\"><script>alert(1)</script>&amp;;#35;%%{init: {}}%%\n\u{0}end";

fn record_of(events: impl IntoIterator<Item = CallEvent>) -> Record {
    let mut record = Record::new();
    for (index, event) in events.into_iter().enumerate() {
        record.note(u32::try_from(index).unwrap() * 12, &event);
    }
    record
}

fn step(number: u8) -> [CallEvent; 2] {
    step_that_makes(number, Artefact::None)
}

fn step_that_makes(number: u8, artefact: Artefact) -> [CallEvent; 2] {
    [CallEvent::StepStarted(Step::number(number)), CallEvent::StepDone(Step::number(number), artefact)]
}

fn told(number: u8) -> CallEvent {
    CallEvent::PeerStep(Step::number(number), Phase::Done)
}

fn candidate() -> Option<IceCandidate> {
    Some(IceCandidate { candidate: "candidate:1 1 udp 1 127.0.0.1 1 typ host".into(), ..Default::default() })
}

fn path(local: &str, remote: &str) -> Artefact {
    Artefact::Path(Some(CandidatePair { local: local.to_owned(), remote: remote.to_owned() }))
}

/// A whole call as A sees it. B tells how far it is.
fn as_a() -> Record {
    let mut events = Vec::new();
    events.extend([0, 1, 2].into_iter().flat_map(step));
    events.push(CallEvent::InRoom(Role::A));
    events.extend([0, 1, 2].map(told));
    events.extend([3, 4, 5].into_iter().flat_map(step));
    events.push(CallEvent::StepStarted(Step::number(11)));
    events.extend([candidate(), candidate(), None].map(CallEvent::LocalCandidate));
    events.extend([6, 7, 8, 9].map(told));
    events.extend(step(10));
    events.push(CallEvent::StepStarted(Step::number(12)));
    events.extend([candidate(), candidate(), candidate()].map(CallEvent::RemoteCandidate));
    events.push(told(12));
    events.extend(step_that_makes(13, path("udp host 127.0.0.1:1", "udp srflx 203.0.113.7:2")));
    events.push(CallEvent::Ended(EndReason::PeerLeft(None)));
    record_of(events)
}

/// A whole call as B sees it. A is a plain client that says nothing.
fn as_b() -> Record {
    let mut events = Vec::new();
    events.extend([0, 1, 2].into_iter().flat_map(step));
    events.push(CallEvent::InRoom(Role::B));
    events.extend([6, 7, 8, 9].into_iter().flat_map(step));
    events.push(CallEvent::RemoteCandidate(candidate()));
    events.push(CallEvent::ConnectionState(ConnectionState::Connected));
    events.extend(step_that_makes(13, path("udp host 127.0.0.1:1", "udp host 127.0.0.1:2")));
    events.push(CallEvent::Ended(EndReason::HungUp));
    record_of(events)
}

/// The statements of a Mermaid diagram after its head, without times.
fn statements(record: &Record) -> Vec<String> {
    let text = mermaid(record, Language::English);
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("sequenceDiagram"));
    let participants: Vec<_> = lines.by_ref().take(3).collect();
    assert!(participants.iter().all(|line| line.trim().starts_with("participant ")), "{participants:?}");
    lines.map(|line| line.trim().split(" +").next().unwrap().to_owned()).collect()
}

#[test]
fn a_sees_the_whole_call_in_order() {
    let expected = [
        "Note over A: 0 getUserMedia",
        "Note over A: 1 new RTCPeerConnection",
        "Note over A: 2 addTrack",
        "A->>S: join_room",
        "Note over B: 0 getUserMedia",
        "Note over B: 1 new RTCPeerConnection",
        "Note over B: 2 addTrack",
        "B->>S: join_room",
        "S->>A: welcome",
        "Note over A: 3 createOffer",
        "Note over A: 4 setLocalDescription",
        "A->>S: 5 offer",
        "S->>B: offer",
        "A->>S: 11 ice × 2 (end)",
        "S->>B: ice",
        "Note over B: 6 setRemoteDescription",
        "Note over B: 7 createAnswer",
        "Note over B: 8 setLocalDescription",
        "B->>S: 9 answer",
        "S->>A: answer",
        "Note over A: 10 setRemoteDescription",
        "B->>S: 11 ice × 3",
        "S->>A: ice",
        "Note over A: 12 addIceCandidate",
        "Note over B: 12 addIceCandidate",
        "A<<->>B: 13 connected, udp host 127.0.0.1:1 ↔ udp srflx 203.0.113.7:2",
        "S->>A: bye",
    ];
    assert_eq!(statements(&as_a()), expected);
}

#[test]
fn b_sees_what_a_silent_a_must_have_done() {
    let expected = [
        "Note over A: 0 getUserMedia",
        "Note over A: 1 new RTCPeerConnection",
        "Note over A: 2 addTrack",
        "A-->>S: join_room",
        "Note over B: 0 getUserMedia",
        "Note over B: 1 new RTCPeerConnection",
        "Note over B: 2 addTrack",
        "B->>S: join_room",
        "S->>A: welcome",
        "Note over A: 3 createOffer",
        "Note over A: 4 setLocalDescription",
        "A-->>S: 5 offer",
        "S-->>B: offer",
        "Note over B: 6 setRemoteDescription",
        "Note over B: 7 createAnswer",
        "Note over B: 8 setLocalDescription",
        "B->>S: 9 answer",
        "S->>A: answer",
        "A->>S: 11 ice × 1",
        "S->>B: ice",
        "Note over A: 12 addIceCandidate",
        "A<<->>B: 13 connected, udp host 127.0.0.1:2 ↔ udp host 127.0.0.1:1",
        "B->>S: leave_room",
        "S->>A: bye",
    ];
    assert_eq!(statements(&as_b()), expected);
}

#[test]
fn an_empty_record_is_three_lines_alone() {
    assert_eq!(statements(&Record::new()), [""; 0]);
    let drawing = svg(&Record::new(), Language::English);
    assert_eq!(well_formed(&drawing), ["The call as a sequence diagram", "A", "server", "B"]);
    assert_eq!(drawing.matches("<path").count(), 3, "the three lines");
}

#[test]
fn times_count_from_the_beginning_of_the_call() {
    let mut record = Record::new();
    for (at, event) in [
        (5000, CallEvent::StepStarted(Step::number(0))),
        (5012, CallEvent::StepStarted(Step::number(1))),
        (6512, CallEvent::StepStarted(Step::number(2))),
        (5000 + 125_000, CallEvent::InRoom(Role::A)),
    ] {
        record.note(at, &event);
    }
    let text = mermaid(&record, Language::English);
    for line in
        ["0 getUserMedia +0 ms\n", "1 new RTCPeerConnection +12 ms\n", "2 addTrack +1.5 s\n", "join_room +2 min\n"]
    {
        assert!(text.contains(line), "{line:?} in {text}");
    }
}

#[test]
fn the_svg_says_the_same_as_the_mermaid_text() {
    for record in [as_a(), as_b()] {
        let drawn = well_formed(&svg(&record, Language::English));
        let labels = statements(&record).into_iter().filter_map(|line| {
            let label = line.split_once(": ")?.1.to_owned();
            Some(label.split(',').next().unwrap().to_owned())
        });
        let mut drawn = drawn.iter().skip(1);
        for label in labels {
            let found = drawn.any(|text| *text == label || text.starts_with(&format!("{label} +")));
            assert!(found, "{label} is not drawn, or not in this order");
        }
    }
}

#[test]
fn what_was_inferred_is_drawn_with_a_broken_line_and_without_a_time() {
    let broken = svg(&as_a(), Language::English).matches("stroke-dasharray").count();
    assert_eq!(broken, 1, "B tells all, but whether it said goodbye to the server nobody knows");
    let drawing = svg(&as_b(), Language::English);
    let box_of_step_3 = &drawing[..drawing.find(">3 createOffer<").unwrap()];
    let rectangle = &box_of_step_3[box_of_step_3.rfind("<rect").unwrap()..];
    assert!(rectangle.contains("stroke-dasharray"), "{rectangle}");
    assert!(mermaid(&as_b(), Language::English).contains("Note over A: 3 createOffer\n"));
}

#[test]
fn both_languages_are_spoken() {
    let drawing = svg(&as_a(), Language::Korean);
    let texts = well_formed(&drawing);
    for text in ["통화의 시퀀스 다이어그램", "A (나)", "서버"] {
        assert!(texts.iter().any(|other| other == text), "{text}");
    }
    assert!(drawing.contains("lang=\"ko\"") && mermaid(&as_a(), Language::Korean).contains("13 연결됨"));
    assert!(well_formed(&svg(&as_b(), Language::English)).contains(&"B (you)".to_owned()));
}

#[test]
fn the_drawing_can_stand_in_a_page_with_a_strict_policy_and_in_any_colours() {
    let drawing = svg(&as_a(), Language::English);
    for forbidden in ["<style", "style=", "<script", "href", "url(", "id=", "#"] {
        assert!(!drawing.contains(forbidden), "{forbidden}");
    }
    assert!(drawing.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 548 "));
    assert!(drawing.contains("role=\"img\"") && drawing.contains("currentColor"));
}

#[test]
fn the_drawing_grows_with_its_rows() {
    let height = |record: &Record| {
        let drawing = svg(record, Language::English);
        let view_box = drawing.split("viewBox=\"0 0 548 ").nth(1).unwrap();
        view_box.split('"').next().unwrap().parse::<u32>().unwrap()
    };
    assert!(height(&Record::new()) < 100);
    assert!(height(&as_a()) > height(&as_b()) && height(&as_b()) > 700);
}

#[test]
fn hostile_text_stays_text() {
    let mut record = as_b();
    for event in step_that_makes(13, path("udp host 127.0.0.1:1", HOSTILE)) {
        record.note(1000, &event);
    }
    record.note(1001, &CallEvent::Ended(EndReason::Failed(HOSTILE.to_owned())));

    let drawing = svg(&record, Language::English);
    let texts = well_formed(&drawing);
    assert!(texts.iter().any(|text| text.starts_with("\"><script>alert(1)")), "{texts:?}");
    assert!(!drawing.contains("<script") && !drawing.contains('\0'));

    let text = mermaid(&record, Language::English);
    assert!(text.contains("#60;script#62;"), "{text}");
    assert_eq!(text.lines().count(), 4 + statements(&record).len());
    assert!(!text.contains("%%") && !text.contains('<') | text.contains("A<<->>B"), "{text}");
    for line in text.lines().filter(|line| line.contains(": ")) {
        let label = line.split_once(": ").unwrap().1;
        let plain = entities_read(label);
        assert!(!plain.contains(['#', ';']), "a bare # or ; in {line}");
    }
}

/// A label without its `#35;` entities, so that what is left of `#` and `;` is bare.
fn entities_read(label: &str) -> String {
    let mut plain = String::new();
    let mut rest = label;
    while let Some((before, after)) = rest.split_once('#') {
        plain.push_str(before);
        let (number, after) = after.split_once(';').unwrap_or_else(|| panic!("a bare # in {label}"));
        assert!(number.parse::<u32>().is_ok(), "#{number}; in {label}");
        rest = after;
    }
    plain + rest
}

/// Reads XML as strictly as our own drawing needs it: every element is closed in order, every attribute is quoted, every
/// `&` begins one of four entities. Returns the text of each element that has one, except of the description.
fn well_formed(xml: &str) -> Vec<String> {
    let (mut open, mut texts, mut rest) = (Vec::<&str>::new(), Vec::new(), xml);
    while !rest.is_empty() {
        let (text, tag_and_rest) = rest.split_once('<').unwrap_or((rest, ""));
        if !text.is_empty() {
            let inside = *open.last().unwrap_or_else(|| panic!("text outside of everything: {text}"));
            let text = unescaped(text);
            if inside != "desc" {
                texts.push(text);
            }
        }
        if tag_and_rest.is_empty() {
            break;
        }
        let (tag, after) = tag_and_rest.split_once('>').unwrap_or_else(|| panic!("no end: <{tag_and_rest}"));
        assert!(!tag.contains('<'), "{tag}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "closed in another order");
        } else {
            let (tag, empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
            let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
            assert!(name.chars().all(|c| c.is_ascii_lowercase()), "{name:?}");
            quoted(attributes);
            if !empty {
                open.push(name);
            }
        }
        rest = after;
    }
    assert!(open.is_empty(), "never closed: {open:?}");
    assert!(xml.chars().all(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')));
    texts
}

fn quoted(attributes: &str) {
    let mut names = Vec::new();
    let mut rest = attributes.trim_start();
    while let Some((name, after)) = rest.split_once("=\"") {
        assert!(name.chars().all(|c| c.is_ascii_alphabetic() || c == '-'), "{attributes}");
        assert!(!names.contains(&name), "{name} twice in {attributes}");
        names.push(name);
        let (value, after) = after.split_once('"').unwrap_or_else(|| panic!("no closing quote: {attributes}"));
        unescaped(value);
        rest = after.trim_start();
    }
    assert_eq!(rest, "", "{attributes}");
}

fn unescaped(text: &str) -> String {
    let mut parts = text.split('&');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (entity, after) = part.split_once(';').unwrap_or_else(|| panic!("a bare & in {text}"));
        plain.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            other => panic!("&{other}; is not XML"),
        });
        plain.push_str(after);
    }
    plain
}

proptest! {
    #[test]
    fn whatever_happens_the_drawing_is_well_formed(
        role in prop_oneof![Just(Role::A), Just(Role::B)],
        events in proptest::collection::vec(any_event(), 0..40),
    ) {
        let record = record_of([CallEvent::InRoom(role)].into_iter().chain(events));
        for language in [Language::English, Language::Korean] {
            well_formed(&svg(&record, language));
            prop_assert!(mermaid(&record, language).lines().skip(1).all(|line| line.starts_with("    ")));
        }
    }
}
