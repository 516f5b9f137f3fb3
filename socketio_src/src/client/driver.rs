//! What happens after a failure: the loop around the connections.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::channel::mpsc;
use futures::{FutureExt, SinkExt, select_biased};

use super::event::{ClosedBy, DisconnectReason, Event};
use super::handshake::{End, handshake};
use super::options::Options;
use super::session::Session;
use super::state::State;
use super::transport::Transport;

/// The part of a client that does the work. It is one future; the caller decides what runs it.
#[derive(Debug)]
#[must_use = "nothing happens until Driver::run is awaited or spawned"]
pub struct Driver<T: Transport> {
    /// The platform.
    transport: T,
    /// What the caller chose.
    options: Options,
    /// Shared with the handle.
    state: Arc<State>,
    /// Where events go.
    events: mpsc::Sender<Event>,
    /// How many tries in a row failed: the exponent of the backoff.
    failures: u32,
    /// Whether there was a connection before.
    reconnected: bool,
}

impl<T: Transport> Driver<T> {
    /// A driver that has not started yet.
    pub(super) fn new(transport: T, options: Options, state: Arc<State>, events: mpsc::Sender<Event>) -> Self {
        Self { transport, options, state, events, failures: 0, reconnected: false }
    }

    /// Connects, and connects again after every failure, until the client is closed or the server refuses it.
    ///
    /// Dropping the future ends everything at once, without a goodbye to the server.
    pub async fn run(mut self) {
        let last = loop {
            let state = Arc::clone(&self.state);
            let renewed = async {
                state.renewed().await;
                DisconnectReason::Renewed.into()
            };
            let end = first_of(renewed, self.connect_once()).await;
            tracing::debug!(unanswered = self.state.pending(), "the connection is over");
            self.state.disconnected();
            match end {
                End::Final(event) => break event,
                End::Lost(reason) => {
                    // Also when it was closed in the moment in which the connection was lost.
                    if self.wait(reason).await.is_none() {
                        break Event::Closed { by: ClosedBy::Client };
                    }
                }
            }
        };
        tracing::debug!(?last, "the client has ended");
        self.state.close();
        // The queue of events may be full, and its reader gone to sleep. In a futures channel every sender has one
        // place of its own, so the last event of a fresh clone always fits. An error means that nobody listens.
        let _ = self.events.clone().try_send(last);
    }

    /// One connection, from the first packet to the last.
    async fn connect_once(&mut self) -> End {
        let after = self.options.handshake_timeout;
        let timeout = async {
            self.transport.sleep(after).await;
            Err(DisconnectReason::HandshakeTimeout { after }.into())
        };
        let attempt = first_of(handshake(&self.transport, &self.options), timeout);
        let link = match unless_closed(&self.state, attempt).await {
            Some(Ok(link)) => link,
            Some(Err(end)) => return end,
            None => return End::CLOSED,
        };
        // Only now: a server that accepts connections but no clients is not healthy yet.
        self.failures = 0;
        let reconnected = std::mem::replace(&mut self.reconnected, true);
        let session = Session {
            transport: &self.transport,
            state: &self.state,
            events: self.events.clone(),
            close_timeout: self.options.close_timeout,
            namespace: &self.options.namespace,
        };
        session.run(link, reconnected).await
    }

    /// Tells the caller what happened, and waits for the next try. `None` if the client is closed meanwhile.
    async fn wait(&mut self, reason: DisconnectReason) -> Option<()> {
        let retry_in = if reason == DisconnectReason::Renewed {
            self.failures = 0;
            Duration::ZERO
        } else {
            let delay = self.options.backoff.delay(self.failures, self.transport.random());
            self.failures = self.failures.saturating_add(1);
            delay
        };
        tracing::debug!(%reason, ?retry_in, "disconnected");
        let report = async {
            // An error means that nobody listens.
            let _ = self.events.feed(Event::Disconnected { reason, retry_in }).await;
            first_of(self.transport.sleep(retry_in), self.state.renewed()).await;
        };
        unless_closed(&self.state, report).await
    }
}

impl<T: Transport> Drop for Driver<T> {
    /// A caller that waits for an answer gets an error when the driver is dropped in the middle of its work.
    fn drop(&mut self) {
        self.state.close();
    }
}

/// The output of `work`, or `None` as soon as the client is to be closed.
async fn unless_closed<O>(state: &State, work: impl Future<Output = O>) -> Option<O> {
    first_of(state.closed().map(|()| None), work.map(Some)).await
}

/// The output of whichever future is ready first.
async fn first_of<O>(one: impl Future<Output = O>, other: impl Future<Output = O>) -> O {
    let mut one = pin!(one.fuse());
    let mut other = pin!(other.fuse());
    select_biased! {
        output = one => output,
        output = other => output,
    }
}
