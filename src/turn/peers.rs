//! Which addresses the relay sends to, and hears from.
//!
//! A relay stands inside a network and does what people outside tell it. Without rules it is a way in: to the database
//! on loopback, to the router's page, to the addresses with which clouds tell a machine its secrets (169.254.169.254).
//! So it reaches what the whole internet can reach, and nothing else.

use std::collections::HashSet;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// How far an address reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// Everybody can reach it.
    Public,
    /// Only this machine, or its network.
    Private,
    /// It names no single host: a relay has no business there, whatever the options say.
    Nobody,
}

/// Says which peers may be reached.
#[derive(Debug)]
pub(super) struct Peers {
    allow_private: bool,
    /// The addresses of this machine, and the one under which the internet knows it. What listens there trusts that only
    /// this machine, or its network, can reach it.
    own: HashSet<IpAddr>,
    /// The port of the TURN server: it is no peer of itself.
    port: u16,
}

impl Peers {
    /// For a server on this port.
    pub(super) fn new(allow_private: bool, own: HashSet<IpAddr>, port: u16) -> Self {
        Self { allow_private, own, port }
    }

    /// The addresses of this machine have changed, or may have.
    pub(super) fn set_own(&mut self, own: HashSet<IpAddr>) {
        self.own = own;
    }

    /// Whether the relay may send to this peer, and hear from it.
    pub(super) fn may_reach(&self, peer: SocketAddr) -> bool {
        let is_here = self.own.contains(&peer.ip()) || peer.ip().is_loopback();
        let is_the_server = is_here && peer.port() == self.port;
        let scope = match scope(peer.ip()) {
            Scope::Public if is_here => Scope::Private,
            scope => scope,
        };
        let may_reach = match scope {
            Scope::Public => true,
            Scope::Private => self.allow_private,
            Scope::Nobody => false,
        };
        may_reach && !is_the_server && peer.port() != 0
    }
}

/// After the registries of special addresses:
/// <https://www.iana.org/assignments/iana-ipv4-special-registry> and the same for IPv6. What is set aside for
/// documentation and for measurements counts as public.
fn scope(address: IpAddr) -> Scope {
    match address {
        IpAddr::V4(address) => scope_v4(address),
        IpAddr::V6(address) => scope_v6(address),
    }
}

fn scope_v4(address: Ipv4Addr) -> Scope {
    match address.octets() {
        // "This network", multicast, and the last sixteenth with broadcast at its end.
        [0 | 224..=255, ..] => Scope::Nobody,
        // The addresses between a provider and its customers (RFC 6598).
        [100, 64..=127, ..] => Scope::Private,
        _ if address.is_loopback() || address.is_private() || address.is_link_local() => Scope::Private,
        _ => Scope::Public,
    }
}

fn scope_v6(address: Ipv6Addr) -> Scope {
    let embedded = |high: u16, low: u16| scope_v4(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)));
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] => Scope::Private,
        // An IPv4 address written as IPv6, the unspecified address among them. IPv4 has its own way of being asked for.
        [0, 0, 0, 0, 0, 0 | 0xffff, ..] => Scope::Nobody,
        // Addresses that a router turns into IPv4 (RFC 6052, RFC 8215) or carries inside IPv4 (6to4, RFC 3056).
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        [0x64, 0xff9b, ..] => Scope::Private,
        [0x2002, high, low, ..] => embedded(high, low),
        // Unique local, link-local, and what link-local once had beside it (fec0::/10).
        [0xfc00..=0xfdff | 0xfe80..=0xfeff, ..] => Scope::Private,
        [0xff00..=0xffff, ..] => Scope::Nobody,
        _ => Scope::Public,
    }
}

/// The addresses of this machine.
pub(super) fn own_addresses() -> io::Result<HashSet<IpAddr>> {
    Ok(if_addrs::get_if_addrs()?.into_iter().map(|interface| interface.ip()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "192.0.2.7";

    fn peers(allow_private: bool) -> Peers {
        Peers::new(allow_private, HashSet::from([OWN.parse().unwrap()]), 3478)
    }

    /// Address, whether it is reached, whether it is with `allow_private`.
    const TABLE: &[(&str, bool, bool)] = &[
        ("8.8.8.8:53", true, true),
        ("192.0.2.1:4000", true, true),
        ("203.0.113.255:4000", true, true),
        ("[2001:db8::1]:4000", true, true),
        ("[2a00:1450::1]:4000", true, true),
        // Loopback, private, between provider and customer, link-local.
        ("127.0.0.1:80", false, true),
        ("127.255.255.254:80", false, true),
        ("10.0.0.1:80", false, true),
        ("172.16.0.1:80", false, true),
        ("172.31.255.255:80", false, true),
        ("172.32.0.1:80", true, true),
        ("192.168.1.1:80", false, true),
        ("100.64.0.1:80", false, true),
        ("100.127.255.255:80", false, true),
        ("100.128.0.1:80", true, true),
        ("169.254.169.254:80", false, true),
        ("[::1]:80", false, true),
        ("[fe80::1]:80", false, true),
        ("[fec0::1]:80", false, true),
        ("[fc00::1]:80", false, true),
        ("[fdff::1]:80", false, true),
        // No single host.
        ("0.0.0.0:80", false, false),
        ("0.1.2.3:80", false, false),
        ("224.0.0.1:80", false, false),
        ("239.255.255.250:1900", false, false),
        ("240.0.0.1:80", false, false),
        ("255.255.255.255:80", false, false),
        ("[::]:80", false, false),
        ("[ff02::1]:80", false, false),
        ("8.8.8.8:0", false, false),
        // IPv4 inside IPv6.
        ("[::ffff:127.0.0.1]:80", false, false),
        ("[::ffff:10.0.0.1]:80", false, false),
        ("[::ffff:8.8.8.8]:80", false, false),
        ("[::127.0.0.1]:80", false, false),
        ("[64:ff9b::a00:1]:80", false, true),
        ("[64:ff9b::808:808]:80", true, true),
        ("[64:ff9b:1::808:808]:80", false, true),
        ("[2002:a00:1::1]:80", false, true),
        ("[2002:e000:1::1]:80", false, false),
        ("[2002:808:808::1]:80", true, true),
        // This machine, and the server itself.
        ("192.0.2.7:80", false, true),
        ("192.0.2.7:3478", false, false),
        ("127.0.0.1:3478", false, false),
        ("192.0.2.1:3478", true, true),
    ];

    #[test]
    fn a_relay_reaches_what_everybody_reaches() {
        for (peer, expected, when_private) in TABLE {
            let peer = peer.parse().unwrap();
            assert_eq!(peers(false).may_reach(peer), *expected, "{peer}");
            assert_eq!(peers(true).may_reach(peer), *when_private, "{peer} with allow_private");
        }
    }

    #[test]
    fn the_addresses_of_this_machine_are_known() {
        let own = own_addresses().expect("the system tells them");
        assert!(own.iter().any(IpAddr::is_loopback), "{own:?}");
    }
}
