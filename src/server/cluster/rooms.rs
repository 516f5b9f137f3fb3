//! What a server of a cluster remembers: the rooms in which it has people, and who else is in them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use shared::RoomName;
use socketioxide::socket::Sid;

use super::super::rooms::SharedRooms;
use super::room::{ClusterRoom, ServerId};

/// The rooms with somebody of ours in them.
pub(super) struct ClusterRooms {
    me: ServerId,
    /// Their members: the handlers of this server look here as well.
    pub(super) members: SharedRooms,
    /// The servers of these members.
    servers: HashMap<RoomName, BTreeMap<Sid, ServerId>>,
}

impl ClusterRooms {
    pub(super) fn new(me: ServerId, members: SharedRooms) -> Self {
        Self { me, members, servers: HashMap::new() }
    }

    /// The room as it is known here. One that nobody of ours is in is unknown, and so empty.
    pub(super) fn get(&self, name: &RoomName) -> ClusterRoom {
        let servers = self.servers.get(name).cloned().unwrap_or_default();
        ClusterRoom { room: self.members.lock().get(name), servers }
    }

    /// Remembers what has become of a room.
    pub(super) fn put(&mut self, name: &RoomName, room: ClusterRoom) {
        let is_known = room.of(self.me).next().is_some();
        let ClusterRoom { room, servers } = if is_known { room } else { ClusterRoom::default() };
        self.members.lock().put(name, room);
        if is_known {
            self.servers.insert(name.clone(), servers);
        } else {
            self.servers.remove(name);
        }
    }

    /// The server that a member of a room is connected to.
    pub(super) fn server_of(&self, socket: Sid, name: &RoomName) -> Option<ServerId> {
        self.servers.get(name)?.get(&socket).copied()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &RoomName> {
        self.servers.keys()
    }

    /// The rooms with somebody of one of these servers in them.
    pub(super) fn names_with(&self, gone: &BTreeSet<ServerId>) -> impl Iterator<Item = &RoomName> {
        let of_them = |servers: &BTreeMap<Sid, ServerId>| servers.values().any(|server| gone.contains(server));
        self.servers.iter().filter(move |(_, servers)| of_them(servers)).map(|(name, _)| name)
    }

    /// All servers with somebody in one of these rooms.
    pub(super) fn servers(&self) -> BTreeSet<ServerId> {
        self.servers.values().flat_map(BTreeMap::values).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::super::room::{Change, Newcomer};
    use super::*;

    #[test]
    fn a_room_is_forgotten_when_nobody_of_ours_is_in_it() {
        let (me, them) = (ServerId::draw(), ServerId::draw());
        let demo = RoomName::new("demo").unwrap();
        let mut rooms = ClusterRooms::new(me, SharedRooms::default());
        let [alice, bob] = [Sid::new(), Sid::new()];
        let mut room = ClusterRoom::default();
        for (socket, server) in [(alice, me), (bob, them)] {
            let newcomer = Newcomer { socket, client: None, call: None, now: Duration::ZERO };
            room.change(&demo, Change::Enter(newcomer), server, Duration::ZERO).unwrap();
        }
        rooms.put(&demo, room.clone());
        assert_eq!((rooms.get(&demo), rooms.servers()), (room.clone(), BTreeSet::from([me, them])));
        assert_eq!(rooms.members.lock().room_of(alice), Some(&demo));
        assert_eq!(
            (rooms.server_of(alice, &demo), rooms.server_of(bob, &demo)),
            (Some(me), Some(them)),
            "not one of ours"
        );
        room.change(&demo, Change::Leave(alice), me, Duration::ZERO).unwrap();
        rooms.put(&demo, room);
        assert!(rooms.servers.is_empty() && rooms.members.lock().get(&demo).is_empty());
    }
}
