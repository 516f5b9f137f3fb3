//! **What it shows:** the smallest server: whatever comes is sent back. Callbacks, as with npm's `ws`.
//!
//! ```text
//! terminal 1: cargo run -p websocket_src --example 01_echo_ws
//! terminal 2: cargo run -p websocket_src --example 02_echo_async -- client
//! ```
//!
//! **Try next:** connect from the console of a browser, on the page `about:blank`:
//! `socket = new WebSocket("ws://127.0.0.1:3001"); socket.onmessage = (event) => console.log(event.data)`, and then
//! `socket.send("hello")`.
//!
//! **Why only one step:** the `ws` crate has no maintainer, and a client that does not read makes it buffer without end
//! (RUSTSEC-2020-0043). The settings below put a limit to that. Still: this program listens on loopback only.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::process::ExitCode;

use clap::Parser;
use support::cli::{Failure, cannot_listen, ended};
use ws::util::Token;
use ws::{Builder, Error, Handler, Message, Result, Sender, Settings};

/// The largest message, with room for the frame around it. Large, so that a test suite can send its 16 MiB.
const LARGEST: usize = 17 << 20;

/// Sends back whatever comes.
#[derive(Parser)]
struct Arguments {
    /// Where to listen, as host:port
    #[arg(long, default_value = "127.0.0.1:3001")]
    addr: String,
}

fn main() -> ExitCode {
    ended(serve(&Arguments::parse().addr))
}

fn serve(addr: &str) -> std::result::Result<(), Failure> {
    // This closure is called for each client, and returns what handles its messages.
    // npm: server.on("connection", (client) => client.on("message", (message) => client.send(message)))
    let server = Builder::new().with_settings(settings()).build(|client| Echo { client, failed: false })?;
    let server = server.bind(addr).map_err(|error| cannot_listen(addr, error))?;
    println!("01_echo_ws listens on ws://{}", server.local_addr()?);
    // One thread, this one, waits for all the clients at once.
    server.run()?;
    Ok(())
}

/// What happens with one client. Every method is called when there is something to do, and returns at once.
struct Echo {
    client: Sender,
    /// It broke a rule.
    failed: bool,
}

impl Handler for Echo {
    fn on_message(&mut self, message: Message) -> Result<()> {
        self.client.send(message)
    }

    /// The client broke a rule, and the crate has said goodbye to it. Then it would wait for the answer without end.
    fn on_error(&mut self, error: Error) {
        println!("a client is closed: {error}");
        self.failed = true;
        if let Err(error) = self.client.timeout(200, Token(0)) {
            println!("its connection stays open: {error}");
        }
    }

    /// 200 milliseconds later. There is no call that closes a connection; an error does.
    ///
    /// The timer outlives its connection, and rings at the one that has taken its place. That one has done nothing wrong.
    fn on_timeout(&mut self, _: Token) -> Result<()> {
        if !self.failed {
            return Ok(());
        }
        Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into())
    }
}

/// The defaults let every buffer grow without end and are lenient with broken rules.
fn settings() -> Settings {
    Settings {
        max_connections: 8,
        max_fragment_size: LARGEST,
        // A buffer that may not grow has its size from the beginning. The system gives memory when it is written to.
        in_buffer_capacity: LARGEST,
        in_buffer_grow: false,
        out_buffer_capacity: LARGEST,
        out_buffer_grow: false,
        // A message of 4 MiB may come in pieces of 64 bytes.
        fragments_capacity: 1 << 16,
        fragments_grow: false,
        // A frame of a client is masked, its key has 16 bytes, its request is a GET.
        masking_strict: true,
        key_strict: true,
        method_strict: true,
        // What goes wrong with one client is not the end of the server.
        panic_on_internal: false,
        tcp_nodelay: true,
        ..Settings::default()
    }
}
