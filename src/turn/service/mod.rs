//! What is done with a packet, without a socket and without a clock of its own.
//!
//! Each packet costs a few look-ups in hash tables, whoever else is there. Before a client has shown that it knows a
//! password nothing is remembered of it.

/// The requests that have an answer.
mod requests;

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};

use tracing::info;
use turn_types::attribute::{Data, XorPeerAddress};
use turn_types::message::SEND;
use turn_types::stun::attribute::{MessageIntegrity, Username};
use turn_types::stun::message::{Message, MessageClass};
use turn_types::stun::prelude::AttributeStaticType;

use super::allocation::Allocation;
use super::clock::Time;
use super::credentials::Credentials;
use super::limits::{Limits, Quotas};
use super::message::{self, Packet};
use super::nonce::Nonces;
use super::notes::Notes;
use super::peers::Peers;
use super::wire::Wire;

/// Longer packets are not taken, whatever the limits say: what the server adds must fit into a message as well.
pub(super) const LONGEST_PACKET: usize = 8192;

/// The server without its sockets.
#[derive(Debug)]
pub(super) struct Service {
    /// Whether it relays, or only tells addresses.
    relay: bool,
    credentials: Credentials,
    nonces: Nonces,
    peers: Peers,
    limits: Limits,
    quotas: Quotas,
    /// By the address of the client. The server has one socket for all clients, so that is the "5-tuple".
    allocations: HashMap<SocketAddr, Allocation>,
    /// Whose relayed address it is.
    clients: HashMap<SocketAddr, SocketAddr>,
    notes: Notes,
}

impl Service {
    /// Without clients.
    pub(super) fn new(relay: bool, credentials: Credentials, peers: Peers, mut limits: Limits) -> Self {
        limits.packet_bytes = limits.packet_bytes.min(LONGEST_PACKET);
        Self {
            relay,
            credentials,
            nonces: Nonces::new(),
            peers,
            limits,
            quotas: Quotas::default(),
            allocations: HashMap::new(),
            clients: HashMap::new(),
            notes: Notes::new(),
        }
    }

    /// The addresses of this machine may have changed.
    pub(super) fn set_own_addresses(&mut self, own: HashSet<IpAddr>) {
        self.peers.set_own(own);
    }

    /// A packet has come from a client, or from anybody else.
    pub(super) fn receive(&mut self, client: SocketAddr, packet: &[u8], time: Time, wire: &mut impl Wire) {
        if packet.len() > self.limits.packet_bytes {
            return;
        }
        if self.allocations.get(&client).is_some_and(|allocation| allocation.is_over(time)) {
            self.end(client, time, wire);
        }
        match message::read(packet) {
            Some(Packet::Stun(message)) => match message.class() {
                MessageClass::Request => {
                    if let Some(answer) = self.answer(client, &message, time, wire) {
                        wire.send_to_client(client, &answer);
                    }
                }
                MessageClass::Indication => _ = self.send(client, &message, time, wire),
                MessageClass::Success | MessageClass::Error => {}
            },
            Some(Packet::Channel(number, data)) => {
                if let Some(peer) = self.allocations.get(&client).and_then(|one| one.peer(number, time.instant)) {
                    self.forward(client, peer, data, time, wire);
                }
            }
            None => {}
        }
    }

    /// A packet of a peer has come to the relay of this client.
    pub(super) fn receive_from_peer(
        &mut self,
        client: SocketAddr,
        peer: SocketAddr,
        data: &[u8],
        time: Time,
        wire: &mut impl Wire,
    ) {
        if data.len() <= self.limits.packet_bytes && self.peers.may_reach(peer) {
            self.deliver(client, peer, data, time, wire);
        }
    }

    /// A Send indication (RFC 8656, section 11.2). Nobody answers it: what is wrong with it is lost.
    fn send(&mut self, client: SocketAddr, message: &Message, time: Time, wire: &mut impl Wire) -> Option<()> {
        let known = [XorPeerAddress::TYPE, Data::TYPE, Username::TYPE, MessageIntegrity::TYPE];
        if !message.has_method(SEND) || !message::unknown(message, &known).is_empty() {
            return None;
        }
        let peer = message.attribute::<XorPeerAddress>().ok()?.addr(message.transaction_id());
        let data = message.attribute::<Data>().ok()?;
        if self.allocations.get(&client)?.permits(peer.ip(), time.instant) {
            self.forward(client, peer, data.data(), time, wire);
        }
        Some(())
    }

    /// From a client to a peer, if the peer may be reached and the user has not sent too much.
    fn forward(&mut self, client: SocketAddr, peer: SocketAddr, data: &[u8], time: Time, wire: &mut impl Wire) {
        let Some(allocation) = self.allocations.get(&client) else { return };
        // It was allowed when the channel was bound. Since then a relay may have ended, and its port may be somebody else's.
        if !self.may_reach(peer) || !self.quotas.spend(&allocation.user.name, data.len(), time.instant) {
            return;
        }
        match self.clients.get(&peer) {
            // Both sides of a call relay through this server: the packet does not leave it, and needs no router that
            // would send it back.
            Some(other) => self.deliver(*other, allocation.relayed, data, time, wire),
            None => wire.send_to_peer(client, peer, data),
        }
    }

    /// From a peer to a client, if the client has a permission for it.
    fn deliver(&mut self, client: SocketAddr, peer: SocketAddr, data: &[u8], time: Time, wire: &mut impl Wire) {
        let Some(allocation) = self.allocations.get(&client).filter(|allocation| !allocation.is_over(time)) else {
            return;
        };
        if !allocation.permits(peer.ip(), time.instant)
            || !self.quotas.spend(&allocation.user.name, data.len(), time.instant)
        {
            return;
        }
        let packet = match allocation.channel(peer, time.instant) {
            Some(number) => message::channel_data(number, data),
            None => message::data_indication(peer, data),
        };
        wire.send_to_client(client, &packet);
    }

    /// Whether a client may have this peer: another relay of this server, or what everybody can reach.
    fn may_reach(&self, peer: SocketAddr) -> bool {
        self.clients.contains_key(&peer) || self.peers.may_reach(peer)
    }

    /// Ends what is over. To be called every second or so: a packet of a client whose time is over finds that out as well.
    pub(super) fn expire(&mut self, time: Time, wire: &mut impl Wire) {
        let over = self.allocations.iter().filter(|(_, allocation)| allocation.is_over(time));
        for client in over.map(|(client, _)| *client).collect::<Vec<_>>() {
            self.end(client, time, wire);
        }
    }

    /// Ends an allocation, with its socket.
    fn end(&mut self, client: SocketAddr, time: Time, wire: &mut impl Wire) {
        let Some(allocation) = self.allocations.remove(&client) else { return };
        self.clients.remove(&allocation.relayed);
        self.quotas.release(&allocation.user.name, client.ip());
        wire.close(client);
        let (user, relayed) = (&allocation.user.name, allocation.relayed);
        self.notes.write(time.instant, || info!(%client, ?user, %relayed, "TURN: an allocation has ended"));
    }
}

#[cfg(test)]
mod tests;
