//! A call as a file: without the name of the room, and without addresses.
//!
//! Each address gets a stand-in, and the same address always the same one: who reads the record still sees which candidate
//! stands in which description, and which pair won. The stand-ins are from the ranges that are reserved for examples
//! (RFC 5737, RFC 3849, RFC 2606). Loopback and "any address" stay as they are: they are the same on every machine.

use std::collections::BTreeMap;

use shared::{IceCandidate, SessionDescription};

use super::reading::SavedCall;
use super::saved::{Head, Moment, RecordEvent};
use crate::call::engine::CandidatePair;
use crate::call::{Artefact, CallEvent, EndReason};

/// What stands in for the name of the room.
const ROOM: &str = "▒▒▒";

/// The stand-ins of one record.
#[derive(Debug, Default)]
pub struct Mask {
    /// The name of the room, in the ways in which a message can write it.
    room: Vec<String>,
    /// Numbers by kind and original.
    numbers: BTreeMap<String, usize>,
    /// How many there are of each kind.
    counts: [usize; 8],
}

/// What is replaced.
#[derive(Debug, Clone, Copy)]
enum Kind {
    V4,
    V6,
    /// A random name for the own network (mDNS).
    Local,
    Server,
    Ufrag,
    Password,
    Fingerprint,
    /// Many programs compute it from the address, and it can be computed back.
    Foundation,
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

    /// A moment without addresses.
    pub fn moment(&mut self, moment: Moment) -> Moment {
        let event = match moment.event {
            RecordEvent::Call(event) => RecordEvent::Call(self.call(event)),
            RecordEvent::Statistics(mut sample) => {
                sample.path = sample.path.map(|path| self.path(path));
                RecordEvent::Statistics(sample)
            }
            event @ (RecordEvent::File(_) | RecordEvent::LeftOut(_)) => event,
        };
        Moment { event, ..moment }
    }

    fn call(&mut self, event: CallEvent) -> CallEvent {
        match event {
            CallEvent::StepDone(step, artefact) => {
                let artefact = match artefact {
                    // What step 0 opened has a name, and often the name of a person in it.
                    Artefact::Text(_) if step.number == 0 => Artefact::Text(ROOM.to_owned()),
                    Artefact::Text(text) => Artefact::Text(self.free(&text)),
                    Artefact::Description(SessionDescription { sdp_type, sdp }) => {
                        Artefact::Description(SessionDescription { sdp_type, sdp: self.sdp(&sdp) })
                    }
                    Artefact::Path(path) => Artefact::Path(path.map(|path| self.path(path))),
                    Artefact::None => Artefact::None,
                };
                CallEvent::StepDone(step, artefact)
            }
            CallEvent::LocalCandidate(candidate) => {
                CallEvent::LocalCandidate(candidate.map(|line| self.candidate(line)))
            }
            CallEvent::RemoteCandidate(candidate) => {
                CallEvent::RemoteCandidate(candidate.map(|line| self.candidate(line)))
            }
            CallEvent::ChatNotSent(text, reason) => CallEvent::ChatNotSent(text, self.free(&reason)),
            CallEvent::SignalingLost(reason) => CallEvent::SignalingLost(self.free(&reason)),
            CallEvent::Ended(EndReason::Failed(text)) => CallEvent::Ended(EndReason::Failed(self.free(&text))),
            event => event,
        }
    }

    fn path(&mut self, path: CandidatePair) -> CandidatePair {
        let mut end = |end: String| {
            let (before, address) = end.rsplit_once(' ').unwrap_or(("", &end));
            let (address, port) = address.rsplit_once(':').unwrap_or((address, "0"));
            let address = self.address(address.trim_start_matches('[').trim_end_matches(']'));
            format!("{} {address}:{port}", self.free(before))
        };
        CandidatePair { local: end(path.local), remote: end(path.remote) }
    }

    fn candidate(&mut self, candidate: IceCandidate) -> IceCandidate {
        IceCandidate {
            candidate: self.candidate_line(&candidate.candidate),
            sdp_mid: candidate.sdp_mid,
            sdp_m_line_index: candidate.sdp_m_line_index,
            username_fragment: candidate.username_fragment.map(|ufrag| self.ufrag(&ufrag)),
        }
    }

