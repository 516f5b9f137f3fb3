//! Where a server is: what stands in its URL (RFC 7064, RFC 7065), and the addresses behind the name.

use std::net::{SocketAddr, ToSocketAddrs};

use shared::IceServer;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::finding::{Finding, PATIENCE};
use crate::turn::PORT;

/// How many addresses of one name are asked.
pub(super) const MOST_ADDRESSES: usize = 4;

/// What stands in a URL.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// It is to relay.
    pub(super) is_turn: bool,
    host: String,
    port: u16,
}

impl Place {
    /// Reads a URL. What cannot be asked from here is a finding.
    pub(super) fn read(url: &str) -> Result<Self, Finding> {
        url.parse::<IceServer>().map_err(Finding::NoUrl)?;
        let (scheme, place) = url.split_once(':').expect("a URL was read");
        let (address, query) = place.split_once('?').unwrap_or((place, ""));
        if scheme.ends_with('s') || query.ends_with("tcp") {
            return Err(Finding::NotOverUdp);
        }
        // The colons of an IPv6 address stand in brackets.
        let (host, port) = match address.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().expect("a URL was read")),
            _ => (address, PORT),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        Ok(Self { is_turn: scheme == "turn", host, port })
    }

    /// The addresses behind the name.
    pub(super) async fn resolve(&self) -> Result<Vec<SocketAddr>, Finding> {
        let (place, (sender, answer)) = ((self.host.clone(), self.port), oneshot::channel());
        // A thread of its own: the system can take long, nobody can call it off, and tokio would wait for it at the end.
        std::thread::spawn(move || sender.send(place.to_socket_addrs().map(Vec::from_iter)));
        match timeout(PATIENCE, answer).await {
            Ok(Ok(Ok(addresses))) => Ok(addresses),
            Ok(Ok(Err(error))) => Err(Finding::NoSuchHost(error.to_string())),
            Ok(Err(_)) | Err(_) => Err(Finding::NoSuchHost(format!("no answer in {} s", PATIENCE.as_secs()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::ice_server::IceUrlError;

    #[test]
    fn a_url_says_where_a_server_is() {
        for (url, is_turn, host, port) in [
            ("stun:host", false, "host", 3478),
            ("stun:192.0.2.7:3479", false, "192.0.2.7", 3479),
            ("turn:host?transport=udp", true, "host", 3478),
            ("turn:[2001:db8::7]:3479?transport=udp", true, "2001:db8::7", 3479),
            ("turn:[2001:db8::7]", true, "2001:db8::7", 3478),
        ] {
            let place = Place { is_turn, host: host.to_owned(), port };
            assert_eq!(Place::read(url), Ok(place), "{url}");
        }
    }

    #[test]
    fn what_cannot_be_asked_is_told_apart_from_what_is_no_url() {
        for url in ["stuns:host", "turns:host:5349", "turn:host?transport=tcp", "turns:host?transport=udp"] {
            assert_eq!(Place::read(url), Err(Finding::NotOverUdp), "{url}");
        }
        assert_eq!(Place::read("http://host"), Err(Finding::NoUrl(IceUrlError::Scheme)));
        assert_eq!(Place::read("stun:host:0"), Err(Finding::NoUrl(IceUrlError::Port)));
    }
}
