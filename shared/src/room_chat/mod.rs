//! What is said in chapter 2, the room chat over Socket.IO: event names, arguments and acknowledgements.
//!
//! A plain client needs `enter_room`, `nickname`, `new_message`, `welcome`, `bye` and `room_change`, and nothing else. What
//! is beyond these is for a client that wants to miss nothing: it shows an id at connect
//! ([`Auth`](crate::room_chat::Auth)), numbers its messages, and says how far it has read when it comes back.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::name;
use crate::room::RoomName;

/// Where a message is among the others.
mod offset;

pub use offset::{BadOffset, Offset};

/// Client to server: [`EnterRoom`]. Acknowledged with [`Entered`]. A client that is in another room leaves it.
pub const ENTER_ROOM: &str = "enter_room";
/// Client to server: the nickname, a string. Server to client: none, see [`RENAMED`].
pub const NICKNAME: &str = "nickname";
/// Client to server: text, room and, from a client that numbers its messages, the number. Acknowledged with [`Said`].
/// Server to the others in the room: `"nickname: text"` and, to a client that showed an id, [`Meta`].
pub const NEW_MESSAGE: &str = "new_message";
/// Client to server: whether somebody is typing, and the room. Server to the others in the room: nickname, yes or no.
pub const TYPING: &str = "typing";
/// Client to server: the room.
pub const LEAVE_ROOM: &str = "leave_room";
/// Server to the others in the room: the nickname of the one who entered, and how many are in the room now.
pub const WELCOME: &str = "welcome";
/// Server to those who stay: the nickname of the one who left, and how many are in the room now.
pub const BYE: &str = "bye";
/// Server to the others in the room: the old and the new nickname.
pub const RENAMED: &str = "renamed";
/// Server to everybody: the names of the rooms with somebody in them.
pub const ROOM_CHANGE: &str = "room_change";
/// Server to everybody: [`Servers`], how many servers serve this chat.
pub const SERVERS: &str = "servers";
/// Server to client: [`Refused`], for an event that asked for no acknowledgement.
pub const REFUSED: &str = "refused";

/// The longest text of a message, in bytes.
pub const MAX_TEXT_BYTES: usize = 16 * 1024;
/// How many messages of a room are remembered for those who were away.
pub const HISTORY: usize = 100;
/// How many nicknames an acknowledgement names: a crowd is told as a number.
pub const MAX_PEOPLE: usize = 100;

/// What a client shows at connect, all of it optional.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Auth {
    /// A random text of the client's own, 8 to 128 bytes, the same after a lost connection. A client that shows one gets an
    /// [`Offset`] with each message, may number its own, and takes its place back from an older connection.
    #[serde(default)]
    pub client: Option<String>,
}

/// The argument of [`ENTER_ROOM`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(expecting = "an object")]
pub struct EnterRoom {
    /// The name of the room.
    pub payload: String,
    /// The newest message that the client has seen there: it wants those that came later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Offset>,
}

/// What a person wants to be called, by the rules of [`name`]: 1 to 64 characters. Two people may choose the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Nickname(String);

impl Nickname {
    /// The longest nickname, in characters.
    pub const MAX_CHARS: usize = 64;

    /// Trims the text and checks it against the rules.
    ///
    /// # Errors
    /// [`Code::BadNickname`], with the rule that it breaks.
    pub fn new(text: &str) -> Result<Self, Refusal> {
        let bad = |broken| Refusal::new(Code::BadNickname, format!("the nickname {broken}"));
        name::check(text, Self::MAX_CHARS).map(Self).map_err(bad)
    }

    /// The nickname as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Without a nickname a person is `Anon`.
impl Default for Nickname {
    fn default() -> Self {
        Self("Anon".to_owned())
    }
}

impl TryFrom<String> for Nickname {
    type Error = Refusal;

    fn try_from(text: String) -> Result<Self, Refusal> {
        Self::new(&text)
    }
}

impl From<Nickname> for String {
    fn from(nickname: Nickname) -> Self {
        nickname.0
    }
}

impl fmt::Display for Nickname {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is known of a message beside its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// Its place in the room.
    pub offset: Offset,
    /// The person who said it.
    pub nickname: Nickname,
}

/// The acknowledgement of every event: `{status: "DONE", ...}` or `{status: "ERROR", error: {code, message}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "status", rename_all = "UPPERCASE")]
pub enum Reply {
    /// The server did it.
    Done(Done),
    /// The server did not do it, and nothing has changed.
    Error {
        /// Why.
        error: Refusal,
    },
}

/// What comes with a `DONE`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Done {
    /// Of [`ENTER_ROOM`].
    Entered(Entered),
    /// Of [`NEW_MESSAGE`].
    Said(Said),
    /// Of the others.
    Nothing {},
}