    /// `candidate:<foundation> <component> <protocol> <priority> <address> <port> typ <type> raddr <address> ...`
    fn candidate_line(&mut self, line: &str) -> String {
        let mut before = "";
        let words = line.split_ascii_whitespace().enumerate().map(|(index, word)| {
            let masked = match (index, before) {
                (0, _) => match word.split_once("candidate:") {
                    Some((prefix, foundation)) => {
                        let number = self.number(Kind::Foundation, foundation);
                        format!("{prefix}candidate:{number}")
                    }
                    None => self.free(word),
                },
                (4, _) | (_, "raddr") => self.address(word),
                (_, "ufrag") => self.ufrag(word),
                _ => self.free(word),
            };
            before = word;
            masked
        });
        words.collect::<Vec<_>>().join(" ")
    }

    fn sdp(&mut self, sdp: &str) -> String {
        sdp.split_inclusive('\n')
            .map(|line| {
                let content = line.trim_end_matches(['\r', '\n']);
                self.sdp_line(content) + &line[content.len()..]
            })
            .collect()
    }

    fn sdp_line(&mut self, line: &str) -> String {
        if line.starts_with("a=candidate:") {
            return self.candidate_line(line);
        }
        let separator = line.find(if line.starts_with("a=") { ':' } else { '=' });
        let Some(at) = separator else { return self.addresses(line) };
        let (name, value) = line.split_at(at + 1);
        let value = match name {
            "a=ice-ufrag:" => self.ufrag(value),
            "a=ice-pwd:" => format!("password{:014}", self.number(Kind::Password, value)),
            "a=fingerprint:" => {
                let (hash, digest) = value.split_once(' ').unwrap_or((value, ""));
                let number = self.number(Kind::Fingerprint, digest);
                let zeros = "00:".repeat(digest.split(':').count().saturating_sub(2));
                format!("{hash} {zeros}{:02X}:{:02X}", number / 256 % 256, number % 256)
            }
            // Free texts and ways to reach a person; a call has none of them.
            "s=" | "i=" | "u=" | "e=" | "p=" => "-".to_owned(),
            _ => {
                let mut before = "";
                let words = value.split(' ').enumerate().map(|(index, word)| {
                    let masked = match (name, index, before) {
                        // The name under which somebody has logged in. Firefox says here that it is Firefox.
                        ("o=", 0, _) if !word.starts_with("mozilla") => "-".to_owned(),
                        (_, _, "IP4" | "IP6") => self.address(word),
                        _ => self.addresses(word),
                    };
                    before = word;
                    masked
                });
                words.collect::<Vec<_>>().join(" ")
            }
        };
        [name, &value].concat()
    }

    fn ufrag(&mut self, ufrag: &str) -> String {
        format!("ufrag{}", self.number(Kind::Ufrag, ufrag))
    }

    /// A word that is an address, or the name of a machine.
    fn address(&mut self, word: &str) -> String {
        if is_v4(word) || is_v6(word) {
            self.ip(word)
        } else if word.to_ascii_lowercase().ends_with(".local") {
            self.local(word)
        } else if word.contains(is_of_word) {
            self.server(word)
        } else {
            word.to_owned()
        }
    }

    fn ip(&mut self, address: &str) -> String {
        if address.starts_with("127.") || ["::1", "0.0.0.0", "::"].contains(&address) {
            return address.to_owned();
        }
        if address.contains(':') {
            return match self.number(Kind::V6, address) {
                number @ ..0x1_0000 => format!("2001:db8::{number:x}"),
                number => format!("2001:db8::{:x}:{:x}", number >> 16, number & 0xffff),
            };
        }
        match self.number(Kind::V4, address) {
            number @ ..255 => format!("192.0.2.{number}"),
            // More than a call has: 198.18.0.0/15 is for measurements (RFC 2544).
            number => format!("198.{}.{}.{}", 18 + (number >> 16 & 1), number >> 8 & 255, number & 255),
        }
    }

