//! A server without a network: what it sends is collected, and its clock is turned by hand.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::time::Duration;

use turn_types::AddressFamily;
use turn_types::attribute::{ChannelNumber, Data, Lifetime, RequestedTransport, XorPeerAddress, XorRelayedAddress};
use turn_types::message::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, REFRESH, SEND};
use turn_types::stun::attribute::{ErrorCode, Nonce, Realm, Username};
use turn_types::stun::message::{
    IntegrityAlgorithm, LongTermKeyCredentials, Message, MessageClass, MessageType, MessageWriteVec, Method,
    TransactionId,
};
use turn_types::stun::prelude::{AttributeWrite, MessageWrite, MessageWriteExt};

use super::super::super::clock::Time;
use super::super::super::credentials::{Credential, Credentials, REALM};
use super::super::super::limits::Limits;
use super::super::super::peers::Peers;
use super::super::super::wire::Wire;
use super::super::Service;

/// The address of the server, and of its relays.
pub(super) const SERVER: &str = "192.0.2.7";

/// What the server has done.
#[derive(Debug, Default)]
pub(super) struct Net {
    pub(super) to_clients: Vec<(SocketAddr, Vec<u8>)>,
    pub(super) to_peers: Vec<(SocketAddr, SocketAddr, Vec<u8>)>,
    pub(super) open: HashMap<SocketAddr, SocketAddr>,
    opened: u16,
}

impl Wire for Net {
    fn open(&mut self, client: SocketAddr, family: AddressFamily, even: bool) -> Result<SocketAddr, u16> {
        if family == AddressFamily::IPV6 {
            return Err(ErrorCode::ADDRESS_FAMILY_NOT_SUPPORTED);
        }
        self.opened += if even { 2 - self.opened % 2 } else { 1 };
        let relayed = SocketAddr::new(SERVER.parse().unwrap(), 50_000 + self.opened);
        assert_eq!(self.open.insert(client, relayed), None, "{client} has a relay already");
        Ok(relayed)
    }

    fn close(&mut self, client: SocketAddr) {
        self.open.remove(&client).expect("only an open relay is closed");
    }

    fn send_to_client(&mut self, client: SocketAddr, packet: &[u8]) {
        self.to_clients.push((client, packet.to_owned()));
    }

    fn send_to_peer(&mut self, client: SocketAddr, peer: SocketAddr, data: &[u8]) {
        self.to_peers.push((client, peer, data.to_owned()));
    }
}

pub(super) struct World {
    pub(super) service: Service,
    pub(super) net: Net,
    pub(super) time: Time,
    pub(super) credentials: Credentials,
}

impl World {
    pub(super) fn new(relay: bool, limits: Limits) -> Self {
        let credentials = Credentials::new(Some(b"north".to_vec()));
        let peers = Peers::new(false, HashSet::from([SERVER.parse().unwrap()]), 3478);
        let service = Service::new(relay, credentials.clone(), peers, limits);
        Self { service, net: Net::default(), time: Time::now(), credentials }
    }

    /// Some time passes, and the server looks for what has ended.
    pub(super) fn pass(&mut self, seconds: u64) {
        self.time.instant += Duration::from_secs(seconds);
        self.time.unix += seconds;
        self.service.expire(self.time, &mut self.net);
    }

    /// What the server sends to this client in answer to a packet; at most one packet.
    pub(super) fn send(&mut self, client: SocketAddr, packet: &[u8]) -> Option<Vec<u8>> {
        self.net.to_clients.clear();
        self.service.receive(client, packet, self.time, &mut self.net);
        let (to, answer) = self.net.to_clients.pop()?;
        assert!(self.net.to_clients.is_empty() && to == client, "one answer, to the one who asked");
        Some(answer)
    }

    /// A peer sends to the relay of a client. What the client hears of it.
    pub(super) fn peer_sends(&mut self, client: SocketAddr, peer: &str, data: &[u8]) -> Option<Vec<u8>> {
        self.net.to_clients.clear();
        self.service.receive_from_peer(client, peer.parse().unwrap(), data, self.time, &mut self.net);
        self.net.to_clients.pop().map(|(_, packet)| packet)
    }

    /// A client with a credential for ten thousand seconds.
    pub(super) fn client(&self, user: &str, address: &str) -> Client {
        let credential = self.credentials.mint(user, Duration::from_secs(10_000));
        Client { address: address.parse().unwrap(), credential, nonce: String::new() }
    }

    /// A client with a relay, and the address of the relay.
    pub(super) fn relaying(&mut self, user: &str, address: &str) -> (Client, SocketAddr) {
        let mut client = self.client(user, address);
        let relayed = client.allocate(self).expect("there is room");
        (client, relayed)
    }
}

/// A client that keeps to the rules.
pub(super) struct Client {
    pub(super) address: SocketAddr,
    pub(super) credential: Credential,
    pub(super) nonce: String,
}

impl Client {
    /// Asks until it has a relay.
    pub(super) fn allocate(&mut self, world: &mut World) -> Result<SocketAddr, u16> {
        self.challenge(world);
        let udp = RequestedTransport::new(RequestedTransport::UDP);
        let answer = self.request(world, ALLOCATE, |_| vec![Box::new(udp)])?;
        let answer = Message::from_bytes(&answer).unwrap();
        Ok(answer.attribute::<XorRelayedAddress>().unwrap().addr(answer.transaction_id()))
    }

