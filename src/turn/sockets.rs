//! The sockets of the server: one for all clients, and one for each relay.
//!
//! Nothing is queued here. What waits, waits in the buffers that the system has for each socket, and what does not fit
//! there is lost, as on any router.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use futures::StreamExt;
use futures::future::{AbortHandle, BoxFuture, FutureExt, abortable};
use futures::stream::FuturesUnordered;
use tokio::net::UdpSocket;
use tracing::debug;
use turn_types::AddressFamily;
use turn_types::stun::attribute::ErrorCode;

use super::wire::Wire;

/// How many ports of the system's choice are looked at for an even one.
const PORTS_FOR_AN_EVEN_ONE: usize = 16;

/// All sockets of a server.
pub(super) struct Sockets {
    /// Where the clients send to.
    pub(super) listening: UdpSocket,
    /// The address that it was bound to.
    bound: IpAddr,
    /// Under which address the internet knows this machine.
    external: Option<IpAddr>,
    relays: HashMap<SocketAddr, Relay>,
    /// For each relay: it waits for a packet.
    waiting: FuturesUnordered<BoxFuture<'static, Option<ReadyRelay>>>,
}

/// A socket that has a packet.
pub(super) enum Ready {
    /// The one for the clients.
    Listening,
    /// The relay of a client.
    Relay(ReadyRelay),
}

/// The relay of a client has a packet.
pub(super) struct ReadyRelay {
    /// Whose relay it is.
    pub(super) client: SocketAddr,
    /// Its socket.
    pub(super) socket: Arc<UdpSocket>,
}

struct Relay {
    socket: Arc<UdpSocket>,
    /// Wakes the one that waits at the socket, and makes it forget the socket.
    stop: AbortHandle,
}

impl Sockets {
    /// With the socket for the clients, and without a relay.
    pub(super) fn new(listening: UdpSocket, bound: IpAddr, external: Option<IpAddr>) -> Self {
        Self { listening, bound, external, relays: HashMap::new(), waiting: FuturesUnordered::new() }
    }

    /// Waits until one of the sockets has a packet. Which one is first is left to chance when several have: a flood on one
    /// does not keep the others waiting.
    pub(super) async fn ready(&mut self) -> Ready {
        let Self { listening, waiting, .. } = self;
        loop {
            tokio::select! {
                // When this fails there is nothing to read, and whoever reads finds that out.
                _ = listening.readable() => return Ready::Listening,
                // None: this relay is closed.
                Some(relay) = waiting.next() => if let Some(relay) = relay { return Ready::Relay(relay) },
            }
        }
    }

    /// Waits again at a relay whose packets have been read.
    pub(super) fn wait(&mut self, ReadyRelay { client, socket }: ReadyRelay) {
        let Some(relay) = self.relays.get_mut(&client).filter(|relay| Arc::ptr_eq(&relay.socket, &socket)) else {
            return;
        };
        let (waiting, stop) =
            abortable(async move { socket.readable().await.is_ok().then_some(ReadyRelay { client, socket }) });
        relay.stop = stop;
        self.waiting.push(waiting.map(|ready| ready.ok().flatten()).boxed());
    }

    /// On which address of this machine the relay of a client is.
    fn relay_address(&self, client: SocketAddr, family: AddressFamily) -> io::Result<IpAddr> {
        let is_of_family = |address: &IpAddr| AddressFamily::from(address) == family;
        if !self.bound.is_unspecified() {
            let of_other_family = || io::Error::from(io::ErrorKind::AddrNotAvailable);
            return Some(self.bound).filter(is_of_family).ok_or_else(of_other_family);
        }
        // Nothing is sent to it: the system only says which way it would take. The second is for a client that asks for a
        // relay of the other family.
        let target = match family {
            _ if is_of_family(&client.ip()) => client,
            AddressFamily::IPV4 => (Ipv4Addr::new(192, 0, 2, 1), 9).into(),
            AddressFamily::IPV6 => (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1), 9).into(),
        };
        let socket = std::net::UdpSocket::bind((unspecified(family), 0))?;
        socket.connect(target)?;
        Ok(socket.local_addr()?.ip())
    }
}

impl Wire for Sockets {
    fn open(&mut self, client: SocketAddr, family: AddressFamily, even: bool) -> Result<SocketAddr, u16> {
        let address = self.relay_address(client, family).map_err(|error| {
            debug!(%client, %error, "TURN: there is no address for a relay");
            ErrorCode::ADDRESS_FAMILY_NOT_SUPPORTED
        })?;
        let (local, socket) = bind_relay(address, even).map_err(|error| {
            debug!(%client, %address, %error, "TURN: there is no socket for a relay");
            ErrorCode::INSUFFICIENT_CAPACITY
        })?;
        let socket = Arc::new(socket);
        self.relays.insert(client, Relay { socket: socket.clone(), stop: AbortHandle::new_pair().0 });
        self.wait(ReadyRelay { client, socket });
        let told = self.external.filter(|external| AddressFamily::from(external) == family).unwrap_or(address);
        Ok(SocketAddr::new(told, local.port()))
    }

    fn close(&mut self, client: SocketAddr) {
        if let Some(relay) = self.relays.remove(&client) {
            relay.stop.abort();
        }
    }

    fn send_to_client(&mut self, client: SocketAddr, packet: &[u8]) {
        // A socket of both families writes an IPv4 address in IPv6.
        let client = match client {
            SocketAddr::V4(client) if self.bound.is_ipv6() => (client.ip().to_ipv6_mapped(), client.port()).into(),
            client => client,
        };
        if let Err(error) = self.listening.try_send_to(packet, client) {
            debug!(%client, %error, "TURN: a packet to a client is lost");
        }
    }

    fn send_to_peer(&mut self, client: SocketAddr, peer: SocketAddr, data: &[u8]) {
        let Some(relay) = self.relays.get(&client) else { return };
        if let Err(error) = relay.socket.try_send_to(data, peer) {
            debug!(%peer, %error, "TURN: a packet to a peer is lost");
        }
    }
}

/// A UDP socket as tokio wants it.
pub(super) fn bind(address: IpAddr, port: u16) -> io::Result<std::net::UdpSocket> {
    let socket = std::net::UdpSocket::bind((address, port))?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// The socket of a relay, and where it is. The odd ports are kept until an even one is found, or they would come again.
fn bind_relay(address: IpAddr, even: bool) -> io::Result<(SocketAddr, UdpSocket)> {
    let mut odd = Vec::new();
    while odd.len() < PORTS_FOR_AN_EVEN_ONE {
        let socket = bind(address, 0)?;
        let local = socket.local_addr()?;
        if !even || local.port().is_multiple_of(2) {
            return Ok((local, UdpSocket::from_std(socket)?));
        }
        odd.push(socket);
    }
    Err(io::ErrorKind::AddrInUse.into())
}

fn unspecified(family: AddressFamily) -> IpAddr {
    match family {
        AddressFamily::IPV4 => Ipv4Addr::UNSPECIFIED.into(),
        AddressFamily::IPV6 => Ipv6Addr::UNSPECIFIED.into(),
    }
}
