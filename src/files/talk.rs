//! To say something on a channel, and to hear something.

use std::pin::pin;

use futures::future::select;
use shared::{FileMessage, FromJson};

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
    match FileMessage::from_json_text(&text) {
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

/// Ends the conversation for the sender, which waits until the receiver has closed the channel.
pub(super) async fn part_as_sender<C: FileChannel>(channel: &C, last_word: Option<FileMessage>) {
    if let Some(message) = last_word {
        // An error says that the channel is closed.
        let _ = say(channel, &message).await;
    }
    let closed = async { while channel.next().await.is_some() {} };
    select(pin!(closed), pin!(channel.patience())).await;
    channel.close().await;
}

/// Ends the conversation for the receiver, which closes the channel when neither side has anything to say any more.
pub(super) async fn part_as_receiver<C: FileChannel>(channel: &C, last_word: Option<FileMessage>) {
    if let Some(message) = last_word
        && say(channel, &message).await.is_ok()
    {
        select(pin!(until_the_end(channel)), pin!(channel.patience())).await;
    }
    channel.close().await;
}

/// Lets go of what still comes, until the sender has said its last word too, or the channel is closed.
async fn until_the_end<C: FileChannel>(channel: &C) {
    while let Ok(Heard::Content(_) | Heard::Said(FileMessage::Accept | FileMessage::End { .. })) = hear(channel).await {
    }
}

/// Nothing can be said any more. Whoever closed the channel may have said why before: that is still to be heard.
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
