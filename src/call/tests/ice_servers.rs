use shared::IceServer;

use super::*;

fn named(url: &str) -> Vec<IceServer> {
    vec![IceServer::new(url)]
}

#[test]
fn the_servers_that_come_with_the_room_are_set_before_anything_is_gathered() {
    let mut b = Peer::waiting_for_the_room();
    *b.reply.borrow_mut() =
        Ok(Accepted { role: Some(Role::B), ice_servers: named("stun:server"), ..Accepted::default() });
    b.signaling(SignalingEvent::Back);
    b.hear(their_offer(1));
    let log = b.done();
    let at = |what: &str| log.iter().position(|line| line == what).unwrap_or_else(|| panic!("no {what} in {log:?}"));
    assert!(at("setConfiguration [stun:server]") < at("setLocalDescription answer"));
}

#[test]
fn fresh_servers_are_taken_and_the_same_ones_are_not_set_again() {
    let mut a = Peer::new(Role::A);
    a.done();
    for url in ["turn:one", "turn:one", "turn:two"] {
        a.hear(Signal::IceServers(named(url)));
    }
    assert_eq!(a.done(), ["setConfiguration [turn:one]", "setConfiguration [turn:two]"]);
}

#[test]
fn a_relay_that_nobody_offers_is_an_error_at_once() {
    let relay_only = || CallOptions { relay_only: true, ..options() };
    let peer = Peer::with_options(Role::A, relay_only(), None);
    assert_eq!(peer.error().source, Cause::NoRelay);
    let own = CallOptions { ice_servers: named("turn:ours"), ..relay_only() };
    assert_eq!(Peer::with_options(Role::A, own, None).result(), None);
}
