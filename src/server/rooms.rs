//! Who is where.
//!
//! Plain data behind one lock: no network, no waiting. Every decision about a room (is there a place, who is the other,
//! who hears `bye`) is taken here, at once, so two people who join at the same moment cannot both be the second.

use std::collections::HashMap;

use shared::{ErrorCode, Refusal, Role, RoomName};
use socketioxide::socket::Sid;

/// A call is between two.
const PLACES: usize = 2;

/// Somebody in a room.
#[derive(Debug, Clone)]
pub(super) struct Member {
    /// The connection.
    pub(super) socket: Sid,
    /// The secret by which a client proves that an older connection was its own, if it showed one.
    pub(super) client: Option<String>,
    /// The call that it says it is still in, when it comes back.
    pub(super) call: Option<String>,
}

/// What became of a member that entered.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entered {
    pub(super) role: Role,
    /// The member that was there before.
    pub(super) other: Option<Sid>,
    /// Both are in one call that never stopped.
    pub(super) resumed: bool,
}

/// All rooms with somebody in them.
#[derive(Debug, Default)]
pub(super) struct Rooms {
    members: HashMap<RoomName, Vec<Member>>,
    room_of: HashMap<Sid, RoomName>,
}

impl Rooms {
    /// Gives a newcomer a place, or says why not.
    pub(super) fn enter(&mut self, room: RoomName, newcomer: Member) -> Result<Entered, Refusal> {
        if let Some(present) = self.room_of.get(&newcomer.socket) {
            let message = format!("you are in room \"{present}\" already: leave it first");
            return Err(Refusal { code: ErrorCode::AlreadyInRoom, message });
        }
        let members = self.members.entry(room.clone()).or_default();

        // A client whose old connection is dead, without us knowing yet, takes its own place.
        let own = members.iter().position(|member| member.client.is_some() && member.client == newcomer.client);
        let came_back = own.map(|index| members.remove(index));
        if let Some(old) = &came_back {
            self.room_of.remove(&old.socket);
        }
        if members.len() >= PLACES {
            let message = format!("room \"{room}\" has two people already: try another room, or wait until one leaves");
            return Err(Refusal { code: ErrorCode::RoomFull, message });
        }

        let other = members.first();
        let resumed = other.is_some_and(|other| {
            // Either both come back and name the same call, or the other never noticed that this one was away.
            newcomer.call.is_some() && (newcomer.call == other.call || came_back.is_some())
        });
        let entered = Entered {
            role: if other.is_some() { Role::B } else { Role::A },
            other: other.map(|other| other.socket),
            resumed,
        };
        self.room_of.insert(newcomer.socket, room);
        members.push(newcomer);
        Ok(entered)
    }

    /// Takes a socket out of its room. Returns the room and the member that stays.
    pub(super) fn leave(&mut self, socket: Sid) -> Option<(RoomName, Option<Sid>)> {
        let room = self.room_of.remove(&socket)?;
        let members = self.members.get_mut(&room)?;
        members.retain(|member| member.socket != socket);
        let stays = members.first_mut().map(|member| {
            // Its call is over with this.
            member.call = None;
            member.socket
        });
        if stays.is_none() {
            self.members.remove(&room);
        }
        Some((room, stays))
    }

    /// Whether the socket is in this room.
    pub(super) fn is_in(&self, socket: Sid, room: &RoomName) -> bool {
        self.room_of.get(&socket) == Some(room)
    }

