//! One client, as its own task sees it.
//!
//! [`Connection::next`] does all that is the same whatever the messages mean: it writes what waits, keeps the heart
//! beating, counts messages, and decides how the connection ends. What comes out are messages.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::{Error, ProtocolError};
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tracing::debug;

use super::frame::{self, CloseCode};
use super::outbox::{Outbox, Progress, Wire};
use support::connection_limit::stopped;
use support::rate_limit::{Pace, Rate, Verdict};

/// What one client may do. Everything that a stranger can make large has a limit.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The largest message, in bytes. A larger one ends the connection with close code 1009, as soon as its length is
    /// known: nobody collects it first.
    pub max_message_bytes: usize,
    /// How fast messages may come, pings and pongs included. What is too fast is dropped with an error; a flood ends the
    /// connection with close code 1008.
    pub rate: Rate,
    /// How many bytes may wait for a client that does not read. One more message ends its connection with close code
    /// 1013. What the kernel buffers comes before that.
    pub max_queued_bytes: usize,
    /// How often a ping is sent. A client that was silent from one ping to the next is gone.
    pub heartbeat: Duration,
    /// How long a goodbye may take.
    pub closing_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_message_bytes: 16 * 1024,
            rate: Rate { per_second: 10.0, burst: 20.0 },
            max_queued_bytes: 256 * 1024,
            heartbeat: Duration::from_secs(20),
            closing_time: Duration::from_secs(5),
        }
    }
}

/// Something that a client sent.
#[derive(Debug)]
pub(super) enum Incoming {
    Text(Utf8Bytes),
    Binary(Bytes),
    /// A message that came too fast, and was dropped.
    TooFast,
}

/// A client that is connected.
#[derive(Debug)]
pub(super) struct Connection {
    /// Reads: frames become messages, control frames are answered, broken rules are found.
    socket: WebSocketStream<Wire>,
    outbox: Arc<Outbox>,
    pace: Pace,
    heartbeat: Interval,
    /// Something came since the last ping.
    heard: bool,
    /// What comes in makes no sense any more, or nothing can come: the goodbye is not answered.
    stalled: bool,
    stopping: watch::Receiver<bool>,
    closing_time: Duration,
}

impl Connection {
    /// A connection after its handshake. `early` is what the client sent right behind it.
    pub(super) async fn new(stream: TcpStream, early: &[u8], limits: &Limits, stopping: watch::Receiver<bool>) -> Self {
        let outbox = Arc::new(Outbox::new(stream, limits.max_queued_bytes));
        let config = WebSocketConfig::default()
            .max_message_size(Some(limits.max_message_bytes))
            .max_frame_size(Some(limits.max_message_bytes))
            // The default of 128 KiB is allocated at once, for each connection. A larger message grows the buffer while
            // it is read.
            .read_buffer_size(READ_BUFFER)
            // The outbox is the queue: nothing stays here.
            .write_buffer_size(0);
        let wire = Wire(outbox.clone());
        let socket = WebSocketStream::from_partially_read(wire, early.to_vec(), Role::Server, Some(config)).await;
        let now = Instant::now();
        let mut heartbeat = interval_at(now + limits.heartbeat, limits.heartbeat);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (pace, closing_time) = (Pace::new(limits.rate, now), limits.closing_time);
        Self { socket, outbox, pace, heartbeat, heard: true, stalled: false, stopping, closing_time }
    }

    /// Where everybody else leaves what they have to say to this client.
    pub(super) fn outbox(&self) -> &Arc<Outbox> {
        &self.outbox
    }

    /// The next message. `None` when the connection ends: call [`finish`](Self::finish) then.
    pub(super) async fn next(&mut self) -> Option<Incoming> {
        loop {
            let may_read = !self.outbox.is_behind();
            // `select!` waits for all of these at once, goes on with the first one that is ready, and drops the others.
            let read = tokio::select! {
                progress = self.outbox.work() => match progress {
                    // A client that takes what waited is alive.
                    Progress::Emptied => { self.heard = true; continue }
                    Progress::Ending => return None,
                },
                _ = self.heartbeat.tick() => { self.beat()?; continue }
                () = stopped(&mut self.stopping) => {
                    self.outbox.close(CloseCode::GoingAway, "the server stops");
                    return None;
                }
                read = self.socket.next(), if may_read => read,
            };
            match read {
                Some(Ok(message)) => {
                    self.heard = true;
                    if let Some(incoming) = self.sort(message)? {
                        return Some(incoming);
                    }
                }
                Some(Err(error)) => return self.fail(&error),
                None => return None,
            }
        }
    }

    /// Sends a message back, and waits until the client has taken most of it.
    pub(super) async fn echo(&mut self, message: Message) {
        // It goes into the outbox, and that never refuses.
        let _ = self.socket.send(message).await;
    }

    /// Says goodbye, or hears it out, and closes the connection. It takes [`Limits::closing_time`] at most.
    pub(super) async fn finish(mut self) {
        let goodbye = async {
            self.outbox.flush().await;
            if !self.stalled {
                // The close handshake: whichever side began, each one sends one close frame (RFC 6455, section 7.1.2). What
                // was on its way before that comes first.
                while let Some(Ok(_)) = self.socket.next().await {}
            }
            self.outbox.shut_down();
            self.outbox.discard().await;
        };
        if tokio::time::timeout(self.closing_time, goodbye).await.is_err() {
            debug!("the client did not say goodbye within {:?}", self.closing_time);
        }
    }

    /// Once an interval: was anything heard since the last time? If so, another ping; if not, `None`.
    fn beat(&mut self) -> Option<()> {
        if !std::mem::take(&mut self.heard) {
            debug!("nothing was heard from the client for {:?}: dropped", self.heartbeat.period());
            // There is nobody who could answer a goodbye.
            self.closing_time = Duration::ZERO;
            return None;
        }
        self.outbox.send(&frame::PING);
        Some(())
    }

    /// What a message is good for. `None`, as for [`next`](Self::next), when it ends the connection.
    fn sort(&mut self, message: Message) -> Option<Option<Incoming>> {
        if let Message::Close(goodbye) = message {
            let (code, reason) = goodbye.map_or((None, Utf8Bytes::default()), |it| (Some(it.code.into()), it.reason));
            self.outbox.answer_close(code, &reason);
            return None;
        }
        match self.pace.count(Instant::now()) {
            Verdict::Fine => {}
            Verdict::TooFast => return Some(Some(Incoming::TooFast)),
            Verdict::Flood => {
                self.outbox.close(CloseCode::PolicyViolation, "too many messages");
                return None;
            }
        }
        Some(match message {
            Message::Text(text) => Some(Incoming::Text(text)),
            Message::Binary(bytes) => Some(Incoming::Binary(bytes)),
            // tungstenite has answered the ping already.
            _ => None,
        })
    }

    /// Reading failed: says why, where the client can hear it.
    fn fail(&mut self, error: &Error) -> Option<Incoming> {
        debug!("the connection ends: {error}");
        self.stalled = true;
        match error {
            Error::Capacity(_) => self.outbox.close(CloseCode::MessageTooBig, "the message is too large"),
            Error::Utf8(_) => self.outbox.close(CloseCode::NotUtf8, "text is UTF-8"),
            Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) | Error::Io(_) => {
                self.closing_time = Duration::ZERO;
            }
            _ => self.outbox.close(CloseCode::ProtocolError, &error.to_string()),
        }
        None
    }
}

/// How much is read at once. Most messages are smaller.
const READ_BUFFER: usize = 256;
