//! The requests of STUN and TURN, each with its answer.

use std::net::SocketAddr;
use std::time::Duration;

use tracing::info;
use turn_types::AddressFamily;
use turn_types::attribute::{
    ChannelNumber, EvenPort, Lifetime, RequestedAddressFamily, RequestedTransport, XorPeerAddress, XorRelayedAddress,
};
use turn_types::message::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, REFRESH};
use turn_types::stun::attribute::{
    AttributeType, ErrorCode, MessageIntegrity, MessageIntegritySha256, Nonce, Realm, Username, XorMappedAddress,
};
use turn_types::stun::message::{BINDING, IntegrityKey, Message};
use turn_types::stun::prelude::AttributeStaticType;

use super::super::allocation::Allocation;
use super::super::clock::Time;
use super::super::credentials::User;
use super::super::message;
use super::super::wire::Wire;
use super::Service;

/// The lifetime of an allocation in seconds when the client asks for none or for less, and the most it gets at once
/// (RFC 8656, sections 3.2 and 7.2). No allocation lasts longer than its credential.
const SHORTEST: u32 = 600;
const LONGEST: u32 = 3600;

/// Numbers of channels (RFC 8656, section 12). It ends at 0x4fff there; clients after RFC 5766 go on to 0x7fff.
const CHANNELS: std::ops::RangeInclusive<u16> = 0x4000..=0x7fff;

/// Who has signed a request.
struct Caller {
    username: String,
    user: User,
    key: IntegrityKey,
}

impl Service {
    /// The answer to a request. None: it is of a kind that this server does not have (RFC 8489, section 6.3).
    pub(super) fn answer(
        &mut self,
        client: SocketAddr,
        request: &Message,
        time: Time,
        wire: &mut impl Wire,
    ) -> Option<Vec<u8>> {
        let method = request.method();
        if method == BINDING {
            return Some(binding(client, request));
        }
        let mut known = vec![
            Username::TYPE,
            Realm::TYPE,
            Nonce::TYPE,
            MessageIntegrity::TYPE,
            // A client that does not know yet which of the two a server checks may send both.
            MessageIntegritySha256::TYPE,
        ];
        known.extend_from_slice(attributes_of(request).filter(|_| self.relay)?);
        let caller = match self.caller(client, request, time) {
            Ok(caller) => caller,
            Err(answer) => return Some(answer),
        };
        let unknown = message::unknown(request, &known);
        if !unknown.is_empty() {
            return Some(message::unknown_attributes(request, &unknown, Some(&caller.key)));
        }
        let answer = match method {
            ALLOCATE => self.allocate(client, request, &caller, time, wire),
            REFRESH => self.refresh(client, request, &caller, time, wire),
            CREATE_PERMISSION => self.create_permission(client, request, &caller, time),
            _ => self.channel_bind(client, request, &caller, time),
        };
        Some(answer.unwrap_or_else(|code| {
            let user = &caller.user.name;
            self.notes.write(time.instant, || info!(%client, ?user, %method, code, "TURN: a request is refused"));
            message::error(request, code, Some(&caller.key))
        }))
    }

    /// Who has signed a request, or the answer to who has not (RFC 8489, section 9.2.4).
    fn caller(&mut self, client: SocketAddr, request: &Message, time: Time) -> Result<Caller, Vec<u8>> {
        let challenge = |code| message::challenge(request, code, &self.nonces.make(client, time.unix));
        if !request.has_attribute(MessageIntegrity::TYPE) {
            return Err(challenge(ErrorCode::UNAUTHORIZED));
        }
        let (Ok(username), Ok(_), Ok(nonce)) =
            (request.attribute::<Username>(), request.attribute::<Realm>(), request.attribute::<Nonce>())
        else {
            return Err(message::error(request, ErrorCode::BAD_REQUEST, None));
        };
        if !self.nonces.is_fresh(nonce.nonce(), client, time.unix) {
            return Err(challenge(ErrorCode::STALE_NONCE));
        }
        let username = username.username();
        let key = self.credentials.key(username);
        let is_signed = request.validate_integrity_with_key(&key).is_ok();
        let user = self.credentials.user(username, time.unix).filter(|_| is_signed);
        let Some(user) = user else {
            let answer = challenge(ErrorCode::UNAUTHORIZED);
            let note = || info!(%client, ?username, "TURN: a credential is wrong or has expired");
            self.notes.write(time.instant, note);
            return Err(answer);
        };
        if self.allocations.get(&client).is_some_and(|allocation| allocation.username != username) {
            return Err(message::error(request, ErrorCode::WRONG_CREDENTIALS, Some(&key)));
        }
        Ok(Caller { username: username.to_owned(), user, key })
    }

