//! The files of a headless peer: offers those of `--send`, takes those that come to `--receive`, says how it goes.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use futures::StreamExt;
use study_zoom::explain::record::FileNews;
use study_zoom::native::{DiskSource, Files, Folder, IncomingFiles, NativeChannel};
use study_zoom::transfer::name::one_line;
use study_zoom::transfer::{Canceller, Offered, Progress, TransferError, canceller, receive_file, send_file};
use support::cli::Failure;
use tokio::task::JoinSet;

use super::PeerArguments;
use super::journal::print_line;

/// How often progress is shown.
const SHOWN_EVERY: Duration = Duration::from_secs(1);
/// How long transfers may take to end once they are cancelled, or their call is over.
const ENDING_TIME: Duration = Duration::from_secs(6);

/// All transfers of a run.
pub(super) struct Transfers {
    to_send: Vec<ToSend>,
    folder: Option<Folder>,
    /// Those of the present engine.
    engine: Option<(Files, IncomingFiles)>,
    running: JoinSet<Ending>,
    cancellers: Vec<Canceller>,
    sent: usize,
    received: usize,
    failed: usize,
    /// What the record of the call does not have yet.
    news: Vec<FileNews>,
}

/// A file of `--send`.
struct ToSend {
    path: PathBuf,
    /// Why nobody has received it so far; `None` once somebody has.
    missing: Option<String>,
}

/// How a transfer ended.
struct Report {
    /// Which file of `--send` it was, if it was one.
    sending: Option<usize>,
    /// What can be said of it, or why it did not work.
    result: Result<String, String>,
    /// In bytes, if it has arrived.
    size: Option<u64>,
}

/// What a transfer comes to; nothing, when there was nothing to be transferred.
type Ending = Option<Report>;

impl Transfers {
    /// Checks everything before the call begins: a file that cannot be read is better known now than then.
    pub(super) async fn new(arguments: &PeerArguments) -> Result<Self, Failure> {
        let mut to_send = Vec::new();
        for path in &arguments.send {
            DiskSource::open(path).await.map_err(|error| format!("--send: {error}"))?;
            to_send.push(ToSend { path: path.clone(), missing: Some("nobody was connected".to_owned()) });
        }
        let folder = match &arguments.receive {
            Some(path) => Some(Folder::open(path).await.map_err(|error| format!("--receive: {error}"))?),
            None => None,
        };
        let (engine, running, cancellers) = (None, JoinSet::new(), Vec::new());
        Ok(Self { to_send, folder, engine, running, cancellers, sent: 0, received: 0, failed: 0, news: Vec::new() })
    }

    /// A new engine makes the calls from now on.
    pub(super) fn attach(&mut self, files: Files) {
        let incoming = files.incoming();
        self.engine = Some((files, incoming));
    }

    /// Somebody is connected: offers them everything.
    pub(super) fn send_all(&mut self) {
        let Some((files, _)) = &self.engine else { return };
        for (index, file) in self.to_send.iter().enumerate() {
            let (canceller, cancelled) = canceller();
            self.cancellers.push(canceller);
            self.news.push(FileNews { sent: true, done: false, size: None });
            self.running.spawn(send(index, file.path.clone(), files.clone(), cancelled));
        }
    }

    /// Waits for something to happen, and deals with it. Cancel safe.
    pub(super) async fn next(&mut self) {
        let offered = async {
            match &mut self.engine {
                Some((_, incoming)) => incoming.next().await,
                None => None,
            }
        };
        tokio::select! {
            Some(channel) = offered => {
                let (canceller, cancelled) = canceller();
                self.cancellers.push(canceller);
                self.running.spawn(receive(channel, self.folder.clone(), cancelled));
            }
            Some(report) = self.running.join_next() => self.take(report.expect("a transfer does not panic")),
            // Both have nothing to wait for.
            else => std::future::pending().await,
        }
    }

    /// Stops all that are under way, and waits until the other side knows.
    pub(super) async fn cancel(&mut self, reason: &str) {
        for canceller in self.cancellers.drain(..) {
            canceller.cancel(reason);
        }
        self.settle().await;
    }

    /// Waits for the end of all that are under way: they have been cancelled, or their call is over.
    pub(super) async fn settle(&mut self) {
        let ending = async {
            while let Some(report) = self.running.join_next().await {
                self.take(report.expect("a transfer does not panic"));
            }
        };
        if tokio::time::timeout(ENDING_TIME, ending).await.is_err() {
            print_line!("{} transfers did not end: left", self.running.len());
            self.failed += self.running.len();
            self.running.abort_all();
        }
        self.cancellers.clear();
    }

    /// What has happened since the last time, for the record of the call.
    pub(super) fn news(&mut self) -> impl Iterator<Item = FileNews> {
        self.news.drain(..)
    }

    /// Says what it came to.
    pub(super) fn say_total(&self) {
        let Self { sent, received, failed, .. } = self;
        if sent + received + failed > 0 {
            print_line!("files: {sent} sent, {received} received, {failed} not transferred");
        }
    }

