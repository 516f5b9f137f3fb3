//! The people of each room, and what was said there.
//!
//! Plain data: no network, no clock. It changes by one thing alone, [`Rooms::apply`], which takes what has happened, one
//! thing after the other, and tells what follows from it. Two servers that are given the same things in the same order
//! have the same rooms. That is the whole idea behind several servers that act as one.

use std::collections::{BTreeMap, HashMap, VecDeque};

use serde::{Deserialize, Serialize};
use shared::RoomName;
use shared::room_chat::{Entered, HISTORY, MAX_PEOPLE, Meta, Nickname, Offset};
use socketioxide::socket::Sid;

/// A server, by a random name that it gives itself when it starts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct ServerId(pub(super) String);

/// A connection, on one of the servers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) struct ConnectionId {
    pub(super) server: ServerId,
    pub(super) socket: Sid,
}

/// Somebody in a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Person {
    pub(super) nickname: Nickname,
    /// The id that the client has shown: the same one on an older connection is the same person.
    pub(super) client: Option<String>,
}

/// What can happen to the rooms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum RoomEvent {
    /// Somebody entered a room, and left the one before.
    Entered { who: ConnectionId, room: RoomName, person: Person },
    /// Somebody left, or lost its connection.
    Left { who: ConnectionId },
    /// Somebody has another nickname.
    Renamed { who: ConnectionId, nickname: Nickname },
    /// Somebody said something. `number` counts the messages of a client.
    Said {
        who: ConnectionId,
        room: RoomName,
        nickname: Nickname,
        text: String,
        client: Option<String>,
        number: Option<u64>,
    },
    /// Everybody who is connected to a server, all at once.
    People { server: ServerId, people: Vec<(ConnectionId, RoomName, Person)> },
    /// A server has ended, or was not heard of for too long.
    Gone { server: ServerId },
}

/// What follows for those who are in a room.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Notification {
    Welcome {
        who: ConnectionId,
        room: RoomName,
        nickname: Nickname,
        count: usize,
    },
    Bye {
        who: ConnectionId,
        room: RoomName,
        nickname: Nickname,
        count: usize,
    },
    Renamed {
        who: ConnectionId,
        room: RoomName,
        old: Nickname,
        new: Nickname,
    },
    NewMessage {
        who: ConnectionId,
        room: RoomName,
        message: Message,
    },
    /// The place of this connection was taken by another one of the same client.
    Replaced {
        who: ConnectionId,
    },
    /// A room has appeared, or is empty.
    RoomChange,
}

/// What was said, as the others see it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Message {
    /// `nickname: text`
    pub(super) line: String,
    pub(super) meta: Meta,
}

/// What became of something that was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivery {
    /// It is new.
    New,
    /// The server had it already: there, if it is the last one of this client.
    Duplicate(Option<Offset>),
}

/// All rooms, and how far each client has counted.
#[derive(Debug, Default)]
pub(super) struct Rooms {
    rooms: BTreeMap<RoomName, Room>,
    room_of: HashMap<ConnectionId, RoomName>,
    /// The connection of each client that has shown an id and is in a room.
    connection_of: HashMap<String, ConnectionId>,
    counted: Deduplicator,
    /// Where nothing is known of a room, something can have been said up to here.
    unknown: Offset,
}

#[derive(Debug, Default)]
struct Room {
    /// In the order in which they entered.
    people: Vec<(ConnectionId, Person)>,
    history: VecDeque<Message>,
    /// Up to here, something that was said can have been forgotten.
    forgotten: Offset,
}

impl Rooms {
    /// How many rooms without people keep their history. The ones that were quiet for longest are forgotten first.
    const QUIET_ROOMS: usize = 1000;

    /// No rooms. What was said until `now` is not known here.
    pub(super) fn begin(now: Offset) -> Self {
        Self { unknown: now, ..Self::default() }
    }

    /// What was said from here on is going to be told.
    pub(super) fn remember_from(&mut self, offset: Offset) {
        self.unknown = offset;
    }

