//! **What it shows:** what one client says, all the others hear. One channel, and every client listens to it.
//!
//! ```text
//! terminal 1: cargo run -p websocket_src --example 03_broadcast
//! terminal 2: cargo run -p websocket_src --example 02_echo_async -- client
//! terminal 3: cargo run -p websocket_src --example 02_echo_async -- client
//! ```
//!
//! **Try next:** who said it? Nobody can tell. And a message to which nobody listened for too long is lost without a word. To see
//! that, let the messages be numbered, and so long that the kernel cannot keep many of them:
//!
//! ```text
//! terminal 2: for n in $(seq 3000); do printf '%d %015000d\n' $n 0; sleep 0.01; done \
//!     | cargo run -p websocket_src --example 02_echo_async -- client > /dev/null
//! terminal 3: cargo run -p websocket_src --example 02_echo_async -- client | cut -c 1-8
//! ```
//! Stop terminal 3 with Ctrl-Z, and let it go on with `fg` when terminal 2 is done: after some hundreds the numbers jump.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::process::ExitCode;

use clap::Parser;
use futures::{SinkExt, StreamExt};
use support::cli::{Failure, ended, listen};
use tokio::net::TcpStream;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::{Error as WsError, Message, Utf8Bytes};

/// A message, and the number of the client that said it.
type Said = (u64, Utf8Bytes);

/// What one client says, all the others hear.
#[derive(Parser)]
struct Arguments {
    /// Where to listen, as host:port
    #[arg(long, default_value = "127.0.0.1:3001")]
    addr: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    ended(serve(&Arguments::parse().addr).await)
}

async fn serve(addr: &str) -> Result<(), Failure> {
    let listener = listen(addr).await?;
    println!("03_broadcast listens on ws://{}", listener.local_addr()?);
    // Keeps the last 256 messages. A client that has not read one by then never gets it.
    let everybody = broadcast::Sender::new(256);
    for number in 1.. {
        let (stream, _) = listener.accept().await?;
        let everybody = everybody.clone();
        tokio::spawn(async move {
            if let Err(error) = talk(number, stream, everybody).await {
                println!("client {number}: {error}");
            }
        });
    }
    Ok(())
}

async fn talk(number: u64, stream: TcpStream, everybody: broadcast::Sender<Said>) -> Result<(), WsError> {
    let mut socket = accept_async(stream).await?;
    // We subscribe before anything is read: nothing that is said after the client's first word is missed.
    let mut heard = everybody.subscribe();
    loop {
        // `select!` waits for both at once, goes on with the first that is ready, and drops the other.
        tokio::select! {
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    // An error says that nobody listens.
                    let _ = everybody.send((number, text));
                }
                Some(message) => drop(message?),
                None => return Ok(()),
            },
            said = heard.recv() => match said {
                Ok((from, text)) if from != number => socket.send(Message::Text(text)).await?,
                // One's own message; or messages that were gone before we came to them.
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return Ok(()),
            },
        }
    }
}
