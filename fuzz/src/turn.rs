//! The files of the server without `mod.rs` and `sockets.rs`, which would bring a runtime; and a network for it.

#[path = "../../src/turn/allocation.rs"]
mod allocation;
#[path = "../../src/turn/clock.rs"]
mod clock;
#[path = "../../src/turn/credentials.rs"]
mod credentials;
#[path = "../../src/turn/limits.rs"]
mod limits;
#[path = "../../src/turn/message.rs"]
mod message;
#[path = "../../src/turn/nonce.rs"]
mod nonce;
#[path = "../../src/turn/notes.rs"]
mod notes;
#[path = "../../src/turn/peers.rs"]
mod peers;
#[path = "../../src/turn/service/mod.rs"]
mod service;
#[path = "../../src/turn/wire.rs"]
mod wire;

use std::collections::{HashMap, HashSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use turn_types::AddressFamily;
use turn_types::attribute::RequestedTransport;
use turn_types::message::ALLOCATE;
use turn_types::stun::attribute::{Nonce, RawAttribute, Realm, Username};
use turn_types::stun::message::{
    IntegrityAlgorithm, LongTermKeyCredentials, Message, MessageClass, MessageType, MessageWriteVec, Method,
    TransactionId,
};
use turn_types::stun::prelude::{MessageWrite, MessageWriteExt};

use clock::Time;
use credentials::REALM;
pub use credentials::{Credential, Credentials};
use limits::Limits;
use peers::Peers;
use service::Service;
use wire::Wire;

const SERVER: [u8; 4] = [192, 0, 2, 7];

/// Checks what the server does with the network, and remembers the answer to the client.
struct Net {
    peers: Peers,
    open: HashMap<SocketAddr, SocketAddr>,
    opened: u16,
    answer: Vec<u8>,
}

impl Wire for Net {
    fn open(&mut self, client: SocketAddr, _: AddressFamily, _: bool) -> Result<SocketAddr, u16> {
        self.opened += 1;
        let relayed = (SERVER, 50_000 + self.opened).into();
        assert_eq!(self.open.insert(client, relayed), None);
        Ok(relayed)
    }

    fn close(&mut self, client: SocketAddr) {
        self.open.remove(&client).expect("only an open relay is closed");
    }

    fn send_to_client(&mut self, _: SocketAddr, packet: &[u8]) {
        packet.clone_into(&mut self.answer);
    }

    fn send_to_peer(&mut self, client: SocketAddr, peer: SocketAddr, _: &[u8]) {
        assert!(self.open.contains_key(&client) && self.peers.may_reach(peer), "{client} to {peer}");
    }
}

fn own() -> Peers {
    Peers::new(false, HashSet::from([Ipv4Addr::from(SERVER).into()]), 3478)
}

/// Plays all packets of an input.
pub fn play(mut input: &[u8]) {
    let credentials = Credentials::new(Some(b"north".to_vec()));
    let limits = Limits { permissions: 4, channels: 4, ..Limits::default() };
    let mut service = Service::new(true, credentials.clone(), own(), limits);
    let mut net = Net { peers: own(), open: HashMap::new(), opened: 0, answer: Vec::new() };
    let mut time = Time::now();
    let (alice, stranger) = (([198, 51, 100, 1], 4000).into(), ([198, 51, 100, 2], 4000).into());
    let credential = credentials.mint("alice", Duration::from_secs(2000));

    service.receive(alice, &allocate(), time, &mut net);
    let challenge = Message::from_bytes(&net.answer).expect("a request is answered");
    let nonce = challenge.attribute::<Nonce>().expect("it is challenged").nonce().to_owned();
    while let [kind, length, rest @ ..] = input {
        let (packet, rest) = rest.split_at(usize::from(*length).min(rest.len()));
        input = rest;
        match kind % 5 {
            0 => service.receive(alice, packet, time, &mut net),
            1 => service.receive(stranger, packet, time, &mut net),
            2 => service.receive(alice, &signed(&credential, &nonce, packet), time, &mut net),
            3 => {
                let [a, b, c, d, data @ ..] = packet else { continue };
                service.receive_from_peer(alice, ([*a, *b, *c, *d], 5000).into(), data, time, &mut net);
            }
            _ => {
                time.instant += Duration::from_secs(u64::from(*length));
                time.unix += u64::from(*length);
                service.expire(time, &mut net);
            }
        }
    }
    time.instant += Duration::from_secs(4000);
    service.expire(time, &mut net);
    assert!(net.open.is_empty(), "every relay has ended");
}

/// The first request of a client.
fn allocate() -> Vec<u8> {
    let mut message = Message::builder_request(ALLOCATE, MessageWriteVec::new());
    message.add_attribute(&RequestedTransport::new(RequestedTransport::UDP)).expect("there is room");
    message.finish()
}

/// A request with a good signature: one byte the method, then attributes of one byte kind, one byte length, value. The
/// kinds from 0x80 on are those that need not be understood.
fn signed(credential: &Credential, nonce: &str, mut packet: &[u8]) -> Vec<u8> {
    let [method, rest @ ..] = packet else { return Vec::new() };
    packet = rest;
    let kind = MessageType::from_class_method(MessageClass::Request, Method::new(u16::from(*method)));
    // Known beforehand, so that an input can name a peer: addresses are mixed with it.
    let mut message = Message::builder(kind, TransactionId::from(0), MessageWriteVec::new());
    while let [kind, length, rest @ ..] = packet {
        let (value, rest) = rest.split_at(usize::from(*length).min(rest.len()));
        packet = rest;
        let kind = if *kind < 0x80 { u16::from(*kind) } else { 0x8000 + u16::from(*kind - 0x80) };
        // The signature is added below, and the fingerprint would stand before it.
        if ![0x0008, 0x001c, 0x8028].contains(&kind) {
            message.add_attribute(&RawAttribute::new(kind.into(), value)).expect("there is room");
        }
    }
    let Credential { username, password, .. } = credential.clone();
    message.add_attribute(&Username::new(&username).expect("it is short")).expect("there is room");
    message.add_attribute(&Realm::new(REALM).expect("it is short")).expect("there is room");
    message.add_attribute(&Nonce::new(nonce).expect("it is short")).expect("there is room");
    let key = LongTermKeyCredentials::new(username, password, REALM.to_owned());
    message.add_message_integrity(&key.into(), IntegrityAlgorithm::Sha1).expect("it is not signed yet");
    message.finish()
}