    /// Changes the rooms, and adds to `news` what follows from it.
    pub(super) fn apply(&mut self, happened: RoomEvent, offset: Offset, news: &mut Vec<Notification>) -> Delivery {
        match happened {
            RoomEvent::Entered { who, room, person } => self.enter(who, room, person, news),
            RoomEvent::Left { who } => self.leave(&who, news),
            RoomEvent::Renamed { who, nickname } => self.rename(who, nickname, news),
            RoomEvent::Said { who, room, nickname, text, client, number } => {
                if let (Some(client), Some(number)) = (client, number)
                    && let Some(duplicate) = self.counted.count(client, number, offset)
                {
                    return duplicate;
                }
                let message = Message { line: format!("{nickname}: {text}"), meta: Meta { offset, nickname } };
                self.room(&room).remember(message.clone());
                news.push(Notification::NewMessage { who, room, message });
            }
            RoomEvent::People { server, people } => self.replace_people(&server, people, news),
            RoomEvent::Gone { server } => self.replace_people(&server, Vec::new(), news),
        }
        Delivery::New
    }

    fn enter(&mut self, who: ConnectionId, room: RoomName, person: Person, news: &mut Vec<Notification>) {
        if self.room_of.get(&who) == Some(&room) {
            return;
        }
        self.leave(&who, news);
        // An older connection of the same client, which nobody has missed yet.
        if let Some(client) = &person.client
            && let Some(older) = self.connection_of.insert(client.clone(), who.clone())
        {
            self.leave(&older, news);
            news.push(Notification::Replaced { who: older });
        }
        let people = &mut self.room(&room).people;
        let appears = people.is_empty();
        let nickname = person.nickname.clone();
        people.push((who.clone(), person));
        news.push(Notification::Welcome { who: who.clone(), room: room.clone(), nickname, count: people.len() });
        self.room_of.insert(who, room);
        if appears {
            news.push(Notification::RoomChange);
        }
    }

    fn leave(&mut self, who: &ConnectionId, news: &mut Vec<Notification>) {
        let Some(name) = self.room_of.remove(who) else { return };
        let Some(room) = self.rooms.get_mut(&name) else { return };
        let Some(place) = room.people.iter().position(|(other, _)| other == who) else { return };
        let (_, Person { nickname, client }) = room.people.remove(place);
        if let Some(client) = client
            && self.connection_of.get(&client) == Some(who)
        {
            self.connection_of.remove(&client);
        }
        let (count, nothing_said) = (room.people.len(), room.history.is_empty());
        if count == 0 && nothing_said {
            self.rooms.remove(&name);
        }
        news.push(Notification::Bye { who: who.clone(), room: name, nickname, count });
        if count == 0 {
            news.push(Notification::RoomChange);
            self.forget_quiet_rooms();
        }
    }

    fn rename(&mut self, who: ConnectionId, new: Nickname, news: &mut Vec<Notification>) {
        let Some(room) = self.room_of.get(&who) else { return };
        let Some(person) = self.rooms.get_mut(room).and_then(|room| room.person(&who)) else { return };
        let old = std::mem::replace(&mut person.nickname, new.clone());
        if old != new {
            news.push(Notification::Renamed { who, room: room.clone(), old, new });
        }
    }

    /// A server says who is connected to it: a person it does not name has left, and the others are here.
    fn replace_people(
        &mut self,
        server: &ServerId,
        people: Vec<(ConnectionId, RoomName, Person)>,
        news: &mut Vec<Notification>,
    ) {
        let stay: HashMap<&ConnectionId, &RoomName> = people.iter().map(|(who, room, _)| (who, room)).collect();
        let known = self.room_of.iter().filter(|(who, _)| who.server == *server);
        let left: Vec<ConnectionId> =
            known.filter(|(who, room)| stay.get(who) != Some(room)).map(|(who, _)| who.clone()).collect();
        for who in &left {
            self.leave(who, news);
        }
        for (who, room, person) in people {
            self.enter(who.clone(), room, person.clone(), news);
            self.rename(who, person.nickname, news);
        }
    }

