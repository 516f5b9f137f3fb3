//! What waits to be written to one client.
//!
//! Mostly nothing does: [`Outbox::send`] writes to the kernel at once, from whichever task calls it, and wakes nobody.
//! That is what makes a message to hundreds cheap. Only what the kernel does not take is queued, and then the client's
//! own task writes it whenever there is room again.
//!
//! **The policy.** The queue is bounded in bytes. A client that lets it grow beyond the limit is told so, with close code
//! 1013, and goes; nobody else waits for it, and no message is lost to anybody else. What it had not got yet is dropped.

use std::collections::VecDeque;
use std::io::{ErrorKind, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use super::frame::{self, CloseCode};

/// Above this many queued bytes the server also stops reading from the client: it must take its answers before it may
/// send more.
const BEHIND: usize = 64 * 1024;
/// How many pieces of the queue go to the kernel in one call.
const PIECES: usize = 32;

/// The way to one client. Shared by the client's own task and by everybody who has something to say to it.
#[derive(Debug)]
pub(super) struct Outbox {
    stream: TcpStream,
    queue: Mutex<Queue>,
    /// Wakes the client's own task: something waits, or the end has come.
    changed: Notify,
    /// The most bytes that may wait.
    limit: usize,
}

#[derive(Debug, Default)]
struct Queue {
    /// Whole frames, except that the beginning of the first may be on its way already.
    waiting: VecDeque<Bytes>,
    /// How many bytes that is.
    bytes: usize,
    /// Whether a part of the first one was written.
    begun: bool,
    state: State,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Open,
    /// The last frame, a close frame, is in the queue or on its way. Nothing may follow it.
    Closing,
    /// The connection broke.
    Broken,
}

/// What [`Outbox::work`] has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// The client has taken all that waited.
    Emptied,
    /// The connection ends.
    Ending,
}

impl Outbox {
    pub(super) fn new(stream: TcpStream, limit: usize) -> Self {
        Self { stream, queue: Mutex::default(), changed: Notify::new(), limit }
    }

    /// Sends frames that many clients get: what must wait is shared, not copied.
    pub(super) fn send(&self, frames: &Bytes) {
        self.send_or_keep(frames, |written| frames.slice(written..));
    }

    /// Says goodbye, in place of whatever still waits. The first goodbye counts.
    pub(super) fn close(&self, code: CloseCode, reason: &str) {
        self.close_with(&mut self.queue(), frame::close(Some(code as u16), reason));
    }

    /// Answers a goodbye with the same code (RFC 6455, section 5.5.1).
    pub(super) fn answer_close(&self, code: Option<u16>, reason: &str) {
        self.close_with(&mut self.queue(), frame::close(code, reason));
    }

    /// Whether so much waits that the client should not be listened to.
    pub(super) fn is_behind(&self) -> bool {
        self.queue().bytes > BEHIND
    }

    /// Writes what waits, as soon as there is something and the kernel takes it. Cancel safe: nothing is lost when the
    /// future is dropped.
    pub(super) async fn work(&self) -> Progress {
        loop {
            {
                let mut queue = self.queue();
                if queue.state != State::Open {
                    return Progress::Ending;
                }
                if self.write_waiting(&mut queue) && queue.waiting.is_empty() {
                    return Progress::Emptied;
                }
            }
            self.wait().await;
        }
    }

    /// Writes until nothing waits any more.
    pub(super) async fn flush(&self) {
        loop {
            {
                let mut queue = self.queue();
                self.write_waiting(&mut queue);
                if queue.waiting.is_empty() {
                    return;
                }
            }
            self.wait().await;
        }
    }

    /// Closes our half of the connection: the client reads what is on its way, and then the end.
    pub(super) fn shut_down(&self) {
        // An error says that the connection is gone already.
        let _ = rustix::net::shutdown(&self.stream, rustix::net::Shutdown::Write);
    }

