//! Sends and receives `FileMessage`s on a data channel.

use std::pin::pin;

use futures::future::{Either, select};
use shared::{FileMessage, json};

use super::name::one_line;
use super::{FileChannel, Message, TransferError};

/// What the other side said, and may say in the middle of a transfer.
#[derive(Debug)]
pub(super) enum Heard {
    Said(FileMessage),
    Content(Vec<u8>),
}

/// Says something.
pub(super) async fn say<C: FileChannel>(channel: &C, message: &FileMessage) -> Result<(), TransferError> {
    let json = serde_json::to_string(message).expect("texts and numbers can be written as JSON");
    channel.send_text(&json).await.map_err(TransferError::from)
}

/// Hears the next thing. Whatever ends the transfer is an error. Cancel safe, as the channel is.
pub(super) async fn hear<C: FileChannel>(channel: &C) -> Result<Heard, TransferError> {
    let text = match channel.next().await {
        None => return Err(TransferError::Closed),
        Some(Message::Binary(bytes)) => return Ok(Heard::Content(bytes)),
        Some(Message::Text(text)) => text,
    };
    match json::object_in(&text) {
        Ok(FileMessage::Cancel { reason }) => Err(TransferError::CancelledThere(one_line(&reason))),
        Ok(FileMessage::Failed { reason }) => Err(TransferError::FailedThere(one_line(&reason))),
        Ok(message) => Ok(Heard::Said(message)),
        Err(error) => {
            let what = format!("\"{}\" is not a message ({error})", one_line(&text));
            Err(TransferError::AgainstTheRules(what))
        }
    }
}

/// What was heard is not what may be said now.
pub(super) fn unexpected(heard: &Heard, expected: &str) -> TransferError {
    let what = match heard {
        Heard::Said(FileMessage::Offer { .. }) => "an offer",
        Heard::Said(FileMessage::Accept) => "\"accept\"",
        Heard::Said(FileMessage::Refuse { .. }) => "\"refuse\"",
        Heard::Said(FileMessage::End { .. }) => "\"end\"",
        Heard::Said(FileMessage::Received) => "\"received\"",
        Heard::Said(FileMessage::Bye) => "\"bye\"",
        Heard::Said(FileMessage::Failed { .. }) => "\"failed\"",
        Heard::Said(FileMessage::Cancel { .. }) => "\"cancel\"",
        Heard::Content(_) => "content",
    };
    TransferError::AgainstTheRules(format!("{what} came instead of {expected}"))
}

/// Says the last word about this file, if there is one to be said, and hears that of the other side, if it was not `heard`
/// yet. Then the channel is free for the next file. If that does not work, it is closed.
pub(super) async fn part<C: FileChannel>(channel: &C, last_word: Option<FileMessage>, heard: bool, side: Side) {
    let agreed = match last_word {
        Some(message) if say(channel, &message).await.is_ok() => {
            heard || {
                let hearing = pin!(last_word_of_other(channel, side));
                matches!(select(hearing, pin!(channel.patience())).await, Either::Left((true, _)))
            }
        }
        _ => false,
    };
    if agreed {
        channel.set_free();
    } else {
        channel.close().await;
    }
}

/// Which side of the conversation this one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Sender,
    Receiver,
}

/// Lets go of what still comes, up to the last word of the other side. `false` when none comes.
async fn last_word_of_other<C: FileChannel>(channel: &C, side: Side) -> bool {
    loop {
        match (side, hear(channel).await) {
            (_, Err(TransferError::CancelledThere(_)) | Ok(Heard::Said(FileMessage::Bye))) => return true,
            (Side::Sender, Err(TransferError::FailedThere(_))) => return true,
            (Side::Sender, Ok(Heard::Said(FileMessage::Received | FileMessage::Refuse { .. }))) => return true,
            (Side::Sender, Ok(Heard::Said(FileMessage::Accept))) => {}
            (
                Side::Receiver,
                Ok(Heard::Content(_) | Heard::Said(FileMessage::Offer { .. } | FileMessage::End { .. })),
            ) => {}
            _ => return false,
        }
    }
}

/// Nothing can be sent any more. The side that closed the channel may have said why before, and that can still be read.
pub(super) async fn why_closed<C: FileChannel>(channel: &C, error: TransferError) -> TransferError {
    if error != TransferError::Closed {
        return error;
    }
    loop {
        if let Err(error) = hear(channel).await {
            return error;
        }
    }
}
