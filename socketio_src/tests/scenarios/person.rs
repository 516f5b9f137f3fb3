//! Somebody who chats, with the client of this crate.

use std::time::Duration;

use serde_json::{Value, json};
use socketio_src::client::{DisconnectReason, Event, Options};

use crate::common::{Peer, options_for, within};

/// Long enough for any answer that does come.
const PATIENCE: Duration = Duration::from_secs(20);

/// A client in the chat.
pub(crate) struct Person {
    /// The name of the person, for messages. It is the nickname too, once it is said.
    name: &'static str,
    peer: Peer,
}

impl Person {
    /// Connects without an auth payload.
    pub(crate) async fn plain(name: &'static str, port: u16) -> Self {
        Self::connect(name, options_for(port)).await
    }

    /// Connects with an id, to be recognised when it comes back.
    pub(crate) async fn resumable(name: &'static str, port: u16) -> Self {
        let auth = json!({ "client": format!("the client of {name}") });
        Self::connect(name, Options { auth: Some(auth), ..options_for(port) }).await
    }

    async fn connect(name: &'static str, options: Options) -> Self {
        let mut person = Self { name, peer: Peer::start(name, options) };
        person.connected(false).await;
        person
    }

    /// Plain, with its name as nickname, and in a room.
    pub(crate) async fn in_room(name: &'static str, room: &str, port: u16) -> Self {
        Self::plain(name, port).await.introduced(room).await
    }

    /// With its name as nickname, and in a room.
    pub(crate) async fn introduced(self, room: &str) -> Self {
        self.done("nickname", vec![json!(self.name)]).await;
        self.enters(room).await;
        self
    }

    /// The next event is that it is connected, for the first time or again.
    async fn connected(&mut self, again: bool) {
        let event = self.peer.event("Connected").await;
        assert!(
            matches!(event, Event::Connected { reconnected, .. } if reconnected == again),
            "{}: {event:?}",
            self.name
        );
    }

    /// Loses the connection, and gets it back by itself.
    pub(crate) async fn comes_back(&mut self) {
        self.loses_the_connection().await;
        self.is_back().await;
    }

    /// Has a connection again, after one try or more.
    pub(crate) async fn is_back(&mut self) {
        loop {
            match self.peer.event("Connected again").await {
                Event::Disconnected { reason: DisconnectReason::ConnectFailed(_), .. } => {}
                Event::Connected { reconnected: true, .. } => return,
                other => panic!("{}: expected Connected, got {other:?}", self.name),
            }
        }
    }

    /// Hears, after what else was said before, that the connection is lost.
    pub(crate) async fn loses_the_connection(&mut self) -> DisconnectReason {
        loop {
            match self.peer.event("Disconnected").await {
                Event::Message { .. } => {}
                Event::Disconnected { reason, .. } => return reason,
                other => panic!("{}: expected Disconnected, got {other:?}", self.name),
            }
        }
    }

    /// The last event after what else there was: the server has thrown it out, or it has left by itself.
    pub(crate) async fn ends(mut self) -> Event {
        loop {
            match self.peer.event("the end").await {
                Event::Message { .. } => {}
                end => return end,
            }
        }
    }

    /// Leaves the chat, as a program that ends.
    pub(crate) fn goes(&self) {
        self.peer.client.close();
    }

    /// Emits without asking for an answer.
    pub(crate) fn emits(&self, event: &str, args: Vec<Value>) {
        self.peer.client.emit(event, args).unwrap();
    }

    /// Emits, and returns the acknowledgement.
    pub(crate) async fn asks(&self, event: &str, args: Vec<Value>) -> Value {
        let answer = self.peer.client.emit_with_ack(event, args, PATIENCE).await;
        let answer = answer.unwrap_or_else(|error| panic!("{} asks for {event}: {error}", self.name));
        assert_eq!(answer.len(), 1, "{} asks for {event}: {answer:?}", self.name);
        answer.into_iter().next().unwrap()
    }

    /// Asks for something that the server does.
    pub(crate) async fn done(&self, event: &str, args: Vec<Value>) -> Value {
        let reply = self.asks(event, args).await;
        assert_eq!(reply["status"], "DONE", "{} asks for {event}: {reply}", self.name);
        reply
    }

