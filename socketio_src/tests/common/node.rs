//! The original Socket.IO server, as a child process.

use std::path::Path;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::{Server, within};

/// `node server.js`, or another script beside it. Killed when it is dropped.
pub(crate) struct Node {
    /// The process. It ends by itself when its stdin does, so it cannot outlive the test.
    child: Child,
    /// Where it listens.
    port: u16,
}

impl Node {
    /// Starts a script of `tests/node` with its port, 0 for any free one, and more arguments.
    pub(crate) async fn run(script: &str, port: u16, arguments: &[String]) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node");
        assert!(
            folder.join("node_modules/socket.io").is_dir(),
            "the Node server is not installed. Run this first: npm install --prefix socketio_src/tests/node"
        );
        let mut child = Command::new("node")
            .arg(folder.join(script))
            .arg(port.to_string())
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("node starts: install Node 20 or newer");
        let stdout = child.stdout.take().expect("stdout was asked for above");
        let line = within("the port of the Node server", BufReader::new(stdout).lines().next_line()).await.unwrap();
        let port = line.expect("the Node server prints its port").parse().expect("the port is a number");
        Self { child, port }
    }
}

impl Server for Node {
    async fn start(port: u16) -> Self {
        Self::run("server.js", port, &[]).await
    }

    fn port(&self) -> u16 {
        self.port
    }

    async fn crash(mut self) {
        within("the end of the Node server", self.child.kill()).await.unwrap();
    }
}
