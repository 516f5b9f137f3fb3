//! Clients that send and count.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::stream::SplitSink;
use futures::{SinkExt, StreamExt};
use serde_json::json;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// How long anything may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// The length of a message.
const LENGTH: usize = 1000;

type Socket = WebSocketStream<TcpStream>;

/// The half of a connection that sends.
pub(crate) type Sender = SplitSink<Socket, Message>;

/// Listeners, each a task. They end when this is dropped.
pub(crate) struct Crowd {
    listeners: usize,
    tasks: JoinSet<()>,
    arrived: Arc<Arrived>,
}

/// How many messages have arrived, at all the listeners together.
#[derive(Default)]
struct Arrived {
    count: AtomicUsize,
    /// At how many somebody wants to know.
    wanted: AtomicUsize,
    reached: Notify,
}

impl Crowd {
    /// Connects them one after the other, and waits until each one is really there.
    pub(crate) async fn connect(address: SocketAddr, listeners: usize) -> Self {
        let (mut tasks, arrived) = (JoinSet::new(), Arc::<Arrived>::default());
        for _ in 0..listeners {
            let socket = open(address, "/ws").await;
            tasks.spawn(listen(socket, arrived.clone()));
        }
        Self { listeners, tasks, arrived }
    }

    /// One who sends. It listens as well, as everybody does.
    pub(crate) async fn sender(&mut self, address: SocketAddr) -> Sender {
        // The server that is the limit knows its sender by the path.
        let (sender, mut heard) = open(address, "/ws?sender").await.split();
        self.tasks.spawn(async move { while let Some(Ok(_)) = heard.next().await {} });
        sender
    }

    /// Sends messages, each one when the one before has arrived everywhere, and returns how many arrived.
    pub(crate) async fn broadcast(&mut self, sender: &mut Sender, typed: bool, messages: usize) -> usize {
        let text = "x".repeat(LENGTH);
        let text = if typed { json!({"type": "new_message", "payload": text}).to_string() } else { text };
        let message = Message::text(text);
        for _ in 0..messages {
            let wanted = self.arrived.count.load(Ordering::Relaxed) + self.listeners;
            self.arrived.wanted.store(wanted, Ordering::Relaxed);
            sender.send(message.clone()).await.expect("the server reads");
            timeout(PATIENCE, self.arrived.reached.notified()).await.expect("the message arrives everywhere");
        }
        messages * self.listeners
    }
}

async fn listen(mut socket: Socket, arrived: Arc<Arrived>) {
    while let Some(Ok(message)) = socket.next().await {
        // Notices that somebody came are shorter.
        if message.len() >= LENGTH
            && arrived.count.fetch_add(1, Ordering::Relaxed) + 1 == arrived.wanted.load(Ordering::Relaxed)
        {
            arrived.reached.notify_one();
        }
    }
}

async fn open(address: SocketAddr, path: &str) -> Socket {
    let config = WebSocketConfig::default().read_buffer_size(2048);
    let opening = async {
        let tcp = TcpStream::connect(address).await.expect("the server listens");
        tcp.set_nodelay(true).expect("a TCP option");
        let opened = client_async_with_config(format!("ws://{address}{path}"), tcp, Some(config)).await;
        opened.expect("the server upgrades").0
    };
    timeout(PATIENCE, opening).await.expect("the server answers in time")
}
