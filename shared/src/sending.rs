//! What a side sends at the moment.

use serde::{Deserialize, Serialize};

/// What a side says of its own tracks, over the data channel [`Sending::CHANNEL`].
///
/// A track that is muted (`enabled = false`) goes on as silence or black frames, so the other side cannot tell a person
/// who is silent from one who is muted, unless it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sending {
    /// The microphone is on.
    pub audio: bool,
    /// The camera, or what stands in for it, is on.
    pub video: bool,
    /// The picture is that of a screen. A client that does not say so shows none.
    #[serde(default)]
    pub screen: bool,
}

impl Sending {
    /// The label of the data channel that carries this, as JSON, at its opening and after each change. Not over
    /// signaling: a call goes on without the server, and its buttons with it.
    pub const CHANNEL: &str = "sending";
}

impl Default for Sending {
    /// What a call begins with: sound and picture.
    fn default() -> Self {
        Self { audio: true, video: true, screen: false }
    }
}
