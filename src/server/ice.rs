//! Which STUN and TURN servers the members of a room are told.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use shared::IceServer;

use crate::turn::{Credential, Credentials};

/// How long a credential is good for. With fresh ones in each call this bounds how long a relayed call can last.
const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// The STUN and TURN servers of a server. The default has none.
#[derive(Debug, Clone, Default)]
pub struct Ice {
    /// The server that runs beside this one.
    pub own: Option<OwnIce>,
    /// Servers that somebody else runs.
    pub named: Vec<IceServer>,
    /// Mints credentials for those TURN servers of `named` that have none: they share a secret with this one (coturn:
    /// `use-auth-secret`).
    pub minted: Option<Credentials>,
}

/// The STUN and TURN server beside this one, [`TurnServer`](crate::turn::TurnServer).
#[derive(Debug, Clone)]
pub struct OwnIce {
    /// Where it listens.
    pub address: SocketAddr,
    /// Where it is reached from outside, if that is another address.
    pub public: Option<IpAddr>,
    /// Mints what its relay accepts, if it relays.
    pub relay: Option<Credentials>,
}

impl Ice {
    /// What a member of a room may use. `host` is what the client has called this server, and `user` is whose quota counts.
    pub(super) fn for_member(&self, host: Option<&str>, user: &str) -> Vec<IceServer> {
        let mut servers = self.own(host, Some(user));
        servers.extend(self.named.iter().filter_map(|server| match &self.minted {
            Some(minted) if needs_credential(server) => Some(with(server.clone(), minted.mint(user, LIFETIME))),
            _ => (!needs_credential(server)).then(|| server.clone()),
        }));
        servers
    }

    /// What anybody may use: without passwords.
    pub(super) fn for_anyone(&self, host: Option<&str>) -> Vec<IceServer> {
        let mut servers = self.own(host, None);
        servers.extend(self.named.iter().filter(|server| !server.is_turn()).cloned());
        servers
    }

    /// Whether members are told passwords that expire.
    pub(super) fn expires(&self) -> bool {
        self.own.as_ref().is_some_and(|own| own.relay.is_some())
            || self.minted.is_some() && self.named.iter().any(needs_credential)
    }

    fn own(&self, host: Option<&str>, user: Option<&str>) -> Vec<IceServer> {
        let Some((own, place)) = self.own.as_ref().and_then(|own| Some((own, own.place(host)?))) else {
            return Vec::new();
        };
        let mut servers = vec![IceServer::new(format!("stun:{place}"))];
        if let (Some(relay), Some(user)) = (&own.relay, user) {
            let turn = IceServer::new(format!("turn:{place}?transport=udp"));
            servers.push(with(turn, relay.mint(user, LIFETIME)));
        }
        servers
    }
}

impl OwnIce {
    /// Where a client reaches it, as `host:port`. On a wildcard address it is reached where the client has reached us.
    fn place(&self, host: Option<&str>) -> Option<String> {
        let address = self.public.or_else(|| Some(self.address.ip()).filter(|ip| !ip.is_unspecified()));
        let host = match (address, host) {
            (Some(IpAddr::V6(address)), _) => format!("[{address}]"),
            (Some(IpAddr::V4(address)), _) => address.to_string(),
            // The name can be that of an IPv6 address as well, at which nobody listens.
            (None, Some("localhost") | None) => Ipv4Addr::LOCALHOST.to_string(),
            (None, Some(host)) => host.to_owned(),
        };
        // What a client calls us is put into a URL only if it fits there.
        let place = format!("{host}:{}", self.address.port());
        format!("stun:{place}").parse::<IceServer>().is_ok().then_some(place)
    }
}

fn needs_credential(server: &IceServer) -> bool {
    server.is_turn() && server.credential.is_empty()
}

fn with(server: IceServer, Credential { username, password, .. }: Credential) -> IceServer {
    IceServer { username, credential: password, ..server }
}

/// The host in the `Host` of a request, without its port (RFC 9110, section 7.2).
pub(super) fn host_of(header: &str) -> &str {
    match header.rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|digit| digit.is_ascii_digit()) => host,
        _ => header,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(address: &str) -> Ice {
        let relay = Some(Credentials::new(Some(b"secret".to_vec())));
        Ice { own: Some(OwnIce { address: address.parse().unwrap(), public: None, relay }), ..Ice::default() }
    }

    fn urls(servers: &[IceServer]) -> Vec<&str> {
        servers.iter().flat_map(|server| &server.urls).map(String::as_str).collect()
    }

    #[test]
    fn the_own_server_is_reached_where_the_client_has_reached_this_one() {
        for (address, host, place) in [
            ("127.0.0.1:3478", Some("localhost"), "127.0.0.1:3478"),
            ("0.0.0.0:3478", Some("localhost"), "127.0.0.1:3478"),
            ("0.0.0.0:3479", Some("192.0.2.7"), "192.0.2.7:3479"),
            ("0.0.0.0:3478", Some("call.example.org"), "call.example.org:3478"),
            ("[::]:3478", Some("[2001:db8::7]"), "[2001:db8::7]:3478"),
            ("[2001:db8::7]:3478", Some("call.example.org"), "[2001:db8::7]:3478"),
        ] {
            let servers = own(address).for_member(host, "ann");
            assert_eq!(urls(&servers), [format!("stun:{place}"), format!("turn:{place}?transport=udp")]);
        }
        assert_eq!(urls(&own("0.0.0.0:3478").for_member(Some("a b\"c"), "ann")), [""; 0]);
        let mut behind_nat = own("0.0.0.0:3478");
        behind_nat.own.as_mut().unwrap().public = Some("203.0.113.9".parse().unwrap());
        assert_eq!(urls(&behind_nat.for_anyone(Some("10.0.0.1"))), ["stun:203.0.113.9:3478"]);
    }

    #[test]
    fn only_a_member_gets_a_password_and_it_is_its_own() {
        let ice = Ice {
            named: ["stun:a", "turn:b", "turn:ann:pw@c"].map(|url| url.parse().unwrap()).into(),
            minted: Some(Credentials::new(Some(b"shared".to_vec()))),
            ..own("127.0.0.1:3478")
        };
        assert!(ice.for_anyone(None).iter().all(|server| server.credential.is_empty() && !server.is_turn()));
        let (ann, bob) = (ice.for_member(None, "ann"), ice.for_member(None, "bob"));
        assert_eq!(ann.len(), 5);
        assert!(ann.iter().all(|server| !needs_credential(server)));
        assert_ne!(ann[1].credential, bob[1].credential);
        assert_ne!(ann[1].credential, ann[3].credential, "each server has its own secret");
        assert_eq!(ann[4].username, "ann");
        assert!(ice.expires());
        // Without the secret a server that wants a password is of no use.
        let without = Ice { minted: None, own: None, ..ice };
        assert_eq!(urls(&without.for_member(None, "ann")), ["stun:a", "turn:c"]);
        assert!(!without.expires());
    }

    #[test]
    fn the_port_of_a_host_is_cut_off() {
        for (header, host) in [
            ("localhost:3000", "localhost"),
            ("[::1]:3000", "[::1]"),
            ("[::1]", "[::1]"),
            ("example.org", "example.org"),
        ] {
            assert_eq!(host_of(header), host);
        }
    }
}
