//! How to stop a transfer.

use std::pin::pin;

use futures::channel::oneshot;
use futures::future::{Either, select};

use super::TransferError;

/// Stops one transfer. When it is dropped unused, the transfer goes on, and nobody can stop it any more.
#[derive(Debug)]
pub struct Canceller(oneshot::Sender<String>);

impl Canceller {
    /// Stops the transfer. The other side is told the reason. Does nothing when the transfer is over.
    pub fn cancel(self, reason: impl Into<String>) {
        let _ = self.0.send(reason.into());
    }
}

/// A canceller, and what [`send_file`](super::send_file) or [`receive_file`](super::receive_file) wants to know of it.
pub fn canceller() -> (Canceller, impl Future<Output = String> + Send + Unpin + 'static) {
    let (sender, receiver) = oneshot::channel();
    let cancelled = async move {
        match receiver.await {
            Ok(reason) => reason,
            Err(oneshot::Canceled) => std::future::pending().await,
        }
    };
    (Canceller(sender), Box::pin(cancelled))
}

/// Does the work, unless it is cancelled first.
pub(super) async fn or_cancelled<T>(
    cancelled: &mut (impl Future<Output = String> + Unpin),
    work: impl Future<Output = Result<T, TransferError>>,
) -> Result<T, TransferError> {
    // `select` looks at its first future first: what was cancelled before it began does not begin.
    match select(cancelled, pin!(work)).await {
        Either::Left((reason, _)) => Err(TransferError::Cancelled(reason)),
        Either::Right((done, _)) => done,
    }
}