    /// Asks without a credential, and remembers the nonce of the answer.
    pub(super) fn challenge(&mut self, world: &mut World) {
        let packet = plain(ALLOCATE, 1.into(), &[&RequestedTransport::new(RequestedTransport::UDP)]);
        let answer = world.send(self.address, &packet).expect("a request is answered");
        let answer = Message::from_bytes(&answer).unwrap();
        assert_eq!(answer.attribute::<ErrorCode>().unwrap().code(), 401);
        assert_eq!(answer.attribute::<Realm>().unwrap().realm(), REALM);
        self.nonce = answer.attribute::<Nonce>().unwrap().nonce().to_owned();
    }

    pub(super) fn refresh(&self, world: &mut World, seconds: u32) -> Result<u32, u16> {
        let answer = self.request(world, REFRESH, |_| vec![Box::new(Lifetime::new(seconds))])?;
        Ok(Message::from_bytes(&answer).unwrap().attribute::<Lifetime>().unwrap().seconds())
    }

    pub(super) fn permit(&self, world: &mut World, peer: &str) -> Result<(), u16> {
        let peer = peer.parse().unwrap();
        self.request(world, CREATE_PERMISSION, |id| vec![Box::new(XorPeerAddress::new(peer, id))]).map(drop)
    }

    pub(super) fn bind(&self, world: &mut World, number: u16, peer: &str) -> Result<(), u16> {
        let peer = peer.parse().unwrap();
        let attributes = |id| -> Vec<Box<dyn AttributeWrite>> {
            vec![Box::new(ChannelNumber::new(number)), Box::new(XorPeerAddress::new(peer, id))]
        };
        self.request(world, CHANNEL_BIND, attributes).map(drop)
    }

    /// A Send indication.
    pub(super) fn send(&self, world: &mut World, peer: &str, data: &[u8]) {
        let (id, peer) = (TransactionId::generate(), peer.parse().unwrap());
        let kind = MessageType::from_class_method(MessageClass::Indication, SEND);
        let mut message = Message::builder(kind, id, MessageWriteVec::new());
        message.add_attribute(&XorPeerAddress::new(peer, id)).unwrap();
        message.add_attribute(&Data::new(data)).unwrap();
        world.service.receive(self.address, &message.finish(), world.time, &mut world.net);
    }

    /// Sends a signed request. The answer, which must be signed as well; or the code of the error.
    pub(super) fn request(
        &self,
        world: &mut World,
        method: Method,
        attributes: impl FnOnce(TransactionId) -> Vec<Box<dyn AttributeWrite>>,
    ) -> Result<Vec<u8>, u16> {
        let packet = self.signed(method, attributes);
        let answer = world.send(self.address, &packet).expect("a request is answered");
        let message = Message::from_bytes(&answer).unwrap();
        assert_eq!(message.transaction_id(), Message::from_bytes(&packet).unwrap().transaction_id());
        let is_signed = message.validate_integrity(&self.key().into()).is_ok();
        if message.has_class(MessageClass::Success) {
            assert!(is_signed);
            return Ok(answer);
        }
        let code = message.attribute::<ErrorCode>().unwrap().code();
        // Who has not shown who it is gets nothing that is signed with its password.
        assert_eq!(is_signed, ![400, 401, 438].contains(&code) || (code == 400 && is_signed), "{code}");
        Err(code)
    }

    pub(super) fn signed(
        &self,
        method: Method,
        attributes: impl FnOnce(TransactionId) -> Vec<Box<dyn AttributeWrite>>,
    ) -> Vec<u8> {
        let id = TransactionId::generate();
        let kind = MessageType::from_class_method(MessageClass::Request, method);
        let mut message = Message::builder(kind, id, MessageWriteVec::new());
        for attribute in attributes(id) {
            message.add_attribute(&*attribute).unwrap();
        }
        message.add_attribute(&Username::new(&self.credential.username).unwrap()).unwrap();
        message.add_attribute(&Realm::new(REALM).unwrap()).unwrap();
        message.add_attribute(&Nonce::new(&self.nonce).unwrap()).unwrap();
        message.add_message_integrity(&self.key().into(), IntegrityAlgorithm::Sha1).unwrap();
        message.finish()
    }

    fn key(&self) -> LongTermKeyCredentials {
        let Credential { username, password, .. } = self.credential.clone();
        LongTermKeyCredentials::new(username, password, REALM.to_owned())
    }
}

/// A request of nobody.
pub(super) fn plain(method: Method, id: TransactionId, attributes: &[&dyn AttributeWrite]) -> Vec<u8> {
    let kind = MessageType::from_class_method(MessageClass::Request, method);
    let mut message = Message::builder(kind, id, MessageWriteVec::new());
    for attribute in attributes {
        message.add_attribute(*attribute).unwrap();
    }
    message.finish()
}

/// Data of a channel as a client sends it.
pub(super) fn channel(number: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    [&number.to_be_bytes()[..], &length.to_be_bytes(), data].concat()
}

/// Peer and data of a Data indication.
pub(super) fn indication(packet: &[u8]) -> (SocketAddr, Vec<u8>) {
    let message = Message::from_bytes(packet).unwrap();
    let peer = message.attribute::<XorPeerAddress>().unwrap().addr(message.transaction_id());
    (peer, message.attribute::<Data>().unwrap().data().to_owned())
}
