//! What the handle and the driver share: one small table behind one lock.
//!
//! The lock makes a disconnection *atomic*: in one step the queue is gone, all pending acknowledgements have failed
//! and emits are refused. So no packet made for one connection can slip into the next one.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker, ready};

use futures::FutureExt;
use futures::channel::{mpsc, oneshot};
use serde_json::Value;

use super::error::ClientError;
use super::event::AckId;
use super::options::Options;
use super::packet::{Body, Packet, RESERVED_EVENTS};

/// The shared state, and the two constants that packets depend on.
#[derive(Debug)]
pub(super) struct State {
    /// The namespace of every packet.
    namespace: String,
    /// How many packets may wait.
    capacity: usize,
    /// What changes. A std Mutex: it is never held across an await.
    table: Mutex<Table>,
}

/// The part of the state that changes.
#[derive(Debug)]
struct Table {
    /// Whether packets can be queued.
    link: Link,
    /// The number of the current connection, see [`AckId`].
    connection: u64,
    /// The caller wants a new connection.
    renew: bool,
    /// Wakes the driver when the client is closed, or wants a new connection. There is one: the driver is a single task,
    /// wherever it waits.
    driver: Option<Waker>,
    /// The number of the next question. It is never used twice.
    next_ack: u64,
    /// Questions without an answer yet. Dropping a sender tells its waiter that no answer will come.
    /// They are few, and the oldest is answered first: a list.
    pending: Vec<(u64, oneshot::Sender<Vec<Value>>)>,
}

/// Whether packets can be queued.
#[derive(Debug)]
enum Link {
    /// No, but perhaps later.
    Down,
    /// Yes: this is the queue of the current connection. Each connection has its own, so that dropping it drops what
    /// was not sent.
    Up(mpsc::Sender<String>),
    /// Never again.
    Closed,
}

/// Owned by the clones of the client together: the last one to go closes the connection.
#[derive(Debug)]
pub(super) struct Handle {
    /// What it closes.
    pub(super) state: Arc<State>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.state.close();
    }
}

/// A question that waits for its answer, see [`Client::ask`](super::Client::ask). It takes itself off the table when it is
/// dropped.
#[derive(Debug)]
#[must_use = "a question that is dropped is not answered any more"]
pub struct Question {
    /// The event that asks.
    event: String,
    /// Where the answer arrives.
    reply: oneshot::Receiver<Vec<Value>>,
    /// Its number.
    id: u64,
    /// Where its entry is.
    state: Arc<State>,
}

impl Future for Question {
    type Output = Result<Vec<Value>, ClientError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // The sender is gone when the connection is.
        let reply = ready!(self.reply.poll_unpin(cx));
        Poll::Ready(reply.map_err(|_| self.state.lost(&self.event)))
    }
}

impl Table {
    /// Takes a question off the table: whom to answer.
    fn take(&mut self, id: u64) -> Option<oneshot::Sender<Vec<Value>>> {
        let index = self.pending.iter().position(|(pending, _)| *pending == id)?;
        Some(self.pending.remove(index).1)
    }
}

impl Drop for Question {
    fn drop(&mut self) {
        drop(self.state.table().take(self.id));
    }
}

/// Outside the lock: what is woken may want it.
fn wake_driver(mut table: MutexGuard<'_, Table>) {
    let driver = table.driver.take();
    drop(table);
    if let Some(driver) = driver {
        driver.wake();
    }
}

/// What the handle calls.
impl State {
    /// A state without a connection.
    pub(super) fn new(options: &Options) -> Arc<Self> {
        let table =
            Table { link: Link::Down, connection: 0, renew: false, driver: None, next_ack: 0, pending: Vec::new() };
        let state =
            Self { namespace: options.namespace.clone(), capacity: options.outgoing_queue, table: Mutex::new(table) };
        Arc::new(state)
    }

    /// Queues an event.
    pub(super) fn emit(&self, event: &str, args: Vec<Value>) -> Result<(), ClientError> {
        self.queue_event(&mut self.table(), event, args, None)
    }

    /// Queues an event that asks for an answer.
    pub(super) fn ask(self: &Arc<Self>, event: &str, args: Vec<Value>) -> Result<Question, ClientError> {
        let mut table = self.table();
        let id = table.next_ack;
        self.queue_event(&mut table, event, args, Some(id))?;
        let (sender, reply) = oneshot::channel();
        table.pending.push((id, sender));
        table.next_ack += 1;
        Ok(Question { event: event.to_owned(), reply, id, state: Arc::clone(self) })
    }

