//! The exercises, as a learner has them: in a folder of their own that git does not see.
//!
//! What the learner has changed is never touched. To see what that is, the folder keeps a copy of each file as it was given,
//! in `.given`.

use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Failure;
use crate::command::{answer, run, say};
use crate::translation::{self, Language};

/// The folder of the learner, beside `exercises`: the paths in its `Cargo.toml` are the same there.
const MINE: &str = "my-exercises";
/// The file in that folder which says the language of the texts.
const LANGUAGE: &str = ".language";

/// What a learner has asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked<'a> {
    /// Another folder than `my-exercises`.
    folder: Option<&'a str>,
    /// The language of the texts. `None`: as they are in the folder.
    language: Option<Language>,
}

impl<'a> Asked<'a> {
    /// Reads what stands after `cargo xtask exercises`; `None` if it cannot be understood.
    pub(crate) fn parse(arguments: &[&'a str]) -> Option<Self> {
        match *arguments {
            [] => Some(Self::default()),
            ["--lang", tag, ref rest @ ..] => {
                let language = Language::from_tag(tag)?;
                Self::parse(rest)
                    .filter(|asked| asked.language.is_none())
                    .map(|asked| Self { language: Some(language), ..asked })
            }
            [folder, ref rest @ ..] if !folder.starts_with('-') => Self::parse(rest)
                .filter(|asked| asked.folder.is_none())
                .map(|asked| Self { folder: Some(folder), ..asked }),
            _ => None,
        }
    }
}

/// Brings the learner's folder up to date, and starts rustlings in it.
pub(crate) fn exercises(asked: &Asked) -> Result<(), Failure> {
    let root = crate::workspace();
    let mine = asked.folder.unwrap_or(MINE);
    let language = update(&root.join("exercises"), &root.join(mine), asked.language)?;
    let mut rustlings = Command::new("rustlings");
    rustlings.current_dir(root.join(mine));
    if answer(Command::new("rustlings").arg("--version")).is_none() {
        say(language.choose(
            "rustlings checks a file when you save it, shows hints, and knows what is done. It is not installed yet:",
            "rustlings는 파일을 저장하면 검사하고, 힌트를 보여 주며, 무엇을 끝냈는지 기억합니다. 아직 설치되지 않았습니다:",
        ));
        say("    cargo install rustlings --locked");
    } else if std::io::stdout().is_terminal() {
        return run(&mut rustlings);
    }
    let checked = language.choose(
        "The exercises are in {}. Without rustlings each is checked by the command that stands in its head.",
        "연습 문제는 {}에 있습니다. rustlings가 없으면 파일의 첫머리에 적힌 명령으로 하나씩 검사합니다.",
    );
    say(&checked.replace("{}", mine));
    Ok(())
}

/// Copies what is new, and leaves what the learner has changed. Returns the language of the texts.
fn update(course: &Path, mine: &Path, language: Option<Language>) -> Result<Language, Failure> {
    let given = mine.join(".given");
    // The command is repeated for what is new. The language is chosen once.
    let before = fs::read_to_string(mine.join(LANGUAGE)).ok().and_then(|tag| Language::from_tag(tag.trim()));
    let before = before.unwrap_or_default();
    let language = language.unwrap_or(before);
    let mut kept = 0;
    for path in files(course, Path::new(""))? {
        let mut new = translation::read(course, &path, language)?;
        if path == Path::new("Cargo.toml") || path == Path::new("Cargo.lock") {
            // Two packages of one name would take each other's place in the one target directory.
            new = new.replace("name = \"exercises\"\nversion", "name = \"my-exercises\"\nversion");
        }
        let old = fs::read_to_string(given.join(&path)).ok();
        let of_learner = fs::read_to_string(mine.join(&path)).ok();
        let is_theirs = |text: &String| Some(text) != old.as_ref() && *text != new;
        if path.starts_with("exercises") && of_learner.as_ref().is_some_and(is_theirs) {
            if language != before {
                kept += 1;
            } else if old.as_ref() != Some(&new) {
                let newer = language.choose(
                    "{}: there is a newer one; delete yours, and it comes next time",
                    "{}: 새 버전이 있습니다. 고친 파일을 지우면 다음번에 새 버전이 옵니다",
                );
                say(&newer.replace("{}", &path.display().to_string()));
            }
        } else if of_learner.as_ref() != Some(&new) {
            write(&mine.join(&path), &new)?;
        }
        write(&given.join(&path), &new)?;
    }
    write(&mine.join(LANGUAGE), &format!("{}\n", language.tag()))?;
    if kept > 0 {
        let stay = language.choose(
            "Files that you have changed stay as they are: {}. Delete one, and it comes in English next time.",
            "고친 파일 {}개는 그대로 둡니다. 지우면 다음번에 한국어로 옵니다.",
        );
        say(&stay.replace("{}", &kept.to_string()));
    }
    // `rustlings reset` takes a file back with `git stash`. So the folder is a repository whose commits are what was given.
    let git = |arguments: &[&str]| answer(Command::new("git").current_dir(&given).args(arguments));
    let there = ["--git-dir=../.git", "--work-tree=."];
    let author = ["-c", "user.name=study-zoom", "-c", "user.email=study-zoom@localhost", "-c", "commit.gpgsign=false"];
    let committed = answer(Command::new("git").args(["init", "--quiet"]).arg(mine)).is_some()
        && git(&[&there[..], &["add", "--all"]].concat()).is_some()
        && git(&[&there[..], &author, &["commit", "--quiet", "--allow-empty", "--message", "As given"]].concat())
            .is_some();
    if !committed {
        say(language.choose(
            "Without git `rustlings reset` does not work: delete the file instead, and it comes back next time.",
            "git이 없으면 `rustlings reset`을 쓸 수 없습니다. 대신 파일을 지우면 다음번에 처음 상태로 옵니다.",
        ));
    }
    Ok(language)
}

/// The files of the course that a learner gets, below `folder`.
fn files(course: &Path, folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for entry in fs::read_dir(course.join(folder))? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        // The check of all exercises is for those who write them; the texts of other languages are put into the files.
        if ["examples", "target", Language::Korean.tag()].iter().any(|other| path == Path::new(other)) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            found.extend(files(course, &path)?);
        } else {
            found.push(path);
        }
    }
    Ok(found)
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::create_dir_all(path.parent().ok_or("a file is in a folder")?)?;
    fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_learner_has_changed_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (course, mine) = (folder.path().join("course"), folder.path().join("mine"));
        let one = |place: &Path| place.join("exercises/ch1/one.rs");
        let two = |place: &Path| place.join("exercises/ch1/two.rs");
        for (path, text) in [(one(&course), "one"), (two(&course), "two"), (course.join("examples/check.rs"), "check")]
        {
            write(&path, text).unwrap();
        }
        update(&course, &mine, None).unwrap();
        assert_eq!(fs::read_to_string(one(&mine)).unwrap(), "one");
        assert!(!mine.join("examples").exists());

        write(&one(&mine), "solved").unwrap();
        for path in [one(&course), two(&course), course.join("exercises/ch1/three.rs")] {
            write(&path, "newer").unwrap();
        }
        for _ in 0..2 {
            update(&course, &mine, None).unwrap();
            assert_eq!(fs::read_to_string(one(&mine)).unwrap(), "solved");
            assert_eq!(fs::read_to_string(two(&mine)).unwrap(), "newer");
            assert_eq!(fs::read_to_string(mine.join("exercises/ch1/three.rs")).unwrap(), "newer");
        }

        fs::remove_file(one(&mine)).unwrap();
        update(&course, &mine, None).unwrap();
        assert_eq!(fs::read_to_string(one(&mine)).unwrap(), "newer");
    }

    #[test]
    fn the_language_changes_in_what_the_learner_has_not_changed() {
        let folder = tempfile::tempdir().unwrap();
        let (course, mine) = (folder.path().join("course"), folder.path().join("mine"));
        for (path, text) in [
            ("info.toml", "hints"),
            ("ko/info.toml", "힌트"),
            ("exercises/one.rs", "//! One.\nfn one() {}\n"),
            ("ko/exercises/one.rs", "//! 하나.\n"),
            ("exercises/two.rs", "//! Two.\nfn two() {}\n"),
            ("ko/exercises/two.rs", "//! 둘.\n"),
        ] {
            write(&course.join(path), text).unwrap();
        }
        let learner = |path: &str| fs::read_to_string(mine.join(path)).unwrap();
        let (one, two) = ("exercises/one.rs", "exercises/two.rs");

        assert_eq!(update(&course, &mine, None).unwrap(), Language::English);
        assert_eq!(learner(one), "//! One.\nfn one() {}\n");
        write(&mine.join(two), "solved").unwrap();

        // The second time nobody says the language.
        for language in [Some(Language::Korean), None] {
            assert_eq!(update(&course, &mine, language).unwrap(), Language::Korean);
            assert_eq!(learner(one), "//! 하나.\nfn one() {}\n");
            assert_eq!(learner(two), "solved");
            assert_eq!(learner("info.toml"), "힌트");
            assert!(!mine.join("ko").exists());
        }
        write(&mine.join(one), "//! 하나.\nfn one() { solved }\n").unwrap();

        for language in [Some(Language::English), None] {
            assert_eq!(update(&course, &mine, language).unwrap(), Language::English);
            assert_eq!(learner(one), "//! 하나.\nfn one() { solved }\n");
            assert_eq!(learner(two), "solved");
            assert_eq!(learner("info.toml"), "hints");
        }
        fs::remove_file(mine.join(one)).unwrap();
        update(&course, &mine, None).unwrap();
        assert_eq!(learner(one), "//! One.\nfn one() {}\n");
    }

    #[test]
    fn the_folder_and_the_language_can_be_said_in_any_order() {
        let both = Some(Asked { folder: Some("mine"), language: Some(Language::Korean) });
        assert_eq!(Asked::parse(&["mine", "--lang", "ko"]), both);
        assert_eq!(Asked::parse(&["--lang", "ko", "mine"]), both);
        assert_eq!(Asked::parse(&[]), Some(Asked::default()));
        for wrong in [&["--lang"][..], &["--lang", "fr"], &["--lang", "ko", "--lang", "en"], &["a", "b"], &["--help"]] {
            assert_eq!(Asked::parse(wrong), None, "{wrong:?}");
        }
    }
}
