//! Notifies the clients of this server.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::FutureExt;
use serde::Serialize;
use shared::RoomName;
use shared::room_chat::{self as events, Code, Nickname, Servers};
use socketioxide::BroadcastError;
use socketioxide::socket::Sid;
use tokio::sync::mpsc;
use tracing::{debug, info};

use super::here::{Typing, audiences, is_full};
use super::{Hub, State, Waiting, json_size};
use crate::server::rooms::{ConnectionId, Notification};
use crate::server::visitor::Visitor;

/// What a packet has beside the text in it, about.
const OVERHEAD: usize = 128;
/// How long the list of the rooms stands before it is told again.
const ROOMS_STAND: Duration = Duration::from_millis(50);

impl Hub {
    /// Tells this server's people what follows.
    pub(super) fn tell(&self, state: &mut State, news: Notification, waiting: Option<&Waiting>) {
        match news {
            Notification::Welcome { who, room, nickname, count } => {
                info!(%room, %nickname, count, "entered");
                self.emit(state, &room, None, events::WELCOME, &(&nickname, count));
                // From here on it hears what is said in the room. Not if it has gone meanwhile: nobody would take it out.
                if let Some(Waiting { visitor, .. }) = waiting.filter(|waiting| self.who(&waiting.visitor) == who) {
                    self.join(state, visitor, &room);
                }
            }
            Notification::Bye { who, room, nickname, count } => {
                info!(%room, %nickname, count, "left");
                if who.server == self.me {
                    self.part(state, who.socket, &room);
                }
                self.emit(state, &room, None, events::BYE, &(&nickname, count));
            }
            Notification::Renamed { who, room, old, new } => {
                self.emit(state, &room, Some(&who), events::RENAMED, &(&old, &new));
            }
            Notification::NewMessage { who, room, message } => {
                let Some(here) = state.here.get(&room) else { return };
                let (plain, resumable) = (here.resumable < here.visitors.len(), here.resumable > 0);
                let [plain_name, resumable_name] = audiences(&room);
                if plain {
                    let sent = self.emit_to([plain_name], Some(&who), events::NEW_MESSAGE, &(&message.line,));
                    self.evict_stalled(state, &room, sent);
                }
                if resumable {
                    let data = (&message.line, &message.meta);
                    let sent = self.emit_to([resumable_name], Some(&who), events::NEW_MESSAGE, &data);
                    self.evict_stalled(state, &room, sent);
                }
                self.weigh(state, &room, Some(&who), message.line.len() + OVERHEAD);
            }
            Notification::Replaced { who } if who.server == self.me => {
                self.throw_out(who.socket, Code::Replaced, "another connection of this client has taken your place");
            }
            Notification::Replaced { .. } => {}
            Notification::RoomChange => self.rooms_changed.notify_one(),
        }
    }

    /// Somebody is typing, or has stopped. That is worth no log: who does not hear it has missed nothing.
    pub(in crate::server) fn typing(&self, visitor: &Visitor, room: &RoomName, nickname: &Nickname, typing: bool) {
        // An error says that many are typing: nobody misses one more.
        let _ = self.typing.try_send(Typing {
            socket: visitor.socket,
            room: room.clone(),
            nickname: nickname.clone(),
            typing,
        });
    }

    /// Tells who is typing: to everybody in the room, on all servers, through the adapter. Publishing in Redis takes a
    /// moment, and the next one waits for it, so that an end does not overtake its beginning.
    pub(in crate::server) async fn tell_typing(self: Arc<Self>, mut typing: mpsc::Receiver<Typing>) {
        while let Some(Typing { socket, room, nickname, typing }) = typing.recv().await {
            let Some(socket) = self.io.get_socket(socket) else { continue };
            let told = socket.to(audiences(&room)).volatile().emit(events::TYPING, &(nickname, typing)).await;
            debug!("told who is typing: {told:?}");
        }
    }

