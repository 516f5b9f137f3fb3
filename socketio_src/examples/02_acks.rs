//! **What it shows:** an event can be a question. The sender gets an acknowledgement: done, or what was wrong. And the
//! server asks too: each of the others acknowledges the message, or stays silent for too long. Both ways in one: the sender
//! hears who has really got it.
//!
//! ```text
//! terminal 1: cargo run -p socketio_src --example 02_acks
//! terminal 2: cargo run -p socketio_src --example 02_acks -- client
//! terminal 3: cargo run -p socketio_src --example 02_acks -- client
//! ```
//! In terminal 2 type `? new_message hello`, and within five seconds in terminal 3 `= yes`. The answer is in terminal 2.
//! Then the same without an answer. And `? new_message`, which says nothing.
//!
//! **Try next:** the question without the `?`. The server notices no difference: who did not ask gets no answer.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::process::ExitCode;
use std::time::Duration;

use axum::Router;
use clap::Parser;
use futures::future::join_all;
use serde_json::{Value, json};
use socketioxide::SocketIo;
use socketioxide::ack::AckStream;
use socketioxide::extract::{AckSender, SocketRef, TryData};
use socketioxide::handler::ConnectHandler;
use support::cli::{Failure, ended, listen};

/// The command line, and the client.
mod terminal;

use terminal::Arguments;

/// How long the server waits for an acknowledgement.
const PATIENCE: Duration = Duration::from_secs(5);

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
    println!("02_acks listens on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, Router::new().layer(layer)).await?)
}

fn on_connect(socket: SocketRef) -> Ready<Result<(), Infallible>> {
    // `TryData` also takes arguments that are no text. With `Data` this handler would not be called for them, and the
    // client that asked would get no answer.
    socket.on("new_message", |socket: SocketRef, TryData(text): TryData<String>, ack: AckSender| {
        // Before the future, in order: every other client gets its question.
        let questions = text.map(|text| ask_others(&socket, &text));
        // In the future, as long as it takes: the answers. The next message does not wait for them.
        async move {
            let reply = match questions {
                Ok(questions) => {
                    let asked = questions.len();
                    let heard =
                        join_all(questions.into_iter().map(answered)).await.into_iter().filter(|&yes| yes).count();
                    json!({"status": "DONE", "heard": heard, "silent": asked - heard})
                }
                Err(_) => error("bad_arguments", "new_message has one argument, a text"),
            };
            if let Err(error) = ack.send(&reply) {
                println!("an acknowledgement did not reach {}: {error}", socket.id);
            }
        }
    });
    ready(Ok(()))
}

/// Asks everybody but the one who said it. The questions are on their way when this returns.
fn ask_others(from: &SocketRef, text: &str) -> Vec<AckStream<Value>> {
    let others = from.broadcast().sockets();
    others.iter().filter_map(|other| other.timeout(PATIENCE).emit_with_ack("new_message", text).ok()).collect()
}

/// Whether the answer came in time, whatever it was. A client that leaves does not answer.
async fn answered(question: AckStream<Value>) -> bool {
    question.await.is_ok()
}

/// How this course says no. A code is for programs, a message for people.
fn error(code: &str, message: &str) -> Value {
    json!({"status": "ERROR", "error": {"code": code, "message": message}})
}
