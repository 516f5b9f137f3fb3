//! Programs as a person starts them.

use std::fmt::Display;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// How long anything may take on a machine that has many other things to do: only a test that fails waits this long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Waits for `future`, but not for ever: the panic says what did not happen.
pub(crate) async fn within<T>(what: impl Display, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(output) => output,
        Err(_) => panic!("did not happen within {PATIENCE:?}: {what}"),
    }
}

/// A program under way. Killed when it is dropped.
pub(crate) struct Program {
    name: String,
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: Lines<BufReader<ChildStdout>>,
    seen: Vec<String>,
}

/// How a program ended.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Program {
    /// The chat itself.
    pub(crate) fn chat(arguments: &[&str]) -> Self {
        Self::start("socketio_src", Path::new(env!("CARGO_BIN_EXE_socketio_src")), arguments)
    }

    /// One of the examples.
    pub(crate) fn example(name: &str, arguments: &[&str]) -> Self {
        // Cargo puts the examples into a folder beside the program.
        let path = PathBuf::from(env!("CARGO_BIN_EXE_socketio_src")).with_file_name("examples").join(name);
        assert!(path.exists(), "{name} is not built: cargo build -p socketio_src --examples");
        Self::start(name, &path, arguments)
    }

    /// The client of the original project, in Node.
    pub(crate) fn official_client(server: SocketAddr) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node");
        let missing = "the official client is not installed: npm install --prefix socketio_src/tests/node";
        assert!(folder.join("node_modules/socket.io-client").is_dir(), "{missing}");
        let script = folder.join("client.js");
        let script = script.to_str().expect("the path of the course is text");
        Self::start("the official client", Path::new("node"), &[script, &format!("http://{server}")])
    }

    fn start(name: &str, path: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(path)
            .args(arguments)
            .env("STUDY_ZOOM_CLIENT", "off") // nobody opens the page
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{name} starts: {error}"));
        let stdout = BufReader::new(child.stdout.take().expect("piped")).lines();
        let stdin = child.stdin.take();
        Self { name: name.to_owned(), child, stdin, stdout, seen: Vec::new() }
    }

    /// The next line.
    pub(crate) async fn line(&mut self) -> String {
        let next = within(format!("{} prints a line", self.name), self.stdout.next_line()).await;
        let line = next.expect("stdout is text");
        let line = line.unwrap_or_else(|| panic!("{} ended after {:#?}", self.name, self.seen));
        self.seen.push(line.clone());
        line
    }

    /// What it has printed, for the message of a test that fails.
    pub(crate) fn so_far(&self) -> String {
        format!("{} has printed {:#?}", self.name, self.seen)
    }

    /// The next line, which must be this one.
    pub(crate) async fn prints(&mut self, expected: &str) {
        let line = self.line().await;
        assert_eq!(line, expected, "{} printed something else, after {:#?}", self.name, self.seen);
    }

    /// Waits for a line with this in it.
    pub(crate) async fn until(&mut self, text: &str) -> String {
        let reading = async {
            loop {
                let line = self.line().await;
                if line.contains(text) {
                    return line;
                }
            }
        };
        within(format!("{text:?} is printed"), reading).await
    }

    /// Waits for the line that says where it listens.
    pub(crate) async fn address(&mut self) -> SocketAddr {
        let line = self.until("listens on").await;
        let address = line.split("http://").nth(1).and_then(|rest| rest.split_whitespace().next()?.parse().ok());
        address.unwrap_or_else(|| panic!("{}: no address in {line:?}", self.name))
    }

    /// Types a line.
    pub(crate) async fn types(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().expect("stdin is open");
        stdin.write_all(format!("{line}\n").as_bytes()).await.expect("the program reads");
    }

    /// Types Ctrl-D.
    pub(crate) fn end_of_input(&mut self) {
        self.stdin = None;
    }

    /// Sends a signal by its name.
    pub(crate) async fn signal(&self, name: &str) {
        let pid = self.child.id().expect("the program runs");
        let sent = Command::new("sh").args(["-c", &format!("kill -{name} {pid}")]).status().await;
        assert!(sent.expect("there is a shell").success());
    }

    /// Waits for the end.
    pub(crate) async fn end(mut self) -> Ended {
        let mut stderr_pipe = self.child.stderr.take().expect("piped");
        let mut stderr = String::new();
        let reading = async {
            while let Some(line) = self.stdout.next_line().await.expect("stdout is text") {
                self.seen.push(line);
            }
        };
        let ending = async { tokio::join!(reading, stderr_pipe.read_to_string(&mut stderr), self.child.wait()) };
        let (_, _, status) = within(format!("{} ends", self.name), ending).await;
        Ended { status: status.expect("it can be waited for"), stdout: self.seen.join("\n"), stderr }
    }
}

impl Ended {
    /// It ended without an error; what it printed.
    pub(crate) fn well(self) -> String {
        assert!(self.status.success(), "{}: {}\n{}", self.status, self.stderr, self.stdout);
        self.stdout
    }
}
