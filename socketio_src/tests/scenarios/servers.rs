//! The two servers that every scenario runs against.

use std::net::Ipv4Addr;
use std::time::Duration;

use socketio_src::server::{self, Rate, ServerOptions};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::common::node::Node;
use crate::common::{Server, within};

/// Messages each second, for the scenarios that are not about that limit.
const NO_LIMIT: u32 = 1_000_000;

/// A server of the chat.
pub(crate) trait Chat: Server {
    /// Starts it on a free port, with the limit that it has if nothing is said.
    async fn with_its_own_limit() -> Self;
}

/// This chapter's server, in a runtime of its own, so that it can crash: dropping the runtime drops all connections.
pub(crate) struct OurChat {
    /// `None` only while it is being dropped.
    runtime: Option<Runtime>,
    port: u16,
}

impl OurChat {
    async fn start_with(port: u16, options: ServerOptions) -> Self {
        let runtime = Runtime::new().unwrap();
        let serve = runtime.spawn(async move {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.unwrap();
            let port = listener.local_addr().unwrap().port();
            tokio::spawn(async move { server::run(listener, &options, std::future::pending()).await });
            port
        });
        let port = within("the server to listen", serve).await.unwrap();
        Self { runtime: Some(runtime), port }
    }
}

impl Server for OurChat {
    async fn start(port: u16) -> Self {
        Self::start_with(port, ServerOptions { rate: Rate::UNLIMITED, ..ServerOptions::default() }).await
    }

    fn port(&self) -> u16 {
        self.port
    }

    async fn crash(mut self) {
        let runtime = self.runtime.take().expect("it has not crashed yet");
        // A runtime cannot be shut down from within another one.
        let shutdown = tokio::task::spawn_blocking(move || runtime.shutdown_timeout(Duration::from_secs(5)));
        within("the end of the server", shutdown).await.unwrap();
    }
}

impl Chat for OurChat {
    async fn with_its_own_limit() -> Self {
        Self::start_with(0, ServerOptions::default()).await
    }
}

impl Drop for OurChat {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
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
