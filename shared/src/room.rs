//! The name of a room.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The name of a room: trimmed, 1 to 64 characters, no control characters.
///
/// The only way to one is through the rules, so whoever holds a `RoomName` need not check it again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoomName(String);

/// Which rule a room name broke.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoomNameError {
    /// Nothing is left after trimming.
    #[error("the room name is empty: give it 1 to {} characters", RoomName::MAX_CHARS)]
    Empty,
    /// More than [`RoomName::MAX_CHARS`] characters.
    #[error("the room name has {0} characters: {max} are allowed, shorten it", max = RoomName::MAX_CHARS)]
    TooLong(usize),
    /// A line break, a tab, a NUL ... would break logs and lists.
    #[error("the room name has the control character '{}': use letters, digits, spaces and signs", .0.escape_default())]
    ControlCharacter(char),
}

impl RoomName {
    /// The longest room name, in characters (Unicode scalar values, not bytes).
    pub const MAX_CHARS: usize = 64;

    /// Trims the text and checks it against the rules.
    pub fn new(text: &str) -> Result<Self, RoomNameError> {
        let name = text.trim();
        if name.is_empty() {
            return Err(RoomNameError::Empty);
        }
        let chars = name.chars().count();
        if chars > Self::MAX_CHARS {
            return Err(RoomNameError::TooLong(chars));
        }
        match name.chars().find(|c| c.is_control()) {
            Some(control) => Err(RoomNameError::ControlCharacter(control)),
            None => Ok(Self(name.to_owned())),
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RoomName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for RoomName {
    type Err = RoomNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

impl TryFrom<String> for RoomName {
    type Error = RoomNameError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text)
    }
}

impl From<RoomName> for String {
    fn from(name: RoomName) -> String {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_error_says_which_rule_broke() {
        assert_eq!(RoomName::new(" \t "), Err(RoomNameError::Empty));
        assert_eq!(RoomName::new(&"방".repeat(65)), Err(RoomNameError::TooLong(65)));
        assert_eq!(RoomName::new("a\nb"), Err(RoomNameError::ControlCharacter('\n')));
        assert!(RoomNameError::TooLong(65).to_string().contains("65 characters: 64 are allowed"));
    }

    #[test]
    fn a_name_is_trimmed_and_counted_in_characters_not_bytes() {
        assert_eq!(RoomName::new("  demo room ").unwrap().as_str(), "demo room");
        assert!(RoomName::new(&"방".repeat(64)).is_ok());
    }

    proptest! {
        #[test]
        fn an_accepted_name_keeps_the_rules_and_survives_json(text in any::<String>()) {
            if let Ok(name) = RoomName::new(&text) {
                let chars = name.as_str().chars().count();
                prop_assert!((1..=RoomName::MAX_CHARS).contains(&chars));
                prop_assert!(!name.as_str().chars().any(char::is_control));
                let json = serde_json::to_string(&name).unwrap();
                prop_assert_eq!(serde_json::from_str::<RoomName>(&json).unwrap(), name);
            }
        }

        #[test]
        fn json_accepts_exactly_what_new_accepts(text in "\\PC{0,70}|[ \t\n]{0,3}") {
            let json = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(serde_json::from_str::<RoomName>(&json).ok(), RoomName::new(&text).ok());
        }
    }
}
