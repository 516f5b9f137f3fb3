//! Transfers over a channel in memory: every order of events, in milliseconds, without a network.
//!
//! Everything runs until nothing moves any more. So a transfer that hangs is a test that fails, and no clock is needed.

/// A channel in memory.
mod memory;
/// Files that arrive.
mod arrive;
/// Stopped by either side, or cut off, at every moment.
mod stop;
/// The other side does what it may not do.
mod broken;

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use futures::executor::LocalPool;
use futures::task::LocalSpawnExt;
use shared::FileMessage;
use shared::file::CHUNK;

use super::*;
use memory::{MemoryChannel, channel, watched_channel};

/// A file in memory, and what it does wrong.
struct Bytes {
    content: Vec<u8>,
    size: u64,
    at: usize,
    /// Cannot be read from here on.
    broken_at: Option<usize>,
}

impl Bytes {
    fn new(content: Vec<u8>) -> Self {
        let size = content.len() as u64;
        Self { content, size, at: 0, broken_at: None }
    }
}

impl Source for Bytes {
    fn name(&self) -> &str {
        "cat.jpg"
    }

    fn size(&self) -> u64 {
        self.size
    }

    async fn read(&mut self, up_to: usize) -> Result<Vec<u8>, FileError> {
        if self.broken_at.is_some_and(|broken| self.at >= broken) {
            return Err(FileError::new("cat.jpg cannot be read: it was deleted"));
        }
        // As every true file does: it is not there at once.
        yield_now().await;
        let end = (self.at + up_to).min(self.content.len());
        let bytes = self.content[self.at..end].to_vec();
        self.at = end;
        Ok(bytes)
    }
}

/// What became of a sink.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum Fate {
    #[default]
    Open,
    Kept,
    Discarded,
}

/// A place in memory.
#[derive(Clone, Default)]
struct Shelf {
    content: Rc<RefCell<Vec<u8>>>,
    fate: Rc<RefCell<Fate>>,
    /// The disk is full after this many bytes.
    full_at: Option<usize>,
    /// Takes a while for each piece.
    slow: bool,
    /// Takes without end.
    stuck: bool,
}

impl Sink for Shelf {
    type Stored = Vec<u8>;

    async fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        if self.stuck {
            return std::future::pending().await;
        }
        for _ in 0..if self.slow { 3 } else { 0 } {
            yield_now().await;
        }
        let mut content = self.content.borrow_mut();
        content.extend(bytes);
        match self.full_at {
            Some(full) if content.len() > full => Err(FileError::new("the disk is full")),
            _ => Ok(()),
        }
    }

    async fn finish(self) -> Result<Vec<u8>, FileError> {
        *self.fate.borrow_mut() = Fate::Kept;
        Ok(self.content.take())
    }

    async fn discard(self) {
        *self.fate.borrow_mut() = Fate::Discarded;
    }
}

/// Lets the others have their turn.
async fn yield_now() {
    let mut yielded = false;
    poll_fn(|context| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Something that looks like a file.
fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    let mut next = || {
        // Xorshift (Marsaglia 2003).
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    (0..length.div_ceil(8)).flat_map(|_| next()).take(length).collect()
}

/// Runs these until nothing moves any more. Those that have not ended by then have `None`.
struct Runner(LocalPool);

impl Runner {
    fn new() -> Self {
        Self(LocalPool::new())
    }

    fn start<T: 'static>(&self, work: impl Future<Output = T> + 'static) -> Rc<RefCell<Option<T>>> {
        let result = Rc::new(RefCell::new(None));
        let slot = result.clone();
        self.0.spawner().spawn_local(async move { *slot.borrow_mut() = Some(work.await) }).unwrap();
        result
    }

    fn run(&mut self) {
        self.0.run_until_stalled();
    }
}

/// Runs both to their ends.
fn both<A: 'static, B: 'static>(
    one: impl Future<Output = A> + 'static,
    other: impl Future<Output = B> + 'static,
) -> (A, B) {
    let mut runner = Runner::new();
    let (one, other) = (runner.start(one), runner.start(other));
    runner.run();
    let (one, other) = (one.take(), other.take());
    (one.expect("the first side comes to an end"), other.expect("the second side comes to an end"))
}

/// What stops a transfer.
type Cancel = Pin<Box<dyn Future<Output = String>>>;

fn never() -> Cancel {
    Box::pin(std::future::pending())
}

/// Sends a file, as a task.
async fn send(channel: MemoryChannel, mut source: Bytes, cancel: Cancel) -> Result<Sent, TransferError> {
    send_file(&channel, &mut source, |_| {}, cancel).await
}

/// Receives a file, as a task.
async fn receive(channel: MemoryChannel, shelf: Shelf, cancel: Cancel) -> Result<Received<Vec<u8>>, TransferError> {
    receive_file(&channel, async |_| Ok(shelf), |_| {}, cancel).await
}
