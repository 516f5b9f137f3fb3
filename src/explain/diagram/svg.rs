//! The rows as SVG.

use std::fmt::{Arguments, Write};

use shared::Role;

use super::rows::{Drawn, Row, name};
use crate::text::Language;
use crate::text::diagram::{SERVER, TITLE};

/// The width of the drawing. The height grows with the rows, and the page scales it to the place that there is.
const WIDTH: i32 = 548;
/// Where the lines of A, the server and B stand.
const LINES: [i32; 3] = [104, 274, 444];
const SERVER_LINE: usize = 1;
/// Half the width of a box: the longest label is that of step 1.
const HALF_BOX: i32 = 102;
const HEAD: i32 = 40;
/// How many characters fit into a line across, and into one end of a path.
const MOST_ACROSS: usize = 58;
const MOST_OF_AN_END: usize = 40;

/// Draws the diagram.
pub(super) fn draw(rows: &[Row], ours: Option<Role>, language: Language) -> String {
    let names = [name(Role::A, ours, language), SERVER.in_language(language).to_owned(), name(Role::B, ours, language)];
    let mut drawing = Drawing::new();
    for (line, name) in names.iter().enumerate() {
        drawing.head(line, name);
    }
    for row in rows {
        drawing.row(row);
    }
    let (height, shapes) = drawing.finish();
    let description = rows.iter().map(in_words).collect::<Vec<_>>().join("; ");
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"100%\" role=\"img\" \
         lang=\"{}\" fill=\"none\" stroke-width=\"1.5\" font-family=\"system-ui, sans-serif\" \
         font-size=\"15\"><title>{}</title><desc>{}</desc>{shapes}</svg>",
        language.tag(),
        TITLE.in_language(language),
        escaped(&description),
    )
}

/// A row for those who hear the diagram instead of seeing it.
fn in_words(Row { what, time, .. }: &Row) -> String {
    let time = time.as_deref().unwrap_or_default();
    let text = match what {
        Drawn::Own { side, label } => format!("{side}: {label} {time}"),
        Drawn::Message { from, to_server, to_other } => {
            let to = if *from == Role::A { Role::B } else { Role::A };
            match (to_server, to_other) {
                (Some(label), None) => format!("{from}: {label} {time}"),
                (Some(label), Some(_)) => format!("{from} → {to}: {label} {time}"),
                (None, other) => format!("→ {to}: {} {time}", other.unwrap_or_default()),
            }
        }
        Drawn::Connection { label, .. } => format!("A ↔ B: {label} {time}"),
        Drawn::Across { label } => label.clone(),
    };
    text.trim_end().to_owned()
}

/// A drawing that grows downwards.
struct Drawing {
    shapes: String,
    /// Where the next row begins.
    y: i32,
    /// From where each line has still to be drawn. Boxes are gaps in it, since a box has no background of its own.
    drawn_until: [i32; 3],
}

impl Drawing {
    fn new() -> Self {
        Self { shapes: String::new(), y: HEAD + 16, drawn_until: [HEAD; 3] }
    }

    fn out(&mut self, arguments: Arguments<'_>) {
        self.shapes.write_fmt(arguments).expect("a String takes everything");
    }

    fn head(&mut self, line: usize, name: &str) {
        self.rectangle(LINES[line] - 56, 4, 112, HEAD - 4, "");
        self.words(LINES[line], 27, "middle", " font-weight=\"600\"", name);
    }

    fn row(&mut self, Row { what, time, inferred }: &Row) {
        let time = time.as_deref();
        match what {
            Drawn::Own { side, label } => self.own(*side, label, time, *inferred),
            Drawn::Message { from, to_server, to_other } => {
                self.message(*from, to_server.as_deref(), *to_other, time, *inferred);
            }
            Drawn::Connection { label, ends } => self.connection(label, ends.as_ref(), time),
            Drawn::Across { label } => self.across(label),
        }
    }

    /// A box on the line of a side, the time beside it.
    fn own(&mut self, side: Role, label: &str, time: Option<&str>, inferred: bool) {
        let (line, towards_the_middle, anchor) = match side {
            Role::A => (0, 1, "start"),
            Role::B => (2, -1, "end"),
        };
        let (x, y) = (LINES[line], self.y);
        self.gap(line, y, y + 30);
        self.rectangle(x - HALF_BOX, y, 2 * HALF_BOX, 30, broken(inferred));
        self.words(x, y + 21, "middle", "", label);
        self.small(x + towards_the_middle * (HALF_BOX + 5), y + 20, anchor, time.unwrap_or_default());
        self.y += 42;
    }

