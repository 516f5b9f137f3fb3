//! What can be typed.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use support::cli::{Failure, allow_many_files, asked_to_end, listen, start_logging, typed_lines};
use support::print_line;
use support::tls::Trust;
use websocket_src::client;
use websocket_src::server::{self, Origins, Rate, ServerOptions};

/// A chat over a raw WebSocket.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: ServeArguments,
    /// How much to log on stderr: error, warn, info, debug or trace
    #[arg(long, global = true, value_name = "LEVEL")]
    log: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the server (this is also what happens without a command)
    Serve(ServeArguments),
    /// Chat in the terminal: a line is a message, /nick NAME a nickname, /quit the end
    Client {
        /// The server
        #[arg(default_value = "ws://127.0.0.1:3001/ws")]
        url: String,
        /// Trust this authority too, beside those of the system: a PEM file
        #[arg(long, value_name = "FILE")]
        ca: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
struct ServeArguments {
    /// Where to listen, as host:port
    #[arg(long, default_value = "127.0.0.1:3001")]
    addr: String,
    /// Let pages of another server connect, as https://host:port; can be given more than once
    #[arg(long, value_name = "ORIGIN")]
    allow_origin: Vec<String>,
    /// How many connections there may be at once
    #[arg(long, default_value_t = 10_000, value_name = "COUNT")]
    max_connections: usize,
    /// How many messages each client may send in a second
    #[arg(long, default_value_t = 10.0, value_name = "COUNT", value_parser = rate)]
    rate: f64,
    /// Seconds between two pings; who is silent from one to the next is dropped
    #[arg(long, default_value = "20", value_name = "SECONDS", value_parser = seconds)]
    heartbeat: Duration,
    /// Seconds that a goodbye may take
    #[arg(long, default_value = "5", value_name = "SECONDS", value_parser = seconds)]
    closing_time: Duration,
    /// Also serve /echo, for test suites
    #[arg(long)]
    echo: bool,
}

fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()) {
        Some(duration) if !duration.is_zero() => Ok(duration),
        _ => Err("give a number of seconds greater than 0".to_owned()),
    }
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(rate) if rate > 0.0 => Ok(rate),
        _ => Err("give a number of messages greater than 0".to_owned()),
    }
}

/// Does what was asked for.
pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    // A server says who comes and goes; the client says that on stdout anyway.
    let default_level = if matches!(arguments.command, Some(Command::Client { .. })) { "warn" } else { "info" };
    start_logging(arguments.log.as_deref().unwrap_or(default_level), |level| {
        format!("warn,websocket_src={level},support={level}")
    })?;
    match arguments.command {
        Some(Command::Client { url, ca }) => chat(&url, Trust::with(ca.as_deref())?).await,
        Some(Command::Serve(arguments)) => serve(arguments).await,
        None => serve(arguments.serve).await,
    }
}

async fn serve(arguments: ServeArguments) -> Result<(), Failure> {
    allow_many_files();
    let ServeArguments { addr, allow_origin, max_connections, rate, heartbeat, closing_time, echo } = arguments;
    let listener = listen(&addr).await?;
    let address = listener.local_addr()?;
    print_line!("websocket_src listens on http://{address}, the chat is ws://{address}/ws (Ctrl-C stops it)");
    let mut options =
        ServerOptions { origins: Origins::new(allow_origin)?, max_connections, echo, ..ServerOptions::default() };
    (options.limits.heartbeat, options.limits.closing_time) = (heartbeat, closing_time);
    // The burst is what a client may say at once after a silence: two seconds' worth.
    options.limits.rate = Rate { per_second: rate, burst: (2.0 * rate).max(1.0) };
    server::run(listener, options, asked_to_end()).await?;
    print_line!("stopped");
    Ok(())
}

async fn chat(url: &str, trust: Trust) -> Result<(), Failure> {
    tokio::select! {
        chatted = client::run(url, trust, typed_lines(), |line| print_line!("{line}")) => Ok(chatted?),
        () = asked_to_end() => Ok(()),
    }
}
