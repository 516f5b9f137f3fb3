//! What can be typed.

/// `serve`: the server.
mod serve;
/// The STUN and TURN servers of `serve`.
mod ice;
/// `step`: one call, step by step, in one process.
mod step;
/// `peer`: a headless partner.
mod peer;
/// Its files.
mod transfers;
/// The record of its call, as JSON Lines.
mod journal;
/// What time it is, as a record says it.
mod clock;
/// `doctor`: what stands in the way of a call.
mod doctor;
/// The language of what is printed.
/// `--lang`: the language that a command speaks.
mod language;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use study_zoom::call::Fault;
use study_zoom::server::ServerFault;
use support::cli::{Failure, start_logging};
use support::https::HttpsArguments;

use ice::IceArguments;
use language::LanguageArguments;
use step::StepArguments;

/// A video call of two, in fourteen steps.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: ServeArguments,
    /// How much to log on stderr: error, warn, info, debug or trace (or a filter like `study_zoom=debug`)
    #[arg(long, global = true, value_name = "LEVEL")]
    log: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the server (this is also what happens without a command)
    Serve(Box<ServeArguments>),
    /// Join a call without a browser: send files, count or record what comes back
    Peer(Box<PeerArguments>),
    /// Watch one call go through its steps: a server and two peers in one process
    Step(StepArguments),
    /// Look at what the course needs on this machine, test the STUN and TURN servers of a call, and say what to do
    Doctor(DoctorArguments),
}

#[derive(Debug, Args)]
struct ServeArguments {
    /// Where to listen, as host:port (default: 127.0.0.1:3000, or 0.0.0.0:3000 with --lan)
    #[arg(long)]
    addr: Option<String>,
    #[command(flatten)]
    https: HttpsArguments,
    #[command(flatten)]
    ice: IceArguments,
    /// Share the rooms with all servers that use this Redis, like redis://127.0.0.1:6379 (default: be the only server)
    #[arg(long, value_name = "URL")]
    redis: Option<String>,
    /// Let pages of another server connect, as https://host:port; can be given more than once
    #[arg(long, value_name = "ORIGIN")]
    allow_origin: Vec<String>,
    /// How many connections there may be at once
    #[arg(long, default_value_t = 10_000, value_name = "COUNT")]
    max_connections: usize,
    /// How many events each client may send in a second; of bytes, 2,600 times as many
    #[arg(long, default_value_t = 50.0, value_name = "COUNT", value_parser = rate)]
    rate: f64,
    /// Do wrong on purpose, for docs/laboratory.md: reorder, drop, duplicate, delay=MS, turn-password or die; can be given
    /// more than once
    #[arg(long, value_name = "FAULT")]
    fault: Vec<ServerFault>,
}

#[derive(Debug, Args)]
struct PeerArguments {
    /// The room to meet in: 1 to 64 characters
    #[arg(long)]
    room: String,
    /// The signaling server
    #[arg(long, alias = "server", default_value = "http://127.0.0.1:3000")]
    url: String,
    /// Trust this authority too, beside those of the system: a PEM file (a server with --lan prints where it is)
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Send this video: an IVF file with VP8 (default: a test pattern)
    #[arg(long, value_name = "FILE", conflicts_with = "echo")]
    video: Option<PathBuf>,
    /// Send this sound: an Ogg file with Opus (default: a tone)
    #[arg(long, value_name = "FILE", conflicts_with = "echo")]
    audio: Option<PathBuf>,
    /// Record what comes in, as remote.ivf and remote.ogg in this folder
    #[arg(long, value_name = "DIR")]
    record: Option<PathBuf>,
    /// Send back what comes in, picture, sound and chat
    #[arg(long)]
    echo: bool,
    /// Send this file to the other side as soon as it is connected; can be given more than once
    #[arg(long, value_name = "FILE")]
    send: Vec<PathBuf>,
    /// Take the files that the other side sends, into this folder (default: refuse them)
    #[arg(long, value_name = "DIR")]
    receive: Option<PathBuf>,
    /// Say this in the chat as soon as it is open
    #[arg(long, value_name = "TEXT")]
    chat: Option<String>,
    /// Hang up after this many seconds (default: when the other side leaves, or at Ctrl-C)
    #[arg(long = "for", value_name = "SECONDS", value_parser = seconds)]
    duration: Option<Duration>,
    /// Only over a TURN server: the other side does not learn our address
    #[arg(long)]
    relay_only: bool,
    /// Stay when the other side leaves, and wait for the next one
    #[arg(long)]
    stay: bool,
    /// Write the record of the call to stdout, one JSON object on each line; everything else goes to stderr
    #[arg(long)]
    json: bool,
    /// Leave the name of the room and all addresses out of the record
    #[arg(long, requires = "json")]
    mask: bool,
    /// The local address to send from, as ip:port with port 0 for any; can be given more than once
    /// (default: every network, and loopback as well when the server is on this machine)
    #[arg(long, value_name = "ADDR")]
    bind: Vec<String>,
    /// Leave out a line of the course on purpose, for docs/laboratory.md: early-candidates, both-offer, answer-twice or
    /// stale-answer
    #[arg(long, value_name = "FAULT", value_parser = fault)]
    fault: Option<Fault>,
}

