//! The people of a room: entering, leaving, nicknames, and the list of rooms.

use serde_json::json;
use socketio_src::client::{ClosedBy, Event};

use super::person::{Person, people_of};
use super::servers::Chat;
use super::wire::Wire;

/// The answer says who is there; the others hear who has come. Without a nickname one is `Anon`.
pub(crate) async fn whoever_enters_sees_the_others_and_is_welcomed<S: Chat>() {
    let server = S::start(0).await;
    let mut alice = Person::plain("alice", server.port()).await;
    alice.done("nickname", vec![json!("alice")]).await;
    let entered = alice.enters("  demo ").await;
    let expected = json!({
        "status": "DONE",
        "room": "demo",
        "count": 1,
        "people": ["alice"],
        "offset": entered["offset"].as_str().expect("the place where the first message will be later than"),
        "missed": [],
        "complete": true,
    });
    assert_eq!(entered, expected);

    let bob = Person::plain("bob", server.port()).await;
    let entered = bob.enters("demo").await;
    assert_eq!(people_of(&entered), (2, vec!["Anon", "alice"]));
    assert_eq!(alice.hears("welcome").await, [json!("Anon"), json!(2)]);
}

/// Those who stay hear `bye`, whether somebody left the room, left the chat, or lost the connection.
pub(crate) async fn whoever_goes_is_missed_by_those_who_stay<S: Chat>() {
    let server = S::start(0).await;
    let wire = Wire::to(server.port()).await;
    let mut alice = Person::in_room("alice", "demo", server.port()).await;
    let bob = Person::in_room("bob", "demo", server.port()).await;
    alice.hears("welcome").await;
    let carol = Person::in_room("carol", "demo", server.port()).await;
    alice.hears("welcome").await;
    let _dave = Person::in_room("dave", "demo", wire.port()).await;
    assert_eq!(alice.hears("welcome").await, [json!("dave"), json!(4)]);

    bob.done("leave_room", vec![json!("demo")]).await;
    assert_eq!(alice.hears("bye").await, [json!("bob"), json!(3)]);
    carol.goes();
    assert_eq!(alice.hears("bye").await, [json!("carol"), json!(2)]);
    assert_eq!(carol.ends().await, Event::Closed { by: ClosedBy::Client });
    wire.cut();
    assert_eq!(alice.hears("bye").await, [json!("dave"), json!(1)]);

    // A client that has left hears nothing more of the room.
    alice.says("is anybody there?", "demo").await;
    let mut bob = bob.introduced("elsewhere").await;
    alice.enters("elsewhere").await;
    // That of carol and dave, from before.
    assert_eq!(bob.hears("welcome").await, [json!("carol"), json!(3)]);
    assert_eq!(bob.hears("welcome").await, [json!("dave"), json!(4)]);
    assert_eq!(bob.hears("welcome").await, [json!("alice"), json!(2)]);
}

/// One is in one room at most: entering the next one leaves the first.
pub(crate) async fn whoever_enters_another_room_leaves_the_first<S: Chat>() {
    let server = S::start(0).await;
    let mut alice = Person::in_room("alice", "demo", server.port()).await;
    let mut carol = Person::in_room("carol", "annex", server.port()).await;
    let bob = Person::in_room("bob", "demo", server.port()).await;
    alice.hears("welcome").await;

    let entered = bob.enters("annex").await;
    assert_eq!((&entered["room"], people_of(&entered)), (&json!("annex"), (2, vec!["bob", "carol"])));
    assert_eq!(alice.hears("bye").await, [json!("bob"), json!(1)]);
    assert_eq!(carol.hears("welcome").await, [json!("bob"), json!(2)]);
    bob.is_refused("new_message", vec![json!("hello"), json!("demo")], "not_in_room").await;
    bob.says("hello", "annex").await;
    carol.hears_message("bob: hello").await;
}

/// Entering the room in which one is already is fine, and nobody else hears of it.
pub(crate) async fn entering_the_same_room_again_changes_nothing<S: Chat>() {
    let server = S::start(0).await;
    let mut alice = Person::in_room("alice", "demo", server.port()).await;
    let bob = Person::in_room("bob", "demo", server.port()).await;
    assert_eq!(alice.hears("welcome").await, [json!("bob"), json!(2)]);
    let entered = bob.enters("demo").await;
    assert_eq!(people_of(&entered), (2, vec!["alice", "bob"]));
    bob.says("still here", "demo").await;
    alice.hears_message("bob: still here").await;
}

/// A nickname is heard with everything from then on, and the others hear of the change.
pub(crate) async fn a_nickname_goes_with_everything_that_is_said<S: Chat>() {
    let server = S::start(0).await;
    let mut alice = Person::plain("alice", server.port()).await;
    alice.enters("demo").await;
    let bob = Person::plain("bob", server.port()).await;
    bob.enters("demo").await;
    assert_eq!(alice.hears("welcome").await, [json!("Anon"), json!(2)]);
    bob.says("who am I?", "demo").await;
    alice.hears_message("Anon: who am I?").await;

    assert_eq!(bob.done("nickname", vec![json!("  밥 <b> ")]).await, json!({ "status": "DONE" }));
    assert_eq!(alice.hears("renamed").await, [json!("Anon"), json!("밥 <b>")]);
    bob.says("<script>alert(1)</script>", "demo").await;
    alice.hears_message("밥 <b>: <script>alert(1)</script>").await;
    bob.goes();
    assert_eq!(alice.hears("bye").await, [json!("밥 <b>"), json!(1)]);
}

/// Everybody has the list of the rooms with people in them: at the start, and when it changes.
pub(crate) async fn everybody_knows_which_rooms_have_people_in_them<S: Chat>() {
    let server = S::start(0).await;
    let mut alice = Person::plain("alice", server.port()).await;
    alice.hears_rooms(&[]).await;
    alice.enters("demo").await;
    alice.hears_rooms(&["demo"]).await;

    let mut bob = Person::plain("bob", server.port()).await;
    assert_eq!(bob.hears("room_change").await, [json!(["demo"])]);
    bob.enters("annex").await;
    alice.hears_rooms(&["annex", "demo"]).await;
    bob.hears_rooms(&["annex", "demo"]).await;
    bob.done("leave_room", vec![json!("annex")]).await;
    alice.hears_rooms(&["demo"]).await;
    bob.hears_rooms(&["demo"]).await;
    alice.goes();
    bob.hears_rooms(&[]).await;
    bob.enters("zoo").await;
    bob.hears_rooms(&["zoo"]).await;
}

/// At the start one hears whether this server is alone.
pub(crate) async fn everybody_hears_what_servers_there_are<S: Chat>() {
    let server = S::start(0).await;
    let mut alice = Person::plain("alice", server.port()).await;
    let args = alice.hears("servers").await;
    assert_eq!(args[0]["state"], "one", "{args:?}");
    assert!(args[0]["message"].is_string(), "{args:?}");
}
