//! A STUN and TURN server: how an address looks from outside, and a way round where there is no direct one.
//!
//! Behind a router nobody knows the address under which the world sees them. **STUN** (RFC 8489) tells it. With that most
//! calls find a direct way; where routers or firewalls allow none, **TURN** (RFC 8656) lends an address: the server receives
//! there for its client, and passes on in both directions. The media stay encrypted for it.
//!
//! ```no_run
//! # async fn serve() -> std::io::Result<()> {
//! use std::net::Ipv4Addr;
//! use std::time::Duration;
//! use study_zoom::turn::{TurnOptions, TurnServer};
//!
//! let options = TurnOptions { relay: true, ..TurnOptions::default() };
//! let server = TurnServer::bind(Ipv4Addr::UNSPECIFIED.into(), 3478, options)?;
//! println!("stun:{0} and turn:{0}", server.local_addr());
//!
//! // What the signaling server tells a member of a room: the `username` and `credential` of an RTCIceServer.
//! let alice = server.credentials().mint("alice", Duration::from_secs(3600));
//! println!("{} {}", alice.username, alice.password);
//!
//! server.run(async { _ = tokio::signal::ctrl_c().await }).await
//! # }
//! ```
//!
//! # Why it is written here
//! The messages are read and written by `turn-types`. The state around them is ours. The servers that exist as a crate open
//! their own sockets and send wherever a client asks (`turn`), reach only relays of their own (`turn-server`), or remember
//! something for every address that ever asked, keep users for ever, and have no quotas (`turn-server-proto`). Here every
//! packet passes through `service`, and what is remembered has bounds.
//!
//! # What it is not
//! No TCP and no TLS to the clients, no relaying of TCP (RFC 6062), no reserved ports (RESERVATION-TOKEN), no MESSAGE-INTEGRITY with
//! SHA-256: browsers do not ask for the last two. For a public service there is [coturn](https://github.com/coturn/coturn).
//!
//! With a wildcard address a machine with several addresses may answer from another one than it was asked at, and a client
//! does not accept that. There it is bound to one address.

/// Which packets there are, and who answers what. No sockets.
mod service;
/// Who may use the relay, and for how long.
mod credentials;
/// Which addresses the relay reaches.
mod peers;
/// How much one may have.
mod limits;
/// What is kept for a client that relays.
mod allocation;
/// Messages as bytes.
mod message;
/// What a client must repeat to show that it is where it says.
mod nonce;
/// The time, on two clocks.
mod clock;
/// The log, with a bound.
mod notes;
/// What the server needs from the network.
mod wire;
/// The sockets.
mod sockets;

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::task::yield_now;
use tokio::time::{MissedTickBehavior, interval};
use tracing::{info, warn};

use clock::Time;
pub use credentials::{Credential, Credentials, REALM};
pub use limits::Limits;
use peers::{Peers, own_addresses};
use service::{LONGEST_PACKET, Service};
use sockets::{Ready, ReadyRelay, Sockets};

/// The port of STUN and TURN over UDP (RFC 8489, section 8; RFC 8656, section 4).
pub const PORT: u16 = 3478;

/// How many ports are tried: the first one, and the nine behind it.
pub const PORTS_TRIED: u16 = 10;

/// How many packets of one socket are handled before the others have their turn.
const TURN_OF_A_SOCKET: usize = 32;

/// How often it is looked for what has ended, and after how many such looks for new addresses of this machine.
const TICK: Duration = Duration::from_secs(1);
const TICKS_OF_ADDRESSES: u64 = 30;

/// What can be set about a TURN server.
#[derive(Debug, Clone, Default)]
pub struct TurnOptions {
    /// Whether it relays (TURN). The default only tells addresses (STUN).
    pub relay: bool,
    /// Whether it also relays to private addresses, loopback and this machine: for a network of its own, and for tests. By
    /// default it relays only to what the whole internet can reach, and to its own relays.
    pub allow_private: bool,
    /// The address under which the internet knows this machine, when a router stands before it that passes every port on
    /// unchanged (coturn: `external-ip`). By default it is an address of the machine itself.
    pub external: Option<IpAddr>,
    /// The secret of the credentials. By default 32 random bytes; several servers, or one that restarts, need the same.
    pub secret: Option<Vec<u8>>,
    /// How much one user, one address and all together may have.
    pub limits: Limits,
}

