//! Every text exists in English and in Korean, and both say the same: what is not translated is equal.
//!
//! Expected: `X.ko.md` stands beside `X.md`, with the same headings, blocks of code, tables, lists, links, pieces of code
//! and numbers, section by section. The exercises are compared in the same way by the tests of `xtask`, which puts them
//! together.

use std::path::{Path, PathBuf};

use super::markdown::{Block, Section, code_spans, links, numbers, sections, without_code};

/// The texts that are for those who work on the course, and exist in English alone.
const ENGLISH_ONLY: [&str; 3] = ["CHANGELOG.md", "CONTRIBUTING.md", "src/native/assets/README.md"];

/// All texts of the course in Markdown, by path.
pub(crate) fn texts() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let here = if folder.as_os_str().is_empty() { Path::new(".") } else { &folder };
        for entry in std::fs::read_dir(here).expect("the folder is there") {
            let entry = entry.expect("it can be read");
            let name = entry.file_name().to_string_lossy().into_owned();
            let others = ["target", "node_modules", "my-exercises"].iter().any(|other| name.starts_with(other));
            let path = folder.join(&name);
            if entry.file_type().expect("it has a type").is_dir() {
                if !others && !name.starts_with('.') {
                    folders.push(path);
                }
            } else if name.ends_with(".md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The English texts that have a Korean one.
fn english() -> Vec<PathBuf> {
    let is_translated = |path: &PathBuf| {
        let name = path.to_string_lossy();
        !name.ends_with(".ko.md") && !ENGLISH_ONLY.contains(&&*name)
    };
    texts().into_iter().filter(is_translated).collect()
}

/// Where the Korean of a text stands.
fn korean(path: &Path) -> PathBuf {
    path.with_extension("ko.md")
}

fn read(path: &Path) -> Option<String> {
    std::fs::read_to_string(path).ok()
}

/// Two languages of one text.
struct Pair<'a> {
    /// The path of the English one.
    path: &'a Path,
    english: Vec<Section>,
    korean: Vec<Section>,
    /// What is different.
    complaints: Vec<String>,
}

impl<'a> Pair<'a> {
    /// Compares two texts, and returns what is different: where, and what to do.
    fn compare(path: &'a Path, english: &str, korean: &str) -> Vec<String> {
        let mut pair = Self { path, english: sections(english), korean: sections(korean), complaints: Vec::new() };
        pair.switches(english, korean);
        if pair.headings() {
            for index in 0..pair.english.len() {
                pair.blocks(index);
                pair.tables(index);
                pair.items(index);
                pair.words(index);
            }
        }
        pair.complaints
    }

    /// Something is different in the section with this number.
    fn complain(&mut self, index: usize, what: &str) {
        let heading = |sections: &[Section]| sections.get(index).map_or("(none)".into(), |it| it.heading.clone());
        let (file, english, korean) = (self::korean(self.path), heading(&self.english), heading(&self.korean));
        self.complaints.push(format!("{}, {korean:?} ({english:?}): {what}", file.display()));
    }

    /// The line below the title, which leads to the other language.
    fn switches(&mut self, english: &str, korean: &str) {
        let name = self.path.file_stem().expect("a file has a name").to_string_lossy();
        let switch = format!("[English]({name}.md) · [한국어]({name}.ko.md)");
        for (text, path) in [(english, self.path.to_owned()), (korean, self::korean(self.path))] {
            if text.lines().nth(2) != Some(&switch) {
                self.complaints.push(format!("{}: write as its third line: {switch}", path.display()));
            }
        }
    }

    /// Whether both have the same headings. If not, nothing else can be compared.
    fn headings(&mut self) -> bool {
        let levels = |sections: &[Section]| sections.iter().map(Section::level).collect::<Vec<_>>();
        let (english, korean) = (levels(&self.english), levels(&self.korean));
        if english != korean {
            let same = std::iter::zip(&english, &korean).take_while(|(en, ko)| en == ko).count();
            self.complain(same, "here the headings part: write one for each English heading, of the same level");
        }
        english == korean
    }

    fn blocks(&mut self, index: usize) {
        let (english, korean) = (&self.english[index].blocks, &self.korean[index].blocks);
        if english.len() != korean.len() {
            let what = format!("{} blocks of code, and {} in English", korean.len(), english.len());
            return self.complain(index, &what);
        }
        let mut in_a_language = false;
        let mut different = Vec::new();
        for (number, (en, ko)) in std::iter::zip(english, korean).enumerate() {
            if en.info != ko.info {
                different.push(format!("block {}: ```{} and not ```{}", number + 1, en.info, ko.info));
            } else if !in_a_language && comparable(en) != comparable(ko) {
                let line = std::iter::zip(comparable(en), comparable(ko)).find(|(en, ko)| en != ko);
                let line =
                    line.map_or("another number of lines".into(), |(en, ko)| format!("{ko:?}, in English {en:?}"));
                different.push(format!("block {} is to be the same in both languages: {line}", number + 1));
            }
            // What a command prints in a language is in that language.
            in_a_language = ko.info == "sh" && ko.lines.iter().any(|line| line.contains(" --lang "));
        }
        different.iter().for_each(|what| self.complain(index, what));
    }

    fn tables(&mut self, index: usize) {
        let (english, korean) = (&self.english[index].tables, &self.korean[index].tables);
        let shape = |tables: &[Vec<Vec<String>>]| {
            tables.iter().map(|table| table.iter().map(Vec::len).collect::<Vec<_>>()).collect::<Vec<_>>()
        };
        if shape(english) != shape(korean) {
            return self.complain(index, "the tables are to have the same rows and columns as in English");
        }
        let cells = |tables: &[Vec<Vec<String>>]| tables.iter().flatten().flatten().cloned().collect::<Vec<_>>();
        for (en, ko) in std::iter::zip(cells(english), cells(korean)) {
            let nothing_to_translate = !without_code(&en).contains(char::is_alphabetic);
            if nothing_to_translate && without_language(&en) != without_language(&ko) {
                self.complain(index, &format!("the cell {ko:?} is to be {en:?}"));
            }
            self.same_words(index, &en, &ko);
        }
    }

    fn items(&mut self, index: usize) {
        let (english, korean) = (&self.english[index].items, &self.korean[index].items);
        if english != korean {
            let what = format!("the items of the lists are {korean:?}, and in English {english:?}");
            self.complain(index, &what);
        }
    }

    /// The paragraphs. In another language things stand in another order, so the order is free.
    fn words(&mut self, index: usize) {
        let (english, korean) = (self.english[index].prose.clone(), self.korean[index].prose.clone());
        self.same_words(index, &english, &korean);
    }

    /// Links, pieces of code and numbers are not translated.
    fn same_words(&mut self, index: usize, english: &str, korean: &str) {
        // The first use of a term leads to the glossary, and stands elsewhere in another language. It has a test of its own.
        let links = |text| links(text).into_iter().filter(|link: &String| !is_of_the_glossary(link));
        let expected = links(english).map(|link| in_korean(self.path, &link)).collect();
        let mut compared = vec![("the link", expected, links(korean).collect())];
        let code = |text: &str| code_spans(text).into_iter().map(without_language).collect::<Vec<_>>();
        compared.push(("the code", code(english), code(korean)));
        for (what, mut missing, found) in compared {
            let mut left_over = Vec::new();
            for one in found {
                match missing.iter().position(|other| *other == one) {
                    Some(place) => drop(missing.swap_remove(place)),
                    None => left_over.push(one),
                }
            }
            for one in missing {
                self.complain(index, &format!("{what} {one:?} is missing: write it as often as in English"));
            }
            for one in left_over {
                self.complain(index, &format!("{what} {one:?} is not there in English: leave it out"));
            }
        }
        // Korean writes more of them in digits than English.
        let mut found = numbers(&without_links(korean));
        for number in numbers(&without_links(english)) {
            match found.iter().position(|other| *other == number) {
                Some(place) => drop(found.swap_remove(place)),
                None => self.complain(index, &format!("the number {number} is missing")),
            }
        }
    }
}

/// Whether a link leads to a term.
fn is_of_the_glossary(link: &str) -> bool {
    link.contains("glossary.md#") || link.contains("glossary.ko.md#")
}

/// A text without code and without the places that its links lead to.
fn without_links(text: &str) -> String {
    let text = without_code(text);
    let mut parts = text.split("](");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once(')').map_or("", |(_, rest)| rest))
}

