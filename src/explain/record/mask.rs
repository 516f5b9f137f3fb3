//! A call as a file: without the name of the room, and without addresses.
//!
//! Each address gets a stand-in, and the same address always the same one: who reads the record still sees which candidate
//! stands in which description, and which pair won. The stand-ins are from the ranges that are reserved for examples
//! (RFC 5737, RFC 3849, RFC 2606); what is in them already is nobody's, and stays. So do loopback and "any address", which are
//! the same on every machine.

use super::saved::Head;

/// What stands in for the name of the room.
const ROOM: &str = "▒▒▒";
/// How many originals of each kind get stand-ins of their own: far more than a call has, so that nobody can fill the memory.
const MOST_KNOWN: usize = 10_000;

/// What stands behind these words is replaced, up to the next space or line break.
const KEYED: [(&str, Kind); 7] = [
    ("a=ice-ufrag:", Kind::Ufrag),
    (" ufrag ", Kind::Ufrag),
    ("a=ice-pwd:", Kind::Password),
    // Many programs compute it from the address, and it can be computed back.
    ("candidate:", Kind::Foundation),
    ("\no=", Kind::Login),
    (" IP4 ", Kind::Host),
    (" IP6 ", Kind::Host),
];

/// What is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    V4,
    V6,
    /// A random name for the own network (mDNS).
    Local,
    Server,
    Ufrag,
    Password,
    Fingerprint,
    Foundation,
    /// The name under which somebody has logged in. Firefox says here that it is Firefox.
    Login,
    /// The name of a machine, where usually an address stands.
    Host,
}

/// The stand-ins of one record.
#[derive(Debug, Default)]
pub struct Mask {
    /// The name of the room, in the ways in which a message can write it.
    room: Vec<String>,
    /// The originals by kind, in lower case. Where one stands is its number.
    known: [Vec<String>; 10],
}

impl Mask {
    /// Hides this room, and addresses.
    pub fn new(room: &str) -> Self {
        let mut written = vec![room.replace('\\', "\\\\").replace('"', "\\\""), room.to_owned()];
        written.retain(|name| !name.is_empty());
        Self { room: written, ..Self::default() }
    }

    /// A head without the room.
    pub fn head(&self, head: Head) -> Head {
        Head { room: None, masked: true, ..head }
    }

    /// A description, a candidate, or the end of a path.
    pub(super) fn text(&mut self, text: &str) -> String {
        let mut masked = self.without_fingerprints(text);
        for (key, kind) in KEYED {
            masked = self.without_keyed(&masked, key, kind);
        }
        self.without_addresses(&masked)
    }

    /// A text that somebody wrote: without the room, without servers, without addresses.
    pub(super) fn free(&mut self, text: &str) -> String {
        let text = self.without_room(text);
        let text = self.without_servers(&text);
        self.without_addresses(&text)
    }

    pub(super) fn ufrag(&mut self, ufrag: &str) -> String {
        self.stand_in(Kind::Ufrag, ufrag)
    }

