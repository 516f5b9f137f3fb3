//! Scenario: a call is written line by line and read again, whole, cut, broken, too large, from a later version.

use proptest::prelude::*;
use shared::{Phase, Role, Sending, SessionDescription, Step};

use super::{Artefact, CallEvent, candidate, path};
use crate::call::EndReason;
use crate::call::engine::MediaKind;
use crate::call::state::{ConnectionState, IceConnectionState, IceGatheringState, SignalingState};
use crate::explain::record::{
    Fault, FileNews, Head, MOST_BYTES, MOST_LINE_BYTES, MOST_MOMENTS, Moment, RecordEvent, Recording, Sample,
    SavedCall, head_line, line,
};

pub(super) fn head() -> Head {
    Head::new("2026-01-31T09:30:00.000Z", "demo")
}

/// The file of a record.
pub(super) fn text(call: &SavedCall) -> String {
    let lines = [head_line(&call.head)].into_iter().chain(call.moments.iter().map(line));
    lines.map(|line| line + "\n").collect()
}

/// A file of these lines, below a good head.
fn file(lines: &[&str]) -> String {
    [&*head_line(&head())].into_iter().chain(lines.iter().copied()).map(|line| format!("{line}\n")).collect()
}

fn written(event: impl Into<RecordEvent>) -> String {
    line(&Moment { at: 7, side: None, event: event.into() })
}