#[derive(Debug, Args)]
struct DoctorArguments {
    /// The signaling server, which names its STUN and TURN servers (default: http://127.0.0.1:3000)
    #[arg(long, alias = "server")]
    url: Option<String>,
    /// Trust this authority too, beside those of the system: a PEM file (a server with --lan prints where it is)
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Test this server too, like stun:host:3478 or turn:name:password@host:3478; can be given more than once
    #[arg(long, value_name = "URL")]
    ice_server: Vec<String>,
    /// Test this Redis too, like redis://127.0.0.1:6379
    #[arg(long, value_name = "URL")]
    redis: Option<String>,
    /// Test servers alone, and leave this machine out
    #[arg(long)]
    servers: bool,
    #[command(flatten)]
    language: LanguageArguments,
}

impl Arguments {
    /// Whether this is a server that carries no media: one with a TURN server beside it has more work than one thread can do.
    pub(crate) fn is_signaling_alone(&self) -> bool {
        match &self.command {
            None => !self.serve.ice.relays_media(),
            Some(Command::Serve(arguments)) => !arguments.ice.relays_media(),
            Some(Command::Peer(_) | Command::Step(_) | Command::Doctor(_)) => false,
        }
    }
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(rate) if rate > 0.0 => Ok(rate),
        _ => Err("give a number of events greater than 0".to_owned()),
    }
}

fn fault(text: &str) -> Result<Fault, String> {
    Fault::from_name(text).ok_or_else(|| format!("give one of {}", Fault::ALL.map(Fault::name).join(", ")))
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| format!("{text:?} is not a number of seconds"))?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err("give a number of seconds greater than 0".to_owned()),
    }
}

/// Does what was asked for.
pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let command = arguments.command.unwrap_or_else(|| Command::Serve(Box::new(arguments.serve)));
    // A server says who comes and goes; a peer says that on stdout anyway.
    let default_level = match command {
        Command::Serve(_) => "info",
        // It says itself what it has found.
        Command::Doctor(_) => "error",
        Command::Peer(_) | Command::Step(_) => "warn",
    };
    start_logging(arguments.log.as_deref().unwrap_or(default_level), filter)?;
    match command {
        Command::Serve(arguments) => serve::run(*arguments).await,
        Command::Peer(arguments) => peer::run(*arguments).await,
        Command::Step(arguments) => step::run(arguments).await,
        Command::Doctor(arguments) => doctor::run(arguments).await,
    }
}

/// A bare level means the course. Of the libraries below it one hears warnings. `webrtc` and the crates of `rtc` are heard from
/// `debug` on: what they call an error is often an ordinary moment of a call (a track that has not arrived yet, a network that
/// is not there), and where it ends a call, the call says so itself.
fn filter(level: &str) -> String {
    let engine = if ["debug", "trace"].contains(&level) { "error" } else { "off" };
    // A name stands for all that begin with it: `rtc` for `rtc_ice` as well.
    format!(
        "warn,rtc={engine},webrtc={engine},turn_client_proto={engine},study_zoom={level},socketio_src={level},support={level}"
    )
}

/// What came in over a call, in words.
fn received(counted: study_zoom::native::Counted) -> String {
    let study_zoom::native::Counted { video_frames, video_bytes, audio_frames, audio_bytes } = counted;
    format!("{video_frames} video frames ({video_bytes} bytes), {audio_frames} audio packets ({audio_bytes} bytes)")
}
