//! The place of a message among the others of its room.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The place of a message in its room: later messages have larger offsets. `milliseconds-number`, like the entries of a
/// Redis stream, which is where they come from when several servers share the rooms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Offset {
    /// Milliseconds since 1970.
    pub milliseconds: u64,
    /// Tells those of one millisecond apart.
    pub number: u64,
}

impl Offset {
    /// The next one at this time, by a clock that may go backwards.
    pub fn next(self, milliseconds: u64) -> Self {
        if milliseconds > self.milliseconds {
            Self { milliseconds, number: 0 }
        } else {
            Self { number: self.number + 1, ..self }
        }
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.milliseconds, self.number)
    }
}

/// A text that is no offset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no offset: send back one that the server has sent")]
pub struct BadOffset(String);

impl FromStr for Offset {
    type Err = BadOffset;

    fn from_str(text: &str) -> Result<Self, BadOffset> {
        let parsed = text.split_once('-').and_then(|(milliseconds, number)| {
            Some(Self { milliseconds: milliseconds.parse().ok()?, number: number.parse().ok()? })
        });
        parsed.ok_or_else(|| BadOffset(text.chars().take(40).collect()))
    }
}

impl TryFrom<String> for Offset {
    type Error = BadOffset;

    fn try_from(text: String) -> Result<Self, BadOffset> {
        text.parse()
    }
}

impl From<Offset> for String {
    fn from(offset: Offset) -> String {
        offset.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn offsets_grow_although_the_clock_does_not() {
        let first = Offset::default().next(1000);
        let second = first.next(1000);
        let third = second.next(900);
        let fourth = third.next(1001);
        assert!(first < second && second < third && third < fourth);
        assert_eq!(third.to_string(), "1000-2");
    }

    proptest! {
        #[test]
        fn an_offset_survives_its_text(milliseconds in any::<u64>(), number in any::<u64>()) {
            let offset = Offset { milliseconds, number };
            prop_assert_eq!(offset.to_string().parse(), Ok(offset));
        }

        #[test]
        fn no_text_breaks_the_parser(text in any::<String>()) {
            let _ = text.parse::<Offset>();
        }
    }
}
