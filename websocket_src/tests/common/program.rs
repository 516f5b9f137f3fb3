//! Programs as a person starts them. The tests of chapter 2 include this file with `#[path]`.

#![allow(dead_code, reason = "every test file has its own copy of this module and uses a part of it")]

use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::{PATIENCE, within};

/// The program of the chapter.
const CHAT: &str = env!(concat!("CARGO_BIN_EXE_", env!("CARGO_PKG_NAME")));

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
        Self::start(env!("CARGO_PKG_NAME"), Command::new(CHAT).args(arguments))
    }

    /// One of the examples.
    pub(crate) fn example(name: &str, arguments: &[&str]) -> Self {
        // Cargo puts the examples into a folder beside the program.
        let path = PathBuf::from(CHAT).with_file_name("examples").join(name);
        assert!(path.exists(), "{name} is not built: cargo build -p {} --examples", env!("CARGO_PKG_NAME"));
        Self::start(name, Command::new(path).args(arguments))
    }

    /// Any program.
    pub(crate) fn start(name: &str, command: &mut Command) -> Self {
        let mut child = command
            // Nobody opens a page: the chat of chapter 2 need not fetch what its page is written for.
            .env("STUDY_ZOOM_CLIENT", "off")
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

    pub(crate) fn pid(&self) -> u32 {
        self.child.id().expect("the program runs")
    }

    /// The next line.
    pub(crate) async fn line(&mut self) -> String {
        let next = within(PATIENCE, format!("{} prints a line", self.name), self.stdout.next_line()).await;
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
        let what = format!("{} prints {text:?}", self.name);
        let reading = async {
            loop {
                let line = self.line().await;
                if line.contains(text) {
                    return line;
                }
            }
        };
        within(PATIENCE, what, reading).await
    }

    /// Waits for the line that says where it listens.
    pub(crate) async fn address(&mut self) -> std::net::SocketAddr {
        let line = self.until("listens on").await;
        let words = line.split_whitespace().map(|word| word.trim_end_matches(','));
        let mut addresses = words.filter_map(|word| word.split("://").nth(1)?.split('/').next()?.parse().ok());
        addresses.next().unwrap_or_else(|| panic!("{}: no address in {line:?}", self.name))
    }

    /// Types a line.
    pub(crate) async fn type_line(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().expect("stdin is open");
        stdin.write_all(format!("{line}\n").as_bytes()).await.expect("the program reads");
    }

    /// Types Ctrl-D.
    pub(crate) fn end_of_input(&mut self) {
        self.stdin = None;
    }

    /// Sends a signal by its name.
    pub(crate) async fn signal(&self, name: &str) {
        let sent = Command::new("sh").args(["-c", &format!("kill -{name} {}", self.pid())]).status().await;
        assert!(sent.expect("there is a shell").success());
    }

    /// Waits for the end, or for as long as anything may take.
    pub(crate) async fn end(mut self) -> Ended {
        let mut stderr_pipe = self.child.stderr.take().expect("piped");
        let mut stderr = String::new();
        let reading = async {
            while let Some(line) = self.stdout.next_line().await.expect("stdout is text") {
                self.seen.push(line);
            }
        };
        let ending = async { tokio::join!(reading, stderr_pipe.read_to_string(&mut stderr), self.child.wait()) };
        let (_, _, status) = within(PATIENCE, format!("{} ends", self.name), ending).await;
        Ended { status: status.expect("it can be waited for"), stdout: self.seen.join("\n"), stderr }
    }

    /// Asks it to end, as Ctrl-C does.
    pub(crate) async fn stop(self) -> Ended {
        self.signal("INT").await;
        self.end().await
    }
}

impl Ended {
    pub(crate) fn well(self) -> String {
        assert!(self.status.success(), "{}: {}\n{}", self.status, self.stderr, self.stdout);
        self.stdout
    }

    /// Failed with one line that has all of these in it.
    pub(crate) fn with_error(self, parts: &[&str]) {
        let Ended { status, stdout, stderr } = self;
        assert!(!status.success(), "{stdout}");
        let lines: Vec<_> = stderr.lines().collect();
        assert_eq!(lines.len(), 1, "{stderr}");
        for part in ["error: "].iter().chain(parts) {
            assert!(lines[0].contains(part), "no {part:?} in: {stderr}");
        }
    }
}
