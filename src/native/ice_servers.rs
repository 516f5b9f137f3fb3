//! STUN and TURN servers, as the crate takes them.

use rtc::peer_connection::configuration::RTCIceTransportPolicy;
use shared::ice_server::{IceUrl, Transport};
use tracing::debug;
use webrtc::peer_connection::{RTCConfiguration, RTCConfigurationBuilder, RTCIceServer};

use crate::call::Configuration;

/// The configuration, less what the crate cannot use: it speaks to STUN and TURN servers over UDP, and not over TCP or TLS.
pub(super) fn to_rtc_configuration(configuration: &Configuration) -> RTCConfiguration {
    let ice_servers: Vec<RTCIceServer> = configuration
        .ice_servers
        .iter()
        .filter_map(|server| {
            let (urls, left): (Vec<_>, Vec<_>) = server.urls.iter().cloned().partition(|url| is_over_udp(url));
            if !left.is_empty() {
                debug!("not over UDP, so not used by this peer: {}", left.join(", "));
            }
            let (username, credential) = (server.username.clone(), server.credential.clone());
            (!urls.is_empty()).then_some(RTCIceServer { urls, username, credential })
        })
        .collect();
    let has_relay = ice_servers.iter().flat_map(|server| &server.urls).any(|url| url.starts_with("turn:"));
    // The crate refuses to relay through nobody; that is the case until the server of the call has named its servers.
    let policy = match configuration.relay_only && has_relay {
        true => RTCIceTransportPolicy::Relay,
        false => RTCIceTransportPolicy::All,
    };
    RTCConfigurationBuilder::new().with_ice_servers(ice_servers).with_ice_transport_policy(policy).build()
}

fn is_over_udp(url: &str) -> bool {
    url.parse().is_ok_and(|url: IceUrl| url.transport == Transport::Udp)
}

#[cfg(test)]
mod tests {
    use shared::IceServer;

    use super::*;

    #[test]
    fn what_the_crate_cannot_use_is_left_out() {
        let server = |urls: &[&str]| IceServer {
            urls: urls.iter().map(|url| (*url).to_owned()).collect(),
            username: "ann".to_owned(),
            credential: "secret".to_owned(),
        };
        let ice_servers = vec![
            server(&["turns:a:5349", "turn:a?transport=tcp", "turn:a:3478?transport=udp", "turn:b"]),
            server(&["stuns:a"]),
        ];
        let configuration = to_rtc_configuration(&Configuration { ice_servers, relay_only: true });
        let urls: Vec<_> = configuration.ice_servers().iter().map(|server| server.urls.clone()).collect();
        assert_eq!(urls, [["turn:a:3478?transport=udp", "turn:b"]]);
        assert_eq!(configuration.ice_transport_policy(), RTCIceTransportPolicy::Relay);

        let nobody_relays = Configuration { ice_servers: vec![server(&["turns:a"])], relay_only: true };
        assert_eq!(to_rtc_configuration(&nobody_relays).ice_transport_policy(), RTCIceTransportPolicy::All);
    }
}
