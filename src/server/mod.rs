//! The server of the call: a page, and signaling. No media passes through it.
//!
//! It introduces two people to each other and carries their offer, answer and candidates, unread, in order. Once their
//! browsers are connected they need it no more, and a call goes on when the server is restarted.
//!
//! Several of them can share a Redis (`ServerOptions::redis`): then the two people of a call need not be connected to the
//! same one.
//!
//! A client that does not read is disconnected as in chapter 2, by `socketio_src/src/server/line.rs` and `backlog.rs`.
//!
//! **Not here:** accounts, recordings, more than two people in a room (that needs a media server, an SFU).

/// The handlers of signaling events, and their table.
mod handlers;
/// What the server knows of a connected client.
mod client;
/// Which STUN and TURN servers the members of a room are told.
mod ice;
/// The answer to who asks for them over HTTP.
mod ice_route;
/// The answer to one event.
mod responder;
/// The arguments of the events, parsed and checked.
mod request;
/// The rules of a room, as plain data.
mod room;
/// The rooms of this server, and who is in which.
mod rooms;
/// Carries out requests on a server that is alone.
mod local_rooms;
/// Carries out requests on several servers that share a Redis.
mod cluster;
/// What the server tells its clients.
mod delivery;
/// The arguments of a Socket.IO event as a list.
mod args;
/// What the server can be asked to do wrong.
mod fault;
/// Failures on purpose, for the laboratory.
mod faults;

use std::future::{Future, ready};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{RawQuery, Request};
use axum::http::HeaderMap;
use axum::middleware::{from_fn_with_state, map_request, map_response};
use axum::routing::get;
use socketio_src::cluster::{Link, LinkState};
use socketio_src::server::{Backlogs, CLOSING_TIME, Origins, Rate, follow, serve, without_its_buffer};
use socketioxide::SocketIo;
use support::headers::headers;
use support::https::Https;
use support::origin::guard;
use tokio::net::TcpListener;

use crate::site::{self, Site};
use cluster::Cluster;
use delivery::Delivery;
pub use fault::{NoFault, ServerFault};
use faults::Faults;
use handlers::{Backend, Handlers, Rates};
pub use ice::{Ice, OwnIce};
use ice_route::IceRoute;
use local_rooms::LocalRooms;
use rooms::SharedRooms;

/// What can be set about a server.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// How often the server pings each client (Engine.IO heartbeat).
    pub ping_interval: Duration,
    /// How long it waits for the pong. A connection that died without a word is noticed after the sum of both, and
    /// only then does the other member hear `bye`: Socket.IO's defaults of 25 and 20 seconds are long for that.
    pub ping_timeout: Duration,
    /// How many packets may wait for a client that does not read. Socket.IO for Rust refuses the next one. The answers to all
    /// that a client may send at once have to fit in: twice the burst of the rate, with those that say "too fast".
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
    /// The STUN and TURN servers of the call. The default has none.
    pub ice: Ice,
    /// The Redis that this server shares with others. The default is none: the server is alone.
    pub redis: Link,
    /// The certificate of the server, if it speaks https.
    pub https: Option<Https>,
    /// What is to go wrong, in the laboratory. The default is nothing.
    pub faults: Vec<ServerFault>,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            ping_interval: Duration::from_secs(10),
            ping_timeout: Duration::from_secs(5),
            max_queued_packets: 1024,
            origins: Origins::default(),
            rate: Rate { per_second: 50.0, burst: 300.0 },
            byte_rate: Rate { per_second: 128.0 * 1024.0, burst: 1024.0 * 1024.0 },
            max_connections: 10_000,
            hold: Duration::from_secs(15),
            site: Site::default(),
            ice: Ice::default(),
            redis: Link::off(),
            https: None,
            faults: Vec::new(),
        }
    }
}

/// What [`run`] closes when a server stops.
pub struct Closing {
    /// Every connection.
    io: SocketIo,
    /// What the clients have asked for is finished.
    cluster: Option<Cluster>,
    /// A server in the laboratory can die.
    faults: Option<Arc<Faults>>,
}

/// The routes of the server, and the handle with which it is closed. With [`ServerOptions::redis`] it is called inside a
/// tokio runtime.
pub fn router(options: &ServerOptions) -> (Router, Closing) {
    let (socket_io_layer, io) = SocketIo::builder()
        .ping_interval(options.ping_interval)
        .ping_timeout(options.ping_timeout)
        // A client says soon what it has opened the connection for.
        .connect_timeout(Duration::from_secs(10))
        .max_buffer_size(options.max_queued_packets)
        // Each connection has one of these. A description does not fit in, and is read in several parts; there are two in a call.
        .ws_read_buffer_size(1024)
        // Descriptions over 256 kB are refused by name, so what the transports let through must be larger than that.
        .max_payload(1_000_000)
        .ws_max_message_size(4 << 20)
        .ws_max_frame_size(4 << 20)
        .build_layer();
    let backlogs = Backlogs::new(options.max_connections, options.ping_interval + options.ping_timeout);
    let faults = Faults::of(&options.faults);
    let delivery = Delivery::new(io.clone(), backlogs.clone(), faults.clone());
    let (rooms, hold) = (SharedRooms::default(), options.hold);
    let (backend, cluster) = match options.redis.state() {
        LinkState::Off => {
            let local = LocalRooms { rooms: rooms.clone(), delivery: delivery.clone(), hold };
            (Backend::Alone(local), None)
        }
        LinkState::Down | LinkState::Up(_) => {
            let cluster = Cluster::open(rooms.clone(), delivery.clone(), hold, options.redis.clone());
            (Backend::Together(cluster.queue()), Some(cluster))
        }
    };
    let rates = Rates { events: options.rate, bytes: options.byte_rate };
    let ice = Arc::new(ServerFault::spoil(&options.faults, options.ice.clone()));
    let asking = IceRoute { ice: ice.clone(), rooms: rooms.clone(), delivery: delivery.clone() };
    handlers::register(&io, Handlers { backend, rooms, delivery, rates, ice, hold });

    let names = options.faults.iter().map(ServerFault::to_string).collect();
    let router = site::routes(options.site.clone().with_faults(names))
        .route("/healthz", get(async || "ok\n"))
        .route(
            "/ice-servers",
            get(move |headers: HeaderMap, RawQuery(query): RawQuery| ready(asking.answer(&headers, query))),
        )
        .layer(map_response(headers(site::POLICY)))
        .layer(socket_io_layer)
        .layer(from_fn_with_state(backlogs, follow))
        .layer(map_request(of_a_connection))
        .layer(from_fn_with_state(options.origins.clone(), guard));
    (router, Closing { io, cluster, faults })
}

/// A request that begins a connection is kept as long as that: not so the 8 kB that it came in.
async fn of_a_connection(request: Request) -> Request {
    if request.uri().path().starts_with("/socket.io") { without_its_buffer(request).await } else { request }
}

/// Serves until `shutdown` is ready, then closes every connection and returns. With [`ServerFault::Die`] it can return
/// before that, with an error, and closes nothing.
pub async fn run(
    listener: TcpListener,
    options: &ServerOptions,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let (router, Closing { io, cluster, faults }) = router(options);
    let close = async move { io.close().await };
    let serving = serve(listener, router, options.https.as_ref(), options.max_connections, shutdown, close);
    match faults {
        None => serving.await,
        Some(faults) => tokio::select! {
            () = serving => {}
            () = faults.death() => return Err(std::io::Error::other("the server has ended itself: --fault die")),
        },
    }
    if let Some(cluster) = cluster {
        cluster.close(CLOSING_TIME).await;
    }
    Ok(())
}
