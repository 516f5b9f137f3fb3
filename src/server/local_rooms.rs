//! Carries out requests on a server that is alone: at once, in its own memory.

use std::time::Duration;

use shared::{Accepted, Refusal, RoomName};
use socketioxide::socket::Sid;
use tracing::info;

use super::args::Args;
use super::client::Client;
use super::delivery::Delivery;
use super::request::{Relay, Request};
use super::room::{Change, Notice};
use super::rooms::{Rooms, SharedRooms};

/// The rooms of a server that is alone.
///
/// A change of the rooms and the messages that it leads to are made under *one* lock. In between another connection
/// could change the rooms again, and then a `welcome` would arrive before the `bye` that made it possible.
#[derive(Clone)]
pub(super) struct LocalRooms {
    pub(super) rooms: SharedRooms,
    pub(super) delivery: Delivery,
    /// How long the place beside somebody who came back in a call is kept for the other side of that call.
    pub(super) hold: Duration,
}

impl LocalRooms {
    /// Carries out a request.
    pub(super) fn carry_out(&self, client: &Client, request: &Request) -> Result<Accepted, Refusal> {
        let mut rooms = self.rooms.lock();
        let done = match request {
            Request::Enter { room, call } => {
                let newcomer = rooms.newcomer(client, call.clone())?;
                self.change(&mut rooms, room, Change::Enter(newcomer))
            }
            Request::Leave { room } => {
                rooms.must_be_in(client.socket, room)?;
                self.change(&mut rooms, room, Change::Leave(client.socket))
            }
            Request::Relay(relay) => self.relay(&mut rooms, client.socket, relay),
        };
        done.inspect(|accepted| request.log(client.socket, accepted))
    }

    /// Takes a client whose connection is over out of its room.
    pub(super) fn lost(&self, client: &Client) {
        self.leave(&mut self.rooms.lock(), client.socket);
    }

    fn leave(&self, rooms: &mut Rooms, socket: Sid) {
        if let Some(room) = rooms.room_of(socket).cloned() {
            info!(%socket, %room, "left");
            // Nobody is refused to leave.
            let _ = self.change(rooms, &room, Change::Leave(socket));
        }
    }

    /// Makes a change to a room.
    fn change(&self, rooms: &mut Rooms, name: &RoomName, change: Change) -> Result<Accepted, Refusal> {
        let mut room = rooms.get(name);
        let (accepted, notice) = room.change(name, change, self.hold)?;
        rooms.put(name, room);
        if let Some(Notice { to, event }) = notice {
            // Not an error of the one who asked: it has its place, and hears `bye` if the other is not really there.
            let _ = self.send_or_evict(rooms, to, &event, &Args::default());
        }
        Ok(accepted)
    }

    /// Passes a message on to the other member.
    fn relay(&self, rooms: &mut Rooms, from: Sid, relay: &Relay) -> Result<Accepted, Refusal> {
        let Relay { room, event, args } = relay;
        let other = rooms.other(from, room)?.socket;
        self.send_or_evict(rooms, other, event, args)?;
        match relay.agrees_on() {
            Some(call) if !rooms.have_agreed(room, call) => self.change(rooms, room, Change::Agree(call.to_owned())),
            _ => Ok(Accepted::default()),
        }
    }

    /// Tells a member something. One that does not read is taken out of its room, and the other hears `bye`. [`Delivery`]
    /// says what ends its connection.
    fn send_or_evict(&self, rooms: &mut Rooms, to: Sid, event: &str, args: &Args) -> Result<(), Refusal> {
        self.delivery.tell(to, event, args).map_err(|error| {
            if error.does_not_read {
                self.leave(rooms, to);
            }
            error.refusal
        })
    }
}
