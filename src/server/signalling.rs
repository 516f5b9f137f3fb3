//! What comes in: the events of a client, and its answers.
//!
//! **Order is part of the contract**: a candidate must never overtake its offer. socketioxide spawns the future that a
//! handler returns, and spawned futures overtake each other. What a handler does *before* it returns its future runs in
//! the order of arrival. So every handler here does all its work at once and returns a future that is ready: a server
//! that is alone carries the request out, one that shares a Redis puts it into a queue.

use std::convert::Infallible;
use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use shared::signal::Auth;
use shared::{Accepted, ErrorCode, Refusal, Reply, events};
use socketio_src::server::{Backlogs, Rate};
use socketioxide::SocketIo;
use socketioxide::adapter::LocalAdapter;
use socketioxide::extract::{AckSender, Event, SocketRef, TryData};
use socketioxide::handler::{ConnectHandler, FromMessageParts};
use socketioxide::socket::{DisconnectReason, Socket};
use tokio::time::Instant;
use tracing::{debug, info, warn};
use websocket_src::server::{Pace, Verdict};

use super::args::Args;
use super::exchange::{Job, Queue};
use super::request::{self, MAX_NAME_BYTES, Request};
use super::switchboard::{Switchboard, Visitor};

/// Who carries out what the clients ask for.
#[derive(Clone)]
pub(super) enum Office {
    /// This server, alone and at once.
    Alone(Switchboard),
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
#[derive(Clone)]
pub(super) struct Reception {
    pub(super) office: Office,
    pub(super) board: Switchboard,
    pub(super) backlogs: Backlogs,
    pub(super) rates: Rates,
}

/// Somebody who waits for an answer, and what it is about.
pub(super) struct Asker {
    pub(super) visitor: Arc<Visitor>,
    socket: SocketRef,
    event: String,
    ack: AckSender,
    wants_ack: WantsAck,
}

/// Whether the sender of an event has asked for an acknowledgement.
struct WantsAck(bool);

impl FromMessageParts<LocalAdapter> for WantsAck {
    type Error = Infallible;

    fn from_message_parts(
        _: &Arc<Socket<LocalAdapter>>,
        _: &mut socketioxide::handler::Value,
        ack_id: &Option<i64>,
    ) -> Result<Self, Infallible> {
        Ok(Self(ack_id.is_some()))
    }
}

/// Makes the server speak the protocol of the call.
pub(super) fn register(io: &SocketIo, reception: Reception) {
    let on_connect = move |socket: SocketRef, TryData(auth): TryData<Auth>| {
        reception.on_connect(&socket, auth.unwrap_or_default());
        ready(Ok::<(), Infallible>(()))
    };
    // A middleware runs before the client hears that it is in; the connect handler proper runs after that, and what a
    // quick client says in between is lost. So the handlers are registered in a middleware.
    io.ns("/", (|| ready(())).with(on_connect));
}

impl Reception {
    /// The table: which event is read by what.
    fn on_connect(&self, socket: &SocketRef, auth: Auth) {
        debug!(socket = %socket.id, "connected");
        // A secret that is not one of ours is none: it would only take up memory.
        let client = auth.client.filter(|secret| secret.len() <= MAX_NAME_BYTES);
        let paces = [self.rates.events, self.rates.bytes].map(|rate| Pace::new(rate, Instant::now()));
        let visitor = Arc::new(Visitor::new(socket.id, client, paces));
        // It is kept there until the client is gone.
        let _ = self.backlogs.open(socket);
        if auth.extended {
            self.board.extended().insert(socket.id);
        }
        self.on(socket, &visitor, events::JOIN_ROOM, request::join_room);
        self.on(socket, &visitor, events::REJOIN_ROOM, request::rejoin_room);
        self.on(socket, &visitor, events::OFFER, request::offer);
        self.on(socket, &visitor, events::ANSWER, request::answer);
        self.on(socket, &visitor, events::ICE, request::ice);
        self.on(socket, &visitor, events::STEP, request::step);
        self.on(socket, &visitor, events::LEAVE_ROOM, request::leave_room);
        let (reception, asking) = (self.clone(), visitor.clone());
        socket.on_fallback(move |socket: SocketRef, Event(event): Event, ack: AckSender, wants_ack: WantsAck| {
            let bytes = event.len();
            // The name can be anything, and as long as a message may be.
            let event: String = event.chars().take(40).collect();
            let message = format!("this server has no event {event:?}");
            let asker = Asker { visitor: asking.clone(), socket, event, ack, wants_ack };
            reception.handle(asker, bytes, Err(Refusal { code: ErrorCode::UnknownEvent, message }));
            ready(())
        });
        let reception = self.clone();
        socket.on_disconnect(move |socket: SocketRef, reason: DisconnectReason| {
            if reason == DisconnectReason::PacketParsingError {
                // The library below ends such a connection, and says nothing to the client.
                info!(socket = %socket.id, "disconnected: it sent what is no packet, or an event whose name needs escapes");
            }
            debug!(socket = %socket.id, ?reason, "disconnected");
            reception.backlogs.close(socket.id);
            reception.board.extended().remove(&socket.id);
            reception.on_disconnect(visitor, reason);
            ready(())
        });
    }

