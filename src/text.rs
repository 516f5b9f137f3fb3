//! Two languages.

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

/// One text in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    /// English.
    pub en: &'static str,
    /// Korean.
    pub ko: &'static str,
}

impl Text {
    /// The text in this language.
    pub fn in_language(self, language: Language) -> &'static str {
        match language {
            Language::English => self.en,
            Language::Korean => self.ko,
        }
    }
}

/// Short for a table of texts.
pub const fn text(en: &'static str, ko: &'static str) -> Text {
    Text { en, ko }
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
}
