//! **Step 1: new RTCPeerConnection.** A peer connection is given the servers that it asks how it looks from outside:
//! STUN. It does so as soon as it gathers candidates.
//!
//! Read first: step 1 in `examples/02_offer_and_answer.rs`, and "ICE server" in `src/README.md`.
//! To do: make the peer connection with this STUN server. The builder wants a configuration, and that has
//! `ice_servers`.
//! Check: `cargo test --bin step_01_peer_connection`
//!
//! Fails with: all candidates are gathered, and nobody has asked the STUN server

use std::net::SocketAddr;
use std::sync::Arc;

use exercises::peer::{Peer, Reports};
use webrtc::error::Result;
use webrtc::peer_connection::{PeerConnectionBuilder, RTCConfigurationBuilder, RTCIceServer};

fn main() {}

/// A peer connection on loopback that knows this STUN server.
async fn create_peer_connection(reports: Arc<Reports>, stun_server: SocketAddr) -> Result<Peer> {
    // TODO: the URL of the server is `stun:127.0.0.1:3478`, with another port.
    let _ = stun_server;
    let ice_servers: Vec<RTCIceServer> = Vec::new();
    let peer = PeerConnectionBuilder::new()
        .with_configuration(RTCConfigurationBuilder::new().with_ice_servers(ice_servers).build())
        .with_handler(reports)
        .with_udp_addrs(vec!["127.0.0.1:0"])
        .build()
        .await?;
    Ok(Arc::new(peer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::peer::offer;
    use exercises::run;
    use tokio::net::UdpSocket;

    #[test]
    fn the_stun_server_is_asked() {
        run(async {
            let stun_server = UdpSocket::bind("127.0.0.1:0").await.expect("the system has a free port");
            let address = stun_server.local_addr().expect("a socket has an address");
            let (reports, mut events) = Reports::new();
            let peer = create_peer_connection(reports, address).await.expect("a peer connection can be made");
            offer(&peer).await;
            let mut request = [0; 20];
            tokio::select! {
                biased;
                received = stun_server.recv_from(&mut request) => {
                    received.expect("the socket works");
                }
                _ = events.candidates() => panic!("all candidates are gathered, and nobody has asked the STUN server"),
            }
            // A binding request, and the number that all STUN messages have (RFC 8489, section 5).
            assert_eq!((&request[..2], &request[4..8]), (&[0, 1][..], &[0x21, 0x12, 0xa4, 0x42][..]), "what was asked");
        });
    }
}
