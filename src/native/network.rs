//! Notices that this machine has other addresses: a laptop has gone from one network to another.
//!
//! A browser is told by its system. Here the addresses are read now and then, which costs next to nothing.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures::channel::mpsc::UnboundedSender;
use tracing::info;

use crate::call::EngineEvent;

/// How often the addresses are read. A person notices a second without sound.
const INTERVAL: Duration = Duration::from_millis(250);

/// Tells the call whenever an address is gone and another one can be used. `bound` are the addresses of the sockets:
/// whoever has chosen one has chosen its network, and is told nothing.
pub(super) async fn watch_network(bound: Vec<String>, events: UnboundedSender<EngineEvent>) {
    let is_any = |address: &String| address.parse().is_ok_and(|address: SocketAddr| address.ip().is_unspecified());
    if !bound.iter().any(is_any) {
        return;
    }
    let mut known = addresses();
    let mut interval = tokio::time::interval(INTERVAL);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        let now = addresses();
        if has_moved(&known, &now) {
            info!("the network has changed: this machine has the addresses {now:?}");
            // An error says that the connection is gone, and this ends with it.
            let _ = events.unbounded_send(EngineEvent::NetworkChanged);
        }
        // Without any address there is nowhere to go: the ones that were there count until others are.
        if !now.is_empty() {
            known = now;
        }
    }
}

/// Whether an address is gone, and there is one to go on with. One that is new is no reason to leave the others.
fn has_moved(known: &BTreeSet<IpAddr>, now: &BTreeSet<IpAddr>) -> bool {
    !now.is_empty() && !known.is_subset(now)
}

/// The addresses at which others can reach this machine.
fn addresses() -> BTreeSet<IpAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    interfaces
        .iter()
        .filter(|interface| !interface.is_loopback() && !interface.is_link_local())
        .map(if_addrs::Interface::ip)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_that_is_gone_is_a_move() {
        let set = |addresses: &[u8]| addresses.iter().map(|last| IpAddr::from([192, 0, 2, *last])).collect();
        for (known, now, moved) in [
            (&[1][..], &[1][..], false),
            (&[1], &[1, 2], false),
            (&[1], &[2], true),
            (&[1, 2], &[2], true),
            (&[1], &[], false),
            (&[], &[1], false),
        ] {
            assert_eq!(has_moved(&set(known), &set(now)), moved, "{known:?} {now:?}");
        }
    }
}
