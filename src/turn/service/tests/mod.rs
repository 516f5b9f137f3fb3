//! `alice` and `bob` relay, each from an address of their own; `mallory` wants what she must not have.

/// Packets that nobody should send.
mod hostile;
/// The server without a network.
mod world;

use std::time::Duration;

use turn_types::attribute::{DontFragment, EvenPort, RequestedTransport, XorRelayedAddress};
use turn_types::message::ALLOCATE;
use turn_types::stun::attribute::{UnknownAttributes, XorMappedAddress};
use turn_types::stun::message::{BINDING, Message};
use turn_types::stun::prelude::AttributeStaticType;

use super::super::limits::Limits;
use world::{World, channel, indication, plain};

const ALICE: &str = "198.51.100.1:4000";
const BOB: &str = "198.51.100.2:4000";
/// Somebody out there who has no relay.
const CAROL: &str = "203.0.113.9:5000";

#[test]
fn everybody_is_told_how_they_look_from_outside() {
    for relay in [false, true] {
        let mut world = World::new(relay, Limits::default());
        for client in [ALICE, "[2001:db8::5]:9"] {
            let answer = world.send(client.parse().unwrap(), &plain(BINDING, 7.into(), &[])).expect("it is answered");
            let answer = Message::from_bytes(&answer).unwrap();
            let address = answer.attribute::<XorMappedAddress>().unwrap().addr(answer.transaction_id());
            assert_eq!(address.to_string(), client);
        }
    }
    let udp = RequestedTransport::new(RequestedTransport::UDP);
    let mut world = World::new(false, Limits::default());
    assert_eq!(world.send(ALICE.parse().unwrap(), &plain(ALLOCATE, 7.into(), &[&udp])), None, "it does not relay");
}

#[test]
fn a_request_that_is_repeated_has_the_same_answer() {
    let mut world = World::new(true, Limits::default());
    let mut alice = world.client("alice", ALICE);
    alice.challenge(&mut world);
    let packet = alice.signed(ALLOCATE, |_| vec![Box::new(RequestedTransport::new(RequestedTransport::UDP))]);
    let first = world.send(alice.address, &packet).expect("it is answered");
    assert!(Message::from_bytes(&first).unwrap().has_attribute(XorRelayedAddress::TYPE));
    assert_eq!(world.send(alice.address, &packet), Some(first));
    assert_eq!(alice.allocate(&mut world), Err(437), "another request is not the same");
    assert_eq!(world.net.open.len(), 1);
}

#[test]
fn a_wrong_password_a_wrong_name_and_an_old_credential_are_refused() {
    let mut world = World::new(true, Limits::default());
    let mut mallory = world.client("mallory", ALICE);
    let good = mallory.credential.clone();
    mallory.credential.password = "guessed".to_owned();
    assert_eq!(mallory.allocate(&mut world), Err(401));
    mallory.credential = good.clone();
    mallory.credential.username = good.username.replace("mallory", "alice");
    assert_eq!(mallory.allocate(&mut world), Err(401), "the password is of another name");
    mallory.credential.username = good.username.replacen('1', "2", 1);
    assert_eq!(mallory.allocate(&mut world), Err(401), "she has made it last longer");
    mallory.credential = good;
    mallory.nonce = "0".repeat(32);
    assert_eq!(mallory.refresh(&mut world, 600), Err(438));
    world.pass(10_000);
    assert_eq!(mallory.allocate(&mut world), Err(401), "the credential has expired");
    assert!(world.net.open.is_empty());
}

#[test]
fn an_allocation_does_not_outlive_its_credential() {
    let mut world = World::new(true, Limits::default());
    let mut alice = world.client("alice", ALICE);
    alice.credential = world.credentials.mint("alice", Duration::from_secs(100));
    alice.allocate(&mut world).expect("there is room");
    assert_eq!(alice.bind(&mut world, 0x4000, CAROL), Ok(()));
    let left = alice.refresh(&mut world, 3600).expect("it is still valid");
    assert!((99..=100).contains(&left), "{left} seconds");
    world.time.unix += 101;
    assert_eq!(alice.permit(&mut world, CAROL), Err(401));
    assert!(world.net.open.is_empty(), "a packet of the client is enough to end it");
    assert_eq!(alice.bind(&mut world, 0x4000, CAROL), Err(401));
    assert_eq!(alice.refresh(&mut world, 600), Err(401));
    assert_eq!(alice.refresh(&mut world, 0), Err(401));
    assert_eq!(world.peer_sends(alice.address, CAROL, b"late"), None);
    assert_eq!(world.service.quotas.sizes(), [0, 0, 0]);
}

