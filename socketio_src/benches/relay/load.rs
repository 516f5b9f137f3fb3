//! Clients that talk, and look closely at what they hear.
//!
//! They speak Socket.IO by hand: a library would cost more than the server, and hide what is sent. Every message must
//! arrive once, whole and in its turn, or the benchmark fails.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::join_all;
use testing::load_client::LoadClient;
use testing::within;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{interval, sleep};

/// How long anything may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// The length of a message, in bytes.
const LENGTH: usize = 2000;
/// What nobody may hear while something else is to come.
const WRONG: &[&str] = &["43", r#"42["new_message""#, r#"42["refused""#];

async fn connect(address: SocketAddr, auth: &str) -> LoadClient {
    LoadClient::connect(address, auth, WRONG).await
}

async fn enter(client: &mut LoadClient, room: &str) {
    client.send(format!(r#"420["enter_room",{{"payload":"{room}"}}]"#)).await;
    client.expect(r#"430[{"status":"DONE""#).await;
}

/// Two people in a room of their own.
struct Pair {
    alice: LoadClient,
    bob: LoadClient,
    room: String,
    /// How many messages there were so far.
    number: usize,
}

impl Pair {
    async fn connect(address: SocketAddr, number: usize) -> Self {
        let room = format!("room {number}");
        let (mut alice, mut bob) = (connect(address, "").await, connect(address, "").await);
        enter(&mut alice, &room).await;
        enter(&mut bob, &room).await;
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
        let resting = clients.map(async |client| client.rest().await);
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
            let client = connect(address, &format!(r#"{{"client":"client {number:08}"}}"#)).await;
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
        within(PATIENCE, "the server pings everybody", waiting).await;
    }
}

async fn idle(mut client: LoadClient, pings: Arc<Pings>) {
    // The first ping of some servers comes with the handshake.
    client.answer_pings(2).await;
    pings.pinged.fetch_add(1, Ordering::Relaxed);
    pings.another.notify_one();
    client.rest().await;
}
