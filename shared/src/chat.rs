//! What is said in chapter 1, the chat over a raw WebSocket: one JSON object in each text message.
//!
//! A WebSocket carries messages and does not say what is in them. So the first thing that two programs need is an
//! agreement like this one. The field `type` tells the messages apart.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{json, name};

/// What a client says: `{"type": "nickname" or "new_message", "payload": string}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "payload", rename_all = "snake_case")]
pub enum ClientMessage {
    /// Call me this from now on.
    Nickname(String),
    /// Tell everybody.
    NewMessage(String),
}

impl ClientMessage {
    /// The values of `type`.
    pub const TYPES: [&str; 2] = ["nickname", "new_message"];

    /// Reads a text message, and says what is wrong with one that cannot be read.
    pub fn parse(text: &str) -> Result<Self, ChatError> {
        let message = serde_json::from_str::<serde_json::Map<_, _>>(text).map_err(|error| {
            let reason = json::reason(&error);
            let message =
                format!("send a JSON object: {{\"type\": \"new_message\", \"payload\": \"hello\"}} ({reason})");
            ChatError::new(ChatErrorCode::NotJson, message)
        })?;
        let says = match message.get("type").and_then(Value::as_str) {
            Some("nickname") => Self::Nickname,
            Some("new_message") => Self::NewMessage,
            _ => {
                let message = format!("`type` is one of: {}", Self::TYPES.join(", "));
                return Err(ChatError::new(ChatErrorCode::UnknownType, message));
            }
        };
        match message.get("payload") {
            Some(Value::String(payload)) => Ok(says(payload.clone())),
            _ => Err(ChatError::new(ChatErrorCode::BadPayload, "`payload` is a string")),
        }
    }
}

/// The sender: a number that the server gives to each connection and never gives again.
///
/// Nicknames are not enough to tell people apart: two may choose the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientId(pub u64);

/// What everybody may know about one who is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The connection.
    pub id: ClientId,
    /// What the person wants to be called.
    pub nickname: Nickname,
}

/// What the server says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerEvent {
    /// The first event: you are in.
    Welcome {
        /// The receiver of this event. Messages with this id are its own.
        you: Person,
        /// How many are here, the receiver included.
        count: usize,
        /// The people. At most [`ServerEvent::MAX_PEOPLE`], those who were here first: a crowd is told as a number.
        people: Vec<Person>,
    },
    /// Somebody came.
    Joined {
        /// The person.
        person: Person,
        /// How many are here now.
        count: usize,
    },
    /// Somebody is called something else now. The one who asked for it hears it too.
    Renamed {
        /// The person, with the new nickname.
        person: Person,
        /// The nickname before.
        before: Nickname,
    },
    /// Somebody said something. The one who said it hears it too, at its place among the others.
    NewMessage {
        /// The person.
        from: Person,
        /// What.
        payload: String,
    },
    /// Somebody left.
    Left {
        /// The person.
        person: Person,
        /// How many are here now.
        count: usize,
    },
    /// To one client only: what it sent was not taken. The connection lives on.
    Error(ChatError),
}

impl ServerEvent {
    /// How many people are named in a [`ServerEvent::Welcome`].
    pub const MAX_PEOPLE: usize = 100;
}

/// Why a message was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ChatError {
    /// For programs.
    pub code: ChatErrorCode,
    /// For people: what to do instead.
    pub message: String,
}

impl ChatError {
    /// An error with this code that says what to do instead.
    pub fn new(code: ChatErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// The kinds of [`ChatError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatErrorCode {
    /// The text is no JSON object.
    NotJson,
    /// `type` is missing or unknown.
    UnknownType,
    /// `payload` is missing, or no string, or empty.
    BadPayload,
    /// A binary message: this chat is made of text.
    Binary,
    /// The nickname is empty, too long, or contains what cannot be seen.
    BadNickname,
    /// Too many messages in a short time. This one was dropped.
    TooFast,
}

impl fmt::Display for ChatErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The name on the wire, so that a message and a line of the log can be matched by eye.
        self.serialize(f)
    }
}

