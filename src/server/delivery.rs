//! What the server tells its clients.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::json;
use shared::ice_server::IceServers;
use shared::{ErrorCode, Refusal, events};
use socketio_src::server::Backlogs;
use socketioxide::extract::SocketRef;
use socketioxide::socket::Sid;
use socketioxide::{SendError, SocketError, SocketIo};
use tracing::warn;

use super::args::Args;
use super::client::Client;
use super::faults::{Faults, Out};

/// The way to the clients of this server.
#[derive(Clone)]
pub(super) struct Delivery {
    io: SocketIo,
    /// How many bytes wait for each client.
    backlogs: Backlogs,
    clients: Arc<Mutex<HashMap<Sid, Arc<Client>>>>,
    /// What is to go wrong, in the laboratory.
    faults: Option<Arc<Faults>>,
}

/// A message that was not delivered.
pub(super) struct DeliveryError {
    pub(super) refusal: Refusal,
    pub(super) does_not_read: bool,
}

impl Delivery {
    pub(super) fn new(io: SocketIo, backlogs: Backlogs, faults: Option<Arc<Faults>>) -> Self {
        Self { io, backlogs, clients: Arc::default(), faults }
    }

    /// A client has come.
    pub(super) fn open(&self, socket: &SocketRef, client: &Arc<Client>) {
        // It is kept there until the client is gone.
        let _ = self.backlogs.open(socket);
        self.clients().insert(socket.id, client.clone());
    }

    /// A client has gone.
    pub(super) fn close(&self, socket: Sid) {
        self.backlogs.close(socket);
        self.clients().remove(&socket);
    }

    /// Cuts the connection of a client that reads nothing.
    pub(super) fn cut(&self, socket: Sid, why: &str) {
        self.backlogs.end(socket, why);
    }

    /// Tells a client something. In the laboratory something goes wrong with it.
    pub(super) fn tell(&self, to: Sid, event: &str, args: &Args) -> Result<(), DeliveryError> {
        match &self.faults {
            Some(faults) if Faults::concern(event) => faults.deliver(self, to, event, args),
            _ => self.tell_now(to, event, args),
        }
    }

    /// The client with this connection.
    pub(super) fn client(&self, socket: Sid) -> Option<Arc<Client>> {
        self.clients().get(&socket).cloned()
    }

    fn clients(&self) -> MutexGuard<'_, HashMap<Sid, Arc<Client>>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Out for Delivery {
    type Error = DeliveryError;

    /// Puts a message into the queue of a client. A client of the plain protocol is told what that says, and nothing else.
    ///
    /// A queue that is full belongs to a client that does not read. An error says so: the client loses its place at once.
    /// Its connection ends when a write has made no progress for ten seconds (`socketio_src/src/server/line.rs`).
    fn tell_now(&self, to: Sid, event: &str, args: &Args) -> Result<(), DeliveryError> {
        let client = self.client(to);
        let extended = client.as_ref().is_some_and(|client| client.extended);
        if let (events::WELCOME, true, Some(client)) = (event, extended, &client)
            && client.ice_servers_expire()
        {
            // A call begins, and what this member was told when it came can be old by now.
            let servers = IceServers { ice_servers: client.ice_servers() };
            self.tell_now(to, events::ICE_SERVERS, &Args(vec![json!(servers)]))?;
        }
        let event = match event {
            events::STEP | events::RESUMED | events::RESTART if !extended => return Ok(()),
            // It cannot ask for its place again without being told how: for it the call is over.
            events::PLACE_LOST if !extended => events::BYE,
            event => event,
        };
        let args = args.at_most(if extended && event == events::ANSWER { 2 } else { 1 });
        // A socket that is not there any more is closing: its member leaves the room soon.
        let sent = match self.io.get_socket(to) {
            Some(socket) => socket.emit(event, &*args),
            None => Err(SocketError::Closed.into()),
        };
        // Sent all the same: the connection is being cut, and what is in its queue goes with it.
        if !self.backlogs.add_or_cut(to, args.size()) {
            let refusal = not_delivered(event, "it does not read");
            return Err(DeliveryError { refusal, does_not_read: true });
        }
        sent.map_err(|error| {
            warn!(%to, "{event} was not delivered: {error}");
            let does_not_read = matches!(error, SendError::Socket(SocketError::InternalChannelFull));
            DeliveryError { refusal: not_delivered(event, error), does_not_read }
        })
    }
}

pub(super) fn not_delivered(event: &str, reason: impl std::fmt::Display) -> Refusal {
    let message = format!("{event:?} did not reach the other member: {reason}");
    Refusal { code: ErrorCode::NotDelivered, message }
}
