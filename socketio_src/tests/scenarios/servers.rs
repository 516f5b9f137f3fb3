//! The two servers that every scenario runs against.

use crate::common::Server;
use crate::common::node::Node;

/// Messages each second, for the scenarios that are not about that limit.
const NO_LIMIT: u32 = 1_000_000;

/// A server of the chat.
pub(crate) trait Chat: Server {
    /// Starts it on a free port, with the limit that it has if nothing is said.
    async fn with_its_own_limit() -> Self;
}

/// `tests/node/chat.js`, on the original Socket.IO server.
pub(crate) struct NodeChat(Node);

impl Server for NodeChat {
    async fn start(port: u16) -> Self {
        Self(Node::run("chat.js", port, &[NO_LIMIT.to_string()]).await)
    }

    fn port(&self) -> u16 {
        self.0.port()
    }

    async fn crash(self) {
        self.0.crash().await;
    }
}

impl Chat for NodeChat {
    async fn with_its_own_limit() -> Self {
        Self(Node::run("chat.js", 0, &[]).await)
    }
}
