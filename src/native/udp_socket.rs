//! A UDP socket that leaves out three kinds of packets with which the crate's ICE agent loses a call or takes a detour, and is
//! not surprised by a fourth.
//!
//! - **Checks before the description.** The other side of an offer begins to check paths (RFC 8445) as soon as it has sent
//!   its answer, and its first check can overtake the answer. The crate's agent does not know its role by then and takes
//!   the other one: it claims a conflict of roles, and the other side gives way. Firefox and the crate did not come
//!   together again after that. A check that is not answered is repeated, so an early one is not heard.
//! - **Between loopback and another network.** Linux carries a packet from 127.0.0.1 to another address of the same
//!   machine, so the agent nominates such a pair when it is the first to be answered. Firefox answers the check, but sends
//!   nothing to a loopback address (RFC 8445, section 5.1.1.1, has no loopback candidates at all), and the call stays
//!   without a packet. A pair is of loopback on both sides, or on none.
//! - **Checks that come from a relay, at first.** The agent waits two seconds before it takes a candidate of type `relay`, so
//!   that a direct way is found in that time. But a check of the other side can overtake the message that says what it comes
//!   from. It is `prflx` then, better than a way through a NAT, and the call would be relayed without need. So what comes from
//!   the machine of our own TURN server has to wait as well. The other side usually uses the same one.
//! - **To where no network leads.** A candidate of another network is tried like any other, and the system says at once that
//!   no route leads there, or that a firewall forbids it. The crate would write an error to the log for each packet, fifty a
//!   second. It is the same as a packet that is lost on its way.

use std::collections::HashMap;
use std::io::{self, IoSliceMut};
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

use super::lock::lock;

/// A binding request of STUN, and the number that every message of STUN has in it (RFC 8489, section 5).
const BINDING_REQUEST: [u8; 2] = [0x00, 0x01];
const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];

/// How an Allocate request begins, with which a relay is asked for (RFC 8656, section 7.1).
const ALLOCATE_REQUEST: [u8; 2] = [0x00, 0x03];
/// How long checks from there are not heard, from the first one on: as long as the crate waits for a better way.
const BEFORE_RELAYS: Duration = Duration::from_secs(2);
/// How many TURN servers are remembered. Nobody names so many.
const MOST_RELAYS: usize = 16;

/// A socket without early checks, and without a way between loopback and other networks.
#[derive(Debug)]
pub(super) struct PickySocket {
    pub(super) socket: Arc<dyn AsyncUdpSocket>,
    /// Checks are heard once the remote description is there.
    pub(super) has_description: Arc<AtomicBool>,
    /// The TURN servers that were asked for a relay, and when the first check came from there.
    pub(super) relays: Mutex<HashMap<IpAddr, Option<Instant>>>,
}

impl PickySocket {
    fn note_relay(&self, transmit: &Transmit<'_>) {
        if is_message(transmit.contents, ALLOCATE_REQUEST) {
            let mut relays = lock(&self.relays);
            if relays.len() < MOST_RELAYS {
                relays.entry(transmit.destination.ip().to_canonical()).or_default();
            }
        }
    }

    /// Whether a check from there is not to be heard yet. What is on the TURN server's machine and on ours is no relay.
    fn is_early_from_relay(&self, from: SocketAddr) -> bool {
        let from = from.ip().to_canonical();
        let is_here = self.local_addr().is_ok_and(|local| local.ip().to_canonical() == from);
        match lock(&self.relays).get_mut(&from) {
            Some(first) if !is_here => first.get_or_insert_with(Instant::now).elapsed() < BEFORE_RELAYS,
            _ => false,
        }
    }
}

impl AsyncUdpSocket for PickySocket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    fn poll_send(&self, context: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        if crosses_loopback(self.local_addr()?, transmit.destination) {
            // As if it were lost on its way: a check without an answer is a pair that does not work.
            return Poll::Ready(Ok(transmit.contents.len()));
        }
        self.note_relay(transmit);
        match ready!(self.socket.poll_send(context, transmit)) {
            Err(error) if is_no_way(&error) => {
                tracing::trace!("nothing leads to {}: {error}", transmit.destination);
                Poll::Ready(Ok(transmit.contents.len()))
            }
            sent => Poll::Ready(sent),
        }
    }

    fn poll_recv(
        &self,
        context: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let count = ready!(self.socket.poll_recv(context, buffers, meta))?;
        let has_description = self.has_description.load(Ordering::Relaxed);
        for (buffer, meta) in buffers.iter().zip(meta.iter_mut()).take(count) {
            if is_message(&buffer[..meta.len], BINDING_REQUEST)
                && (!has_description || self.is_early_from_relay(meta.addr))
            {
                // What is empty is ignored. A stride of nothing would be divided by.
                (meta.len, meta.stride) = (0, 1);
            }
        }
        Poll::Ready(Ok(count))
    }

    fn max_gso_segments(&self) -> usize {
        self.socket.max_gso_segments()
    }

    fn max_gro_segments(&self) -> usize {
        self.socket.max_gro_segments()
    }
}

