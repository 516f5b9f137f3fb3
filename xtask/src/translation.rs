//! The texts of the exercises in another language.
//!
//! The code of an exercise exists once. Beside it, in `exercises/ko`, stand the same paths with the comments alone: the
//! head of the file, then each `TODO` in its order. They take the places of the English ones when the file is copied to
//! the learner. The hints are a whole file, `exercises/ko/info.toml`.

use std::fs;
use std::path::Path;

use crate::Failure;

/// A language of the exercises.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Language {
    /// English, as the files of the course are.
    #[default]
    English,
    /// Korean.
    Korean,
}

impl Language {
    /// The language with this BCP 47 tag.
    pub(crate) fn from_tag(tag: &str) -> Option<Self> {
        [Self::English, Self::Korean].into_iter().find(|language| language.tag() == tag)
    }

    /// Its BCP 47 tag, as after `--lang`.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Korean => "ko",
        }
    }

    /// The one of two texts that is in this language.
    pub(crate) fn choose<'a>(self, english: &'a str, korean: &'a str) -> &'a str {
        match self {
            Self::English => english,
            Self::Korean => korean,
        }
    }
}

/// A file of the course as a learner of this language gets it.
pub(crate) fn read(course: &Path, path: &Path, language: Language) -> Result<String, Failure> {
    let text = fs::read_to_string(course.join(path))?;
    let translation = course.join(language.tag()).join(path);
    if language == Language::English || !translation.exists() {
        return Ok(text);
    }
    let other = fs::read_to_string(&translation)?;
    if path.extension().is_none_or(|extension| extension != "rs") {
        return Ok(other);
    }
    with_comments(&text, &other).map_err(|error| format!("{}: {error}", translation.display()).into())
}

/// Is this line the first one of a `TODO`?
fn is_todo(line: &str) -> bool {
    line.trim_start().starts_with("// TODO")
}

/// Does this line belong to the comment that the line before has begun?
fn goes_on(line: &str) -> bool {
    line.trim_start().starts_with("// ") && !is_todo(line)
}

