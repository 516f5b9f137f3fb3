//! Sources and folders as pages, so that each link to one leads somewhere without a network. mdBook copies them as they are.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::write;
use crate::Failure;

/// Whether a file is shown by itself.
pub(crate) fn is_picture(path: &Path) -> bool {
    path.extension().is_some_and(|extension| ["png", "svg", "jpg"].iter().any(|picture| extension == *picture))
}

/// Makes the pages of these sources and folders, and of what stands in the folders. `book` is where mdBook looks for them.
pub(super) fn show<'a>(root: &Path, book: &Path, paths: impl Iterator<Item = &'a Path>) -> Result<(), Failure> {
    let mut open: Vec<PathBuf> = paths.map(Path::to_owned).collect();
    let mut shown = BTreeSet::new();
    while let Some(path) = open.pop() {
        if !shown.insert(path.clone()) {
            continue;
        }
        let there = root.join(&path);
        if there.is_dir() {
            let inside = inside(&there)?;
            write(&book.join(&path).join("index.html"), &page(&path, &list(&inside)))?;
            open.extend(inside.iter().map(|(name, _)| path.join(name)));
        } else if is_picture(&path) {
            let copy = book.join(&path);
            fs::create_dir_all(copy.parent().unwrap_or(book))?;
            fs::copy(&there, copy)?;
        } else {
            // What is no text is named, and not shown.
            let content = fs::read_to_string(&there).unwrap_or_else(|_| "(not a text)".to_owned());
            let file = format!("{}.html", path.display());
            write(&book.join(file), &page(&path, &code(&path, &content)))?;
        }
    }
    write(&book.join("source.css"), include_str!("source.css"))?;
    write(
        &book.join("source.js"),
        "document.querySelectorAll(\"pre code\").forEach(code => hljs.highlightBlock(code));\n",
    )
}

/// The names in a folder, in their order, and whether they are folders. What git does not see (it begins with a dot, or npm
/// has put it there) is left out.
fn inside(folder: &Path) -> Result<Vec<(String, bool)>, Failure> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') && !["node_modules", "__pycache__", "target"].contains(&&*name) {
            names.push((name, entry.file_type()?.is_dir()));
        }
    }
    names.sort();
    Ok(names)
}

fn list(inside: &[(String, bool)]) -> String {
    let links = inside.iter().map(|(name, is_folder)| {
        let end = match is_folder {
            true => "/index.html",
            false if is_picture(Path::new(name)) => "",
            false => ".html",
        };
        let name = escaped(name);
        format!("<li><a href=\"{name}{end}\"><code>{name}</code></a></li>")
    });
    format!("<ul>{}</ul>", links.collect::<String>())
}

/// The lines with their numbers, to which links lead as on a forge: `#L7`.
fn code(path: &Path, content: &str) -> String {
    let numbers = (1..=content.lines().count()).map(|line| format!("<a id=\"L{line}\" href=\"#L{line}\">{line}</a>\n"));
    format!(
        "<div class=\"source\"><pre class=\"numbers\">{}</pre><pre tabindex=\"0\"><code class=\"language-{}\">{}</code></pre></div>",
        numbers.collect::<String>(),
        language(path),
        escaped(content),
    )
}

/// The name that highlight.js has for the language of a file.
fn language(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("rs") => "rust",
        Some("js") => "javascript",
        Some("html") => "xml",
        Some("css") => "css",
        Some("toml") => "ini",
        Some("json" | "jsonl") => "json",
        Some("py") => "python",
        _ => "plaintext",
    }
}

fn page(path: &Path, content: &str) -> String {
    let depth = path.components().count() - usize::from(!content.starts_with("<ul>"));
    let (up, name) = ("../".repeat(depth), escaped(&path.display().to_string()));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<title>{name} - study-zoom</title>\n<link rel=\"stylesheet\" \
         href=\"{up}highlight.css\" media=\"(prefers-color-scheme: light)\">\n<link rel=\"stylesheet\" \
         href=\"{up}tomorrow-night.css\" media=\"(prefers-color-scheme: dark)\">\n<link rel=\"stylesheet\" \
         href=\"{up}source.css\">\n</head>\n<body>\n<header><a href=\"{up}index.html\">study-zoom</a> <h1>{name}</h1></header>\n\
         <main>{content}</main>\n<script src=\"{up}highlight.js\"></script>\n<script src=\"{up}source.js\"></script>\n</body>\n\
         </html>\n"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
