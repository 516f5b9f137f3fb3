//! The room chat: a server for strangers, and with Redis several servers that act as one.
//!
//! Read `chat.rs` for what is sent, `rooms/mod.rs` for what follows from it, `hub/mod.rs` for how both come together, and
//! `log.rs` for how several servers do.
//!
//! **Not here:** accounts (a nickname is whatever somebody types), a history that outlives a room's last 100 messages.

/// The event handlers, and their table.
mod chat;
/// One event of a client, and the way to answer it.
mod incoming;
/// One connection.
mod visitor;
/// The people of each room, and what was said: plain data.
mod rooms;
/// Puts everything that happens into one order.
mod hub;
/// What servers tell each other.
mod entry;
/// How several servers agree on that order.
mod log;
/// From a listener to a server that can be stopped.
mod serve;
/// One TCP connection, and the client that does not read from it.
mod line;
/// How many bytes wait for each client.
mod backlog;
/// The count of those bytes.
mod unsent;
/// The moment in which a client is connected, and nothing can be sent to it yet.
mod connecting;
/// What is kept of a request.
mod request;
/// The files of the page.
mod site;
/// The official client, which the page is written for.
mod client_script;
/// The admin's page: servers, rooms and sockets.
mod admin;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::{from_fn_with_state, map_request};
use axum::routing::get;
use socketioxide::SocketIo;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tracing::{debug, info};

pub use backlog::{Backlog, Backlogs, MOST_FOR_ALL, MOST_FOR_ONE, follow};
pub use client_script::ClientScript;
pub use connecting::until_connected;
pub use line::STALL_TIME;
pub use request::without_its_buffer;
pub use serve::{CLOSING_TIME, serve};
pub use support::https::Https;
pub use support::origin::Origins;
pub use support::rate_limit::Rate;

use support::origin::guard;

use crate::cluster::{Adapter, Link, LinkState, adapter};
use chat::Chat;
use hub::Hub;

/// How long a server that starts waits for Redis and for the history.
const STARTING_TIME: Duration = Duration::from_secs(2);

/// What can be set about a server.
#[derive(Clone)]
pub struct ServerOptions {
    /// How often the server pings each client (Engine.IO heartbeat).
    pub ping_interval: Duration,
    /// How long it waits for the pong. A connection that died without a word is noticed after the sum of both.
    pub ping_timeout: Duration,
    /// How many packets may wait for a client that does not read. With the next one it is taken out.
    pub max_queued_packets: usize,
    /// How many events one client may send.
    pub rate: Rate,
    /// How many connections there may be at once. One more is told to come back later, with HTTP status 503.
    pub max_connections: usize,
    /// Pages of other servers that may connect.
    pub origins: Origins,
    /// Redis, if there is one.
    pub link: Link,
    /// The token that opens `/admin`. Without one there is no such page.
    pub admin_token: Option<String>,
    /// Where the official client is.
    pub client_script: ClientScript,
    /// The certificate of the server, if it speaks https.
    pub https: Option<Https>,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            ping_interval: Duration::from_secs(10),
            ping_timeout: Duration::from_secs(5),
            max_queued_packets: 1024,
            rate: Rate { per_second: 20.0, burst: 40.0 },
            max_connections: 10_000,
            origins: Origins::default(),
            link: Link::off(),
            admin_token: None,
            client_script: ClientScript::default(),
            https: None,
        }
    }
}

/// The chat behind a router. [`Server::stop`] ends its connections.
pub struct Server {
    hub: Arc<Hub>,
    io: SocketIo<Adapter>,
}

impl Server {
    /// Says goodbye to everybody: to the clients, and to the other servers.
    pub async fn stop(&self) {
        self.hub.leave();
        self.io.close().await;
    }
}

/// The routes of the server, and the handle with which it is stopped. Call it inside a tokio runtime: it starts the tasks
/// that read and write the log.
pub async fn router(options: &ServerOptions) -> (Router, Server) {
    let (layer, io) = SocketIo::builder()
        .with_adapter::<Adapter>(adapter(options.link.clone(), "study-zoom-chat"))
        .ping_interval(options.ping_interval)
        .ping_timeout(options.ping_timeout)
        // A client says soon what it has opened the connection for.
        .connect_timeout(Duration::from_secs(10))
        .max_buffer_size(options.max_queued_packets)
        // Each connection has one of these. A message that does not fit in is read in two parts, and that is seldom.
        .ws_read_buffer_size(1024)
        // A text of 16 KiB, each byte of it escaped as `\u0000`, fits in.
        .max_payload(100_000)
        .ws_max_message_size(100_000)
        .ws_max_frame_size(100_000)
        .build_layer();
    let shared = options.link.state() != LinkState::Off;
    let (log, entries) = mpsc::unbounded_channel();
    let (typing, who_is_typing) = mpsc::channel(256);
    let backlogs = Backlogs::new(options.max_connections, options.ping_interval + options.ping_timeout);
    let hub = Arc::new(Hub::new(io.clone(), shared.then_some(log), typing, backlogs.clone()));
    let chat = Chat { hub: Arc::clone(&hub), rate: options.rate };
    if let Err(error) = io.ns("/", chat.handler()).await {
        // The driver of this course's adapter never fails.
        debug!("the namespace is not connected to the other servers: {error}");
    }
    tokio::spawn(Arc::clone(&hub).tell_rooms());
    tokio::spawn(Arc::clone(&hub).tell_typing(who_is_typing));
    if let Some(token) = &options.admin_token {
        admin::open(&hub, token).await;
    }
    if shared || options.admin_token.is_some() {
        tokio::spawn(admin::report(Arc::clone(&hub), options.link.clone()));
    }
    if shared {
        log::start(Arc::clone(&hub), options.link.clone(), entries);
        if tokio::time::timeout(STARTING_TIME, hub.joined()).await.is_err() {
            info!("Redis does not answer: this server begins alone");
        }
    }
    let chat = site::routes(options.admin_token.is_some())
        .route("/healthz", get(async || "ok\n"))
        .layer(layer)
        .layer(from_fn_with_state(backlogs, follow))
        .layer(map_request(request::without_its_buffer))
        .layer(from_fn_with_state(options.origins.clone(), guard));
    // The layer takes everything below /socket.io/, so the files of the client come before it.
    let router = client_script::routes(options.client_script.clone()).fallback_service(chat);
    (router, Server { hub, io })
}

/// Serves until `shutdown` is ready, then closes every connection and returns.
///
/// # Errors
/// Those of the listener.
pub async fn run(
    listener: TcpListener,
    options: &ServerOptions,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let (router, server) = router(options).await;
    serve(
        listener,
        router,
        options.https.as_ref(),
        options.max_connections,
        shutdown,
        async move { server.stop().await },
    )
    .await;
    Ok(())
}
