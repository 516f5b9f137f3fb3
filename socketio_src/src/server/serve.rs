//! From a listener to a server that can be stopped. The servers of chapters 2 and 3 run in here.

use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tracing::{debug, info};

/// How long connections may take to close when a server stops.
pub const CLOSING_TIME: Duration = Duration::from_secs(5);

/// Serves until `shutdown` is ready, then closes every connection with `close` and returns, after [`CLOSING_TIME`] at the
/// latest: `close` waits for ever for a client that does not read.
///
/// # Errors
/// Those of the listener.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
    close: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let (closing, mut is_closing) = watch::channel(false);
    let shut_down = async move {
        shutdown.await;
        info!("shutting down");
        closing.send_replace(true);
        close.await;
    };
    // Without Nagle's algorithm, which holds a small packet back until the one before it is acknowledged: messages, offers
    // and candidates are small packets, and that costs 40 ms each time.
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            debug!("a connection keeps Nagle's algorithm: {error}");
        }
    });
    let served = axum::serve(listener, router).with_graceful_shutdown(shut_down).into_future();
    let too_long = async {
        // An error means that `shut_down` is gone, and then `served` has returned as well.
        let _ = is_closing.wait_for(|closing| *closing).await;
        tokio::time::sleep(CLOSING_TIME).await;
    };
    tokio::select! {
        served = served => served,
        () = too_long => {
            info!("some connections did not close within {CLOSING_TIME:?}: dropped");
            Ok(())
        }
    }
}