/// A server that is bound to its port, and is not running yet.
#[derive(Debug)]
pub struct TurnServer {
    socket: std::net::UdpSocket,
    local: SocketAddr,
    options: TurnOptions,
    credentials: Credentials,
}

impl TurnServer {
    /// Binds a UDP socket to this address, at `first_port` or, when that is taken, at the next free one of
    /// [`PORTS_TRIED`]. Port 0 is any free port. A wildcard address (`0.0.0.0`, `::`) is all addresses of this machine.
    pub fn bind(address: IpAddr, first_port: u16, options: TurnOptions) -> io::Result<Self> {
        let last_port = if first_port == 0 { 0 } else { first_port.saturating_add(PORTS_TRIED - 1) };
        let ports = first_port..=last_port;
        let is_taken = |result: &io::Result<_>| matches!(result, Err(e) if e.kind() == io::ErrorKind::AddrInUse);
        let mut attempts = ports.clone().map(|port| sockets::bind(address, port)).skip_while(is_taken);
        let socket = attempts.next().unwrap_or_else(|| {
            let (first, last) = ports.into_inner();
            let text =
                format!("all UDP ports from {first} to {last} are taken on {address}; choose another first port");
            Err(io::Error::new(io::ErrorKind::AddrInUse, text))
        })?;
        let local = socket.local_addr()?;
        let credentials = Credentials::new(options.secret.clone());
        Ok(Self { socket, local, options, credentials })
    }

    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// Mints what this server accepts.
    pub fn credentials(&self) -> Credentials {
        self.credentials.clone()
    }

    /// Answers and relays until `shutdown` is ready, then closes every relay. So it does when it is dropped.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> io::Result<()> {
        let Self { socket, local, options, credentials } = self;
        let own = || own_addresses().map(|own| own.into_iter().chain(options.external).collect());
        let peers = Peers::new(options.allow_private, own()?, local.port());
        let mut service = Service::new(options.relay, credentials, peers, options.limits);
        let mut sockets = Sockets::new(UdpSocket::from_std(socket)?, local.ip(), options.external);
        // One byte more than is taken: a longer packet is cut off by the system, and must not pass for a shorter one.
        let mut buffer = vec![0; LONGEST_PACKET + 1];
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut shutdown, mut tick) = (pin!(shutdown), 0);
        info!(%local, relay = options.relay, "STUN and TURN: listening");
        loop {
            tokio::select! {
                () = &mut shutdown => return Ok(()),
                ready = sockets.ready() => {
                    match ready {
                        Ready::Listening => listen(&mut service, &mut sockets, &mut buffer),
                        Ready::Relay(ready) => relay(&mut service, &mut sockets, &mut buffer, ready),
                    }
                    // In a flood there is always a socket that is ready. The rest of the program has its turn now.
                    yield_now().await;
                }
                _ = ticks.tick() => {
                    service.expire(Time::now(), &mut sockets);
                    tick += 1;
                    if u64::is_multiple_of(tick, TICKS_OF_ADDRESSES) {
                        match own() {
                            Ok(own) => service.set_own_addresses(own),
                            Err(error) => warn!(%error, "TURN: the addresses of this machine are unknown"),
                        }
                    }
                }
            }
        }
    }
}

/// Reads what clients have sent.
fn listen(service: &mut Service, sockets: &mut Sockets, buffer: &mut [u8]) {
    for _ in 0..TURN_OF_A_SOCKET {
        let Ok((length, client)) = sockets.listening.try_recv_from(buffer) else { return };
        // A socket of both families reads an IPv4 address in IPv6.
        let client = match client.ip().to_canonical() {
            IpAddr::V4(address) => (address, client.port()).into(),
            IpAddr::V6(_) => client,
        };
        service.receive(client, &buffer[..length], Time::now(), sockets);
    }
}

/// Reads what peers have sent to the relay of a client.
fn relay(service: &mut Service, sockets: &mut Sockets, buffer: &mut [u8], ready: ReadyRelay) {
    for _ in 0..TURN_OF_A_SOCKET {
        let Ok((length, peer)) = ready.socket.try_recv_from(buffer) else { break };
        service.receive_from_peer(ready.client, peer, &buffer[..length], Time::now(), sockets);
    }
    sockets.wait(ready);
}
