//! The texts of a page, in both languages.
//!
//! An HTML file names its texts (`data-text="JOIN"`, and `data-label="LEVEL"` for what only a screen reader says). The server writes
//! them into the page, so that the program of the page need not carry texts that it never says by itself, and nobody has to
//! fetch them twice.

use super::html::escaped;
use crate::text::record::by_name;

/// What names a text, and where it is written in each language.
const NAMES: [(&str, [&str; 2]); 2] =
    [(" data-text=\"", ["data-en", "data-ko"]), (" data-label=\"", ["data-label-en", "data-label-ko"])];

/// The page with each text that it names beside the name.
pub(crate) fn in_both_languages(html: &str) -> String {
    let mut html = html.to_owned();
    for (attribute, [en, ko]) in NAMES {
        let mut parts = html.split(attribute);
        let mut written = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let name = part.split('"').next().unwrap_or_default();
            // A test looks for every name in the table.
            if let Some(text) = by_name(name) {
                written += &format!(" {en}=\"{}\" {ko}=\"{}\"", escaped(text.en), escaped(text.ko));
            }
            written.extend([attribute, part]);
        }
        html = written;
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_stands_beside_its_name() {
        let page = in_both_languages(
            "<p data-text=\"JOIN\">Join</p><meter data-label=\"LEVEL\" min=\"0\"><p data-text=\"NO\">",
        );
        let expected = "<p data-en=\"Join\" data-ko=\"입장\" data-text=\"JOIN\">Join</p>\
            <meter data-label-en=\"Level of the microphone\" data-label-ko=\"마이크 음량\" data-label=\"LEVEL\" min=\"0\"><p data-text=\"NO\">";
        assert_eq!(page, expected);
        assert_eq!(escaped("a & \"b\""), "a &amp; &quot;b&quot;");
    }
}
