//! From a listener to a server that can be stopped. The servers of chapters 2 and 3 run in here.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::Extensions;
use support::connection_limit::{ConnectionLimit, Permit};
use support::https::Https;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tracing::info;

use super::line::Watched;

/// How long connections may take to close when a server stops.
pub const CLOSING_TIME: Duration = Duration::from_secs(5);
/// How long a client may take to send a request.
pub(super) const REQUEST_TIME: Duration = Duration::from_secs(10);

/// Serves until `shutdown` is ready, then closes every connection with `close` and returns, after [`CLOSING_TIME`] at the
/// latest: `close` never returns while a client does not read. More than `max_connections` at once are told to come
/// back later, with HTTP status 503. With `https` the port speaks TLS, and sends those there who do not.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    https: Option<&Https>,
    max_connections: usize,
    shutdown: impl Future<Output = ()> + Send,
    close: impl Future<Output = ()> + Send,
) {
    let stopping = watch::Sender::new(false);
    let doors = ConnectionLimit::new(max_connections, REQUEST_TIME, stopping.subscribe());
    let prepare = |stream: TcpStream, seat: Permit| {
        let (watched, mut extensions) = (Watched::new(stream, seat), Extensions::new());
        extensions.insert(Arc::clone(&watched.line));
        (watched, extensions)
    };
    // The eye stays on the TCP connection: TLS comes above it, and a client that does not read is the same with it.
    let router = https.map_or(router.clone(), |https| https.beside(router));
    tokio::select! {
        () = shutdown => info!("shutting down"),
        () = doors.accept(&listener, &router, https, prepare) => {}
    }
    // Nobody new, from here on.
    drop(listener);
    let closing = async {
        close.await;
        stopping.send_replace(true);
        doors.wait_until_empty(CLOSING_TIME).await;
    };
    if tokio::time::timeout(CLOSING_TIME, closing).await.is_err() {
        stopping.send_replace(true);
        info!("some connections did not close within {CLOSING_TIME:?}: dropped");
    }
}