/// A nickname, by the rules of [`name`]: 1 to 32 characters. Two people may choose the same.
///
/// It may contain `<script>`. What is shown as text can contain anything; to remove "bad" characters would only hide
/// that somewhere text is not shown as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Nickname(String);

impl Nickname {
    /// The most characters that a nickname has.
    pub const MAX_CHARS: usize = 32;

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Nickname {
    /// The name of a person who has not chosen one yet.
    fn default() -> Self {
        Self("Anon".to_owned())
    }
}

impl TryFrom<String> for Nickname {
    type Error = ChatError;

    fn try_from(text: String) -> Result<Self, ChatError> {
        let bad = |broken| ChatError::new(ChatErrorCode::BadNickname, format!("the nickname {broken}"));
        name::check(&text, Self::MAX_CHARS).map(Self).map_err(bad)
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn person(id: u64, nickname: &str) -> Person {
        Person { id: ClientId(id), nickname: nickname.to_owned().try_into().unwrap() }
    }

    #[test]
    fn what_a_client_says_has_a_type_and_a_payload() {
        let nickname = ClientMessage::Nickname("mina".to_owned());
        assert_eq!(json!(nickname), json!({"type": "nickname", "payload": "mina"}));
        let message = ClientMessage::NewMessage("hello".to_owned());
        assert_eq!(json!(message), json!({"type": "new_message", "payload": "hello"}));
    }

    #[test]
    fn what_the_server_says_has_a_type() {
        let welcome = ServerEvent::Welcome { you: person(2, "Anon"), count: 2, people: vec![person(1, "mina")] };
        let you = json!({"id": 2, "nickname": "Anon"});
        let people = json!([{"id": 1, "nickname": "mina"}]);
        assert_eq!(json!(welcome), json!({"type": "welcome", "you": you, "count": 2, "people": people}));
        let error = ServerEvent::Error(ChatError::new(ChatErrorCode::TooFast, "wait"));
        assert_eq!(json!(error), json!({"type": "error", "code": "too_fast", "message": "wait"}));
    }

    #[test]
    fn what_is_wrong_with_a_message_is_named() {
        for (text, code) in [
            ("hello", ChatErrorCode::NotJson),
            ("", ChatErrorCode::NotJson),
            (r#"["nickname", "mina"]"#, ChatErrorCode::NotJson),
            (r#""new_message""#, ChatErrorCode::NotJson),
            (r#"{"type": "new_message", "payload": "\ud83d"}"#, ChatErrorCode::NotJson),
            (r#"{"payload": "hi"}"#, ChatErrorCode::UnknownType),
            (r#"{"type": "shout", "payload": "hi"}"#, ChatErrorCode::UnknownType),
            (r#"{"type": ["nickname"], "payload": "hi"}"#, ChatErrorCode::UnknownType),
            (r#"{"type": "new_message"}"#, ChatErrorCode::BadPayload),
            (r#"{"type": "new_message", "payload": 7}"#, ChatErrorCode::BadPayload),
        ] {
            assert_eq!(ClientMessage::parse(text).unwrap_err().code, code, "{text}");
        }
    }

    #[test]
    fn a_nickname_is_one_short_line() {
        for good in ["mina", "  mina ", "<script>alert(1)</script>", "민아", &"x".repeat(32)] {
            assert_eq!(Nickname::try_from(good.to_owned()).unwrap().as_str(), good.trim());
        }
        for bad in ["", "   ", "two\nlines", "bell\u{7}", "\u{3164}", "a\u{202e}b", &"x".repeat(33)] {
            assert_eq!(Nickname::try_from(bad.to_owned()).unwrap_err().code, ChatErrorCode::BadNickname, "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_said_and_any_text_can_be_parsed(text in any::<String>()) {
            let message = ClientMessage::NewMessage(text.clone());
            prop_assert_eq!(ClientMessage::parse(&serde_json::to_string(&message).unwrap()), Ok(message));
            let _ = ClientMessage::parse(&text);
            let _ = Nickname::try_from(text);
        }
    }
}
