//! A data channel of the `webrtc` crate, as a transfer wants it.
//!
//! The crate reports by being polled: messages, and that the buffer is low again, come out of one stream. A transfer
//! waits for either of them, not for both. So a task reads the stream to its end ([`read`]) and hands them on. It
//! hands on a few messages and then waits: a slow disk slows down the network, it does not fill the memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::BytesMut;
use futures::channel::mpsc::UnboundedSender;
use tokio::sync::{Mutex, mpsc, watch};
use webrtc::data_channel::{DataChannel, DataChannelEvent};
use webrtc::error::Error;

use crate::transfer::{ChannelError, FileChannel, LAST_WORD_TIME, LOW_WATER, Message};

/// How many messages are read ahead. Behind them the crate keeps 256 more, and then asks the other side to pause.
const READ_AHEAD: usize = 16;
/// How often the buffer is looked at while the news that it is low does not come.
const RECHECK: Duration = Duration::from_millis(50);

/// What is known of a channel.
#[derive(Debug, Clone, Copy, Default)]
struct Status {
    open: bool,
    closed: bool,
    /// How often the buffer was low again.
    lows: u64,
}

/// A data channel that carries files, one after the other. Dropped, it closes by itself.
pub(super) struct Line {
    channel: Arc<dyn DataChannel>,
    inbox: Mutex<Inbox>,
    status: watch::Receiver<Status>,
}

struct Inbox {
    messages: mpsc::Receiver<Message>,
    /// Looked at already, and not taken out yet.
    first: Option<Message>,
}

impl Line {
    /// A channel, and the task that reads it to its end.
    pub(super) fn new(channel: Arc<dyn DataChannel>) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (message_sender, messages) = mpsc::channel(READ_AHEAD);
        let (status_sender, status) = watch::channel(Status::default());
        let reading = read(channel.clone(), message_sender, status_sender);
        (Self { channel, inbox: Mutex::new(Inbox { messages, first: None }), status }, reading)
    }

    /// Ready when the channel is open; false when it is closed instead.
    pub(super) async fn opened(&self) -> bool {
        let mut status = self.status.clone();
        status.wait_for(|status| status.open || status.closed).await.is_ok_and(|status| status.open)
    }

    pub(super) fn is_open(&self) -> bool {
        let status = *self.status.borrow();
        status.open && !status.closed
    }

    /// Ready when something has arrived; false when the channel is closed instead.
    pub(super) async fn has_message(&self) -> bool {
        let mut inbox = self.inbox.lock().await;
        if inbox.first.is_none() {
            inbox.first = inbox.messages.recv().await;
        }
        inbox.first.is_some()
    }
}

/// A channel, for one file. Dropped, it goes back to where it came from, for the next file; when the two sides could not
/// agree that this one is over, it is closed.
pub struct NativeChannel {
    /// There until it is dropped.
    line: Option<Line>,
    free: AtomicBool,
    home: UnboundedSender<Line>,
}

impl std::fmt::Debug for NativeChannel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NativeChannel").field("id", &self.line().channel.id()).finish_non_exhaustive()
    }
}

impl NativeChannel {
    /// Lends a channel for one file. It comes back to `home`.
    pub(super) fn lend(line: Line, home: UnboundedSender<Line>) -> Self {
        Self { line: Some(line), free: AtomicBool::new(false), home }
    }

    fn line(&self) -> &Line {
        self.line.as_ref().expect("taken out only when it is dropped")
    }
}

impl Drop for NativeChannel {
    fn drop(&mut self) {
        let line = self.line.take().filter(|line| *self.free.get_mut() && line.is_open());
        if let Some(line) = line {
            // An error says that the connection has ended, and drops it.
            let _ = self.home.unbounded_send(line);
        }
    }
}

/// Reads a channel to its end. Every channel must be read: one that is not would stall all of them.
async fn read(channel: Arc<dyn DataChannel>, messages: mpsc::Sender<Message>, status: watch::Sender<Status>) {
    let mut wanted = true;
    loop {
        let event = tokio::select! {
            event = channel.poll() => event,
            () = messages.closed(), if wanted => {
                // Nobody wants it any more. An error says that it is closed already.
                wanted = false;
                let _ = channel.close().await;
                continue;
            }
        };
        match event {
            Some(DataChannelEvent::OnOpen) => status.send_modify(|status| status.open = true),
            Some(DataChannelEvent::OnBufferedAmountLow) => status.send_modify(|status| status.lows += 1),
            Some(DataChannelEvent::OnMessage(message)) => {
                let message = if message.is_string {
                    Message::Text(String::from_utf8_lossy(&message.data).into_owned())
                } else {
                    Message::Binary(message.data.to_vec())
                };
                // An error says that nobody wants it, which is seen above.
                let _ = messages.send(message).await;
            }
            Some(DataChannelEvent::OnClose) | None => break,
            Some(_) => {}
        }
    }
    status.send_modify(|status| status.closed = true);
}

fn channel_error(error: Error) -> ChannelError {
    match error {
        Error::ErrDataChannelClosed | Error::ErrDataChannelNotExisted => ChannelError::Closed,
        other => ChannelError::Refused(other.to_string()),
    }
}

impl FileChannel for NativeChannel {
    async fn send_text(&self, text: &str) -> Result<(), ChannelError> {
        self.line().channel.send_text(text).await.map_err(channel_error)
    }

    async fn send_bytes(&self, bytes: &[u8]) -> Result<(), ChannelError> {
        self.line().channel.send(BytesMut::from(bytes)).await.map_err(channel_error)
    }

    async fn buffered_amount(&self) -> u64 {
        // A channel that is closed has nothing to send.
        self.line().channel.outstanding_bytes().await.unwrap_or(0) as u64
    }

    async fn buffered_amount_low(&self) {
        let mut status = self.line().status.clone();
        let before = status.borrow_and_update().lows;
        while self.buffered_amount().await > LOW_WATER {
            let now = *status.borrow_and_update();
            if now.closed || now.lows != before {
                return;
            }
            // The crate counts what is buffered in two places; when they disagree, the event does not come.
            let _ = tokio::time::timeout(RECHECK, status.changed()).await;
        }
    }

    async fn next(&self) -> Option<Message> {
        let mut inbox = self.line().inbox.lock().await;
        match inbox.first.take() {
            Some(message) => Some(message),
            None => inbox.messages.recv().await,
        }
    }

    async fn close(&self) {
        if let Err(error) = self.line().channel.close().await {
            tracing::debug!("closing the channel of a file: {error}");
        }
    }

    fn set_free(&self) {
        self.free.store(true, Ordering::Relaxed);
    }

    async fn patience(&self) {
        tokio::time::sleep(LAST_WORD_TIME).await;
    }
}
