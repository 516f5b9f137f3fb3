//! What the server answers in an acknowledgement.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::IceServer;

/// Which side of the call a member of a room is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Role {
    /// In the room first: makes the offer.
    A,
    /// Joined second: answers.
    B,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// The acknowledgement of every event: `{ok: true, ...}` or `{ok: false, error: {code, message}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Wire", into = "Wire")]
pub enum Reply {
    /// The server did it.
    Accepted(Accepted),
    /// The server did not do it, and nothing has changed.
    Refused(Refusal),
}

/// What comes with an `ok`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accepted {
    /// The role in the room, for a join.
    pub role: Option<Role>,
    /// For a rejoin: the other side is there, in the same call, so nothing needs to be negotiated again.
    pub resumed: bool,
    /// For a join or a rejoin: the STUN and TURN servers that a member may use.
    pub ice_servers: Vec<IceServer>,
}

/// Why the server refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message} ({code})")]
pub struct Refusal {
    /// For programs.
    pub code: ErrorCode,
    /// For people: what is wrong and what to do next.
    pub message: String,
}

/// The reasons for a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Two people are in the room already.
    RoomFull,
    /// The room name breaks a rule of [`RoomName`](crate::RoomName).
    BadRoomName,
    /// The sender is in a room already; one socket is in at most one.
    AlreadyInRoom,
    /// The sender is not in the room it names.
    NotInRoom,
    /// There is no other member to relay to.
    NobodyThere,
    /// The arguments are not those of the event.
    BadArguments,
    /// The description or candidate is larger than the server relays.
    TooLarge,
    /// The other member does not read: its queue is full.
    NotDelivered,
    /// The sender sends more than anybody needs for a call.
    TooFast,
    /// The server has no event of this name.
    UnknownEvent,
    /// A code that this version does not know.
    #[serde(other)]
    Unknown,
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The name on the wire, so that a log line and a packet can be matched by eye.
        self.serialize(f)
    }
}

/// The JSON form: one flat object, as a JavaScript client expects it.
#[derive(Serialize, Deserialize)]
struct Wire {
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<Role>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    resumed: bool,
    #[serde(default, rename = "iceServers", skip_serializing_if = "Vec::is_empty")]
    ice_servers: Vec<IceServer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Refusal>,
}

impl From<Reply> for Wire {
    fn from(reply: Reply) -> Self {
        match reply {
            Reply::Accepted(Accepted { role, resumed, ice_servers }) => {
                Wire { ok: true, role, resumed, ice_servers, error: None }
            }
            Reply::Refused(refusal) => {
                Wire { ok: false, role: None, resumed: false, ice_servers: Vec::new(), error: Some(refusal) }
            }
        }
    }
}

impl From<Wire> for Reply {
    fn from(Wire { ok, role, resumed, ice_servers, error }: Wire) -> Self {
        if ok {
            return Reply::Accepted(Accepted { role, resumed, ice_servers });
        }
        let no_reason =
            || Refusal { code: ErrorCode::Unknown, message: "the server refused without a reason".to_owned() };
        Reply::Refused(error.unwrap_or_else(no_reason))
    }
}

impl From<Reply> for Result<Accepted, Refusal> {
    fn from(reply: Reply) -> Self {
        match reply {
            Reply::Accepted(accepted) => Ok(accepted),
            Reply::Refused(refusal) => Err(refusal),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_json_is_the_one_of_the_wire_format() {
        let joined = Reply::Accepted(Accepted { role: Some(Role::B), ..Accepted::default() });
        assert_eq!(serde_json::to_value(&joined).unwrap(), json!({"ok": true, "role": "B"}));
        let full = Reply::Refused(Refusal { code: ErrorCode::RoomFull, message: "no".into() });
        let json = json!({"ok": false, "error": {"code": "room_full", "message": "no"}});
        assert_eq!(serde_json::to_value(&full).unwrap(), json);
        let ice_servers = vec![IceServer::new("stun:host:3478")];
        let back = Reply::Accepted(Accepted { role: None, resumed: true, ice_servers });
        let json = json!({"ok": true, "resumed": true, "iceServers": [{"urls": ["stun:host:3478"]}]});
        assert_eq!(serde_json::to_value(&back).unwrap(), json);
        for reply in [joined, full, back] {
            let json = serde_json::to_string(&reply).unwrap();
            assert_eq!(serde_json::from_str::<Reply>(&json).unwrap(), reply);
        }
    }

    #[test]
    fn unknown_codes_and_fields_are_read_and_a_missing_reason_is_said() {
        let later = json!({"ok": false, "error": {"code": "moon_phase", "message": "wait", "x": 1}, "y": 2});
        let reply = serde_json::from_value::<Reply>(later).unwrap();
        assert_eq!(reply, Reply::Refused(Refusal { code: ErrorCode::Unknown, message: "wait".into() }));
        let bare = serde_json::from_value::<Reply>(json!({"ok": false})).unwrap();
        assert!(matches!(bare, Reply::Refused(refusal) if refusal.message.contains("without a reason")));
    }

    #[test]
    fn a_refusal_shows_message_and_code() {
        let refusal = Refusal { code: ErrorCode::RoomFull, message: "two are in".into() };
        assert_eq!(refusal.to_string(), "two are in (room_full)");
    }
}
