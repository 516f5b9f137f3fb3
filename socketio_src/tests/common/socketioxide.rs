//! A socketioxide server in a runtime of its own, so that it can crash: dropping the runtime drops all connections.

use std::future::{Ready, ready};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use serde_json::{Value, json};
use socketioxide::SocketIo;
use socketioxide::extract::{AckSender, Data, SocketRef, TryData};
use socketioxide::handler::ConnectHandler;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use super::{Server, within};

/// The server.
pub(crate) struct Socketioxide {
    /// What it runs in. `None` only while it is being dropped.
    runtime: Option<Runtime>,
    /// Where it listens.
    port: u16,
}

impl Server for Socketioxide {
    async fn start(port: u16) -> Self {
        let runtime = Runtime::new().unwrap();
        let serve = runtime.spawn(async move {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.unwrap();
            let port = listener.local_addr().unwrap().port();
            tokio::spawn(async move { axum::serve(listener, router()).await });
            port
        });
        let port = within("the socketioxide server to listen", serve).await.unwrap();
        Self { runtime: Some(runtime), port }
    }

    fn port(&self) -> u16 {
        self.port
    }

    async fn crash(mut self) {
        let runtime = self.runtime.take().expect("it has not crashed yet");
        // A runtime cannot be shut down from within another one.
        let shutdown = tokio::task::spawn_blocking(move || runtime.shutdown_timeout(Duration::from_secs(5)));
        within("the end of the socketioxide server", shutdown).await.unwrap();
    }
}

impl Drop for Socketioxide {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The same behaviour as `tests/node/server.js`.
fn router() -> Router {
    let (layer, io) = SocketIo::builder()
        .ping_interval(Duration::from_millis(200))
        .ping_timeout(Duration::from_millis(1500))
        // The scenarios emit 1,000 events at once; beyond its buffer an emit fails.
        .max_buffer_size(4096)
        .build_layer();
    let counted = Arc::new(AtomicU32::new(0));
    let everyone = io.clone();
    io.ns("/", move |socket: SocketRef, auth: TryData<Value>| on_connect(&socket, auth, &everyone, &counted));
    io.ns("/guarded", (async |_: SocketRef| {}).with(guard));
    Router::new().layer(layer)
}

/// Refuses a client that does not know the token.
async fn guard(Data(auth): Data<Value>) -> Result<(), String> {
    if auth["token"] == "secret" { Ok(()) } else { Err("wrong token".to_owned()) }
}

/// Registers the handlers. Those that must keep the order of events do their work before they return a future, because
/// socketioxide runs the futures at the same time.
fn on_connect(socket: &SocketRef, TryData(auth): TryData<Value>, io: &SocketIo, counted: &Arc<AtomicU32>) -> Ready<()> {
    socket.on("echo", |socket: SocketRef, Data(value): Data<Value>| emit(&socket, "echo", &value));
    socket.on("ask", async |Data(value): Data<Value>, answer: AckSender| answer.send(&value).unwrap());
    socket.on("ask_later", async |Data(millis): Data<u64>, answer: AckSender| {
        tokio::time::sleep(Duration::from_millis(millis)).await;
        answer.send("at last").unwrap();
    });
    socket.on("never_answered", async || {});
    socket.on("burst", |socket: SocketRef, Data(count): Data<u32>| {
        for n in 0..count {
            socket.emit("n", &n).unwrap();
        }
        ready(())
    });
    socket.on("ask_me", async |socket: SocketRef, Data(question): Data<Value>| {
        let answer: Value = socket.emit_with_ack("question", &question).unwrap().await.unwrap();
        socket.emit("answered", &answer).unwrap();
    });
    let add_to = Arc::clone(counted);
    socket.on("count", move || {
        add_to.fetch_add(1, Ordering::SeqCst);
        ready(())
    });
    let (counted, everyone) = (Arc::clone(counted), io.clone());
    socket.on_disconnect(async move || {
        // An error means that the server is shutting down: nobody is left to hear it.
        let _ = everyone.emit("left", &counted.load(Ordering::SeqCst)).await;
    });
    socket.on("text_of_length", |socket: SocketRef, Data(length): Data<usize>| {
        emit(&socket, "text", &"x".repeat(length))
    });
    socket.on("send_binary", |socket: SocketRef| emit(&socket, "binary", &Bytes::from_static(&[1, 2, 3])));
    socket.on("throw_me_out", async |socket: SocketRef| socket.disconnect().unwrap());
    let io = io.clone();
    socket.on("shut_down", async move || io.close().await);
    // Without an auth payload Node hands out an empty object.
    emit(socket, "auth", &auth.unwrap_or_else(|_| json!({})))
}

/// An emit that must not fail. Like a handler it returns a future, which is ready.
fn emit(socket: &SocketRef, event: &str, value: &impl serde::Serialize) -> Ready<()> {
    socket.emit(event, value).unwrap();
    ready(())
}
