//! Programs as a person starts them.

use std::path::Path;
use std::process::{ExitStatus, Stdio};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;

use crate::{PATIENCE, within};

/// A program under way. Killed when it is dropped.
pub struct Program {
    name: String,
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: Lines<BufReader<ChildStdout>>,
    /// Read all the time: a program whose complaints nobody reads stands still when the pipe is full.
    stderr: JoinHandle<String>,
    seen: Vec<String>,
}

/// How a program ended.
pub struct Ended {
    /// Its exit status.
    pub status: ExitStatus,
    /// All that it has printed.
    pub stdout: String,
    /// All that it has complained about.
    pub stderr: String,
}

impl Program {
    /// An example, which cargo has put into a folder beside the `binary` of its package.
    pub fn example(binary: &str, name: &str, arguments: &[&str]) -> Self {
        let path = Path::new(binary).with_file_name("examples").join(name);
        assert!(path.exists(), "{name} is not built: cargo build --workspace --examples");
        Self::start(name, Command::new(path).args(arguments))
    }

    /// Any program.
    pub fn start(name: &str, command: &mut Command) -> Self {
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
        let mut stderr = child.stderr.take().expect("piped");
        let stderr = tokio::spawn(async move {
            let mut text = Vec::new();
            // An error ends it like the end of the program.
            let _ = stderr.read_to_end(&mut text).await;
            String::from_utf8_lossy(&text).into_owned()
        });
        let stdin = child.stdin.take();
        Self { name: name.to_owned(), child, stdin, stdout, stderr, seen: Vec::new() }
    }

    /// The id of its process.
    pub fn pid(&self) -> u32 {
        self.child.id().expect("the program runs")
    }

    /// The next line.
    pub async fn line(&mut self) -> String {
        let what = format!("{} prints a line, after {:#?}", self.name, self.seen);
        let next = within(PATIENCE, what, self.stdout.next_line()).await;
        let line = next.expect("stdout is text");
        let line = line.unwrap_or_else(|| panic!("{} ended after {:#?}", self.name, self.seen));
        self.seen.push(line.clone());
        line
    }

    /// What it has printed, for the message of a test that fails.
    pub fn so_far(&self) -> String {
        format!("{} has printed {:#?}", self.name, self.seen)
    }

    /// All lines that it has printed and that were read.
    pub fn so_far_in_lines(&self) -> String {
        self.seen.join("\n")
    }

    /// The next line, which must be this one.
    pub async fn prints(&mut self, expected: &str) {
        let line = self.line().await;
        assert_eq!(line, expected, "{} printed something else, after {:#?}", self.name, self.seen);
    }

    /// Waits for a line with this in it.
    pub async fn until(&mut self, text: &str) -> String {
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
    pub async fn address(&mut self) -> std::net::SocketAddr {
        let line = self.until("listens on").await;
        let words = line.split_whitespace().map(|word| word.trim_end_matches(','));
        let mut addresses = words.filter_map(|word| word.split("://").nth(1)?.split('/').next()?.parse().ok());
        addresses.next().unwrap_or_else(|| panic!("{}: no address in {line:?}", self.name))
    }

    /// Types a line.
    pub async fn type_line(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().expect("stdin is open");
        stdin.write_all(format!("{line}\n").as_bytes()).await.expect("the program reads");
    }

    /// Types Ctrl-D.
    pub fn end_of_input(&mut self) {
        self.stdin = None;
    }

    /// Sends a signal by its name.
    pub async fn signal(&self, name: &str) {
        let sent = Command::new("sh").args(["-c", &format!("kill -{name} {}", self.pid())]).status().await;
        assert!(sent.expect("there is a shell").success());
    }

    /// Waits for the end, or for as long as anything may take.
    pub async fn end(mut self) -> Ended {
        let reading = async {
            while let Some(line) = self.stdout.next_line().await.expect("stdout is text") {
                self.seen.push(line);
            }
        };
        let ending = async { tokio::join!(reading, self.stderr, self.child.wait()) };
        let (_, stderr, status) = within(PATIENCE, format!("{} ends", self.name), ending).await;
        let (status, stderr) = (status.expect("it can be waited for"), stderr.expect("it does not panic"));
        Ended { status, stdout: self.seen.join("\n"), stderr }
    }

    /// Asks it to end, as Ctrl-C does.
    pub async fn stop(self) -> Ended {
        self.signal("INT").await;
        self.end().await
    }
}

impl Ended {
    /// Ended without an error. Returns what it has printed.
    pub fn well(self) -> String {
        assert!(self.status.success(), "{}: {}\n{}", self.status, self.stderr, self.stdout);
        self.stdout
    }

    /// Failed with one line that has all of these in it. Another one may say where to read on.
    pub fn with_error(self, parts: &[&str]) {
        let Ended { status, stdout, stderr } = self;
        assert!(!status.success(), "{stdout}");
        let lines: Vec<_> = stderr.lines().collect();
        assert!(
            lines.len() == 1 || lines.len() == 2 && lines[1].starts_with("see docs/troubleshooting.md#"),
            "{stderr}"
        );
        for part in ["error: "].iter().chain(parts) {
            assert!(lines[0].contains(part), "no {part:?} in: {stderr}");
        }
    }
}
