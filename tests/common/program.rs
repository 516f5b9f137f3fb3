//! A server in a process of its own: it can be killed and frozen.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::NamedTempFile;

/// A server, `study-zoom serve` if nothing else is said. Killed when it is dropped.
pub(crate) struct ServerProgram {
    child: Child,
    url: String,
    log: NamedTempFile,
}

impl ServerProgram {
    /// Starts it with others that share this Redis, and waits until it listens.
    pub(crate) fn start(redis: &str) -> Self {
        Self::start_with(&["--redis", redis])
    }

    /// Starts it, and waits until it listens.
    pub(crate) fn start_with(options: &[&str]) -> Self {
        Self::start_at("127.0.0.1:0", options)
    }

    /// Starts it at this address.
    pub(crate) fn start_at(address: &str, options: &[&str]) -> Self {
        Self::try_start_at(address, options).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The same, for an address that may be taken.
    pub(crate) fn try_start_at(address: &str, options: &[&str]) -> Result<Self, String> {
        let arguments = [&["serve", "--addr", address], options].concat();
        Self::try_start(Path::new(env!("CARGO_BIN_EXE_study-zoom")), &arguments)
    }

    /// Any server that says in its first line where it listens.
    pub(crate) fn try_start(program: &Path, arguments: &[&str]) -> Result<Self, String> {
        let log = NamedTempFile::new().expect("a file for the log");
        let mut child = Command::new(program)
            .args(arguments)
            // The pages are not what is tested here.
            .env("STUDY_ZOOM_BUNDLE", "off")
            .env("STUDY_ZOOM_CLIENT", "off")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log.reopen().expect("the file can be opened twice"))
            .spawn()
            .expect("the program was built with the tests");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("piped");
        BufReader::new(stdout).read_line(&mut line).expect("stdout is text");
        let url = line.split_whitespace().find(|word| word.starts_with("http://")).map(str::to_owned);
        let program = Self { child, url: url.unwrap_or_default(), log };
        match program.url.is_empty() {
            true => Err(format!("the server does not listen: {line:?}\n{}", program.log())),
            false => Ok(program),
        }
    }

    /// Where clients connect to.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// All that it has logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.log.path()).expect("the log is text")
    }

    /// How much memory it has at present, in kilobytes.
    pub(crate) fn memory(&self) -> u64 {
        testing::cost::resident_kb(self.child.id()) as u64
    }

    /// Whether it has ended by itself, and how.
    pub(crate) fn has_ended(&mut self) -> Option<std::process::ExitStatus> {
        self.child.try_wait().expect("it can be asked for")
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, signal: &str) {
        let status = Command::new("kill").arg(format!("-{signal}")).arg(self.child.id().to_string()).status();
        assert!(status.expect("the system has kill").success());
    }
}

impl Drop for ServerProgram {
    fn drop(&mut self) {
        // It may have been killed already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