    /// Registers a handler that does its work at once.
    fn on(
        &self,
        socket: &SocketRef,
        visitor: &Arc<Visitor>,
        event: &'static str,
        read: fn(&[Value]) -> Result<Request, Refusal>,
    ) {
        let (reception, visitor) = (self.clone(), visitor.clone());
        socket.on(
            event,
            move |socket: SocketRef, TryData(args): TryData<Args>, ack: AckSender, wants_ack: WantsAck| {
                let bytes = args.as_ref().map_or(0, Args::size);
                let request = args.map_err(request::bad_arguments).and_then(|Args(args)| read(&args));
                let asker = Asker { visitor: visitor.clone(), socket, event: event.to_owned(), ack, wants_ack };
                reception.handle(asker, bytes, request);
                ready(())
            },
        );
    }

    /// A connection is over. Whoever has said goodbye is gone; who has lost the connection in a call may come back to it, and
    /// until then its place is kept. Its media go on meanwhile.
    fn on_disconnect(&self, visitor: Arc<Visitor>, reason: DisconnectReason) {
        use DisconnectReason::{HeartbeatTimeout, TransportError};
        let is_lost = matches!(reason, TransportError | HeartbeatTimeout);
        if !is_lost || visitor.gone.load(Ordering::Relaxed) || !self.board.may_come_back(&visitor) {
            return self.office.on_disconnect(visitor, reason);
        }
        visitor.gone.store(true, Ordering::Relaxed);
        let hold = self.board.hold;
        info!(socket = %visitor.socket, "lost in a call: its place is kept for {hold:?}");
        let office = self.office.clone();
        tokio::spawn(async move {
            tokio::time::sleep(hold).await;
            // When it has come back, its place belongs to another connection, and this changes nothing.
            office.leave(visitor);
        });
    }

    /// Has it done, unless the client sends too much.
    fn handle(&self, asker: Asker, bytes: usize, request: Result<Request, Refusal>) {
        if asker.visitor.gone.load(Ordering::Relaxed) {
            return;
        }
        match asker.visitor.count(bytes) {
            Verdict::Fine => self.office.handle(asker, request),
            Verdict::TooFast => {
                let message = "too fast: dropped; wait a moment and send it again".to_owned();
                asker.answer(Err(Refusal { code: ErrorCode::TooFast, message }));
            }
            Verdict::Flood => {
                warn!(socket = %asker.socket.id, "disconnected: it was told to wait, and sends and sends");
                // What it has sent in the same breath is still delivered, and is not looked at any more.
                self.office.on_disconnect(asker.visitor, DisconnectReason::ServerNSDisconnect);
                let _ = asker.socket.disconnect();
            }
        }
    }
}

impl Office {
    fn handle(&self, asker: Asker, request: Result<Request, Refusal>) {
        match self {
            Self::Alone(board) => {
                let done = request.and_then(|request| board.carry_out(&asker.visitor, &request));
                asker.answer(done);
            }
            Self::Together(queue) => queue.put(Job::Request(asker, request)),
        }
    }

    fn on_disconnect(&self, visitor: Arc<Visitor>, reason: DisconnectReason) {
        if visitor.gone.swap(true, Ordering::Relaxed) {
            return;
        }
        match self {
            // Whoever is in a call comes back, to this server when it has been started again or to another one.
            Self::Together(_) if reason == DisconnectReason::ClosingServer => {}
            _ => self.leave(visitor),
        }
    }

    fn leave(&self, visitor: Arc<Visitor>) {
        match self {
            Self::Alone(board) => board.lost(&visitor),
            Self::Together(queue) => queue.put(Job::Lost(visitor)),
        }
    }
}

impl Asker {
    /// Answers in the acknowledgement; whoever asked for none hears of a refusal in an event of its own. And in the log.
    pub(super) fn answer(self, done: Result<Accepted, Refusal>) {
        let Self { socket, event, ack, wants_ack, .. } = self;
        let reply = match done {
            Ok(accepted) => Reply::Accepted(accepted),
            Err(refusal) => {
                info!(socket = %socket.id, "{event} refused: {refusal}");
                if !wants_ack.0 {
                    // An error says that the client is going, or does not read: that is seen elsewhere.
                    let _ = socket.emit(events::REFUSED, &json!({"event": event, "error": refusal}));
                    return;
                }
                Reply::Refused(refusal)
            }
        };
        if let Err(error) = ack.send(&reply) {
            warn!(socket = %socket.id, "the acknowledgement of {event} was not delivered: {error}");
        }
    }
}
