//! The laboratory on the page (`/?lab`): each failure, its switch, and the line that normally prevents it.
//!
//! The server writes this section into the page, in both languages; a style sheet shows the one that the page speaks. The
//! lines come out of the sources themselves, so they are the true ones.

use std::fmt::Write;

use super::html::escaped;
use crate::text::Text;
use crate::text::lab as texts;

/// Where a failure is switched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// On the page, and in a headless peer: [`Fault`](crate::call::Fault).
    Call,
    /// On the page alone.
    Page,
    /// On the server, with these arguments.
    Server(&'static str),
}

/// One failure.
#[derive(Debug)]
pub struct Experiment {
    /// Its name in commands and addresses.
    pub name: &'static str,
    /// Where it is switched on.
    pub switch: Switch,
    /// What it is.
    pub title: Text,
    /// What one sees.
    pub sees: Text,
    /// The very words that a program prints, or that the page shows in English.
    pub shown: &'static [&'static str],
    /// Why.
    pub why: Text,
    /// The cure.
    pub cure: Text,
    /// The source with the line that prevents it: its path from the root of the workspace, and its content.
    source: (&'static str, &'static str),
    /// The line, without its indentation.
    code: &'static str,
}

/// A source: its path, and its content.
macro_rules! source {
    ($file:literal) => {
        ($file, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/", $file)))
    };
}

/// All of them: those of the call, those of the page, those of the server.
pub const EXPERIMENTS: [Experiment; 12] = [
    Experiment {
        name: "early-candidates",
        switch: Switch::Call,
        title: texts::EARLY_CANDIDATES,
        sees: texts::EARLY_CANDIDATES_SEES,
        shown: &[
            "a candidate was refused: OperationError: remote description is not set",
            "InvalidStateError: Failed to execute 'addIceCandidate' on 'RTCPeerConnection': The remote description was null",
        ],
        why: texts::EARLY_CANDIDATES_WHY,
        cure: texts::EARLY_CANDIDATES_CURE,
        source: source!("src/call/candidates.rs"),
        code: "if self.released { self.waiting.pop_front() } else { None }",
    },
    Experiment {
        name: "both-offer",
        switch: Switch::Call,
        title: texts::BOTH_OFFER,
        sees: texts::BOTH_OFFER_SEES,
        shown: &[
            "step 6 (setRemoteDescription): OperationError: invalid proposed signaling state transition: from have-local-offer applying false offer",
            "step 10 (setRemoteDescription): InvalidStateError: Failed to execute 'setRemoteDescription' on 'RTCPeerConnection': Failed to set remote answer sdp: Called in wrong state: stable",
        ],
        why: texts::BOTH_OFFER_WHY,
        cure: texts::BOTH_OFFER_CURE,
        source: source!("src/call/mod.rs"),
        code: "let offer = self.next_offer().await?;",
    },
    Experiment {
        name: "answer-twice",
        switch: Switch::Call,
        title: texts::ANSWER_TWICE,
        sees: texts::ANSWER_TWICE_SEES,
        shown: &[
            "step 10 (setRemoteDescription): OperationError: invalid proposed signaling state transition: from stable applying false answer",
            "step 10 (setRemoteDescription): InvalidStateError: Failed to execute 'setRemoteDescription' on 'RTCPeerConnection': Failed to set remote answer sdp: Called in wrong state: stable",
        ],
        why: texts::ANSWER_TWICE_WHY,
        cure: texts::ANSWER_TWICE_CURE,
        source: source!("src/call/inbox.rs"),
        code: "negotiation.answer = Some(description);",
    },
    Experiment {
        name: "stale-answer",
        switch: Switch::Call,
        title: texts::STALE_ANSWER,
        sees: texts::STALE_ANSWER_SEES,
        shown: &["offer and answer were exchanged, and no way to the other side was found (step 13)"],
        why: texts::STALE_ANSWER_WHY,
        cure: texts::STALE_ANSWER_CURE,
        source: source!("src/call/negotiation.rs"),
        code: "ours.is_some_and(|ours| version.is_none() || version == ours.version() || version == ours.session_id())",
    },
    Experiment {
        name: "no-secure-context",
        switch: Switch::Page,
        title: texts::NO_SECURE_CONTEXT,
        sees: texts::NO_SECURE_CONTEXT_SEES,
        shown: &[
            "This page is not a secure context: it may not use camera and microphone.",
            "SecurityError: a page may use camera and microphone only over https, or on localhost: open it there",
        ],
        why: texts::NO_SECURE_CONTEXT_WHY,
        cure: texts::NO_SECURE_CONTEXT_CURE,
        source: source!("src/browser/media.rs"),
        code: "if JsValue::from(&devices).is_undefined() {",
    },
    Experiment {
        name: "camera-busy",
        switch: Switch::Page,
        title: texts::CAMERA_BUSY,
        sees: texts::CAMERA_BUSY_SEES,
        shown: &["The camera or the microphone does not answer.", "NotReadableError: Could not start video source"],
        why: texts::CAMERA_BUSY_WHY,
        cure: texts::CAMERA_BUSY_CURE,
        source: source!("src/explain/problem.rs"),
        code: "\"NotReadableError\" | \"AbortError\" => (\"busy\", texts::BUSY, WITHOUT_CAMERA),",
    },
    Experiment {
        name: "reorder",
        switch: Switch::Server("--fault reorder"),
        title: texts::REORDER,
        sees: texts::REORDER_SEES,
        shown: &["FAULT: this ice overtakes the offer before it"],
        why: texts::REORDER_WHY,
        cure: texts::REORDER_CURE,
        source: source!("src/call/inbox.rs"),
        code: "negotiation.remote_candidates.push(candidate);",
    },
    Experiment {
        name: "drop",
        switch: Switch::Server("--fault drop"),
        title: texts::DROP,
        sees: texts::DROP_SEES,
        shown: &[
            "FAULT: this answer is lost",
            "the offer was sent, and the other side's answer (step 9) has not come: start the other side again",
        ],
        why: texts::DROP_WHY,
        cure: texts::DROP_CURE,
        source: source!("src/native/patience.rs"),
        code: "connection: Duration::from_secs(40),",
    },
    Experiment {
        name: "duplicate",
        switch: Switch::Server("--fault duplicate"),
        title: texts::DUPLICATE,
        sees: texts::DUPLICATE_SEES,
        shown: &["FAULT: this answer comes twice"],
        why: texts::DUPLICATE_WHY,
        cure: texts::DUPLICATE_CURE,
        source: source!("src/call/inbox.rs"),
        code: "debug!(\"an answer arrived twice, or to an earlier offer: ignored\");",
    },
    Experiment {
        name: "delay",
        switch: Switch::Server("--fault delay=1000"),
        title: texts::DELAY,
        sees: texts::DELAY_SEES,
        shown: &["FAULT: this offer comes 1s late"],
        why: texts::DELAY_WHY,
        cure: texts::DELAY_CURE,
        source: source!("src/call/waiting.rs"),
        code: "if let Some(answer) = self.negotiation.answer.take() {",
    },
    Experiment {
        name: "turn-password",
        switch: Switch::Server("--turn --turn-allow-private --fault turn-password"),
        title: texts::TURN_PASSWORD,
        sees: texts::TURN_PASSWORD_SEES,
        shown: &["wrong name or password (401)"],
        why: texts::TURN_PASSWORD_WHY,
        cure: texts::TURN_PASSWORD_CURE,
        source: source!("src/server/ice.rs"),
        code: "servers.push(with(turn, relay.mint(user, LIFETIME)));",
    },
    Experiment {
        name: "die",
        switch: Switch::Server("--fault die"),
        title: texts::DIE,
        sees: texts::DIE_SEES,
        shown: &["error: the server has ended itself: --fault die", "signaling lost: the connection broke"],
        why: texts::DIE_WHY,
        cure: texts::DIE_CURE,
        source: source!("src/call/recovery.rs"),
        code: "role => Err(Interrupt::start_over(Negotiation { role, ..Negotiation::default() })),",
    },
];

impl Experiment {
    /// Where the line is that prevents it: the path from the root of the workspace, and the number.
    pub fn place(&self) -> (&'static str, usize) {
        let (file, source) = self.source;
        let line = source.lines().position(|line| line.trim() == self.code);
        (file, line.expect("a test looks for every line") + 1)
    }

    /// The command that switches it on, if there is one.
    pub fn command(&self) -> Option<String> {
        match self.switch {
            Switch::Call => Some(format!("cargo run -- peer --room demo --fault {}", self.name)),
            Switch::Page => None,
            Switch::Server(arguments) => Some(format!("cargo run -- serve {arguments}")),
        }
    }

    /// The address of the page that switches it on, if there is one.
    pub fn address(&self) -> Option<String> {
        (!matches!(self.switch, Switch::Server(_))).then(|| format!("/?lab={}", self.name))
    }

    fn write(&self, html: &mut String, is_on: bool) {
        let name = self.name;
        let (open, mark) = if is_on { (" open", both("b", texts::SWITCHED_ON)) } else { ("", String::new()) };
        let title = both("span", self.title);
        *html += &format!("<details id=\"lab-{name}\" data-on=\"{is_on}\"{open}><summary>{title} {mark}</summary>\n");
        if let Some(address) = self.address() {
            let (address, text) = if is_on { ("/?lab", texts::SWITCH_OFF) } else { (&*address, texts::SWITCH_ON) };
            *html += &format!("<p><a class=\"button\" href=\"{address}\">{}</a></p>\n", both("span", text));
        }
        if let Some(command) = self.command() {
            let where_ = if matches!(self.switch, Switch::Call) { texts::HEADLESS } else { texts::ON_THE_SERVER };
            *html += &format!("<p>{} <code>{command}</code></p>\n", both("span", where_));
        }
        for (label, text) in [(texts::SEES, self.sees), (texts::WHY, self.why), (texts::CURE, self.cure)] {
            *html += &format!("<h3>{}</h3>{}\n", both("span", label), both("p", text));
            if label == texts::SEES {
                let shown: Vec<_> = self.shown.iter().map(|line| escaped(line)).collect();
                *html += &format!("<pre tabindex=\"0\">{}</pre>\n", shown.join("\n"));
            }
        }
        let ((file, line), code) = (self.place(), escaped(self.code));
        let label = both("span", texts::LINE);
        *html += &format!(
            "<figure><figcaption>{label} <code>{file}:{line}</code></figcaption><pre tabindex=\"0\">{code}</pre></figure>\n\
             </details>\n"
        );
    }
}

/// Where the page has room for what this server does wrong.
const BANNER: &str = "<p id=\"faults\" class=\"notice\" hidden></p>";
/// Where it has room for the laboratory.
const SECTION: &str = "<section id=\"lab\" hidden></section>";

/// The page. With `?lab` it has the laboratory in it, and from a server with faults it says so.
pub(super) fn with_experiments(page: &str, faults: &[String], query: Option<&str>) -> String {
    let mut page = page.to_owned();
    if !faults.is_empty() {
        let said = format!("{} <code>{}</code>", both("span", texts::SERVER_FAULTS), escaped(&faults.join(", ")));
        page = page.replace(BANNER, &format!("<p id=\"faults\" class=\"notice\">{said}</p>"));
    }
    let lab = query.unwrap_or_default().split('&').find_map(|pair| match pair.split_once('=') {
        Some(("lab", name)) => Some(name),
        None if pair == "lab" => Some(""),
        _ => None,
    });
    if let Some(chosen) = lab {
        let mut html = String::new();
        let (title, hint) = (both("h2", texts::LABORATORY), both("p", texts::HINT));
        let _ = writeln!(html, "<section id=\"lab\">{title}{hint}");
        for experiment in &EXPERIMENTS {
            let is_on = match experiment.switch {
                Switch::Server(_) => faults.iter().any(|fault| fault.split('=').next() == Some(experiment.name)),
                _ => experiment.name == chosen,
            };
            experiment.write(&mut html, is_on);
        }
        html += "</section>";
        page = page.replace(SECTION, &html);
    }
    page
}

/// A text in both languages; `style.css` hides the one that the page does not speak.
fn both(tag: &str, text: Text) -> String {
    let (en, ko) = (escaped(text.en), escaped(text.ko));
    format!("<{tag} lang=\"en\">{en}</{tag}><{tag} lang=\"ko\">{ko}</{tag}>")
}

#[cfg(test)]
mod tests {
    const HOME: &str = include_str!("home.html");
    use super::*;
    use crate::call::Fault;
    use crate::server::ServerFault;

    #[test]
    fn each_failure_has_one_line_that_prevents_it() {
        for experiment in &EXPERIMENTS {
            let (file, source) = experiment.source;
            let count = source.lines().filter(|line| line.trim() == experiment.code).count();
            assert_eq!(count, 1, "{}: {file} has this line {count} times: {}", experiment.name, experiment.code);
            let (_, number) = experiment.place();
            let now = std::fs::read_to_string(file).unwrap();
            assert_eq!(now.lines().nth(number - 1).map(str::trim), Some(experiment.code), "{file}:{number}");
        }
    }

    #[test]
    fn the_texts_say_the_same() {
        for (file, is_english) in [("docs/laboratory.md", true), ("docs/laboratory.ko.md", false)] {
            let text = std::fs::read_to_string(file).unwrap();
            let mut sections = text.split("\n## ").skip(2);
            for experiment in &EXPERIMENTS {
                let section = sections.next().expect("a section for each failure");
                let (source, line) = experiment.place();
                let mut parts = vec![
                    format!("```text\n{}\n```", experiment.shown.join("\n")),
                    format!("[`{source}`](../{source}#L{line})"),
                    format!("```rust\n{}\n```", experiment.code),
                ];
                parts.extend(
                    [experiment.command(), experiment.address()].into_iter().flatten().map(|code| format!("`{code}`")),
                );
                for part in parts {
                    assert!(section.contains(&part), "{file}, {}: write {part}", experiment.name);
                }
                // The lines of the text may break anywhere.
                let words = section.split_whitespace().collect::<Vec<_>>().join(" ");
                for text in [experiment.title, experiment.sees, experiment.why, experiment.cure] {
                    assert!(!is_english || words.contains(text.en), "{file}, {}: write {}", experiment.name, text.en);
                }
            }
            assert_eq!(sections.next(), None, "{file}");
        }
    }

    #[test]
    fn every_switch_is_one_that_there_is() {
        let calls = EXPERIMENTS.iter().filter(|experiment| experiment.switch == Switch::Call);
        let names: Vec<_> = calls.map(|experiment| experiment.name).collect();
        assert_eq!(names, Fault::ALL.map(Fault::name));
        let arguments = EXPERIMENTS.iter().filter_map(|experiment| match experiment.switch {
            Switch::Server(arguments) => Some((experiment.name, arguments)),
            _ => None,
        });
        for (name, arguments) in arguments {
            let fault = arguments.rsplit(' ').next().unwrap();
            assert!(fault.parse::<ServerFault>().is_ok() && fault.starts_with(name), "{arguments}");
        }
    }

    #[test]
    fn only_a_page_that_is_asked_for_it_has_the_laboratory() {
        for query in [None, Some(""), Some("room=lab"), Some("label=1")] {
            assert_eq!(with_experiments(HOME, &[], query), HOME, "{query:?}");
        }
        for query in ["lab", "lab=", "room=demo&lab", "lab=early-candidates&room=demo"] {
            let page = with_experiments(HOME, &[], Some(query));
            assert_eq!(page.matches("<details id=\"lab-").count(), EXPERIMENTS.len(), "{query}");
            let on = page.matches("data-on=\"true\"").count();
            assert_eq!(on, usize::from(query.contains("early-candidates")), "{query}");
        }
        assert!(!with_experiments(HOME, &[], Some("lab=%3Cscript%3E<script>")).contains("<script>"));
    }

    #[test]
    fn a_server_that_does_wrong_says_so_on_the_page() {
        let page = with_experiments(HOME, &["delay=200".to_owned(), "die".to_owned()], Some("lab"));
        assert!(page.contains("This server does wrong on purpose:") && page.contains("<code>delay=200, die</code>"));
        assert_eq!(page.matches("data-on=\"true\"").count(), 2);
    }
}
