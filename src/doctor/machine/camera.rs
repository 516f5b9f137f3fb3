//! From which addresses of this machine may a page use camera and microphone? From a
//! [secure context](https://w3c.github.io/webappsec-secure-contexts/): https, or the machine itself.

use std::net::{IpAddr, SocketAddr};

use super::Machine;
use crate::doctor::said::{Row, Said};
use crate::text::doctor as texts;

/// Chapter 3 alone has a camera.
fn port(machine: &Machine) -> u16 {
    machine.ports[2]
}

/// In a browser on this machine.
pub(super) fn look_here(machine: &Machine) -> Row {
    Row::about(texts::CAMERA, Said::fine(texts::CAMERA_FINE).with(port(machine)))
}

/// On a phone. Nothing is said where there is no network.
pub(super) fn look_at_the_network(machine: &Machine) -> Option<Row> {
    let address = machine.reachable().into_iter().find(IpAddr::is_ipv4)?;
    let said = Said::note((texts::CAMERA_NOT_OVER_LAN, texts::CAMERA_NOT_OVER_LAN_CURE));
    Some(Row::about(texts::CAMERA, said.with(SocketAddr::new(address, port(machine)))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    #[test]
    fn this_machine_may_and_a_phone_needs_https() {
        let folder = tempfile::tempdir().unwrap();
        let mut machine = Machine { ports: [3001, 3002, 3000], ..Machine::made_up(folder.path()) };
        assert!(look_here(&machine).said.text(Language::English).contains("http://localhost:3000 may"));
        machine.addresses = vec!["127.0.0.1".parse().unwrap(), "fe80::1".parse().unwrap()];
        assert_eq!(look_at_the_network(&machine), None);
        machine.addresses.push("192.168.0.7".parse().unwrap());
        let said = look_at_the_network(&machine).expect("there is a network").said.text(Language::English);
        assert!(said.contains("http://192.168.0.7:3000 may not") && said.contains("open https://192.168.0.7:3000"));
    }
}
