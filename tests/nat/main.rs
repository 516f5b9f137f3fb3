//! The NAT laboratory: calls between hosts behind all kinds of NAT, on one machine, without the internet.
//!
//! Expected: each NAT is of the kind that its name says, and `docs/nat.md` says which calls have a direct way and which need
//! a TURN server.
//!
//! ```text
//! sudo -E cargo test --workspace --test nat -- --ignored --nocapture --test-threads=1
//! ```
#![cfg(target_os = "linux")]

/// The kinds of NAT, as firewall rules.
mod nat;
/// Hosts, routers and cables.
mod world;
/// What kind of NAT is there.
mod probe;

use nat::Kind;
use world::{Side, World};

#[test]
#[ignore = "needs root, for network namespaces"]
fn each_nat_is_of_its_kind() {
    if !world::is_possible() {
        return;
    }
    for kind in Kind::ALL {
        let world = World::new(kind, Kind::None);
        // A kind that depends on luck (which port is free, say) is none.
        for _ in 0..3 {
            let observation = probe::observe(&world, Side::A);
            assert_eq!(observation.kind(), Some(kind), "{observation:?}");
            let observation = probe::observe(&world, Side::B);
            assert_eq!(observation.kind(), Some(Kind::None), "{observation:?}");
        }
        println!("{kind}: as it should be");
    }
}
