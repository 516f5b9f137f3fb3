//! A client of TURN, just large enough to relay: it asks, is told a nonce, and asks again with its password.

use std::net::SocketAddr;
use std::time::Duration;

use study_zoom::turn::{Credential, REALM};
use testing::within;
use tokio::net::UdpSocket;
use turn_types::AddressFamily;
use turn_types::attribute::{
    ChannelNumber, RequestedAddressFamily, RequestedTransport, XorPeerAddress, XorRelayedAddress,
};
use turn_types::message::{ALLOCATE, CHANNEL_BIND};
use turn_types::stun::attribute::{ErrorCode, Nonce, Realm, Username, XorMappedAddress};
use turn_types::stun::message::{
    BINDING, IntegrityAlgorithm, LongTermKeyCredentials, Message, MessageClass, MessageType, MessageWriteVec, Method,
    TransactionId,
};
use turn_types::stun::prelude::{AttributeWrite, MessageWrite, MessageWriteExt};

/// How long anything may take on loopback. Only a test that fails waits so long.
const PATIENCE: Duration = Duration::from_secs(5);

/// A socket, and what it has been told.
pub(crate) struct TurnClient {
    socket: UdpSocket,
    credential: Credential,
    nonce: String,
}

type Attributes = Vec<Box<dyn AttributeWrite>>;

impl TurnClient {
    /// At an address of its own; the server is not asked for anything yet.
    pub(crate) async fn connect(server: SocketAddr, credential: Credential) -> Self {
        let unspecified = if server.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
        let socket = UdpSocket::bind(unspecified).await.expect("there is a free port");
        socket.connect(server).await.expect("the server is on this machine");
        Self { socket, credential, nonce: String::new() }
    }

    pub(crate) fn local_addr(&self) -> SocketAddr {
        self.socket.local_addr().expect("it is bound")
    }

    /// How the client looks from the server.
    pub(crate) async fn binding(&self) -> SocketAddr {
        let message = request(BINDING, |_| vec![]);
        let answer = self.ask(&message.finish()).await;
        let answer = Message::from_bytes(&answer).expect("an answer");
        answer.attribute::<XorMappedAddress>().expect("an address").addr(answer.transaction_id())
    }

    /// The address of a relay.
    pub(crate) async fn allocate(&mut self) -> Result<SocketAddr, u16> {
        // At an address of the family of the client's own.
        let family = AddressFamily::from(&self.local_addr());
        let transport = |_| -> Attributes {
            let udp = RequestedTransport::new(RequestedTransport::UDP);
            vec![Box::new(udp), Box::new(RequestedAddressFamily::new(family))]
        };
        let challenge = self.ask(&request(ALLOCATE, transport).finish()).await;
        let challenge = Message::from_bytes(&challenge).expect("an answer");
        self.nonce = challenge.attribute::<Nonce>().expect("a nonce").nonce().to_owned();
        let answer = self.ask_signed(ALLOCATE, transport).await?;
        let answer = Message::from_bytes(&answer).expect("an answer");
        Ok(answer.attribute::<XorRelayedAddress>().expect("an address").addr(answer.transaction_id()))
    }

    /// Binds a channel.
    pub(crate) async fn bind(&self, number: u16, peer: SocketAddr) -> Result<(), u16> {
        let attributes =
            |id| -> Attributes { vec![Box::new(ChannelNumber::new(number)), Box::new(XorPeerAddress::new(peer, id))] };
        self.ask_signed(CHANNEL_BIND, attributes).await.map(drop)
    }

    /// Sends to the peer of a channel.
    pub(crate) async fn send(&self, number: u16, data: &[u8]) {
        let length = u16::try_from(data.len()).expect("it is short");
        let packet = [&number.to_be_bytes()[..], &length.to_be_bytes(), data].concat();
        self.socket.send(&packet).await.expect("loopback takes it");
    }

    /// The number of a channel, and what its peer has sent.
    pub(crate) async fn receive(&self) -> (u16, Vec<u8>) {
        let packet = self.packet("data").await;
        (u16::from_be_bytes([packet[0], packet[1]]), packet[4..].to_vec())
    }

    async fn ask_signed(
        &self,
        method: Method,
        attributes: impl Fn(TransactionId) -> Attributes,
    ) -> Result<Vec<u8>, u16> {
        let mut message = request(method, attributes);
        let Credential { username, password, .. } = self.credential.clone();
        message.add_attribute(&Username::new(&username).expect("it is short")).expect("there is room");
        message.add_attribute(&Realm::new(REALM).expect("it is short")).expect("there is room");
        message.add_attribute(&Nonce::new(&self.nonce).expect("it is short")).expect("there is room");
        let key = LongTermKeyCredentials::new(username, password, REALM.to_owned());
        message.add_message_integrity(&key.into(), IntegrityAlgorithm::Sha1).expect("it is not signed yet");
        let answer = self.ask(&message.finish()).await;
        let message = Message::from_bytes(&answer).expect("an answer");
        match message.attribute::<ErrorCode>() {
            Ok(error) => Err(error.code()),
            Err(_) => Ok(answer),
        }
    }

    async fn ask(&self, packet: &[u8]) -> Vec<u8> {
        self.socket.send(packet).await.expect("loopback takes it");
        self.packet("an answer").await
    }

    async fn packet(&self, what: &str) -> Vec<u8> {
        let mut buffer = vec![0; 4096];
        let length = within(PATIENCE, what, self.socket.recv(&mut buffer)).await.expect("the server listens");
        buffer.truncate(length);
        buffer
    }
}

fn request(method: Method, attributes: impl Fn(TransactionId) -> Attributes) -> MessageWriteVec {
    let id = TransactionId::generate();
    let kind = MessageType::from_class_method(MessageClass::Request, method);
    let mut message = Message::builder(kind, id, MessageWriteVec::new());
    for attribute in attributes(id) {
        message.add_attribute(&*attribute).expect("there is room");
    }
    message
}