    fn without_keyed(&mut self, text: &str, key: &str, kind: Kind) -> String {
        let mut parts = text.split(key);
        let mut masked = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let end = part.find([' ', '\r', '\n']).unwrap_or(part.len());
            masked += key;
            masked += &self.stand_in(kind, &part[..end]);
            masked += &part[end..];
        }
        masked
    }

    /// `a=fingerprint:sha-256 AB:CD:...`
    fn without_fingerprints(&mut self, text: &str) -> String {
        let mut parts = text.split("a=fingerprint:");
        let mut masked = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let end = part.find(['\r', '\n']).unwrap_or(part.len());
            let (hash, digest) = part[..end].split_once(' ').unwrap_or((&part[..end], ""));
            let digest = self.stand_in(Kind::Fingerprint, digest);
            for piece in ["a=fingerprint:", hash, " ", &digest, &part[end..]] {
                masked += piece;
            }
        }
        masked
    }

    /// `https://<host>`, `turn:<host>` and `<host>:<port>`.
    fn without_servers(&mut self, text: &str) -> String {
        let mut masked = String::new();
        for run in runs(text, |letter| is_of_word(letter) || ".-_:".contains(letter)) {
            let after_slashes = masked.ends_with("://");
            let pieces: Vec<_> = run.split(':').collect();
            for (index, piece) in pieces.iter().enumerate() {
                let scheme = index > 0 && ["stun", "stuns", "turn", "turns"].contains(&pieces[index - 1]);
                let port = piece.contains('.') && pieces.get(index + 1).is_some_and(|next| is_number(next));
                if index > 0 {
                    masked.push(':');
                }
                let is_host = scheme || port || (index == 0 && after_slashes);
                masked += &if is_host { self.stand_in(Kind::Host, piece) } else { (*piece).to_owned() };
            }
        }
        masked
    }

    /// Every address that stands in a text: first the names, then the numbers.
    fn without_addresses(&mut self, text: &str) -> String {
        let mut named = String::new();
        for run in runs(text, |letter| is_of_word(letter) || ".-_".contains(letter)) {
            let name = run.trim_matches('.');
            match is_local(name) {
                true => named += &run.replace(name, &self.stand_in(Kind::Local, name)),
                false => named += run,
            }
        }
        let mut masked = String::new();
        for run in runs(&named, |letter| letter.is_ascii_hexdigit() || ".:".contains(letter)) {
            // In `udp host <address>:<port>` no bracket says where an IPv6 address ends.
            let in_path = ["host ", "flx ", "relay "].iter().any(|before| masked.ends_with(before));
            masked += &self.without_address(run, in_path);
        }
        masked
    }

    /// A run of digits, dots and colons: an IPv6 address, with or without a port or a colon behind it, or IPv4 addresses.
    fn without_address(&mut self, run: &str, in_path: bool) -> String {
        let core = run.trim_matches('.');
        let without_port = core.rsplit_once(':').map(|(address, _)| address);
        let (first, last) = if in_path { (None, Some(core)) } else { (Some(core), None) };
        for core in [first, core.strip_suffix(':'), core.strip_prefix(':'), without_port, last].into_iter().flatten() {
            if is_v6(core) {
                return run.replacen(core, &self.stand_in(Kind::V6, core), 1);
            }
        }
        let mut masked = String::new();
        for run in runs(run, |letter| letter != ':' && !letter.is_ascii_alphabetic()) {
            let core = run.trim_matches('.');
            match is_v4(core) {
                true => masked += &run.replacen(core, &self.stand_in(Kind::V4, core), 1),
                false => masked += run,
            }
        }
        masked
    }

    fn without_room(&self, text: &str) -> String {
        let mut masked = String::new();
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            let begins = |name: &&String| rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
            let name = self.room.iter().find(begins);
            match name {
                Some(_) => masked += ROOM,
                None => masked.push(letter),
            }
            rest = &rest[name.map_or(letter.len_utf8(), String::len)..];
        }
        masked
    }

    /// What stands in for this original.
    fn stand_in(&mut self, kind: Kind, original: &str) -> String {
        let kind = match kind {
            Kind::Host if original.contains(|letter: char| is_of_word(letter) && !letter.is_ascii_digit()) => {
                Kind::Server
            }
            kind => kind,
        };
        let stays = match kind {
            Kind::V4 | Kind::V6 => is_nobodys(original),
            // Not the name of a server but an address: its turn comes.
            Kind::Host => true,
            Kind::Server if is_local(original) => true,
            Kind::Server => original == "localhost" || is_v6(original) || original.ends_with(".example"),
            Kind::Login => original.starts_with("mozilla"),
            _ => false,
        };
        if stays {
            return original.to_owned();
        }
        let (number, lower) = (&mut self.known[kind as usize], original.to_ascii_lowercase());
        let place = number.iter().position(|known| *known == lower);
        let number = 1 + place.unwrap_or_else(|| {
            if number.len() < MOST_KNOWN {
                number.push(lower);
            }
            number.len() - 1
        });
        match kind {
            Kind::V4 if number < 255 => format!("192.0.2.{number}"),
            // More than a call has: 198.18.0.0/15 is for measurements (RFC 2544).
            Kind::V4 => format!("198.18.{}.{}", number >> 8, number & 255),
            Kind::V6 => format!("2001:db8::{number:x}"),
            Kind::Local => format!("host-{number}.local"),
            Kind::Server | Kind::Host => format!("server-{number}.example"),
            Kind::Ufrag => format!("ufrag{number}"),
            Kind::Password => format!("password{number:014}"),
            Kind::Fingerprint => {
                let zeros = "00:".repeat(original.matches(':').count().saturating_sub(1));
                format!("{zeros}{:02X}:{:02X}", number >> 8, number & 255)
            }
            Kind::Foundation => number.to_string(),
            Kind::Login => "-".to_owned(),
        }
    }
}

fn is_local(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".local")
}

/// The same on every machine, or reserved for examples.
fn is_nobodys(address: &str) -> bool {
    let ranges = ["127.", "192.0.2.", "198.18.", "2001:db8:"];
    ["::1", "0.0.0.0", "::"].contains(&address) || ranges.iter().any(|range| address.starts_with(range))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit())
}

/// A letter or a digit. What is not ASCII is taken for one.
fn is_of_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || !letter.is_ascii()
}

/// Four numbers of a byte.
fn is_v4(text: &str) -> bool {
    let numbers = text.split('.').filter(|part| is_number(part) && part.parse::<u8>().is_ok());
    numbers.count() == 4 && text.matches('.').count() == 3
}

/// Eight groups of hexadecimal digits, or fewer around a `::`; the last two can be an IPv4 address.
fn is_v6(text: &str) -> bool {
    let groups = text.split(':').count();
    let (before, last) = text.rsplit_once(':').unwrap_or(("", text));
    let (digits, groups) = if is_v4(last) { (before, groups + 1) } else { (text, groups) };
    let has_ends = text.starts_with(':') == text.starts_with("::") && text.ends_with(':') == text.ends_with("::");
    let is_short = |group: &str| group.len() <= 4 && group.bytes().all(|digit| digit.is_ascii_hexdigit());
    has_ends && groups >= 3 && digits.split(':').all(is_short) && (groups == 8 || (text.contains("::") && groups <= 9))
}

/// A text in pieces: what consists of such letters, and what stands between.
fn runs(text: &str, is_inside: impl Fn(char) -> bool) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let inside = is_inside(rest.chars().next()?);
        let end = rest.find(|letter| is_inside(letter) != inside).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        rest = after;
        Some(run)
    })
}
