//! What the integration tests share: a server on a free port, clients with names, and programs.
//!
//! * [`TestServer`] is the server of the chat, in this process.
//! * [`TestClient`] is a WebSocket of tokio-tungstenite that does what it is told and no more: it answers pings while it
//!   waits for something, and not otherwise.
//! * [`Program`] is an example, or the chat, as a person starts it.
//!
//! Every wait ends after [`PATIENCE`] and says who waited for what. Nothing sleeps: that somebody heard *nothing* is
//! shown by something that comes after it.

#![allow(dead_code, reason = "every test file has its own copy of this module and uses a part of it")]

pub(crate) use testing::{PATIENCE, within};

use std::net::SocketAddr;
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use testing::program::Program;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::process::Command;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use websocket_src::server::{self, ServerOptions};

/// The program of the chapter.
const BINARY: &str = env!("CARGO_BIN_EXE_websocket_src");

/// The chat, as a person starts it.
pub(crate) fn start_chat(arguments: &[&str]) -> Program {
    Program::start("websocket_src", &mut chat_command(arguments))
}

/// How the chat is started, for tests that change it.
pub(crate) fn chat_command(arguments: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command.args(arguments);
    command
}

/// One of the examples.
pub(crate) fn start_example(name: &str, arguments: &[&str]) -> Program {
    Program::example(BINARY, name, arguments)
}

/// A server on 127.0.0.1, on a port that was free. It stops when it is dropped.
pub(crate) struct TestServer {
    options: ServerOptions,
    address: SocketAddr,
    running: Option<(oneshot::Sender<()>, JoinHandle<std::io::Result<()>>)>,
}

impl TestServer {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// With other options.
    pub(crate) async fn start_with(change: impl FnOnce(&mut ServerOptions)) -> Self {
        // `RUST_LOG=websocket_src=debug cargo test --test chat -- --nocapture` shows the server's log. An error means
        // that another test of this file was first.
        let filter = tracing_subscriber::EnvFilter::from_default_env();
        let _ = tracing_subscriber::fmt().with_env_filter(filter).with_test_writer().try_init();
        let mut options = ServerOptions::default();
        change(&mut options);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("the system has a free port");
        let address = listener.local_addr().expect("a listener has an address");
        let running = Some(serve(listener, options.clone()));
        Self { options, address, running }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("ws://{}{path}", self.address)
    }

    /// Tells the server to stop.
    pub(crate) fn begin_to_stop(&mut self) -> JoinHandle<std::io::Result<()>> {
        let (stop, task) = self.running.take().expect("the server runs");
        stop.send(()).expect("the server waits for its shutdown");
        task
    }

    /// Waits until [`server::run`] has returned.
    pub(crate) async fn stop(&mut self) {
        let stopped = within(PATIENCE, "the server stops", self.begin_to_stop()).await;
        stopped.expect("the server does not panic").expect("the server stops without an error");
    }

    /// Starts it again on the same port.
    pub(crate) async fn start_again(&mut self) {
        let bind = async {
            loop {
                match TcpListener::bind(self.address).await {
                    Ok(listener) => break listener,
                    // The port was free for a moment, so a connection of another test can have got hold of it.
                    Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
                }
            }
        };
        let listener = within(PATIENCE, format!("port {} is free again", self.address.port()), bind).await;
        self.running = Some(serve(listener, self.options.clone()));
    }
}

fn serve(listener: TcpListener, options: ServerOptions) -> (oneshot::Sender<()>, JoinHandle<std::io::Result<()>>) {
    let (stop, stopped) = oneshot::channel();
    let shutdown = async {
        // An error means that the TestServer was dropped: time to stop as well.
        let _ = stopped.await;
    };
    (stop, tokio::spawn(server::run(listener, options, shutdown)))
}

/// A WebSocket with a name for the messages of failing tests.
pub(crate) struct TestClient {
    pub(crate) name: &'static str,
    socket: WebSocketStream<TcpStream>,
}

impl TestClient {
    /// Connects without waiting for anything that the server says.
    pub(crate) async fn open(name: &'static str, address: SocketAddr, path: &str) -> Self {
        let config = WebSocketConfig::default().read_buffer_size(4096);
        let connect = async {
            let tcp = TcpSocket::new_v4().expect("the system has sockets");
            // Small, so that the server soon notices when nothing is read.
            tcp.set_recv_buffer_size(32 * 1024).expect("the size can be set before connecting");
            let tcp = tcp.connect(address).await.expect("the server listens");
            tcp.set_nodelay(true).expect("a TCP option");
            let url = format!("ws://{address}{path}");
            let upgraded = tokio_tungstenite::client_async_with_config(url, tcp, Some(config)).await;
            upgraded.expect("the server upgrades").0
        };
        let socket = within(PATIENCE, format!("{name} connects"), connect).await;
        Self { name, socket }
    }

