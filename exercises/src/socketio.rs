//! A client and servers of Socket.IO.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::{Ready, ready};

use axum::Router;
use futures::StreamExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use socketio_src::client::tungstenite::Tungstenite;
use socketio_src::client::{AckId, Client, ClientError, Event, Events, Options};
use socketioxide::extract::{AckSender, Data, SocketRef, TryData};
use socketioxide::handler::ConnectHandler;
use socketioxide::{SocketIo, SocketIoBuilder};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::{PATIENCE, soon};

/// What `on_connect` returns when it has registered its handlers.
pub type Entered = Ready<Result<(), Infallible>>;

/// Serves Socket.IO, with the usual settings. Returns the URL.
pub async fn serve(on_connect: fn(SocketRef) -> Entered) -> String {
    serve_with(SocketIo::builder(), on_connect).await
}

/// Serves Socket.IO. Returns the URL.
pub async fn serve_with(settings: SocketIoBuilder, on_connect: fn(SocketRef) -> Entered) -> String {
    let (layer, io) = settings.build_layer();
    io.ns("/", (|| ready(())).with(on_connect));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("the system has a free port");
    let url = format!("http://{}", listener.local_addr().expect("a listener has an address"));
    tokio::spawn(async move { axum::serve(listener, Router::new().layer(layer)).await });
    url
}

/// Serves what the signaling server of chapter 3 is for: what a client sends, as (arguments, room), the other members
/// of the room hear, as (arguments). `join_room` is acknowledged. Returns the URL.
pub async fn signaling_server() -> String {
    serve(|socket| {
        socket.on("join_room", |socket: SocketRef, Data(room): Data<String>, ack: AckSender| {
            socket.join(room);
            let _ = ack.send(&json!({"ok": true}));
            ready(())
        });
        relay(&socket, "offer", |(description, room): (Value, String)| (description, room));
        relay(&socket, "answer", |(description, room, to_offer): (Value, String, Value)| {
            ((description, to_offer), room)
        });
        relay(&socket, "ice", |(candidate, room): (Value, String)| (candidate, room));
        ready(Ok(()))
    })
    .await
}

/// Registers a handler that passes an event on. `split` tells its arguments from the room.
fn relay<Args, Out>(socket: &SocketRef, event: &'static str, split: fn(Args) -> (Out, String))
where
    Args: DeserializeOwned + Send + Sync + 'static,
    Out: Serialize + 'static,
{
    socket.on(event, move |socket: SocketRef, TryData(args): TryData<Args>| {
        match args.map(split) {
            Ok((args, room)) => {
                for other in socket.to(room).sockets() {
                    let _ = other.emit(event, &args);
                }
            }
            Err(error) => println!("the server refuses {event}: {error}"),
        }
        ready(())
    });
}

/// The handle with which a client emits.
pub type Emitter = Client<Tungstenite>;

/// A Socket.IO client with a name. What it hears is kept until somebody asks.
pub struct Person {
    name: &'static str,
    /// Emits.
    pub client: Emitter,
    events: Events,
    driver: JoinHandle<()>,
    questions: VecDeque<AckId>,
}

impl Person {
    /// Connects, and waits until the server has let this client in.
    pub async fn connect(name: &'static str, url: &str) -> Self {
        let (client, mut events, driver) = Client::new(Tungstenite::default(), Options::new(url));
        let driver = tokio::spawn(driver.run());
        let event = soon(events.next(), &format!("{name} was not let in")).await;
        assert!(matches!(event, Some(Event::Connected { .. })), "{name} was not let in: {event:?}");
        Self { name, client, events, driver, questions: VecDeque::new() }
    }

    /// Connects, and joins a room of the [`signaling_server`].
    pub async fn in_room(name: &'static str, url: &str, room: &str) -> Self {
        let person = Self::connect(name, url).await;
        person.ask("join_room", vec![room.into()]).await;
        person
    }

    /// Emits an event.
    pub fn emit(&self, event: &str, args: Vec<Value>) {
        self.client.emit(event, args).unwrap_or_else(|error| panic!("{} cannot emit {event}: {error}", self.name));
    }

    /// Emits an event and waits for its acknowledgement: the arguments.
    pub async fn ask(&self, event: &str, args: Vec<Value>) -> Vec<Value> {
        match self.client.emit_with_ack(event, args.clone(), PATIENCE).await {
            Ok(answer) => answer,
            Err(ClientError::AckTimeout { .. }) => {
                panic!("{} asked {event} {}, and got no acknowledgement", self.name, Value::from(args))
            }
            Err(error) => panic!("{} cannot ask {event}: {error}", self.name),
        }
    }

    /// The next event: its name and its arguments. `wanted` says what it should be, for the case that nothing comes.
    pub async fn hear(&mut self, wanted: &str) -> (String, Value) {
        let name = self.name;
        match soon(self.events.next(), &format!("{name} heard nothing, and waited for {wanted}")).await {
            Some(Event::Message { name, args, ack }) => {
                self.questions.extend(ack);
                (name, args.into())
            }
            other => panic!("{name} waited for {wanted}, and got {other:?}"),
        }
    }

    /// Answers the oldest question that this client has heard.
    pub fn answer(&mut self, args: Vec<Value>) {
        let question = self.questions.pop_front().unwrap_or_else(|| panic!("nobody has asked {} anything", self.name));
        self.client.ack(question, args).unwrap_or_else(|error| panic!("{} cannot answer: {error}", self.name));
    }

    /// Loses the connection, without a goodbye.
    pub fn vanish(self) {
        self.driver.abort();
    }
}
