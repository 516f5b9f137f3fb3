//! The clients of this server that are in a room, and what they are reached by.

use std::collections::HashMap;
use std::sync::Arc;

use shared::RoomName;
use shared::room_chat::Nickname;
use socketioxide::socket::Sid;
use socketioxide::{SendError, SocketError};

use crate::server::visitor::Visitor;

/// The connections of this server in one room.
#[derive(Default)]
pub(super) struct Here {
    pub(super) visitors: HashMap<Sid, Arc<Visitor>>,
    /// How many of them have shown an id.
    pub(super) resumable: usize,
}

/// See [`Hub::typing`](super::Hub::typing).
pub(in crate::server) struct Typing {
    pub(super) socket: Sid,
    pub(super) room: RoomName,
    pub(super) nickname: Nickname,
    pub(super) typing: bool,
}

/// The two Socket.IO rooms of a room of the chat: those who have shown no id, and those who have. They hear the same, but
/// the second are also told the offsets. (No name of a room has a line break.)
pub(super) fn audiences(room: &RoomName) -> [String; 2] {
    [room.key().to_owned(), format!("{}\n", room.key())]
}

/// Whether something was not sent because the client does not read.
pub(super) fn is_full(sent: &Result<(), SendError>) -> bool {
    matches!(sent, Err(SendError::Socket(SocketError::InternalChannelFull)))
}