    /// The member that a message from this socket goes to.
    pub(super) fn other(&self, socket: Sid, room: &RoomName) -> Result<Sid, Refusal> {
        if !self.is_in(socket, room) {
            let message = format!("you are not in room \"{room}\": join it first");
            return Err(Refusal { code: ErrorCode::NotInRoom, message });
        }
        let members = self.members.get(room).into_iter().flatten();
        members.map(|member| member.socket).find(|other| *other != socket).ok_or_else(|| Refusal {
            code: ErrorCode::NobodyThere,
            message: format!("nobody else is in room \"{room}\": wait for \"welcome\""),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room() -> RoomName {
        RoomName::new("demo").unwrap()
    }

    fn member() -> Member {
        Member { socket: Sid::new(), client: None, call: None }
    }

    fn refused<T: std::fmt::Debug>(result: Result<T, Refusal>) -> ErrorCode {
        result.unwrap_err().code
    }

    #[test]
    fn the_first_is_a_the_second_is_b_and_the_third_disturbs_nobody() {
        let mut rooms = Rooms::default();
        let (alice, bob, carol) = (member(), member(), member());
        let first = rooms.enter(room(), alice.clone()).unwrap();
        assert_eq!(first, Entered { role: Role::A, other: None, resumed: false });
        let second = rooms.enter(room(), bob.clone()).unwrap();
        assert_eq!(second, Entered { role: Role::B, other: Some(alice.socket), resumed: false });
        assert_eq!(refused(rooms.enter(room(), carol.clone())), ErrorCode::RoomFull);
        assert_eq!(rooms.leave(carol.socket), None);
        assert_eq!(rooms.other(alice.socket, &room()), Ok(bob.socket));
        assert_eq!(rooms.other(bob.socket, &room()), Ok(alice.socket));
    }

    #[test]
    fn the_one_that_stays_is_a_for_whoever_comes_next_and_an_empty_room_is_forgotten() {
        let mut rooms = Rooms::default();
        let (alice, bob) = (member(), member());
        rooms.enter(room(), alice.clone()).unwrap();
        rooms.enter(room(), bob.clone()).unwrap();
        assert_eq!(rooms.leave(alice.socket), Some((room(), Some(bob.socket))));
        let again = rooms.enter(room(), alice.clone()).unwrap();
        assert_eq!(again, Entered { role: Role::B, other: Some(bob.socket), resumed: false });
        rooms.leave(alice.socket);
        assert_eq!(rooms.leave(bob.socket), Some((room(), None)));
        assert!(rooms.members.is_empty() && rooms.room_of.is_empty());
    }

    #[test]
    fn a_socket_is_in_at_most_one_room_and_speaks_only_there() {
        let mut rooms = Rooms::default();
        let alice = member();
        let elsewhere = RoomName::new("elsewhere").unwrap();
        rooms.enter(room(), alice.clone()).unwrap();
        assert_eq!(refused(rooms.enter(room(), alice.clone())), ErrorCode::AlreadyInRoom);
        assert_eq!(refused(rooms.enter(elsewhere.clone(), alice.clone())), ErrorCode::AlreadyInRoom);
        assert_eq!(refused(rooms.other(alice.socket, &elsewhere)), ErrorCode::NotInRoom);
        assert_eq!(refused(rooms.other(alice.socket, &room())), ErrorCode::NobodyThere);
    }

    #[test]
    fn two_that_name_the_same_call_resume_it_and_others_begin_anew() {
        let in_call = |call: &str| Member { call: Some(call.to_owned()), ..member() };
        let mut rooms = Rooms::default();
        assert!(!rooms.enter(room(), in_call("1")).unwrap().resumed);
        assert!(rooms.enter(room(), in_call("1")).unwrap().resumed);

        let mut rooms = Rooms::default();
        rooms.enter(room(), in_call("1")).unwrap();
        assert!(!rooms.enter(room(), in_call("2")).unwrap().resumed);

        let mut rooms = Rooms::default();
        rooms.enter(room(), member()).unwrap();
        assert!(!rooms.enter(room(), member()).unwrap().resumed, "no call is not the same call");
    }

    #[test]
    fn a_client_takes_its_own_place_back_from_a_dead_connection() {
        let secret = |call: Option<&str>| Member {
            client: Some("secret".to_owned()),
            call: call.map(str::to_owned),
            ..member()
        };
        let mut rooms = Rooms::default();
        let (alice, dead) = (member(), secret(None));
        rooms.enter(room(), alice.clone()).unwrap();
        rooms.enter(room(), dead.clone()).unwrap();
        let back = secret(Some("1"));
        let entered = rooms.enter(room(), back.clone()).unwrap();
        assert_eq!(entered, Entered { role: Role::B, other: Some(alice.socket), resumed: true });
        assert_eq!(rooms.leave(dead.socket), None, "the dead connection takes nobody with it");
        assert_eq!(rooms.other(alice.socket, &room()), Ok(back.socket));
    }
}
