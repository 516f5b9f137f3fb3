//! What the integration tests share: a server on a free port, and clients with names.
//!
//! * [`TestServer`] is the server of the call, as `study-zoom serve` runs it.
//! * [`TestClient`] speaks Socket.IO through the client of chapter 2. It comes back by itself when it is cut off.
//! * [`RawClient`] is a bare WebSocket. It writes what no well-behaved client writes, and can fall silent.
//! * [`program::ServerProgram`] is a server that can be killed.
//!
//! Every wait ends after [`PATIENCE`] and says who waited for what. Nothing sleeps: that somebody heard *nothing* is
//! shown by a round trip, because what the server sent to a client before its answer also arrives before it.

#![allow(dead_code, reason = "every test file has its own copy of this module and uses a part of it")]

pub(crate) mod program;

pub(crate) use testing::within;

use std::net::SocketAddr;
use std::time::Duration;

use futures::{FutureExt, SinkExt, StreamExt};
use serde_json::{Value, json};
use socketio_src::client::tungstenite::Tungstenite;
use socketio_src::client::{Backoff, Client, DisconnectReason, Event, Events, Options};
use study_zoom::native::Trust;
use study_zoom::server::{self, ServerOptions};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async_tls_with_config};
use tracing::{Instrument, info_span};

/// How long anything may take. Much longer than it does take: only a test that fails waits this long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Example 5 of chapter 3 has received sound and picture: so says this line of it.
pub(crate) fn has_arrived(line: &str) {
    assert!(line.ends_with("have arrived.") && !line.split(' ').any(|word| word == "0"), "{line}");
}

/// A server on 127.0.0.1, on a port that was free. It stops when it is dropped.
pub(crate) struct TestServer {
    options: ServerOptions,
    address: SocketAddr,
    running: Option<Running>,
}

struct Running {
    /// Sent or dropped: the server shuts down.
    stop: oneshot::Sender<()>,
    task: JoinHandle<std::io::Result<()>>,
}

impl TestServer {
    /// With the options of the real server.
    pub(crate) async fn start() -> Self {
        Self::start_with(ServerOptions::default()).await
    }

    pub(crate) async fn start_with(options: ServerOptions) -> Self {
        // `RUST_LOG=study_zoom=debug cargo test --test signaling -- --nocapture` shows the server's log. An error
        // means that another test of this file was first.
        let filter = tracing_subscriber::EnvFilter::from_default_env();
        let _ = tracing_subscriber::fmt().with_env_filter(filter).with_test_writer().try_init();

        let listener = TcpListener::bind("127.0.0.1:0").await.expect("the system has a free port");
        let address = listener.local_addr().expect("a listener has an address");
        let running = Some(serve(listener, options.clone()));
        Self { options, address, running }
    }

    /// Where clients connect to.
    pub(crate) fn url(&self) -> String {
        let scheme = if self.options.https.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Shuts the server down, and waits until [`server::run`] has returned.
    pub(crate) async fn stop(&mut self) {
        let Running { stop, task } = self.running.take().expect("the server runs");
        stop.send(()).expect("the server waits for its shutdown");
        let stopped = within(2 * PATIENCE, "the server stops", task).await;
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
        let listener = within(2 * PATIENCE, format!("port {} is free again", self.address.port()), bind).await;
        self.running = Some(serve(listener, self.options.clone()));
    }
}

fn serve(listener: TcpListener, options: ServerOptions) -> Running {
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(async move {
        let shutdown = async {
            // An error means that the TestServer was dropped: time to stop as well.
            let _ = stopped.await;
        };
        server::run(listener, &options, shutdown).await
    });
    Running { stop, task }
}

/// A client of chapter 2, with a name for the messages of failing tests.
pub(crate) struct TestClient {
    pub(crate) name: &'static str,
    client: Client<Tungstenite>,
    events: Events,
    driver: JoinHandle<()>,
}

impl TestClient {
    /// Connects, and waits until the server has let it in.
    pub(crate) async fn connect(name: &'static str, server: &TestServer) -> Self {
        Self::connect_with(name, server, Some(json!({"extended": true}))).await
    }

