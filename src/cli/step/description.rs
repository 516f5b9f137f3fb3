//! An offer or an answer, line by line, with what each line means.
//!
//! The notes are those of the page. A terminal cannot fold anything away, so a note stands where it is needed first, and
//! lines that need none share a paragraph.

use std::collections::HashSet;

use study_zoom::explain::sdp::{Level, Line, annotate};
use study_zoom::text::teacher as texts;

use super::screen::Screen;

/// How far a note stands to the right of its line.
const NOTE: usize = 4;

/// Shows a description. Of an answer, only what the offer did not have is explained.
pub(super) fn show(screen: &mut Screen, sdp: &str, offer: Option<&str>) {
    let legend = if offer.is_some() { texts::LEGEND_ANSWER } else { texts::LEGEND };
    screen.indented(0, screen.say(legend));
    let (lines, known) = (annotate(sdp), offer.map(annotate).unwrap_or_default());
    let known = sections(&known);
    // By the English text: that names a note.
    let mut explained = HashSet::new();
    for (index, section) in sections(&lines).iter().enumerate() {
        let heading = match kind(section) {
            Some(kind) => screen.fill(texts::SECTION, &[&index.to_string(), kind]),
            None => screen.say(texts::WHOLE_CALL).to_owned(),
        };
        screen.line("");
        screen.indented(0, &format!("--- {heading}"));
        let in_offer: HashSet<_> =
            known.get(index).into_iter().flat_map(|lines| lines.iter().map(|line| line.text)).collect();
        let mut plain = Vec::new();
        for line in *section {
            let note = screen.say(line.note.unwrap_or(texts::UNKNOWN_LINE));
            if in_offer.contains(line.text) || !explained.insert(note) {
                plain.push(line.text);
                continue;
            }
            together(screen, &mut plain);
            screen.as_it_is(line.text);
            screen.indented(NOTE, note);
        }
        together(screen, &mut plain);
    }
    screen.line("");
}

/// The lines that need no note.
fn together(screen: &mut Screen, plain: &mut Vec<&str>) {
    if !plain.is_empty() {
        screen.side_by_side(plain);
        plain.clear();
    }
}

/// The lines before the first `m=`, then those of each section.
fn sections<'a, 'b>(lines: &'b [Line<'a>]) -> Vec<&'b [Line<'a>]> {
    let begins_section = |line: &Line<'_>| line.level == Level::Media && line.text.starts_with("m=");
    lines.chunk_by(|_, next| !begins_section(next)).collect()
}

/// What flows in this section.
fn kind<'a>(section: &[Line<'a>]) -> Option<&'a str> {
    section.first()?.text.strip_prefix("m=")?.split(' ').next()
}

/// The kinds of the sections, in their order.
pub(super) fn kinds(sdp: &str) -> Vec<&str> {
    sdp.lines().filter_map(|line| line.strip_prefix("m=")?.split(' ').next()).collect()
}

#[cfg(test)]
mod tests {
    use study_zoom::text::Language;

    use super::*;

    const OFFER: &str = "v=0\r\ns=-\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=setup:actpass\r\na=x-new\r\n\
                         m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=setup:actpass\r\n";

    fn shown(sdp: &str, offer: Option<&str>, language: Language) -> String {
        let (reader, writer) = std::io::pipe().unwrap();
        let mut screen = Screen::new(Box::new(writer), language);
        show(&mut screen, sdp, offer);
        drop(screen);
        std::io::read_to_string(reader).unwrap()
    }

    #[test]
    fn every_line_is_there_and_every_note_once() {
        for language in [Language::English, Language::Korean] {
            let text = shown(OFFER, None, language);
            for line in OFFER.lines() {
                assert!(text.contains(line), "{line}\n{text}");
            }
            let note = annotate(OFFER)[3].note.unwrap().in_language(language);
            let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(flat.matches(note).count(), 1, "{text}");
            assert!(flat.contains(texts::UNKNOWN_LINE.in_language(language)), "{text}");
        }
    }

    #[test]
    fn of_an_answer_only_what_is_new_is_explained() {
        let answer = OFFER.replace("actpass", "active");
        let text = shown(&answer, Some(OFFER), Language::English);
        assert!(text.contains("begins the DTLS handshake") && !text.contains("The version of SDP"), "{text}");
        assert!(text.contains("· v=0  · s=-"), "{text}");
        assert_eq!(kinds(OFFER), ["audio", "video"]);
    }
}