    /// RFC 8656, section 7.2.
    fn allocate(
        &mut self,
        client: SocketAddr,
        request: &Message,
        caller: &Caller,
        time: Time,
        wire: &mut impl Wire,
    ) -> Result<Vec<u8>, u16> {
        if let Some(allocation) = self.allocations.get(&client) {
            let (made_by, answer) = &allocation.made_by;
            let is_the_same = *made_by == request.transaction_id();
            return if is_the_same { Ok(answer.clone()) } else { Err(ErrorCode::ALLOCATION_MISMATCH) };
        }
        let transport = request.attribute::<RequestedTransport>().map_err(|_| ErrorCode::BAD_REQUEST)?;
        if transport.protocol() != RequestedTransport::UDP {
            return Err(ErrorCode::UNSUPPORTED_TRANSPORT_PROTOCOL);
        }
        let seconds = lifetime(request, &caller.user, time)?;
        let family = family(request)?.unwrap_or(AddressFamily::IPV4);
        let even = even_port(request)?;
        self.quotas.admit(&caller.user.name, client.ip(), &self.limits, time.instant)?;
        let relayed = wire.open(client, family, even).inspect_err(|_| {
            self.quotas.release(&caller.user.name, client.ip());
        })?;
        let transaction = request.transaction_id();
        let attributes = (XorRelayedAddress::new(relayed, transaction), XorMappedAddress::new(client, transaction));
        let attributes: [&dyn turn_types::stun::prelude::AttributeWrite; 3] =
            [&attributes.0, &Lifetime::new(seconds), &attributes.1];
        let answer = message::success(request, &attributes, Some(&caller.key));
        let ends = time.instant + Duration::from_secs(seconds.into());
        let (username, user) = (caller.username.clone(), caller.user.clone());
        let made_by = (transaction, answer.clone());
        self.allocations.insert(client, Allocation::new(username, user, relayed, ends, made_by));
        self.clients.insert(relayed, client);
        let user = &caller.user.name;
        self.notes.write(time.instant, || info!(%client, ?user, %relayed, seconds, "TURN: an allocation is made"));
        Ok(answer)
    }

    /// RFC 8656, section 8.2. A lifetime of nothing ends the allocation.
    fn refresh(
        &mut self,
        client: SocketAddr,
        request: &Message,
        caller: &Caller,
        time: Time,
        wire: &mut impl Wire,
    ) -> Result<Vec<u8>, u16> {
        let allocation = self.allocations.get_mut(&client).ok_or(ErrorCode::ALLOCATION_MISMATCH)?;
        let of_the_relay = AddressFamily::from(&allocation.relayed);
        if family(request)?.is_some_and(|family| family != of_the_relay) {
            return Err(ErrorCode::PEER_ADDRESS_FAMILY_MISMATCH);
        }
        let seconds = match request.attribute::<Lifetime>() {
            Ok(lifetime) if lifetime.seconds() == 0 => 0,
            _ => lifetime(request, &caller.user, time)?,
        };
        allocation.ends = time.instant + Duration::from_secs(seconds.into());
        if seconds == 0 {
            self.end(client, time, wire);
        }
        Ok(message::success(request, &[&Lifetime::new(seconds)], Some(&caller.key)))
    }

    /// RFC 8656, section 9.2.
    fn create_permission(
        &mut self,
        client: SocketAddr,
        request: &Message,
        caller: &Caller,
        time: Time,
    ) -> Result<Vec<u8>, u16> {
        let peers = message::peers(request).filter(|peers| !peers.is_empty()).ok_or(ErrorCode::BAD_REQUEST)?;
        self.check_peers(client, &peers)?;
        let allocation = self.allocations.get_mut(&client).ok_or(ErrorCode::ALLOCATION_MISMATCH)?;
        let addresses: Vec<_> = peers.iter().map(SocketAddr::ip).collect();
        allocation.permit(&addresses, time.instant, &self.limits)?;
        Ok(message::success(request, &[], Some(&caller.key)))
    }

