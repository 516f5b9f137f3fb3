//! One room: its rules.
//!
//! Plain data: no network, no lock, no clock. Every decision about a room (is there a place, who is the other, who hears
//! `bye`) is taken here.

use std::borrow::Cow;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::{Accepted, ErrorCode, Refusal, Role, RoomName, events};
use socketioxide::socket::Sid;

/// A call is between two.
const PLACES: usize = 2;

/// A change of a room that is asked for.
#[derive(Debug, Clone)]
pub(super) enum Change {
    /// Somebody comes in.
    Enter(Newcomer),
    /// The member with this connection goes.
    Leave(Sid),
    /// The two who are in it have agreed on this call.
    Agree(String),
}

/// Somebody who wants to enter a room.
#[derive(Debug, Clone)]
pub(super) struct Newcomer {
    /// The connection.
    pub(super) socket: Sid,
    /// The secret by which a client proves that an older connection was its own, if it showed one.
    pub(super) client: Option<String>,
    /// The call that it says it is still in, when it comes back.
    pub(super) call: Option<String>,
    /// The time, counted from 1970.
    pub(super) now: Duration,
}

/// Somebody in a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Member {
    pub(super) socket: Sid,
    pub(super) client: Option<String>,
    /// The call it is in, as far as it is known: from its own word when it came back, or from an answer that named it.
    pub(super) call: Option<String>,
    /// When it entered, counted from 1970. The clocks of two servers differ a little, and so does the time for which a
    /// place is held.
    pub(super) since: Duration,
}

impl Member {
    /// Whether this is the same client as that one, over a connection that is not older.
    pub(super) fn succeeds(&self, other: &Self) -> bool {
        self.client.is_some() && self.client == other.client && self.since >= other.since
    }

    /// Whether it may come back to the call it is in when its connection is lost: it can prove who it is.
    pub(super) fn may_come_back(&self) -> bool {
        self.client.is_some() && self.call.is_some()
    }
}

/// Something that a member hears, with no arguments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Notice {
    pub(super) to: Sid,
    pub(super) event: Cow<'static, str>,
}

impl Notice {
    pub(super) fn new(to: Sid, event: &'static str) -> Self {
        Self { to, event: event.into() }
    }
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

impl Entered {
    /// What the newcomer is answered.
    pub(super) fn accepted(&self) -> Accepted {
        Accepted { role: Some(self.role), resumed: self.resumed, ..Accepted::default() }
    }

    /// What the other hears.
    pub(super) fn notice(&self) -> Option<Notice> {
        let event = if self.resumed { events::RESUMED } else { events::WELCOME };
        self.other.map(|other| Notice::new(other, event))
    }
}

/// The members of one room, in the order in which they entered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Room {
    pub(super) members: Vec<Member>,
}

impl Room {
    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    pub(super) fn member(&self, socket: Sid) -> Option<&Member> {
        self.members.iter().find(|member| member.socket == socket)
    }

    /// The other one.
    pub(super) fn other(&self, socket: Sid) -> Option<&Member> {
        self.members.iter().find(|member| member.socket != socket)
    }

    /// Whether the client of this member has come in here after it, over another connection.
    pub(super) fn has_successor_of(&self, member: &Member) -> bool {
        self.members.iter().any(|other| other.succeeds(member))
    }

    /// Makes a change, or says why not: then the room is as it was. Returns the answer to the client that asked, and the
    /// notice for the other one.
    ///
    /// `hold`: how long the place beside somebody who came back in a call is kept for the other side of that call.
    pub(super) fn change(
        &mut self,
        name: &RoomName,
        change: Change,
        hold: Duration,
    ) -> Result<(Accepted, Option<Notice>), Refusal> {
        match change {
            Change::Enter(newcomer) => {
                let entered = self.enter(name, newcomer, hold)?;
                Ok((entered.accepted(), entered.notice()))
            }
            Change::Leave(socket) => Ok((Accepted::default(), self.leave(socket))),
            Change::Agree(call) => {
                self.agree(&call);
                Ok((Accepted::default(), None))
            }
        }
    }

    /// Gives a newcomer a place.
    pub(super) fn enter(&mut self, name: &RoomName, newcomer: Newcomer, hold: Duration) -> Result<Entered, Refusal> {
        let Newcomer { socket, client, call, now } = newcomer;
        // A client whose old connection is dead, without us knowing yet, takes its own place.
        let own = self.members.iter().position(|member| client.is_some() && member.client == client);
        if own.is_none() && self.members.len() >= PLACES {
            let message = format!("room \"{name}\" has two people already: try another room, or wait until one leaves");
            return Err(Refusal { code: ErrorCode::RoomFull, message });
        }
        let other = (0..self.members.len()).find(|index| Some(*index) != own).map(|index| &self.members[index]);
        let resumed = other.is_some_and(|other| call.is_some() && other.call == call);
        if let Some(other) = other
            && !resumed
            && own.is_none()
            && other.call.is_some()
            && now.abs_diff(other.since) < hold
        {
            let message = format!("somebody is expected back in room \"{name}\": try again in {hold:?}");
            return Err(Refusal { code: ErrorCode::RoomFull, message });
        }

        if let Some(own) = own {
            self.members.remove(own);
        }
        let (role, other) = match self.members.first_mut() {
            None => (Role::A, None),
            Some(other) => {
                // Unless both are in it, the call that either of them was in is over.
                other.call = call.clone().filter(|_| resumed);
                (Role::B, Some(other.socket))
            }
        };
        let call = call.filter(|_| resumed || other.is_none());
        self.members.push(Member { socket, client, call, since: now });
        Ok(Entered { role, other, resumed })
    }

    /// The two in this room have agreed on a call.
    fn agree(&mut self, call: &str) {
        for member in &mut self.members {
            member.call = Some(call.to_owned());
        }
    }

    /// Takes a socket out. Returns what the one that stays hears.
    pub(super) fn leave(&mut self, socket: Sid) -> Option<Notice> {
        let index = self.members.iter().position(|member| member.socket == socket)?;
        self.members.remove(index);
        let stays = self.members.first_mut()?;
        stays.call = None;
        Some(Notice::new(stays.socket, events::BYE))
    }
}

#[cfg(test)]
mod tests;
