//! A candidate line, taken apart: one address at which a side can perhaps be reached.

use crate::text::Text;
use crate::text::candidate as notes;

/// How an address was found ([`RTCIceCandidateType`](https://www.w3.org/TR/webrtc/#rtcicecandidatetype-enum)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An address of the machine itself.
    Host,
    /// Server reflexive: what a STUN server saw.
    Srflx,
    /// Peer reflexive: what the other side saw.
    Prflx,
    /// An address that a TURN server lends.
    Relay,
}

impl Kind {
    /// The word in the candidate line.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Host => "host",
            Kind::Srflx => "srflx",
            Kind::Prflx => "prflx",
            Kind::Relay => "relay",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Kind::Host, Kind::Srflx, Kind::Prflx, Kind::Relay].into_iter().find(|kind| kind.as_str() == word)
    }
}

/// What carries the packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// The rule.
    Udp,
    /// Where UDP is blocked (RFC 6544).
    Tcp,
}

impl Protocol {
    /// The name in lower case, as the W3C writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Protocol::Udp => "udp",
            Protocol::Tcp => "tcp",
        }
    }
}

/// The side that opens a TCP connection (RFC 6544).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TcpType {
    /// This side connects.
    Active,
    /// This side waits to be connected to.
    Passive,
    /// Both connect at the same moment (simultaneous open).
    So,
}

/// One candidate (RFC 8839, section 5.1). Borrows from the line it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate<'a> {
    /// Candidates that share it are alike enough to be tried together.
    pub foundation: &'a str,
    /// 1 for RTP, and with `rtcp-mux` for everything; 2 for RTCP.
    pub component: u16,
    /// UDP or TCP.
    pub protocol: Protocol,
    /// Higher is tried first (RFC 8445, section 5.1.2).
    pub priority: u32,
    /// An IPv4 or IPv6 address, or an mDNS name.
    pub address: &'a str,
    /// The port. TCP candidates that connect by themselves say 9.
    pub port: u16,
    /// How it was found.
    pub kind: Kind,
    /// The own address behind it, where it is not hidden.
    pub related: Option<(&'a str, u16)>,
    /// For TCP.
    pub tcp_type: Option<TcpType>,
}

impl<'a> Candidate<'a> {
    /// Reads a candidate line, with or without the `a=` that it has in a description. `None` when it is none.
    pub fn parse(line: &'a str) -> Option<Self> {
        let line = line.trim();
        let line = line.strip_prefix("a=").unwrap_or(line).strip_prefix("candidate:")?;
        let mut words = line.split_ascii_whitespace();
        let foundation = words.next()?;
        let component = words.next()?.parse().ok()?;
        let protocol = match words.next()? {
            word if word.eq_ignore_ascii_case("udp") => Protocol::Udp,
            word if word.eq_ignore_ascii_case("tcp") => Protocol::Tcp,
            _ => return None,
        };
        let priority = words.next()?.parse().ok()?;
        let (address, port) = (words.next()?, words.next()?.parse().ok()?);
        if words.next()? != "typ" {
            return None;
        }
        let kind = Kind::from_word(words.next()?)?;

        // The rest are pairs of name and value, in any order; unknown ones (`generation 0`) are allowed.
        let (mut related_address, mut related_port, mut tcp_type) = (None, None, None);
        while let (Some(name), Some(value)) = (words.next(), words.next()) {
            match (name, value) {
                ("raddr", address) => related_address = Some(address),
                ("rport", port) => related_port = port.parse().ok(),
                ("tcptype", "active") => tcp_type = Some(TcpType::Active),
                ("tcptype", "passive") => tcp_type = Some(TcpType::Passive),
                ("tcptype", "so") => tcp_type = Some(TcpType::So),
                _ => {}
            }
        }
        let related = related_address.zip(related_port);
        Some(Self { foundation, component, protocol, priority, address, port, kind, related, tcp_type })
    }

    /// Whether the address is hidden behind a random name that only the own network can resolve.
    pub fn is_mdns(&self) -> bool {
        self.address.ends_with(".local")
    }

    /// Whether only programs of the same machine can reach it.
    pub fn is_loopback(&self) -> bool {
        self.address.starts_with("127.") || self.address == "::1"
    }

    /// What the address is, in one sentence or two.
    pub fn meaning(&self) -> Text {
        match self.kind {
            Kind::Host if self.is_mdns() => notes::MDNS,
            Kind::Host if self.is_loopback() => notes::LOOPBACK,
            Kind::Host => notes::HOST,
            Kind::Srflx => notes::SRFLX,
            Kind::Prflx => notes::PRFLX,
            Kind::Relay => notes::RELAY,
        }
    }

