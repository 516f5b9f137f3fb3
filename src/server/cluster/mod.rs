//! Several servers that share their rooms through Redis.
//!
//! Two people of one call can be connected to different servers. What must hold then is what holds on one server: two
//! places in a room, however many ask at the same moment; what one says reaches the other in order; a `bye` is never
//! overtaken by the next `welcome`.
//!
//! # How
//! * **A room is one value in Redis**, the list of its members. A change is decided here, by the rules of
//!   `server/room/mod.rs`, on the value as it was read, and Redis takes it only if the value is still the same. If not,
//!   it is decided again.
//! * **Redis announces the change in the same step**, to every server that has somebody in the room, with the new list
//!   and what the members are to hear. So all servers hear of all changes in the order in which they were made. The one
//!   that made a change hears of it in the same way, and acts on it only then.
//! * **One task does it all**, one thing after the other (`task.rs`). What a member sends to the other goes from task
//!   to task and keeps its order.
//!
//! socketioxide's adapter, which chapter 2 uses, is not in here. It would bring a message to a socket on another server,
//! but two messages that come from two servers arrive in any order, and here the order is half of the meaning.
//!
//! # Why not a log, as in chapter 2?
//! There each server reads everything that happens, because a chat has a history, and everybody may want to read it. A call
//! has no history, and its forty or so messages concern two people, on two servers at most. With a log, each of N servers
//! would read the messages of all calls. Here one server reads those of its own people, and a change of a room is one value
//! that is compared and set. The price is the code in `settle/mod.rs`: a server that reads no log has to find out by itself what
//! it has missed.
//!
//! # When something fails
//! * **Redis is away:** every server goes on for its own people, with what it remembers. When Redis is back, it enters
//!   its people again (`settle/mod.rs`). Nobody new is let in until all servers have had the time for that.
//! * **A server is gone**, killed or cut off: it has to say every second that it is there, and when it has not for
//!   [`LIFE`](heartbeat::LIFE) its people have no places any more. The others hear `bye` within five seconds. Only whoever is
//!   in a call keeps the place, for as long as after any lost connection: the call needs no server, and its client comes back
//!   to another one.
//! * **It was only asleep**, or both servers have filled a room while Redis was away: those who do not fit hear
//!   `place_lost`. They ask for a place again, as after a restart, and are refused if there is none.
//! * **It is stopped** in good order: the places of its people are kept for them, as long as the place beside somebody who
//!   came back in a call is kept.

/// The task that carries out everything, in order.
mod task;
/// What is to be done, in order.
mod queue;
/// One room, as the servers tell each other.
mod room;
/// What this server remembers of the rooms in which it has people.
mod rooms;
/// Changes a room: from the decision to the announcement.
mod decision;
/// The regular work: is everybody still there, are the rooms up to date?
mod periodic;
/// The heartbeat of a server, for the other servers.
mod heartbeat;
/// What keeps several servers from a decision.
mod error;
/// Reads and writes Redis.
mod store;
/// What a server remembers and what Redis knows, brought together.
mod settle;

use std::time::Duration;

use socketio_src::cluster::Link;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tracing::warn;

use super::delivery::Delivery;
use super::rooms::SharedRooms;
pub(super) use queue::{Job, Queue};
use task::ClusterTask;

/// The task, as the server holds it. It ends when this is dropped.
pub(super) struct Cluster {
    queue: Queue,
    task: JoinHandle<()>,
}

impl Cluster {
    pub(super) fn open(rooms: SharedRooms, delivery: Delivery, hold: Duration, link: Link) -> Self {
        let (jobs, waiting) = mpsc::unbounded_channel();
        let task = tokio::spawn(ClusterTask::new(rooms, delivery, hold, link, waiting).run());
        Self { queue: Queue::new(jobs), task }
    }

    pub(super) fn queue(&self) -> Queue {
        self.queue.clone()
    }

    /// Finishes what has been asked for, and tells the other servers. It waits for a limited time, because Redis can be frozen.
    pub(super) async fn close(mut self, at_most: Duration) {
        self.queue.put(Job::Stop);
        if tokio::time::timeout(at_most, &mut self.task).await.is_err() {
            warn!("Redis was not told within {at_most:?} that this server stops");
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.task.abort();
    }
}
