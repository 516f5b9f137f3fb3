//! Several servers that share their rooms through Redis.
//!
//! Two people of one call can be connected to different servers. What must hold then is what holds on one server: two
//! places in a room, however many ask at the same moment; what one says reaches the other in order; a `bye` is never
//! overtaken by the next `welcome`.
//!
//! # How
//! * **A room is one value in Redis**, the list of its members. A change is decided here, by the rules of `room.rs`, on
//!   the value as it was read, and Redis takes it only if the value is still the same. If not, it is decided again.
//! * **Redis announces the change in the same step**, to every server that has somebody in the room, with the new list
//!   and what the members are to hear. So all servers hear of all changes in the order in which they were made. The one
//!   that made a change hears of it in the same way, and acts on it only then.
//! * **One task does it all**, one thing after the other (`operator.rs`). What a member sends to the other goes from task
//!   to task and keeps its order.
//!
//! socketioxide's adapter, which chapter 2 uses, is not in here. It would bring a message to a socket on another server,
//! but two messages that come from two servers arrive in any order, and here the order is half of the meaning.
//!
//! # When something fails
//! * **Redis is away:** every server goes on for its own people, with what it remembers. When Redis is back, it enters
//!   its people again (`settle.rs`). Nobody new is let in until all servers have had the time for that.
//! * **A server is gone**, killed or cut off: it has to say every second that it is there, and when it has not for
//!   [`LIFE`] its people have no places any more. The others hear `bye` within five seconds.
//! * **It was only asleep**, or both servers have filled a room while Redis was away: those who do not fit hear
//!   `place_lost`. They ask for a place again, as after a restart, and are refused if there is none.
//! * **It is stopped** in good order: the places of its people are kept for them, as long as the place beside somebody who
//!   came back in a call is kept.

/// The task that does it.
mod operator;
/// A change of a room, from the decision to the news of it.
mod decide;
/// What is done without being asked.
mod rounds;
/// What stands in Redis, and what goes through it.
mod store;
/// What a server remembers and what Redis knows, brought together.
mod settle;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use shared::{ErrorCode, Refusal};
use socketio_src::cluster::Link;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tracing::warn;

use super::request::Request;
use super::signalling::Asker;
use super::switchboard::{Switchboard, Visitor};
use operator::Operator;

/// How long a server counts as there since it last said so.
const LIFE: Duration = Duration::from_secs(4);

/// How many requests of one client may wait. Whoever sends more than that without waiting for an answer is no call.
const MAX_WAITING: usize = 256;

/// Something to be done.
pub(super) enum Job {
    /// A client asks for something, or for something wrong: then the refusal waits for its turn.
    Request(Asker, Result<Request, Refusal>),
    /// A connection is over.
    Lost(Arc<Visitor>),
    /// The server is stopped: what came before this is still done.
    Stop,
}

/// What is to be done, in order.
#[derive(Clone)]
pub(super) struct Queue(mpsc::UnboundedSender<Job>);

impl Queue {
    pub(super) fn put(&self, job: Job) {
        if let Job::Request(asker, _) = &job
            && asker.visitor.waiting.fetch_add(1, Ordering::Relaxed) >= MAX_WAITING
            && let Job::Request(asker, _) = job
        {
            asker.visitor.waiting.fetch_sub(1, Ordering::Relaxed);
            let message = format!("{MAX_WAITING} of your messages wait to be handled: wait for answers");
            return asker.answer(Err(Refusal { code: ErrorCode::NotDelivered, message }));
        }
        // An error means that the server is being stopped.
        let _ = self.0.send(job);
    }
}

/// The task, as the server holds it. It ends when this is dropped.
pub(super) struct Exchange {
    queue: Queue,
    task: JoinHandle<()>,
}

impl Exchange {
    pub(super) fn open(board: Switchboard, link: Link) -> Self {
        let (jobs, waiting) = mpsc::unbounded_channel();
        let task = tokio::spawn(Operator::new(board, link, waiting).run());
        Self { queue: Queue(jobs), task }
    }

    pub(super) fn queue(&self) -> Queue {
        self.queue.clone()
    }

    /// Finishes what has been asked for, and tells the other servers. Not for ever: Redis can be frozen.
    pub(super) async fn close(mut self, at_most: Duration) {
        self.queue.put(Job::Stop);
        if tokio::time::timeout(at_most, &mut self.task).await.is_err() {
            warn!("Redis was not told within {at_most:?} that this server stops");
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.task.abort();
    }
}
