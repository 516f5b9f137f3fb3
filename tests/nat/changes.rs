//! The network changes in the middle of a call.
//!
//! Expected: the call goes on, by an ICE restart: the same call, with the same tracks, and nobody has to do anything.

use std::time::Duration;

use super::nat::Kind;
use super::residents::{Peer, Servers, until_media_flows};
use super::world::{self, Side, World};

/// How long a person waits without a word.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long anything may take at the beginning.
const AT_FIRST: Duration = Duration::from_secs(10);

/// Lets two call each other, changes the network, and says how long no sound and no picture came. The time of ten pictures,
/// two thirds of a second, is part of it.
fn time_until_back(world: &World, change: impl FnOnce()) -> Duration {
    let _servers = Servers::start(world, false);
    let (a, b) = (Peer::start(world, Side::A, false), Peer::start(world, Side::B, false));
    a.until_connected();
    b.until_connected();
    until_media_flows([&a, &b], AT_FIRST);
    change();
    let time = until_media_flows([&a, &b], 10 * PATIENCE);
    assert!(a.is_in_its_first_call() && b.is_in_its_first_call(), "it is another call");
    println!("paths of A: {:?}", a.paths());
    time
}

#[test]
#[ignore = "needs root, for network namespaces"]
fn a_host_that_gets_another_address_is_heard_again() {
    if !world::is_possible() {
        return;
    }
    for side in [Side::A, Side::B] {
        let world = World::new(Kind::PortRestricted, Kind::PortRestricted);
        let time = time_until_back(&world, || world.move_host(side));
        println!(
            "{side:?} has another address in its network: sound and picture are back after {} ms",
            time.as_millis()
        );
        assert!(time < PATIENCE, "{time:?}");
    }
}

#[test]
#[ignore = "needs root, for network namespaces"]
fn a_router_that_gets_another_address_is_found_out() {
    if !world::is_possible() {
        return;
    }
    let world = World::new(Kind::PortRestricted, Kind::PortRestricted);
    let time = time_until_back(&world, || world.move_router(Side::A));
    println!("A's router has another address: sound and picture are back after {} ms", time.as_millis());
}

#[test]
#[ignore = "needs root, for network namespaces"]
fn a_turn_server_that_is_started_again_is_used_again() {
    if !world::is_possible() {
        return;
    }
    let world = World::new(Kind::Symmetric, Kind::Symmetric);
    let mut servers = Servers::start(&world, true);
    let (a, b) = (Peer::start(&world, Side::A, true), Peer::start(&world, Side::B, true));
    a.until_connected();
    b.until_connected();
    until_media_flows([&a, &b], AT_FIRST);
    servers.stop_turn();
    let before = [a.frames(), b.frames()];
    std::thread::sleep(Duration::from_secs(2));
    let during = [a.frames(), b.frames()];
    // What was on its way has come, and nothing else.
    assert!(before.iter().zip(&during).all(|(before, during)| during[0] < before[0] + 10), "{before:?} {during:?}");
    servers.start_turn_again();
    let time = until_media_flows([&a, &b], 10 * PATIENCE);
    println!("the TURN server is back: sound and picture as well, after {} ms; {:?}", time.as_millis(), a.paths());
    assert!(a.is_in_its_first_call() && b.is_in_its_first_call(), "it is another call");
}
