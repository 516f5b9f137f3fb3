//! Names and texts that somebody else chose.
//!
//! The name of a file comes from the other side and becomes the name of a file here. So it must not lead anywhere
//! (`../../.bashrc`), must not hide anything (`cat\u{202e}gpj.exe` looks like `catexe.jpg`), and must be a name on every
//! system, Windows included.

use shared::name::{composed, is_deceptive};

/// The longest name, in bytes. File systems take 255, and something is added here: ` (2)`, `.part`.
const LONGEST: usize = 200;
/// The longest ending that is kept when a name is cut.
const LONGEST_EXTENSION: usize = 20;
/// The longest text that is shown, in characters.
const LONGEST_TEXT: usize = 300;
/// What Windows takes for a device, whatever comes after the first dot, besides `COM1` to `COM9` and `LPT1` to `LPT9`
/// (<https://learn.microsoft.com/windows/win32/fileio/naming-a-file>).
const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

/// The name under which a file that somebody else named may be stored. Never a path, never hidden, never empty, at most
/// 200 bytes, and on every system a name.
pub fn safe_name(name: &str) -> String {
    let printable: String = name.chars().filter(|c| !is_deceptive(*c)).collect();
    // A Mac takes 한 apart in its file names. A person who types it here types one piece.
    let printable = composed(&printable);
    // What is left of the last separator, of whichever system, is a directory.
    let last = printable.split(['/', '\\']).map(trimmed).rfind(|part| !part.is_empty()).unwrap_or("file");
    let plain: String =
        last.chars().map(|c| if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*') { '_' } else { c }).collect();
    let name = shortened(&plain);
    if is_device(&name) { shortened(&format!("_{name}")) } else { name }
}

/// A text of the other side, for a terminal or a page: one line, without anything that moves the cursor or turns the
/// direction of writing, and not too long.
pub fn one_line(text: &str) -> String {
    let printable = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !is_deceptive(*c));
    let mut line: String = printable.take(LONGEST_TEXT + 1).collect();
    if let Some((end, _)) = line.char_indices().nth(LONGEST_TEXT) {
        line.truncate(end);
        line.push('…');
    }
    line
}

/// Without the dots at the start that would hide it, and the dots and spaces at the end that Windows leaves out.
fn trimmed(name: &str) -> &str {
    name.trim_matches(|c: char| c == '.' || c.is_whitespace())
}

fn is_device(name: &str) -> bool {
    let stem = trimmed(name.split('.').next().unwrap_or(name)).to_ascii_uppercase();
    // The superscript digits count as digits there.
    let numbered = |name: &str| {
        let mut rest = stem.strip_prefix(name).unwrap_or_default().chars();
        matches!(rest.next(), Some('0'..='9' | '¹' | '²' | '³')) && rest.next().is_none()
    };
    DEVICES.contains(&&*stem) || numbered("COM") || numbered("LPT")
}

