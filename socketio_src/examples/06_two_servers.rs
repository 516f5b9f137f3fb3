//! **What it shows:** two servers that share their rooms. A server knows the sockets that are connected to it; what is said
//! to a room has to reach the others as well. That is the work of an adapter, here through Redis.
//!
//! ```text
//! terminal 1: redis-server --port 6379 --save '' --appendonly no
//! terminal 2: cargo run -p socketio_src --example 06_two_servers -- --redis redis://127.0.0.1:6379
//! terminal 3: cargo run -p socketio_src --example 06_two_servers -- --redis redis://127.0.0.1:6379 --addr 127.0.0.1:3003
//! terminal 4: cargo run -p socketio_src --example 06_two_servers -- client
//! terminal 5: cargo run -p socketio_src --example 06_two_servers -- client http://127.0.0.1:3003
//! ```
//! In both clients type `? enter_room tea`, then `new_message "hello" "tea"` in one of them.
//!
//! **Try next:** the two servers without `--redis`: each has a room of that name, and they do not know of each other. And
//! with it, stop Redis, start it again, and say something: this adapter does not come back. That of the chat server does,
//! see `src/cluster`.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::convert::Infallible;
use std::future::ready;
use std::process::ExitCode;

use axum::Router;
use clap::Parser;
use serde_json::json;
use socketioxide::SocketIo;
use socketioxide::adapter::Adapter;
use socketioxide::extract::{AckSender, Data, SocketRef};
use socketioxide::handler::ConnectHandler;
use socketioxide::layer::SocketIoLayer;
use socketioxide::operators::BroadcastOperators;
use socketioxide_redis::{RedisAdapter, RedisAdapterCtr};
use support::cli::{Failure, ended, listen};
use tokio::sync::mpsc;

/// The command line, and the client.
mod terminal;

use terminal::Arguments;

/// One server of several, or the client for them.
#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Together {
    #[command(flatten)]
    arguments: Arguments,
    /// The Redis that the servers share, as redis://host:port
    #[arg(long)]
    redis: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Together { arguments: Arguments { client, addr }, redis } = Together::parse();
    ended(match (client, redis) {
        (Some(client), _) => terminal::run(client).await,
        (None, Some(redis)) => together(&addr, &redis).await,
        (None, None) => alone(&addr).await,
    })
}

/// With the adapter that is there from the beginning: a room is a list of sockets in this process.
async fn alone(addr: &str) -> Result<(), Failure> {
    let (layer, io) = SocketIo::new_layer();
    io.ns("/", handlers());
    serve(addr, layer).await
}

/// With the adapter for Redis: what is said to a room is published there, and every server hands it to those of its own
/// sockets that are in the room.
async fn together(addr: &str, redis: &str) -> Result<(), Failure> {
    // The adapter needs version 3 of Redis's protocol. Redis 7 has it.
    let client = redis::Client::open(format!("{redis}?protocol=resp3"))?;
    let adapter = RedisAdapterCtr::new_with_redis(&client).await?;
    let (layer, io) = SocketIo::builder().with_adapter::<RedisAdapter<_>>(adapter).build_layer();
    // There is something to wait for now: the server subscribes to what the others publish.
    io.ns("/", handlers()).await?;
    serve(addr, layer).await
}

async fn serve<A: Adapter>(addr: &str, layer: SocketIoLayer<A>) -> Result<(), Failure> {
    let listener = listen(addr).await?;
    println!("06_two_servers listens on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, Router::new().layer(layer)).await?)
}

/// The handlers, whatever the adapter is.
fn handlers<A: Adapter>() -> impl ConnectHandler<A, ()> {
    let queue = tell_in_order();
    let on_connect = move |socket: SocketRef<A>| {
        socket.on("enter_room", |socket: SocketRef<A>, Data(room): Data<String>, ack: AckSender<A>| {
            socket.join(room);
            if let Err(error) = ack.send(&json!({"status": "DONE"})) {
                println!("an acknowledgement did not reach {}: {error}", socket.id);
            }
            ready(())
        });
        let queue = queue.clone();
        socket.on("new_message", move |socket: SocketRef<A>, Data((text, room)): Data<(String, String)>| {
            // `sockets()` knows those of this server only, so a loop over them is not enough any more.
            if queue.try_send((socket.to(room), text)).is_err() {
                println!("too much waits for Redis: a message is dropped");
            }
            ready(())
        });
        ready(Ok::<(), Infallible>(()))
    };
    (|| ready(())).with(on_connect)
}

/// To publish something in Redis takes a moment, and what waits must not be overtaken. So the handlers put it into a queue,
/// and one task sends one message after the other.
fn tell_in_order<A: Adapter>() -> mpsc::Sender<(BroadcastOperators<A>, String)> {
    let (queue, mut waiting) = mpsc::channel::<(BroadcastOperators<A>, String)>(1024);
    tokio::spawn(async move {
        while let Some((others, text)) = waiting.recv().await {
            if let Err(error) = others.emit("new_message", &text).await {
                println!("not told: {error}");
            }
        }
    });
    queue
}
