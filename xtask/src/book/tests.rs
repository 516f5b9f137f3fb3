//! The texts of the course, as the book has them.
//!
//! Expected: every link of every text leads somewhere in the book, in both languages; what is code stays as it is.

use std::fs;

use super::*;

/// A course of three texts, of which one is not translated, and a source.
fn course() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (file, content) in [
        ("README.md", "# First\n\n[English](README.md) · [한국어](README.ko.md)\n\nText.\n"),
        ("README.ko.md", "# 처음\n\n[English](README.md) · [한국어](README.ko.md)\n\n글.\n"),
        ("src/README.md", "# Chapter\n"),
        ("src/README.ko.md", "# 장\n"),
        ("docs/only.md", "# Only\n"),
        ("src/call/mod.rs", "fn main() {\n    let a = 1 < 2;\n}\n"),
        ("src/call/picture.png", ""),
    ] {
        write(&root.path().join(file), content).unwrap();
    }
    root
}

const TEXTS: [&str; 3] = ["README.md", "src/README.md", "docs/only.md"];

#[test]
fn a_link_leads_to_the_same_thing_in_the_book() {
    let root = course();
    let leads = |language, text, link| match links::resolve(root.path(), language, &TEXTS, text, link) {
        Ok(Link::Unchanged) => link.to_owned(),
        Ok(Link::Text(way) | Link::Shown(way, _)) => way,
        Err(error) => error.to_string(),
    };
    for (language, text, link, way) in [
        (Language::English, "README.md", "src/README.md#the-steps", "src/index.md#the-steps"),
        (Language::English, "src/README.md", "../docs/only.md", "../docs/only.md"),
        (Language::English, "src/README.md", "../README.ko.md", "../../ko/index.html"),
        (Language::Korean, "src/README.md", "../README.ko.md", "../index.md"),
        (Language::Korean, "src/README.md", "../docs/only.md", "../../en/docs/only.html"),
        (Language::Korean, "src/README.md", "../docs/only.ko.md#a", "../../en/docs/only.html#a"),
        (Language::English, "src/README.md", "call/mod.rs#L2", "call/mod.rs.html#L2"),
        (Language::Korean, "docs/only.md", "../src/call", "../src/call/index.html"),
        (Language::English, "docs/only.md", "../src/call/picture.png", "../src/call/picture.png"),
        (Language::English, "docs/only.md", "https://example.org/a.rs", "https://example.org/a.rs"),
        (Language::English, "docs/only.md", "#here", "#here"),
        (Language::English, "docs/only.md", "none.rs", "docs/only.md: none.rs leads to nothing"),
        (Language::English, "README.md", "../a.rs", "README.md: ../a.rs leads out of the course"),
    ] {
        assert_eq!(leads(language, text, link), way, "{language:?} {text} {link}");
    }
    assert!(leads(Language::English, "README.md", "other.md").contains("add it to PARTS"));
}

#[test]
fn links_are_rewritten_and_code_is_not() {
    let text = "[a](b) and ![c](d)\n```text\n[a](b)\n```\n| [a](b) | `x` |\n";
    let (rewritten, links) = links::rewritten(text, &|link| Ok(Link::Text(format!("<{link}>")))).unwrap();
    assert_eq!(rewritten, "[a](<b>) and ![c](<d>)\n```text\n[a](b)\n```\n| [a](<b>) | `x` |\n");
    assert_eq!(links.len(), 3);
}

#[test]
fn each_page_leads_to_its_twin() {
    let root = course();
    let page = |language: Language, text: &str| {
        let content = fs::read_to_string(root.path().join(file(language, text))).unwrap();
        with_twin(&content, root.path(), language, text)
    };
    assert_eq!(page(Language::English, "README.md"), "# First\n\nEnglish · [한국어](../ko/index.html)\n\nText.\n");
    assert_eq!(page(Language::Korean, "README.md"), "# 처음\n\n[English](../en/index.html) · 한국어\n\n글.\n");
    assert_eq!(page(Language::Korean, "src/README.md"), "# 장\n\n[English](../../en/src/index.html) · 한국어\n\n");
    // What has no twin leads to the first page of the other book.
    assert_eq!(page(Language::English, "docs/only.md"), "# Only\n\nEnglish · [한국어](../../ko/index.html)\n\n");
}

#[test]
fn a_source_is_a_page_with_its_lines() {
    let (root, book) = (course(), tempfile::tempdir().unwrap());
    sources::show(root.path(), book.path(), [Path::new("src/call")].into_iter()).unwrap();
    let list = fs::read_to_string(book.path().join("src/call/index.html")).unwrap();
    assert!(list.contains("<a href=\"mod.rs.html\">") && list.contains("<a href=\"picture.png\">"), "{list}");
    assert!(list.contains("href=\"../../source.css\""), "{list}");
    let page = fs::read_to_string(book.path().join("src/call/mod.rs.html")).unwrap();
    assert!(page.contains("<a id=\"L3\" href=\"#L3\">3</a>") && !page.contains("id=\"L4\""), "{page}");
    assert!(page.contains("let a = 1 &lt; 2;") && page.contains("href=\"../../source.css\""), "{page}");
    assert!(book.path().join("src/call/picture.png").exists());
}

#[test]
fn the_texts_of_the_course_make_two_books() {
    for language in LANGUAGES {
        let folder = tempfile::tempdir().unwrap();
        stage(workspace(), language, folder.path()).unwrap();
        let summary = fs::read_to_string(folder.path().join("src/SUMMARY.md")).unwrap();
        let pages: Vec<_> = summary.lines().filter_map(|line| line.split_once("](")?.1.strip_suffix(')')).collect();
        assert!(pages.iter().all(|page| folder.path().join("src").join(page).exists()), "{summary}");
        if language == Language::English {
            assert!(pages.len() > 12 && pages[0] == "index.md", "{summary}");
            assert!(folder.path().join("src/src/call/mod.rs.html").exists());
        }
        assert!(pages.contains(&"docs/glossary.md"), "{summary}");
    }
}
