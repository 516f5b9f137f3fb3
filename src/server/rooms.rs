//! Who is where.
//!
//! Plain data behind one lock: no network, no waiting. Every decision about a room (is there a place, who is the other,
//! who hears `bye`) is taken here, at once, so two people who join at the same moment cannot both be the second.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use shared::{ErrorCode, Refusal, Role, RoomName};
use socketioxide::socket::Sid;

/// A call is between two.
const PLACES: usize = 2;

/// Somebody who wants to enter a room.
#[derive(Debug, Clone)]
pub(super) struct Newcomer {
    /// The connection.
    pub(super) socket: Sid,
    /// The secret by which a client proves that an older connection was its own, if it showed one.
    pub(super) client: Option<String>,
    /// The call that it says it is still in, when it comes back.
    pub(super) call: Option<String>,
}

/// Somebody in a room.
#[derive(Debug)]
struct Member {
    socket: Sid,
    client: Option<String>,
    /// The call it is in, as far as it is known: from its own word when it came back, or from an answer that named it.
    call: Option<String>,
    since: Instant,
}

/// What became of a newcomer.
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
    /// How long the place beside somebody who came back in a call is kept for the other side of that call.
    hold: Duration,
}

impl Rooms {
    pub(super) fn new(hold: Duration) -> Self {
        Self { hold, ..Self::default() }
    }

    /// Gives a newcomer a place, or says why not.
    pub(super) fn enter(&mut self, room: RoomName, newcomer: Newcomer, now: Instant) -> Result<Entered, Refusal> {
        let Newcomer { socket, client, call } = newcomer;
        if let Some(present) = self.room_of.get(&socket) {
            let message = format!("you are in room \"{present}\" already: leave it first");
            return Err(Refusal { code: ErrorCode::AlreadyInRoom, message });
        }
        let members = self.members.entry(room.clone()).or_default();

        // A client whose old connection is dead, without us knowing yet, takes its own place.
        let own = members.iter().position(|member| client.is_some() && member.client == client);
        let before = own.map(|index| members.remove(index));
        if let Some(before) = &before {
            self.room_of.remove(&before.socket);
        }
        if members.len() >= PLACES {
            let message = format!("room \"{room}\" has two people already: try another room, or wait until one leaves");
            return Err(Refusal { code: ErrorCode::RoomFull, message });
        }

        let other = members.first_mut();
        let resumed = other.as_ref().is_some_and(|other| call.is_some() && other.call == call);
        if let Some(other) = &other
            && !resumed
            && before.is_none()
            && other.call.is_some()
            && now < other.since + self.hold
        {
            let message = format!("somebody is expected back in room \"{room}\": try again in {:?}", self.hold);
            return Err(Refusal { code: ErrorCode::RoomFull, message });
        }

        let (role, other) = match other {
            None => (Role::A, None),
            Some(other) => {
                // Unless both are in it, the call that either of them was in is over.
                other.call = call.clone().filter(|_| resumed);
                (Role::B, Some(other.socket))
            }
        };
        let call = call.filter(|_| resumed || other.is_none());
        members.push(Member { socket, client, call, since: now });
        self.room_of.insert(socket, room);
        Ok(Entered { role, other, resumed })
    }

    /// The two in this room have agreed on a call.
    pub(super) fn agreed(&mut self, room: &RoomName, call: &str) {
        for member in self.members.get_mut(room).into_iter().flatten() {
            member.call = Some(call.to_owned());
        }
    }

