//! Servers as processes, and what they cost.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::limit;
use crate::load::PATIENCE;

/// The servers that are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Limit,
    Npm,
    Chat,
    Example(&'static str),
}

impl Kind {
    pub(crate) const ALL: [Self; 5] =
        [Self::Limit, Self::Npm, Self::Chat, Self::Example("03_broadcast"), Self::Example("06_slow_clients")];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Limit => "limit",
            Self::Npm => "npm ws",
            Self::Chat => "chat",
            Self::Example(name) => name,
        }
    }

    /// Whether it wants JSON with a type.
    pub(crate) fn is_typed(self) -> bool {
        matches!(self, Self::Chat | Self::Example("06_slow_clients"))
    }

    pub(crate) fn is_installed(&self) -> bool {
        match self {
            Self::Limit | Self::Chat => true,
            Self::Npm => node_folder().join("node_modules/ws").is_dir(),
            Self::Example(name) => example(name).exists(),
        }
    }

    fn command(self) -> Command {
        let mut command = match self {
            Self::Limit => Command::new(std::env::current_exe().expect("this program has a path")),
            Self::Npm => Command::new("node"),
            Self::Chat => Command::new(env!("CARGO_BIN_EXE_websocket_src")),
            Self::Example(name) => Command::new(example(name)),
        };
        match self {
            Self::Limit => command.arg(limit::ARGUMENT),
            Self::Npm => command.arg(node_folder().join("broadcast.js")),
            // The sender is faster than any person.
            Self::Chat => command.args(["--addr", "127.0.0.1:0", "--rate", "100000", "--log", "warn"]),
            Self::Example(_) => command.args(["--addr", "127.0.0.1:0"]),
        };
        command
    }
}

fn node_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/node")
}

fn example(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_websocket_src")).with_file_name("examples").join(name)
}

/// A server under way. Killed when it is dropped.
pub(crate) struct Server {
    pub(crate) kind: Kind,
    pub(crate) address: SocketAddr,
    child: Child,
    /// Kept, so that the server may go on printing.
    _stdout: Lines<BufReader<ChildStdout>>,
}

impl Server {
    pub(crate) async fn start(kind: Kind) -> Self {
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
        let mut words =
            line.split_whitespace().filter_map(|word| word.split("://").nth(1)?.split('/').next()?.parse().ok());
        let address = words.next().unwrap_or_else(|| panic!("no address in {line:?}"));
        Self { kind, address, child, _stdout: stdout }
    }

    /// The processor time of all its threads, up to now.
    pub(crate) fn cpu_time(&self) -> Duration {
        let stat = self.proc("stat");
        // The name of the program, in brackets, may contain spaces. The time in user mode and in the kernel are fields
        // 14 and 15, in hundredths of a second (man 5 proc).
        let (_, fields) = stat.rsplit_once(") ").expect("the name is in brackets");
        let ticks = fields.split(' ').skip(11).take(2).map(|field| field.parse::<u64>().expect("a number"));
        Duration::from_millis(ticks.sum::<u64>() * 10)
    }

    pub(crate) fn resident_kb(&self) -> f64 {
        testing::cost::resident_kb(self.child.id().expect("the server runs"))
    }

    fn proc(&self, file: &str) -> String {
        let pid = self.child.id().expect("the server runs");
        std::fs::read_to_string(format!("/proc/{pid}/{file}")).expect("the server runs, on Linux")
    }
}
