//! How socketioxide's adapter reaches the other servers: publish and subscribe over a [`Link`].
//!
//! socketioxide brings a driver of its own. It has one connection, and when Redis was restarted it is dead.

use socketioxide_redis::drivers::{ChanItem, Driver, MessageStream};
use tracing::debug;

use super::link::{Link, LinkError};

impl Driver for Link {
    type Error = LinkError;

    /// Sends to the other servers. It succeeds even if there is no way to reach them.
    ///
    /// The adapter sends to the others first, and to its own people only if that succeeded. A server without Redis goes
    /// on for its own people, so a failure here is none. [`Link::state`] tells whether Redis is there.
    ///
    /// It returns when Redis has the message. A caller that waits for one message before it sends the next keeps their order.
    async fn publish(&self, channel: String, message: Vec<u8>) -> Result<(), Self::Error> {
        if let Err(error) = self.query::<()>(redis::cmd("PUBLISH").arg(channel).arg(message)).await {
            debug!("only this server's own people hear it: {error}");
        }
        Ok(())
    }

    /// Messages arrive in the order in which Redis got them.
    async fn subscribe(&self, channel: String, size: usize) -> Result<MessageStream<ChanItem>, Self::Error> {
        Ok(MessageStream::new(Self::subscribe(self, channel, size).await))
    }

    async fn unsubscribe(&self, channel: String) -> Result<(), Self::Error> {
        Self::unsubscribe(self, channel).await;
        Ok(())
    }

    /// How many servers there are, this one included. Without Redis: this one.
    async fn num_serv(&self, channel: &str) -> Result<u16, Self::Error> {
        let count = self.query::<(String, u16)>(redis::cmd("PUBSUB").arg("NUMSUB").arg(channel)).await;
        Ok(count.map_or(1, |(_, count)| count.max(1)))
    }
}
