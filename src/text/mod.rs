//! Every text that a person reads, in the page and from the teacher in the terminal, in English and in Korean side by side.

/// The texts of the page.
pub mod page;
/// The texts of the page of a saved call.
pub mod record;
/// What happens in each step.
pub mod steps;
/// The notes on the lines of a description.
pub mod sdp;
/// The notes on candidates.
pub mod candidate;
/// The words of the sequence diagram.
pub mod diagram;
/// What `doctor` says.
pub mod doctor;
/// What a teacher says about each step.
pub mod lesson;
/// Why a step fails.
pub mod causes;
/// The words of the teacher in the terminal.
pub mod teacher;
/// The failures of the laboratory.
pub mod lab;

/// A language of the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Korean.
    Korean,
}

impl Language {
    /// The language that a browser asks for (`ko-KR`, `en`), by its BCP 47 tag. What we do not have is read in English.
    pub fn from_tag(tag: &str) -> Self {
        let primary = tag.split('-').next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("ko") { Self::Korean } else { Self::English }
    }

    /// Its BCP 47 tag, for `<html lang>`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Korean => "ko",
        }
    }
}

/// One text in both languages: where it stands in its table.
pub type Text = &'static Words;

/// A text in both languages.
#[derive(Debug, PartialEq, Eq)]
pub struct Words {
    /// English.
    pub en: &'static str,
    /// Korean.
    pub ko: &'static str,
}

impl Words {
    /// The text in this language.
    pub fn in_language(&self, language: Language) -> &'static str {
        match language {
            Language::English => self.en,
            Language::Korean => self.ko,
        }
    }
}

/// Makes a table of texts: a constant for each of them, and `ALL`, which has them by name.
macro_rules! texts {
    ($vis:vis ALL: $($name:ident $en:literal $ko:literal)+) => {
        $(
            #[doc = $en]
            $vis const $name: $crate::text::Text = &$crate::text::Words { en: $en, ko: $ko };
        )+

        /// All of them, by name.
        $vis const ALL: &[(&str, $crate::text::Text)] = &[$((stringify!($name), $name)),+];
    };
}

use texts;

/// Puts values into the places `{0}`, `{1}` of a text. What stands in a value is never taken for a place.
pub fn fill_in(text: &str, values: &[&str]) -> String {
    let mut parts = text.split('{');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let place = part.split_once('}');
        let value = place.and_then(|(number, after)| Some([*values.get(number.parse::<usize>().ok()?)?, after]));
        filled.extend(value.unwrap_or(["{", part]));
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn korean_is_spoken_to_those_who_ask_for_it() {
        for (tag, language) in [
            ("ko", Language::Korean),
            ("ko-KR", Language::Korean),
            ("KO-kr", Language::Korean),
            ("kok", Language::English),
            ("en-US", Language::English),
            ("fr", Language::English),
            ("", Language::English),
        ] {
            assert_eq!(Language::from_tag(tag), language, "{tag}");
        }
    }

    #[test]
    fn every_text_has_both_languages_the_same_places_and_a_name_of_its_own() {
        let tables =
            [page::ALL, record::ALL, sdp::ALL, candidate::ALL, diagram::ALL, doctor::ALL, teacher::ALL, lab::ALL];
        for table in tables {
            for (index, (name, text)) in table.iter().enumerate() {
                assert!(!text.en.is_empty() && !text.ko.is_empty(), "{name}");
                for place in ["{0}", "{1}", "{2}"] {
                    assert_eq!(text.en.contains(place), text.ko.contains(place), "{name}: {place}");
                }
                assert!(table[..index].iter().all(|(other, _)| other != name), "{name} stands twice");
            }
        }
    }

    #[test]
    fn values_are_put_into_their_places() {
        assert_eq!(fill_in("{0} of {1}", &["{1}", "b"]), "{1} of b", "a place in a value is none");
        assert_eq!(fill_in("{1}: {2} {", &["a", "b"]), "b: {2} {", "what has no value stays");
    }
}
