//! Why a file did not arrive.

use super::{ChannelError, FileError};

/// Why a transfer did not come to its end. Each text says what can be done about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransferError {
    /// The receiver does not want it, and this is the sender.
    #[error("the other side does not take it: {0}")]
    Refused(String),
    /// The receiver does not want it, and this is the receiver.
    #[error("not taken: {0}")]
    NotTaken(String),
    /// This side stopped it.
    #[error("cancelled: {0}")]
    Cancelled(String),
    /// The other side stopped it.
    #[error("the other side cancelled: {0}")]
    CancelledThere(String),
    /// The receiver could not take it in, and this is the sender.
    #[error("it did not arrive: {0}")]
    FailedThere(String),
    /// The file could not be read to its end.
    #[error("{0}: nothing of it was kept on the other side; offer it again when it can be read")]
    NotRead(FileError),
    /// The file could not be stored.
    #[error("{0}: nothing of it was kept; make room or choose another folder, and ask for it again")]
    NotStored(FileError),
    /// What arrived is not what was sent.
    #[error("it is damaged: {0}: nothing of it was kept; ask for it again")]
    Damaged(String),
    /// The other side says what it may not say.
    #[error("the other side broke the rules: {0}: use the same version of the program on both sides")]
    AgainstTheRules(String),
    /// The channel was closed before anything was offered on it: the other side has changed its mind, or opens it
    /// again. Nothing that anybody needs to know.
    #[error("nothing was offered")]
    NothingOffered,
    /// The channel is closed.
    #[error("the connection ended in the middle: nothing of it was kept; call again and send it again")]
    Closed,
    /// The channel is open and does not work.
    #[error("{0}: send it again")]
    Channel(ChannelError),
}

impl From<ChannelError> for TransferError {
    fn from(error: ChannelError) -> Self {
        match error {
            ChannelError::Closed => TransferError::Closed,
            ChannelError::Refused(_) => TransferError::Channel(error),
        }
    }
}
