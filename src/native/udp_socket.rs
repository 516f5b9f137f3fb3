//! A UDP socket that leaves out two kinds of packets with which the crate's ICE agent loses a call, and is not surprised by
//! a third.
//!
//! - **Checks before the description.** The other side of an offer begins to check paths (RFC 8445) as soon as it has sent
//!   its answer, and its first check can overtake the answer. The crate's agent does not know its role by then and takes
//!   the other one: it claims a conflict of roles, and the other side gives way. Firefox and the crate did not come
//!   together again after that. A check that is not answered is repeated, so an early one is not heard.
//! - **Between loopback and another network.** Linux carries a packet from 127.0.0.1 to another address of the same
//!   machine, so the agent nominates such a pair when it is the first to be answered. Firefox answers the check, but sends
//!   nothing to a loopback address (RFC 8445, section 5.1.1.1, has no loopback candidates at all), and the call stays
//!   without a packet. A pair is of loopback on both sides, or on none.
//! - **To where no network leads.** A candidate of another network is tried like any other, and the system says at once that
//!   no route leads there, or that a firewall forbids it. The crate would write an error to the log for each packet, fifty a
//!   second. It is the same as a packet that is lost on its way.

use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

/// A binding request of STUN, and the number that every message of STUN has in it (RFC 8489, section 5).
const BINDING_REQUEST: [u8; 2] = [0x00, 0x01];
const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];

/// A socket without early checks, and without a way between loopback and other networks.
#[derive(Debug)]
pub(super) struct PickySocket {
    pub(super) socket: Arc<dyn AsyncUdpSocket>,
    /// Checks are heard once the remote description is there.
    pub(super) has_description: Arc<AtomicBool>,
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
        if !self.has_description.load(Ordering::Relaxed) {
            for (buffer, meta) in buffers.iter().zip(meta.iter_mut()).take(count) {
                if is_check(&buffer[..meta.len]) {
                    // What is empty is ignored. A stride of nothing would be divided by.
                    (meta.len, meta.stride) = (0, 1);
                }
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

fn is_check(packet: &[u8]) -> bool {
    packet.starts_with(&BINDING_REQUEST) && packet.get(4..8) == Some(&MAGIC_COOKIE[..])
}

/// A socket of all addresses (0.0.0.0) sends from one that fits.
fn crosses_loopback(from: SocketAddr, to: SocketAddr) -> bool {
    // 127.0.0.1 is also written ::ffff:127.0.0.1.
    let [from, to] = [from.ip().to_canonical(), to.ip().to_canonical()];
    !from.is_unspecified() && from.is_loopback() != to.is_loopback()
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn a_check_is_known_by_its_type_and_its_cookie() {
        let message = |kind: [u8; 2]| [&kind[..], &[0, 0], &MAGIC_COOKIE, &[7; 12]].concat();
        assert!(is_check(&message([0x00, 0x01])));
        assert!(!is_check(&message([0x01, 0x01])), "an answer of a STUN server is needed");
        assert!(!is_check(&[0x16, 0xfe, 0xfd]) && !is_check(&[0, 1, 0, 0]) && !is_check(&[]));
    }
}
