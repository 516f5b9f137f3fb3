//! The handlers of signaling events: the table, and the answers.
//!
//! **Order is part of the contract**: a candidate must never overtake its offer. socketioxide spawns the future that a
//! handler returns, and spawned futures overtake each other. What a handler does *before* it returns its future runs in
//! the order of arrival. So every handler here does all its work at once and returns a future that is ready: a server
//! that is alone carries the request out (`local_rooms.rs`), one that shares a Redis puts it into a queue (`cluster/`).
//! The rules of a room, such as its two places, are in `room/mod.rs`, and nowhere else.

use std::convert::Infallible;
use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::Value;
use shared::signal::Auth;
use shared::{ErrorCode, Refusal, events, json};
use socketio_src::server::{Rate, until_connected};
use socketioxide::SocketIo;
use socketioxide::extract::{AckSender, Event, SocketRef, TryData};
use socketioxide::handler::ConnectHandler;
use socketioxide::socket::DisconnectReason;
use support::rate_limit::{Pace, Verdict};
use tokio::time::Instant;
use tracing::{debug, info, warn};

use super::args::Args;
use super::client::Client;
use super::cluster::{Job, Queue};
use super::delivery::Delivery;
use super::ice::Ice;
use super::local_rooms::LocalRooms;
use super::request::{self, Request};
use super::responder::{Responder, WantsAck};
use super::rooms::SharedRooms;

/// The part of the server that carries out the requests of clients.
#[derive(Clone)]
pub(super) enum Backend {
    /// This server, alone and at once.
    Alone(LocalRooms),
    /// All servers that share a Redis, in the order in which Redis gets to it.
    Together(Queue),
}

/// How fast one client may send.
#[derive(Clone, Copy)]
pub(super) struct Rates {
    pub(super) events: Rate,
    pub(super) bytes: Rate,
}

/// Where clients come in.
pub(super) struct Handlers {
    pub(super) backend: Backend,
    pub(super) rooms: SharedRooms,
    pub(super) delivery: Delivery,
    pub(super) rates: Rates,
    pub(super) ice: Arc<Ice>,
    /// How long the place of a client is kept that has lost its connection in a call.
    pub(super) hold: Duration,
}

/// Makes the server speak the protocol of the call.
pub(super) fn register(io: &SocketIo, handlers: Handlers) {
    // Each handler of each client has a part in it, and a handler is cloned for each event.
    let handlers = Arc::new(handlers);
    let on_connect = move |socket: SocketRef, TryData(auth): TryData<Auth>| {
        handlers.on_connect(&socket, auth.unwrap_or_default());
        ready(Ok::<(), Infallible>(()))
    };
    // A middleware runs before the client hears that it is in; the connect handler proper runs after that, and what a
    // quick client says in between is lost. So the handlers are registered in a middleware.
    io.ns("/", (|| ready(())).with(on_connect));
}

impl Handlers {
    /// The table: which event is read by what.
    fn on_connect(self: &Arc<Self>, socket: &SocketRef, auth: Auth) {
        debug!(socket = %socket.id, "connected");
        let paces = [self.rates.events, self.rates.bytes].map(|rate| Pace::new(rate, Instant::now()));
        let client = Arc::new(Client::new(socket, auth, self.ice.clone(), paces));
        self.delivery.open(socket, &client);
        self.on(socket, &client, events::JOIN_ROOM, request::join_room);
        self.on(socket, &client, events::REJOIN_ROOM, request::rejoin_room);
        self.on(socket, &client, events::OFFER, request::offer);
        self.on(socket, &client, events::ANSWER, request::answer);
        self.on(socket, &client, events::ICE, request::ice);
        self.on(socket, &client, events::STEP, request::step);
        self.on(socket, &client, events::RESTART, request::restart);
        self.on(socket, &client, events::LEAVE_ROOM, request::leave_room);
        let (handlers, asking) = (self.clone(), client.clone());
        socket.on_fallback(move |socket: SocketRef, Event(event): Event, ack: AckSender, wants_ack: WantsAck| {
            let bytes = event.len();
            // The name can be anything, and as long as a message may be.
            let event: String = event.chars().take(40).collect();
            let message = format!("this server has no event {event:?}");
            let responder = Responder { client: asking.clone(), socket, event: event.into(), ack, wants_ack };
            handlers.handle(responder, bytes, Err(Refusal { code: ErrorCode::UnknownEvent, message }));
            ready(())
        });
        let handlers = self.clone();
        socket.on_disconnect(move |socket: SocketRef, reason: DisconnectReason| {
            if reason == DisconnectReason::PacketParsingError {
                // The library below ends such a connection, and says nothing to the client.
                info!(socket = %socket.id, "disconnected: it sent what is no packet, or an event whose name needs escapes");
            }
            debug!(socket = %socket.id, ?reason, "disconnected");
            handlers.delivery.close(socket.id);
            handlers.on_disconnect(client, reason);
            ready(())
        });
    }

