//! What the server needs from the network. The sockets are one answer to it, a test is another.

use std::net::SocketAddr;

use turn_types::AddressFamily;

/// Where the packets go. Nothing here waits: a packet that the network does not take at once is lost, as on any router.
pub(super) trait Wire {
    /// Opens the relay of a client, at an even port if that is asked for, and says under which address others reach it; or
    /// with which error code there is none.
    fn open(&mut self, client: SocketAddr, family: AddressFamily, even: bool) -> Result<SocketAddr, u16>;
    /// Closes it.
    fn close(&mut self, client: SocketAddr);
    /// From the server to a client.
    fn send_to_client(&mut self, client: SocketAddr, packet: &[u8]);
    /// From the relay of a client to a peer.
    fn send_to_peer(&mut self, client: SocketAddr, peer: SocketAddr, data: &[u8]);
}