/// A command without the language that it is to speak, and the English name of a text.
fn without_language(code: &str) -> String {
    code.replace(" --lang ko", "").replace(" --lang en", "").replace(".ko.md", ".md")
}

/// The lines of a block that are the same in both languages. Of a map (a block without a language) these are the names
/// at the left; what is said about them is translated.
fn comparable(block: &Block) -> Vec<String> {
    let name = |line: &String| {
        let begun = line.len() - line.trim_start().len();
        line[begun..].split_once("  ").map_or(line.clone(), |(name, _)| format!("{}{name}", &line[..begun]))
    };
    match block.info.as_str() {
        "" => block.lines.iter().map(name).collect(),
        "sh" => block.lines.iter().map(|line| without_language(line)).collect(),
        _ => block.lines.clone(),
    }
}

/// Where a link of the English text at `path` leads in Korean: to the Korean text and its heading, if there is one.
fn in_korean(path: &Path, link: &str) -> String {
    let (file, heading) = link.split_once('#').map_or((link, None), |(file, heading)| (file, Some(heading)));
    let target = if file.is_empty() { path.to_owned() } else { path.with_file_name(file) };
    let is_text = target.extension().is_some_and(|extension| extension == "md") && !file.ends_with(".ko.md");
    // A picture with words in it.
    if target.extension().is_some_and(|extension| extension == "svg") && target.with_extension("ko.svg").exists() {
        return link.replace(".svg", ".ko.svg");
    }
    // The switch between the languages is the same in both.
    if !is_text || target == path && !file.is_empty() {
        return link.to_owned();
    }
    let Some(other) = read(&korean(&target)) else { return link.to_owned() };
    let file = if file.is_empty() { String::new() } else { korean(Path::new(file)).to_string_lossy().into_owned() };
    let Some(heading) = heading else { return file };
    let sections_there = read(&target).map(|text| sections(&text)).unwrap_or_default();
    let number = sections_there.iter().position(|section| section.anchor() == heading);
    let there = number.and_then(|number| sections(&other).get(number).map(Section::anchor));
    format!("{file}#{}", there.unwrap_or_else(|| format!("(there is no heading {heading} in {})", target.display())))
}

