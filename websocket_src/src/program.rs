//! What a program does around its server or client: raise a limit, keep a log, end when it is asked to.
//!
//! The programs of all chapters begin and end like this one.

use std::io::IsTerminal;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

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
macro_rules! say {
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
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        // A log that cannot be written (a full disk, a closed terminal) is no reason to stop.
        .log_internal_errors(false)
        .init();
    Ok(())
}

/// Listens where the command line says.
///
/// # Errors
/// A text that says what to do about it.
pub async fn listen(addr: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(addr).await.map_err(|error| {
        format!(
            "cannot listen on {addr}: {error}: stop the program that uses it, or choose another with --addr host:port"
        )
        .into()
    })
}

/// Ready when the process is asked to end: Ctrl-C, or SIGTERM from a service manager.
pub async fn asked_to_end() {
    let mut terminate = signal(SignalKind::terminate()).expect("SIGTERM can be handled");
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
