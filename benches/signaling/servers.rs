//! The servers that are compared, each a process of its own.

use std::net::SocketAddr;
use std::path::Path;

use testing::program::Program;
use testing::redis::Redis;
use tokio::process::Command;

/// Where npm has put the original Socket.IO.
const NODE_MODULES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/socketio_src/tests/node/node_modules");

/// Events each second that a client may send: no limit, as good as.
const RATE: &str = "1000000";
/// Connections at once: more than a process may have files.
const CONNECTIONS: &str = "1000000";

/// What is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `study-zoom serve`.
    Ours,
    /// `zoom_clone.js`.
    Node,
    /// Another build of our server: its path.
    Program(String),
}

impl Kind {
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Ours => "ours".to_owned(),
            Self::Node => "node".to_owned(),
            Self::Program(path) => path.rsplit('/').next().unwrap_or(path).to_owned(),
        }
    }

    fn command(&self, redis: Option<&Redis>) -> Command {
        let serve = |program: &str| {
            let mut command = Command::new(program);
            command.args(["serve", "--addr", "127.0.0.1:0", "--rate", RATE, "--max-connections", CONNECTIONS]);
            // As Node, it writes no line for each one who comes, and has no second server beside it.
            command.args(["--log", "warn", "--no-stun"]).env("STUDY_ZOOM_BUNDLE", "off");
            if let Some(redis) = redis {
                command.args(["--redis", &redis.url()]);
            }
            command
        };
        match self {
            Self::Ours => serve(env!("CARGO_BIN_EXE_study-zoom")),
            Self::Program(path) => serve(path),
            Self::Node => {
                let mut command = Command::new("node");
                command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/signaling/zoom_clone.js")).arg("0");
                command.env("NODE_PATH", NODE_MODULES);
                command
            }
        }
    }
}

/// What has to be installed first, if anything.
pub(crate) fn missing(node: bool, redis: bool) -> Option<&'static str> {
    let is_there = |program: &str| std::process::Command::new(program).arg("--version").output().is_ok();
    if node && !is_there("node") {
        return Some("Node is missing: apt-get install nodejs npm");
    }
    if node && !Path::new(NODE_MODULES).join("socket.io").is_dir() {
        return Some("the original Socket.IO is missing: npm install --prefix socketio_src/tests/node");
    }
    (redis && !is_there("redis-server")).then_some("redis-server is missing: apt-get install redis-server")
}

/// One server, or several that share a Redis. They end when this is dropped.
pub(crate) struct Site {
    servers: Vec<Program>,
    /// Where they listen.
    pub(crate) addresses: Vec<SocketAddr>,
    redis: Option<Redis>,
}

impl Site {
    /// One server, alone.
    pub(crate) async fn alone(kind: &Kind) -> Self {
        let mut site = Self { servers: Vec::new(), addresses: Vec::new(), redis: None };
        site.start(kind).await;
        site
    }

    /// So many of ours, on a Redis of their own.
    pub(crate) async fn together(servers: usize) -> Self {
        let mut site = Self { servers: Vec::new(), addresses: Vec::new(), redis: Some(Redis::start()) };
        for _ in 0..servers {
            site.start(&Kind::Ours).await;
        }
        site
    }

    async fn start(&mut self, kind: &Kind) {
        let mut server = Program::start(&kind.name(), &mut kind.command(self.redis.as_ref()));
        self.addresses.push(server.address().await);
        self.servers.push(server);
    }

    /// The ids of the processes of its servers.
    pub(crate) fn pids(&self) -> Vec<u32> {
        self.servers.iter().map(Program::pid).collect()
    }

    /// The id of the process of its Redis.
    pub(crate) fn redis_pid(&self) -> Option<u32> {
        self.redis.as_ref().map(Redis::pid)
    }
}
