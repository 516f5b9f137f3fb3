//! What can be typed.

use clap::Parser;
use socketio_src::cluster::Link;
use socketio_src::server::{self, ClientScript, Origins, Rate, ServerOptions};
use support::cli::{Failure, allow_many_files, asked_to_end, listen, start_logging};
use support::https::HttpsArguments;
use support::print_line;

/// A room chat over Socket.IO.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    /// Where to listen, as host:port (default: 127.0.0.1:3002, or 0.0.0.0:3002 with --lan)
    #[arg(long)]
    addr: Option<String>,
    #[command(flatten)]
    https: HttpsArguments,
    /// Share the rooms with other servers through this Redis, as redis://127.0.0.1:6379
    #[arg(long, value_name = "URL")]
    redis: Option<String>,
    /// Serve /admin to whoever knows this token
    #[arg(long, value_name = "TOKEN", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    admin_token: Option<String>,
    /// How many events each client may send in a second
    #[arg(long, default_value_t = 20.0, value_name = "COUNT", value_parser = rate)]
    rate: f64,
    /// Let pages of another server connect, as https://host:port; can be given more than once
    #[arg(long, value_name = "ORIGIN")]
    allow_origin: Vec<String>,
    /// How many connections there may be at once
    #[arg(long, default_value_t = 10_000, value_name = "COUNT")]
    max_connections: usize,
    /// How much to log on stderr: error, warn, info, debug or trace
    #[arg(long, default_value = "info", value_name = "LEVEL")]
    log: String,
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(rate) if rate > 0.0 => Ok(rate),
        _ => Err("give a number of events greater than 0".to_owned()),
    }
}

/// Does what was asked for.
pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let Arguments { addr, https, redis, admin_token, rate, allow_origin, max_connections, log } = arguments;
    start_logging(&log, |level| format!("warn,socketio_src={level},support={level}"))?;
    allow_many_files();
    let listener = listen(&https.addr(addr, "127.0.0.1:3002")).await?;
    let address = listener.local_addr()?;
    let chosen = https.choose(address)?;
    let client_script = ClientScript::find();
    let options = ServerOptions {
        link: redis.map_or_else(|| Ok(Link::off()), |url| Link::open(&url))?,
        // The burst is what a client may send at once after a silence: two seconds' worth.
        rate: Rate { per_second: rate, burst: (2.0 * rate).max(1.0) },
        origins: Origins::new(allow_origin)?,
        max_connections,
        admin_token,
        client_script: client_script.clone(),
        https: chosen.https.clone(),
        ..ServerOptions::default()
    };
    print_line!("socketio_src listens on {}://{address} (Ctrl-C stops it)", chosen.scheme);
    chosen.say(address);
    let installing = tokio::spawn(async move { client_script.install().await });
    let served = server::run(listener, &options, asked_to_end()).await;
    // npm ends with the server.
    installing.abort();
    served?;
    print_line!("stopped");
    Ok(())
}
