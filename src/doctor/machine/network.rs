//! By which addresses do others reach this machine?

use super::Machine;
use crate::doctor::said::{Row, Said};
use crate::text::doctor as texts;

/// More than a person reads.
const MOST: usize = 8;

pub(super) fn look(machine: &Machine) -> Row {
    let addresses: Vec<_> = machine.reachable().iter().take(MOST).map(ToString::to_string).collect();
    let said = match &*addresses {
        [] => Said::note((texts::NETWORK_NONE, texts::NETWORK_NONE_CURE)),
        addresses => Said::fine(texts::NETWORK_FINE).with(addresses.join(", ")),
    };
    Row::about(texts::NETWORK, said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    #[test]
    fn addresses_that_others_reach_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let mut machine = Machine::made_up(folder.path());
        let parse = |text: &str| text.parse().unwrap();
        machine.addresses = ["127.0.0.1", "::1", "169.254.1.1", "fe80::1"].map(parse).into();
        assert_eq!(look(&machine).said.found, texts::NETWORK_NONE);
        machine.addresses.extend(["192.168.0.7", "2001:db8::7"].map(parse));
        assert_eq!(look(&machine).said.text(Language::English), "this machine is 192.168.0.7, 2001:db8::7");
    }
}
