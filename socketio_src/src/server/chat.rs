//! What is sent: which event is handled by what.
//!
//! **Order is part of the contract**: what one client says is heard in the order in which it said it. socketioxide spawns
//! the future that a handler returns, and spawned futures overtake each other. What a handler does *before* it returns its
//! future runs in the order of arrival. So every handler here does all its work at once and returns a future that is ready.

use std::borrow::Cow;
use std::convert::Infallible;
use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use shared::RoomName;
use shared::room_chat::{self as events, Auth, Code, Done, EnterRoom, MAX_TEXT_BYTES, Nickname, Offset, Refusal};
use socketioxide::extract::{Event, SocketRef, TryData};
use socketioxide::handler::ConnectHandler;
use socketioxide::socket::DisconnectReason;
use support::rate_limit::{Pace, Rate, Verdict};
use tokio::time::Instant;
use tracing::{debug, info};

use super::connecting::until_connected;
use super::hub::{Hub, State, Waiting};
use super::incoming::{Arguments, IncomingEvent, room_name};
use super::rooms::{Person, RoomEvent};
use super::visitor::Visitor;
use crate::cluster::Adapter;

/// The shortest and the longest id of a client, in bytes.
const CLIENT_BYTES: std::ops::RangeInclusive<usize> = 8..=128;

/// The chat, as the handlers of one connection know it.
#[derive(Clone)]
pub(super) struct Chat {
    pub(super) hub: Arc<Hub>,
    /// How fast one client may send.
    pub(super) rate: Rate,
}

/// What follows from an event.
enum Next {
    /// Nothing: it is answered at once.
    Done,
    /// Something happens, and is answered when it has happened. `after` is of the one who enters a room.
    Happens { happened: RoomEvent, after: Option<Offset> },
}

impl From<RoomEvent> for Next {
    fn from(happened: RoomEvent) -> Self {
        Self::Happens { happened, after: None }
    }
}

type Handled = Result<Next, Refusal>;

impl Chat {
    /// Makes a namespace speak the protocol of the chat. A middleware runs before the client hears that it is in; the
    /// connect handler proper runs after that, and what a quick client says in between is lost. So the handlers are
    /// registered in a middleware, and the first words to the client are said in the connect handler.
    pub(super) fn handler(self) -> impl ConnectHandler<Adapter, (SocketRef<Adapter>,)> {
        let hub = Arc::clone(&self.hub);
        let on_connect = move |socket: SocketRef<Adapter>, TryData(auth): TryData<Auth>| {
            self.on_connect(&socket, auth.unwrap_or_default());
            ready(Ok::<(), Infallible>(()))
        };
        let on_connected = move |socket: SocketRef<Adapter>| {
            hub.greet(&socket);
            ready(())
        };
        on_connected.with(on_connect)
    }

    /// The table.
    fn on_connect(&self, socket: &SocketRef<Adapter>, auth: Auth) {
        debug!(socket = %socket.id, "connected");
        // An id that is too short could be anybody's, one that is too long would only take up memory.
        let client = auth.client.filter(|client| CLIENT_BYTES.contains(&client.len()));
        let (pace, backlog) = (Pace::new(self.rate, Instant::now()), self.hub.backlogs.open(socket));
        let visitor = Arc::new(Visitor::new(socket.id, client, pace, backlog));
        self.on(socket, &visitor, events::ENTER_ROOM, Self::on_enter_room);
        self.on(socket, &visitor, events::NICKNAME, Self::on_nickname);
        self.on(socket, &visitor, events::NEW_MESSAGE, Self::on_new_message);
        self.on(socket, &visitor, events::TYPING, Self::on_typing);
        self.on(socket, &visitor, events::LEAVE_ROOM, Self::on_leave_room);
        let (chat, unknown) = (self.clone(), Arc::clone(&visitor));
        socket.on_fallback(move |Event(name): Event, asked: IncomingEvent| {
            let name: String = name.chars().take(40).collect();
            let message = format!("this server has no event {name:?}");
            let refusal = Refusal::new(Code::UnknownEvent, message);
            chat.handle(&unknown, name.into(), asked, |_, _, _, _| Err(refusal));
            ready(())
        });
        let chat = self.clone();
        socket.on_disconnect(move |reason: DisconnectReason| {
            if reason == DisconnectReason::PacketParsingError {
                // The library below ends such a connection, and says nothing to the client.
                info!(socket = %visitor.socket, "disconnected: it sent what is no packet, or an event whose name needs escapes");
            }
            debug!(socket = %visitor.socket, ?reason, "disconnected");
            chat.hub.backlogs.close(visitor.socket);
            let mut state = chat.hub.state();
            visitor.gone.store(true, Ordering::Relaxed);
            chat.hub.take_out(&mut state, &visitor);
            ready(())
        });
    }

