//! A channel in memory.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use shared::FileMessage;

use crate::transfer::{ChannelError, FileChannel, LOW_WATER, Message};

/// One direction of a channel.
#[derive(Default)]
pub(super) struct Line {
    pub(super) queue: VecDeque<Message>,
    pub(super) buffered: u64,
    pub(super) most_buffered: u64,
    closed: bool,
    /// Somebody has looked for a message since then.
    looked_at_the_end: bool,
    /// The conversation is over for the side that speaks here.
    pub(super) free: bool,
    waiting: Vec<Waker>,
}

impl Line {
    fn wake(&mut self) {
        self.waiting.drain(..).for_each(Waker::wake);
    }
}

/// Called with the number of messages that have been sent on a channel, in both directions together.
type Watcher = Rc<RefCell<dyn FnMut(usize)>>;

/// One end of a channel in memory.
#[derive(Clone)]
pub(super) struct MemoryChannel {
    pub(super) out: Rc<RefCell<Line>>,
    back: Rc<RefCell<Line>>,
    sent: Rc<Cell<usize>>,
    watcher: Watcher,
    listening: Rc<Cell<bool>>,
}

/// Somebody listens until this is dropped, and nobody else may.
struct Listening(Rc<Cell<bool>>);

impl Listening {
    fn alone(listening: &Rc<Cell<bool>>) -> Self {
        assert!(!listening.replace(true), "two listen at once: one of them can wait for the other for ever");
        Self(listening.clone())
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

/// The two ends of a channel.
pub(super) fn channel() -> (MemoryChannel, MemoryChannel) {
    watched_channel(|_| {})
}

pub(super) fn watched_channel(watcher: impl FnMut(usize) + 'static) -> (MemoryChannel, MemoryChannel) {
    let (one, other) = (Rc::<RefCell<Line>>::default(), Rc::<RefCell<Line>>::default());
    let (sent, watcher) = (Rc::default(), Rc::new(RefCell::new(watcher)) as Watcher);
    let here = MemoryChannel { out: one.clone(), back: other.clone(), sent, watcher, listening: Rc::default() };
    let there = MemoryChannel { out: other, back: one, listening: Rc::default(), ..here.clone() };
    (here, there)
}

impl MemoryChannel {
    fn push(&self, message: Message, size: usize) -> Result<(), ChannelError> {
        {
            let mut line = self.out.borrow_mut();
            if line.closed {
                return Err(ChannelError::Closed);
            }
            line.queue.push_back(message);
            line.buffered += size as u64;
            line.most_buffered = line.most_buffered.max(line.buffered);
            line.wake();
        }
        self.sent.set(self.sent.get() + 1);
        (self.watcher.borrow_mut())(self.sent.get());
        Ok(())
    }

    /// The connection ends.
    pub(super) fn cut(&self) {
        for line in [&self.out, &self.back] {
            line.borrow_mut().closed = true;
            line.borrow_mut().wake();
        }
    }

    /// Says something that nobody would say who keeps to the rules.
    pub(super) async fn say(&self, message: &FileMessage) {
        let _ = self.send_text(&serde_json::to_string(message).unwrap()).await;
    }

    /// All that is said up to the last word; then closes the channel.
    pub(super) async fn hear_all(&self) -> Vec<FileMessage> {
        use FileMessage::{Bye, Cancel, Failed, Received, Refuse};
        let mut heard = Vec::new();
        while !matches!(heard.last(), Some(Bye | Cancel { .. } | Failed { .. } | Refuse { .. } | Received)) {
            match self.next().await {
                Some(Message::Text(text)) => heard.push(serde_json::from_str(&text).unwrap()),
                Some(Message::Binary(_)) => {}
                None => return heard,
            }
        }
        self.close().await;
        heard
    }
}

impl FileChannel for MemoryChannel {
    async fn send_text(&self, text: &str) -> Result<(), ChannelError> {
        self.push(Message::Text(text.to_owned()), text.len())
    }

    async fn send_bytes(&self, bytes: &[u8]) -> Result<(), ChannelError> {
        self.push(Message::Binary(bytes.to_vec()), bytes.len())
    }

    async fn buffered_amount(&self) -> u64 {
        self.out.borrow().buffered
    }

    async fn buffered_amount_low(&self) {
        poll_fn(|context| {
            let mut line = self.out.borrow_mut();
            if line.closed || line.buffered <= LOW_WATER {
                return Poll::Ready(());
            }
            line.waiting.push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    async fn next(&self) -> Option<Message> {
        let _listening = Listening::alone(&self.listening);
        poll_fn(|context| {
            let mut line = self.back.borrow_mut();
            let Some(message) = line.queue.pop_front() else {
                if !line.closed {
                    line.waiting.push(context.waker().clone());
                    return Poll::Pending;
                }
                // A network says it a moment later than it refuses what is sent.
                if !std::mem::replace(&mut line.looked_at_the_end, true) {
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                return Poll::Ready(None);
            };
            line.buffered -= match &message {
                Message::Text(text) => text.len() as u64,
                Message::Binary(bytes) => bytes.len() as u64,
            };
            line.wake();
            Poll::Ready(Some(message))
        })
        .await
    }

    async fn close(&self) {
        self.cut();
    }

    fn set_free(&self) {
        self.out.borrow_mut().free = true;
    }

    /// Endless: no test may depend on it.
    async fn patience(&self) {
        std::future::pending::<()>().await;
    }
}