    /// RFC 8656, section 12.2.
    fn channel_bind(
        &mut self,
        client: SocketAddr,
        request: &Message,
        caller: &Caller,
        time: Time,
    ) -> Result<Vec<u8>, u16> {
        let number = request.attribute::<ChannelNumber>().map(|number| number.channel());
        let number = number.ok().filter(|number| CHANNELS.contains(number)).ok_or(ErrorCode::BAD_REQUEST)?;
        let peer = request.attribute::<XorPeerAddress>().map_err(|_| ErrorCode::BAD_REQUEST)?;
        let peer = peer.addr(request.transaction_id());
        self.check_peers(client, &[peer])?;
        let allocation = self.allocations.get_mut(&client).ok_or(ErrorCode::ALLOCATION_MISMATCH)?;
        allocation.bind(number, peer, time.instant, &self.limits)?;
        Ok(message::success(request, &[], Some(&caller.key)))
    }

    /// Whether a client has a relay, and may have these peers at it.
    fn check_peers(&self, client: SocketAddr, peers: &[SocketAddr]) -> Result<(), u16> {
        let allocation = self.allocations.get(&client).ok_or(ErrorCode::ALLOCATION_MISMATCH)?;
        if peers.iter().any(|peer| peer.is_ipv4() != allocation.relayed.is_ipv4()) {
            return Err(ErrorCode::PEER_ADDRESS_FAMILY_MISMATCH);
        }
        if peers.iter().all(|peer| self.may_reach(*peer)) { Ok(()) } else { Err(ErrorCode::FORBIDDEN) }
    }
}

/// How the client's address looks from here (RFC 8489, section 3). Whoever asks is told.
fn binding(client: SocketAddr, request: &Message) -> Vec<u8> {
    let unknown = message::unknown(request, &[]);
    if !unknown.is_empty() {
        return message::unknown_attributes(request, &unknown, None);
    }
    message::success(request, &[&XorMappedAddress::new(client, request.transaction_id())], None)
}

/// What a request may have beside who has signed it. None: it is not one of TURN over UDP.
///
/// Left out, and refused with error 420: DONT-FRAGMENT, and RESERVATION-TOKEN for a port next to a relay. WebRTC uses
/// neither.
fn attributes_of(request: &Message) -> Option<&'static [AttributeType]> {
    match request.method() {
        ALLOCATE => Some(&[RequestedTransport::TYPE, Lifetime::TYPE, RequestedAddressFamily::TYPE, EvenPort::TYPE]),
        REFRESH => Some(&[Lifetime::TYPE, RequestedAddressFamily::TYPE]),
        CREATE_PERMISSION => Some(&[XorPeerAddress::TYPE]),
        CHANNEL_BIND => Some(&[ChannelNumber::TYPE, XorPeerAddress::TYPE]),
        _ => None,
    }
}

/// How many seconds a client gets.
fn lifetime(request: &Message, user: &User, time: Time) -> Result<u32, u16> {
    let asked = match request.has_attribute(Lifetime::TYPE) {
        true => request.attribute::<Lifetime>().map_err(|_| ErrorCode::BAD_REQUEST)?.seconds(),
        false => SHORTEST,
    };
    let left = u32::try_from(user.expires.saturating_sub(time.unix)).unwrap_or(u32::MAX);
    Ok(asked.clamp(SHORTEST, LONGEST).min(left))
}

/// Whether a client wants an even port, as RTP once had. It gets that, but not the next port as well.
fn even_port(request: &Message) -> Result<bool, u16> {
    if !request.has_attribute(EvenPort::TYPE) {
        return Ok(false);
    }
    let even_port = request.attribute::<EvenPort>().map_err(|_| ErrorCode::BAD_REQUEST)?;
    if even_port.requested() { Err(ErrorCode::INSUFFICIENT_CAPACITY) } else { Ok(true) }
}

/// Which kind of relayed address a client asks for.
fn family(request: &Message) -> Result<Option<AddressFamily>, u16> {
    if !request.has_attribute(RequestedAddressFamily::TYPE) {
        return Ok(None);
    }
    let family = request.attribute::<RequestedAddressFamily>().map_err(|_| ErrorCode::ADDRESS_FAMILY_NOT_SUPPORTED)?;
    Ok(Some(family.family()))
}
