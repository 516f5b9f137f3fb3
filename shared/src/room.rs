//! The name of a room.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::name::{self, BadName};

/// The name of a room, by the rules of [`name`]: 1 to 64 characters, shown as typed.
///
/// The only way to one is through the rules, so code that gets a `RoomName` need not check it again. Two are equal when
/// people would take them for the same: `Demo` and `demo` are one room.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoomName {
    shown: String,
    // A page knows one room, and compares none.
    #[cfg(not(target_family = "wasm"))]
    key: String,
}

/// Which rule a room name broke.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the room name {0}")]
pub struct RoomNameError(pub BadName);

impl RoomName {
    /// The longest room name, in characters (Unicode scalar values, not bytes).
    pub const MAX_CHARS: usize = 64;

    /// Trims the text and checks it against the rules.
    ///
    /// # Errors
    /// The rule that it breaks.
    pub fn new(text: &str) -> Result<Self, RoomNameError> {
        let shown = name::check(text, Self::MAX_CHARS).map_err(RoomNameError)?;
        Ok(Self {
            #[cfg(not(target_family = "wasm"))]
            key: name::key(&shown),
            shown,
        })
    }

    /// The name as text, to be shown.
    pub fn as_str(&self) -> &str {
        &self.shown
    }

    /// The name as text, to be compared: [`name::key`].
    pub fn key(&self) -> &str {
        #[cfg(not(target_family = "wasm"))]
        return &self.key;
        #[cfg(target_family = "wasm")]
        &self.shown
    }
}

impl PartialEq for RoomName {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for RoomName {}

impl Hash for RoomName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl PartialOrd for RoomName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for RoomName {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(other.key())
    }
}

impl fmt::Display for RoomName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
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
        name.shown
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_error_says_which_rule_broke() {
        let max = RoomName::MAX_CHARS;
        assert_eq!(RoomName::new(" \t "), Err(RoomNameError(BadName::Empty { max })));
        assert_eq!(RoomName::new(&"방".repeat(65)), Err(RoomNameError(BadName::TooLong { chars: 65, max })));
        assert_eq!(RoomName::new("a\nb"), Err(RoomNameError(BadName::ControlCharacter('\n'))));
        let error = RoomName::new(&"방".repeat(65)).unwrap_err().to_string();
        assert_eq!(error, "the room name has 65 characters: 64 are allowed, shorten it");
    }

    #[test]
    fn a_name_is_trimmed_and_counted_in_characters_not_bytes() {
        assert_eq!(RoomName::new("  demo room ").unwrap().as_str(), "demo room");
        assert!(RoomName::new(&"방".repeat(64)).is_ok());
    }

    #[test]
    fn one_room_is_found_by_every_way_to_write_it() {
        let rooms = HashMap::from([(RoomName::new("Demo").unwrap(), 1)]);
        let (room, _) = rooms.get_key_value(&RoomName::new("demo").unwrap()).unwrap();
        assert_eq!(room.as_str(), "Demo");
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
