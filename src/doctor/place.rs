//! Where a server is: what stands in its URL, and the addresses behind the name.

use std::net::{SocketAddr, ToSocketAddrs};

use shared::ice_server::{IceUrl, Transport};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::finding::{Finding, PATIENCE};

/// How many addresses of one name are asked.
pub(super) const MOST_ADDRESSES: usize = 4;

/// A server that can be asked from here.
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
        let IceUrl { is_turn, host, port, transport } = url.parse().map_err(Finding::NoUrl)?;
        match transport {
            Transport::Udp => Ok(Self { is_turn, host, port }),
            Transport::Tcp | Transport::Tls => Err(Finding::NotOverUdp),
        }
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
    fn what_cannot_be_asked_is_told_apart_from_what_is_no_url() {
        for url in ["stuns:host", "turns:host:5349", "turn:host?transport=tcp", "turns:host?transport=udp"] {
            assert_eq!(Place::read(url), Err(Finding::NotOverUdp), "{url}");
        }
        assert_eq!(Place::read("http://host"), Err(Finding::NoUrl(IceUrlError::Scheme)));
        assert_eq!(Place::read("stun:host:0"), Err(Finding::NoUrl(IceUrlError::Port)));
    }
}
