//! What a program does around its server or client: raise a limit, keep a log, end when it is asked to.

use std::fmt::Display;
use std::io::{BufRead, IsTerminal, Write};
use std::process::ExitCode;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use shared::name::is_deceptive;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tracing_subscriber::EnvFilter;

use crate::troubleshooting;

/// What a failed command says: one line that names what went wrong and what to do next.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Each connection is an open file, and a process may often have 1,024 of them unless it asks for more.
pub fn allow_many_files() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    // An error leaves it as it was: fewer connections, then.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
}

/// Prints a line. Nobody listening (`| head`, say) is no reason to stop.
#[macro_export]
macro_rules! print_line {
    ($($arguments:tt)*) => {{
        use std::io::Write;
        let _ = writeln!(std::io::stdout(), $($arguments)*);
    }};
}

/// Starts the log on stderr. `filter` says what a bare level means; anything else is a filter itself, like
/// `socketio_src=debug,hyper=trace`.
///
/// # Errors
/// A text that says how to write a level.
pub fn start_logging(level: &str, filter: impl FnOnce(&str) -> String) -> Result<(), Failure> {
    let bare = ["error", "warn", "info", "debug", "trace", "off"].contains(&level);
    let filter = if bare { filter(level) } else { level.to_owned() };
    let filter = EnvFilter::try_new(&filter)
        .map_err(|error| format!("--log {level}: {error}; use error, warn, info, debug or trace"))?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| OneLine(std::io::stderr()))
        .with_ansi(std::io::stderr().is_terminal())
        // A log that cannot be written (a full disk, a closed terminal) is no reason to stop.
        .log_internal_errors(false)
        .init();
    Ok(())
}

/// The longest line of the log, in characters.
const LONGEST_LINE: usize = 1000;

/// Writes each message of the log as one line, whatever is in it: names, texts and reasons come from outside. So nobody
/// out there forges a line, moves the cursor of the terminal, or fills the disk with one long name.
struct OneLine<W>(W);

impl<W: Write> Write for OneLine<W> {
    fn write(&mut self, message: &[u8]) -> std::io::Result<usize> {
        let text = String::from_utf8_lossy(message);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        let mut line = String::new();
        for letter in text.chars().take(LONGEST_LINE) {
            match letter {
                // The colours. What comes from outside has none: `tracing` writes them in another way.
                '\x1b' => line.push(letter),
                _ if is_deceptive(letter) => line.extend(letter.escape_unicode()),
                _ => line.push(letter),
            }
        }
        if let Some(left_out) = text.len().checked_sub(line.len()).filter(|_| text.chars().nth(LONGEST_LINE).is_some())
        {
            line.push_str(&format!(" … ({left_out} bytes more)"));
        }
        line.push('\n');
        self.0.write_all(line.as_bytes())?;
        Ok(message.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

/// Listens where the command line says.
///
/// # Errors
/// A text that says what to do about it.
pub async fn listen(addr: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(addr).await.map_err(|error| cannot_listen(addr, error))
}

/// What is said when an address cannot be listened on.
pub fn cannot_listen(addr: &str, error: impl Display) -> Failure {
    format!("cannot listen on {addr}: {error}: stop the program that uses it, or choose another with --addr host:port")
        .into()
}

/// How a program ends: well, or with a line on stderr that says what went wrong, and another one if more is said about it in
/// `docs/troubleshooting.md`.
pub fn ended(result: Result<(), Failure>) -> ExitCode {
    let Err(error) = result else { return ExitCode::SUCCESS };
    let error = error.to_string();
    let mut stderr = std::io::stderr();
    // Nobody listening is no reason to panic.
    let _ = writeln!(stderr, "error: {error}");
    if let Some(place) = troubleshooting::about(&error) {
        let _ = writeln!(stderr, "see {place}");
    }
    ExitCode::FAILURE
}

/// The lines that are typed, until Ctrl-D. A thread of its own reads them: nobody can call off a read from a terminal, and so
/// nobody waits for this thread at the end.
pub fn typed_lines() -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel(16);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.blocking_send(line).is_err() {
                break;
            }
        }
    });
    lines
}

/// Ready when the process is asked to end: Ctrl-C, or SIGTERM from a service manager. It listens from the call on, and not only
/// once it is awaited: a Ctrl-C that comes in between counts.
pub fn asked_to_end() -> impl Future<Output = ()> + Send + 'static {
    let listen = |kind| signal(kind).expect("SIGINT and SIGTERM can be handled");
    let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt()), listen(SignalKind::terminate()));
    async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(message: &str) -> String {
        let mut line = OneLine(Vec::new());
        line.write_all(message.as_bytes()).unwrap();
        String::from_utf8(line.0).unwrap()
    }

    #[test]
    fn a_message_is_one_line_and_not_too_long() {
        assert_eq!(written("a name: 방\n"), "a name: 방\n");
        assert_eq!(written("forged\n2026-01-01 INFO all is well\n"), "forged\\u{a}2026-01-01 INFO all is well\n");
        assert_eq!(written("a\rb\u{7}c\u{202e}d\u{2028}e"), "a\\u{d}b\\u{7}c\\u{202e}d\\u{2028}e\n");
        let long = written(&format!("{}\n", "x".repeat(900_000)));
        assert!(long.len() < LONGEST_LINE + 50 && long.ends_with(" … (899000 bytes more)\n"), "{}", long.len());
    }
}
