//! From a TCP connection to a HTTP request.
//!
//! `axum::serve` does the same in one line, but lets a client take as long as it likes to send its request. A client
//! that opens connections and says nothing would use up all that a process may have open.

use std::io::ErrorKind;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{Extensions, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rustix::net::sockopt;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tracing::{debug, info, warn};

use crate::https::Https;
use crate::https::door::Opened;

/// The right to be connected. It travels with the connection, and is free again when that is gone.
pub type Permit = Arc<OwnedSemaphorePermit>;

/// Lets clients in, as many as there are seats. The servers of all chapters let them in here.
#[derive(Debug)]
pub struct ConnectionLimit {
    permits: Arc<Semaphore>,
    count: usize,
    /// Places for those who are told that there is no seat.
    rejections: Arc<Semaphore>,
    request_time: Duration,
    stopping: watch::Receiver<bool>,
}

/// What a connection is served through, and what each of its requests carries along as an extension.
pub type Prepared<T> = (T, Extensions);

impl ConnectionLimit {
    /// At most `max_connections` at once. A client may take `request_time` to send a request. Once `stopping` is true,
    /// connections are not served any more.
    pub fn new(max_connections: usize, request_time: Duration, stopping: watch::Receiver<bool>) -> Self {
        let count = max_connections.min(Semaphore::MAX_PERMITS);
        let [permits, rejections] = [count, MAX_REJECTIONS].map(|places| Arc::new(Semaphore::new(places)));
        Self { permits, count, rejections, request_time, stopping }
    }

    /// Accepts connections until it is dropped. `prepare` gets each one with its seat. With `https` a connection speaks TLS, or
    /// is told to.
    pub async fn accept<T>(
        &self,
        listener: &TcpListener,
        router: &Router,
        https: Option<&Https>,
        prepare: impl Fn(TcpStream, Permit) -> Prepared<T> + Clone + Send + 'static,
    ) where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        loop {
            let stream = match listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // A client that is gone already is no problem. A process that may not open more is one for a while.
                    if !matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) {
                        warn!("cannot accept connections: {error}: trying again in a second");
                        tokio::time::sleep(Duration::from_secs(1)).await;
                    }
                    continue;
                }
            };
            // Without Nagle's algorithm, which holds a small packet back until the one before it is acknowledged: messages,
            // offers and candidates are small packets, and that costs 40 ms each time.
            if let Err(error) = stream.set_nodelay(true) {
                debug!("a connection keeps Nagle's algorithm: {error}");
            }
            if let Err(error) = sockopt::set_socket_send_buffer_size(&stream, KERNEL_BUFFER) {
                debug!("a connection keeps the buffer of the system: {error}");
            }
            match self.permits.clone().try_acquire_owned() {
                Ok(permit) => {
                    let (permit, router, stopping) = (Arc::new(permit), router.clone(), self.stopping.clone());
                    match https {
                        None => {
                            let (stream, extensions) = prepare(stream, permit);
                            tokio::spawn(serve(stream, router, extensions, self.request_time, stopping));
                        }
                        Some(https) => {
                            let (https, prepare, time) = (https.clone(), prepare.clone(), self.request_time);
                            // In a task of its own from the first byte on: a client that stalls stalls itself.
                            let prepare = move |stream| prepare(stream, permit);
                            tokio::spawn(serve_securely(https, stream, prepare, router, time, stopping));
                        }
                    }
                }
                Err(_) => {
                    if let Ok(place) = self.rejections.clone().try_acquire_owned() {
                        tokio::spawn(reject(stream, place));
                    }
                }
            }
        }
    }

    /// Waits until all seats are free, but not longer than this.
    pub async fn wait_until_empty(&self, closing_time: Duration) {
        let all = u32::try_from(self.count).unwrap_or(u32::MAX);
        // An error says that the semaphore is closed, and nobody closes it.
        if tokio::time::timeout(closing_time, self.permits.acquire_many(all)).await.is_err() {
            info!("some connections did not close within {closing_time:?}: dropped");
        }
    }
}

/// Ready once the server stops, or has stopped already.
pub async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error says that the server is gone altogether.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

/// Serves HTTPS on one connection. The handshake of TLS may take as long as a request.
async fn serve_securely<T>(
    https: Https,
    stream: TcpStream,
    prepare: impl FnOnce(TcpStream) -> Prepared<T>,
    router: Router,
    request_time: Duration,
    mut stopping: watch::Receiver<bool>,
) where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let opened = tokio::select! {
        opened = tokio::time::timeout(request_time, https.open(stream, prepare)) => opened,
        () = stopped(&mut stopping) => return,
    };
    match opened {
        Ok(Ok(Opened::Secure(stream, extensions))) => serve(stream, router, extensions, request_time, stopping).await,
        Ok(Ok(Opened::Plain(stream, extensions))) => {
            serve(stream, https.plain().clone(), extensions, request_time, stopping).await;
        }
        // A browser that does not know the authority ends the handshake.
        Ok(Err(error)) => debug!("a TLS handshake fails: {error}"),
        Err(_) => debug!("a client did not finish its TLS handshake within {request_time:?}"),
    }
}

/// Serves HTTP on one connection. When it becomes a WebSocket, hyper lets go of it.
///
/// When the server stops, an answer that is on its way still goes out. A request that is still coming in is not waited for.
async fn serve<T>(
    stream: T,
    router: Router,
    extensions: Extensions,
    request_time: Duration,
    mut stopping: watch::Receiver<bool>,
) where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().extend(extensions.clone());
        router.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(request_time)
        .max_buf_size(MAX_REQUEST)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let served = tokio::select! {
        served = connection.as_mut() => served,
        () = stopped(&mut stopping) => {
            connection.as_mut().graceful_shutdown();
            tokio::time::timeout(LAST_ANSWER, connection).await.unwrap_or(Ok(()))
        }
    };
    if let Err(error) = served {
        debug!("a connection ends: {error}");
    }
}

/// How much the kernel keeps for a client that does not read, before our own queue begins. Left alone, it would let that
/// grow to 4 MiB for each client (`net.ipv4.tcp_wmem`), and nobody would see it in the memory of the process.
const KERNEL_BUFFER: usize = 128 * 1024;
/// How many are told at once that there is no seat. Beyond that, connections are closed without a word.
const MAX_REJECTIONS: usize = 64;
/// The largest head of a request. On localhost the cookies of all programs come along. hyper begins with 8 KiB.
const MAX_REQUEST: usize = 32 * 1024;

/// How long the last answer may take when the server stops.
const LAST_ANSWER: Duration = Duration::from_secs(1);

/// The house is full: says so, as long as there are not too many to say it to.
async fn reject(mut stream: TcpStream, _place: OwnedSemaphorePermit) {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let answer = format!("HTTP/1.1 {status}\r\nretry-after: 10\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    let polite = async {
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await?;
        // A connection that is closed with something unread in it is reset, and the answer can get lost.
        tokio::io::copy(&mut stream, &mut tokio::io::sink()).await
    };
    // Neither an error nor a client that stays is of interest any more.
    let _ = tokio::time::timeout(Duration::from_secs(1), polite).await;
}
