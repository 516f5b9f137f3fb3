//! Lines of at most a hundred columns, with a label before each paragraph.

use std::io::Write;

use study_zoom::text::{Language, Text, fill_in};
use textwrap::core::display_width;
use textwrap::{Options, WordSeparator, WordSplitter, wrap};

/// How wide a paragraph may be, in columns of the terminal. A letter of Korean takes two.
const WIDTH: usize = 100;
/// Where a paragraph begins, behind its label.
const MARGIN: usize = 9;

/// Where the teacher writes, and in which language.
pub(super) struct Screen {
    out: Box<dyn Write + Send>,
    language: Language,
}

impl Screen {
    pub(super) fn new(out: Box<dyn Write + Send>, language: Language) -> Self {
        Self { out, language }
    }

    pub(super) fn language(&self) -> Language {
        self.language
    }

    /// The text in the language of this screen.
    pub(super) fn say(&self, text: Text) -> &'static str {
        text.in_language(self.language)
    }

    /// The same, with values in its places.
    pub(super) fn fill(&self, text: Text, values: &[&str]) -> String {
        fill_in(self.say(text), values)
    }

    /// A line from the left edge.
    pub(super) fn line(&mut self, line: &str) {
        // Nobody listening (`| head`, say) is no reason to stop.
        let _ = writeln!(self.out, "{line}");
    }

    /// A paragraph behind a label.
    pub(super) fn labelled(&mut self, label: &str, text: &str) {
        let gap = MARGIN.saturating_sub(2 + display_width(label)).max(1);
        self.wrapped(&format!("  {label}{}", " ".repeat(gap)), MARGIN, text);
    }

    /// A paragraph that belongs to the one above it, further to the right.
    pub(super) fn indented(&mut self, columns: usize, text: &str) {
        self.wrapped(&" ".repeat(MARGIN + columns), MARGIN + columns, text);
    }

    /// A line of SDP, however long: somebody may want to copy it.
    pub(super) fn as_it_is(&mut self, line: &str) {
        self.line(&format!("{:MARGIN$}{line}", ""));
    }

    /// Lines of SDP side by side, none of them broken.
    pub(super) fn side_by_side(&mut self, lines: &[&str]) {
        // What stands for a space inside a line, while they are put into rows.
        const NO_BREAK: &str = "\u{a0}";
        let joined: Vec<_> = lines.iter().map(|line| format!("·{NO_BREAK}{}", line.replace(' ', NO_BREAK))).collect();
        let indent = " ".repeat(MARGIN);
        let options = Options::new(WIDTH)
            .initial_indent(&indent)
            .subsequent_indent(&indent)
            .word_separator(WordSeparator::AsciiSpace)
            .word_splitter(WordSplitter::NoHyphenation)
            .break_words(false);
        for row in wrap(&joined.join("  "), options) {
            self.line(&row.replace(NO_BREAK, " "));
        }
    }

    /// A paragraph with something in front of its first line; the others begin at this column.
    pub(super) fn wrapped(&mut self, first: &str, column: usize, text: &str) {
        let others = " ".repeat(column);
        let options = Options::new(WIDTH)
            .initial_indent(first)
            .subsequent_indent(&others)
            .word_splitter(WordSplitter::NoHyphenation)
            .break_words(false);
        for line in wrap(text, options) {
            self.line(&line);
        }
    }
}

/// The text, filled up with spaces to this many columns of the terminal.
pub(super) fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(display_width(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_paragraph_is_wider_than_the_terminal_in_either_language() {
        for text in ["offer를 로컬 description으로 설정했습니다. ", "sets the offer as local description. "]
        {
            let (reader, writer) = std::io::pipe().unwrap();
            let mut screen = Screen::new(Box::new(writer), Language::Korean);
            screen.labelled("지금:", &text.repeat(10));
            drop(screen);
            let shown = std::io::read_to_string(reader).unwrap();
            assert!(shown.lines().count() > 3, "{shown}");
            assert!(shown.lines().all(|line| display_width(line) <= WIDTH), "{shown}");
            assert!(shown.lines().skip(1).all(|line| line.starts_with(&" ".repeat(MARGIN))), "{shown}");
        }
    }
}
