//! Helpers of the tests against real servers.

pub(crate) mod node;
pub(crate) mod scenarios;
pub(crate) mod socketioxide;

use std::time::Duration;

use futures::StreamExt;
use serde_json::Value;
use socketio_src::client::tungstenite::Tungstenite;
use socketio_src::client::{Backoff, Client, DisconnectReason, Event, Events, Options};
use tokio::task::JoinHandle;

/// A server that behaves as the scenarios expect: `tests/node/server.js` and `tests/common/socketioxide.rs` do the
/// same, line by line.
pub(crate) trait Server: Sized {
    /// Starts it on a port of the loopback interface; 0 means any free one.
    async fn start(port: u16) -> Self;
    /// Where it listens.
    fn port(&self) -> u16;
    /// Ends it without a goodbye, as a crash would, and waits until its port is free.
    async fn crash(self);
}

/// A running client.
pub(crate) struct Peer {
    /// The name of the client, for messages.
    name: &'static str,
    /// Its handle.
    pub(crate) client: Client<Tungstenite>,
    /// What happens to it.
    events: Events,
    /// Its driver.
    driver: JoinHandle<()>,
}

/// Short waits: the servers of the tests come back quickly.
pub(crate) fn options(server: &impl Server) -> Options {
    options_for(server.port())
}

/// The same for whatever listens there.
pub(crate) fn options_for(port: u16) -> Options {
    Options {
        backoff: Backoff {
            first: Duration::from_millis(50),
            longest: Duration::from_millis(200),
            ..Backoff::default()
        },
        outgoing_queue: 2000,
        ..Options::new(format!("http://127.0.0.1:{port}"))
    }
}

impl Peer {
    /// Starts a client.
    pub(crate) fn start(name: &'static str, options: Options) -> Self {
        let (client, events, driver) = Client::new(Tungstenite::default(), options);
        Self { name, client, events, driver: tokio::spawn(driver.run()) }
    }

    /// Starts a client and waits until it is connected and has been told its auth payload.
    pub(crate) async fn connect(name: &'static str, server: &impl Server) -> Self {
        let mut peer = Self::start(name, options(server));
        let event = peer.event("Connected").await;
        assert!(matches!(event, Event::Connected { reconnected: false, .. }), "{name}: {event:?}");
        peer.message("auth").await;
        peer
    }

    /// The next event, whatever it is.
    pub(crate) async fn event(&mut self, what: &str) -> Event {
        let event = within(&format!("{}: {what}", self.name), self.events.next()).await;
        event.unwrap_or_else(|| panic!("{}: the events ended before {what}", self.name))
    }

    /// The next event, which must be this message; its arguments.
    pub(crate) async fn message(&mut self, expected: &str) -> Vec<Value> {
        match self.event(expected).await {
            Event::Message { name, args, .. } if name == expected => args,
            other => panic!("{}: expected the message {expected}, got {other:?}", self.name),
        }
    }

    /// The next event, which must be a disconnection; its reason.
    pub(crate) async fn disconnected(&mut self) -> DisconnectReason {
        match self.event("Disconnected").await {
            Event::Disconnected { reason, .. } => reason,
            other => panic!("{}: expected Disconnected, got {other:?}", self.name),
        }
    }

    /// The next event, which must be the last: the events and the driver must end after it.
    pub(crate) async fn last_event(mut self) -> Event {
        let event = self.event("the last event").await;
        assert_eq!(within("the end of the events", self.events.next()).await, None);
        within("the end of the driver", self.driver).await.unwrap();
        event
    }
}

/// Waits, but not without end.
pub(crate) async fn within<F: Future>(what: &str, future: F) -> F::Output {
    let limit = Duration::from_secs(20);
    tokio::time::timeout(limit, future)
        .await
        .unwrap_or_else(|_| panic!("waited {limit:?} for {what}, and it did not happen"))
}
