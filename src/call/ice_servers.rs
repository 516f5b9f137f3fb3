//! The STUN and TURN servers of the call.
//!
//! The server names them when it lets a side in, which is after step 1. That is early enough: candidates are gathered from
//! `setLocalDescription` on, in steps 4 and 8, and until then `setConfiguration` changes what they are gathered with.

use shared::IceServer;
use tracing::warn;

use super::{Call, Cause, Configuration, Engine, Interrupt, Signaling};

impl<E: Engine, S: Signaling> Call<E, S> {
    /// What a peer connection is to know.
    pub(super) fn configuration(&self) -> Configuration {
        let ice_servers = self.options.ice_servers.iter().chain(&self.ice_servers).cloned().collect();
        Configuration { ice_servers, relay_only: self.options.relay_only }
    }

    /// The server names its ICE servers, or fresh credentials for them.
    pub(super) async fn on_ice_servers(&mut self, ice_servers: Vec<IceServer>) {
        if ice_servers.is_empty() || ice_servers == self.ice_servers {
            return;
        }
        self.ice_servers = ice_servers;
        // A server that the engine cannot use does not spoil the call: the others, and direct paths, are left.
        if let Err(error) = self.engine.set_configuration(&self.configuration()).await {
            warn!("setConfiguration: {error}: the ICE servers of the server are not used");
        }
    }

    /// A call that is to be relayed, with nobody who relays, would look for a path until it gives up.
    pub(super) fn must_have_a_relay(&self) -> Result<(), Interrupt> {
        let configuration = self.configuration();
        if configuration.relay_only && !configuration.ice_servers.iter().any(IceServer::is_turn) {
            return Err(Cause::NoRelay.into());
        }
        Ok(())
    }
}
