//! Servers as processes, and what they cost.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::load::PATIENCE;
use crate::naive;

/// Messages each second that a client may send: no limit, as good as.
const RATE: &str = "1000000";

/// The servers that are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `tests/node/chat.js`.
    Node,
    /// This chapter's server.
    Chat,
    /// The few lines that one writes first.
    Naive,
    /// Another build of this chapter's server: its path.
    Program(String),
}

impl Kind {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Node => "node",
            Self::Chat => "chat",
            Self::Naive => "naive",
            Self::Program(path) => path.rsplit('/').next().unwrap_or(path),
        }
    }

    pub(crate) fn is_installed(&self) -> bool {
        *self != Self::Node || node_folder().join("node_modules/socket.io").is_dir()
    }

    fn command(&self) -> Command {
        let program = |path: &str| {
            let mut command = Command::new(path);
            command.args(["--addr", "127.0.0.1:0", "--rate", RATE, "--log", "warn"]);
            command
        };
        match self {
            Self::Node => {
                let mut command = Command::new("node");
                command.arg(node_folder().join("chat.js")).args(["0", RATE]);
                command
            }
            Self::Chat => program(env!("CARGO_BIN_EXE_socketio_src")),
            Self::Naive => {
                let mut command = Command::new(std::env::current_exe().expect("this program has a path"));
                command.arg(naive::ARGUMENT);
                command
            }
            Self::Program(path) => program(path),
        }
    }
}

fn node_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/node")
}

/// A server under way. Killed when it is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    child: Child,
    /// Kept, so that the server may go on printing.
    _stdout: Lines<BufReader<ChildStdout>>,
}

impl Server {
    pub(crate) async fn start(kind: &Kind) -> Self {
        let mut child = kind
            .command()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{} starts: {error}", kind.name()));
        let mut stdout = BufReader::new(child.stdout.take().expect("piped")).lines();
        let line = timeout(PATIENCE, stdout.next_line()).await.expect("the server starts in time");
        let line = line.expect("text").expect("the server says where it listens");
        Self { address: address(&line), child, _stdout: stdout }
    }

    /// The id of its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id().expect("the server runs")
    }
}

/// The first line of a server has its address in it, or is its port.
fn address(line: &str) -> SocketAddr {
    let mut words = line.split_whitespace();
    let port = words.find_map(|word| word.rsplit(':').next()?.parse().ok());
    SocketAddr::from(([127, 0, 0, 1], port.unwrap_or_else(|| panic!("no port in {line:?}"))))
}
