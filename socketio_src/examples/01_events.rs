//! **What it shows:** an event has a name and arguments, and for each name there is a handler. And the rule of this course:
//! what a handler does *before* it returns its future is done in order; the futures overtake each other.
//!
//! ```text
//! terminal 1: cargo run -p socketio_src --example 01_events
//! terminal 2: cargo run -p socketio_src --example 01_events -- client
//! terminal 3: cargo run -p socketio_src --example 01_events -- client
//! ```
//! In terminal 2 type `nickname mina` and `new_message hello`, and see in terminal 3 what arrives.
//!
//! **Try next:** in place of terminal 2 let twenty messages come at once, and look at their order in terminal 3:
//! `seq -f 'new_message number %g' 20 | cargo run -p socketio_src --example 01_events -- client`. Then the same with
//! `hasty_message`.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use clap::Parser;
use serde::Serialize;
use socketioxide::SocketIo;
use socketioxide::extract::{Data, Event, SocketRef};
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
    // `/` is the namespace that every client joins first. `with` makes `on_connect` a middleware, which has run when the
    // client hears that it is in. A connect handler, the closure that does nothing here, runs after that, and what a quick
    // client says in between would be lost.
    io.ns("/", (|| ready(())).with(on_connect));
    let listener = listen(addr).await?;
    println!("01_events listens on http://{}", listener.local_addr()?);
    // Socket.IO is a layer around a web server that may serve other things as well.
    Ok(axum::serve(listener, Router::new().layer(layer)).await?)
}

/// Each client has handlers of its own, and what they share is what the server knows about it.
fn on_connect(socket: SocketRef) -> Ready<Result<(), Infallible>> {
    let nickname = Arc::new(Mutex::new("Anon".to_owned()));

    let mine = nickname.clone();
    socket.on("nickname", move |socket: SocketRef, Data(new): Data<String>| {
        let old = std::mem::replace(&mut *lock(&mine), new.clone());
        // A tuple is a list of arguments.
        tell_others(&socket, "renamed", &(old, new));
        ready(())
    });

    let mine = nickname.clone();
    socket.on("new_message", move |socket: SocketRef, Data(text): Data<String>| {
        tell_others(&socket, "new_message", &format!("{}: {text}", lock(&mine)));
        // All is done. What is returned is a future that is ready.
        ready(())
    });

    // The same, and wrong. An `async` block does nothing until it is polled. Then it is a task of its own, one for each
    // message, and nobody says which task runs first.
    socket.on("hasty_message", move |socket: SocketRef, Data(text): Data<String>| {
        let mine = nickname.clone();
        async move { tell_others(&socket, "new_message", &format!("{}: {text}", lock(&mine))) }
    });

    // For what has no handler.
    socket.on_fallback(|socket: SocketRef, Event(name): Event| {
        tell(&socket, "refused", &format!("there is no event {name}"));
        ready(())
    });
    ready(Ok(()))
}

/// Everybody but the one who said it. `broadcast().emit(...)` would do the same in a future.
fn tell_others(from: &SocketRef, event: &str, args: &impl Serialize) {
    for socket in from.broadcast().sockets() {
        tell(&socket, event, args);
    }
}

/// Puts an event into the queue of one client.
fn tell(socket: &SocketRef, event: &str, args: &impl Serialize) {
    if let Err(error) = socket.emit(event, args) {
        println!("{event} did not reach {}: {error}", socket.id);
    }
}

fn lock(nickname: &Mutex<String>) -> MutexGuard<'_, String> {
    nickname.lock().unwrap_or_else(PoisonError::into_inner)
}
