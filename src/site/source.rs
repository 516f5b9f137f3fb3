//! The code of each step, for those who watch a call: the very lines of the sources, with their places.
//!
//! A comment of the form `// Step 7 (B): createAnswer` marks lines that take a step. They go on to the mark of another step,
//! to the next empty line, or to the end of the block that the comment stands in. The sources come into the server when it is built; the page fetches
//! the excerpts, and its bundle stays small.

use serde::Serialize;
use shared::Step;

const FLOW: &str = "CODE_FLOW";
const BROWSER: &str = "CODE_BROWSER";
const NATIVE: &str = "CODE_NATIVE";
const SIGNALING: &str = "CODE_SIGNALING";
const SMALLEST: &str = "CODE_SMALLEST";

/// The labels of what runs without a browser.
pub const HEADLESS: [&str; 3] = [FLOW, NATIVE, SIGNALING];

/// A source: its label, its path, and its content.
macro_rules! source {
    ($label:expr, $file:literal) => {
        ($label, $file, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/", $file)))
    };
}

/// Where the marks are looked for, in the order in which they are shown. A label is the name of a text of the page.
const SOURCES: &[(&str, &str, &str)] = &[
    source!(FLOW, "src/call/mod.rs"),
    source!(BROWSER, "src/browser/engine.rs"),
    source!(BROWSER, "src/browser/media.rs"),
    source!(BROWSER, "src/browser/local_media/mod.rs"),
    source!(NATIVE, "src/native/engine.rs"),
    source!(NATIVE, "src/native/local_track.rs"),
    source!(NATIVE, "src/native/callbacks.rs"),
    source!(SIGNALING, "src/signaling.rs"),
    source!(SMALLEST, "src/site/smallest/call.js"),
];

/// Lines of a source that take a step.
#[derive(Debug, Serialize)]
pub struct Excerpt {
    /// What they are: the name of a text of the page.
    pub label: &'static str,
    /// The path of the source, from the root of the workspace.
    pub file: &'static str,
    /// The number of the first line.
    pub line: usize,
    /// The lines, without the indentation that they have in common.
    pub text: String,
}

/// The excerpts of a step, the flow first.
pub fn excerpts(step: &Step) -> Vec<Excerpt> {
    let mark = format!("// Step {} (", step.number);
    let mut found = Vec::new();
    for &(label, file, source) in SOURCES {
        for (index, first) in source.lines().enumerate().filter(|(_, line)| line.trim_start().starts_with(&mark)) {
            let indent = &first[..first.len() - first.trim_start().len()];
            let lines = source.lines().skip(index).map_while(|line| line.strip_prefix(indent));
            // Marks that stand one below the other share the lines that follow.
            let marks = lines.clone().take_while(|line| is_mark(line)).count();
            let more = lines.clone().skip(marks).take_while(|line| !line.is_empty() && !is_mark(line)).count();
            let lines: Vec<_> = lines.take(marks + more).collect();
            found.push(Excerpt { label, file, line: index + 1, text: lines.join("\n") });
        }
    }
    found
}

/// Whether the line marks a step.
pub(super) fn is_mark(line: &str) -> bool {
    line.trim_start().starts_with("// Step ")
}

#[cfg(test)]
mod tests {
    use shared::STEPS;

    use super::*;
    use crate::text::page::by_name;

    /// What each excerpt holds, by source, in the order of the steps: the W3C call, in the spelling of the source.
    const CALLS: &[(&str, &[(u8, &str)])] = &[
        (
            "src/call/mod.rs",
            &[
                (0, "engine.get_user_media("),
                (1, "engine.create_peer_connection("),
                (2, "engine.add_tracks("),
                (3, "engine.create_offer("),
                (4, "engine.set_local_description("),
                (5, "send_description(Signal::Offer"),
                (6, "engine.set_remote_description("),
                (7, "engine.create_answer("),
                (8, "engine.set_local_description("),
                (9, "send_description(Signal::Answer"),
                (10, "engine.set_remote_description("),
                (11, "release_local_candidates("),
                (12, "release_remote_candidates("),
                (13, "until_connected("),
            ],
        ),
        (
            "src/browser/engine.rs",
            &[
                (0, "fn get_user_media("),
                (1, "RtcPeerConnection::new_with_configuration("),
                (2, "fn add_tracks("),
                (3, "peer.create_data_channel("),
                (3, "peer.create_offer"),
                (4, ".set_local_description("),
                (6, ".set_remote_description("),
                (7, ".create_answer("),
                (8, ".set_local_description("),
                (10, ".set_remote_description("),
                (11, "\"icecandidate\""),
                (12, ".add_ice_candidate_with_opt_rtc_ice_candidate_init("),
                (13, "\"track\""),
                (13, "\"connectionstatechange\""),
            ],
        ),
        ("src/browser/media.rs", &[(0, ".get_user_media_with_constraints(")]),
        ("src/browser/local_media/mod.rs", &[(2, "peer.add_track(")]),
        (
            "src/native/engine.rs",
            &[
                (0, "fn get_user_media("),
                (1, "PeerConnectionBuilder::new("),
                (1, "self.build("),
                (2, "LocalTrack::add("),
                (3, "peer.create_data_channel("),
                (3, "peer.create_offer"),
                (4, "peer.set_local_description("),
                (6, "peer.set_remote_description("),
                (7, "peer.create_answer("),
                (8, "peer.set_local_description("),
                (10, "peer.set_remote_description("),
                (12, "peer.add_ice_candidate("),
            ],
        ),
        ("src/native/local_track.rs", &[(2, "connection.add_track(")]),
        (
            "src/native/callbacks.rs",
            &[(11, "fn on_ice_candidate("), (13, "fn on_connection_state_change("), (13, "fn on_track(")],
        ),
        ("src/signaling.rs", &[(5, "self.ask("), (9, "self.ask("), (11, "self.client.emit(")]),
        (
            "src/site/smallest/call.js",
            &[
                (0, "getUserMedia("),
                (1, "new RTCPeerConnection("),
                (2, ".addTrack("),
                (3, ".createOffer("),
                (4, ".setLocalDescription("),
                (5, "socket.emit(\"offer\""),
                (6, ".setRemoteDescription("),
                (7, ".createAnswer("),
                (8, ".setLocalDescription("),
                (9, "socket.emit(\"answer\""),
                (10, ".setRemoteDescription("),
                (11, "socket.emit(\"ice\""),
                (12, ".addIceCandidate("),
                (13, ".addTrack("),
            ],
        ),
    ];

    #[test]
    fn every_source_has_all_its_marks_and_each_excerpt_has_its_call() {
        for (label, file, _) in SOURCES {
            assert!(by_name(label).is_some(), "the page has no text {label}");
            let (_, calls) = CALLS.iter().find(|(source, _)| source == file).expect("CALLS has every source");
            let all = STEPS.iter().flat_map(|step| excerpts(step).into_iter().map(|excerpt| (step.number, excerpt)));
            let found: Vec<_> = all.filter(|(_, excerpt)| excerpt.file == *file).collect();
            let steps: Vec<_> = found.iter().map(|(step, _)| *step).collect();
            assert_eq!(steps, calls.iter().map(|(step, _)| *step).collect::<Vec<_>>(), "the marks in {file}");
            for ((step, Excerpt { text, .. }), (_, call)) in found.iter().zip(*calls) {
                let mut code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
                assert!(code.any(|line| line.contains(call)), "{file}, step {step}: no {call} in:\n{text}");
            }
        }
    }

    #[test]
    fn an_excerpt_begins_at_its_line_and_is_whole_and_short() {
        for step in &STEPS {
            let mark = format!("// Step {} ({}): ", step.number, step.who.to_string().replace(' ', ", "));
            for Excerpt { label, file, line, text } in excerpts(step) {
                let source = std::fs::read_to_string(file).unwrap();
                let lines: Vec<_> = source.lines().skip(line - 1).zip(text.lines()).collect();
                assert!(text.starts_with(&mark), "{file}:{line} does not begin with {mark:?}");
                assert!(lines.iter().all(|(there, here)| there.ends_with(here)), "{file}:{line} has other lines");
                assert!(lines.len() < 50, "{file}:{line} is long: {} lines", lines.len());
                assert_eq!(text.matches('{').count(), text.matches('}').count(), "{file}:{line} is cut off:\n{text}");
                assert!(label != FLOW || text.contains("self.done("), "{file}:{line} ends too early:\n{text}");
            }
        }
    }
}
