//! One TCP connection, and the client that does not read from it.
//!
//! socketioxide puts what it has to say into a queue, and a task writes from there to the connection. When the client stops
//! reading, that write waits without end: the heartbeat does end the session, but the task, the queue and all that is in it
//! stay. So the connection itself looks at the time: a write that makes no progress for [`STALL_TIME`] is an error, and with
//! it everything ends and is freed.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures::task::AtomicWaker;
use support::connection_limit::Permit;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};
use tracing::warn;

use super::unsent::Unsent;

/// How long a client may read nothing while there is something to be read.
pub const STALL_TIME: Duration = Duration::from_secs(10);

/// What is known of a TCP connection, for those who do not hold it.
#[derive(Debug)]
pub(super) struct Line {
    peer: Option<SocketAddr>,
    is_cut: AtomicBool,
    reader: AtomicWaker,
    writer: AtomicWaker,
    /// What is written to this connection is taken off this count.
    unsent: Mutex<Option<Arc<Unsent>>>,
}

impl Line {
    /// From now on, what is written to this connection is taken off that count.
    pub(super) fn carries(&self, unsent: Arc<Unsent>) {
        *self.unsent.lock().unwrap_or_else(PoisonError::into_inner) = Some(unsent);
    }

    /// Ends the connection, and says so.
    pub(super) fn cut(&self, why: &str) {
        if !self.is_cut.swap(true, Ordering::Relaxed) {
            let peer = self.peer.map_or_else(|| "a client".to_owned(), |peer| peer.to_string());
            warn!("{peer} is disconnected: {why}");
        }
        self.reader.wake();
        self.writer.wake();
    }

    fn error_if_cut(&self) -> io::Result<()> {
        let is_cut = self.is_cut.load(Ordering::Relaxed);
        if is_cut { Err(io::Error::from(io::ErrorKind::ConnectionAborted)) } else { Ok(()) }
    }

    fn was_written(&self, bytes: usize) {
        if let Some(unsent) = &*self.unsent.lock().unwrap_or_else(PoisonError::into_inner) {
            unsent.take_off(bytes);
        }
    }
}

/// The connection, with an eye on it.
#[derive(Debug)]
pub(super) struct Watched {
    stream: TcpStream,
    pub(super) line: Arc<Line>,
    /// Runs while a write makes no progress.
    stalled: Option<Pin<Box<Sleep>>>,
    _seat: Permit,
}

impl Watched {
    pub(super) fn new(stream: TcpStream, seat: Permit) -> Self {
        let line = Line {
            peer: stream.peer_addr().ok(),
            is_cut: AtomicBool::new(false),
            reader: AtomicWaker::new(),
            writer: AtomicWaker::new(),
            unsent: Mutex::default(),
        };
        Self { stream, line: Arc::new(line), stalled: None, _seat: seat }
    }

    /// What became of a write.
    fn written(&mut self, context: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(written) => {
                self.stalled = None;
                if let Ok(bytes) = written {
                    self.line.was_written(bytes);
                }
                Poll::Ready(written)
            }
            Poll::Pending => {
                let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(STALL_TIME)));
                ready!(stalled.as_mut().poll(context));
                self.line.cut(&format!("it has not read for {STALL_TIME:?}"));
                Poll::Ready(Err(io::Error::from(io::ErrorKind::TimedOut)))
            }
        }
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.line.reader.register(context.waker());
        self.line.error_if_cut()?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.line.writer.register(context.waker());
        self.line.error_if_cut()?;
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.line.writer.register(context.waker());
        self.line.error_if_cut()?;
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.written(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