    /// Registers a handler that does its work at once.
    fn on(
        self: &Arc<Self>,
        socket: &SocketRef,
        client: &Arc<Client>,
        event: &'static str,
        read: fn(Vec<Value>) -> Result<Request, Refusal>,
    ) {
        let (handlers, client) = (self.clone(), client.clone());
        socket.on(
            event,
            move |socket: SocketRef, TryData(args): TryData<Args>, ack: AckSender, wants_ack: WantsAck| {
                let bytes = args.as_ref().map_or(0, Args::size);
                let request = args
                    .map_err(|error| request::bad_arguments(json::reason(&error)))
                    .and_then(|Args(args)| read(args));
                let responder = Responder { client: client.clone(), socket, event: event.into(), ack, wants_ack };
                handlers.handle(responder, bytes, request);
                ready(())
            },
        );
    }

    /// A connection is over. A client that said goodbye is gone. A client that lost its connection in a call may come back,
    /// and its place is kept until then. Its media go on.
    fn on_disconnect(&self, client: Arc<Client>, reason: DisconnectReason) {
        use DisconnectReason::{HeartbeatTimeout, TransportError};
        let is_lost = matches!(reason, TransportError | HeartbeatTimeout);
        if !is_lost || client.gone.load(Ordering::Relaxed) || !self.rooms.lock().may_come_back(&client) {
            return self.backend.on_disconnect(client, reason);
        }
        client.gone.store(true, Ordering::Relaxed);
        let hold = self.hold;
        info!(socket = %client.socket, "lost in a call: its place is kept for {hold:?}");
        let backend = self.backend.clone();
        tokio::spawn(async move {
            tokio::time::sleep(hold).await;
            // When it has come back, its place belongs to another connection, and this changes nothing.
            backend.leave(client);
        });
    }

    /// Has it done, unless the client sends too much.
    fn handle(&self, responder: Responder, bytes: usize, request: Result<Request, Refusal>) {
        if responder.client.gone.load(Ordering::Relaxed) {
            return;
        }
        until_connected(&responder.socket);
        match responder.client.count(bytes) {
            Verdict::Fine => self.backend.handle(responder, request),
            Verdict::TooFast => {
                let message = "too fast: dropped; wait a moment and send it again".to_owned();
                responder.answer(Err(Refusal { code: ErrorCode::TooFast, message }));
            }
            Verdict::Flood => {
                warn!(socket = %responder.socket.id, "disconnected: it was told to wait, and sends and sends");
                // What it has sent in the same breath is still delivered, and is not looked at any more.
                self.backend.on_disconnect(responder.client, DisconnectReason::ServerNSDisconnect);
                // A client that only sends has a queue that is full, and cannot be told to go: then its connection ends.
                let id = responder.socket.id;
                if responder.socket.disconnect().is_err() {
                    self.delivery.cut(id, "it sends and sends, and reads nothing");
                }
            }
        }
    }
}

impl Backend {
    fn handle(&self, responder: Responder, request: Result<Request, Refusal>) {
        match self {
            Self::Alone(local) => {
                let done = request.and_then(|request| local.carry_out(&responder.client, &request));
                responder.answer(done);
            }
            Self::Together(queue) => queue.put(Job::Request(responder, request)),
        }
    }

    fn on_disconnect(&self, client: Arc<Client>, reason: DisconnectReason) {
        if client.gone.swap(true, Ordering::Relaxed) {
            return;
        }
        match self {
            // A client in a call comes back, to this server when it has been started again or to another one.
            Self::Together(_) if reason == DisconnectReason::ClosingServer => {}
            _ => self.leave(client),
        }
    }

    fn leave(&self, client: Arc<Client>) {
        match self {
            Self::Alone(local) => local.lost(&client),
            Self::Together(queue) => queue.put(Job::Lost(client)),
        }
    }
}