    fn join(&self, state: &mut State, visitor: &Arc<Visitor>, room: &RoomName) {
        let Some(socket) = self.io.get_socket(visitor.socket) else { return };
        if visitor.gone.load(Ordering::Relaxed) {
            return;
        }
        let [plain, resumable] = audiences(room);
        socket.join(if visitor.client.is_some() { resumable } else { plain });
        let here = state.here.entry(room.clone()).or_default();
        here.resumable += usize::from(visitor.client.is_some());
        here.visitors.insert(visitor.socket, Arc::clone(visitor));
    }

    fn part(&self, state: &mut State, socket: Sid, room: &RoomName) {
        let Some(here) = state.here.get_mut(room) else { return };
        let Some(visitor) = here.visitors.remove(&socket) else { return };
        here.resumable -= usize::from(visitor.client.is_some());
        if here.visitors.is_empty() {
            state.here.remove(room);
        }
        if let Some(socket) = self.io.get_socket(socket) {
            socket.leave(audiences(room));
        }
    }

    /// Emits to this server's people in a room, all but one.
    fn emit(&self, state: &mut State, room: &RoomName, but: Option<&ConnectionId>, event: &str, data: &impl Serialize) {
        if state.here.contains_key(room) {
            let sent = self.emit_to(audiences(room), but, event, data);
            self.evict_stalled(state, room, sent);
            self.weigh(state, room, but, OVERHEAD);
        }
    }

    fn emit_to<const N: usize>(
        &self,
        audiences: [String; N],
        but: Option<&ConnectionId>,
        event: &str,
        data: &impl Serialize,
    ) -> Result<(), BroadcastError> {
        let sender = but.filter(|who| who.server == self.me).and_then(|who| self.io.get_socket(who.socket));
        let to = match sender {
            Some(sender) => sender.to(audiences),
            None => self.io.to(audiences),
        };
        // The others have heard it from the log. What stays on this server is done at once.
        to.local().emit(event, data).now_or_never().expect("nothing to wait for")
    }

    /// Something has been sent to a room. Those for whom too much waits are given up.
    fn weigh(&self, state: &mut State, room: &RoomName, but: Option<&ConnectionId>, bytes: usize) {
        let Some(here) = state.here.get(room) else { return };
        let sender = but.filter(|who| who.server == self.me).map(|who| who.socket);
        let others = here.visitors.values().filter(|visitor| Some(visitor.socket) != sender);
        let stalled: Vec<_> = others.filter(|visitor| !visitor.backlog.add(bytes)).cloned().collect();
        for visitor in stalled {
            self.give_up(state, &visitor);
        }
    }

    /// A client that does not read has a queue that is full. It is taken out of the room, so that the others see it, and
    /// out of the server, so that it can come back and ask for what it has missed.
    fn evict_stalled(&self, state: &mut State, room: &RoomName, sent: Result<(), BroadcastError>) {
        let (Err(BroadcastError::Socket(_)), Some(here)) = (sent, state.here.get(room)) else { return };
        let servers = Servers::from(state.servers);
        let is_stalled = |visitor: &&Arc<Visitor>| {
            let socket = self.io.get_socket(visitor.socket);
            // Something that it knows already: does it still fit in?
            socket.is_some_and(|socket| is_full(&socket.emit(events::SERVERS, &servers)))
        };
        let stalled: Vec<_> = here.visitors.values().filter(is_stalled).cloned().collect();
        for visitor in stalled {
            self.give_up(state, &visitor);
        }
    }

    /// Tells everybody the list of the rooms, whenever it has changed, but not more often than people can read.
    pub(in crate::server) async fn tell_rooms(self: Arc<Self>) {
        loop {
            self.rooms_changed.notified().await;
            {
                let state = self.state();
                let public = state.rooms.public();
                self.backlogs.add_to_all(json_size(&public));
                let told = self.io.local().emit(events::ROOM_CHANGE, &[public]).now_or_never();
                debug!("told the rooms: {told:?}");
            }
            tokio::time::sleep(ROOMS_STAND).await;
        }
    }
}
