//! A call as a sequence diagram: A on the left, B on the right, the signaling server between them.
//!
//! What a side does for itself is a box on its line, a message is an arrow by way of the server, and the connection is
//! a thick arrow that passes the server by: that is what the whole call is about. A
//! [`Record`](crate::explain::record::Record) becomes rows, once, and the rows become SVG for the page or Mermaid text
//! to take away.

/// The rows as Mermaid text.
mod mermaid;
/// From the record to rows.
mod rows;
/// The rows as SVG.
mod svg;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod picture;

use crate::explain::record::Record;
use crate::text::Language;

/// The diagram as an SVG document of its own that can also be put into a page. It has no colours but that of the text
/// around it, and no style sheet, which a Content-Security-Policy would refuse.
pub fn svg(record: &Record, language: Language) -> String {
    svg::draw(&rows::rows(record, language), record.role(), language)
}

/// The diagram as the text of a Mermaid [`sequenceDiagram`](https://mermaid.js.org/syntax/sequenceDiagram.html).
pub fn mermaid(record: &Record, language: Language) -> String {
    mermaid::write(&rows::rows(record, language), record.role(), language)
}