    /// Asks for something that the server does not do. The answer says why, to programs and to people.
    pub(crate) async fn is_refused(&self, event: &str, args: Vec<Value>, code: &str) {
        let what = format!("{} asks for {event} with {args:?}", self.name);
        let reply = self.asks(event, args).await;
        assert_eq!((&reply["status"], &reply["error"]["code"]), (&json!("ERROR"), &json!(code)), "{what}: {reply}");
        assert!(reply["error"]["message"].as_str().is_some_and(|message| !message.is_empty()), "{what}: {reply}");
    }

    /// Enters a room.
    pub(crate) async fn enters(&self, room: &str) -> Value {
        self.done("enter_room", vec![json!({ "payload": room })]).await
    }

    /// Enters a room in which it has seen a message before.
    pub(crate) async fn enters_after(&self, room: &str, offset: &Value) -> Value {
        self.done("enter_room", vec![json!({ "payload": room, "after": offset })]).await
    }

    /// Says something.
    pub(crate) async fn says(&self, text: &str, room: &str) -> Value {
        self.done("new_message", vec![json!(text), json!(room)]).await
    }

    /// The next event but those that everybody hears all the time, unless it is one of them that is waited for.
    pub(crate) async fn hears(&mut self, event: &str) -> Vec<Value> {
        loop {
            match self.peer.event(event).await {
                Event::Message { name, args, .. } if name == event => return args,
                Event::Message { name, .. } if ["room_change", "servers"].contains(&name.as_str()) => {}
                other => panic!("{}: expected {event}, got {other:?}", self.name),
            }
        }
    }

    /// The next of these events, whatever else comes in between. Its arguments.
    pub(crate) async fn hears_one_of(&mut self, events: &[&str]) -> Vec<Value> {
        loop {
            match self.peer.event(&events.join(" or ")).await {
                Event::Message { name, args, .. } if events.contains(&name.as_str()) => return args,
                Event::Message { .. } => {}
                other => panic!("{}: expected {events:?}, got {other:?}", self.name),
            }
        }
    }

    /// The next event of this name, whatever else comes in between.
    pub(crate) async fn hears_next(&mut self, event: &str) -> Vec<Value> {
        self.hears_one_of(&[event]).await
    }

    /// An event with this first argument, whatever else comes in between.
    pub(crate) async fn hears_among(&mut self, event: &str, first: &Value) {
        while self.hears_next(event).await.first() != Some(first) {}
    }

    /// Hears, after what else there was, that these are the rooms with people in them. Several changes can be told as one.
    pub(crate) async fn hears_rooms(&mut self, rooms: &[&str]) {
        while self.hears("room_change").await != [json!(rooms)] {}
    }

    /// The next thing that it hears is this message, as plain clients get it.
    pub(crate) async fn hears_message(&mut self, message: &str) {
        assert_eq!(self.hears("new_message").await, [json!(message)], "{}", self.name);
    }

    /// The next thing that it hears is this message, as those get it who can resume. Returns its offset.
    pub(crate) async fn hears_message_with_offset(&mut self, nickname: &str, text: &str) -> Value {
        let args = self.hears("new_message").await;
        assert_eq!(args.len(), 2, "{}: {args:?}", self.name);
        assert_eq!(args[0], format!("{nickname}: {text}"), "{}", self.name);
        offset_of(&args[1], nickname)
    }
}

/// The nicknames in the answer to an `enter_room`: how many, and who, in the order of the alphabet.
pub(crate) fn people_of(entered: &Value) -> (u64, Vec<&str>) {
    let mut people: Vec<_> = entered["people"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    people.sort_unstable();
    (entered["count"].as_u64().unwrap(), people)
}

/// The offset in what comes with a message.
pub(crate) fn offset_of(meta: &Value, nickname: &str) -> Value {
    let Value::String(offset) = &meta["offset"] else { panic!("no offset: {meta}") };
    assert_eq!(*meta, json!({ "offset": offset, "nickname": nickname }));
    meta["offset"].clone()
}

/// Repeats a question until the answer is the one that is waited for.
pub(crate) async fn until(what: &str, mut question: impl AsyncFnMut() -> bool) {
    let asking = async {
        while !question().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    within(what, asking).await;
}
