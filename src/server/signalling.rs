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

use serde_json::Value;
use shared::signal::Auth;
use shared::{Accepted, ErrorCode, Refusal, Reply, events};
use socketioxide::SocketIo;
use socketioxide::extract::{AckSender, Event, SocketRef, TryData};
use socketioxide::handler::ConnectHandler;
use socketioxide::socket::DisconnectReason;
use tracing::{debug, info, warn};

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

/// Somebody who waits for an answer, and what it is about.
pub(super) struct Asker {
    pub(super) visitor: Arc<Visitor>,
    socket: SocketRef,
    event: String,
    ack: AckSender,
}

/// Makes the server speak the protocol of the call.
pub(super) fn register(io: &SocketIo, office: Office) {
    let on_connect = move |socket: SocketRef, TryData(auth): TryData<Auth>| {
        office.on_connect(&socket, auth.unwrap_or_default());
        ready(Ok::<(), Infallible>(()))
    };
    // A middleware runs before the client hears that it is in; the connect handler proper runs after that, and what a
    // quick client says in between is lost. So the handlers are registered in a middleware.
    io.ns("/", (|| ready(())).with(on_connect));
}

impl Office {
    /// The table: which event is read by what.
    fn on_connect(&self, socket: &SocketRef, auth: Auth) {
        debug!(socket = %socket.id, "connected");
        // A secret that is not one of ours is none: it would only take up memory.
        let client = auth.client.filter(|secret| secret.len() <= MAX_NAME_BYTES);
        let visitor = Arc::new(Visitor::new(socket.id, client));
        self.on(socket, &visitor, events::JOIN_ROOM, request::join_room);
        self.on(socket, &visitor, events::REJOIN_ROOM, request::rejoin_room);
        self.on(socket, &visitor, events::OFFER, request::offer);
        self.on(socket, &visitor, events::ANSWER, request::answer);
        self.on(socket, &visitor, events::ICE, request::ice);
        self.on(socket, &visitor, events::STEP, request::step);
        self.on(socket, &visitor, events::LEAVE_ROOM, request::leave_room);
        let (office, asking) = (self.clone(), visitor.clone());
        socket.on_fallback(move |socket: SocketRef, Event(event): Event, ack: AckSender| {
            let message = format!("this server has no event {event:?}");
            let asker = Asker { visitor: asking.clone(), socket, event, ack };
            office.handle(asker, Err(Refusal { code: ErrorCode::UnknownEvent, message }));
            ready(())
        });
        let office = self.clone();
        socket.on_disconnect(move |socket: SocketRef, reason: DisconnectReason| {
            debug!(socket = %socket.id, ?reason, "disconnected");
            office.on_disconnect(visitor, reason);
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
        let (office, visitor) = (self.clone(), visitor.clone());
        socket.on(event, move |socket: SocketRef, TryData(args): TryData<Args>, ack: AckSender| {
            let request = args.map_err(request::bad_arguments).and_then(|Args(args)| read(&args));
            office.handle(Asker { visitor: visitor.clone(), socket, event: event.to_owned(), ack }, request);
            ready(())
        });
    }

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
        visitor.gone.store(true, Ordering::Relaxed);
        match self {
            Self::Alone(board) => board.lost(&visitor),
            // Whoever is in a call comes back, to this server when it has been started again or to another one.
            Self::Together(_) if reason == DisconnectReason::ClosingServer => {}
            Self::Together(queue) => queue.put(Job::Lost(visitor)),
        }
    }
}

impl Asker {
    /// Answers in the acknowledgement, if the sender asked for one, and always in the log.
    pub(super) fn answer(self, done: Result<Accepted, Refusal>) {
        let Self { socket, event, ack, .. } = self;
        let reply = match done {
            Ok(accepted) => Reply::Accepted(accepted),
            Err(refusal) => {
                info!(socket = %socket.id, "{event} refused: {refusal}");
                Reply::Refused(refusal)
            }
        };
        if let Err(error) = ack.send(&reply) {
            warn!(socket = %socket.id, "the acknowledgement of {event} was not delivered: {error}");
        }
    }
}
