//! One room, as the servers of a cluster tell each other.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::{Accepted, Refusal, RoomName};
use socketioxide::socket::Sid;

use super::super::room::{Change, Entered, Member, Newcomer, Notice, Room};

/// One run of one server, drawn when it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) struct ServerId(u64);

impl ServerId {
    pub(super) fn draw() -> Self {
        Self(rand::random())
    }
}

impl fmt::Display for ServerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// A room, and the servers that its members are connected to. The rules of the room know nothing of servers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ClusterRoom {
    pub(super) room: Room,
    /// In order: two servers compare rooms by their text.
    pub(super) servers: BTreeMap<Sid, ServerId>,
}

impl ClusterRoom {
    /// Makes a change that was asked of this server, or says why not: see [`Room::change`].
    pub(super) fn change(
        &mut self,
        name: &RoomName,
        change: Change,
        me: ServerId,
        hold: Duration,
    ) -> Result<(Accepted, Option<Notice>), Refusal> {
        let newcomer = if let Change::Enter(newcomer) = &change { Some(newcomer.socket) } else { None };
        let changed = self.room.change(name, change, hold)?;
        self.servers.extend(newcomer.map(|socket| (socket, me)));
        self.forget_who_left();
        Ok(changed)
    }

    /// See [`Room::enter`].
    pub(super) fn enter(
        &mut self,
        name: &RoomName,
        newcomer: Newcomer,
        server: ServerId,
        hold: Duration,
    ) -> Result<Entered, Refusal> {
        let socket = newcomer.socket;
        let entered = self.room.enter(name, newcomer, hold)?;
        self.servers.insert(socket, server);
        self.forget_who_left();
        Ok(entered)
    }

    /// See [`Room::leave`].
    pub(super) fn leave(&mut self, socket: Sid) -> Option<Notice> {
        let notice = self.room.leave(socket);
        self.forget_who_left();
        notice
    }

    /// The server that a member is connected to.
    pub(super) fn server_of(&self, socket: Sid) -> Option<ServerId> {
        self.servers.get(&socket).copied()
    }

    /// The members that are connected to this server.
    pub(super) fn of(&self, server: ServerId) -> impl Iterator<Item = &Member> {
        self.room.members.iter().filter(move |member| self.server_of(member.socket) == Some(server))
    }

    /// The servers that have a member.
    pub(super) fn servers(&self) -> BTreeSet<ServerId> {
        self.servers.values().copied().collect()
    }

    /// Of those who are no members any more the servers are not kept. A newcomer may have taken the place of its own old
    /// connection.
    fn forget_who_left(&mut self) {
        self.servers.retain(|socket, _| self.room.member(*socket).is_some());
    }
}
