//! **What it shows:** a room is a name under which the server finds sockets. Clients do not know rooms: they ask for one
//! with an event, and the server lets them in, or does not.
//!
//! ```text
//! terminal 1: cargo run -p socketio_src --example 03_rooms
//! terminal 2: cargo run -p socketio_src --example 03_rooms -- client
//! terminal 3: cargo run -p socketio_src --example 03_rooms -- client
//! ```
//! In both clients type `? enter_room tea`. In terminal 2 `? new_message "hello" "tea"`: terminal 3 hears it. Then
//! `? leave_room tea` in terminal 3.
//!
//! **Try next:** a third client in another room, and one in both. Who hears what? And say something into a room in which you
//! are not.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::process::ExitCode;

use axum::Router;
use clap::Parser;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use socketioxide::SocketIo;
use socketioxide::extract::{AckSender, SocketRef, TryData};
use socketioxide::handler::ConnectHandler;
use support::cli::{Failure, ended, listen};

/// The command line, and the client.
mod terminal;

use terminal::Arguments;

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { client, addr } = Arguments::parse();
    ended(match client {
        Some(client) => terminal::run(client).await,
        None => serve(&addr).await,
    })
}

async fn serve(addr: &str) -> Result<(), Failure> {
    let (layer, io) = SocketIo::new_layer();
    io.ns("/", (|| ready(())).with(on_connect));
    let listener = listen(addr).await?;
    println!("03_rooms listens on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, Router::new().layer(layer)).await?)
}

/// The table: which event is handled by what.
fn on_connect(socket: SocketRef) -> Ready<Result<(), Infallible>> {
    on(&socket, "enter_room", enter_room);
    on(&socket, "new_message", new_message);
    on(&socket, "leave_room", leave_room);
    ready(Ok(()))
}

/// The reply to an event, or what is wrong with it.
type Reply = Result<Value, &'static str>;

/// Registers a handler that does its work at once, and acknowledges.
fn on<Args>(socket: &SocketRef, event: &'static str, handler: fn(&SocketRef, Args) -> Reply)
where
    Args: DeserializeOwned + Send + Sync + 'static,
{
    socket.on(event, move |socket: SocketRef, TryData(args): TryData<Args>, ack: AckSender| {
        let reply = match args.map_err(|_| "bad_arguments").and_then(|args| handler(&socket, args)) {
            Ok(reply) => reply,
            Err(code) => json!({"status": "ERROR", "error": {"code": code}}),
        };
        if let Err(error) = ack.send(&reply) {
            println!("an acknowledgement did not reach {}: {error}", socket.id);
        }
        ready(())
    });
}

/// A room exists as soon as somebody is in it, and no longer than that.
fn enter_room(socket: &SocketRef, room: String) -> Reply {
    socket.join(room.clone());
    let count = count(socket, &room);
    // The sender is in the room already; `to` does not mean the sender.
    tell_others(socket, &room, "welcome", &count);
    Ok(json!({"status": "DONE", "count": count}))
}

/// Anybody may know the name of a room. Only who is in it may speak in it.
fn new_message(socket: &SocketRef, (text, room): (String, String)) -> Reply {
    if !is_in(socket, &room) {
        return Err("not_in_room");
    }
    tell_others(socket, &room, "new_message", &(text, &room));
    Ok(json!({"status": "DONE"}))
}

fn leave_room(socket: &SocketRef, room: String) -> Reply {
    if !is_in(socket, &room) {
        return Err("not_in_room");
    }
    socket.leave(room.clone());
    tell_others(socket, &room, "bye", &count(socket, &room));
    Ok(json!({"status": "DONE"}))
}

fn is_in(socket: &SocketRef, room: &str) -> bool {
    socket.rooms().iter().any(|name| name == room)
}

/// `within` is everybody in the room.
fn count(socket: &SocketRef, room: &str) -> usize {
    socket.within(room.to_owned()).sockets().len()
}

/// `to` is everybody in the room but this one.
fn tell_others(socket: &SocketRef, room: &str, event: &str, args: &impl Serialize) {
    for other in socket.to(room.to_owned()).sockets() {
        if let Err(error) = other.emit(event, args) {
            println!("{event} did not reach {}: {error}", other.id);
        }
    }
}