    /// With something to show to the server at every connect.
    pub(crate) async fn connect_with(name: &'static str, server: &TestServer, auth: Option<Value>) -> Self {
        Self::connect_to(name, &server.url(), auth).await
    }

    /// Over https, to a server whose authority it trusts.
    pub(crate) async fn connect_trusting(name: &'static str, server: &TestServer, trust: Trust) -> Self {
        Self::connect_over(name, Tungstenite { trust }, &server.url(), Some(json!({"extended": true}))).await
    }

    /// To a server that is a program of its own, say.
    pub(crate) async fn connect_to(name: &'static str, url: &str, auth: Option<Value>) -> Self {
        Self::connect_over(name, Tungstenite::default(), url, auth).await
    }

    async fn connect_over(name: &'static str, transport: Tungstenite, url: &str, auth: Option<Value>) -> Self {
        let at_once = Backoff { first: Duration::from_millis(50), factor: 1.0, ..Backoff::default() };
        let options = Options { auth, backoff: at_once, ..Options::new(url) };
        let (client, events, driver) = Client::new(transport, options);
        let driver = tokio::spawn(driver.run().instrument(info_span!("peer", name)));
        let mut client = Self { name, client, events, driver };
        match client.next("connected").await {
            Event::Connected { .. } => client,
            other => panic!("{name} waited for \"connected\", but got {other:?}"),
        }
    }

    /// Sends an event and asks for an acknowledgement: returns what the server answers.
    pub(crate) async fn ask(&self, event: &str, args: impl Into<Vec<Value>>) -> Value {
        let answer = self.client.emit_with_ack(event, args.into(), PATIENCE).await;
        match answer.map(<[Value; 1]>::try_from) {
            Ok(Ok([reply])) => reply,
            Ok(Err(args)) => panic!("{} wants one argument in the answer to {event:?}: {args:?}", self.name),
            Err(error) => panic!("{} got no answer to {event:?}: {error}", self.name),
        }
    }

    /// Sends an event, as a client without acknowledgements does.
    pub(crate) fn send(&self, event: &str, args: impl Into<Vec<Value>>) {
        if let Err(error) = self.client.emit(event, args.into()) {
            panic!("{} cannot send {event:?}: {error}", self.name);
        }
    }

    /// Enters a room: returns the server's reply.
    pub(crate) async fn join(&self, room: &str) -> Value {
        self.ask("join_room", [json!(room)]).await
    }

    /// Waits until the server has handled all that this client sent, and this client has all that the server sent it.
    pub(crate) async fn round_trip(&self) {
        let reply = self.ask("is anybody there?", []).await;
        assert_eq!(reply["error"]["code"], "unknown_event", "the server answers events that it does not have");
    }

    /// The arguments of the next event, which must be this one. How far the other side is with its steps is told at any
    /// time, and passed over by who does not wait for it.
    pub(crate) async fn expect(&mut self, event: &str) -> Vec<Value> {
        loop {
            match self.next(event).await {
                Event::Message { name, args, .. } if name == event => return args,
                Event::Message { name, .. } if name == shared::events::STEP => {}
                other => panic!("{} waited for {event:?}, but got {other:?}", self.name),
            }
        }
    }

    /// The same, for somebody who has asked for what may be refused, and for no acknowledgement.
    pub(crate) async fn expect_after_refusals(&mut self, event: &str) -> Vec<Value> {
        loop {
            match self.next(event).await {
                Event::Message { name, args, .. } if name == event => return args,
                Event::Message { name, .. } if name == shared::events::REFUSED => {}
                other => panic!("{} waited for {event:?}, but got {other:?}", self.name),
            }
        }
    }

