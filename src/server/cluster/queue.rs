//! What the cluster task is to do, in order.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use shared::{ErrorCode, Refusal};
use tokio::sync::mpsc;

use super::super::client::Client;
use super::super::request::Request;
use super::super::responder::Responder;

/// How many requests of one client may wait. A client that sends more without waiting for an answer is no call.
const MAX_WAITING: usize = 256;

/// Something to be done.
pub(in crate::server) enum Job {
    /// A client asks for something, or for something wrong: then the refusal waits for its turn.
    Request(Responder, Result<Request, Refusal>),
    /// A connection is over.
    Lost(Arc<Client>),
    /// The server is stopped: what came before this is still done.
    Stop,
}

/// What is to be done, in order.
#[derive(Clone)]
pub(in crate::server) struct Queue(mpsc::UnboundedSender<Job>);

impl Queue {
    pub(super) fn new(jobs: mpsc::UnboundedSender<Job>) -> Self {
        Self(jobs)
    }

    pub(in crate::server) fn put(&self, job: Job) {
        if let Job::Request(responder, _) = &job
            && responder.client.waiting.fetch_add(1, Ordering::Relaxed) >= MAX_WAITING
            && let Job::Request(responder, _) = job
        {
            responder.client.waiting.fetch_sub(1, Ordering::Relaxed);
            let message = format!("{MAX_WAITING} of your messages wait to be handled: wait for answers");
            return responder.answer(Err(Refusal { code: ErrorCode::NotDelivered, message }));
        }
        // An error means that the server is being stopped.
        let _ = self.0.send(job);
    }
}
