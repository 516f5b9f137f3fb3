//! Several servers that act as one, through Redis.
//!
//! A Socket.IO server knows the sockets that are connected to it, and no others. When two people of one room are
//! connected to different servers, the servers have to talk: what is emitted to a room is published in Redis, and every
//! server passes it on to those of its own sockets that are in the room. socketioxide calls the part that does this its
//! *adapter*.
//!
//! # What a reader must know
//! * [`Adapter`](crate::cluster::Adapter) is the same type with Redis and without it, so a handler is written once:
//!   `SocketRef<Adapter>`, `SocketIo<Adapter>`. Without Redis the link is [`Link::off`](crate::cluster::Link::off).
//! * With this adapter [`SocketIo::ns`](socketioxide::SocketIo::ns) is a future: nothing is connected before it is done.
//! * What goes through Redis is not kept. A server that was cut off has missed what was published meanwhile;
//!   [`LinkState::Up`](crate::cluster::LinkState::Up) counts the connections, so that it can find out and catch up.
//! * While Redis is away every emit reaches the server's own sockets, and reports no error.
//! * An emit to a room is turned into bytes for the other servers even when there are none. `.local()` saves that.
//! * This is not the protocol of `@socket.io/redis-adapter`: Node servers cannot join in.
//!
//! # Map
//! | file | what it answers |
//! |---|---|
//! | `cluster/link.rs` | Is Redis there, and what happens when it goes and comes? |
//! | `cluster/driver.rs` | How does an emit reach another server? |

/// The connection to Redis.
mod link;
/// The connection as socketioxide's adapter uses it.
mod driver;

pub use link::{Link, LinkError, LinkState, PATIENCE, PING_INTERVAL, RETRY_INTERVAL};

use std::time::Duration;

use socketioxide::adapter::Emitter;
use socketioxide_redis::{CustomRedisAdapter, RedisAdapterConfig, RedisAdapterCtr};

/// The adapter of this course's servers, with Redis and without it.
pub type Adapter = CustomRedisAdapter<Emitter, Link>;

/// What [`SocketIoBuilder::with_adapter`](socketioxide::SocketIoBuilder::with_adapter) wants to have of [`Adapter`].
///
/// `prefix` is the name under which the servers of one kind find each other: those of the chat and those of the call can
/// share a Redis.
pub fn adapter(link: Link, prefix: &'static str) -> RedisAdapterCtr<Link> {
    let config = RedisAdapterConfig::new()
        .with_prefix(prefix)
        // How long a question to all servers waits for one that has died.
        .with_request_timeout(Duration::from_secs(2))
        // Messages of other servers that wait to be handed out here. What does not fit is lost. An empty queue costs
        // nothing.
        .with_stream_buffer(65_536);
    RedisAdapterCtr::new_with_driver(link, config)
}
