//! Floods, and packets that no client writes.

use std::net::{Ipv4Addr, SocketAddr};

use proptest::collection::vec;
use proptest::prelude::*;
use turn_types::attribute::{
    ChannelNumber, Data, Lifetime, RequestedAddressFamily, RequestedTransport, XorPeerAddress,
};
use turn_types::message::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, REFRESH};
use turn_types::stun::attribute::{ErrorCode, MessageIntegrity, Nonce, RawAttribute, Realm, Username};
use turn_types::stun::message::{BINDING, Message, Method};
use turn_types::stun::prelude::{AttributeStaticType, AttributeWrite};

use super::super::super::limits::Limits;
use super::super::Service;
use super::world::{Client, World, channel, plain};
use super::{ALICE, BOB, CAROL};

#[test]
fn a_hundred_thousand_strangers_leave_nothing_behind() {
    let mut world = World::new(true, Limits::default());
    let udp = RequestedTransport::new(RequestedTransport::UDP);
    let question = plain(ALLOCATE, 1.into(), &[&udp]);
    for stranger in 0..100_000_u32 {
        let address = SocketAddr::from((Ipv4Addr::from(0xc633_6400 + stranger / 10), 1024 + (stranger % 10) as u16));
        let answer = world.send(address, &question).expect("it is answered");
        assert_eq!(Message::from_bytes(&answer).unwrap().attribute::<ErrorCode>().unwrap().code(), 401);
        if stranger % 100 == 0 {
            // This one goes on, with a name and a password that it has made up.
            let mut guessing = world.client(&format!("user{stranger}"), &address.to_string());
            guessing.credential.password = "guessed".to_owned();
            assert_eq!(guessing.allocate(&mut world), Err(401));
        }
    }
    let Service { allocations, clients, quotas, .. } = &world.service;
    assert_eq!((allocations.capacity(), clients.capacity(), quotas.sizes()), (0, 0, [0, 0, 0]));
    // And somebody who knows a password still has a relay.
    world.relaying("alice", ALICE);
}

/// Who forges the address of a request has the answer sent to somebody else. So it must not be worth the trouble.
#[test]
fn an_answer_to_a_stranger_is_less_than_five_times_as_long_as_the_question() {
    let mut world = World::new(true, Limits::default());
    for client in [ALICE, "[2001:db8::5]:9"] {
        for method in [BINDING, ALLOCATE, REFRESH, CREATE_PERMISSION, CHANNEL_BIND] {
            let question = plain(method, 1.into(), &[]);
            let answer = world.send(client.parse().unwrap(), &question).expect("it is answered");
            let (asked, answered) = (question.len(), answer.len());
            assert!(answered < 5 * asked, "{method}: {answered} bytes for {asked}");
        }
    }
}

#[test]
fn packets_that_are_cut_off_or_too_long_are_not_taken() {
    let mut world = World::new(true, Limits { packet_bytes: 500, ..Limits::default() });
    let (alice, _) = world.relaying("alice", ALICE);
    assert_eq!(alice.bind(&mut world, 0x4000, CAROL), Ok(()));
    for packet in [plain(BINDING, 1.into(), &[]), alice.signed(REFRESH, |_| vec![Box::new(Lifetime::new(0))])] {
        for length in 0..packet.len() {
            assert_eq!(world.send(alice.address, &packet[..length]), None, "{length} bytes");
        }
        assert_eq!(
            world.send(alice.address, &[&packet[..], &[0x80, 0x22, 0, 0]].concat()),
            None,
            "one datagram, one message"
        );
    }
    let packet = channel(0x4000, &[7; 10]);
    for length in 0..packet.len() {
        world.send(alice.address, &packet[..length]);
    }
    world.send(alice.address, &channel(0x4000, &[7; 497]));
    assert_eq!(world.peer_sends(alice.address, CAROL, &[7; 501]), None);
    assert!(world.net.to_peers.is_empty());
    world.send(alice.address, &[&packet[..], &[0, 0]].concat());
    assert_eq!(world.net.to_peers.pop().map(|(.., data)| data), Some(vec![7; 10]), "what fills it up is no data");
    assert_eq!(world.net.open.len(), 1, "the cut off request to end it was not heard");
}

#[test]
fn what_stands_behind_the_signature_does_not_count() {
    let mut world = World::new(true, Limits::default());
    let (alice, _) = world.relaying("alice", ALICE);
    let mut packet = alice.signed(CREATE_PERMISSION, |_| vec![]);
    // Somebody on the way adds a peer. The length is put right, as it must be for FINGERPRINT as well.
    let peer = RawAttribute::new(XorPeerAddress::TYPE, &[0, 1, 0, 80, 1, 2, 3, 4]).to_bytes();
    packet.extend(peer);
    let length = u16::try_from(packet.len() - 20).unwrap();
    packet[2..4].copy_from_slice(&length.to_be_bytes());
    let answer = world.send(alice.address, &packet).expect("it is answered");
    let code = Message::from_bytes(&answer).unwrap().attribute::<ErrorCode>().unwrap().code();
    assert_eq!(code, 400, "there is no peer in it");
}

/// One packet of a stranger or of a client that has a password, in a form that a fuzzer would find.
#[derive(Debug, Clone)]
enum Hostile {
    Bytes(Vec<u8>),
    /// A good request, cut off, and with some bytes changed.
    Broken {
        method: u16,
        length: usize,
        changes: Vec<(usize, u8)>,
    },
    /// A good signature below any attributes.
    Signed {
        method: u16,
        attributes: Vec<(u16, Vec<u8>)>,
    },
    Channel(u16, Vec<u8>),
    Peer([u8; 4], Vec<u8>),
}