#[test]
fn a_line_is_read_as_easily_as_it_is_written() {
    assert_eq!(
        head_line(&head()),
        format!(
            r#"{{"record":"study-zoom call","version":1,"program":"study-zoom {}","began":"2026-01-31T09:30:00.000Z","room":"demo","masked":false}}"#,
            env!("CARGO_PKG_VERSION")
        )
    );
    for (event, expected) in [
        (CallEvent::InRoom(Role::A), r#"{"at":7,"event":"in_room","role":"A"}"#),
        (CallEvent::StepStarted(Step::number(3)), r#"{"at":7,"event":"step_started","step":3}"#),
        (
            CallEvent::StepDone(Step::number(3), Artefact::Description(SessionDescription::offer("v=0\r\n"))),
            r#"{"at":7,"event":"step_done","step":3,"description":{"type":"offer","sdp":"v=0\r\n"}}"#,
        ),
        (CallEvent::LocalCandidate(None), r#"{"at":7,"event":"local_candidate","candidate":null}"#),
        (CallEvent::PeerStep(Step::number(5), Phase::Done), r#"{"at":7,"event":"peer_step","step":5,"phase":"done"}"#),
        (
            CallEvent::IceConnectionState(IceConnectionState::Checking),
            r#"{"at":7,"event":"ice_connection_state","state":"checking"}"#,
        ),
        (CallEvent::ChatSent("secret".to_owned()), r#"{"at":7,"event":"chat_sent","count":6}"#),
        (
            CallEvent::Ended(EndReason::PeerLeft(Some(Step::number(9)))),
            r#"{"at":7,"event":"ended","reason":"peer_left","step":9}"#,
        ),
    ] {
        assert_eq!(written(event), expected);
    }
    let moment = Moment { at: 9, side: Some(Role::B), event: CallEvent::ChatOpen.into() };
    assert_eq!(line(&moment), r#"{"at":9,"side":"B","event":"chat_open"}"#);
}

#[test]
fn what_people_say_is_not_written() {
    for event in [
        CallEvent::ChatSent("secret".to_owned()),
        CallEvent::ChatReceived("secret".to_owned()),
        CallEvent::ChatNotSent("secret".to_owned(), "the channel is closed".to_owned()),
    ] {
        let written = written(event);
        assert!(!written.contains("secret") && written.contains(r#""count":6"#), "{written}");
    }
}

#[test]
fn what_is_wrong_with_a_file_is_named_with_its_line() {
    let many = "{\"at\":1,\"event\":\"chat_open\"}\n".repeat(MOST_MOMENTS + 1);
    let head = head_line(&head());
    let is_line = |text: &str| Fault::Line(text.to_owned());
    for (text, line, fault) in [
        (String::new(), 1, Fault::NoRecord("the file is empty".to_owned())),
        ("\n \n".to_owned(), 1, Fault::NoRecord("the file is empty".to_owned())),
        ("hello\n".to_owned(), 1, Fault::NoRecord("expected value".to_owned())),
        ("[1]".to_owned(), 1, Fault::NoRecord("this is not a JSON object".to_owned())),
        (r#"{"record":"a song"}"#.to_owned(), 1, Fault::NoRecord("missing field `version`".to_owned())),
        (head.replace("study-zoom call", "a song"), 1, Fault::NoRecord("`record` differs".to_owned())),
        (head.replace("\"version\":1", "\"version\":2"), 1, Fault::Version(2)),
        (file(&["{", "{}"]), 2, is_line("EOF while parsing an object")),
        (file(&["", "7"]), 3, is_line("this is not a JSON object")),
        (file(&["{}"]), 2, is_line("missing field `at`")),
        (file(&[r#"{"at":1}"#]), 2, is_line("missing field `event`")),
        (file(&[r#"{"at":-1,"event":"chat_open"}"#]), 2, is_line("invalid value: integer `-1`, expected u32")),
        (file(&[r#"{"at":1,"event":"in_room"}"#]), 2, is_line("missing field `role`")),
        (
            file(&[r#"{"at":1,"event":"step_started","step":14}"#]),
            2,
            is_line("there is no step 14: the last one is 13"),
        ),
        (
            file(&[r#"{"at":1,"event":"connection_state","state":"melting"}"#]),
            2,
            is_line("`state` \"melting\" is none that the W3C knows"),
        ),
        (
            file(&[r#"{"at":1,"event":"ended","reason":"tired"}"#]),
            2,
            is_line("`reason` is hung_up, peer_left, started_over or failed"),
        ),
        (file(&[&" ".repeat(MOST_LINE_BYTES + 1), &format!("{}7", " ".repeat(MOST_LINE_BYTES))]), 3, Fault::TooLong),
        (format!("{head}\n{many}"), MOST_MOMENTS + 2, Fault::TooMany),
        ("x".repeat(MOST_BYTES + 1), 1, Fault::TooLarge),
    ] {
        let bad = SavedCall::open(&text).unwrap_err();
        assert_eq!((bad.line, &bad.fault), (line, &fault), "{}", text.chars().take(200).collect::<String>());
        assert!(bad.to_string().starts_with(&format!("line {line}: ")), "{bad}");
    }
}

#[test]
fn a_program_that_was_killed_has_left_a_record() {
    let whole = file(&[r#"{"at":1,"event":"chat_open"}"#, r#"{"at":5,"event":"signaling_back"}"#]);
    for cut in 1..whole.lines().last().unwrap().len() {
        let saved = SavedCall::open(&whole[..whole.len() - 1 - cut]).unwrap();
        assert_eq!((saved.moments.len(), saved.cut), (1, true), "{cut} bytes are missing");
    }
    let saved = SavedCall::open(whole.trim_end()).unwrap();
    assert_eq!((saved.moments.len(), saved.cut), (2, false), "only the line break is missing");
}

#[test]
fn a_later_version_can_be_read_as_far_as_it_is_known() {
    let text = file(&[
        r#"{"at":1,"event":"chat_open","new":[1]}"#,
        r#"{"at":2,"event":"hologram","state":{"of":1}}"#,
        r#"{"at":3,"event":"signaling_back"}"#,
    ]);
    let saved = SavedCall::open(&text).unwrap();
    assert_eq!((saved.moments.len(), saved.unknown), (2, 1));
}

#[test]
fn other_line_breaks_and_a_byte_order_mark_do_no_harm() {
    let text = format!("\u{feff}{}", file(&[r#"{"at":1,"event":"chat_open"}"#]).replace('\n', "\r\n"));
    assert_eq!(SavedCall::open(&text).unwrap().moments.len(), 1);
}

#[test]
fn time_never_goes_back() {
    let text = file(&[r#"{"at":9,"event":"chat_open"}"#, r#"{"at":5,"event":"signaling_back"}"#]);
    let times: Vec<_> = SavedCall::open(&text).unwrap().moments.iter().map(|moment| moment.at).collect();
    assert_eq!(times, [9, 9]);
}

#[test]
fn a_record_of_both_sides_has_two_stories() {
    let text = file(&[
        r#"{"at":1,"side":"A","event":"chat_open"}"#,
        r#"{"at":2,"side":"B","event":"chat_open"}"#,
        r#"{"at":3,"side":"B","event":"signaling_back"}"#,
        r#"{"at":4,"event":"left_out","count":3}"#,
    ]);
    let saved = SavedCall::open(&text).unwrap();
    assert_eq!(saved.sides(), [Role::A, Role::B]);
    assert_eq!((saved.seen_by(Some(Role::A)).count(), saved.seen_by(Some(Role::B)).count()), (2, 3));
    let one = SavedCall::open(&file(&[r#"{"at":1,"side":"B","event":"chat_open"}"#])).unwrap();
    assert_eq!((one.sides(), one.seen_by(None).count()), (&[][..], 1));
}

#[test]
fn a_long_call_keeps_its_beginning_and_its_end() {
    let mut recording = Recording::new(head());
    let event = |number: usize| CallEvent::SignalingLost(format!("{number:01000}"));
    for number in 0..5000 {
        recording.add(number as u32, event(number).into());
    }
    let text = recording.text(false);
    assert!(text.len() < Recording::MOST_BYTES + 20_000, "{}", text.len());
    let saved = SavedCall::open(&text).unwrap();
    let gap = saved.moments.iter().position(|moment| matches!(moment.event, RecordEvent::LeftOut(_))).unwrap();
    assert_eq!(saved.moments[gap].event, RecordEvent::LeftOut(recording.left_out()));
    assert_eq!(saved.moments.len() - 1 + recording.left_out() as usize, 5000);
    assert_eq!(saved.moments[0].event, event(0).into());
    assert_eq!(saved.moments[gap + 1].at as usize, gap + recording.left_out() as usize);
    assert_eq!(saved.moments.last().unwrap().event, event(4999).into());
    assert!(SavedCall::open(&recording.text(true)).unwrap().head.masked);
}

/// Any event of a call. Of chat nothing but the length is written, so it is dots already.
pub(super) fn any_event() -> impl Strategy<Value = RecordEvent> {
    let step = || (0..14u8).prop_map(Step::number);
    let state = prop_oneof![
        prop::sample::select(&[SignalingState::Stable, SignalingState::HaveLocalOffer, SignalingState::Closed][..])
            .prop_map(CallEvent::SignalingState),
        prop::sample::select(&[IceGatheringState::New, IceGatheringState::Gathering, IceGatheringState::Complete][..])
            .prop_map(CallEvent::IceGatheringState),
        prop::sample::select(&[IceConnectionState::Failed, IceConnectionState::Disconnected][..])
            .prop_map(CallEvent::IceConnectionState),
        prop::sample::select(&[ConnectionState::New, ConnectionState::Connected, ConnectionState::Failed][..])
            .prop_map(CallEvent::ConnectionState),
    ];
    let sending = any::<[bool; 3]>().prop_map(|[audio, video, screen]| Sending { audio, video, screen });
    let done = (step(), any::<String>(), 0..4).prop_map(|(step, text, which)| {
        let artefact = match (step.number, which) {
            (_, 1) => Artefact::Text(text),
            (_, 2) => Artefact::Description(SessionDescription::answer(text)),
            (13, 3) => Artefact::Path(Some(path())),
            (13, _) => Artefact::Path(None),
            _ => Artefact::None,
        };
        CallEvent::StepDone(step, artefact)
    });
    let phase = prop::sample::select(&[Phase::Waiting, Phase::Started, Phase::Done][..]);
    let ended = (prop::option::of(step()), any::<String>(), 0..4).prop_map(|(step, text, which)| match which {
        0 => EndReason::HungUp,
        1 => EndReason::PeerLeft(step),
        2 => EndReason::StartedOver,
        _ => EndReason::Failed(text),
    });
    let dots = || (0..50usize).prop_map(|count| "·".repeat(count));
    let call = prop_oneof![
        Just(CallEvent::InRoom(Role::B)),
        step().prop_map(CallEvent::StepWaiting),
        step().prop_map(CallEvent::StepStarted),
        done,
        any::<bool>().prop_map(|last| CallEvent::LocalCandidate(if last { None } else { candidate() })),
        any::<bool>().prop_map(|last| CallEvent::RemoteCandidate(if last { None } else { candidate() })),
        state,
        Just(CallEvent::RemoteTrack(MediaKind::Video)),
        Just(CallEvent::ChatOpen),
        dots().prop_map(CallEvent::ChatReceived),
        (dots(), any::<String>()).prop_map(|(text, reason)| CallEvent::ChatNotSent(text, reason)),
        sending.prop_map(CallEvent::PeerSending),
        (step(), phase).prop_map(|(step, phase)| CallEvent::PeerStep(step, phase)),
        any::<String>().prop_map(CallEvent::SignalingLost),
        any::<String>().prop_map(CallEvent::CandidateRefused),
        Just(CallEvent::SignalingBack),
        ended.prop_map(CallEvent::Ended),
    ];
    let sample = (any::<u32>(), any::<i32>(), any::<Option<(u32, u32)>>(), any::<bool>()).prop_map(
        |(count, lost, size, has_path)| {
            RecordEvent::Statistics(Sample {
                bytes_in: count.into(),
                bytes_out: 2 * u64::from(count),
                frames: 3,
                packets: 4,
                lost: lost.into(),
                round_trip_ms: size.map(|(width, _)| f64::from(width) / 16.0),
                size,
                path: has_path.then(path),
            })
        },
    );
    let file = (any::<[bool; 2]>(), any::<Option<u64>>())
        .prop_map(|([sent, done], size)| RecordEvent::File(FileNews { sent, done, size }));
    prop_oneof![
        8 => call.prop_map(RecordEvent::Call),
        1 => sample,
        1 => file,
        1 => any::<u32>().prop_map(RecordEvent::LeftOut),
    ]
}

proptest! {
    #[test]
    fn every_event_survives_the_file(
        events in prop::collection::vec((any_event(), prop::option::of(Just(Role::A))), 0..20)
    ) {
        let moments = events.into_iter().enumerate();
        let moments = moments.map(|(at, (event, side))| Moment { at: at as u32, side, event }).collect();
        let saved = SavedCall { head: head(), moments, unknown: 0, cut: false };
        prop_assert_eq!(SavedCall::open(&text(&saved)).unwrap(), saved);
    }

    #[test]
    fn any_text_is_opened_or_refused(text in any::<String>(), lines in prop::collection::vec("\\PC{0,40}", 0..4)) {
        let _ = SavedCall::open(&text);
        let lines: Vec<_> = lines.iter().map(String::as_str).collect();
        let _ = SavedCall::open(&file(&lines));
    }
}
