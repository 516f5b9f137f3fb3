//! A server made of two queues, and a clock that jumps: with `start_paused` tokio moves its clock forward whenever
//! every task waits. So a test of a 45-second heartbeat takes no time, and always takes the same course.

mod acks;
mod close;
mod engine_packet;
mod heartbeat;
mod order;
mod packet;
mod protocol;
mod queues;
mod reconnect;

use futures::channel::oneshot;
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::*;

/// What the server says first, unless a test wants something else. Patience: 25 s + 20 s.
const OPEN: &str = r#"0{"sid":"engine","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#;

/// The client's side of the fake network.
#[derive(Debug, Clone)]
struct Fake {
    /// Every call of `connect` arrives here.
    calls: mpsc::UnboundedSender<Call>,
}

/// One call of `connect`.
#[derive(Debug)]
struct Call {
    /// The URL that was asked for.
    url: String,
    /// Where the server's decision goes.
    decision: oneshot::Sender<Result<(FakeSender, FakeReceiver), TransportError>>,
}

/// The client's sending half. Its queue has one place: a send waits until the server has taken the packet.
#[derive(Debug)]
struct FakeSender(mpsc::Sender<Sent>);

/// The client's receiving half.
#[derive(Debug)]
struct FakeReceiver(mpsc::Receiver<Result<Frame, TransportError>>);

/// What the client did.
#[derive(Debug, PartialEq)]
enum Sent {
    /// It sent a packet.
    Text(String),
    /// It closed the WebSocket.
    Close,
}

impl Transport for Fake {
    type Sender = FakeSender;
    type Receiver = FakeReceiver;

    async fn connect(&self, url: &str) -> Result<(FakeSender, FakeReceiver), TransportError> {
        let (decision, decided) = oneshot::channel();
        self.calls.unbounded_send(Call { url: url.to_owned(), decision }).unwrap();
        decided.await.unwrap_or_else(|_| Err(TransportError::new("the test is over")))
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    /// The middle: jitter changes nothing.
    fn random(&self) -> f64 {
        0.5
    }
}

impl SocketSender for FakeSender {
    async fn send(&mut self, text: String) -> Result<(), TransportError> {
        self.0.send(Sent::Text(text)).await.map_err(TransportError::new)
    }

    async fn close(&mut self) -> Result<(), TransportError> {
        self.0.send(Sent::Close).await.map_err(TransportError::new)
    }
}

impl SocketReceiver for FakeReceiver {
    async fn receive(&mut self) -> Option<Result<Frame, TransportError>> {
        self.0.next().await
    }
}

/// The server's side of the fake network.
#[derive(Debug)]
struct Server(mpsc::UnboundedReceiver<Call>);

impl Server {
    /// The next call of `connect`.
    async fn call(&mut self) -> Call {
        within("a call of connect", self.0.next()).await.unwrap()
    }

    /// Lets the client open a WebSocket, and says nothing.
    async fn accept(&mut self) -> Connection {
        let call = self.call().await;
        let (sender, sent) = mpsc::channel(0);
        let (say, receiver) = mpsc::channel(0);
        call.decision.send(Ok((FakeSender(sender), FakeReceiver(receiver)))).unwrap();
        Connection { sent, say }
    }

    /// Lets the client connect completely.
    async fn connect(&mut self) -> Connection {
        let mut connection = self.accept().await;
        connection.say(OPEN).await;
        assert_eq!(connection.heard().await, "40");
        connection.say(r#"40{"sid":"alice"}"#).await;
        connection
    }

    /// Does not let the client open a WebSocket.
    async fn refuse(&mut self, reason: &str) {
        self.call().await.decision.send(Err(TransportError::new(reason))).unwrap();
    }
}

/// The server's end of one WebSocket. Dropping it closes the connection.
#[derive(Debug)]
struct Connection {
    /// What the client did.
    sent: mpsc::Receiver<Sent>,
    /// What the client will receive.
    say: mpsc::Sender<Result<Frame, TransportError>>,
}

impl Connection {
    /// Sends a text, and waits until the client has taken it.
    async fn say(&mut self, text: &str) {
        let sent = self.say.send(Ok(Frame::Text(text.to_owned())));
        within("the client to read", sent).await.unwrap();
    }

    /// The next thing that the client did.
    async fn next(&mut self) -> Option<Sent> {
        within("a packet from the client", self.sent.next()).await
    }

    /// The next packet of the client.
    async fn heard(&mut self) -> String {
        match self.next().await {
            Some(Sent::Text(text)) => text,
            other => panic!("expected a packet from the client, got {other:?}"),
        }
    }
}

/// A running client and its server.
#[derive(Debug)]
struct World {
    client: Client<Fake>,
    events: Events,
    driver: JoinHandle<()>,
    server: Server,
}

impl World {
    /// Starts a client with the usual options.
    fn new() -> Self {
        Self::with(Options::new("http://server"))
    }

    /// Starts a client.
    fn with(options: Options) -> Self {
        let (calls, server) = mpsc::unbounded();
        let (client, events, driver) = Client::new(Fake { calls }, options);
        Self { client, events, driver: tokio::spawn(driver.run()), server: Server(server) }
    }

    /// Connects, and takes the event that says so.
    async fn connect(&mut self) -> Connection {
        let connection = self.server.connect().await;
        assert!(matches!(self.event().await, Event::Connected { .. }));
        connection
    }

    /// The next event.
    async fn event(&mut self) -> Event {
        within("an event", self.events.next()).await.expect("the stream of events has ended")
    }

    /// The next event, which must be a disconnection.
    async fn disconnected(&mut self) -> (DisconnectReason, Duration) {
        match self.event().await {
            Event::Disconnected { reason, retry_in } => (reason, retry_in),
            other => panic!("expected Disconnected, got {other:?}"),
        }
    }

    /// The last event, after which the stream and the driver must end.
    async fn last_event(mut self) -> Event {
        let event = self.event().await;
        assert_eq!(within("the end of the events", self.events.next()).await, None);
        within("the end of the driver", self.driver).await.unwrap();
        assert_eq!(self.client.emit("late", vec![]), Err(ClientError::Closed));
        event
    }
}

/// A message without an acknowledgement.
fn message(name: &str, args: Vec<Value>) -> Event {
    Event::Message { name: name.to_owned(), args, ack: None }
}

/// Waits, but not without end. The clock jumps, so this costs no time even when it fails.
async fn within<F: Future>(what: &str, future: F) -> F::Output {
    let limit = Duration::from_secs(3600);
    tokio::time::timeout(limit, future).await.unwrap_or_else(|_| panic!("waited for {what}, and it did not happen"))
}

/// Lets every other task run until it waits for something.
async fn settle() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}