    /// Queues the answer to a server's question.
    pub(super) fn answer(&self, ack: AckId, args: Vec<Value>) -> Result<(), ClientError> {
        let mut table = self.table();
        if matches!(table.link, Link::Up(_)) && table.connection != ack.connection {
            return Err(ClientError::StaleAck);
        }
        self.queue(&mut table, Body::Ack { id: ack.id, args })
    }

    /// Closes the queue: its end tells the driver to say goodbye once everything before it has been sent.
    pub(super) fn close(&self) {
        let mut table = self.table();
        table.link = Link::Closed;
        table.pending.clear();
        wake_driver(table);
    }

    /// Asks the driver for a new connection.
    pub(super) fn renew(&self) {
        let mut table = self.table();
        table.renew = true;
        wake_driver(table);
    }

    /// Why a question will get no answer.
    fn lost(&self, event: &str) -> ClientError {
        match self.table().link {
            Link::Closed => ClientError::Closed,
            Link::Down | Link::Up(_) => ClientError::Disconnected { event: event.to_owned() },
        }
    }

    /// Queues an event, unless its name is reserved.
    fn queue_event(
        &self,
        table: &mut Table,
        event: &str,
        args: Vec<Value>,
        ack: Option<u64>,
    ) -> Result<(), ClientError> {
        let name = event.to_owned();
        if RESERVED_EVENTS.contains(&event) {
            return Err(ClientError::ReservedName { event: name });
        }
        self.queue(table, Body::Event { name, args, ack })
    }

    /// Queues a packet, or says why not. The writing itself happens in the driver.
    fn queue(&self, table: &mut Table, body: Body) -> Result<(), ClientError> {
        let queue = match &mut table.link {
            Link::Up(queue) => queue,
            Link::Down => return Err(ClientError::NotConnected),
            Link::Closed => return Err(ClientError::Closed),
        };
        let packet = Packet { namespace: self.namespace.clone(), body };
        queue.try_send(packet.encode()).map_err(|error| match error.is_full() {
            true => ClientError::QueueFull { capacity: self.capacity },
            false => ClientError::NotConnected,
        })
    }
}

/// What the driver calls.
impl State {
    /// A connection stands: returns its number, and the queue to send from. If the client was closed in this very
    /// moment the queue has already ended.
    pub(super) fn connected(&self) -> (u64, mpsc::Receiver<String>) {
        // A futures channel holds its capacity plus one per sender, hence the `- 1`.
        let (sender, receiver) = mpsc::channel(self.capacity.saturating_sub(1));
        let mut table = self.table();
        if let Link::Down = table.link {
            table.link = Link::Up(sender);
        }
        table.connection += 1;
        (table.connection, receiver)
    }

    /// The connection is gone, and with it everything that was meant for it.
    pub(super) fn disconnected(&self) {
        let mut table = self.table();
        if let Link::Up(_) = table.link {
            table.link = Link::Down;
        }
        table.pending.clear();
    }

    /// Hands the server's answer to the call that waits for it.
    pub(super) fn resolve(&self, id: u64, args: Vec<Value>) {
        let waiter = self.table().take(id);
        match waiter {
            // An error means that the waiter has just given up.
            Some(waiter) => drop(waiter.send(args)),
            None => tracing::warn!(id, "ignored an acknowledgement that nobody waits for"),
        }
    }

    /// Waits until the client is to be closed.
    pub(super) async fn closed(&self) {
        self.until(|table| matches!(table.link, Link::Closed)).await;
    }

    /// Waits until a new connection is wanted.
    pub(super) async fn renewed(&self) {
        self.until(|table| std::mem::take(&mut table.renew)).await;
    }

    /// Waits, as the driver, until this is so.
    async fn until(&self, is_so: impl Fn(&mut Table) -> bool) {
        poll_fn(|context| {
            let mut table = self.table();
            if is_so(&mut table) {
                return Poll::Ready(());
            }
            table.driver = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// How many questions wait for an answer.
    pub(super) fn pending(&self) -> usize {
        self.table().pending.len()
    }

    /// The table, for as long as the guard lives.
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().expect("nothing panics while it holds this lock")
    }
}
