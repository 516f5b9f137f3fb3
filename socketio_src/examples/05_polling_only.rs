//! **What it shows:** what is below the events: Engine.IO. A connection begins as HTTP requests and can stay that way: a GET
//! waits until the server has something to say, a POST carries what the client says. The client here is written by hand,
//! and prints each request and what comes back.
//!
//! ```text
//! terminal 1: cargo run -p socketio_src --example 05_polling_only
//! terminal 2: cargo run -p socketio_src --example 05_polling_only -- client
//! terminal 3: cargo run -p socketio_src --example 05_polling_only -- client
//! ```
//! In terminal 2 type `new_message hello`. Terminal 3 gets it as the answer to a GET that was waiting for it.
//!
//! **Try next:** what a WebSocket client says to a server that has none:
//! `cargo run -p socketio_src --example 01_events -- client`.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::process::ExitCode;
use std::time::Duration;

use axum::Router;
use clap::Parser;
use serde_json::Value;
use socketioxide::extract::{Data, SocketRef};
use socketioxide::handler::ConnectHandler;
use socketioxide::{SocketIo, TransportType};
use support::cli::{Failure, ended, listen, typed_lines};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The command line.
#[path = "terminal/arguments.rs"]
#[allow(dead_code, reason = "this client tells the server nothing about itself")]
mod arguments;
/// What is typed.
#[path = "terminal/typed.rs"]
mod typed;

use arguments::{Arguments, Wanted};

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { client: wanted, addr } = Arguments::parse();
    ended(match wanted {
        Some(Wanted::Client { url, .. }) => client(url.trim_start_matches("http://")).await,
        None => serve(&addr).await,
    })
}

async fn serve(addr: &str) -> Result<(), Failure> {
    // The one line that is new. For the handlers it makes no difference how their events travel.
    let server = SocketIo::builder().transports([TransportType::Polling]);
    let (layer, io) = server.ping_interval(Duration::from_secs(5)).build_layer();
    io.ns("/", (|| ready(())).with(on_connect));
    let listener = listen(addr).await?;
    println!("05_polling_only listens on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, Router::new().layer(layer)).await?)
}

fn on_connect(socket: SocketRef) -> Ready<Result<(), Infallible>> {
    socket.on("new_message", |socket: SocketRef, Data(text): Data<String>| {
        for other in socket.broadcast().sockets() {
            if let Err(error) = other.emit("new_message", &text) {
                println!("new_message did not reach {}: {error}", other.id);
            }
        }
        ready(())
    });
    ready(Ok(()))
}

/// Sends the events that are typed, and shows all that travels. Ctrl-D ends it.
async fn client(server: &str) -> Result<(), Failure> {
    // Engine.IO opens: `0` and the session id, which every request from now on carries.
    let open = request(server, "GET", "", "").await?;
    let open: Value = serde_json::from_str(open.strip_prefix('0').ok_or("the server did not open the connection")?)?;
    let sid = format!("&sid={}", open["sid"].as_str().ok_or("the server gave no session id")?);
    // Engine.IO message, Socket.IO CONNECT: `4`, `0`. The answer comes with the next GET.
    request(server, "POST", &sid, "40").await?;

    // Two connections at once: on one of them a GET always waits, on the other what is said goes out.
    let mut lines = typed_lines();
    let speaking = async {
        while let Some(line) = lines.recv().await {
            // Engine.IO message, Socket.IO EVENT.
            let (name, args) = typed::event(&line);
            let event: Vec<_> = std::iter::once(Value::from(name)).chain(args).collect();
            request(server, "POST", &sid, &format!("42{}", Value::from(event))).await?;
        }
        Ok(true)
    };
    let listening = async {
        loop {
            let body = request(server, "GET", &sid, "").await?;
            for packet in body.split('\u{1e}') {
                match packet {
                    // The server pings, the client answers: `2`, `3`.
                    "2" => drop(request(server, "POST", &sid, "3").await?),
                    "1" => return Ok(false),
                    _ => {}
                }
            }
        }
    };
    let is_ours_to_end: Result<bool, Failure> =
        tokio::select! { ours = speaking => ours, theirs = listening => theirs };
    // Nobody polls any more: after the goodbye the server knows no session of this id, and would answer a GET with 400.
    if is_ours_to_end? {
        // Socket.IO DISCONNECT, Engine.IO close: several packets in one body are separated by a byte 0x1e.
        request(server, "POST", &sid, "41\u{1e}1").await?;
    }
    Ok(())
}

/// One HTTP request, on a connection of its own, and the body of the answer.
async fn request(server: &str, method: &str, sid: &str, body: &str) -> Result<String, Failure> {
    let path = format!("/socket.io/?EIO=4&transport=polling{sid}");
    println!("{}", format!("-> {method} {path}  {}", visible(body)).trim_end());
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {server}\r\nContent-Type: text/plain;charset=UTF-8\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    let mut connection = TcpStream::connect(server).await?;
    connection.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("the answer is no HTTP")?;
    let status = head.lines().next().unwrap_or_default();
    println!("<- {method} {}  {}", status.trim_start_matches("HTTP/1.1 "), visible(body));
    if status.contains(" 200 ") { Ok(body.to_owned()) } else { Err(format!("the server refused: {status}").into()) }
}

/// The separator has a picture of its own in Unicode.
fn visible(body: &str) -> String {
    body.replace('\u{1e}', "␞")
}
