//! Does the signaling server let us in, and which STUN and TURN servers does it name? Who asks it connects as a peer does; here is
//! what is said about it.

use std::fmt::Display;

use super::said::{Row, Said};
use crate::text::doctor as texts;

/// It let us in, and named so many servers.
pub fn lets_us_in(url: &str, servers: usize) -> Row {
    let said = match servers {
        0 => Said::note((texts::NAMES_NOBODY, texts::NAMES_NOBODY_CURE)),
        servers => Said::fine(texts::SIGNALING_FINE).with(servers),
    };
    Row::about_one(texts::PLACE, url, said)
}

/// Nobody answers at its usual address, and nobody has said that it should be there.
pub fn is_not_running(url: &str) -> Row {
    Row::about_one(texts::PLACE, url, Said::note((texts::NOT_RUNNING, texts::NOT_RUNNING_CURE)))
}

/// It was to be asked, and that failed.
pub fn was_not_asked(url: &str, error: impl Display) -> Row {
    Row::about_one(texts::PLACE, url, Said::fault((texts::NOT_ASKED, texts::NOT_ASKED_CURE)).with(error))
}
