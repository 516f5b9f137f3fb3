//! Error messages that quote what a server has sent.

use std::fmt::Display;

/// The beginning of a parser's error. It can quote what it could not read, and a hostile server can make that as long as
/// it likes.
pub(super) fn shortened(error: impl Display) -> String {
    const LONGEST: usize = 200;
    error.to_string().chars().take(LONGEST).collect()
}
