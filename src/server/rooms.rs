//! The rooms of this server, and who is in which.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use shared::{ErrorCode, Refusal, RoomName};
use socketioxide::socket::Sid;

use super::client::Client;
use super::room::{Member, Newcomer, Room};

/// All rooms with somebody in them.
#[derive(Debug, Default)]
pub(super) struct Rooms {
    rooms: HashMap<RoomName, Room>,
    room_of: HashMap<Sid, RoomName>,
}

/// The rooms, as all handlers share them. A std lock, never held across an await.
#[derive(Debug, Clone, Default)]
pub(super) struct SharedRooms(Arc<Mutex<Rooms>>);

impl SharedRooms {
    pub(super) fn lock(&self) -> MutexGuard<'_, Rooms> {
        // A panic under the lock would be a defect, but one that must not end the conversations of everybody else.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rooms {
    /// The room. One that does not exist is empty.
    pub(super) fn get(&self, name: &RoomName) -> Room {
        self.rooms.get(name).cloned().unwrap_or_default()
    }

    /// Remembers what has become of a room.
    pub(super) fn put(&mut self, name: &RoomName, room: Room) {
        for member in self.rooms.get(name).into_iter().flat_map(|room| &room.members) {
            self.room_of.remove(&member.socket);
        }
        self.room_of.extend(room.members.iter().map(|member| (member.socket, name.clone())));
        if room.is_empty() {
            self.rooms.remove(name);
        } else {
            self.rooms.insert(name.clone(), room);
        }
    }

    /// The room that a client is in.
    pub(super) fn room_of(&self, socket: Sid) -> Option<&RoomName> {
        self.room_of.get(&socket)
    }

    /// Checks that a client is in this room.
    pub(super) fn must_be_in(&self, socket: Sid, name: &RoomName) -> Result<(), Refusal> {
        if self.room_of(socket) == Some(name) {
            return Ok(());
        }
        let message = format!("you are not in room \"{name}\": join it first");
        Err(Refusal { code: ErrorCode::NotInRoom, message })
    }

    /// The member that a message from this client goes to.
    pub(super) fn other(&self, socket: Sid, name: &RoomName) -> Result<&Member, Refusal> {
        self.must_be_in(socket, name)?;
        self.rooms.get(name).and_then(|room| room.other(socket)).ok_or_else(|| Refusal {
            code: ErrorCode::NobodyThere,
            message: format!("nobody else is in room \"{name}\": wait for \"welcome\""),
        })
    }

    /// Whether all in this room have agreed on this call already: they negotiate again in the middle of it.
    pub(super) fn have_agreed(&self, name: &RoomName, call: &str) -> bool {
        let members = self.rooms.get(name).map_or(&[][..], |room| &room.members);
        members.iter().all(|member| member.call.as_deref() == Some(call))
    }

    /// A client that may enter a room, if the room lets it in.
    pub(super) fn newcomer(&self, client: &Client, call: Option<String>) -> Result<Newcomer, Refusal> {
        if client.gone.load(Ordering::Relaxed) {
            let message = "you have disconnected: connect again first".to_owned();
            return Err(Refusal { code: ErrorCode::NotDelivered, message });
        }
        if let Some(present) = self.room_of(client.socket) {
            let message = format!("you are in room \"{present}\" already: leave it first");
            return Err(Refusal { code: ErrorCode::AlreadyInRoom, message });
        }
        Ok(Newcomer { socket: client.socket, client: client.secret.clone(), call, now: now() })
    }

    /// Whether a client that has lost its connection may come back to the call it is in.
    pub(super) fn may_come_back(&self, client: &Client) -> bool {
        let room = self.room_of(client.socket).and_then(|name| self.rooms.get(name));
        let member = room.and_then(|room| room.member(client.socket));
        member.is_some_and(Member::may_come_back)
    }
}

/// The time, in a form that servers can tell each other.
pub(super) fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member() -> Member {
        Member { socket: Sid::new(), client: None, call: None, since: Duration::ZERO }
    }

    fn room(members: &[&Member]) -> Room {
        Room { members: members.iter().copied().cloned().collect() }
    }

    #[test]
    fn one_speaks_only_in_ones_own_room_and_only_to_somebody() {
        let (demo, elsewhere) = (RoomName::new("demo").unwrap(), RoomName::new("elsewhere").unwrap());
        let mut rooms = Rooms::default();
        let (alice, bob) = (member(), member());
        rooms.put(&demo, room(&[&alice]));
        assert_eq!(rooms.other(alice.socket, &elsewhere).unwrap_err().code, ErrorCode::NotInRoom);
        assert_eq!(rooms.other(alice.socket, &demo).unwrap_err().code, ErrorCode::NobodyThere);
        rooms.put(&demo, room(&[&alice, &bob]));
        assert_eq!(rooms.other(alice.socket, &demo), Ok(&bob));
    }

    #[test]
    fn an_agreement_is_known_when_both_have_it() {
        let demo = RoomName::new("demo").unwrap();
        let mut rooms = Rooms::default();
        let (alice, bob) = (Member { call: Some("1".to_owned()), ..member() }, member());
        rooms.put(&demo, room(&[&alice, &bob]));
        assert!(!rooms.have_agreed(&demo, "1"));
        let bob = Member { call: Some("1".to_owned()), ..bob };
        rooms.put(&demo, room(&[&alice, &bob]));
        assert!(rooms.have_agreed(&demo, "1") && !rooms.have_agreed(&demo, "2"));
    }

    #[test]
    fn an_empty_room_is_forgotten() {
        let demo = RoomName::new("demo").unwrap();
        let mut rooms = Rooms::default();
        let (alice, bob) = (member(), member());
        rooms.put(&demo, room(&[&alice, &bob]));
        assert_eq!((rooms.room_of(alice.socket), rooms.room_of(bob.socket)), (Some(&demo), Some(&demo)));
        rooms.put(&demo, room(&[&bob]));
        assert_eq!(rooms.room_of(alice.socket), None);
        rooms.put(&demo, Room::default());
        assert!(rooms.rooms.is_empty() && rooms.room_of.is_empty());
    }
}
