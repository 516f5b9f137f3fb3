//! What each line of an offer or an answer means.
//!
//! A description is text: one line for each field, a letter, `=`, a value (SDP, RFC 8866). What WebRTC puts into the
//! lines is ruled by JSEP (RFC 8829, section 5). The notes here name the RFC of each line, for those who want to know
//! more.

/// `a=` lines, by their name.
mod attribute;
/// Codecs: their names, their parameters, and what they can ask for.
mod codec;
/// The parts of a description.
mod section;
#[cfg(test)]
mod tests;

pub use section::{sections, summary};

use crate::text::Text;
use crate::text::sdp as notes;

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Before the first `m=`: it is about all of the call.
    Session,
    /// From an `m=` on: it is about this one section.
    Media,
}

/// One line and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// The line as it stands, without its end.
    pub text: &'a str,
    /// What it means; `None` when nobody here knows it. Unknown lines are allowed and ignored (RFC 8866, section 5.13).
    pub note: Option<Text>,
    /// Where it stands.
    pub level: Level,
}

/// Every line of a description with a note in plain words. Empty lines are left out.
pub fn annotate(sdp: &str) -> Vec<Line<'_>> {
    let mut level = Level::Session;
    let lines = sdp.lines().map(str::trim_end).filter(|line| !line.is_empty());
    lines
        .map(|text| {
            if text.starts_with("m=") {
                level = Level::Media;
            }
            Line { text, note: note(text), level }
        })
        .collect()
}

fn note(line: &str) -> Option<Text> {
    let (letter, value) = line.split_once('=')?;
    let note = match letter {
        "v" => notes::VERSION,
        "o" => notes::ORIGIN,
        "s" => notes::SESSION_NAME,
        "t" => notes::TIME,
        "c" => notes::CONNECTION,
        "b" if value.starts_with("TIAS:") => notes::BANDWIDTH_TIAS,
        "b" => notes::BANDWIDTH,
        "m" => return media(value),
        "a" => return attribute::note(line, value),
        _ => return None,
    };
    Some(note)
}

/// The first line of a media section: kind, port, protocol, formats (RFC 8866, section 5.14).
fn media(value: &str) -> Option<Text> {
    let mut words = value.split(' ');
    let (kind, port) = (words.next()?, words.next()?);
    let note = match kind {
        "audio" | "video" | "application" if port == "0" => notes::REFUSED,
        // Port 9 stands for none.
        "audio" if port == "9" => notes::AUDIO_PLACEHOLDER,
        "audio" => notes::AUDIO,
        "video" if port == "9" => notes::VIDEO_PLACEHOLDER,
        "video" => notes::VIDEO,
        "application" if port == "9" => notes::DATA_PLACEHOLDER,
        "application" => notes::DATA,
        _ => return None,
    };
    Some(note)
}