    /// Nothing more has come, and nothing is on its way.
    pub(crate) async fn expect_silence(&mut self) {
        self.round_trip().await;
        if let Some(event) = self.events.next().now_or_never() {
            panic!("{} should hear nothing, but got {event:?}", self.name);
        }
    }

    /// Passes over all that has come so far.
    pub(crate) fn ignore_what_has_come(&mut self) {
        while self.events.next().now_or_never().is_some() {}
    }

    /// Waits until the connection is lost, and says why.
    pub(crate) async fn expect_disconnected(&mut self) -> DisconnectReason {
        match self.next("disconnected").await {
            Event::Disconnected { reason, .. } => reason,
            other => panic!("{} waited for \"disconnected\", but got {other:?}", self.name),
        }
    }

    /// Waits until it is connected again, after however many tries.
    pub(crate) async fn expect_reconnected(&mut self) {
        loop {
            match self.next("reconnected").await {
                Event::Connected { reconnected: true, .. } => break,
                Event::Disconnected { .. } => {}
                other => panic!("{} waited for \"reconnected\", but got {other:?}", self.name),
            }
        }
    }

    /// Closes the page: the client says goodbye and ends.
    pub(crate) async fn close(self) {
        self.client.close();
        let ended = within(PATIENCE, format!("{} ends", self.name), self.driver).await;
        ended.expect("the client does not panic");
    }

    /// The next message, whatever it is, with its arguments.
    pub(crate) async fn next_message(&mut self) -> (String, Vec<Value>) {
        loop {
            match self.next("a message").await {
                Event::Message { name, .. } if name == shared::events::STEP => {}
                Event::Message { name, args, .. } => return (name.to_string(), args),
                other => panic!("{} waited for a message, but got {other:?}", self.name),
            }
        }
    }

    async fn next(&mut self, awaited: &str) -> Event {
        let what = format!("{} hears {awaited:?}", self.name);
        let event = within(PATIENCE, &what, self.events.next()).await;
        event.unwrap_or_else(|| panic!("{what}: the client has ended"))
    }
}

/// A bare WebSocket that has joined the namespace.
///
/// It does what it is told and no more: pings are answered while it waits for something, and not otherwise. Its receive
/// buffer is small, so the server soon notices when it does not read.
pub(crate) struct RawClient {
    pub(crate) name: &'static str,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl RawClient {
    pub(crate) async fn connect(name: &'static str, server: &TestServer) -> Self {
        Self::connect_with(name, server, "").await
    }

    pub(crate) async fn connect_to(name: &'static str, url: &str) -> Self {
        let address = url.strip_prefix("http://").and_then(|address| address.parse().ok());
        Self::connect_at(name, address.expect("the URL of a server in these tests"), Trust::default(), "").await
    }

    /// `auth` is the JSON that it shows to the server.
    pub(crate) async fn connect_with(name: &'static str, server: &TestServer, auth: &str) -> Self {
        Self::connect_at(name, server.address(), Trust::default(), auth).await
    }

    /// Over wss, to a server whose authority it trusts.
    pub(crate) async fn connect_trusting(name: &'static str, server: &TestServer, trust: Trust) -> Self {
        Self::connect_at(name, server.address(), trust, "").await
    }

    async fn connect_at(name: &'static str, address: std::net::SocketAddr, trust: Trust, auth: &str) -> Self {
        let connect = async {
            let tcp = TcpSocket::new_v4().expect("the system has sockets");
            tcp.set_recv_buffer_size(4096).expect("the size can be set before connecting");
            let tcp = tcp.connect(address).await.expect("the server listens");
            tcp.set_nodelay(true).expect("a TCP option");
            let connector = trust.connector();
            let scheme = if connector.is_some() { "wss" } else { "ws" };
            let url = format!("{scheme}://{address}/socket.io/?EIO=4&transport=websocket");
            // On the heap, since a TLS handshake takes 20 kB, and this future is a part of others.
            let connecting = Box::pin(client_async_tls_with_config(url, tcp, None, connector));
            let (socket, _) = connecting.await.expect("the server upgrades");
            socket
        };
        let socket = within(PATIENCE, format!("{name} connects"), connect).await;
        let mut client = Self { name, socket };
        let open = client.receive().await;
        assert!(open.starts_with("0{"), "Engine.IO begins with OPEN: {open}");
        client.send(format!("40{auth}")).await;
        let connected = client.receive().await;
        assert!(connected.starts_with("40{"), "the server lets {name} in: {connected}");
        client
    }

