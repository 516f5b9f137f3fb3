//! A line of the doctor: how bad it is, what it is about, what was found, and what to do.

use std::fmt::{self, Display};

use shared::anchor;
use shared::name::printable;

use crate::text::{Language, Text, fill_in};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// As it should be.
    Ok,
    /// Good to know. It stops nothing.
    Note,
    /// Something does not work.
    Fault,
}

impl Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Fault => "FAULT",
        })
    }
}

/// What was found, in words of both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// How bad it is.
    pub level: Level,
    /// What was found.
    pub(super) found: Text,
    /// What to do about it.
    pub(super) cure: Option<Text>,
    /// What stands in the places `{0}`, `{1}` of both.
    values: Vec<String>,
}

impl Said {
    /// All is well.
    pub(super) fn fine(found: Text) -> Self {
        Self { level: Level::Ok, found, cure: None, values: Vec::new() }
    }

    /// Something that stops nothing.
    pub(super) fn note((found, cure): (Text, Text)) -> Self {
        Self { level: Level::Note, cure: Some(cure), ..Self::fine(found) }
    }

    /// Something that does not work.
    pub(super) fn fault((found, cure): (Text, Text)) -> Self {
        Self { level: Level::Fault, cure: Some(cure), ..Self::fine(found) }
    }

    /// Puts a value into the next place. Values come from outside: written like this they cannot move the cursor.
    pub(super) fn with(mut self, value: impl Display) -> Self {
        self.values.push(printable(&value.to_string()));
        self
    }

    /// What was found.
    pub fn found(&self, language: Language) -> String {
        self.words(self.found, language)
    }

    /// What to do about it.
    pub fn cure(&self, language: Language) -> Option<String> {
        self.cure.map(|cure| self.words(cure, language))
    }

    /// Both, in one line.
    pub fn text(&self, language: Language) -> String {
        let both = [Some(self.found(language)), self.cure(language)];
        both.into_iter().flatten().collect::<Vec<_>>().join(": ")
    }

    fn words(&self, text: Text, language: Language) -> String {
        let values: Vec<_> = self.values.iter().map(String::as_str).collect();
        fill_in(text.in_language(language), &values)
    }

    /// Where more is said about what is missing or wrong.
    pub fn see(&self, language: Language) -> Option<String> {
        let heading = anchor::heading_of(self.found.in_language(language));
        let file = match language {
            Language::English => "docs/troubleshooting.md",
            Language::Korean => "docs/troubleshooting.ko.md",
        };
        self.cure.map(|_| format!("{file}#{}", anchor::of_heading(&heading)))
    }
}

/// A line: what it is about, and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    subject: Text,
    value: String,
    /// What was found.
    pub said: Said,
}

impl Row {
    /// About this.
    pub(super) fn about(subject: Text, said: Said) -> Self {
        Self::about_one(subject, "", said)
    }

    /// About one of several: which one stands in the place of the subject.
    pub(super) fn about_one(subject: Text, value: impl Display, said: Said) -> Self {
        Self { subject, value: printable(&value.to_string()), said }
    }

    /// What it is about.
    pub fn subject(&self, language: Language) -> String {
        fill_in(self.subject.in_language(language), &[&self.value])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::doctor as texts;

    #[test]
    fn a_line_says_what_was_found_what_to_do_and_where_to_read_on() {
        let said = Said::fault((texts::RUST_OLD, texts::RUST_OLD_CURE)).with("1.80.0").with("1.94");
        let line = Row::about(texts::RUST, said);
        assert_eq!(
            line.said.text(Language::English),
            "this Rust is 1.80.0, and the course needs 1.94: update it: rustup update stable"
        );
        let see = line.said.see(Language::English);
        assert_eq!(see.as_deref(), Some("docs/troubleshooting.md#this-rust-is--and-the-course-needs-"));
        assert!(line.said.text(Language::Korean).contains("1.80.0"));
        assert!(Said::fine(texts::STUN_FREE).see(Language::Korean).is_none());
        assert_eq!(
            Row::about_one(texts::PORT, 3000, Said::fine(texts::STUN_FREE)).subject(Language::Korean),
            "포트 3000"
        );
    }

    #[test]
    fn what_comes_from_outside_moves_no_cursor() {
        let said = Said::fine(texts::BROWSER_FINE).with("a\u{1b}[2Jb\n방");
        assert_eq!(said.text(Language::English), "a\\u{1b}[2Jb\\u{a}방");
    }
}
