//! The server as a person starts it.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;

use testing::browser::PATIENCE;
use testing::within;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::{Mutex, MutexGuard};

/// One test at a time: a browser is much for a small machine. Ask for it before anything else.
pub(crate) async fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::const_new(());
    TURN.lock().await
}

/// Cargo's folder for the files of tests is `tmp` in the target directory.
pub(crate) fn target_dir() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).parent().expect("it is a folder in another one").to_owned()
}

/// `socketio_src`, on a port that was free. Killed when it is dropped.
pub(crate) struct Program {
    address: SocketAddr,
    arguments: Vec<String>,
    environment: Vec<(&'static str, OsString)>,
    /// `None` while it is down.
    running: Option<(Child, Lines<BufReader<ChildStdout>>)>,
}

impl Program {
    /// Starts it, with these arguments beside `--addr`.
    pub(crate) async fn start(arguments: &[&str]) -> Self {
        let client = target_dir().join("socket.io-client/node_modules");
        assert!(
            client.exists(),
            "{} is missing: the head of tests/browser/main.rs says what to install",
            client.display()
        );
        // It looks for the official client in the target directory, and fetches nothing that is not there.
        let environment = [("CARGO_TARGET_DIR", target_dir().into()), ("STUDY_ZOOM_CLIENT", "off".into())];
        Self::start_in(environment.into(), arguments).await
    }

    /// Likewise, in this environment.
    pub(crate) async fn start_in(environment: Vec<(&'static str, OsString)>, arguments: &[&str]) -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let mut program = Self { address, arguments, environment, running: None };
        program.start_again().await;
        program
    }

    /// Where the page is.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Starts it on the port that it had.
    pub(crate) async fn start_again(&mut self) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_socketio_src"))
            .args(["--addr", &self.address.to_string(), "--log", "warn"])
            .args(&self.arguments)
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("cargo has built the program");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let line = within(PATIENCE, "the server says where it listens", lines.next_line()).await.expect("text");
        let line = line.expect("the server starts");
        let address = line.split_whitespace().find_map(|word| word.strip_prefix("http://"));
        self.address = address.and_then(|address| address.parse().ok()).unwrap_or_else(|| panic!("no address: {line}"));
        self.running = Some((child, lines));
    }

    /// Ends it without a goodbye to anybody, as a crash does.
    pub(crate) async fn crash(&mut self) {
        let (mut child, _) = self.running.take().expect("the server runs");
        within(PATIENCE, "the server is gone", child.kill()).await.expect("it can be killed");
    }

    /// Asks it to end, as Ctrl-C does.
    pub(crate) async fn stop(&mut self) {
        let (mut child, _lines) = self.running.take().expect("the server runs");
        let kill = format!("kill -INT {}", child.id().expect("the server runs"));
        let status = Command::new("sh").args(["-c", &kill]).status().await;
        assert!(status.expect("there is a shell").success());
        within(PATIENCE, "the server ends", child.wait()).await.expect("it can be waited for");
    }
}
