//! Where more is said about an error: `docs/troubleshooting.md` has the texts of errors as its headings. So the error itself says
//! under which one to look, and no program has to know the names of places in a text.

use shared::anchor;

/// The text, as it was when the program was compiled.
const TEXT: &str = include_str!("../../docs/troubleshooting.md");
/// Where it is, for those who have the sources before them.
const FILE: &str = "docs/troubleshooting.md";

/// What stands for that which differs from one time to the next.
const OPEN: char = '…';

/// The place where more is said about this error: a file and an anchor.
pub fn about(error: &str) -> Option<String> {
    // An error often carries another one, its cause, and that stands behind it.
    let found = headings(TEXT).filter_map(|heading| Some((place(error, heading)?, fixed(heading), heading)));
    let (.., heading) = found.max()?;
    Some(format!("{FILE}#{}", anchor::of_heading(heading)))
}

/// The headings of a text that are what a program prints.
pub fn headings(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| line.strip_prefix("### "))
}

/// Where in the error the heading begins, if all of its parts stand there in their order.
fn place(error: &str, heading: &str) -> Option<usize> {
    let mut rest = error;
    let mut first = None;
    for part in heading.split(OPEN).filter(|part| !part.is_empty()) {
        let at = rest.find(part)?;
        first.get_or_insert(error.len() - rest.len() + at);
        rest = &rest[at + part.len()..];
    }
    first
}

/// How much of a heading is fixed, in bytes.
fn fixed(heading: &str) -> usize {
    heading.split(OPEN).map(str::len).sum()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn an_error_is_found_by_what_it_says() {
        for (error, place) in [
            ("cannot listen on 127.0.0.1:3000: Address in use (os error 98): stop it", Some("cannot-listen-on-")),
            ("no STUN server: no port is free: choose another", Some("no-stun-server-")),
            // The cause says more than what it has led to.
            (
                "cannot use the signaling server https://h: nobody who is trusted has signed the certificate: name it",
                Some("nobody-who-is-trusted-has-signed-the-certificate"),
            ),
            (
                "cannot use the signaling server http://h: cannot connect: refused: is the server running there?; start one",
                Some("is-the-server-running-there"),
            ),
            ("check the path: cannot read", None),
            ("something else", None),
        ] {
            assert_eq!(about(error), place.map(|place| format!("{FILE}#{place}")), "{error}");
        }
    }

    #[test]
    fn no_heading_stands_twice_or_is_in_every_error() {
        let mut anchors = HashSet::new();
        for heading in headings(TEXT) {
            assert!(anchors.insert(anchor::of_heading(heading)), "{heading} stands twice");
            assert!(fixed(heading) >= 12, "{heading} is found in too many errors");
        }
        assert!(anchors.len() > 50, "only {} headings were read", anchors.len());
    }
}
