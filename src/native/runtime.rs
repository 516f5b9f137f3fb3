//! A clock that does not oversleep while a call is set up.
//!
//! The driver of a `webrtc` connection sends what is queued, handles events, reads, and then sleeps until a packet or
//! the next timer. What an event *queues* (a finished DTLS handshake queues the start of SCTP, a finished SCTP handshake
//! queues the opening of the data channel) is sent in the next round only; and when nothing wakes the driver, that round
//! begins with the next ICE timer, 200 ms or more later. Two such sleeps delay the data channel by about 400 ms.
//!
//! Each connection asks its runtime to sleep, and the runtime is ours to choose. So for the first seconds after a
//! description this one cuts every sleep short: a round that finds nothing to do costs microseconds, and an early look
//! at the timers does no harm, because each of them checks the time itself. Then it is an ordinary tokio runtime.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use socket2::SockRef;
use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, Runtime, TokioRuntime,
};

use super::settings::IceTiming;
use super::udp_socket::PickySocket;

/// The longest sleep while a call is set up.
const MAX_SLEEP: Duration = Duration::from_millis(2);
/// How many sleeps are cut short after each description: about ten seconds' worth.
const SHORT_SLEEPS: u32 = 5000;

/// How many bytes a UDP socket may hold until they are read. The other side of a data channel sends up to 1 MiB at once (the
/// window of the crate's SCTP), and a packet takes twice its size in the system's buffer. What does not fit there is lost, and
/// after a loss SCTP can stand still for a second (RFC 9260, section 6.3.1, RTO.Min).
const RECEIVE_BUFFER: usize = 2 << 20;

/// tokio, with short sleeps while [`ShortSleeps::hurry`] lasts.
#[derive(Debug)]
pub(super) struct ShortSleeps {
    timing: IceTiming,
    short_sleeps_left: AtomicU32,
    /// The remote description is set: its checks are welcome.
    has_description: Arc<AtomicBool>,
}

impl ShortSleeps {
    pub(super) fn new(timing: IceTiming) -> Self {
        Self { timing, short_sleeps_left: AtomicU32::new(0), has_description: Arc::default() }
    }

    /// From now on sleeps are short, for a while.
    pub(super) fn shorten_sleeps(&self) {
        if self.timing == IceTiming::Prompt {
            self.short_sleeps_left.store(SHORT_SLEEPS, Ordering::Relaxed);
        }
    }

    /// From now on the checks of the other side are heard.
    pub(super) fn hear_checks(&self) {
        self.has_description.store(true, Ordering::Relaxed);
    }

    /// The call is set up: sleeps are as long as they are asked to be.
    pub(super) fn stop(&self) {
        self.short_sleeps_left.store(0, Ordering::Relaxed);
    }
}

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

impl Runtime for ShortSleeps {
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let one_less = |left: u32| left.checked_sub(1);
        let hurried = self.short_sleeps_left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok();
        TokioRuntime.sleep(if hurried { duration.min(MAX_SLEEP) } else { duration })
    }

    // All the rest is tokio's, but for what sockets send and hear.

    fn spawn(&self, future: BoxFuture<'static, ()>) -> Box<dyn JoinHandle> {
        TokioRuntime.spawn(future)
    }

    fn wrap_udp_socket(&self, socket: std::net::UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        // The system gives as much of it as it allows. With less, more packets are lost.
        if let Err(error) = SockRef::from(&socket).set_recv_buffer_size(RECEIVE_BUFFER) {
            tracing::debug!("a UDP socket keeps its buffer as it is: {error}");
        }
        let (socket, has_description) = (TokioRuntime.wrap_udp_socket(socket)?, self.has_description.clone());
        Ok(Arc::new(PickySocket { socket, has_description, relays: Mutex::default() }))
    }

    fn wrap_tcp_listener(&self, listener: std::net::TcpListener) -> io::Result<Arc<dyn AsyncTcpListener>> {
        TokioRuntime.wrap_tcp_listener(listener)
    }

    fn connect_tcp<'a>(&'a self, address: SocketAddr) -> BoxFuture<'a, io::Result<Arc<dyn AsyncTcpStream>>> {
        Box::pin(async move { TokioRuntime.connect_tcp(address).await })
    }

    fn resolve_host<'a>(&'a self, host: &'a str) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
        Box::pin(async move { TokioRuntime.resolve_host(host).await })
    }

    fn interval(&self, period: Duration) -> Box<dyn AsyncInterval> {
        TokioRuntime.interval(period)
    }

    fn block_on(&self, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        TokioRuntime.block_on(future);
    }

    fn yield_now(&self) -> BoxFuture<'static, ()> {
        TokioRuntime.yield_now()
    }

    fn name(&self) -> &'static str {
        "tokio, prompt"
    }
}
