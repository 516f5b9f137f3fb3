//! The server that one writes first: socketioxide as it comes, one handler for each event.
//!
//! It has no history, no counters and no limits, and since its handlers are async it does not keep the order of messages
//! that follow each other quickly. It shows what socketioxide costs by itself.

use std::convert::Infallible;
use std::future::ready;

use serde_json::json;
use socketioxide::SocketIo;
use socketioxide::extract::{AckSender, Data, SocketRef};
use socketioxide::handler::ConnectHandler;
use tokio::net::TcpListener;

/// With this argument the benchmark is this server.
pub(crate) const ARGUMENT: &str = "serve-naive";

pub(crate) fn run() {
    let runtime = tokio::runtime::Runtime::new().expect("the system gives a process its threads");
    runtime.block_on(serve());
}

async fn serve() {
    let (layer, io) = SocketIo::new_layer();
    // In a middleware: what the client says before the handler proper has run would be lost.
    io.ns("/", (|| ready(())).with(on_connect));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("the system has a free port");
    println!("{}", listener.local_addr().expect("a listener has an address").port());
    axum::serve(listener, axum::Router::new().layer(layer)).await.expect("axum serves without end");
}

async fn on_connect(socket: SocketRef) -> Result<(), Infallible> {
    socket.on("enter_room", async |socket: SocketRef, Data(request): Data<serde_json::Value>, ack: AckSender| {
        socket.join(request["payload"].as_str().unwrap_or_default().to_owned());
        ack.send(&json!({ "status": "DONE" })).ok();
    });
    socket.on("new_message", async |socket: SocketRef, Data(said): Data<(String, String)>, ack: AckSender| {
        let (text, room) = said;
        socket.to(room).emit("new_message", &format!("Anon: {text}")).await.ok();
        ack.send(&json!({ "status": "DONE" })).ok();
    });
    Ok(())
}