#[test]
fn an_allocation_ends_when_nobody_refreshes_it() {
    let mut world = World::new(true, Limits::default());
    let (alice, _) = world.relaying("alice", ALICE);
    let (bob, _) = world.relaying("bob", BOB);
    world.pass(500);
    assert_eq!(alice.refresh(&mut world, 1), Ok(600), "less than the shortest");
    world.pass(100);
    assert_eq!(world.net.open.keys().collect::<Vec<_>>(), [&alice.address]);
    assert_eq!(bob.refresh(&mut world, 600), Err(437));
    assert_eq!(alice.refresh(&mut world, 100_000), Ok(3600), "more than the longest");
    assert_eq!(alice.refresh(&mut world, 0), Ok(0));
    assert!(world.net.open.is_empty() && world.service.clients.is_empty());
}

#[test]
fn an_allocation_is_only_for_the_username_that_made_it() {
    let mut world = World::new(true, Limits::default());
    let (alice, _) = world.relaying("alice", ALICE);
    let mut mallory = world.client("mallory", ALICE);
    mallory.nonce = alice.nonce.clone();
    assert_eq!(mallory.refresh(&mut world, 0), Err(441));
    assert_eq!(mallory.permit(&mut world, CAROL), Err(441));
    mallory.address = "198.51.100.1:4001".parse().unwrap();
    assert_eq!(mallory.refresh(&mut world, 0), Err(438), "the nonce is for one address");
    assert_eq!(world.net.open.len(), 1);
}

#[test]
fn forbidden_peers_are_refused_with_403() {
    let mut world = World::new(true, Limits::default());
    let (alice, _) = world.relaying("alice", ALICE);
    for peer in
        ["127.0.0.1:80", "169.254.169.254:80", "192.168.1.1:53", "192.0.2.7:22", "192.0.2.7:3478", "224.0.0.1:5"]
    {
        assert_eq!(alice.permit(&mut world, peer), Err(403), "{peer}");
        assert_eq!(alice.bind(&mut world, 0x4000, peer), Err(403), "{peer}");
        alice.send(&mut world, peer, b"in");
        assert_eq!(world.peer_sends(alice.address, peer, b"out"), None, "{peer}");
    }
    assert_eq!(alice.permit(&mut world, "[2001:db8::1]:80"), Err(443), "the relay has an IPv4 address");
    assert!(world.net.to_peers.is_empty());
}

#[test]
fn a_permission_for_one_port_is_none_for_this_machine() {
    let mut world = World::new(true, Limits::default());
    let (alice, _) = world.relaying("alice", ALICE);
    let (bob, relay_of_bob) = world.relaying("bob", BOB);
    assert_eq!(alice.bind(&mut world, 0x4000, &relay_of_bob.to_string()), Ok(()), "bob relays here");
    alice.send(&mut world, "192.0.2.7:22", b"the permission is for the whole address, says the RFC");
    assert_eq!(bob.refresh(&mut world, 0), Ok(0));
    world.send(alice.address, &channel(0x4000, b"bob is gone, and his port may be somebody else's"));
    assert!(world.net.to_peers.is_empty());
    assert_eq!(alice.bind(&mut world, 0x4000, &relay_of_bob.to_string()), Err(403));
}

#[test]
fn two_relays_talk_to_each_other_inside_the_server() {
    let mut world = World::new(true, Limits::default());
    let (alice, relay_of_alice) = world.relaying("alice", ALICE);
    let (bob, relay_of_bob) = world.relaying("bob", BOB);
    assert_eq!(alice.bind(&mut world, 0x4001, &relay_of_bob.to_string()), Ok(()));
    world.net.to_clients.clear();
    world.service.receive(alice.address, &channel(0x4001, b"early"), world.time, &mut world.net);
    assert!(world.net.to_clients.is_empty(), "bob has given no permission yet");
    assert_eq!(bob.permit(&mut world, &relay_of_alice.to_string()), Ok(()));
    world.net.to_clients.clear();
    world.service.receive(alice.address, &channel(0x4001, b"hello"), world.time, &mut world.net);
    let (to, packet) = world.net.to_clients.pop().expect("bob hears it");
    assert_eq!((to, indication(&packet)), (bob.address, (relay_of_alice, b"hello".to_vec())));
    bob.send(&mut world, &relay_of_alice.to_string(), b"hi");
    assert_eq!(world.net.to_clients.pop(), Some((alice.address, channel(0x4001, b"hi"))));
    assert!(world.net.to_peers.is_empty(), "nothing has left the server");
}

