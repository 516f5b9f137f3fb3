//! Signaling over Socket.IO: the client of chapter 2 behind the [`Signaling`](crate::call::Signaling) seam.
//!
//! One file for browser and headless peer alike: the two differ only in the [`Transport`](socketio_src::client::Transport) below.

use std::time::Duration;

use futures::future::{Fuse, OptionFuture};
use futures::{FutureExt, StreamExt, select_biased};
use serde_json::{Value, json};
use shared::signal::{Auth, Rejoin};
use shared::{Accepted, Reply, RoomName, Signal, events, json};
use socketio_src::client::{Client, ClientError, Driver, Event, Events, Options, Question, Transport};
use tracing::warn;

use crate::call::{Signaling, SignalingError, SignalingEvent};

/// How long the server may take to answer. Longer than it takes to notice that a connection is dead (the server's ping
/// interval and timeout, 15 seconds): then the connection is made again, and that is not an error but news.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long it may take to hear that we leave. It notices anyway, when the connection is closed.
const PATIENCE_WHEN_LEAVING: Duration = Duration::from_secs(1);

/// A signaling connection that is kept up: when it is lost it is made again.
#[derive(Debug)]
pub struct SocketIoSignaling<T: Transport> {
    client: Client<T>,
    events: Events,
    /// The last description, while the server has not acknowledged it. It ends with the connection.
    sent: OptionFuture<Fuse<Question>>,
}

impl<T: Transport> SocketIoSignaling<T> {
    /// A connection to the server at `url`, and the future that keeps it up: run it where tasks run.
    pub fn new(transport: T, url: &str) -> (Self, Driver<T>) {
        // Drawn once and shown at every connect: see `Auth`.
        let secret: String =
            (0..4).map(|_| format!("{:08x}", (transport.random() * f64::from(u32::MAX)) as u32)).collect();
        let auth = Some(json!(Auth { client: Some(secret), extended: true }));
        let (client, events, driver) = Client::new(transport, Options { auth, ..Options::new(url) });
        (Self { client, events, sent: None.into() }, driver)
    }

    /// Waits for the first connection. One that fails is an error here: the URL is wrong, or the server does not run.
    pub async fn connected(mut self) -> Result<Self, SignalingError> {
        match self.events.next().await {
            Some(Event::Connected { .. }) => Ok(self),
            Some(Event::Disconnected { reason, .. }) => Err(SignalingError::Unreachable(reason.to_string())),
            Some(Event::Refused { message, .. }) => Err(SignalingError::Unreachable(message)),
            _ => Err(SignalingError::Unreachable("the server ended the connection".to_owned())),
        }
    }

    /// The connection, unless it was lost while nobody used it.
    pub fn unless_lost(mut self) -> Option<Self> {
        // Whoever is in no room hears of nothing else.
        self.events.next().now_or_never().is_none().then_some(self)
    }

    async fn ask(&self, event: &str, args: Vec<Value>, patience: Duration) -> Result<Accepted, SignalingError> {
        accepted(event, &self.client.emit_with_ack(event, args, patience).await?)
    }
}

/// What the server has answered to an event.
fn accepted(event: &str, reply: &[Value]) -> Result<Accepted, SignalingError> {
    let first = reply.first().unwrap_or(&Value::Null);
    let reply = json::object::<Reply>(first).map_err(|error| {
        let first = serde_json::to_string(first).unwrap_or_default();
        SignalingError::NoAnswer(format!("{event} was answered with {first} ({error}): is it the server of the call?"))
    })?;
    Ok(Result::from(reply)?)
}

impl<T: Transport> Signaling for SocketIoSignaling<T> {
    async fn join(&mut self, room: &RoomName) -> Result<Accepted, SignalingError> {
        self.ask(events::JOIN_ROOM, vec![json!(room)], PATIENCE).await
    }

    async fn rejoin(&mut self, room: &RoomName, call: Option<&str>) -> Result<Accepted, SignalingError> {
        let rejoin = Rejoin { call: call.map(str::to_owned) };
        self.ask(events::REJOIN_ROOM, vec![json!(room), json!(rejoin)], PATIENCE).await
    }

    // Step 5 (A): send the offer
    // Step 9 (B): send the answer
    // Step 11 (A, B): send our candidates
    async fn send(&mut self, room: &RoomName, signal: &Signal) -> Result<(), SignalingError> {
        let (event, mut args) = signal.to_event();
        // What a client sends has the room as its second argument; the receiver gets the rest.
        args.insert(args.len().min(1), json!(room));
        match signal {
            // Candidates and news are many and each one is dispensable: nobody asks for their acknowledgements.
            Signal::Ice(_) | Signal::Step(_) => self.client.emit(event, args)?,
            // A candidate must not wait for the acknowledgement of its description.
            Signal::Offer(_) | Signal::Answer { .. } => self.sent = Some(self.client.ask(event, args)?.fuse()).into(),
            _ => drop(self.ask(event, args, PATIENCE).await?),
        }
        Ok(())
    }

    fn reconnect(&mut self) {
        self.client.reconnect();
    }

    async fn leave(&mut self, room: &RoomName) {
        if let Err(error) = self.ask(events::LEAVE_ROOM, vec![json!(room)], PATIENCE_WHEN_LEAVING).await {
            tracing::debug!("leaving room {room}: {error}");
        }
    }

    async fn next(&mut self) -> SignalingEvent {
        loop {
            let event = select_biased! {
                event = self.events.next().fuse() => event,
                reply = &mut self.sent => {
                    self.sent = None.into();
                    let Some(reply) = reply else { continue };
                    let accepted = reply.map_err(Into::into).and_then(|reply| accepted("a description", &reply));
                    return SignalingEvent::Delivered(accepted.map(drop));
                }
            };
            match event {
                // The connection is there, our place is not: as if the server had been started again.
                Some(Event::Message { name, .. }) if name == events::PLACE_LOST => return SignalingEvent::Back,
                Some(Event::Message { name, args, .. }) => match Signal::from_event(&name, &args) {
                    Ok(signal) => return SignalingEvent::Signal(signal),
                    Err(error) => warn!("{error}: ignored"),
                },
                Some(Event::Connected { .. }) => return SignalingEvent::Back,
                Some(Event::Disconnected { reason, .. }) => return SignalingEvent::Lost(reason.to_string()),
                // After these two the client does not try again.
                Some(Event::Refused { message, .. }) => return SignalingEvent::Ended(message),
                Some(Event::Closed { .. }) => {
                    return SignalingEvent::Ended("the server ended the connection".to_owned());
                }
                None => return std::future::pending().await,
            }
        }
    }
}

impl From<ClientError> for SignalingError {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::NotConnected | ClientError::Closed | ClientError::Disconnected { .. } => Self::NotConnected,
            other => Self::NoAnswer(other.to_string()),
        }
    }
}