    /// Writes one text message. The server may have closed the connection already: then it is lost, as it would be for
    /// a real client.
    pub(crate) async fn send(&mut self, text: impl Into<String>) {
        let what = format!("{} can write", self.name);
        let _ = within(PATIENCE, what, self.socket.send(Message::text(text.into()))).await;
    }

    /// Writes several text messages at once, so that they reach the server together.
    pub(crate) async fn send_all(&mut self, texts: impl IntoIterator<Item = String>) {
        let what = format!("{} can write", self.name);
        let mut messages = futures::stream::iter(texts.into_iter().map(|text| Ok(Message::text(text))));
        let _ = within(PATIENCE, what, self.socket.send_all(&mut messages)).await;
    }

    /// Writes one binary message.
    pub(crate) async fn send_binary(&mut self, bytes: &[u8]) {
        let what = format!("{} can write", self.name);
        let _ = within(PATIENCE, what, self.socket.send(Message::binary(bytes.to_vec()))).await;
    }

    /// Writes bytes that are no WebSocket frame, or not a whole one.
    pub(crate) async fn send_bytes(&mut self, bytes: &[u8]) {
        let what = format!("{} can write", self.name);
        let _ = within(PATIENCE, what, self.socket.get_mut().write_all(bytes)).await;
    }

    /// The next message, heartbeats aside.
    pub(crate) async fn receive(&mut self) -> String {
        loop {
            let what = format!("{} hears something", self.name);
            match within(PATIENCE, what, self.socket.next()).await {
                Some(Ok(Message::Text(text))) if text.as_str() == "2" => self.send("3").await,
                Some(Ok(Message::Text(text))) => return text.to_string(),
                other => panic!("{} should hear something, but got {other:?}", self.name),
            }
        }
    }

    /// The next message, heartbeats included; `None` when the connection is closed.
    pub(crate) async fn receive_unless_closed(&mut self) -> Option<String> {
        let what = format!("{} hears something, or is disconnected", self.name);
        match within(PATIENCE, what, self.socket.next()).await {
            Some(Ok(Message::Text(text))) => Some(text.to_string()),
            _ => None,
        }
    }

    /// The next event, which the server must have sent without asking for an answer: `["name", argument, ...]`.
    pub(crate) async fn receive_event(&mut self) -> Value {
        let text = self.receive().await;
        let event = text.strip_prefix("42").and_then(|json| serde_json::from_str(json).ok());
        event.unwrap_or_else(|| panic!("{} should hear an event, but got {text}", self.name))
    }

    /// Asks the server something, and returns all that comes up to the answer, with the answer as the last.
    pub(crate) async fn receive_until_answered(&mut self, event_and_args: &Value) -> Vec<String> {
        self.send(format!("427{event_and_args}")).await;
        let mut messages = vec![];
        loop {
            messages.push(self.receive().await);
            if messages.last().is_some_and(|text| text.starts_with("437[")) {
                return messages;
            }
        }
    }

    /// Reads without answering pings, until the server closes the connection.
    pub(crate) async fn wait_until_closed(&mut self) {
        let closed = async { while let Some(Ok(_)) = self.socket.next().await {} };
        within(PATIENCE, format!("the server closes the connection of {}", self.name), closed).await;
    }
}
