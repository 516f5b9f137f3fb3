//! Who is where: the rooms in which this server has people.

use std::collections::HashMap;

use shared::{ErrorCode, Refusal, RoomName};
use socketioxide::socket::Sid;

use super::room::{Member, Room, ServerId};

/// The rooms with somebody of ours in them. Others may be in them too, whose connections other servers have.
#[derive(Debug)]
pub(super) struct Rooms {
    me: ServerId,
    rooms: HashMap<RoomName, Room>,
    /// Our people.
    room_of: HashMap<Sid, RoomName>,
}

impl Rooms {
    pub(super) fn new(me: ServerId) -> Self {
        Self { me, rooms: HashMap::new(), room_of: HashMap::new() }
    }

    /// The room as it is known here. One that nobody of ours is in is unknown, and so empty.
    pub(super) fn get(&self, name: &RoomName) -> Room {
        self.rooms.get(name).cloned().unwrap_or_default()
    }

    /// Remembers what has become of a room.
    pub(super) fn put(&mut self, name: &RoomName, room: Room) {
        for member in self.rooms.get(name).into_iter().flat_map(|room| &room.members) {
            self.room_of.remove(&member.socket);
        }
        let ours: Vec<Sid> = self.ours(&room).map(|member| member.socket).collect();
        if ours.is_empty() {
            self.rooms.remove(name);
        } else {
            self.rooms.insert(name.clone(), room);
        }
        self.room_of.extend(ours.into_iter().map(|socket| (socket, name.clone())));
    }

    /// The members whose connections this server has.
    pub(super) fn ours<'a>(&self, room: &'a Room) -> impl Iterator<Item = &'a Member> {
        let me = self.me;
        room.members.iter().filter(move |member| member.server == me)
    }

    /// The room that a socket of ours is in.
    pub(super) fn room_of(&self, socket: Sid) -> Option<&RoomName> {
        self.room_of.get(&socket)
    }

    /// All rooms with somebody of ours in them.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&RoomName, &Room)> {
        self.rooms.iter()
    }

    /// The member that a message from this socket goes to.
    pub(super) fn other(&self, socket: Sid, name: &RoomName) -> Result<&Member, Refusal> {
        let room = self.rooms.get(name).filter(|_| self.room_of(socket) == Some(name)).ok_or_else(|| {
            let message = format!("you are not in room \"{name}\": join it first");
            Refusal { code: ErrorCode::NotInRoom, message }
        })?;
        room.other(socket).ok_or_else(|| Refusal {
            code: ErrorCode::NobodyThere,
            message: format!("nobody else is in room \"{name}\": wait for \"welcome\""),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn member(server: ServerId) -> Member {
        Member { socket: Sid::new(), server, client: None, call: None, since: Duration::ZERO }
    }

    fn room(members: &[&Member]) -> Room {
        Room { members: members.iter().copied().cloned().collect() }
    }

    #[test]
    fn one_speaks_only_in_ones_own_room_and_only_to_somebody() {
        let (me, them) = (ServerId::draw(), ServerId::draw());
        let (demo, elsewhere) = (RoomName::new("demo").unwrap(), RoomName::new("elsewhere").unwrap());
        let mut rooms = Rooms::new(me);
        let (alice, bob) = (member(me), member(them));
        rooms.put(&demo, room(&[&alice]));
        assert_eq!(rooms.other(alice.socket, &elsewhere).unwrap_err().code, ErrorCode::NotInRoom);
        assert_eq!(rooms.other(alice.socket, &demo).unwrap_err().code, ErrorCode::NobodyThere);
        rooms.put(&demo, room(&[&alice, &bob]));
        assert_eq!(rooms.other(alice.socket, &demo), Ok(&bob));
        assert_eq!(rooms.other(bob.socket, &demo).unwrap_err().code, ErrorCode::NotInRoom, "it is not one of ours");
    }

    #[test]
    fn a_room_is_forgotten_when_nobody_of_ours_is_in_it() {
        let (me, them) = (ServerId::draw(), ServerId::draw());
        let demo = RoomName::new("demo").unwrap();
        let mut rooms = Rooms::new(me);
        let (alice, bob) = (member(me), member(them));
        rooms.put(&demo, room(&[&alice, &bob]));
        assert_eq!((rooms.room_of(alice.socket), rooms.room_of(bob.socket)), (Some(&demo), None));
        rooms.put(&demo, room(&[&bob]));
        assert!(rooms.rooms.is_empty() && rooms.room_of.is_empty());
    }
}
