//! What the messages of a client mean.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use futures::FutureExt;
use shared::chat::{ChatError, ChatErrorCode, ClientId, ClientMessage, Nickname};
use tokio_tungstenite::tungstenite::Message;
use tracing::error;

use super::connection::{Connection, Incoming};
use super::hub::Hub;
use super::upgrade::upgrade;
use super::{Chat, Limits};
use support::rate_limit::Rate;

/// `GET /ws`: the chat.
pub(super) async fn on_chat(State(chat): State<Chat>, request: Request) -> Response {
    let (hub, id) = (chat.hub.clone(), chat.next_id());
    upgrade(request, &chat, &chat.options.limits, move |mut connection| async move {
        hub.join(id, Arc::clone(connection.outbox())).await;
        // A mistake in here must cost this client its connection, and nobody else anything: even then it leaves.
        if AssertUnwindSafe(talk(&mut connection, &hub, id)).catch_unwind().await.is_err() {
            error!("client {} ends with a panic", id.0);
        }
        hub.leave(id).await;
        connection.finish().await;
    })
}

async fn talk(connection: &mut Connection, hub: &Hub, id: ClientId) {
    while let Some(incoming) = connection.next().await {
        if let Err(error) = on_incoming(incoming, hub, id).await {
            hub.refuse(id, error).await;
        }
    }
}

async fn on_incoming(incoming: Incoming, hub: &Hub, id: ClientId) -> Result<(), ChatError> {
    let text = match incoming {
        Incoming::Text(text) => text,
        Incoming::Binary(_) => return Err(ChatError::new(ChatErrorCode::Binary, "send text messages")),
        Incoming::TooFast => {
            return Err(ChatError::new(ChatErrorCode::TooFast, "dropped: wait a moment, send it again"));
        }
    };
    match ClientMessage::parse(&text)? {
        ClientMessage::Nickname(name) => hub.rename(id, Nickname::try_from(name)?).await,
        ClientMessage::NewMessage(text) if text.trim().is_empty() => {
            return Err(ChatError::new(ChatErrorCode::BadPayload, "say something"));
        }
        ClientMessage::NewMessage(text) => hub.say(id, text).await,
    }
    Ok(())
}

/// `GET /echo`: sends back what comes, whatever it is. For test suites that send 16 MiB at once, and so not there unless
/// asked for.
pub(super) async fn on_echo(State(chat): State<Chat>, request: Request) -> Response {
    let limits = Limits { max_message_bytes: 16 << 20, rate: Rate::UNLIMITED, ..chat.options.limits.clone() };
    upgrade(request, &chat, &limits, |mut connection| async move {
        while let Some(incoming) = connection.next().await {
            match incoming {
                Incoming::Text(text) => connection.echo(Message::Text(text)).await,
                Incoming::Binary(bytes) => connection.echo(Message::Binary(bytes)).await,
                Incoming::TooFast => {}
            }
        }
        connection.finish().await;
    })
}