    /// Joins the chat.
    pub(crate) async fn join(name: &'static str, server: &TestServer) -> Self {
        let mut client = Self::open(name, server.address(), "/ws").await;
        client.expect("welcome").await;
        client
    }

    /// Sends JSON.
    pub(crate) async fn send(&mut self, message: Value) {
        self.send_raw(Message::text(message.to_string())).await;
    }

    pub(crate) async fn say(&mut self, text: &str) {
        self.send(json!({"type": "new_message", "payload": text})).await;
    }

    /// Sends what may be nonsense. The server may have closed the connection already: then it is lost, as it would be
    /// for a real client.
    pub(crate) async fn send_raw(&mut self, message: Message) {
        let _ = within(PATIENCE, format!("{} can write", self.name), self.socket.send(message)).await;
    }

    /// Writes bytes that are no frame, or not a whole one.
    pub(crate) async fn send_bytes(&mut self, bytes: &[u8]) {
        let what = format!("{} can write", self.name);
        let _ = within(PATIENCE, what, self.socket.get_mut().write_all(bytes)).await;
    }

    /// Waits until the server has read all that this client sent: pings are answered in order. And until it has begun to
    /// read at all, since a server that has just upgraded may not have got around to it.
    pub(crate) async fn round_trip(&mut self) {
        self.send_raw(Message::Ping("there?".into())).await;
        while self.receive_frame().await != Message::Pong("there?".into()) {}
    }

    /// The next message but pings and pongs.
    pub(crate) async fn receive(&mut self) -> Message {
        loop {
            match within(PATIENCE, format!("{} hears something", self.name), self.socket.next()).await {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(message)) => return message,
                other => panic!("{} should hear something, but got {other:?}", self.name),
            }
        }
    }

    /// The next message of any kind, pings included.
    pub(crate) async fn receive_frame(&mut self) -> Message {
        let next = within(PATIENCE, format!("{} hears something", self.name), self.socket.next()).await;
        next.expect("the connection lives").expect("the server sends valid frames")
    }

    pub(crate) async fn event(&mut self) -> Value {
        let message = self.receive().await;
        let json = message.to_text().ok().and_then(|text| serde_json::from_str(text).ok());
        json.unwrap_or_else(|| panic!("{} should hear an event, but got {message:?}", self.name))
    }

    /// The next event, which must be of this type.
    pub(crate) async fn expect(&mut self, kind: &str) -> Value {
        let event = self.event().await;
        assert_eq!(event["type"], kind, "{} waited for {kind:?}, but got {event}", self.name);
        event
    }

    /// The next event is this message.
    pub(crate) async fn expect_message(&mut self, payload: &str) {
        let event = self.expect("new_message").await;
        assert_eq!(event["payload"], payload, "{}: {event}", self.name);
    }

    /// The next event is an error with this code.
    pub(crate) async fn expect_error(&mut self, code: &str) {
        let event = self.expect("error").await;
        assert_eq!(event["code"], code, "{}: {event}", self.name);
    }

    /// Reads until the server says goodbye, and returns the code. Then the connection must end cleanly.
    pub(crate) async fn expect_close(&mut self) -> u16 {
        let closing = async {
            let mut code = None;
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Close(goodbye))) => code = goodbye.map(|goodbye| goodbye.code.into()),
                    Some(Ok(_)) => {}
                    Some(Err(error)) => panic!("{}: {error}", self.name),
                    None => return code,
                }
            }
        };
        let code = within(PATIENCE, format!("{} hears a goodbye", self.name), closing).await;
        code.unwrap_or_else(|| panic!("{}: the goodbye has no code", self.name))
    }

    /// Leaves, as it should be done, and returns the code that the server answers with.
    pub(crate) async fn leave(mut self) -> u16 {
        let goodbye = tokio_tungstenite::tungstenite::protocol::CloseFrame { code: 1000.into(), reason: "".into() };
        self.send_raw(Message::Close(Some(goodbye))).await;
        self.expect_close().await
    }

    /// Cuts the connection.
    pub(crate) fn vanish(self) {
        drop(self);
    }
}

/// Sends a request and returns the answer, up to the end of the connection.
pub(crate) async fn http(address: SocketAddr, request: &str) -> String {
    let exchange = async {
        let mut connection = TcpStream::connect(address).await.expect("the server listens");
        connection.write_all(request.as_bytes()).await.expect("the server reads");
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.expect("the server answers text");
        answer
    };
    within(PATIENCE, format!("an answer to {request:?}"), exchange).await
}