    /// Takes a socket out of its room. Returns the room and the member that stays.
    pub(super) fn leave(&mut self, socket: Sid) -> Option<(RoomName, Option<Sid>)> {
        let room = self.room_of.remove(&socket)?;
        let members = self.members.get_mut(&room)?;
        members.retain(|member| member.socket != socket);
        let stays = members.first_mut().map(|member| {
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

    const HOLD: Duration = Duration::from_secs(10);

    fn room() -> RoomName {
        RoomName::new("demo").unwrap()
    }

    fn newcomer() -> Newcomer {
        Newcomer { socket: Sid::new(), client: None, call: None }
    }

    fn in_call(call: &str) -> Newcomer {
        Newcomer { call: Some(call.to_owned()), ..newcomer() }
    }

    /// Rooms and a clock that stands still.
    struct Scene(Rooms, Instant);

    impl Scene {
        fn new() -> Self {
            Self(Rooms::new(HOLD), Instant::now())
        }

        fn enter(&mut self, newcomer: &Newcomer) -> Result<(Role, Option<Sid>, bool), ErrorCode> {
            let entered = self.0.enter(room(), newcomer.clone(), self.1).map_err(|refusal| refusal.code)?;
            Ok((entered.role, entered.other, entered.resumed))
        }
    }

    #[test]
    fn the_first_is_a_the_second_is_b_and_the_third_disturbs_nobody() {
        let mut scene = Scene::new();
        let (alice, bob, carol) = (newcomer(), newcomer(), newcomer());
        assert_eq!(scene.enter(&alice), Ok((Role::A, None, false)));
        assert_eq!(scene.enter(&bob), Ok((Role::B, Some(alice.socket), false)));
        assert_eq!(scene.enter(&carol), Err(ErrorCode::RoomFull));
        assert_eq!(scene.0.leave(carol.socket), None);
        assert_eq!(scene.0.other(alice.socket, &room()), Ok(bob.socket));
        assert_eq!(scene.0.other(bob.socket, &room()), Ok(alice.socket));
    }

    #[test]
    fn the_one_that_stays_is_a_for_whoever_comes_next_and_an_empty_room_is_forgotten() {
        let mut scene = Scene::new();
        let (alice, bob) = (newcomer(), newcomer());
        scene.enter(&alice).unwrap();
        scene.enter(&bob).unwrap();
        assert_eq!(scene.0.leave(alice.socket), Some((room(), Some(bob.socket))));
        assert_eq!(scene.enter(&alice), Ok((Role::B, Some(bob.socket), false)));
        scene.0.leave(alice.socket);
        assert_eq!(scene.0.leave(bob.socket), Some((room(), None)));
        assert!(scene.0.members.is_empty() && scene.0.room_of.is_empty());
    }

    #[test]
    fn a_socket_is_in_at_most_one_room_and_speaks_only_there() {
        let mut scene = Scene::new();
        let alice = newcomer();
        let elsewhere = RoomName::new("elsewhere").unwrap();
        scene.enter(&alice).unwrap();
        assert_eq!(scene.enter(&alice), Err(ErrorCode::AlreadyInRoom));
        let second = scene.0.enter(elsewhere.clone(), alice.clone(), scene.1);
        assert_eq!(second.unwrap_err().code, ErrorCode::AlreadyInRoom);
        assert_eq!(scene.0.other(alice.socket, &elsewhere).unwrap_err().code, ErrorCode::NotInRoom);
        assert_eq!(scene.0.other(alice.socket, &room()).unwrap_err().code, ErrorCode::NobodyThere);
    }

    #[test]
    fn two_that_name_the_same_call_resume_it() {
        let mut scene = Scene::new();
        assert_eq!(scene.enter(&in_call("1")).map(|entered| entered.2), Ok(false));
        assert_eq!(scene.enter(&in_call("1")).map(|entered| entered.2), Ok(true));

        let mut scene = Scene::new();
        scene.enter(&newcomer()).unwrap();
        assert_eq!(scene.enter(&newcomer()).map(|entered| entered.2), Ok(false), "no call is not the same call");
    }

    #[test]
    fn a_place_in_a_call_is_held_for_the_one_who_belongs_there() {
        let mut scene = Scene::new();
        scene.enter(&in_call("1")).unwrap();
        assert_eq!(scene.enter(&newcomer()), Err(ErrorCode::RoomFull));
        assert_eq!(scene.enter(&in_call("2")), Err(ErrorCode::RoomFull));
        assert_eq!(scene.enter(&in_call("1")).map(|entered| entered.2), Ok(true));

        let mut scene = Scene::new();
        scene.enter(&in_call("1")).unwrap();
        scene.1 += HOLD;
        assert_eq!(scene.enter(&newcomer()).map(|entered| entered.2), Ok(false), "not for ever");
    }

    fn with_secret(call: Option<&str>) -> Newcomer {
        Newcomer { client: Some("secret".to_owned()), call: call.map(str::to_owned), ..newcomer() }
    }

    #[test]
    fn a_client_takes_its_own_place_back_from_a_dead_connection() {
        let mut scene = Scene::new();
        let (alice, dead) = (newcomer(), with_secret(None));
        scene.enter(&alice).unwrap();
        scene.enter(&dead).unwrap();
        scene.0.agreed(&room(), "1");
        let back = with_secret(Some("1"));
        assert_eq!(scene.enter(&back), Ok((Role::B, Some(alice.socket), true)));
        assert_eq!(scene.0.leave(dead.socket), None, "the dead connection takes nobody with it");
        assert_eq!(scene.0.other(alice.socket, &room()), Ok(back.socket));
        let back_again = with_secret(Some("1"));
        assert_eq!(scene.enter(&back_again), Ok((Role::B, Some(alice.socket), true)));
        // A page that was loaded again has lost the call.
        assert_eq!(scene.enter(&with_secret(None)), Ok((Role::B, Some(alice.socket), false)));
    }

    #[test]
    fn a_client_that_comes_back_to_somebody_else_is_told_so() {
        let mut scene = Scene::new();
        let (alice, dead, carol) = (newcomer(), with_secret(None), newcomer());
        scene.enter(&alice).unwrap();
        scene.enter(&dead).unwrap();
        scene.0.agreed(&room(), "1");
        // While nobody knows that it is dead, alice leaves, and carol comes.
        scene.0.leave(alice.socket);
        assert_eq!(scene.enter(&carol), Ok((Role::B, Some(dead.socket), false)));
        assert_eq!(scene.enter(&with_secret(Some("1"))), Ok((Role::B, Some(carol.socket), false)));
    }
}
