//! One room: its rules.
//!
//! Plain data: no network, no lock, no clock. Every decision about a room (is there a place, who is the other, who hears
//! `bye`) is taken here. A server that is alone applies them to its own memory; servers that share a Redis apply them to
//! what stands there. The rules are the same.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::{Accepted, ErrorCode, Refusal, Role, RoomName, events};
use socketioxide::socket::Sid;

/// A call is between two.
const PLACES: usize = 2;

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

/// Somebody who wants to enter a room.
#[derive(Debug, Clone)]
pub(super) struct Newcomer {
    /// The connection.
    pub(super) socket: Sid,
    /// The server that has the connection.
    pub(super) server: ServerId,
    /// The secret by which a client proves that an older connection was its own, if it showed one.
    pub(super) client: Option<String>,
    /// The call that it says it is still in, when it comes back.
    pub(super) call: Option<String>,
}

/// Somebody in a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Member {
    pub(super) socket: Sid,
    pub(super) server: ServerId,
    pub(super) client: Option<String>,
    /// The call it is in, as far as it is known: from its own word when it came back, or from an answer that named it.
    pub(super) call: Option<String>,
    /// When it entered, counted from 1970. The clocks of two servers differ a little, and so does the time for which a
    /// place is held.
    pub(super) since: Duration,
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
        Accepted { role: Some(self.role), resumed: self.resumed }
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

    /// Whether somebody shows the secret that this member showed.
    pub(super) fn has_client_of(&self, member: &Member) -> bool {
        member.client.is_some() && self.members.iter().any(|other| other.client == member.client)
    }

    /// Gives a newcomer a place, or says why not. After a refusal the room is as it was.
    ///
    /// `hold`: how long the place beside somebody who came back in a call is kept for the other side of that call.
    pub(super) fn enter(
        &mut self,
        name: &RoomName,
        newcomer: Newcomer,
        now: Duration,
        hold: Duration,
    ) -> Result<Entered, Refusal> {
        let Newcomer { socket, server, client, call } = newcomer;
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
        self.members.push(Member { socket, server, client, call, since: now });
        Ok(Entered { role, other, resumed })
    }

    /// The two in this room have agreed on a call.
    pub(super) fn agreed(&mut self, call: &str) {
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
