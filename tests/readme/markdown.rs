//! What a text in Markdown is made of, as far as two languages of it can be compared.

/// A heading, and all that stands below it up to the next one.
#[derive(Debug, Default)]
pub(crate) struct Section {
    /// The line of the heading, with its `#`s.
    pub(crate) heading: String,
    /// Blocks of code, in order.
    pub(crate) blocks: Vec<Block>,
    /// Tables: rows of cells. The line below the head, which sets the columns, is one of them.
    pub(crate) tables: Vec<Vec<Vec<String>>>,
    /// How each item of a list begins: its indent and its mark.
    pub(crate) items: Vec<String>,
    /// All the rest, paragraphs and items, as one line.
    pub(crate) prose: String,
}

/// A block between two fences.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Block {
    /// What stands behind the first fence: the language.
    pub(crate) info: String,
    /// The lines.
    pub(crate) lines: Vec<String>,
}

impl Section {
    /// How many `#`s the heading has.
    pub(crate) fn level(&self) -> usize {
        self.heading.chars().take_while(|letter| *letter == '#').count()
    }

    /// The name that the heading has in a link, as GitHub makes it.
    pub(crate) fn anchor(&self) -> String {
        anchor(self.heading.trim_start_matches('#').trim())
    }
}

/// The name that a heading has in a link, as GitHub makes it.
pub(crate) fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

/// Takes a text apart.
pub(crate) fn sections(text: &str) -> Vec<Section> {
    let mut all = Vec::new();
    let mut now = Section::default();
    let mut in_table = false;
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let begun = line.trim_start();
        if let Some(info) = begun.strip_prefix("```") {
            let block = lines.by_ref().take_while(|line| line.trim() != "```").map(str::to_owned).collect();
            now.blocks.push(Block { info: info.to_owned(), lines: block });
        } else if line.starts_with('#') {
            all.push(std::mem::replace(&mut now, Section { heading: line.to_owned(), ..Section::default() }));
        } else if begun.starts_with('|') {
            if !in_table {
                now.tables.push(Vec::new());
            }
            now.tables.last_mut().expect("a table has begun").push(cells(begun));
        } else {
            if let Some(mark) = item(begun) {
                now.items.push(format!("{}{mark}", &line[..line.len() - begun.len()]));
            }
            now.prose.push_str(begun);
            now.prose.push(' ');
        }
        in_table = begun.starts_with('|');
    }
    all.push(now);
    // What stands before the first heading: nothing, in a text of the course.
    all.retain(|section| !section.heading.is_empty());
    all
}

/// The mark of an item: `-`, or a number and a dot.
fn item(line: &str) -> Option<&str> {
    let (mark, _) = line.split_once(' ')?;
    let is_number = mark.strip_suffix('.').is_some_and(|number| number.parse::<u32>().is_ok());
    (is_number || mark == "-" || mark == "*").then_some(mark)
}

/// The cells of a row. A `|` in code is written `\|`.
fn cells(row: &str) -> Vec<String> {
    let row = row.trim().trim_start_matches('|').trim_end_matches('|').replace("\\|", "\0");
    row.split('|').map(|cell| cell.trim().replace('\0', "\\|")).collect()
}

/// What stands between backticks.
pub(crate) fn code_spans(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// A text without what stands between backticks.
pub(crate) fn without_code(text: &str) -> String {
    text.split('`').step_by(2).collect()
}

/// Where the links of a text lead, and the addresses that stand in it.
pub(crate) fn links(text: &str) -> Vec<String> {
    let text = without_code(text);
    let ends = |start: &'static str, end: char| -> Vec<String> {
        text.split(start).skip(1).filter_map(|rest| rest.split(end).next()).map(str::to_owned).collect()
    };
    let addresses = ends("<http", '>').into_iter().map(|rest| format!("http{rest}"));
    ends("](", ')').into_iter().chain(addresses).collect()
}

/// The numbers of a text that are written in digits.
pub(crate) fn numbers(text: &str) -> Vec<String> {
    let is_inner = |letter: char| letter.is_ascii_digit() || ".,".contains(letter);
    let parts = text.split(|letter| !is_inner(letter)).map(|part| part.trim_matches(|end| ".,".contains(end)));
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}
