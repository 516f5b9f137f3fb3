//! What examples 9 and 10 share: a message of STUN (RFC 8489), written and read by hand, and a question to a server.
//!
//! Whoever sends to our port writes these bytes, so [`parse`] takes any: it looks before it reads, and says what is wrong.
#![allow(dead_code, reason = "each example uses a part of it")]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// A question to a server, sent again until there is an answer.
pub(crate) mod ask;

/// The number in each message of STUN, by which a socket tells it from other packets (section 5).
pub(crate) const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
/// The type of the question "as whom do you see me?".
pub(crate) const BINDING_REQUEST: u16 = 0x0001;
/// The type of its answer.
pub(crate) const BINDING_SUCCESS: u16 = 0x0101;
/// The type of the answer that is a refusal.
pub(crate) const BINDING_ERROR: u16 = 0x0111;
/// The attribute with the address that the server has seen (section 14.2).
pub(crate) const XOR_MAPPED_ADDRESS: u16 = 0x0020;
/// The attribute that says why the server refuses (section 14.8).
pub(crate) const ERROR_CODE: u16 = 0x0009;

/// Type, length, magic cookie and transaction id.
const HEADER: usize = 20;

/// Random, and the same in request and answer: by it an answer is told from one to another question, or to nobody's.
pub(crate) type TransactionId = [u8; 12];

/// The shortest message of STUN: a header without attributes.
pub(crate) fn binding_request(id: &TransactionId) -> Vec<u8> {
    let (kind, length) = (BINDING_REQUEST.to_be_bytes(), 0u16.to_be_bytes());
    [&kind[..], &length, &MAGIC_COOKIE, id].concat()
}

/// A message of STUN, taken apart. Its attributes are still bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    /// Class and method in one number, like [`BINDING_SUCCESS`].
    pub(crate) kind: u16,
    /// To which request it belongs.
    pub(crate) id: TransactionId,
    /// Type and value of each, in the order of the message.
    pub(crate) attributes: Vec<(u16, Vec<u8>)>,
}

/// Reads a message of STUN (RFC 8489, sections 5 and 14). The packet is the message: nothing may follow it.
///
/// # Errors
/// What is wrong with the bytes.
pub(crate) fn parse(packet: &[u8]) -> Result<Message, String> {
    let Some((header, mut rest)) = packet.split_first_chunk::<HEADER>() else {
        return Err(format!("{} bytes are too few: a header of STUN has {HEADER}", packet.len()));
    };
    let kind = u16::from_be_bytes([header[0], header[1]]);
    let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
    if kind & 0xc000 != 0 || header[4..8] != MAGIC_COOKIE {
        return Err("this is not STUN: the first two bits are not 0, or the magic cookie is another number".to_owned());
    }
    if length != rest.len() {
        return Err(format!("the header promises {length} bytes, and {} follow it", rest.len()));
    }
    let mut id = TransactionId::default();
    id.copy_from_slice(&header[8..]);
    let mut attributes = Vec::new();
    while let Some((&[a, b, c, d], after)) = rest.split_first_chunk::<4>() {
        let (name, length) = (u16::from_be_bytes([a, b]), usize::from(u16::from_be_bytes([c, d])));
        // Each begins at a multiple of four bytes. What fills the gap is no part of the value.
        let Some(value) = after.get(..length).filter(|_| length.next_multiple_of(4) <= after.len()) else {
            return Err(format!("attribute {name:#06x} promises {length} bytes, and {} follow it", after.len()));
        };
        attributes.push((name, value.to_vec()));
        rest = &after[length.next_multiple_of(4)..];
    }
    if !rest.is_empty() {
        return Err(format!("{} bytes at the end are no attribute", rest.len()));
    }
    Ok(Message { kind, id, attributes })
}

impl Message {
    /// The value of the first attribute with this type. Any further one does not count (section 14).
    pub(crate) fn attribute(&self, name: u16) -> Option<&[u8]> {
        self.attributes.iter().find(|attribute| attribute.0 == name).map(|(_, value)| &value[..])
    }

