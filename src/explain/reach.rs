//! Whether a STUN or TURN server is of use to this browser: what follows from the events of a peer connection that has only
//! this one server.

use super::candidate::{Candidate, Kind};
use crate::text::Text;
use crate::text::page as texts;

/// What was found out about a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It gave us a candidate of this kind, at this address.
    Fine(Kind, String),
    /// It answered, and its candidate is the address of the machine itself: browsers leave that out.
    Answered,
    /// 401: it does not accept name and password, or they have expired.
    WrongPassword,
    /// It refuses, with this code of STUN or TURN.
    Refused(u16),
    /// No answer, or no such host.
    Silent,
    /// No candidate came of it, and this browser does not say why.
    Unknown,
    /// The browser cannot make a peer connection with it. It says why.
    Unusable(String),
}

impl Verdict {
    /// For programs and style sheets.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Fine(..) | Self::Answered => "fine",
            Self::WrongPassword => "credentials",
            Self::Refused(_) => "refused",
            Self::Silent => "unreachable",
            Self::Unknown => "unknown",
            Self::Unusable(_) => "unusable",
        }
    }

    /// What a person reads, and what stands in its place.
    pub fn text(&self) -> (Text, String) {
        match self {
            Self::Fine(kind, address) => (texts::TEST_FINE, format!("{} {address}", kind.as_str())),
            Self::Answered => (texts::TEST_ANSWERED, String::new()),
            Self::WrongPassword => (texts::TEST_WRONG_PASSWORD, String::new()),
            Self::Refused(code) => (texts::TEST_REFUSED, code.to_string()),
            Self::Silent => (texts::TEST_SILENT, String::new()),
            Self::Unknown => (texts::TEST_UNKNOWN, String::new()),
            Self::Unusable(reason) => (texts::TEST_UNUSABLE, reason.clone()),
        }
    }
}

/// What has happened so far, while the candidates are gathered.
#[derive(Debug)]
pub struct Gathering {
    tells_errors: bool,
    is_turn: bool,
    has_host: bool,
    error: Option<u16>,
}

impl Gathering {
    /// For a server that is to relay (TURN) or not (STUN), in a browser that has the event `icecandidateerror`, as Chromium
    /// has, or not.
    pub fn new(is_turn: bool, tells_errors: bool) -> Self {
        Self { tells_errors, is_turn, has_host: false, error: None }
    }

    /// An `icecandidate` event with this candidate line. The verdict, if it says all.
    pub fn on_candidate(&mut self, line: &str) -> Option<Verdict> {
        let candidate = Candidate::parse(line)?;
        self.has_host |= candidate.kind == Kind::Host;
        let wanted = if self.is_turn { Kind::Relay } else { Kind::Srflx };
        // An IPv6 address has colons of its own.
        let colon = candidate.address.contains(':');
        let (open, close) = if colon { ("[", "]") } else { ("", "") };
        (candidate.kind == wanted)
            .then(|| Verdict::Fine(wanted, format!("{open}{}{close}:{}", candidate.address, candidate.port)))
    }

    /// An `icecandidateerror` event: a code of STUN from 300 to 699, or 701 for no answer
    /// ([W3C](https://www.w3.org/TR/webrtc/#rtcpeerconnectioniceerrorevent)). The server is asked from each network of the
    /// machine, and 701 may come from one that does not lead there: another one can still bring a candidate.
    pub fn on_error(&mut self, code: u16) -> Option<Verdict> {
        let is_answer = (300..700).contains(&code);
        self.error = Some(if is_answer { code } else { self.error.unwrap_or(code) });
        is_answer.then(|| self.at_the_end(false))
    }

    /// The gathering is complete, or it has taken too long: then a server that answers would have done so.
    pub fn at_the_end(&self, is_complete: bool) -> Verdict {
        match self.error {
            Some(401) => Verdict::WrongPassword,
            Some(code @ 300..700) => Verdict::Refused(code),
            Some(_) => Verdict::Silent,
            None if !is_complete || self.is_turn && self.tells_errors => Verdict::Silent,
            // Chromium is not complete before the server has answered or an error was told. An answer that brings no new
            // address, beside one of the machine itself, is that same address.
            None if self.tells_errors && self.has_host => Verdict::Answered,
            None => Verdict::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "candidate:1 1 udp 2122260223 192.168.0.2 57245 typ host";
    const SRFLX: &str = "candidate:2 1 udp 1677729535 203.0.113.5 38836 typ srflx raddr 0.0.0.0 rport 0";
    const RELAY: &str = "candidate:3 1 udp 50339839 2001:db8::7 49670 typ relay raddr 0.0.0.0 rport 0";

    fn chromium(is_turn: bool) -> Gathering {
        Gathering::new(is_turn, true)
    }

    #[test]
    fn the_candidate_that_the_server_is_for_says_all() {
        let mut stun = chromium(false);
        assert_eq!(stun.on_candidate(HOST), None);
        assert_eq!(stun.on_error(701), None, "another network may lead there");
        assert_eq!(stun.on_candidate(SRFLX), Some(Verdict::Fine(Kind::Srflx, "203.0.113.5:38836".to_owned())));
        let mut turn = chromium(true);
        assert_eq!(turn.on_candidate(SRFLX), None);
        assert_eq!(turn.on_candidate(RELAY), Some(Verdict::Fine(Kind::Relay, "[2001:db8::7]:49670".to_owned())));
    }

    #[test]
    fn a_refusal_says_all_and_a_lost_packet_waits_for_the_end() {
        let mut turn = chromium(true);
        assert_eq!(turn.on_error(701), None);
        assert_eq!(turn.at_the_end(true), Verdict::Silent);
        assert_eq!(turn.on_error(401), Some(Verdict::WrongPassword));
        assert_eq!(chromium(true).on_error(486), Some(Verdict::Refused(486)));
    }

    #[test]
    fn without_a_new_address_a_complete_gathering_is_an_answer_only_where_errors_are_told() {
        let mut stun = chromium(false);
        assert_eq!(stun.at_the_end(true), Verdict::Unknown, "without a network nobody was asked");
        stun.on_candidate(HOST);
        assert_eq!(stun.at_the_end(true), Verdict::Answered);
        assert_eq!(stun.at_the_end(false), Verdict::Silent);
        let mut other = Gathering::new(false, false);
        other.on_candidate(HOST);
        assert_eq!(other.at_the_end(true), Verdict::Unknown);
    }
}
