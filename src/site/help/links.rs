//! Where the links of a text lead, which was written for the repository.

use super::TEXTS;

/// What becomes of a link.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// It leads here.
    To(String),
    /// Nothing is served there: the path from the root of the repository is all that can be said.
    Path(String),
}

/// The link that stands in a text of the folder `docs`.
pub(super) fn of(destination: &str) -> Link {
    if destination.starts_with('#') || destination.contains("://") {
        return Link::To(destination.to_owned());
    }
    let (path, anchor) = destination.split_once('#').unwrap_or((destination, ""));
    let anchor = if anchor.is_empty() { String::new() } else { format!("#{anchor}") };
    let (name, tag) = match path.strip_suffix(".ko.md") {
        Some(name) => (name, "ko"),
        None => (path.strip_suffix(".md").unwrap_or(path), "en"),
    };
    let is_served = path.ends_with(".md") && TEXTS.iter().any(|text| text.name == name);
    if is_served { Link::To(format!("/help/{name}?lang={tag}{anchor}")) } else { Link::Path(from_the_root(path)) }
}

/// `../src/call/mod.rs` is seen from `docs`.
fn from_the_root(path: &str) -> String {
    let mut parts = vec!["docs"];
    for part in path.split('/') {
        match part {
            ".." => _ = parts.pop(),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_what_is_served_or_is_a_path() {
        let to = |text: &str| Link::To(text.to_owned());
        let path = |text: &str| Link::Path(text.to_owned());
        for (written, link) in [
            ("#the-room-is-full", to("#the-room-is-full")),
            ("https://www.w3.org/TR/webrtc/#x", to("https://www.w3.org/TR/webrtc/#x")),
            ("troubleshooting.md", to("/help/troubleshooting?lang=en")),
            ("troubleshooting.ko.md#방", to("/help/troubleshooting?lang=ko#방")),
            ("glossary.md#x", to("/help/glossary?lang=en#x")),
            ("nothing.md#x", path("docs/nothing.md")),
            ("../README.md", path("README.md")),
            ("../src/call/mod.rs#L7", path("src/call/mod.rs")),
        ] {
            assert_eq!(of(written), link, "{written}");
        }
    }
}
