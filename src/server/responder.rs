//! The answer to one event: an acknowledgement, or the event `refused`.

use std::borrow::Cow;
use std::convert::Infallible;
use std::sync::Arc;

use serde_json::json;
use shared::{Accepted, Refusal, Reply, events};
use socketioxide::adapter::LocalAdapter;
use socketioxide::extract::{AckSender, SocketRef};
use socketioxide::handler::FromMessageParts;
use socketioxide::socket::Socket;
use tracing::{info, warn};

use super::client::Client;

/// The way back to the client that has sent an event.
pub(super) struct Responder {
    pub(super) client: Arc<Client>,
    pub(super) socket: SocketRef,
    /// The name of the event, for the log.
    pub(super) event: Cow<'static, str>,
    pub(super) ack: AckSender,
    pub(super) wants_ack: WantsAck,
}

/// Whether the sender of an event has asked for an acknowledgement.
pub(super) struct WantsAck(bool);

impl FromMessageParts<LocalAdapter> for WantsAck {
    type Error = Infallible;

    fn from_message_parts(
        _: &Arc<Socket<LocalAdapter>>,
        _: &mut socketioxide::handler::Value,
        ack_id: &Option<i64>,
    ) -> Result<Self, Infallible> {
        Ok(Self(ack_id.is_some()))
    }
}

impl Responder {
    /// Answers with the acknowledgement. A client that asked for none hears of a refusal in the event `refused`. The log has
    /// each refusal.
    pub(super) fn answer(self, done: Result<Accepted, Refusal>) {
        let Self { client, socket, event, ack, wants_ack } = self;
        let reply = match done {
            // Who has a role is a member from now on.
            Ok(accepted) if accepted.role.is_some() => {
                Reply::Accepted(Accepted { ice_servers: client.ice_servers(), ..accepted })
            }
            Ok(accepted) => Reply::Accepted(accepted),
            Err(refusal) => {
                info!(socket = %socket.id, "{event} refused: {refusal}");
                if !wants_ack.0 {
                    // An error says that the client is going, or does not read: that is seen elsewhere.
                    let _ = socket.emit(events::REFUSED, &json!({"event": event, "error": refusal}));
                    return;
                }
                Reply::Refused(refusal)
            }
        };
        if let Err(error) = ack.send(&reply) {
            warn!(socket = %socket.id, "the acknowledgement of {event} was not delivered: {error}");
        }
    }
}
