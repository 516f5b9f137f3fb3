//! Names that people choose, and compare with their eyes: of rooms, of people, of files.
//!
//! A telephone writes `Demo` where somebody types `demo`. A Mac takes 한 apart into its letters (Unicode NFD), and a
//! keyboard writes it as one (NFC). An invisible letter makes two names of one. So the course has one rule, close to RFC
//! 8266, the nicknames of chat rooms:
//!
//! - a name is **shown as it was typed**, without the spaces around it;
//! - two names are **the same room** when their [keys](crate::name::key) are equal;
//! - a name of which nothing can be seen is **empty**, and one that turns the direction of the text around it, or
//!   breaks the line, is refused.

use std::borrow::Cow;

#[cfg(not(target_family = "wasm"))]
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Which rule a name breaks. The text goes on after "the nickname" and the like.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadName {
    /// Nothing of it can be seen.
    #[error("is empty, or nothing of it can be seen: give it 1 to {max} characters")]
    Empty {
        /// How many characters it may have.
        max: usize,
    },
    /// More characters than it may have.
    #[error("has {chars} characters: {max} are allowed, shorten it")]
    TooLong {
        /// How many it has (Unicode scalar values, not bytes).
        chars: usize,
        /// How many it may have.
        max: usize,
    },
    /// A line break, a tab, a NUL, a change of direction ... would break logs and lists.
    #[error("has the control character '{}': use letters, digits, spaces and signs", .0.escape_default())]
    ControlCharacter(char),
}

/// The name as it is shown, if it keeps the rules: 1 to `max` characters.
///
/// # Errors
/// The first rule that it breaks.
pub fn check(text: &str, max: usize) -> Result<String, BadName> {
    let name = text.trim();
    if name.chars().all(|c| is_invisible(c) || c.is_whitespace()) {
        return Err(BadName::Empty { max });
    }
    // A syllable that was taken apart counts as one.
    let chars = composed(name).chars().count();
    if chars > max {
        return Err(BadName::TooLong { chars, max });
    }
    match name.chars().find(|c| is_deceptive(*c)) {
        Some(control) => Err(BadName::ControlCharacter(control)),
        None => Ok(name.to_owned()),
    }
}

/// What two names have in common that people take for the same: RFC 8266, section 2.4, without the letters that cannot be
/// seen.
///
/// Not on a page, since the tables of Unicode are large: it is the server that compares.
#[cfg(not(target_family = "wasm"))]
pub fn key(name: &str) -> String {
    // ASCII has only one way to write a letter, and none that cannot be seen. A server asks for the key with each message.
    let small = if name.is_ascii() { name.to_ascii_lowercase() } else { small_and_seen(name) };
    small.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// All ways to write a letter as one, small letters, and none that cannot be seen.
#[cfg(not(target_family = "wasm"))]
fn small_and_seen(name: &str) -> String {
    let seen: String = name.nfkc().filter(|c| !is_invisible(*c)).collect();
    seen.to_lowercase().nfkc().collect()
}

/// The text in Unicode's NFC: letters and their marks together, as a keyboard writes them. On a page it stays as it is: the
/// browser has `normalize()`.
pub fn composed(text: &str) -> Cow<'_, str> {
    #[cfg(not(target_family = "wasm"))]
    if !is_nfc(text) {
        return text.nfc().collect::<String>().into();
    }
    text.into()
}

/// Whether a character does something else than to be seen: control characters, line and paragraph separators, and
/// those that turn the direction of writing (Unicode Standard Annex 9).
pub fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The text with what is [deceptive](is_deceptive) spelled out: it cannot move the cursor of a terminal, and is one line.
pub fn printable(text: &str) -> String {
    let mut shown = String::new();
    for letter in text.chars() {
        match is_deceptive(letter) {
            true => shown.extend(letter.escape_unicode()),
            false => shown.push(letter),
        }
    }
    shown
}

/// Whether nobody sees it: Unicode's `Default_Ignorable_Code_Point`, and the Braille pattern without dots. Within a name
/// some of them are of use: a family in one emoji is joined by U+200D.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_looks_the_same_is_the_same() {
        for (one, other) in [
            ("demo", "Demo"),
            ("demo", "ＤＥＭＯ"), // full width, as a Japanese or Korean keyboard writes
            ("한글", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}"),
            ("café", "cafe\u{301}"),
            ("my room", "My\u{a0}\u{3000}room"),
            ("demo", "de\u{200b}mo"),
            ("❤", "❤\u{fe0f}"),
        ] {
            assert_eq!(key(one), key(other), "{one} {other}");
        }
        for (one, other) in [("demo", "demo2"), ("한글", "한굴"), ("my room", "myroom")] {
            assert_ne!(key(one), key(other));
        }
    }

    #[test]
    fn a_name_is_shown_as_it_was_typed() {
        for name in ["Demo", "cafe\u{301}", "\u{1112}\u{1161}\u{11ab}", "👩\u{200d}💻", "<b>"] {
            assert_eq!(check(&format!(" {name}\t"), 8), Ok(name.to_owned()));
        }
    }

    #[test]
    fn a_name_that_nobody_sees_is_empty() {
        for name in
            ["", " \t ", "\u{3164}", "\u{200b}\u{200d}", "\u{2800} \u{2800}", "\u{202e}", "\u{ffa0}", "\u{feff}"]
        {
            assert_eq!(check(name, 8), Err(BadName::Empty { max: 8 }), "{name:?}");
        }
    }

    #[test]
    fn a_name_that_turns_the_text_around_it_is_refused() {
        for (name, bad) in
            [("a\nb", '\n'), ("abc\u{202e}def", '\u{202e}'), ("\u{2067}a", '\u{2067}'), ("a\u{7}", '\u{7}')]
        {
            assert_eq!(check(name, 8), Err(BadName::ControlCharacter(bad)));
        }
        assert_eq!(
            BadName::ControlCharacter('\u{202e}').to_string(),
            r"has the control character '\u{202e}': use letters, digits, spaces and signs"
        );
    }

    #[test]
    fn a_syllable_that_was_taken_apart_is_one_character() {
        let taken_apart = "\u{1112}\u{1161}\u{11ab}".repeat(8);
        assert!(check(&taken_apart, 8).is_ok());
        assert_eq!(check(&taken_apart, 7), Err(BadName::TooLong { chars: 8, max: 7 }));
        assert_eq!(composed(&taken_apart), "한".repeat(8));
    }

    proptest! {
        #[test]
        fn the_short_way_for_ascii_leads_to_the_same_key(text in "[ -~]{0,70}") {
            let long_way = small_and_seen(&text);
            prop_assert_eq!(key(&text), long_way.split_whitespace().collect::<Vec<_>>().join(" "));
        }

        #[test]
        fn a_key_is_the_key_of_itself_and_of_every_way_to_write_it(text in any::<String>()) {
            let once = key(&text);
            prop_assert_eq!(key(&once), once.clone());
            prop_assert_eq!(key(&text.nfd().collect::<String>()), once.clone());
            prop_assert_eq!(key(&text.nfc().collect::<String>()), once);
        }
    }
}
