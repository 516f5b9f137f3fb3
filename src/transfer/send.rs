//! One file, sent.

use std::pin::pin;

use futures::future::{Either, select};
use sha2::{Digest, Sha256};
use shared::FileMessage;
use shared::file::CHUNK;

use super::cancel::or_cancelled;
use super::wire::{Heard, Side, hear, part, say, unexpected, why_closed};
use super::{FileChannel, FileError, HIGH_WATER, Progress, Sent, Source, TransferError, hex};

/// Offers a file on a channel that is free, and sends it when the other side wants it. In the end the channel is free again
/// or, when the two could not agree that it is over, closed.
///
/// Done is done: the other side has compared the hash and stored the file. `cancel` is ready, with a reason, when the
/// transfer is to stop ([`canceller`](super::canceller) makes one; [`std::future::pending`] never is).
pub async fn send_file<C: FileChannel, S: Source>(
    channel: &C,
    source: &mut S,
    progress: impl FnMut(Progress),
    cancel: impl Future<Output = String>,
) -> Result<Sent, TransferError> {
    let mut cancel = pin!(cancel);
    let sent = or_cancelled(&mut cancel, conversation(channel, source, progress)).await;
    let (last_word, heard) = last_word(&sent);
    part(channel, last_word, heard, Side::Sender).await;
    sent
}

/// What the receiver is told, and whether its own last word was heard already.
fn last_word(sent: &Result<Sent, TransferError>) -> (Option<FileMessage>, bool) {
    let reason = match sent {
        Err(TransferError::Closed) => return (None, false),
        Err(TransferError::Cancelled(reason)) => reason.clone(),
        Err(TransferError::NotRead(error)) => error.to_string(),
        Err(error @ (TransferError::AgainstTheRules(_) | TransferError::Channel(_))) => error.to_string(),
        // The receiver has said its last word.
        _ => return (Some(FileMessage::Bye), true),
    };
    (Some(FileMessage::Cancel { reason }), false)
}

async fn conversation<C: FileChannel, S: Source>(
    channel: &C,
    source: &mut S,
    progress: impl FnMut(Progress),
) -> Result<Sent, TransferError> {
    let size = source.size();
    say(channel, &FileMessage::Offer { name: source.name().to_owned(), size }).await?;
    match hear(channel).await? {
        Heard::Said(FileMessage::Accept) => {}
        Heard::Said(FileMessage::Refuse { reason }) => {
            return Err(TransferError::Refused(super::name::one_line(&reason)));
        }
        other => return Err(unexpected(&other, "\"accept\" or \"refuse\"")),
    }
    // The receiver says nothing while content comes: whatever it does say ends the transfer.
    let sent = match select(pin!(hear(channel)), pin!(content(channel, source, progress))).await {
        Either::Left((heard, _)) => return Err(unexpected(&heard?, "silence while content is sent")),
        Either::Right((sent, _)) => sent,
    };
    // In an arm of that `match` the first `hear` would still be there, and a second one would wait for it for ever.
    let sha256 = match sent {
        Ok(sha256) => sha256,
        Err(error) => return Err(why_closed(channel, error).await),
    };
    if let Err(error) = say(channel, &FileMessage::End { sha256: sha256.clone() }).await {
        return Err(why_closed(channel, error).await);
    }
    match hear(channel).await? {
        Heard::Said(FileMessage::Received) => Ok(Sent { size, sha256 }),
        other => Err(unexpected(&other, "\"received\" or \"failed\"")),
    }
}

/// Sends the content and returns its hash. A file that grows meanwhile is sent as it was offered.
async fn content<C: FileChannel, S: Source>(
    channel: &C,
    source: &mut S,
    mut progress: impl FnMut(Progress),
) -> Result<String, TransferError> {
    let (mut done, total, mut hash) = (0, source.size(), Sha256::new());
    progress(Progress { done, total });
    while done < total {
        let up_to = usize::try_from(total - done).map_or(CHUNK, |left| left.min(CHUNK));
        let chunk = source.read(up_to).await.map_err(TransferError::NotRead)?;
        if chunk.is_empty() || chunk.len() > up_to {
            let reason = format!("{} has changed while it was read: {done} of {total} bytes", source.name());
            return Err(TransferError::NotRead(FileError::new(reason)));
        }
        if channel.buffered_amount().await > HIGH_WATER {
            channel.buffered_amount_low().await;
        }
        channel.send_bytes(&chunk).await?;
        hash.update(&chunk);
        done += chunk.len() as u64;
        progress(Progress { done, total });
    }
    Ok(hex(hash.finalize()))
}
