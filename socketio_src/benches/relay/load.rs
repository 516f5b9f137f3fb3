//! Clients that talk, and look closely at what they hear.
//!
//! They speak Socket.IO by hand: a library would cost more than the server, and hide what is sent. Every message must
//! arrive once, whole and in its turn, or the benchmark fails.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::join_all;
use futures::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{interval, sleep, timeout};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// How long anything may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// The length of a message, in bytes.
const LENGTH: usize = 2000;

/// One connection.
struct Client {
    socket: WebSocketStream<TcpStream>,
}

impl Client {
    /// Connects, and joins the namespace `/`. The second argument is what a client that can resume shows.
    async fn connect(address: SocketAddr, auth: &str) -> Self {
        let config = WebSocketConfig::default().read_buffer_size(4096);
        let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
        let opening = async {
            let tcp = TcpStream::connect(address).await.expect("the server listens");
            tcp.set_nodelay(true).expect("a TCP option");
            client_async_with_config(url, tcp, Some(config)).await.expect("the server upgrades").0
        };
        let mut client = Self { socket: timeout(PATIENCE, opening).await.expect("the server answers in time") };
        client.expect("0{").await;
        client.send(format!("40{auth}")).await;
        client.expect("40{").await;
        client
    }

    async fn enter(&mut self, room: &str) {
        self.send(format!(r#"420["enter_room",{{"payload":"{room}"}}]"#)).await;
        self.expect(r#"430[{"status":"DONE""#).await;
    }

    async fn send(&mut self, packet: String) {
        self.socket.send(Message::text(packet)).await.expect("the server reads");
    }

    /// The next packet. Pings are answered on the way.
    async fn receive(&mut self) -> Utf8Bytes {
        loop {
            let message = self.socket.next().await.expect("the connection stays").expect("the server sends frames");
            match message {
                Message::Text(text) if text == "2" => self.send("3".to_owned()).await,
                Message::Text(text) => return text,
                other => panic!("the server sends text, but here is {other:?}"),
            }
        }
    }

    /// Waits for a packet that starts like this. What else the server says on the way is of no interest, as long as it is
    /// neither a message nor a refusal.
    async fn expect(&mut self, start: &str) -> Utf8Bytes {
        let waiting = async {
            loop {
                let packet = self.receive().await;
                if packet.starts_with(start) {
                    return packet;
                }
                let wrong =
                    ["43", r#"42["new_message""#, r#"42["refused""#].iter().any(|wrong| packet.starts_with(wrong));
                assert!(!wrong, "{start} was expected, but here is {packet}");
            }
        };
        timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("{start} did not come"))
    }
}

/// Two people in a room of their own.
struct Pair {
    alice: Client,
    bob: Client,
    room: String,
    /// How many messages there were so far.
    number: usize,
}

impl Pair {
    async fn connect(address: SocketAddr, number: usize) -> Self {
        let room = format!("room {number}");
        let (mut alice, mut bob) = (Client::connect(address, "").await, Client::connect(address, "").await);
        alice.enter(&room).await;
        bob.enter(&room).await;
        Self { alice, bob, room, number: 0 }
    }

    /// Alice says something. The server acknowledges it, and Bob hears it.
    async fn say(&mut self) {
        self.number += 1;
        let (number, text) = (self.number, text(self.number));
        self.alice.send(format!(r#"42{number}["new_message","{text}","{}"]"#, self.room)).await;
        self.alice.expect(&format!(r#"43{number}[{{"status":"DONE""#)).await;
        self.bob.expect(&heard(&text)).await;
    }

    /// Alice says something, and Bob answers as soon as he hears it. Nobody asks for an acknowledgement.
    async fn round_trip(&mut self) {
        for _ in 0..2 {
            self.number += 1;
            let text = text(self.number);
            self.alice.send(format!(r#"42["new_message","{text}","{}"]"#, self.room)).await;
            self.bob.expect(&heard(&text)).await;
            // Now the other one.
            std::mem::swap(&mut self.alice, &mut self.bob);
        }
    }
}

/// The text of a message: its number, and what makes it long.
fn text(number: usize) -> String {
    format!("{number:07} {}", "x".repeat(LENGTH - 8))
}

/// How a message arrives. Clients that can resume get a second argument.
fn heard(text: &str) -> String {
    format!(r#"42["new_message","Anon: {text}""#)
}

/// Pairs that talk at the same time.
pub(crate) struct Pairs(Vec<Pair>);

impl Pairs {
    pub(crate) async fn connect(address: SocketAddr, pairs: usize) -> Self {
        let mut connected = Vec::new();
        for number in 0..pairs {
            connected.push(Pair::connect(address, number).await);
        }
        Self(connected)
    }

    /// Every pair says this many messages, the next one as soon as the one before has arrived.
    pub(crate) async fn say_quickly(&mut self, messages: usize) {
        let talking = self.0.iter_mut().map(async |pair| {
            for _ in 0..messages {
                pair.say().await;
            }
        });
        join_all(talking).await;
    }

    /// Every pair says this many messages, one in each period. The pairs take turns.
    pub(crate) async fn say_steadily(&mut self, messages: usize, period: Duration) {
        let pairs = self.0.len() as u32;
        let talking = self.0.iter_mut().zip(0..).map(async |(pair, number)| {
            sleep(period * number / pairs).await;
            let mut ticks = interval(period);
            for _ in 0..messages {
                ticks.tick().await;
                pair.say().await;
            }
        });
        join_all(talking).await;
    }

    /// Every pair makes this many round trips.
    pub(crate) async fn ping_pong(&mut self, trips: usize) {
        let talking = self.0.iter_mut().map(async |pair| {
            for _ in 0..trips {
                pair.round_trip().await;
            }
        });
        join_all(talking).await;
    }

    /// Says nothing, and answers pings, until it is dropped.
    pub(crate) async fn rest(&mut self) {
        let clients = self.0.iter_mut().flat_map(|pair| [&mut pair.alice, &mut pair.bob]);
        let resting = clients.map(async |client| {
            loop {
                let packet = client.receive().await;
                assert!(!packet.starts_with(r#"42["new_message""#), "nobody talks, but here is {packet}");
            }
        });
        join_all(resting).await;
    }
}

/// Connections that do nothing but answer pings, each a task. They end when this is dropped.
pub(crate) struct Idle {
    tasks: JoinSet<()>,
    pings: Arc<Pings>,
}

/// How many of them have been pinged.
#[derive(Default)]
struct Pings {
    pinged: AtomicUsize,
    another: Notify,
}

impl Idle {
    pub(crate) async fn connect(address: SocketAddr, connections: usize) -> Self {
        let (mut tasks, pings) = (JoinSet::new(), Arc::<Pings>::default());
        for number in 0..connections {
            let client = Client::connect(address, &format!(r#"{{"client":"client {number:08}"}}"#)).await;
            tasks.spawn(idle(client, pings.clone()));
        }
        Self { tasks, pings }
    }

    /// Waits until each one has been pinged: what the server needs for that is there, and its buffers have been used.
    pub(crate) async fn pinged(&self) {
        let waiting = async {
            while self.pings.pinged.load(Ordering::Relaxed) < self.tasks.len() {
                self.pings.another.notified().await;
            }
        };
        timeout(PATIENCE, waiting).await.expect("the server pings everybody");
    }
}

async fn idle(mut client: Client, pings: Arc<Pings>) {
    let mut pinged = 0;
    while let Some(Ok(message)) = client.socket.next().await {
        if matches!(message, Message::Text(text) if text == "2") {
            client.send("3".to_owned()).await;
            pinged += 1;
            // The first ping of some servers comes with the handshake.
            if pinged == 2 {
                pings.pinged.fetch_add(1, Ordering::Relaxed);
                pings.another.notify_one();
            }
        }
    }
}