#[test]
fn every_text_has_a_korean_one_beside_it() {
    let english = english();
    for expected in ["README.md", "websocket_src/README.md", "socketio_src/README.md", "src/README.md", "docs/nat.md"] {
        assert!(english.iter().any(|path| path == Path::new(expected)), "{expected} was not found: {english:?}");
    }
    let missing: Vec<_> = english.iter().map(|path| korean(path)).filter(|path| !path.exists()).collect();
    assert!(missing.is_empty(), "write these, or name the English text in ENGLISH_ONLY: {missing:?}");
    let alone = texts().into_iter().filter(|path| path.to_string_lossy().ends_with(".ko.md"));
    let alone: Vec<_> = alone.filter(|path| !english.iter().any(|other| korean(other) == *path)).collect();
    assert!(alone.is_empty(), "these have no English text beside them: {alone:?}");
}

#[test]
fn both_languages_of_every_text_say_the_same() {
    let mut complaints = Vec::new();
    for path in english() {
        if let (Some(english), Some(korean)) = (read(&path), read(&korean(&path))) {
            complaints.extend(Pair::compare(&path, &english, &korean));
        }
    }
    assert!(complaints.is_empty(), "{} differences:\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn every_difference_is_found() {
    let text = "# T\n\n[English](a.md) · [한국어](a.ko.md)\n\nSee `one` in [b](b.rs), 12 of them.\n\n- item\n\n\
                | a | b |\n|---|---|\n| `code` | 7 |\n\n## S\n\n```sh\ncargo run\n```\n\n```text\nout\n```\n";
    let compare = |korean: &str| Pair::compare(Path::new("docs/a.md"), text, korean);
    assert!(compare(text).is_empty(), "{:?}", compare(text));
    // What a command prints in Korean is not compared.
    let spoken = text.replace("cargo run", "cargo run --lang ko").replace("\nout\n", "\n출력\n");
    assert!(compare(&spoken).is_empty(), "{:?}", compare(&spoken));
    for (from, to, complaint) in [
        (" · ", " ", "third line"),
        ("## S", "### S", "the headings part"),
        ("`one`", "one", "the code \"one\" is missing"),
        ("`one`", "`one` `two`", "the code \"two\" is not there"),
        ("b.rs", "c.rs", "the link \"b.rs\" is missing"),
        ("12", "some", "the number 12 is missing"),
        ("- item", "1. item", "the items"),
        ("| `code` | 7 |", "| `code` | 8 |", "is to be \"7\""),
        ("| `code` | 7 |", "| `code` |", "the same rows and columns"),
        ("| `code` | 7 |", "| `other` | 7 |", "the code \"code\" is missing"),
        ("cargo run", "cargo test", "block 1 is to be the same"),
        ("```text", "```sh", "block 2: ```text"),
        ("\nout\n", "\n출력\n", "block 2 is to be the same"),
        ("```text\nout\n```\n", "", "1 blocks of code, and 2"),
    ] {
        let found = compare(&text.replace(from, to));
        assert!(found.iter().any(|found| found.contains(complaint)), "{from:?} as {to:?}: {found:?}");
        assert!(found.iter().all(|found| found.starts_with("docs/a.")), "{found:?}");
    }
}