    fn local(&mut self, name: &str) -> String {
        format!("host-{}.local", self.number(Kind::Local, name))
    }

    fn server(&mut self, name: &str) -> String {
        if name.eq_ignore_ascii_case("localhost") {
            return name.to_owned();
        }
        format!("server-{}.example", self.number(Kind::Server, name))
    }

    /// A text that somebody wrote: without the room, without servers, without addresses.
    fn free(&mut self, text: &str) -> String {
        let text = self.without_room(text);
        let text = self.without_servers(&text);
        self.addresses(&text)
    }

    /// `https://<host>`, `turn:<host>` and `<host>:<port>`.
    fn without_servers(&mut self, text: &str) -> String {
        let mut after_slashes = false;
        let mut masked = String::new();
        for run in runs(text, |letter| is_of_word(letter) || ".-_:".contains(letter)) {
            let pieces: Vec<_> = run.split(':').collect();
            for (index, piece) in pieces.iter().enumerate() {
                let previous = index.checked_sub(1).map_or("", |index| pieces[index]);
                let port = pieces.get(index + 1).is_some_and(|next| is_number(next));
                let has_letters = piece.contains(|letter: char| is_of_word(letter) && !letter.is_ascii_digit());
                let is_host = (index == 0 && after_slashes)
                    || ["stun", "stuns", "turn", "turns"].contains(&previous)
                    || (port && piece.contains('.'));
                if index > 0 {
                    masked.push(':');
                }
                match is_host && has_letters {
                    true if !is_v4(piece) && !piece.ends_with(".local") => {
                        masked += &self.server(piece);
                    }
                    _ => masked += piece,
                }
            }
            after_slashes = masked.ends_with("://");
        }
        masked
    }

    /// Every address that stands in a text. First the names, then the long addresses: they contain what looks like others.
    fn addresses(&mut self, text: &str) -> String {
        let mut masked = String::new();
        for run in runs(text, |letter| is_of_word(letter) || ".-_".contains(letter)) {
            let name = run.trim_matches('.');
            match name.to_ascii_lowercase().ends_with(".local") {
                true => masked += &run.replace(name, &self.local(name)),
                false => masked += run,
            }
        }
        let (text, mut masked) = (masked, String::new());
        for run in runs(&text, |letter| letter.is_ascii_hexdigit() || ".:".contains(letter)) {
            masked += &self.long_address(run).unwrap_or_else(|| self.short_address(run));
        }
        masked
    }

    /// An IPv6 address, with or without a port or a colon behind it.
    fn long_address(&mut self, run: &str) -> Option<String> {
        if run.matches(':').count() < 2 {
            return None;
        }
        let core = run.trim_matches('.');
        let without_port = core.rsplit_once(':').map(|(address, _)| address);
        for core in [Some(core), core.strip_suffix(':'), core.strip_prefix(':'), without_port].into_iter().flatten() {
            if is_v6(core) {
                return Some(run.replacen(core, &self.ip(core), 1));
            }
        }
        None
    }

    /// IPv4 addresses.
    fn short_address(&mut self, text: &str) -> String {
        let mut masked = String::new();
        for run in runs(text, |letter| letter.is_ascii_digit() || letter == '.') {
            let core = run.trim_matches('.');
            match is_v4(core) {
                true => masked += &run.replacen(core, &self.ip(core), 1),
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

    /// The number of this original: the first one of its kind is 1. Upper and lower case are the same.
    fn number(&mut self, kind: Kind, original: &str) -> usize {
        let key = format!("{} {}", kind as usize, original.to_ascii_lowercase());
        let count = &mut self.counts[kind as usize];
        *self.numbers.entry(key).or_insert_with(|| {
            *count += 1;
            *count
        })
    }
}

impl SavedCall {
    /// The same record without the name of the room and without addresses.
    pub fn masked(self) -> Self {
        let mut mask = Mask::new(self.head.room.as_deref().unwrap_or_default());
        let head = mask.head(self.head);
        let moments = self.moments.into_iter().map(|moment| mask.moment(moment)).collect();
        Self { head, moments, ..self }
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit())
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