/// The room that somebody has entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entered {
    /// Its name, as the one typed it who entered first.
    pub room: RoomName,
    /// How many are in it, the newcomer included.
    pub count: usize,
    /// Their nicknames, at most [`MAX_PEOPLE`].
    pub people: Vec<Nickname>,
    /// The newest message there is; where nothing was said yet, the place where the first one will be later than. A
    /// client that sends it back as [`EnterRoom::after`] misses nothing.
    pub offset: Offset,
    /// What came after [`EnterRoom::after`], oldest first, as the arguments of [`NEW_MESSAGE`].
    pub missed: Vec<(String, Meta)>,
    /// Whether that is all that was missed. A room remembers [`HISTORY`] messages.
    pub complete: bool,
}

/// A message that the server has taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Its place in the room. Not known for a duplicate that is not the last message of its client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<Offset>,
    /// The server had it already, by its number, and has not sent it to anybody again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub duplicate: bool,
}

/// Why the server refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message} ({code:?})")]
pub struct Refusal {
    /// For programs.
    pub code: Code,
    /// For people: what is wrong and what to do next.
    pub message: String,
}

impl Refusal {
    /// Both parts.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// The argument of [`REFUSED`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The event that the server refused.
    pub event: String,
    /// Why.
    #[serde(flatten)]
    pub refusal: Refusal,
}

/// The reasons for a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The arguments are not those of the event.
    BadArguments,
    /// The name breaks a rule of [`RoomName`].
    BadRoomName,
    /// The name breaks a rule of [`Nickname`].
    BadNickname,
    /// There is no text in the message.
    BadMessage,
    /// The text has more than [`MAX_TEXT_BYTES`].
    TooLarge,
    /// The client sends more events in a second than the server takes.
    TooFast,
    /// The client is not in the room that it names.
    NotInRoom,
    /// The server has no event of this name.
    UnknownEvent,
    /// Another connection showed the same id, and has taken the place of this one.
    Replaced,
    /// An admin has ended the connection.
    Disconnected,
    /// The client does not read what is sent to it, or the server cannot take more at the moment.
    NotDelivered,
}

/// How many servers serve this chat: the argument of [`SERVERS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Servers {
    /// For programs.
    pub state: ServersState,
    /// For people.
    pub message: String,
}

/// See [`Servers`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServersState {
    /// One server, without Redis.
    One,
    /// Servers that share their rooms through Redis.
    Together,
    /// Redis is away: this server serves its own people, and does not see those of the others.
    Alone,
}

impl From<ServersState> for Servers {
    fn from(state: ServersState) -> Self {
        let message = match state {
            ServersState::One => "one server",
            ServersState::Together => "several servers share these rooms",
            ServersState::Alone => "this server has lost the others: you see only people who are connected to it",
        };
        Self { state, message: message.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn the_json_is_the_one_of_the_wire_format() {
        assert_eq!(json!(Reply::Done(Done::Nothing {})), json!({"status": "DONE"}));
        let offset = Offset { milliseconds: 7, number: 1 };
        let said = Reply::Done(Done::Said(Said { offset: Some(offset), duplicate: false }));
        assert_eq!(json!(said), json!({"status": "DONE", "offset": "7-1"}));
        let error = Refusal::new(Code::BadRoomName, "no");
        let refused = json!({"status": "ERROR", "error": {"code": "bad_room_name", "message": "no"}});
        assert_eq!(json!(Reply::Error { error: error.clone() }), refused);
        let refused = json!({"event": "typing", "code": "bad_room_name", "message": "no"});
        assert_eq!(json!(Refused { event: "typing".to_owned(), refusal: error }), refused);
        let entered = Entered {
            room: RoomName::new("demo").unwrap(),
            count: 1,
            people: vec![Nickname::default()],
            offset,
            missed: vec![("Anon: hi".to_owned(), Meta { offset, nickname: Nickname::default() })],
            complete: true,
        };
        let reply = json!({
            "status": "DONE", "room": "demo", "count": 1, "people": ["Anon"], "offset": "7-1",
            "missed": [["Anon: hi", {"offset": "7-1", "nickname": "Anon"}]], "complete": true,
        });
        assert_eq!(json!(Reply::Done(Done::Entered(entered))), reply);
    }

    #[test]
    fn a_nickname_says_which_rule_it_breaks() {
        for bad in ["", "  ", "a\nb", &"x".repeat(65)] {
            let refusal = Nickname::new(bad).unwrap_err();
            assert_eq!(refusal.code, Code::BadNickname);
            assert!(refusal.message.starts_with("the nickname "), "{}", refusal.message);
        }
        assert_eq!(Nickname::new(" mina ").unwrap().as_str(), "mina");
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_rules(text in any::<String>()) {
            let _ = Nickname::new(&text);
        }
    }
}
