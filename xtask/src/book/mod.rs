//! The texts of the course as two books, in English and in Korean: `cargo xtask book`.
//!
//! mdBook makes the pages. It gets copies of the very texts that stand in the repository, at the same places: so a link from
//! one text to another is right in both. Only three things differ, and `links` changes them: a link to a source leads to a
//! page that shows the source (`sources`), a link to a text in the other language leads to the other book, and each page
//! has a link to its twin.

/// What the links of a text lead to in the book.
mod links;
/// Sources and folders as pages.
mod sources;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bundle::target_dir;
use crate::command::{answer, clean_cargo, run, say};
use crate::translation::Language;
use crate::{Failure, workspace};
use links::Link;

/// Another version may take other settings, so this one is installed.
const MDBOOK: &str = "0.5.4";

const LANGUAGES: [Language; 2] = [Language::English, Language::Korean];

fn other(language: Language) -> Language {
    match language {
        Language::English => Language::Korean,
        Language::Korean => Language::English,
    }
}

/// The file of a text in a language, by that of the English one.
fn file(language: Language, text: &str) -> String {
    match language {
        Language::English => text.to_owned(),
        Language::Korean => format!("{}.ko.md", text.trim_end_matches(".md")),
    }
}

/// The parts of the book, with their titles, and the texts in each. The texts in `docs` that are not named come last there.
const PARTS: [(&str, &str, &[&str]); 3] = [
    ("The chapters", "본문", &["websocket_src/README.md", "socketio_src/README.md", "src/README.md"]),
    (
        "To look things up",
        "찾아보기",
        &[
            "docs/protocol.md",
            "docs/recovery.md",
            "docs/https.md",
            "docs/security.md",
            "docs/connections.md",
            "docs/nat.md",
            "docs/scaling.md",
            "docs/performance.md",
        ],
    ),
    (
        "The course itself",
        "이 과정에 대하여",
        &["CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "src/native/assets/README.md"],
    ),
];

/// The first page.
const FIRST: &str = "README.md";

/// Makes both books, below the target directory.
pub(crate) fn book() -> Result<(), Failure> {
    let folder = target_dir()?.join("book");
    // What a text has lost must not be in the book any more.
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let mdbook = mdbook()?;
    for language in LANGUAGES {
        let staged = folder.join(language.tag());
        stage(workspace(), language, &staged)?;
        run(Command::new(&mdbook).arg("build").arg(&staged))?;
    }
    let first = folder.join("html/index.html");
    fs::write(&first, include_str!("languages.html"))?;
    say(&format!("the books are in {}: open {}", folder.join("html").display(), first.display()));
    Ok(())
}

/// The program, in our version. It is no dependency of the course, and is compiled once.
fn mdbook() -> Result<PathBuf, Failure> {
    let tools = target_dir()?.join("tools");
    let ours = tools.join("bin/mdbook");
    for program in [&ours, Path::new("mdbook")] {
        if answer(Command::new(program).arg("--version")).is_some_and(|said| said == format!("mdbook v{MDBOOK}")) {
            return Ok(program.to_owned());
        }
    }
    say(&format!("# mdBook {MDBOOK} is not there yet: it is compiled once, in some minutes"));
    let mut cargo = clean_cargo();
    cargo.args(["install", "mdbook", "--version", MDBOOK, "--locked", "--no-default-features", "--features", "search"]);
    run(cargo.arg("--force").arg("--root").arg(&tools))?;
    Ok(ours)
}

/// All texts of the book, by the path of the English one, with the number of their part. The first page has none.
fn texts(root: &Path) -> Result<Vec<(Option<usize>, String)>, Failure> {
    let mut texts = vec![(None, FIRST.to_owned())];
    for (number, (_, _, named)) in PARTS.iter().enumerate() {
        texts.extend(named.iter().map(|text| (Some(number), (*text).to_owned())));
        if named.iter().any(|text| text.starts_with("docs/")) {
            let mut others = Vec::new();
            for entry in fs::read_dir(root.join("docs"))? {
                let text = format!("docs/{}", entry?.file_name().to_string_lossy());
                if text.ends_with(".md") && !text.ends_with(".ko.md") && !named.contains(&&*text) {
                    others.push((Some(number), text));
                }
            }
            others.sort();
            texts.extend(others);
        }
    }
    Ok(texts)
}

/// Puts everything that mdBook needs for one book into a folder. What is not translated is not in the Korean book.
fn stage(root: &Path, language: Language, folder: &Path) -> Result<(), Failure> {
    let source = folder.join("src");
    let texts = texts(root)?;
    let all: Vec<&str> = texts.iter().map(|(_, text)| &**text).collect();
    let (mut summary, mut part, mut shown) = (String::new(), None, Vec::new());
    for (number, text) in &texts {
        let name = file(language, text);
        let Ok(content) = fs::read_to_string(root.join(&name)) else {
            if language == Language::English {
                return Err(format!("there is no {name}: take it out of PARTS in xtask/src/book/mod.rs").into());
            }
            continue;
        };
        let title = content.lines().next().and_then(|line| line.strip_prefix("# "));
        let title = title.ok_or_else(|| format!("{name} does not begin with its title, `# ...`"))?;
        if *number != part {
            part = *number;
            let (en, ko, _) = PARTS[part.ok_or("the first page has no part")?];
            summary += &format!("\n# {}\n\n", language.choose(en, ko));
        }
        summary += &format!("{}[{title}]({})\n", if part.is_some() { "- " } else { "" }, links::page(text, "md"));
        let resolve = |link: &str| links::resolve(root, language, &all, text, link);
        let (mut content, links) = links::rewritten(&content, &resolve)?;
        content = with_twin(&content, root, language, text);
        write(&source.join(links::page(text, "md")), &content)?;
        shown.extend(links);
    }
    write(&source.join("SUMMARY.md"), &format!("# Summary\n\n{summary}"))?;
    sources::show(root, &source, shown.iter().filter_map(Link::shown))?;
    write(&folder.join("korean.js"), include_str!("korean.js"))?;
    write(&folder.join("book.css"), include_str!("book.css"))?;
    write(&folder.join("book.toml"), &settings(language))
}

/// The text with a link to the same text in the other language, or to the other book, below its title.
fn with_twin(content: &str, root: &Path, language: Language, text: &str) -> String {
    let other = other(language);
    let twin = if root.join(file(other, text)).exists() { text } else { FIRST };
    let link = links::in_other_book(language, text, twin);
    let line = match language {
        Language::English => format!("English · [한국어]({link})"),
        Language::Korean => format!("[English]({link}) · 한국어"),
    };
    let (title, rest) = content.split_once('\n').unwrap_or((content, ""));
    let rest = rest.trim_start();
    // The texts have such a line themselves, which leads from file to file.
    let rest = if rest.starts_with("[English](") { rest.split_once('\n').map_or("", |(_, rest)| rest) } else { rest };
    format!("{title}\n\n{line}\n\n{}", rest.trim_start())
}

/// `book.toml`.
fn settings(language: Language) -> String {
    let tag = language.tag();
    let (title, scripts) = match language {
        Language::English => ("study-zoom", "[]"),
        Language::Korean => ("study-zoom (한국어)", r#"["korean.js"]"#),
    };
    format!(
        r#"[book]
title = "{title}"
language = "{tag}"

[build]
build-dir = "../html/{tag}"
create-missing = false

[output.html]
no-section-label = true # the chapters have numbers of their own
hash-files = false      # the pages of the sources load the same files
input-404 = ""          # there is no server that would show it
additional-css = ["book.css"]
additional-js = {scripts}

[output.html.print]
enable = false

[output.html.playground]
runnable = false # nothing is sent to a server

[output.html.search]
use-boolean-and = true # several words: all of them
"#
    )
}

/// Writes a file, and makes the folder that it is in.
fn write(file: &Path, content: &str) -> Result<(), Failure> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(file, content)?)
}
