//! One file, received.

use std::pin::pin;

use futures::future::{Either, select};
use sha2::{Digest, Sha256};
use shared::FileMessage;

use super::cancel::or_cancelled;
use super::wire::{Heard, Side, hear, part, say, unexpected, why_closed};
use super::{FileChannel, Offered, Progress, Received, Sink, TransferError, hex, safe_name};

/// Waits for the offer on a channel, and receives the file if it is wanted. In the end the channel is free for the next
/// offer or, when the two could not agree that this one is over, closed.
///
/// `decide` is asked once, and may take its time: it answers with a place for the file, or with the reason why it is not
/// taken. If the sender gives up meanwhile, `decide` is dropped. `cancel` is as for [`send_file`](super::send_file); a
/// file that is whole is stored, and can be cancelled no more.
pub async fn receive_file<C: FileChannel, K: Sink>(
    channel: &C,
    decide: impl AsyncFnOnce(Offered) -> Result<K, String>,
    progress: impl FnMut(Progress),
    cancel: impl Future<Output = String>,
) -> Result<Received<K::Stored>, TransferError> {
    let mut cancel = pin!(cancel);
    let received = match or_cancelled(&mut cancel, agree(channel, decide)).await {
        Ok((offered, sink)) => take_in(channel, offered, sink, progress, &mut cancel).await,
        Err(error) => Err(error),
    };
    let (last_word, heard) = match &received {
        Ok(_) => (Some(FileMessage::Received), false),
        Err(error) => last_word(error),
    };
    part(channel, last_word, heard, Side::Receiver).await;
    received
}

/// What the sender is told, and whether its own last word was heard already.
fn last_word(error: &TransferError) -> (Option<FileMessage>, bool) {
    let last_word = match error {
        TransferError::NotTaken(reason) => FileMessage::Refuse { reason: reason.clone() },
        TransferError::Cancelled(reason) => FileMessage::Cancel { reason: reason.clone() },
        TransferError::NotStored(_)
        | TransferError::Damaged(_)
        | TransferError::AgainstTheRules(_)
        | TransferError::Channel(_) => FileMessage::Failed { reason: error.to_string() },
        TransferError::CancelledThere(_) => return (Some(FileMessage::Bye), true),
        _ => return (None, false),
    };
    (Some(last_word), false)
}

/// Hears the offer and decides.
async fn agree<C: FileChannel, K>(
    channel: &C,
    decide: impl AsyncFnOnce(Offered) -> Result<K, String>,
) -> Result<(Offered, K), TransferError> {
    let offered = match hear(channel).await {
        Ok(Heard::Said(FileMessage::Offer { name, size })) => Offered { name: safe_name(&name), size },
        Ok(other) => return Err(unexpected(&other, "an offer")),
        Err(TransferError::Closed) => return Err(TransferError::NothingOffered),
        Err(error) => return Err(error),
    };
    // The sender says nothing while it waits, except that it gives up.
    match select(pin!(hear(channel)), pin!(decide(offered.clone()))).await {
        Either::Left((heard, _)) => Err(unexpected(&heard?, "silence while the file is not accepted")),
        Either::Right((Ok(sink), _)) => Ok((offered, sink)),
        Either::Right((Err(reason), _)) => Err(TransferError::NotTaken(reason)),
    }
}

/// Takes in the content, and keeps it if it is whole.
async fn take_in<C: FileChannel, K: Sink>(
    channel: &C,
    offered: Offered,
    mut sink: K,
    progress: impl FnMut(Progress),
    cancel: &mut (impl Future<Output = String> + Unpin),
) -> Result<Received<K::Stored>, TransferError> {
    match or_cancelled(cancel, content(channel, offered.size, &mut sink, progress)).await {
        Ok(sha256) => {
            let stored = sink.finish().await.map_err(TransferError::NotStored)?;
            Ok(Received { offered, sha256, stored })
        }
        Err(error) => {
            sink.discard().await;
            Err(error)
        }
    }
}

/// Accepts, takes in the content up to its end, and returns its hash, which is the one that was announced.
async fn content<C: FileChannel>(
    channel: &C,
    total: u64,
    sink: &mut impl Sink,
    mut progress: impl FnMut(Progress),
) -> Result<String, TransferError> {
    if let Err(error) = say(channel, &FileMessage::Accept).await {
        return Err(why_closed(channel, error).await);
    }
    let (mut done, mut hash) = (0, Sha256::new());
    progress(Progress { done, total });
    let announced = loop {
        match hear(channel).await? {
            Heard::Content(bytes) if bytes.len() as u64 > total - done => {
                return Err(TransferError::Damaged(format!("more than the {total} bytes that were offered came")));
            }
            Heard::Content(bytes) => {
                sink.write(&bytes).await.map_err(TransferError::NotStored)?;
                hash.update(&bytes);
                done += bytes.len() as u64;
                progress(Progress { done, total });
            }
            Heard::Said(FileMessage::End { sha256 }) => break sha256,
            other => return Err(unexpected(&other, "content or \"end\"")),
        }
    };
    if done < total {
        return Err(TransferError::Damaged(format!("{done} of {total} bytes came")));
    }
    let sha256 = hex(hash.finalize());
    if !announced.eq_ignore_ascii_case(&sha256) {
        return Err(TransferError::Damaged("its SHA-256 is not the one that was announced".to_owned()));
    }
    Ok(sha256)
}