    /// What TCP adds to that; `None` for UDP.
    pub fn tcp_meaning(&self) -> Option<Text> {
        let meaning = match (self.protocol, self.tcp_type) {
            (Protocol::Udp, _) => return None,
            (Protocol::Tcp, Some(TcpType::Active)) => notes::TCP_ACTIVE,
            (Protocol::Tcp, Some(TcpType::Passive)) => notes::TCP_PASSIVE,
            (Protocol::Tcp, Some(TcpType::So)) => notes::TCP_SIMULTANEOUS,
            (Protocol::Tcp, None) => notes::TCP,
        };
        Some(meaning)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_is_taken_apart_with_and_without_its_attribute_prefix() {
        let line = "candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 192.168.0.5 rport 50000 \
                    generation 0 ufrag EsAw network-cost 999";
        let expected = Candidate {
            foundation: "842163049",
            component: 1,
            protocol: Protocol::Udp,
            priority: 1_677_729_535,
            address: "203.0.113.7",
            port: 46154,
            kind: Kind::Srflx,
            related: Some(("192.168.0.5", 50000)),
            tcp_type: None,
        };
        assert_eq!(Candidate::parse(line), Some(expected));
        assert_eq!(Candidate::parse(&format!("a={line}\r\n")), Some(expected));
    }

    #[test]
    fn ipv6_and_upper_case_are_read() {
        let candidate = Candidate::parse("candidate:1 1 UDP 2122262783 2001:db8::5 50001 typ host").unwrap();
        assert_eq!((candidate.address, candidate.port, candidate.protocol), ("2001:db8::5", 50001, Protocol::Udp));
        assert!(!candidate.is_loopback());
        let own = Candidate::parse("candidate:1 1 udp 2122262783 ::1 50001 typ host").unwrap();
        assert!(own.is_loopback());
    }

    #[test]
    fn every_kind_of_address_has_a_meaning_of_its_own_in_both_languages() {
        let meanings = [
            "192.168.0.5 50000 typ host",
            "f7b1a6d2-5d2e-4c0e-9b5a-1d6a0c2f3e4b.local 50000 typ host",
            "127.0.0.1 50000 typ host",
            "203.0.113.7 50000 typ srflx raddr 0.0.0.0 rport 0",
            "203.0.113.7 50000 typ prflx",
            "198.51.100.2 50000 typ relay",
        ]
        .map(|rest| {
            let line = format!("candidate:1 1 udp 1 {rest}");
            Candidate::parse(&line).unwrap_or_else(|| panic!("not read: {line}")).meaning()
        });
        for (index, meaning) in meanings.iter().enumerate() {
            assert!(!meaning.en.is_empty() && !meaning.ko.is_empty());
            assert!(!meanings[..index].contains(meaning), "{}", meaning.en);
        }
    }

    #[test]
    fn tcp_says_who_connects() {
        let meaning = |line| Candidate::parse(line).unwrap().tcp_meaning().map(|text| text.en);
        let active =
            meaning("candidate:1 1 tcp 1518280447 192.168.0.5 9 typ host tcptype active generation 0").unwrap();
        let passive = meaning("candidate:1 1 tcp 1518280447 192.168.0.5 4443 typ host tcptype passive").unwrap();
        assert!(active.contains("opens") && passive.contains("waits"), "{active} {passive}");
        assert_eq!(meaning("candidate:1 1 udp 1 192.168.0.5 9 typ host"), None);
    }

    #[test]
    fn what_is_no_candidate_is_none() {
        for line in [
            "",
            "candidate:",
            "candidate:1 1 udp",
            "candidate:1 1 udp 1 192.168.0.5 70000 typ host",
            "candidate:1 1 udp 1 192.168.0.5 5000 host typ",
            "candidate:1 1 udp 1 192.168.0.5 5000 typ friend",
            "candidate:1 1 sctp 1 192.168.0.5 5000 typ host",
            "candidate:1 1 udp -1 192.168.0.5 5000 typ host",
            "a=end-of-candidates",
        ] {
            assert_eq!(Candidate::parse(line), None, "{line}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(line in "(a=)?(candidate:)?[a-z0-9 :.]{0,80}", any in any::<String>()) {
            for line in [line, any] {
                if let Some(candidate) = Candidate::parse(&line) {
                    let _ = (candidate.meaning(), candidate.tcp_meaning());
                }
            }
        }
    }
}