/// Puts the head and the `TODO`s of `comments` in place of those of `code`.
fn with_comments(code: &str, comments: &str) -> Result<String, String> {
    let is_head = |line: &&str| line.starts_with("//!");
    let mut new: Vec<String> = comments.lines().take_while(is_head).map(str::to_owned).collect();
    let mut todos = comments.lines().skip_while(|line| !is_todo(line)).peekable();
    let mut lines = code.lines().skip_while(is_head).peekable();
    while let Some(line) = lines.next() {
        if !is_todo(line) {
            new.push(line.to_owned());
            continue;
        }
        while lines.next_if(|line| goes_on(line)).is_some() {}
        let indent = &line[..line.len() - line.trim_start().len()];
        let todo = todos.next().ok_or("a TODO is missing: write one for each in the English file")?;
        new.push(format!("{indent}{todo}"));
        while let Some(line) = todos.next_if(|line| goes_on(line)) {
            new.push(format!("{indent}{line}"));
        }
    }
    match todos.next() {
        Some(_) => Err("a TODO is left over: write one for each in the English file".into()),
        None => Ok(new.join("\n") + "\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The folder of the exercises.
    fn course() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../exercises"))
    }

    /// The fields of `info.toml` with this name, in order.
    fn values<'a>(info: &'a str, field: &str) -> Vec<&'a str> {
        let start = format!("{field} = \"");
        info.lines().filter_map(|line| line.strip_prefix(&start)?.strip_suffix('"')).collect()
    }

    /// Every exercise and every solution, as `info.toml` names it.
    fn all() -> Vec<String> {
        let info = fs::read_to_string(course().join("info.toml")).unwrap();
        let named: Vec<_> = std::iter::zip(values(&info, "dir"), values(&info, "name"))
            .map(|(dir, name)| format!("{dir}/{name}.rs"))
            .collect();
        assert!(named.len() >= 32, "{named:?}");
        named
    }

    /// What stands between backticks, sorted. A text that has a Korean version is the same text.
    fn code_spans(text: &str) -> Vec<String> {
        let mut spans: Vec<_> = text
            .split('`')
            .skip(1)
            .step_by(2)
            .map(|span| span.replace(".ko.md", ".md").replace("\n//! ", " "))
            .collect();
        spans.sort();
        spans
    }

    /// The lines of the head of a file.
    fn head(code: &str) -> String {
        code.lines().take_while(|line| line.starts_with("//!")).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_comments_of_the_learner_are_in_the_other_language_and_the_code_is_the_same() {
        let code = "//! English.\n//! Two lines.\n\nfn a() {\n    // TODO: one,\n    // and more.\n    // TODO\n    // Why.\n    1\n}\n";
        let code = code.replace("    // Why.\n", "    let b = 2; // why\n");
        let comments = "//! 한국어.\n\n// TODO: 하나.\n// TODO: 둘,\n// 그리고 더.\n";
        let expected = "//! 한국어.\n\nfn a() {\n    // TODO: 하나.\n    // TODO: 둘,\n    // 그리고 더.\n    let b = 2; // why\n    1\n}\n";
        assert_eq!(with_comments(&code, comments).unwrap(), expected);
        assert!(with_comments(&code, "//! 한국어.\n\n// TODO\n").unwrap_err().contains("missing"));
        assert!(with_comments(&code, &format!("{comments}// TODO\n")).unwrap_err().contains("left over"));
    }

    #[test]
    fn every_exercise_says_the_same_in_both_languages() {
        for name in all() {
            let path = Path::new("exercises").join(name);
            let file = course().join("ko").join(&path);
            assert!(file.exists(), "{} is missing: write the head and the TODOs in Korean", file.display());
            let english = read(course(), &path, Language::English).unwrap();
            let korean = read(course(), &path, Language::Korean).unwrap();
            let (head_en, head_ko) = (head(&english), head(&korean));
            for (en, ko) in [("Check", "확인"), ("Fails with", "실패 메시지")] {
                let said = |head: &str, label: &str| {
                    let said = head.lines().find_map(|line| line.strip_prefix(&format!("//! {label}: ")));
                    said.unwrap_or_else(|| panic!("{}: no line `//! {label}: `", path.display())).to_owned()
                };
                assert_eq!(said(&head_ko, ko), said(&head_en, en), "{}: the line {ko:?}", path.display());
            }
            for label in ["//! 먼저 읽기: ", "//! 할 일: "] {
                assert!(head_ko.contains(label), "{}: no line `{label}`", path.display());
            }
            assert_eq!(code_spans(&head_ko), code_spans(&head_en), "{}: code in the head", path.display());
            // Apart from comments nothing is different.
            let code = |text: &str| {
                let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
                lines.collect::<Vec<_>>().join("\n")
            };
            assert!(code(&korean) == code(&english), "{}: the code", path.display());
            let is_korean = |text: &str| text.chars().any(|letter| ('가'..='힣').contains(&letter));
            for todo in korean.lines().filter(|line| is_todo(line) && line.contains(':')) {
                assert!(is_korean(todo), "{}: {todo}", path.display());
            }
        }
    }

    #[test]
    fn every_solution_says_the_same_in_both_languages() {
        for name in all() {
            let path = Path::new("solutions").join(name);
            let file = course().join("ko").join(&path);
            assert!(file.exists(), "{} is missing: write the head in Korean", file.display());
            let [english, korean] =
                [Language::English, Language::Korean].map(|language| read(course(), &path, language).unwrap());
            assert_eq!(code_spans(&head(&korean)), code_spans(&head(&english)), "{}: code in the head", path.display());
            let code =
                |text: &str| text.lines().skip_while(|line| line.starts_with("//!")).collect::<Vec<_>>().join("\n");
            assert!(code(&korean) == code(&english), "{}: the code", path.display());
        }
    }

    #[test]
    fn every_hint_says_the_same_in_both_languages() {
        let [english, korean] =
            ["info.toml", "ko/info.toml"].map(|path| fs::read_to_string(course().join(path)).unwrap());
        for field in ["name", "dir"] {
            assert_eq!(values(&korean, field), values(&english, field), "ko/info.toml: {field}");
        }
        let hints = |info: &str| -> Vec<String> { info.split("'''\n").skip(1).step_by(2).map(str::to_owned).collect() };
        let both = std::iter::zip(hints(&english), hints(&korean));
        for (name, (english, korean)) in std::iter::zip(values(&english, "name"), both) {
            assert_eq!(korean.lines().count(), english.lines().count(), "the hint of {name} in ko/info.toml");
            for (en, ko) in std::iter::zip(english.lines(), korean.lines()) {
                assert_eq!(en[..3], ko[..3], "the hint of {name} in ko/info.toml: the levels");
                assert_eq!(code_spans(ko), code_spans(en), "the hint of {name} in ko/info.toml: code");
            }
        }
        // What rustlings says at the start and at the end.
        let messages = |info: &str| info.split("\"\"\"\n").skip(1).step_by(2).map(code_spans).collect::<Vec<_>>();
        assert_eq!(messages(&korean), messages(&english), "the messages in ko/info.toml: code");
    }

    #[test]
    fn every_text_that_is_to_be_read_first_exists_and_has_the_words_that_are_quoted() {
        let root = course().join("..");
        let mut quoted = 0;
        for name in all() {
            for language in [Language::English, Language::Korean] {
                let path = Path::new("exercises").join(&name);
                let head = head(&read(course(), &path, language).unwrap()).replace("\n//! ", " ");
                let first = language.choose("Read first: ", "먼저 읽기: ");
                let first = head.split(first).nth(1).and_then(|rest| rest.split("//!").next()).unwrap().to_owned();
                let first = first.split(language.choose("To do: ", "할 일: ")).next().unwrap();
                let mut texts = String::new();
                for file in first.split('`').skip(1).step_by(2).filter(|span| span.contains('/')) {
                    let text = fs::read_to_string(root.join(file));
                    texts += &text
                        .unwrap_or_else(|error| panic!("{} ({}): {file}: {error}", path.display(), language.tag()));
                }
                for quote in first.split('"').skip(1).step_by(2) {
                    assert!(
                        texts.to_lowercase().contains(&quote.to_lowercase()),
                        "{} ({}): none of these texts has the words {quote:?}",
                        path.display(),
                        language.tag()
                    );
                    quoted += 1;
                }
            }
        }
        assert!(quoted >= 8, "{quoted}");
    }
}
