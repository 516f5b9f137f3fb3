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

/// The folder of the learner, beside `exercises`: the paths in its `Cargo.toml` are the same there.
const MINE: &str = "my-exercises";

/// Brings the learner's folder up to date, and starts rustlings in it.
pub(crate) fn exercises(folder: Option<&str>) -> Result<(), Failure> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("xtask is a folder of the course")?;
    let mine = folder.unwrap_or(MINE);
    update(&root.join("exercises"), &root.join(mine))?;
    let mut rustlings = Command::new("rustlings");
    rustlings.current_dir(root.join(mine));
    if answer(Command::new("rustlings").arg("--version")).is_none() {
        say("rustlings checks a file when you save it, shows hints, and knows what is done. It is not installed yet:");
        say("    cargo install rustlings --locked");
    } else if std::io::stdout().is_terminal() {
        return run(&mut rustlings);
    }
    say(&format!(
        "The exercises are in {mine}. Without rustlings each is checked by the command that stands in its head."
    ));
    Ok(())
}

/// Copies what is new, and leaves what the learner has changed.
fn update(course: &Path, mine: &Path) -> Result<(), Failure> {
    let given = mine.join(".given");
    for path in files(course, Path::new(""))? {
        let mut new = fs::read_to_string(course.join(&path))?;
        if path == Path::new("Cargo.toml") || path == Path::new("Cargo.lock") {
            // Two packages of one name would take each other's place in the one target directory.
            new = new.replace("name = \"exercises\"\nversion", "name = \"my-exercises\"\nversion");
        }
        let old = fs::read_to_string(given.join(&path)).ok();
        let of_learner = fs::read_to_string(mine.join(&path)).ok();
        let is_theirs = |text: &String| Some(text) != old.as_ref() && *text != new;
        if path.starts_with("exercises") && of_learner.as_ref().is_some_and(is_theirs) {
            if old.as_ref() != Some(&new) {
                say(&format!("{}: there is a newer one; delete yours, and it comes next time", path.display()));
            }
        } else if of_learner.as_ref() != Some(&new) {
            write(&mine.join(&path), &new)?;
        }
        write(&given.join(&path), &new)?;
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
        say("Without git `rustlings reset` does not work: delete the file instead, and it comes back next time.");
    }
    Ok(())
}

/// The files of the course that a learner gets, below `folder`.
fn files(course: &Path, folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for entry in fs::read_dir(course.join(folder))? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        // The check of all exercises is for those who write them.
        if path == Path::new("examples") || path == Path::new("target") {
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
        update(&course, &mine).unwrap();
        assert_eq!(fs::read_to_string(one(&mine)).unwrap(), "one");
        assert!(!mine.join("examples").exists());

        write(&one(&mine), "solved").unwrap();
        for path in [one(&course), two(&course), course.join("exercises/ch1/three.rs")] {
            write(&path, "newer").unwrap();
        }
        for _ in 0..2 {
            update(&course, &mine).unwrap();
            assert_eq!(fs::read_to_string(one(&mine)).unwrap(), "solved");
            assert_eq!(fs::read_to_string(two(&mine)).unwrap(), "newer");
            assert_eq!(fs::read_to_string(mine.join("exercises/ch1/three.rs")).unwrap(), "newer");
        }

        fs::remove_file(one(&mine)).unwrap();
        update(&course, &mine).unwrap();
        assert_eq!(fs::read_to_string(one(&mine)).unwrap(), "newer");
    }
}