    fn forget_quiet_rooms(&mut self) {
        if self.rooms.len() <= Self::QUIET_ROOMS {
            return;
        }
        let quiet = self.rooms.iter().filter(|(_, room)| room.people.is_empty());
        let newest = |room: &Room| room.history.back().map(|message| message.meta.offset);
        if quiet.clone().count() > Self::QUIET_ROOMS
            && let Some((name, _)) = quiet.min_by_key(|(_, room)| newest(room))
        {
            let name = name.clone();
            if let Some(forgotten) = self.rooms.remove(&name).and_then(|room| newest(&room)) {
                self.unknown = self.unknown.max(forgotten);
            }
        }
    }

    fn room(&mut self, name: &RoomName) -> &mut Room {
        let unknown = Room { forgotten: self.unknown, ..Room::default() };
        self.rooms.entry(name.clone()).or_insert(unknown)
    }

    /// The rooms with somebody in them.
    pub(super) fn public(&self) -> Vec<&RoomName> {
        self.rooms.iter().filter(|(_, room)| !room.people.is_empty()).map(|(name, _)| name).collect()
    }

    /// How many are in each room.
    pub(super) fn counts(&self) -> impl Iterator<Item = (&RoomName, usize)> {
        self.rooms.iter().map(|(name, room)| (name, room.people.len())).filter(|(_, count)| *count > 0)
    }

    /// Those who are connected to this server, room by room, in the order in which they entered.
    pub(super) fn people_of(&self, server: &ServerId) -> Vec<(ConnectionId, RoomName, Person)> {
        let all = self.rooms.iter().flat_map(|(name, room)| room.people.iter().map(move |person| (name, person)));
        let of_server = all.filter(|(_, (who, _))| who.server == *server);
        of_server.map(|(room, (who, person))| (who.clone(), room.clone(), person.clone())).collect()
    }

    /// What somebody is told who has entered a room now, and has seen what was said there up to `after`.
    pub(super) fn entered(&self, name: &RoomName, after: Option<Offset>, now: Offset) -> Entered {
        let unknown = Room { forgotten: self.unknown, ..Room::default() };
        let (name, room) = self.rooms.get_key_value(name).unwrap_or((name, &unknown));
        let missed = room.history.iter().filter(|message| after.is_some_and(|after| message.meta.offset > after));
        Entered {
            room: name.clone(),
            count: room.people.len(),
            people: room.people.iter().take(MAX_PEOPLE).map(|(_, person)| person.nickname.clone()).collect(),
            offset: room.history.back().map_or(now, |message| message.meta.offset),
            missed: missed.map(|message| (message.line.clone(), message.meta.clone())).collect(),
            complete: after.is_none_or(|after| room.forgotten <= after),
        }
    }
}

impl Room {
    fn person(&mut self, who: &ConnectionId) -> Option<&mut Person> {
        self.people.iter_mut().find(|(other, _)| other == who).map(|(_, person)| person)
    }

    fn remember(&mut self, message: Message) {
        if self.history.len() == HISTORY
            && let Some(forgotten) = self.history.pop_front()
        {
            self.forgotten = forgotten.meta.offset;
        }
        self.history.push_back(message);
    }
}

/// The number of the last message of each client, and its place: what a client sends again, because it does not know whether it
/// arrived, is recognised.
#[derive(Debug, Default)]
struct Deduplicator {
    last: HashMap<String, (u64, Offset)>,
    /// The order in which they spoke for the first time, so that the oldest are forgotten first.
    clients: VecDeque<String>,
}

impl Deduplicator {
    const CLIENTS: usize = 10_000;

    /// Counts a message. `None` if it is new.
    fn count(&mut self, client: String, number: u64, offset: Offset) -> Option<Delivery> {
        if let Some(last) = self.last.get_mut(&client) {
            if number <= last.0 {
                return Some(Delivery::Duplicate((number == last.0).then_some(last.1)));
            }
            *last = (number, offset);
            return None;
        }
        if self.clients.len() == Self::CLIENTS
            && let Some(oldest) = self.clients.pop_front()
        {
            self.last.remove(&oldest);
        }
        self.clients.push_back(client.clone());
        self.last.insert(client, (number, offset));
        None
    }
}

#[cfg(test)]
mod tests;