    /// The address from which the request came, as the server saw it.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub(crate) fn mapped_address(&self) -> Result<SocketAddr, String> {
        let value = self.attribute(XOR_MAPPED_ADDRESS).ok_or("the answer has no XOR-MAPPED-ADDRESS")?;
        xor_address(value, &self.id)
    }

    /// Why the server refuses: a code of three digits, and a text for people.
    ///
    /// # Errors
    /// It does not say, or the code cannot be read.
    pub(crate) fn error_code(&self) -> Result<(u16, String), String> {
        match self.attribute(ERROR_CODE).ok_or("the refusal has no ERROR-CODE")? {
            [_, _, hundreds @ 3..=6, rest @ 0..=99, reason @ ..] => {
                Ok((u16::from(*hundreds) * 100 + u16::from(*rest), String::from_utf8_lossy(reason).into_owned()))
            }
            _ => Err("the ERROR-CODE has no number from 300 to 699".to_owned()),
        }
    }

    /// An attribute that the reader of the message would have to understand, and that these programs do not know. The types
    /// from 0x8000 on may be passed over (section 14).
    pub(crate) fn not_understood(&self) -> Option<u16> {
        self.attributes.iter().map(|(name, _)| *name).find(|&name| name < 0x8000 && attribute_name(name) == UNKNOWN)
    }
}

/// Reads an address that is written XOR the magic cookie and the transaction id. Some NATs replace their own address wherever
/// they find it in a packet; written like this they do not find it (section 14.2).
///
/// # Errors
/// What is wrong with the bytes.
pub(crate) fn xor_address(value: &[u8], id: &TransactionId) -> Result<SocketAddr, String> {
    let (&[_, family, high, low], address) = value.split_first_chunk().ok_or("an address has at least 4 bytes")?;
    let port = u16::from_be_bytes([high ^ MAGIC_COOKIE[0], low ^ MAGIC_COOKIE[1]]);
    let mask = [&MAGIC_COOKIE[..], id].concat();
    let plain: Vec<u8> = address.iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect();
    let ip = match family {
        1 if address.len() == 4 => <[u8; 4]>::try_from(plain).ok().map(|octets| IpAddr::V4(Ipv4Addr::from(octets))),
        2 if address.len() == 16 => <[u8; 16]>::try_from(plain).ok().map(|octets| IpAddr::V6(Ipv6Addr::from(octets))),
        _ => None,
    };
    let ip = ip.ok_or_else(|| format!("family {family} with {} bytes is neither IPv4 nor IPv6", address.len()))?;
    Ok(SocketAddr::new(ip, port))
}

const UNKNOWN: &str = "an attribute that this program does not know";

/// The name of an attribute: RFC 8489 section 18.3, and those of RFC 5780 and the older RFC 3489 that servers still send.
pub(crate) fn attribute_name(name: u16) -> &'static str {
    match name {
        0x0001 => "MAPPED-ADDRESS (the same, as older programs read it)",
        0x0004 => "SOURCE-ADDRESS (RFC 3489)",
        0x0005 => "CHANGED-ADDRESS (RFC 3489)",
        0x0006 => "USERNAME",
        0x0008 => "MESSAGE-INTEGRITY",
        0x0009 => "ERROR-CODE",
        0x000a => "UNKNOWN-ATTRIBUTES",
        0x0014 => "REALM",
        0x0015 => "NONCE",
        0x001c => "MESSAGE-INTEGRITY-SHA256",
        0x001d => "PASSWORD-ALGORITHM",
        0x001e => "USERHASH",
        XOR_MAPPED_ADDRESS => "XOR-MAPPED-ADDRESS (where you come from)",
        0x8002 => "PASSWORD-ALGORITHMS",
        0x8003 => "ALTERNATE-DOMAIN",
        0x8022 => "SOFTWARE (which program answers)",
        0x8023 => "ALTERNATE-SERVER",
        0x8028 => "FINGERPRINT (a checksum)",
        0x802b => "RESPONSE-ORIGIN (from where it answers, RFC 5780)",
        0x802c => "OTHER-ADDRESS (where else it answers, RFC 5780)",
        _ => UNKNOWN,
    }
}
