//! A data channel of the `webrtc` crate, as a transfer wants it.
//!
//! The crate reports by being polled: messages, and that the buffer is low again, come out of one stream. A transfer
//! waits for either of them, not for both. So a task reads the stream to its end ([`read`]) and hands them on. It
//! hands on a few messages and then waits: a slow disk slows down the network, it does not fill the memory.

use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use tokio::sync::{Mutex, mpsc, watch};
use webrtc::data_channel::{DataChannel, DataChannelEvent};
use webrtc::error::Error;

use crate::files::{ChannelError, FileChannel, LOW_WATER, Message};

/// How many messages are read ahead. Behind them the crate keeps 256 more, and then asks the other side to pause.
const READ_AHEAD: usize = 16;
/// How often the buffer is looked at while the news that it is low does not come.
const RECHECK: Duration = Duration::from_millis(50);
/// How long the other side may take to close a channel after the last word: it may have to send what is in its buffer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is known of a channel.
#[derive(Debug, Clone, Copy, Default)]
struct Status {
    open: bool,
    closed: bool,
    /// How often the buffer was low again.
    lows: u64,
}

/// A data channel for a file. Dropped, it closes by itself.
pub struct NativeChannel {
    channel: Arc<dyn DataChannel>,
    messages: Mutex<mpsc::Receiver<Message>>,
    status: watch::Receiver<Status>,
}

impl std::fmt::Debug for NativeChannel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NativeChannel").field("id", &self.channel.id()).finish_non_exhaustive()
    }
}

impl NativeChannel {
    /// A channel, and the task that reads it to its end.
    pub(super) fn new(channel: Arc<dyn DataChannel>) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (message_sender, messages) = mpsc::channel(READ_AHEAD);
        let (status_sender, status) = watch::channel(Status::default());
        let reading = read(channel.clone(), message_sender, status_sender);
        (Self { channel, messages: Mutex::new(messages), status }, reading)
    }

    /// Ready when the channel is open; false when it is closed instead.
    pub(super) async fn opened(&self) -> bool {
        let mut status = self.status.clone();
        status.wait_for(|status| status.open || status.closed).await.is_ok_and(|status| status.open)
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
        self.channel.send_text(text).await.map_err(channel_error)
    }

    async fn send_bytes(&self, bytes: &[u8]) -> Result<(), ChannelError> {
        self.channel.send(BytesMut::from(bytes)).await.map_err(channel_error)
    }

    async fn buffered_amount(&self) -> u64 {
        // A channel that is closed has nothing to send.
        self.channel.outstanding_bytes().await.unwrap_or(0) as u64
    }

    async fn buffered_amount_low(&self) {
        let mut status = self.status.clone();
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
        self.messages.lock().await.recv().await
    }

    async fn close(&self) {
        if let Err(error) = self.channel.close().await {
            tracing::debug!("closing the channel of a file: {error}");
        }
    }

    async fn patience(&self) {
        tokio::time::sleep(PATIENCE).await;
    }
}