    /// Reads and forgets, until the client closes its half. A connection that is closed with something unread in it is
    /// reset, and a reset can overtake our goodbye.
    pub(super) async fn discard(&self) {
        let mut scrap = [0; 1024];
        while self.stream.readable().await.is_ok() {
            match self.stream.try_read(&mut scrap) {
                Ok(0) => return,
                Ok(_) => tokio::task::consume_budget().await,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => return,
            }
        }
    }

    /// Waits until something changes, or the kernel has room again for what waits.
    async fn wait(&self) {
        let waiting = !self.queue().waiting.is_empty();
        tokio::select! {
            () = self.changed.notified() => {}
            // An error shows when writing is tried.
            _ = self.stream.writable(), if waiting => {}
        }
    }

    fn send_or_keep(&self, bytes: &[u8], rest: impl FnOnce(usize) -> Bytes) {
        let mut queue = self.queue();
        if queue.state != State::Open {
            return;
        }
        let mut written = 0;
        if queue.waiting.is_empty() {
            match self.stream.try_write(bytes) {
                Ok(all) if all == bytes.len() => return,
                Ok(part) => written = part,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => return self.break_off(&mut queue),
            }
            queue.begun = written > 0;
            self.changed.notify_one();
        } else if queue.bytes > self.limit {
            let goodbye = frame::close(Some(CloseCode::TryAgainLater as u16), "too slow: come back and read faster");
            return self.close_with(&mut queue, goodbye);
        }
        queue.bytes += bytes.len() - written;
        queue.waiting.push_back(rest(written));
    }

    fn close_with(&self, queue: &mut Queue, goodbye: Bytes) {
        if queue.state != State::Open {
            return;
        }
        queue.state = State::Closing;
        // A frame that has begun must end before another one may begin.
        queue.waiting.truncate(usize::from(queue.begun));
        queue.waiting.push_back(goodbye);
        queue.bytes = queue.waiting.iter().map(Bytes::len).sum();
        self.write_waiting(queue);
        self.changed.notify_one();
    }

    /// Writes as much as the kernel takes. Whether that was anything.
    fn write_waiting(&self, queue: &mut Queue) -> bool {
        let before = queue.bytes;
        while !queue.waiting.is_empty() {
            let mut pieces = [IoSlice::new(&[]); PIECES];
            for (piece, frames) in pieces.iter_mut().zip(&queue.waiting) {
                *piece = IoSlice::new(frames);
            }
            match self.stream.try_write_vectored(&pieces) {
                Ok(written) => queue.written(written),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(_) => self.break_off(queue),
            }
        }
        if queue.waiting.is_empty() {
            // A client that was behind once does not keep the memory for it.
            queue.waiting = VecDeque::new();
        }
        queue.bytes < before
    }

    fn break_off(&self, queue: &mut Queue) {
        *queue = Queue { state: State::Broken, ..Queue::default() };
        self.changed.notify_one();
    }

    /// A panic elsewhere leaves a queue of whole frames.
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn written(&mut self, mut count: usize) {
        self.bytes -= count;
        while let Some(first) = self.waiting.front_mut() {
            if count < first.len() {
                first.advance(count);
                self.begun |= count > 0;
                return;
            }
            count -= first.len();
            self.waiting.pop_front();
            self.begun = false;
        }
    }
}

/// The connection as tungstenite sees it: it reads from the network, but writes through the outbox, since what it says by
/// itself (a pong, an echo) has to take its place between what others say.
#[derive(Debug)]
pub(super) struct Wire(pub(super) Arc<Outbox>);

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        loop {
            ready!(self.0.stream.poll_read_ready(cx))?;
            match self.0.stream.try_read(buffer.initialize_unfilled()) {
                Ok(count) => {
                    buffer.advance(count);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for Wire {
    /// Always takes everything, so that a frame is never torn. tungstenite writes whole frames.
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        self.0.send_or_keep(bytes, |written| Bytes::copy_from_slice(&bytes[written..]));
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
