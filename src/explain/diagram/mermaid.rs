//! The rows as Mermaid text.

use std::fmt::Write;

use shared::Role;

use super::rows::{Drawn, Row, name};
use crate::text::Language;
use crate::text::diagram::SERVER;

/// Writes a `sequenceDiagram`.
pub(super) fn write(rows: &[Row], ours: Option<Role>, language: Language) -> String {
    let mut text = format!(
        "sequenceDiagram\n    participant A as {}\n    participant S as {}\n    participant B as {}\n",
        name(Role::A, ours, language),
        SERVER.in_language(language),
        name(Role::B, ours, language),
    );
    for row in rows {
        write_row(&mut text, row).expect("a String takes everything");
    }
    text
}

fn write_row(text: &mut String, Row { what, time, inferred }: &Row) -> std::fmt::Result {
    let time = time.as_ref().map(|time| format!(" {time}")).unwrap_or_default();
    let arrow = if *inferred { "-->>" } else { "->>" };
    match what {
        Drawn::Own { side, label } => writeln!(text, "    Note over {side}: {}{time}", escaped(label)),
        Drawn::Message { from, to_server, to_other } => {
            let to = if *from == Role::A { Role::B } else { Role::A };
            if let Some(label) = to_server {
                writeln!(text, "    {from}{arrow}S: {}{time}", escaped(label))?;
            }
            if let Some(label) = to_other {
                writeln!(text, "    S{arrow}{to}: {}", escaped(label))?;
            }
            Ok(())
        }
        Drawn::Connection { label, ends } => {
            let path = ends.as_ref().map(|(a, b)| format!(", {a} ↔ {b}")).unwrap_or_default();
            writeln!(text, "    A<<->>B: {}{time}", escaped(&format!("{label}{path}")))
        }
        Drawn::Across { label } => writeln!(text, "    Note over A,B: {}{time}", escaped(label)),
    }
}

/// A text that ends no statement, begins no comment and no directive, and is no HTML. Mermaid knows entities by number,
/// in the form `#35;`.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '#' | ';' | '<' | '>' | '&' | '%' | '"' => {
                write!(escaped, "#{};", u32::from(character)).expect("a String takes everything");
            }
            control if control.is_control() => escaped.push(' '),
            // What ends a line for JavaScript, and is no control character.
            '\u{2028}' | '\u{2029}' => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}
