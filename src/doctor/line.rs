//! A UDP socket that is tied to one server, and the clock of the two libraries behind it, which have neither.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use tokio::net::UdpSocket;
use tokio::time::timeout;
use turn_client_proto::stun::Instant as Moment;

use super::finding::{Finding, PATIENCE};

/// When a request is sent again: after this time, then after twice as long, and so on. RFC 8489, section 6.2.1 asks for seven
/// times, which takes 39 seconds; whoever looks on wants to know sooner.
pub(super) const FIRST_WAIT: Duration = Duration::from_millis(500);
/// How often it is sent again.
pub(super) const RETRANSMITS: u32 = 3;

/// The line to one server.
pub(super) struct Line {
    socket: UdpSocket,
    pub(super) local: SocketAddr,
    began: Instant,
    asked: Instant,
    buffer: Vec<u8>,
}

impl Line {
    pub(super) async fn open(server: SocketAddr) -> io::Result<Self> {
        let any: SocketAddr =
            if server.is_ipv4() { (Ipv4Addr::UNSPECIFIED, 0).into() } else { (Ipv6Addr::UNSPECIFIED, 0).into() };
        let socket = UdpSocket::bind(any).await?;
        // From now on it hears this server alone, and the system says when nobody listens there.
        socket.connect(server).await?;
        let (local, now) = (socket.local_addr()?, Instant::now());
        Ok(Self { socket, local, began: now, asked: now, buffer: vec![0; 2048] })
    }

    /// The present moment, as the libraries count it.
    pub(super) fn now(&self) -> Moment {
        Moment::ZERO + self.began.elapsed()
    }

    pub(super) async fn send(&mut self, packet: &[u8]) -> io::Result<()> {
        self.asked = Instant::now();
        self.socket.send(packet).await.map(drop)
    }

    /// How long ago the last packet was sent.
    pub(super) fn took(&self) -> Duration {
        self.asked.elapsed()
    }

    /// The next packet, if one comes before this moment.
    pub(super) async fn receive_until(&mut self, moment: Moment) -> io::Result<Option<&[u8]>> {
        let wait = moment.duration_since(self.now());
        match timeout(wait, self.socket.recv(&mut self.buffer)).await {
            Ok(received) => received.map(|length| Some(&self.buffer[..length])),
            Err(_) => Ok(None),
        }
    }
}

/// What comes of an attempt that may take this long.
pub(super) async fn patiently(attempt: impl Future<Output = io::Result<Finding>>) -> Finding {
    match timeout(PATIENCE, attempt).await {
        Ok(result) => result.unwrap_or_else(|error| Finding::of_network(&error)),
        Err(_) => Finding::Silent,
    }
}