/// Cut to its longest, between two characters, with its ending.
fn shortened(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let extension = match name.rfind('.') {
        Some(dot) if name.len() - dot <= LONGEST_EXTENSION => &name[dot..],
        _ => "",
    };
    let stem = &name[..name.floor_char_boundary(LONGEST - extension.len())];
    format!("{}{extension}", trimmed(stem))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_that_is_a_name_stays_as_it_is() {
        for name in [
            "cat.jpg",
            "고양이 사진.png",
            "a",
            "Makefile",
            "archive.tar.gz",
            "con-fusion.txt",
            "console",
            "👩‍👩‍👧.gif",
            "COM10",
        ] {
            assert_eq!(safe_name(name), name);
        }
    }

    #[test]
    fn a_name_is_never_a_path() {
        for (name, safe) in [
            ("../../etc/passwd", "passwd"),
            ("..\\..\\Windows\\win.ini", "win.ini"),
            ("/etc/shadow", "shadow"),
            ("C:\\Users\\me\\cat.jpg", "cat.jpg"),
            ("C:cat.jpg", "C_cat.jpg"),
            ("cat.jpg:hidden", "cat.jpg_hidden"),
            ("folder/", "folder"),
            ("folder/..", "folder"),
            ("cat.jpg/\u{202e}", "cat.jpg"),
            ("a\0/b", "b"),
        ] {
            assert_eq!(safe_name(name), safe, "{name:?}");
        }
    }

    #[test]
    fn a_name_is_never_hidden_never_empty_and_never_a_device() {
        for (name, safe) in [
            ("", "file"),
            (".", "file"),
            ("..", "file"),
            (" ", "file"),
            ("/", "file"),
            ("\u{7}", "file"),
            ("...bashrc", "bashrc"),
            (" . .profile", "profile"),
            ("name.  . ", "name"),
            ("con", "_con"),
            ("NUL.txt", "_NUL.txt"),
            ("nul .tar.gz", "_nul .tar.gz"),
            ("Com1", "_Com1"),
            ("LPT¹.doc", "_LPT¹.doc"),
            ("CONOUT$", "_CONOUT$"),
            ("what?.txt", "what_.txt"),
            ("a<b>c|d\"e*f", "a_b_c_d_e_f"),
        ] {
            assert_eq!(safe_name(name), safe, "{name:?}");
        }
    }

    #[test]
    fn a_name_cannot_pretend_to_have_another_ending_or_another_line() {
        assert_eq!(safe_name("cat\u{202e}gpj.exe"), "catgpj.exe");
        assert_eq!(safe_name("\u{1112}\u{1161}\u{11ab}.txt"), "한.txt");
        assert_eq!(safe_name("\u{1112}\u{202e}\u{1161}\0\u{11ab}.txt"), "한.txt", "what stood between is gone");
        assert_eq!(safe_name("\u{2066}cat\u{2069}.jpg\r\nrm -rf"), "cat.jpgrm -rf");
        assert_eq!(safe_name("\u{1b}[2Jcat.jpg"), "[2Jcat.jpg");
    }

    #[test]
    fn a_long_name_is_cut_between_characters_and_keeps_its_ending() {
        let name = safe_name(&format!("{}.jpeg", "고".repeat(100)));
        assert_eq!(name, format!("{}.jpeg", "고".repeat(65)));
        let endless = safe_name(&format!("a.{}", "b".repeat(300)));
        assert_eq!(endless.len(), 200);
        assert_eq!(safe_name(&"x".repeat(200)), "x".repeat(200));
        assert_eq!(safe_name(&format!("con{}x.txt", " ".repeat(200))), "_con.txt");
    }

    #[test]
    fn a_text_is_one_line_and_not_too_long() {
        assert_eq!(one_line("disk\r\nfull\u{1b}[31m"), "disk  full[31m");
        assert_eq!(one_line(&"고".repeat(301)), format!("{}…", "고".repeat(300)));
        assert_eq!(one_line(&"고".repeat(300)), "고".repeat(300));
    }

    proptest! {
        #[test]
        fn any_name_becomes_a_name(name in any::<String>()) {
            check(&name)?;
        }

        #[test]
        fn any_name_with_what_is_dangerous_becomes_a_name(
            name in r#"(\.|/|\\|:| |\u{202e}|\u{2067}|\n|con|NUL|com1|é|고|[a-z]{60}){0,12}"#
        ) {
            check(&name)?;
        }
    }

    fn check(name: &str) -> Result<(), TestCaseError> {
        let safe = safe_name(name);
        prop_assert!(!safe.is_empty() && safe.len() <= LONGEST, "{safe:?}");
        prop_assert!(!safe.starts_with('.') && !safe.ends_with('.') && safe.trim() == safe, "{safe:?}");
        prop_assert!(!safe.chars().any(|c| is_deceptive(c) || "/\\<>:\"|?*".contains(c)), "{safe:?}");
        prop_assert!(!is_device(&safe), "{safe:?}");
        prop_assert_eq!(safe_name(&safe), safe.clone(), "what is safe stays as it is");
        Ok(())
    }
}
