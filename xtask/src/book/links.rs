//! What the links of a text lead to in the book.

use std::path::{Component, Path, PathBuf};

use super::other;
use crate::Failure;
use crate::translation::Language;

/// A link of a text, as it is in the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Link {
    /// It stays as it is: it leads out of the course, or within the same text.
    Unchanged,
    /// To a text.
    Text(String),
    /// To a source, a folder or a picture: where that leads to, and its path from the root of the course.
    Shown(String, PathBuf),
}

impl Link {
    /// What has to be shown for it, by its path.
    pub(crate) fn shown(&self) -> Option<&Path> {
        if let Self::Shown(_, path) = self { Some(path) } else { None }
    }
}

/// The page of a text in the book: `src/README.md` is `src/index.html`. mdBook knows it by the same name with `md`.
pub(crate) fn page(text: &str, extension: &str) -> String {
    format!("{}.{extension}", text.trim_end_matches(".md").replace("README", "index"))
}

/// The way from the page of a text in one book to that of a text in the other book.
pub(crate) fn in_other_book(language: Language, from: &str, to: &str) -> String {
    let up = "../".repeat(from.matches('/').count() + 1);
    format!("{up}{}/{}", other(language).tag(), page(to, "html"))
}

/// What a link of this text leads to. `texts` are all texts of the book, by the path of the English one.
pub(crate) fn resolve(
    root: &Path,
    language: Language,
    texts: &[&str],
    text: &str,
    link: &str,
) -> Result<Link, Failure> {
    if link.contains("://") || link.starts_with('#') {
        return Ok(Link::Unchanged);
    }
    let (target, anchor) =
        link.split_once('#').map_or((link, String::new()), |(target, anchor)| (target, format!("#{anchor}")));
    let folder = Path::new(text).parent().unwrap_or(Path::new(""));
    let path = normalized(&folder.join(target)).ok_or_else(|| format!("{text}: {link} leads out of the course"))?;
    if target.ends_with(".md") {
        let name = path.to_string_lossy().replace(".ko.md", ".md");
        if !texts.contains(&&*name) {
            return Err(
                format!("{text}: {link} is no text of the book: add it to PARTS in xtask/src/book/mod.rs").into()
            );
        }
        // From a book to itself, if the text is there in its language; otherwise to the one in which it is.
        let is_korean = target.ends_with(".ko.md") && root.join(&path).exists();
        let wanted = if is_korean { Language::Korean } else { Language::English };
        let way = if wanted == language {
            page(&target.replace(".ko.md", ".md"), "md")
        } else {
            in_other_book(language, text, &name)
        };
        return Ok(Link::Text(way + &anchor));
    }
    let there = root.join(&path);
    let way = match (there.is_dir(), there.is_file()) {
        (true, _) => format!("{}/index.html", target.trim_end_matches('/')),
        (_, true) if super::sources::is_picture(&path) => target.to_owned(),
        (_, true) => format!("{target}.html{anchor}"),
        _ => return Err(format!("{text}: {link} leads to nothing").into()),
    };
    Ok(Link::Shown(way, path))
}

/// A path without `..`, unless it leads out of its root.
fn normalized(path: &Path) -> Option<PathBuf> {
    let mut whole = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => whole.pop().then_some(())?,
            Component::Normal(name) => whole.push(name),
            _ => {}
        }
    }
    Some(whole)
}

/// A text with the links that the book needs, and those links. Code stays as it is.
pub(crate) fn rewritten(
    content: &str,
    resolve: &dyn Fn(&str) -> Result<Link, Failure>,
) -> Result<(String, Vec<Link>), Failure> {
    let (mut text, mut links, mut in_code) = (String::with_capacity(content.len()), Vec::new(), false);
    for line in content.split_inclusive('\n') {
        in_code ^= line.trim_start().starts_with("```");
        let mut rest = line;
        while let Some((before, link)) = rest.split_once("](").filter(|_| !in_code) {
            let Some((target, after)) = link.split_once(')') else { break };
            let found = resolve(target)?;
            let way = match &found {
                Link::Unchanged => target,
                Link::Text(way) | Link::Shown(way, _) => way,
            };
            text.extend([before, "](", way, ")"]);
            links.push(found);
            rest = after;
        }
        text.push_str(rest);
    }
    Ok((text, links))
}
