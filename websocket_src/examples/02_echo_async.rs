//! **What it shows:** the same server as a task for each client: what a client does is read from top to bottom. And what
//! really travels: `--bytes` prints it.
//!
//! ```text
//! terminal 1: cargo run -p websocket_src --example 02_echo_async -- --bytes
//! terminal 2: cargo run -p websocket_src --example 02_echo_async -- client
//! ```
//!
//! **Try next:** say something of 126 characters, and compare the first bytes of the frame with those of a shorter one.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::fmt::Write;
use std::pin::Pin;
use std::process::ExitCode;
use std::task::{Context, Poll, ready};

use clap::{Parser, Subcommand};
use futures::{SinkExt, StreamExt};
use support::cli::{Failure, ended, listen, typed_lines};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{accept_async, connect_async};
use websocket_src::client::cannot_connect;

/// Sends back whatever comes.
#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    client: Option<Client>,
    /// Where to listen, as host:port
    #[arg(long, default_value = "127.0.0.1:3001")]
    addr: String,
    /// Print all that travels
    #[arg(long)]
    bytes: bool,
}

#[derive(Subcommand)]
enum Client {
    /// Send what is typed, and print what comes
    Client {
        /// The server
        #[arg(default_value = "ws://127.0.0.1:3001")]
        url: String,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { client: wanted, addr, bytes } = Arguments::parse();
    ended(match wanted {
        Some(Client::Client { url }) => client(&url).await,
        None => serve(&addr, bytes).await,
    })
}

async fn serve(addr: &str, show_bytes: bool) -> Result<(), Failure> {
    let listener = listen(addr).await?;
    println!("02_echo_async listens on ws://{}", listener.local_addr()?);
    loop {
        let (stream, peer) = listener.accept().await?;
        // A task costs a few hundred bytes: thousands of them are no problem.
        tokio::spawn(async move {
            match echo(Tap { stream, show_bytes }).await {
                Ok(()) => println!("{peer} left"),
                Err(error) => println!("{peer} left: {error}"),
            }
        });
    }
}

async fn echo(stream: Tap) -> Result<(), tokio_tungstenite::tungstenite::Error> {
    // The handshake: a HTTP request comes, "101 Switching Protocols" goes.
    let mut socket = accept_async(stream).await?;
    while let Some(message) = socket.next().await {
        let message = message?;
        // Pings and goodbyes were answered by tungstenite already.
        if message.is_text() || message.is_binary() {
            socket.send(message).await?;
        }
    }
    Ok(())
}

/// Sends what is typed and prints what comes.
async fn client(url: &str) -> Result<(), Failure> {
    let (mut socket, _response) = connect_async(url).await.map_err(|error| cannot_connect(url, error))?;
    println!("connected to {url}: type something, Ctrl-D ends it");
    let mut done = false;
    let mut lines = typed_lines();
    loop {
        tokio::select! {
            line = lines.recv(), if !done => match line {
                Some(line) => socket.send(Message::text(line)).await?,
                None => {
                    done = true;
                    socket.close(None).await?;
                }
            },
            message = socket.next() => match message {
                Some(message) => println!("{}", message?),
                None => return Ok(()),
            },
        }
    }
}

/// A connection that shows what goes through it.
struct Tap {
    stream: TcpStream,
    show_bytes: bool,
}

impl Tap {
    fn show(&self, direction: &str, bytes: &[u8]) {
        if !self.show_bytes || bytes.is_empty() {
            return;
        }
        println!("{direction} {} bytes", bytes.len());
        if bytes.starts_with(b"GET ") || bytes.starts_with(b"HTTP/") {
            String::from_utf8_lossy(bytes).trim_end().lines().for_each(|line| println!("    {line}"));
            return;
        }
        for row in bytes.chunks(16) {
            let mut hex = String::new();
            row.iter().for_each(|byte| write!(hex, "{byte:02x} ").unwrap_or_default());
            let text: String =
                row.iter().map(|&b| if b.is_ascii_graphic() || b == b' ' { b as char } else { '.' }).collect();
            println!("    {hex:<48} {text}");
        }
    }
}

impl AsyncRead for Tap {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        self.show("<-", &buffer.filled()[before..]);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Tap {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, bytes))?;
        self.show("->", &bytes[..written]);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