    /// Registers a handler.
    fn on<H>(&self, socket: &SocketRef<Adapter>, visitor: &Arc<Visitor>, event: &'static str, handler: H)
    where
        H: Fn(&Self, &mut State, &Arc<Visitor>, &Arguments<'_>) -> Handled + Copy + Send + Sync + 'static,
    {
        let (chat, visitor) = (self.clone(), Arc::clone(visitor));
        socket.on(event, move |asked: IncomingEvent| {
            chat.handle(&visitor, event.into(), asked, handler);
            ready(())
        });
    }

    /// Handles one event, and answers, unless the answer is known only when it has happened on all servers.
    fn handle<H>(&self, visitor: &Arc<Visitor>, event: Cow<'static, str>, asked: IncomingEvent, handler: H)
    where
        H: FnOnce(&Self, &mut State, &Arc<Visitor>, &Arguments<'_>) -> Handled,
    {
        if visitor.gone.load(Ordering::Relaxed) {
            return;
        }
        until_connected(&asked.socket);
        self.hub.events.fetch_add(1, Ordering::Relaxed);
        let verdict = visitor.count();
        let mut state = self.hub.state();
        if visitor.gone.load(Ordering::Relaxed) {
            return;
        }
        if verdict == Verdict::Flood {
            info!(socket = %visitor.socket, "disconnected: it sends and sends");
            visitor.gone.store(true, Ordering::Relaxed);
            self.hub.throw_out(visitor.socket, Code::TooFast, "you were told to wait, and did not");
            return;
        }
        let handled = match (verdict, asked.arguments()) {
            (Verdict::Fine, _) if Hub::is_full(&state) => {
                Err(Refusal::new(Code::NotDelivered, "the server has too much to do: send it again"))
            }
            (Verdict::Fine, Ok(arguments)) => handler(self, &mut state, visitor, &arguments),
            (Verdict::Fine, Err(refusal)) => Err(refusal),
            _ => Err(Refusal::new(Code::TooFast, "too fast: dropped; wait a moment and send it again")),
        };
        let answer = asked.answer(event);
        match handled {
            Ok(Next::Happens { happened, after }) => {
                let waiting = Waiting { answer, visitor: Arc::clone(visitor), after };
                self.hub.submit(&mut state, happened, Some(waiting));
            }
            Ok(Next::Done) => self.hub.answer(&mut state, visitor, answer, Ok(Done::Nothing {})),
            Err(refusal) => self.hub.answer(&mut state, visitor, answer, Err(refusal)),
        }
    }

    fn on_enter_room(&self, _: &mut State, visitor: &Arc<Visitor>, arguments: &Arguments<'_>) -> Handled {
        let EnterRoom { payload, after } = arguments.get(0, "{payload: room}")?;
        let room = room_name(&payload)?;
        let mut presence = visitor.presence();
        presence.room = Some(room.clone());
        let person = Person { nickname: presence.nickname.clone(), client: visitor.client.clone() };
        Ok(Next::Happens { happened: RoomEvent::Entered { who: self.hub.who(visitor), room, person }, after })
    }

    fn on_nickname(&self, _: &mut State, visitor: &Arc<Visitor>, arguments: &Arguments<'_>) -> Handled {
        let nickname = Nickname::new(&arguments.get::<String>(0, "the nickname")?)?;
        let mut presence = visitor.presence();
        presence.nickname = nickname.clone();
        // Nobody hears of it before the first room is entered.
        match presence.room {
            Some(_) => Ok(RoomEvent::Renamed { who: self.hub.who(visitor), nickname }.into()),
            None => Ok(Next::Done),
        }
    }

    fn on_new_message(&self, _: &mut State, visitor: &Arc<Visitor>, arguments: &Arguments<'_>) -> Handled {
        let text: String = arguments.get(0, "the text")?;
        let room = arguments.room(1)?;
        let number = arguments.optional(2, "the number of the message")?;
        if text.trim().is_empty() {
            return Err(Refusal::new(Code::BadMessage, "the message is empty: say something"));
        }
        if text.len() > MAX_TEXT_BYTES {
            let message = format!("the text has {} bytes: {MAX_TEXT_BYTES} are allowed, send it in parts", text.len());
            return Err(Refusal::new(Code::TooLarge, message));
        }
        let nickname = in_room(visitor, &room)?;
        let (who, client) = (self.hub.who(visitor), visitor.client.clone());
        Ok(RoomEvent::Said { who, room, nickname, text, client, number }.into())
    }

    fn on_typing(&self, _: &mut State, visitor: &Arc<Visitor>, arguments: &Arguments<'_>) -> Handled {
        let typing = arguments.get(0, "true or false")?;
        let room = arguments.room(1)?;
        let nickname = in_room(visitor, &room)?;
        self.hub.typing(visitor, &room, &nickname, typing);
        Ok(Next::Done)
    }

    fn on_leave_room(&self, _: &mut State, visitor: &Arc<Visitor>, arguments: &Arguments<'_>) -> Handled {
        in_room(visitor, &arguments.room(0)?)?;
        visitor.presence().room = None;
        Ok(RoomEvent::Left { who: self.hub.who(visitor) }.into())
    }
}

/// The nickname of somebody who is in this room.
fn in_room(visitor: &Visitor, room: &RoomName) -> Result<Nickname, Refusal> {
    let presence = visitor.presence();
    if presence.room.as_ref() != Some(room) {
        return Err(Refusal::new(Code::NotInRoom, format!("you are not in room \"{room}\": enter it first")));
    }
    Ok(presence.nickname.clone())
}
