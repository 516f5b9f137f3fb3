//! A candidate, field by field.

use study_zoom::explain::candidate::{Candidate, Protocol};
use study_zoom::text::candidate as notes;

use super::screen::{Screen, padded};

/// The names and the values of the fields stand in columns of their own.
const NAME: usize = 11;
const VALUE: usize = 18;
/// The names begin two columns behind the candidate itself.
const INDENT: usize = 11;

/// Candidates of one sort have the same explanation.
pub(super) fn sort(candidate: &Candidate<'_>) -> (&'static str, Protocol) {
    // The English text names it.
    (candidate.meaning().en, candidate.protocol)
}

/// Shows each field with its note.
pub(super) fn show(screen: &mut Screen, candidate: &Candidate<'_>) {
    // Type preference * 2^24 + local preference * 2^8 + 256 - component (RFC 8445, section 5.1.2.1).
    let (of_type, of_address) = (candidate.priority >> 24, (candidate.priority >> 8) & 0xffff);
    let mut meaning = screen.say(candidate.meaning()).to_owned();
    if let Some(tcp) = candidate.tcp_meaning() {
        meaning = format!("{meaning} {}", screen.say(tcp));
    }
    let priority = screen.fill(notes::PRIORITY, &[&of_type.to_string(), &of_address.to_string()]);
    let fields = [
        ("foundation", candidate.foundation.to_owned(), screen.say(notes::FOUNDATION)),
        ("component", candidate.component.to_string(), screen.say(notes::COMPONENT)),
        ("protocol", candidate.protocol.as_str().to_owned(), screen.say(notes::PROTOCOL)),
        ("priority", candidate.priority.to_string(), &priority),
        ("address", candidate.address.to_owned(), screen.say(notes::ADDRESS)),
        ("port", candidate.port.to_string(), screen.say(notes::PORT)),
        ("typ", candidate.kind.as_str().to_owned(), &meaning),
    ];
    for (name, value, note) in fields {
        row(screen, name, &value, note);
    }
    if let Some((address, port)) = candidate.related {
        row(screen, "raddr rport", &format!("{address} {port}"), screen.say(notes::RELATED));
    }
}

fn row(screen: &mut Screen, name: &str, value: &str, note: &str) {
    let first = format!("{:INDENT$}{} {} ", "", padded(name, NAME), padded(value, VALUE));
    screen.wrapped(&first, INDENT + NAME + 1 + VALUE + 1, note);
}

#[cfg(test)]
mod tests {
    use study_zoom::text::{Language, fill_in};

    use super::*;

    #[test]
    fn each_field_is_named_with_its_value() {
        let line = "candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 192.168.0.5 rport 50000";
        for language in [Language::English, Language::Korean] {
            let (reader, writer) = std::io::pipe().unwrap();
            let mut screen = Screen::new(Box::new(writer), language);
            show(&mut screen, &Candidate::parse(line).unwrap());
            drop(screen);
            let shown = std::io::read_to_string(reader).unwrap();
            for (name, value) in [
                ("foundation", "842163049"),
                ("component", "1"),
                ("protocol", "udp"),
                ("priority", "1677729535"),
                ("address", "203.0.113.7"),
                ("port", "46154"),
                ("typ", "srflx"),
                ("raddr rport", "192.168.0.5 50000"),
            ] {
                assert!(shown.contains(&format!("{name:NAME$} {value} ")), "{name}\n{shown}");
            }
            // 100 * 2^24 + 30 * 2^8 + 255: the type preference of every address that a STUN server saw is 100.
            let flat = shown.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(flat.contains(&fill_in(notes::PRIORITY.in_language(language), &["100", "30"])), "{shown}");
        }
    }
}
