//! What somebody who chats knows.

use shared::room_chat::Offset;

/// A message that was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) from: String,
    pub(crate) number: u64,
    pub(crate) offset: Offset,
    /// The step in which it was heard, and whether it was among those that were missed.
    pub(crate) step: u32,
    pub(crate) missed: bool,
}

/// A message that was acknowledged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Acknowledged {
    pub(crate) number: u64,
    /// Its server had said that it had lost the others: then it is for the people of that server alone.
    pub(crate) alone: bool,
    /// The server had it already.
    pub(crate) duplicate: bool,
    pub(crate) step: u32,
}

/// What somebody knows.
#[derive(Debug, Default)]
pub(crate) struct Knowledge {
    pub(crate) in_room: bool,
    /// How many messages are not acknowledged yet.
    pub(crate) to_say: usize,
    pub(crate) heard: Vec<Heard>,
    pub(crate) acknowledged: Vec<Acknowledged>,
    /// The last step in which a server has told that something was lost that nobody remembers.
    pub(crate) told_of_a_loss: Option<u32>,
    /// The server has said that it has lost the others.
    pub(crate) alone: bool,
    /// The server has thrown it out. Nobody here has given a reason for that.
    pub(crate) thrown_out: bool,
}