fn hostile() -> impl Strategy<Value = Hostile> {
    let method = || prop_oneof![Just(1), Just(3), Just(4), Just(6), Just(8), Just(9), 0_u16..0x0fff];
    let bytes = || vec(any::<u8>(), 0..80);
    let known = [
        XorPeerAddress::TYPE,
        ChannelNumber::TYPE,
        Lifetime::TYPE,
        RequestedTransport::TYPE,
        RequestedAddressFamily::TYPE,
        Data::TYPE,
        Username::TYPE,
        Realm::TYPE,
        Nonce::TYPE,
    ];
    let kind = prop_oneof![prop::sample::select(known.map(|kind| kind.value()).to_vec()), any::<u16>()];
    let address = (1_u8..3, any::<[u8; 18]>()).prop_map(|(family, rest)| [&[0, family][..], &rest[..6]].concat());
    let value = prop_oneof![bytes(), address, vec(any::<u8>(), 4), Just(vec![17, 0, 0, 0]), Just(vec![0x40, 0, 0, 0])];
    prop_oneof![
        bytes().prop_map(Hostile::Bytes),
        (method(), 0_usize..200, vec((0_usize..200, any::<u8>()), 0..4))
            .prop_map(|(method, length, changes)| Hostile::Broken { method, length, changes }),
        (method(), vec((kind, value), 0..6)).prop_map(|(method, attributes)| Hostile::Signed { method, attributes }),
        (0x3fff_u16..0x4003, bytes()).prop_map(|(number, data)| Hostile::Channel(number, data)),
        (any::<[u8; 4]>(), bytes()).prop_map(|(address, data)| Hostile::Peer(address, data)),
    ]
}

fn play(world: &mut World, client: &Client, packet: Hostile) {
    match packet {
        Hostile::Bytes(bytes) => _ = world.send(client.address, &bytes),
        Hostile::Broken { method, length, changes } => {
            let mut packet = client.signed(Method::new(method), |_| {
                vec![Box::new(RequestedTransport::new(RequestedTransport::UDP)), Box::new(Lifetime::new(600))]
            });
            packet.truncate(packet.len().saturating_sub(length / 20));
            for (at, value) in changes {
                if let Some(byte) = packet.get_mut(at) {
                    *byte = value;
                }
            }
            _ = world.send(client.address, &packet);
        }
        Hostile::Signed { method, attributes } => {
            let packet = client.signed(Method::new(method), |_| {
                let attributes = attributes.iter().filter(|(kind, _)| ![8, 0x1c, 0x8028].contains(kind));
                let raw = attributes.map(|(kind, value)| RawAttribute::new((*kind).into(), value).into_owned());
                raw.map(|raw| Box::new(raw) as Box<dyn AttributeWrite>).collect()
            });
            _ = world.send(client.address, &packet);
        }
        Hostile::Channel(number, data) => _ = world.send(client.address, &channel(number, &data)),
        Hostile::Peer(address, data) => {
            _ = world.peer_sends(client.address, &format!("{}:5000", Ipv4Addr::from(address)), &data);
        }
    }
}

proptest! {
    #[test]
    fn no_packet_breaks_the_server(packets in vec((any::<bool>(), hostile()), 1..40)) {
        let mut world = World::new(true, Limits { permissions: 4, channels: 4, ..Limits::default() });
        let (alice, _) = world.relaying("alice", ALICE);
        let mut bob = world.client("bob", BOB);
        bob.challenge(&mut world);
        prop_assert_eq!(alice.bind(&mut world, 0x4000, CAROL), Ok(()));
        for (is_alice, packet) in packets {
            play(&mut world, if is_alice { &alice } else { &bob }, packet);
            let Service { allocations, clients, quotas, peers, .. } = &world.service;
            prop_assert_eq!(allocations.len(), world.net.open.len());
            prop_assert_eq!(clients.len(), allocations.len());
            prop_assert_eq!(quotas.sizes()[2], allocations.len());
            for (_, peer, _) in world.net.to_peers.drain(..) {
                prop_assert!(peers.may_reach(peer), "{}", peer);
            }
        }
        // Whatever has happened, the next one is answered.
        prop_assert!(world.send(bob.address, &plain(BINDING, 1.into(), &[])).is_some());
        world.pass(20_000);
        prop_assert_eq!(world.service.quotas.sizes(), [0, 0, 0]);
    }
}

/// A request can be signed and say nothing else: the methods that the server has are all asked so.
#[test]
fn a_signed_request_without_anything_in_it_is_a_bad_one() {
    let mut world = World::new(true, Limits::default());
    let (alice, _) = world.relaying("alice", ALICE);
    for method in [CREATE_PERMISSION, CHANNEL_BIND] {
        assert_eq!(alice.request(&mut world, method, |_| vec![]), Err(400));
    }
    let packet =
        plain(REFRESH, 1.into(), &[&RawAttribute::new(Username::TYPE, b"a"), &RawAttribute::new(Realm::TYPE, b"b")]);
    let answer = world.send(alice.address, &packet).expect("it is answered");
    assert!(!Message::from_bytes(&answer).unwrap().has_attribute(MessageIntegrity::TYPE));
}
