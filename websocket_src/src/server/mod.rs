//! The chat server: a page, and a WebSocket behind it.
//!
//! It is built for strangers: whatever one client does, the others do not notice. Read `connection.rs` for how one client
//! is served, `outbox.rs` for what happens when it does not read, `hub.rs` for how everybody hears everything.
//!
//! **Not here:** TLS (a proxy in front does that), accounts, a history. And no compression: tungstenite has no
//! permessage-deflate (RFC 7692), so text travels three to ten times larger than it could. In exchange, a frame for
//! everybody is made once, no client costs the memory of a compressor, and nobody can send a bomb.

/// One client, as its own task sees it.
mod connection;
/// What waits to be written to one client.
mod outbox;
/// The people who are here, and what each of them hears.
mod hub;
/// What the messages mean.
mod chat;
/// Frames, ready to be written.
mod frame;
/// From a HTTP request to a WebSocket.
mod upgrade;
/// The files of the page.
mod page;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::middleware::map_response;
use axum::routing::{get, post};
use shared::chat::ClientId;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tracing::info;

pub use connection::Limits;
pub use support::origin::Origins;
pub use support::rate_limit::Rate;

use hub::Hub;
use support::connection_limit::{ConnectionLimit, Permit};
use support::headers::headers;

/// What can be set about a server.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// What one client may do.
    pub limits: Limits,
    /// How many connections there may be at once. One more is told to come back later, with HTTP status 503.
    pub max_connections: usize,
    /// How long a client may take to send a request, from the moment it is connected.
    pub request_time: Duration,
    /// Pages of other servers that may connect.
    pub origins: Origins,
    /// Also serve `/echo`, for test suites.
    pub echo: bool,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            max_connections: 10_000,
            request_time: Duration::from_secs(10),
            origins: Origins::default(),
            echo: false,
        }
    }
}

/// What all clients of a server share. [`Chat::stop`] ends their connections.
#[derive(Debug, Clone)]
pub struct Chat {
    options: Arc<ServerOptions>,
    hub: Hub,
    last_id: Arc<AtomicU64>,
    stopping: watch::Sender<bool>,
}

impl Chat {
    fn new(options: ServerOptions) -> Self {
        Self {
            options: Arc::new(options),
            hub: Hub::start(),
            last_id: Arc::default(),
            stopping: watch::Sender::new(false),
        }
    }

    fn next_id(&self) -> ClientId {
        ClientId(self.last_id.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// Says goodbye to everybody, with close code 1001.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }
}

/// The routes of the server, and the handle with which its connections are ended. Call it inside a tokio runtime: it
/// starts the task that knows who is here.
pub fn router(options: ServerOptions) -> (Router, Chat) {
    let chat = Chat::new(options);
    let mut routes = page::routes()
        .route("/ws", get(chat::on_chat))
        .route("/origin", post(may_connect))
        .route("/healthz", get(async || "ok\n"));
    if chat.options.echo {
        routes = routes.route("/echo", get(chat::on_echo));
    }
    (routes.layer(map_response(headers(page::POLICY))).with_state(chat.clone()), chat)
}

/// A page learns nothing of a handshake that was refused: `close` with code 1006, whatever the reason. So it asks here.
async fn may_connect(State(chat): State<Chat>, headers: HeaderMap) -> (StatusCode, String) {
    match chat.options.origins.check(&headers) {
        Ok(()) => (StatusCode::OK, String::new()),
        Err(message) => (StatusCode::FORBIDDEN, message),
    }
}

/// Serves until `shutdown` is ready, then says goodbye to everybody and returns.
pub async fn run(
    listener: TcpListener,
    options: ServerOptions,
    shutdown: impl Future<Output = ()> + Send,
) -> std::io::Result<()> {
    let closing_time = options.limits.closing_time + Duration::from_secs(1);
    let (max_connections, request_time) = (options.max_connections, options.request_time);
    let (router, chat) = router(options);
    let open = ConnectionLimit::new(max_connections, request_time, chat.stopping.subscribe());
    let prepare = |stream: TcpStream, permit: Permit| {
        let mut extensions = Extensions::new();
        extensions.insert(permit);
        (stream, extensions)
    };
    tokio::select! {
        () = shutdown => info!("shutting down"),
        () = open.accept(&listener, &router, None, prepare) => {}
    }
    // Nobody new, from here on.
    drop(listener);
    chat.stop();
    open.wait_until_empty(closing_time).await;
    Ok(())
}
