//! Checks of the other side that come before its description.
//!
//! The other side of an offer begins to check paths (RFC 8445) as soon as it has sent its answer, and its first check can
//! overtake the answer. The crate's agent does not know its role by then and takes the other one: it claims a conflict of
//! roles, and the other side gives way. Firefox and the crate did not come together again after that, in most calls that
//! a headless peer began. A check that is not answered is repeated, so an early one is not heard.

use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

/// A binding request of STUN, and the number that every message of STUN has in it (RFC 8489, section 5).
const BINDING_REQUEST: [u8; 2] = [0x00, 0x01];
const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];

/// A socket that is deaf to checks until the remote description is there.
#[derive(Debug)]
pub(super) struct DeafToEarlyChecks {
    pub(super) socket: Arc<dyn AsyncUdpSocket>,
    pub(super) has_description: Arc<AtomicBool>,
}

impl AsyncUdpSocket for DeafToEarlyChecks {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    fn poll_send(&self, context: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        self.socket.poll_send(context, transmit)
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

fn is_check(packet: &[u8]) -> bool {
    packet.starts_with(&BINDING_REQUEST) && packet.get(4..8) == Some(&MAGIC_COOKIE[..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_known_by_its_type_and_its_cookie() {
        let message = |kind: [u8; 2]| [&kind[..], &[0, 0], &MAGIC_COOKIE, &[7; 12]].concat();
        assert!(is_check(&message([0x00, 0x01])));
        assert!(!is_check(&message([0x01, 0x01])), "an answer of a STUN server is needed");
        assert!(!is_check(&[0x16, 0xfe, 0xfd]) && !is_check(&[0, 1, 0, 0]) && !is_check(&[]));
    }
}
