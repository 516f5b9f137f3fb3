//! The server of the call: a page, and signalling. No media passes through it.
//!
//! It introduces two people to each other and carries their offer, answer and candidates, unread, in order. Once their
//! browsers are connected they need it no more, and a call goes on when the server is restarted.
//!
//! Several of them can share a Redis (`ServerOptions::redis`): then the two people of a call need not be connected to the
//! same one.
//!
//! **Not here:** accounts, recordings, more than two people in a room (that needs a media server, an SFU).

/// What comes in: the event handlers of signalling and their table.
mod signalling;
/// What is asked for: the arguments of the events, checked.
mod request;
/// What is done about it by a server that is alone.
mod switchboard;
/// What is done about it by several servers that share a Redis.
mod exchange;
/// The rules of a room, as plain data.
mod room;
/// Who is where.
mod rooms;
/// The arguments of a Socket.IO event as a list.
mod args;
/// The files of the page.
mod site;
/// Their compiled half, kept up to date.
mod bundle;
/// Their compiled half, in this program.
#[cfg(feature = "embed")]
mod embedded;

pub use bundle::Bundle;
pub use site::Site;

use std::future::Future;
use std::time::Duration;

use axum::Router;
use axum::middleware::{from_fn_with_state, map_response};
use axum::routing::get;
use socketio_src::cluster::{Link, LinkState};
use socketio_src::server::{Backlogs, CLOSING_TIME, Origins, Rate, follow, serve};
use socketioxide::SocketIo;
use tokio::net::TcpListener;
use websocket_src::server::{guard, headers};

use exchange::Exchange;
use signalling::{Office, Rates, Reception};
use switchboard::Switchboard;

/// What can be set about a server.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// How often the server pings each client (Engine.IO heartbeat).
    pub ping_interval: Duration,
    /// How long it waits for the pong. A connection that died without a word is noticed after the sum of both, and
    /// only then does the other member hear `bye`: Socket.IO's defaults of 25 and 20 seconds are long for that.
    pub ping_timeout: Duration,
    /// How many packets may wait for a client that does not read. Socket.IO for Rust refuses the next one.
    pub max_queued_packets: usize,
    /// Pages of other servers that may connect.
    pub origins: Origins,
    /// How many events one client may send. A call takes about a hundred.
    pub rate: Rate,
    /// How many bytes one client may send. A description has about ten thousand.
    pub byte_rate: Rate,
    /// How many connections there may be at once. One more is told to come back later, with HTTP status 503.
    pub max_connections: usize,
    /// How long the place of somebody is kept who was in a call: who has lost the connection, or, after a restart of the
    /// server, who is expected beside the one that came back. A client tries again at most 7.5 seconds after the last time.
    pub hold: Duration,
    /// The compiled half of the page. The default has none, and never builds one.
    pub site: Site,
    /// The Redis that this server shares with others. The default is none: the server is alone.
    pub redis: Link,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            ping_interval: Duration::from_secs(10),
            ping_timeout: Duration::from_secs(5),
            max_queued_packets: 256,
            origins: Origins::default(),
            rate: Rate { per_second: 50.0, burst: 300.0 },
            byte_rate: Rate { per_second: 128.0 * 1024.0, burst: 1024.0 * 1024.0 },
            max_connections: 10_000,
            hold: Duration::from_secs(15),
            site: Site::default(),
            redis: Link::off(),
        }
    }
}

/// What [`run`] closes when a server stops.
pub struct Closing {
    /// Every connection.
    io: SocketIo,
    /// What the clients have asked for is finished.
    exchange: Option<Exchange>,
}

/// The routes of the server, and the handle with which it is closed. With [`ServerOptions::redis`] it is called inside a
/// tokio runtime.
pub fn router(options: &ServerOptions) -> (Router, Closing) {
    let (socket_io_layer, io) = SocketIo::builder()
        .ping_interval(options.ping_interval)
        .ping_timeout(options.ping_timeout)
        // Who has opened a connection says soon what for.
        .connect_timeout(Duration::from_secs(10))
        .max_buffer_size(options.max_queued_packets)
        // Descriptions over 256 kB are refused by name, so what the transports let through must be larger than that.
        .max_payload(1_000_000)
        .ws_max_message_size(4 << 20)
        .ws_max_frame_size(4 << 20)
        .build_layer();
    let backlogs = Backlogs::default();
    let board = Switchboard::new(io.clone(), options.hold, backlogs.clone());
    let receiving = board.clone();
    let (office, exchange) = match options.redis.state() {
        LinkState::Off => (Office::Alone(board), None),
        LinkState::Down | LinkState::Up(_) => {
            let exchange = Exchange::open(board, options.redis.clone());
            (Office::Together(exchange.queue()), Some(exchange))
        }
    };
    let rates = Rates { events: options.rate, bytes: options.byte_rate };
    signalling::register(&io, Reception { office, board: receiving, backlogs: backlogs.clone(), rates });

    let router = site::routes(options.site.clone())
        .route("/healthz", get(async || "ok\n"))
        .layer(map_response(headers(site::POLICY)))
        .layer(socket_io_layer)
        .layer(from_fn_with_state(backlogs, follow))
        .layer(from_fn_with_state(options.origins.clone(), guard));
    (router, Closing { io, exchange })
}

/// Serves until `shutdown` is ready, then closes every connection and returns.
pub async fn run(
    listener: TcpListener,
    options: &ServerOptions,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let (router, Closing { io, exchange }) = router(options);
    serve(listener, router, options.max_connections, shutdown, async move { io.close().await }).await;
    if let Some(exchange) = exchange {
        exchange.close(CLOSING_TIME).await;
    }
    Ok(())
}