    /// Two arrows, to the server and on from it.
    fn message(
        &mut self,
        from: Role,
        to_server: Option<&str>,
        to_other: Option<&str>,
        time: Option<&str>,
        inferred: bool,
    ) {
        let [a, server, b] = LINES;
        let (start, end) = if from == Role::A { (a, b) } else { (b, a) };
        let y = self.y + 24;
        // Without a label nobody knows whether the server was told anything.
        self.arrow(start, server, y, inferred || to_server.is_none());
        self.words((start + server) / 2, y - 7, "middle", "", to_server.unwrap_or_default());
        if let Some(label) = to_other {
            self.arrow(server, end, y, inferred);
            self.words((server + end) / 2, y - 7, "middle", "", label);
        }
        let (x, anchor) = if from == Role::A { (a - 8, "end") } else { (b + 8, "start") };
        self.small(x, y + 4, anchor, time.unwrap_or_default());
        self.y += 40;
    }

    /// The thick arrow from side to side. The line of the server is left out: the connection passes it by.
    fn connection(&mut self, label: &str, ends: Option<&(String, String)>, time: Option<&str>) {
        let [a, server, b] = LINES;
        let y = self.y + 26;
        let height = if ends.is_some() { 60 } else { 38 };
        self.gap(SERVER_LINE, self.y - 4, self.y + height);
        let label = time.map_or_else(|| label.to_owned(), |time| format!("{label} {time}"));
        self.words(server, y - 10, "middle", " font-weight=\"600\"", &label);
        self.out(format_args!(
            "<path d=\"M{} {y}H{}\" stroke=\"currentColor\" stroke-width=\"5\"/><path d=\"M{} {y}l16 -9v18z\
             M{} {y}l-16 -9v18z\" fill=\"currentColor\"/>",
            a + 14,
            b - 14,
            a + 1,
            b - 1,
        ));
        if let Some((at_a, at_b)) = ends {
            for line in [0, 2] {
                self.gap(line, y + 14, y + 34);
            }
            self.small(4, y + 28, "start", &shortened(at_a, MOST_OF_AN_END));
            self.small(WIDTH - 4, y + 28, "end", &shortened(at_b, MOST_OF_AN_END));
        }
        self.y += height + 10;
    }

    /// A box over all three lines.
    fn across(&mut self, label: &str) {
        let (y, text) = (self.y, wrapped(label, MOST_ACROSS));
        let mut height = 14;
        for line in &text {
            height += 20;
            self.words(WIDTH / 2, y + height - 9, "middle", "", line);
        }
        for line in 0..LINES.len() {
            self.gap(line, y, y + height);
        }
        self.rectangle(4, y, WIDTH - 8, height, "");
        self.y += height + 12;
    }

    fn arrow(&mut self, from: i32, to: i32, y: i32, inferred: bool) {
        let back = if from < to { -9 } else { 9 };
        let broken = broken(inferred);
        self.out(format_args!(
            "<path d=\"M{from} {y}H{to}\" stroke=\"currentColor\"{broken}/><path d=\"M{to} {y}l{back} -5v10z\" \
             fill=\"currentColor\"/>"
        ));
    }

    fn rectangle(&mut self, x: i32, y: i32, width: i32, height: i32, extra: &str) {
        self.out(format_args!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"6\" stroke=\"currentColor\"{extra}/>"
        ));
    }

    fn words(&mut self, x: i32, y: i32, anchor: &str, extra: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        let text = escaped(text);
        self.out(format_args!(
            "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" fill=\"currentColor\"{extra}>{text}</text>"
        ));
    }

    fn small(&mut self, x: i32, y: i32, anchor: &str, text: &str) {
        self.words(x, y, anchor, " font-size=\"13\"", text);
    }

    /// Draws a line down to here, and leaves it out from here to there.
    fn gap(&mut self, line: usize, from: i32, to: i32) {
        let (x, drawn_until) = (LINES[line], std::mem::replace(&mut self.drawn_until[line], to));
        self.out(format_args!("<path d=\"M{x} {drawn_until}V{from}\" stroke=\"currentColor\" stroke-opacity=\".4\"/>"));
    }

    fn finish(mut self) -> (i32, String) {
        let height = self.y + 16;
        for line in 0..LINES.len() {
            self.gap(line, height, height);
        }
        (height, self.shapes)
    }
}

fn broken(inferred: bool) -> &'static str {
    if inferred { " stroke-dasharray=\"5 4\"" } else { "" }
}

/// A text with its middle left out: of an address the end, the port, says more.
fn shortened(text: &str, most: usize) -> String {
    let length = text.chars().count();
    if length <= most {
        return text.to_owned();
    }
    let (before, after) = (most / 2, most - most / 2 - 1);
    text.chars().take(before).chain(['…']).chain(text.chars().skip(length - after)).collect()
}

/// A text in lines, three at most.
fn wrapped(text: &str, most: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace().map(|word| shortened(word, most)) {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > most {
            if lines.len() == 2 {
                line.push('…');
                break;
            }
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word);
    }
    lines.push(line);
    lines
}

/// A text that is text and nothing else in XML 1.0, which has no place for control characters at all.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push(' '),
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}