#[test]
fn only_a_peer_with_a_permission_is_heard() {
    let mut world = World::new(true, Limits::default());
    let (alice, _) = world.relaying("alice", ALICE);
    let (bob, _) = world.relaying("bob", BOB);
    assert_eq!(world.peer_sends(alice.address, CAROL, b"1"), None);
    alice.send(&mut world, CAROL, b"no permission");
    world.send(alice.address, &channel(0x4000, b"no channel"));
    assert!(world.net.to_peers.is_empty());
    assert_eq!(alice.permit(&mut world, CAROL), Ok(()));
    let packet = world.peer_sends(alice.address, "203.0.113.9:6000", b"2").expect("the address counts, not the port");
    assert_eq!(indication(&packet), ("203.0.113.9:6000".parse().unwrap(), b"2".to_vec()));
    assert_eq!(world.peer_sends(bob.address, CAROL, b"3"), None, "bob has given no permission");
    assert_eq!(world.peer_sends(alice.address, "203.0.113.10:5000", b"4"), None);
    alice.send(&mut world, CAROL, b"5");
    assert_eq!(world.net.to_peers.pop(), Some((alice.address, CAROL.parse().unwrap(), b"5".to_vec())));
    world.send(bob.address, &channel(0x4000, b"bob has no channel"));
    assert!(world.net.to_peers.is_empty());
    world.pass(300);
    assert_eq!(world.peer_sends(alice.address, CAROL, b"6"), None, "the permission has ended");
}

#[test]
fn a_user_sends_and_hears_no_more_than_its_bandwidth() {
    let mut world = World::new(true, Limits { bytes_per_second: 10_000, ..Limits::default() });
    let (alice, _) = world.relaying("alice", ALICE);
    let (bob, _) = world.relaying("bob", BOB);
    let (second, _) = world.relaying("alice", "198.51.100.1:4001");
    for client in [&alice, &bob, &second] {
        assert_eq!(client.bind(&mut world, 0x4000, CAROL), Ok(()));
    }
    for _ in 0..20 {
        world.send(alice.address, &channel(0x4000, &[0; 1000]));
        world.send(bob.address, &channel(0x4000, &[0; 100]));
    }
    let count = |world: &World, client| world.net.to_peers.iter().filter(|(from, ..)| *from == client).count();
    assert_eq!((count(&world, alice.address), count(&world, bob.address)), (10, 20));
    assert_eq!(world.peer_sends(alice.address, CAROL, &[0; 1000]), None, "the other direction counts as well");
    world.send(second.address, &channel(0x4000, &[0; 1000]));
    assert_eq!(count(&world, second.address), 0, "and so do all allocations of a user");
    world.pass(1);
    assert!(world.peer_sends(alice.address, CAROL, &[0; 1000]).is_some());
}

#[test]
fn a_user_has_so_many_allocations_and_gets_one_back() {
    let mut world = World::new(true, Limits { allocations_per_user: 2, allocations: 3, ..Limits::default() });
    let (first, _) = world.relaying("alice", ALICE);
    world.relaying("alice", "198.51.100.1:4001");
    assert_eq!(world.client("alice", "198.51.100.1:4002").allocate(&mut world), Err(486));
    world.relaying("bob", BOB);
    assert_eq!(world.client("carol", CAROL).allocate(&mut world), Err(508));
    assert_eq!(first.refresh(&mut world, 0), Ok(0));
    world.relaying("alice", "198.51.100.1:4002");
    assert_eq!(world.net.open.len(), 3);
}

#[test]
fn what_is_not_understood_is_named() {
    let mut world = World::new(true, Limits::default());
    let mut alice = world.client("alice", ALICE);
    alice.challenge(&mut world);
    let packet = alice.signed(ALLOCATE, |_| {
        vec![Box::new(RequestedTransport::new(RequestedTransport::UDP)), Box::new(DontFragment::new())]
    });
    let answer = world.send(alice.address, &packet).expect("it is answered");
    let unknown = Message::from_bytes(&answer).unwrap().attribute::<UnknownAttributes>().unwrap();
    assert!(unknown.has_attribute(DontFragment::TYPE));
    for (next_as_well, expected) in [(true, Err(508)), (false, Ok(true))] {
        let answer = alice.request(&mut world, ALLOCATE, |_| {
            vec![Box::new(RequestedTransport::new(RequestedTransport::UDP)), Box::new(EvenPort::new(next_as_well))]
        });
        let is_even = |answer: Vec<u8>| {
            let answer = Message::from_bytes(&answer).unwrap();
            answer.attribute::<XorRelayedAddress>().unwrap().addr(answer.transaction_id()).port().is_multiple_of(2)
        };
        assert_eq!(answer.map(is_even), expected);
    }
    assert_eq!(alice.refresh(&mut world, 0), Ok(0));
    let tcp = RequestedTransport::new(6);
    assert_eq!(alice.request(&mut world, ALLOCATE, |_| vec![Box::new(tcp)]), Err(442));
    assert_eq!(alice.request(&mut world, ALLOCATE, |_| vec![]), Err(400));
    assert_eq!(alice.permit(&mut world, CAROL), Err(437), "there is no allocation");
    let (bob, _) = world.relaying("bob", BOB);
    assert_eq!(bob.bind(&mut world, 0x3fff, CAROL), Err(400));
    assert_eq!(bob.bind(&mut world, 0x8000, CAROL), Err(400));
}
