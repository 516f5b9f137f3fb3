//! By which names and addresses other machines of the local network reach this one.

use std::net::{IpAddr, SocketAddr, UdpSocket};

use if_addrs::{Interface, get_if_addrs};

/// Names and addresses, as a certificate lists them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// `localhost`, the name of the machine, and that name in `.local` (multicast DNS, RFC 6762).
    pub hosts: Vec<String>,
    /// Loopback, and the addresses of the machine.
    pub addresses: Vec<IpAddr>,
}

impl Names {
    /// Those of this machine.
    pub fn of_this_machine() -> Self {
        let mut hosts = vec!["localhost".to_owned()];
        if let Some(host) = host_name() {
            let first = host.split('.').next().unwrap_or_default();
            hosts.push(format!("{first}.local"));
            hosts.push(host);
        }
        hosts.dedup();
        Self { hosts, addresses: addresses() }
    }
}

/// The name of this machine in lower case, if it is one that can stand in a certificate.
pub(super) fn host_name() -> Option<String> {
    let name = rustix::system::uname().nodename().to_string_lossy().to_lowercase();
    let is_label = |label: &str| {
        (1..=63).contains(&label.len()) && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    (name != "localhost" && name.split('.').all(is_label)).then_some(name)
}

/// The addresses of all networks that are up and running. The one that reaches most comes first; loopback comes last.
fn addresses() -> Vec<IpAddr> {
    // An error says that the system does not tell. Loopback is always there.
    let interfaces = get_if_addrs().unwrap_or_default();
    let mut addresses: Vec<IpAddr> = interfaces.iter().filter(|one| one.is_oper_up()).map(Interface::ip).collect();
    addresses.extend(["127.0.0.1", "::1"].map(|loopback| loopback.parse::<IpAddr>().expect("an address")));
    let reaches_most = address_of_the_default_route();
    addresses.sort_by_key(|address| (address.is_loopback(), Some(*address) != reaches_most, address.is_ipv6()));
    let mut seen = std::collections::HashSet::new();
    addresses.retain(|address| seen.insert(*address));
    addresses
}

/// The address that this machine uses towards the internet: a laptop has others, of containers and virtual machines.
///
/// A UDP socket that is connected sends nothing. The system only chooses where it would send from. The address is one for
/// documentation (RFC 5737): any that is not local would do.
fn address_of_the_default_route() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    socket.local_addr().map(|address: SocketAddr| address.ip()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_known_by_loopback_and_by_what_it_has() {
        let names = Names::of_this_machine();
        assert_eq!(names.hosts[0], "localhost");
        for loopback in ["127.0.0.1", "::1"] {
            assert!(names.addresses.contains(&loopback.parse().unwrap()), "{names:?}");
        }
        let last_outside = names.addresses.iter().rposition(|address| !address.is_loopback());
        let first_loopback = names.addresses.iter().position(IpAddr::is_loopback).unwrap();
        assert!(last_outside.is_none_or(|last| last < first_loopback), "{names:?}");
    }
}
