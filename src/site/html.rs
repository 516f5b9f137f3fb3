//! Text in HTML.

/// A text as it stands in HTML, between tags or as the value of an attribute.
pub(super) fn escaped(text: &str) -> String {
    // `&` first: the others bring new ones.
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
