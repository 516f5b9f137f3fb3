//! **What it shows:** how the server learns that somebody is gone, and what it still knows at that moment: who, why, and
//! from which rooms. Those who stay hear it, with how many are left, and with the last words of the one who left.
//!
//! ```text
//! terminal 1: cargo run -p socketio_src --example 04_disconnecting
//! terminal 2: cargo run -p socketio_src --example 04_disconnecting -- client
//! terminal 3: cargo run -p socketio_src --example 04_disconnecting -- client
//! ```
//! In both clients type `? enter_room tea`, in terminal 3 also `? last_words see you`. Then end terminal 3 in four ways, and see
//! each time what terminal 2 hears: Ctrl-D, a goodbye. `leave_room tea`, which is none. Ctrl-C, the connection is gone.
//! Ctrl-Z: nothing happens at first, and then the heart has not beaten.
//!
//! **Try next:** `SocketIo::new_layer()` without the two `ping_` lines, and Ctrl-Z: how long does it take now?

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use clap::Parser;
use serde_json::json;
use socketioxide::SocketIo;
use socketioxide::extract::{AckSender, Data, SocketRef};
use socketioxide::handler::ConnectHandler;
use socketioxide::socket::DisconnectReason;
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
    // Short, to be watched: 25 and 20 seconds are the defaults.
    let (layer, io) =
        SocketIo::builder().ping_interval(Duration::from_secs(2)).ping_timeout(Duration::from_secs(1)).build_layer();
    io.ns("/", (|| ready(())).with(on_connect));
    let listener = listen(addr).await?;
    println!("04_disconnecting listens on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, Router::new().layer(layer)).await?)
}

fn on_connect(socket: SocketRef) -> Ready<Result<(), Infallible>> {
    let last_words = Arc::new(Mutex::new(String::new()));

    socket.on("enter_room", |socket: SocketRef, Data(room): Data<String>, ack: AckSender| {
        socket.join(room);
        acknowledge(ack);
        ready(())
    });
    // A client that leaves a room without leaving the server is not disconnecting.
    socket.on("leave_room", |socket: SocketRef, Data(room): Data<String>| {
        socket.leave(room.clone());
        tell_who_stays(&socket, &room, "left the room", "");
        ready(())
    });
    // What a client says at the end may not arrive: think of Ctrl-C. So it says it before, and the server keeps it.
    let keep = last_words.clone();
    socket.on("last_words", move |Data(text): Data<String>, ack: AckSender| {
        *keep.lock().unwrap_or_else(PoisonError::into_inner) = text;
        acknowledge(ack);
        ready(())
    });
    socket.on_disconnect(move |socket: SocketRef, reason: DisconnectReason| {
        let words = last_words.lock().unwrap_or_else(PoisonError::into_inner);
        let rooms = socket.rooms();
        println!("{} was in {rooms:?}: {}", socket.id, in_words(reason));
        // It is still in its rooms, for the time of this handler: afterwards nobody could say where it was.
        for room in rooms {
            tell_who_stays(&socket, &room, in_words(reason), &words);
        }
        ready(())
    });
    ready(Ok(()))
}

fn acknowledge(ack: AckSender) {
    if let Err(error) = ack.send(&json!({"status": "DONE"})) {
        println!("an acknowledgement was not delivered: {error}");
    }
}

/// Says `bye` to the others in the room: why, how many stay, and the last words.
fn tell_who_stays(gone: &SocketRef, room: &str, why: &str, words: &str) {
    // `to` does not mean the one who goes, whether it is still in the room or not.
    let stay = gone.to(room.to_owned()).sockets();
    for socket in &stay {
        if let Err(error) = socket.emit("bye", &(room, why, stay.len(), words)) {
            println!("bye did not reach {}: {error}", socket.id);
        }
    }
}

/// The reasons that a client can cause. Node's server has other names for them, and the same meanings.
fn in_words(reason: DisconnectReason) -> &'static str {
    match reason {
        DisconnectReason::ClientNSDisconnect => "said goodbye",
        DisconnectReason::TransportClose | DisconnectReason::TransportError => "lost the connection",
        DisconnectReason::HeartbeatTimeout => "did not answer a ping",
        DisconnectReason::ServerNSDisconnect => "was thrown out",
        DisconnectReason::ClosingServer => "the server stops",
        DisconnectReason::PacketParsingError | DisconnectReason::MultipleHttpPollingError => "broke a rule",
    }
}