/// Whether the system says that a packet cannot get to where it is for.
fn is_no_way(error: &io::Error) -> bool {
    use io::ErrorKind::{AddrNotAvailable, HostUnreachable, InvalidInput, NetworkUnreachable, PermissionDenied};
    [NetworkUnreachable, HostUnreachable, PermissionDenied, AddrNotAvailable, InvalidInput].contains(&error.kind())
}

fn is_message(packet: &[u8], kind: [u8; 2]) -> bool {
    packet.starts_with(&kind) && packet.get(4..8) == Some(&MAGIC_COOKIE[..])
}

/// A socket of all addresses (0.0.0.0) sends from one that fits.
fn crosses_loopback(from: SocketAddr, to: SocketAddr) -> bool {
    // 127.0.0.1 is also written ::ffff:127.0.0.1.
    let [from, to] = [from.ip().to_canonical(), to.ip().to_canonical()];
    !from.is_unspecified() && from.is_loopback() != to.is_loopback()
}

#[cfg(test)]
mod tests {
    use webrtc::runtime::{Runtime, TokioRuntime};

    use super::*;

    #[test]
    fn a_pair_is_of_loopback_on_both_sides_or_on_none() {
        let crosses = |from: &str, to: &str| {
            let at = |address: &str| SocketAddr::new(address.parse().expect("an IP address"), 9);
            crosses_loopback(at(from), at(to))
        };
        assert!(
            crosses("127.0.0.1", "192.0.2.1")
                && crosses("192.0.2.1", "127.0.0.1")
                && crosses("::1", "::ffff:192.0.2.1")
        );
        assert!(!crosses("127.0.0.1", "::ffff:127.0.0.2") && !crosses("192.0.2.1", "192.0.2.1"));
        assert!(!crosses("0.0.0.0", "127.0.0.1") && !crosses("::", "2001:db8::1"));
    }

    #[test]
    fn a_network_that_does_not_lead_there_is_no_error_of_the_socket() {
        let of = io::Error::from;
        assert!(is_no_way(&of(io::ErrorKind::NetworkUnreachable)) && is_no_way(&of(io::ErrorKind::PermissionDenied)));
        assert!(!is_no_way(&of(io::ErrorKind::NotConnected)) && !is_no_way(&of(io::ErrorKind::WouldBlock)));
    }

    #[tokio::test]
    async fn checks_from_a_relay_wait_and_those_from_elsewhere_do_not() {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").expect("a free port");
        let socket = TokioRuntime.wrap_udp_socket(socket).expect("it can be used");
        let picky = PickySocket { socket, has_description: Arc::default(), relays: Mutex::default() };
        let relay = IpAddr::from([203, 0, 113, 1]);
        lock(&picky.relays).insert(relay, None);
        lock(&picky.relays).insert([127, 0, 0, 1].into(), None);
        assert!(picky.is_early_from_relay((relay, 50_000).into()), "the first one");
        assert!(!picky.is_early_from_relay(([203, 0, 113, 20], 50_000).into()), "no relay");
        assert!(!picky.is_early_from_relay(([127, 0, 0, 1], 50_000).into()), "this machine");
        let long_ago = Instant::now().checked_sub(BEFORE_RELAYS).expect("the machine has run for longer");
        lock(&picky.relays).insert(relay, Some(long_ago));
        assert!(!picky.is_early_from_relay((relay, 50_000).into()), "the direct ways had their time");
    }

    #[test]
    fn a_check_is_known_by_its_type_and_its_cookie() {
        let is_check = |packet: &[u8]| is_message(packet, BINDING_REQUEST);
        let message = |kind: [u8; 2]| [&kind[..], &[0, 0], &MAGIC_COOKIE, &[7; 12]].concat();
        assert!(is_check(&message(BINDING_REQUEST)));
        assert!(!is_check(&message([0x01, 0x01])), "an answer of a STUN server is needed");
        assert!(!is_check(&[0x16, 0xfe, 0xfd]) && !is_check(&[0, 1, 0, 0]) && !is_check(&[]));
    }
}