    /// An error when a file that was to be sent has reached nobody.
    pub(super) fn verdict(&self) -> Result<(), Failure> {
        let missing = self.to_send.iter().find_map(|file| Some((&file.path, file.missing.as_ref()?)));
        match missing {
            Some((path, reason)) => {
                Err(format!("{} was not received by the other side: {reason}", path.display()).into())
            }
            None => Ok(()),
        }
    }

    fn take(&mut self, ending: Ending) {
        if self.running.is_empty() {
            self.cancellers.clear();
        }
        let Some(report) = ending else { return };
        let (Ok(text) | Err(text)) = &report.result;
        print_line!("{text}");
        self.news.push(FileNews { sent: report.sending.is_some(), done: true, size: report.size });
        match (report.sending, report.result) {
            (Some(index), Ok(_)) => {
                self.sent += 1;
                self.to_send[index].missing = None;
            }
            (None, Ok(_)) => self.received += 1,
            (sending, Err(reason)) => {
                self.failed += 1;
                // Somebody else may have it.
                let missing = sending.and_then(|index| self.to_send[index].missing.as_mut());
                if let Some(missing) = missing {
                    *missing = reason;
                }
            }
        }
    }
}

async fn send(index: usize, path: PathBuf, files: Files, cancelled: impl Future<Output = String>) -> Ending {
    let name = one_line(&path.file_name().unwrap_or_default().to_string_lossy());
    let mut meter = Meter::new(format!("sending {name:?}"));
    let sending = async {
        let mut source = DiskSource::open(&path).await.map_err(|error| error.to_string())?;
        let channel = files.open().await.map_err(|error| error.to_string())?;
        let sent = send_file(&channel, &mut source, |progress| meter.show(progress), cancelled).await;
        sent.map_err(|error| error.to_string())
    };
    let (result, size) = match sending.await {
        Ok(sent) => {
            let text = format!("sent {name:?}: {}, sha256 {}", meter.rate(sent.size), sent.sha256);
            (Ok(text), Some(sent.size))
        }
        Err(reason) => (Err(format!("{name:?} was not sent: {reason}")), None),
    };
    Some(Report { sending: Some(index), result, size })
}

async fn receive(channel: NativeChannel, folder: Option<Folder>, cancelled: impl Future<Output = String>) -> Ending {
    let mut name = "a file".to_owned();
    let mut meter = Meter::new("receiving".to_owned());
    let place = async |offered: Offered| {
        name = format!("{:?}", offered.name);
        match folder {
            Some(folder) => folder.place(&offered.name).await.map_err(|error| error.to_string()),
            None => Err("this peer takes no files: start it with --receive DIR".to_owned()),
        }
    };
    let received = receive_file(&channel, place, |progress| meter.show(progress), cancelled).await;
    let (result, size) = match received {
        Ok(received) => {
            let (rate, path) = (meter.rate(received.offered.size), received.stored.display());
            let text = format!("received {name} as {path}: {rate}, sha256 {}", received.sha256);
            (Ok(text), Some(received.offered.size))
        }
        Err(TransferError::NothingOffered) => return None,
        Err(error) => (Err(format!("{name} was not received: {error}")), None),
    };
    Some(Report { sending: None, result, size })
}

/// Measures a transfer, and shows it on a terminal while it lasts.
struct Meter {
    what: String,
    /// From the first progress on, which is when it was accepted: how long somebody thinks about it is not its speed.
    started: Option<Instant>,
    shown: Instant,
    terminal: bool,
}

impl Meter {
    fn new(what: String) -> Self {
        Self { what, started: None, shown: Instant::now(), terminal: std::io::stdout().is_terminal() }
    }

    fn show(&mut self, Progress { done, total }: Progress) {
        self.started.get_or_insert_with(Instant::now);
        if self.terminal && self.shown.elapsed() >= SHOWN_EVERY {
            self.shown = Instant::now();
            let percent = done.saturating_mul(100) / total.max(1);
            print_line!("{}: {percent} % of {}, {}", self.what, size(total), self.rate(done));
        }
    }

    /// So much in such a time.
    fn rate(&self, bytes: u64) -> String {
        let seconds = self.started.map_or(0.0, |started| started.elapsed().as_secs_f64());
        let rate = bytes as f64 / seconds.max(0.001) / 1e6;
        format!("{bytes} bytes in {seconds:.1} s, {rate:.1} MB/s")
    }
}

/// A number of bytes, for people.
fn size(bytes: u64) -> String {
    let bytes = bytes as f64;
    match bytes {
        ..1e3 => format!("{bytes} bytes"),
        ..1e6 => format!("{:.1} kB", bytes / 1e3),
        ..1e9 => format!("{:.1} MB", bytes / 1e6),
        _ => format!("{:.1} GB", bytes / 1e9),
    }
}
