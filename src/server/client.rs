//! What the server knows of a connected client.

use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::header::HOST;
use shared::IceServer;
use shared::signal::Auth;
use socketioxide::extract::SocketRef;
use socketioxide::socket::Sid;
use support::rate_limit::{Pace, Verdict};

use super::ice::{Ice, host_of};
use super::request::MAX_NAME_BYTES;

/// A client that is connected to this server.
pub(super) struct Client {
    pub(super) socket: Sid,
    /// The secret by which it proves after a lost connection that it is the same client, if it has shown one.
    pub(super) secret: Option<String>,
    /// It knows more than the plain protocol.
    pub(super) extended: bool,
    /// What it has called this server.
    host: Option<String>,
    /// Its name at the TURN server, drawn at random: whoever learns it learns nothing of the call.
    turn_user: String,
    ice: Arc<Ice>,
    /// The connection is over. socketioxide can still deliver an event that came right before the goodbye. A client that
    /// entered a room by it would never leave.
    pub(super) gone: AtomicBool,
    /// How many of its requests wait to be handled. On a server without Redis none waits.
    pub(super) waiting: AtomicUsize,
    /// How fast it sends: events and bytes.
    paces: Mutex<[Pace; 2]>,
}

impl Client {
    /// A client that has just come, and what it says of itself.
    pub(super) fn new(socket: &SocketRef, auth: Auth, ice: Arc<Ice>, paces: [Pace; 2]) -> Self {
        // A secret that is not one of ours is none: it would only take up memory.
        let secret = auth.client.filter(|secret| secret.len() <= MAX_NAME_BYTES);
        let host = socket.req_parts().headers.get(HOST).and_then(|host| host.to_str().ok());
        Self {
            socket: socket.id,
            secret,
            extended: auth.extended,
            host: host.map(host_of).filter(|host| host.len() <= MAX_NAME_BYTES).map(str::to_owned),
            turn_user: format!("{:016x}", rand::random::<u64>()),
            ice,
            gone: AtomicBool::new(false),
            waiting: AtomicUsize::new(0),
            paces: Mutex::new(paces),
        }
    }

    /// The ICE servers that it may use as a member of a room.
    pub(super) fn ice_servers(&self) -> Vec<IceServer> {
        self.ice.for_member(self.host.as_deref(), &self.turn_user)
    }

    /// Whether what it was told of ICE servers is not good for ever.
    pub(super) fn ice_servers_expire(&self) -> bool {
        self.ice.expires()
    }

    /// Counts one more event, of this size.
    pub(super) fn count(&self, bytes: usize) -> Verdict {
        let mut paces = self.paces.lock().unwrap_or_else(PoisonError::into_inner);
        let now = tokio::time::Instant::now();
        let [events, all_bytes] = &mut *paces;
        match (events.count(now), all_bytes.take(bytes as f64, now)) {
            (Verdict::Fine, Verdict::Fine) => Verdict::Fine,
            (Verdict::Flood, _) => Verdict::Flood,
            _ => Verdict::TooFast,
        }
    }
}
