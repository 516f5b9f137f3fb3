//! Messages as bytes: how packets are read, and how answers are written (RFC 8489, section 5).

use std::net::SocketAddr;

use tracing::dispatcher::{self, Dispatch};
use turn_types::attribute::{Data, XorPeerAddress};
use turn_types::channel::ChannelData;
use turn_types::message::DATA;
use turn_types::stun::attribute::{AttributeType, ErrorCode, Nonce, Realm, UnknownAttributes};
use turn_types::stun::message::{
    IntegrityAlgorithm, IntegrityKey, Message, MessageClass, MessageHeader, MessageType, MessageWriteVec, TransactionId,
};
use turn_types::stun::prelude::{
    Attribute, AttributeFromRaw, AttributeStaticType, AttributeWrite, MessageWrite, MessageWriteExt,
};

use super::credentials::REALM;

/// What a packet of a client is.
#[derive(Debug)]
pub(super) enum Packet<'a> {
    /// A request, an indication or an answer.
    Stun(Message<'a>),
    /// The number of a channel, and what goes to its peer.
    Channel(u16, &'a [u8]),
}

/// Reads a packet. Its first two bits say what it is (RFC 8656, section 12): 00 a STUN message, 01 data of a channel. A
/// packet that is neither, or is cut off, is none.
pub(super) fn read(packet: &[u8]) -> Option<Packet<'_>> {
    match packet.first()? >> 6 {
        0b00 => {
            let length = usize::from(u16::from_be_bytes([*packet.get(2)?, *packet.get(3)?]));
            // One datagram is one message, without anything behind it.
            let is_whole = packet.len() == MessageHeader::LENGTH + length;
            // The crate logs a warning for each packet that is no message. Everybody can send such packets.
            let parse = || Message::from_bytes(packet).ok().map(Packet::Stun);
            is_whole.then(|| dispatcher::with_default(&Dispatch::none(), parse)).flatten()
        }
        0b01 => {
            let (number, length) = ChannelData::parse_header(packet).ok()?;
            // Behind the data there may be up to three bytes that fill it up.
            Some(Packet::Channel(number, packet.get(4..4 + length)?))
        }
        _ => None,
    }
}

/// The attributes of a message that must be understood and are not in this list.
pub(super) fn unknown(message: &Message, known: &[AttributeType]) -> Vec<AttributeType> {
    let attributes = message.iter_attributes().map(|(_, attribute)| attribute.get_type());
    attributes.filter(|kind| kind.comprehension_required() && !known.contains(kind)).collect()
}

/// All peers that a message names. None: one of them is no address.
pub(super) fn peers(message: &Message) -> Option<Vec<SocketAddr>> {
    let attributes = message.iter_attributes().map(|(_, attribute)| attribute);
    let peers = attributes.filter(|attribute| attribute.get_type() == XorPeerAddress::TYPE);
    peers.map(|peer| Some(XorPeerAddress::from_raw(peer).ok()?.addr(message.transaction_id()))).collect()
}

/// The answer that a request has succeeded.
pub(super) fn success(request: &Message, attributes: &[&dyn AttributeWrite], key: Option<&IntegrityKey>) -> Vec<u8> {
    finish(Message::builder_success(request, MessageWriteVec::with_capacity(128)), attributes, key)
}

/// The answer that it has not.
pub(super) fn error(request: &Message, code: u16, key: Option<&IntegrityKey>) -> Vec<u8> {
    finish(Message::builder_error(request, MessageWriteVec::with_capacity(128)), &[&reason(code)], key)
}

/// The answer that the client must say who it is, and with which nonce (RFC 8489, section 9.2.4).
pub(super) fn challenge(request: &Message, code: u16, nonce: &str) -> Vec<u8> {
    let realm = Realm::new(REALM).expect("the realm is short");
    let nonce = Nonce::new(nonce).expect("a nonce has 32 letters");
    let answer = Message::builder_error(request, MessageWriteVec::with_capacity(128));
    finish(answer, &[&reason(code), &realm, &nonce], None)
}

/// The answer that something in the request is not known here (RFC 8489, section 6.3.1).
pub(super) fn unknown_attributes(request: &Message, unknown: &[AttributeType], key: Option<&IntegrityKey>) -> Vec<u8> {
    let answer = Message::builder_error(request, MessageWriteVec::with_capacity(128));
    finish(answer, &[&reason(ErrorCode::UNKNOWN_ATTRIBUTE), &UnknownAttributes::new(unknown)], key)
}

/// What a client is told of a peer without a channel (RFC 8656, section 11.3).
pub(super) fn data_indication(peer: SocketAddr, data: &[u8]) -> Vec<u8> {
    let transaction = TransactionId::generate();
    let kind = MessageType::from_class_method(MessageClass::Indication, DATA);
    let indication = Message::builder(kind, transaction, MessageWriteVec::with_capacity(data.len() + 64));
    finish(indication, &[&XorPeerAddress::new(peer, transaction), &Data::new(data)], None)
}

/// What a client is told of a peer with a channel (RFC 8656, section 12.4).
pub(super) fn channel_data(number: u16, data: &[u8]) -> Vec<u8> {
    let mut packet = vec![0; 4 + data.len()];
    ChannelData::new(number, data).write_into_unchecked(&mut packet);
    packet
}

fn reason(code: u16) -> ErrorCode {
    ErrorCode::builder(code).build().expect("the codes of this server are between 300 and 699")
}

fn finish(mut message: MessageWriteVec, attributes: &[&dyn AttributeWrite], key: Option<&IntegrityKey>) -> Vec<u8> {
    for attribute in attributes {
        message.add_attribute(*attribute).expect("a packet that was taken is far below 65 535 bytes");
    }
    if let Some(key) = key {
        message.add_message_integrity_with_key(key, IntegrityAlgorithm::Sha1).expect("it is not signed yet");
    }
    message.finish()
}
