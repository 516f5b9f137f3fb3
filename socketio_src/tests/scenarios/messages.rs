//! What is said: shape, acknowledgement, order, typing.

use serde_json::json;

use super::person::{Person, offset_of};
use super::servers::Chat;

/// A client without an id gets the text and nothing else; one with an id gets the offset and the nickname as well. The
/// sender gets the acknowledgement, and never its own message.
pub(crate) async fn a_message_has_the_shape_that_its_receiver_understands<S: Chat>() {
    let server = S::start(0).await;
    let mut alice = Person::in_room("alice", "demo", server.port()).await;
    let mut bob = Person::resumable("bob", server.port()).await.introduced("demo").await;
    let mut carol = Person::resumable("carol", server.port()).await.introduced("demo").await;
    for newcomer in ["bob", "carol"] {
        assert_eq!(alice.hears("welcome").await[0], newcomer);
    }
    bob.hears("welcome").await;

    let first = alice.says("hello", "demo").await["offset"].clone();
    assert_eq!(bob.hears_message_with_offset("alice", "hello").await, first);
    assert_eq!(carol.hears_message_with_offset("alice", "hello").await, first);

    let second = bob.says("안녕 🎥 \" \\ \n", "demo").await["offset"].clone();
    assert_ne!(first, second);
    alice.hears_message("bob: 안녕 🎥 \" \\ \n").await;
    assert_eq!(carol.hears_message_with_offset("bob", "안녕 🎥 \" \\ \n").await, second);

    // Nobody has heard anything in between.
    carol.says("bye", "demo").await;
    alice.hears_message("carol: bye").await;
    bob.hears_message_with_offset("carol", "bye").await;
}

/// A message needs no acknowledgement.
pub(crate) async fn a_message_without_an_acknowledgement_arrives_as_well<S: Chat>() {
    let server = S::start(0).await;
    let mut alice = Person::in_room("alice", "demo", server.port()).await;
    let bob = Person::in_room("bob", "demo", server.port()).await;
    alice.hears("welcome").await;
    bob.emits("new_message", vec![json!("hello"), json!("demo")]);
    alice.hears_message("bob: hello").await;
}

/// The form in which the first version of this chat was written: no auth, an answer only where one is wanted.
pub(crate) async fn a_client_of_the_first_version_is_at_home<S: Chat>() {
    let server = S::start(0).await;
    let mut alice = Person::plain("alice", server.port()).await;
    alice.emits("enter_room", vec![json!({ "payload": "demo" })]);
    // Answered before bob enters, so that he does not hear of it.
    assert_eq!(alice.asks("nickname", vec![json!("alice")]).await["status"], "DONE");
    alice.hears_rooms(&["demo"]).await;
    let mut bob = Person::plain("bob", server.port()).await;
    assert_eq!(bob.asks("enter_room", vec![json!({ "payload": "demo" })]).await["status"], "DONE");
    assert_eq!(alice.hears("welcome").await, [json!("Anon"), json!(2)]);
    assert_eq!(alice.asks("new_message", vec![json!("hello"), json!("demo")]).await["status"], "DONE");
    bob.hears_message("alice: hello").await;
    alice.goes();
    assert_eq!(bob.hears("bye").await, [json!("alice"), json!(1)]);
}

/// What one person says arrives in the order in which it was said, each message once.
pub(crate) async fn a_thousand_messages_keep_their_order<S: Chat>() {
    let server = S::start(0).await;
    let mut alice = Person::in_room("alice", "demo", server.port()).await;
    let mut bob = Person::resumable("bob", server.port()).await.introduced("demo").await;
    alice.hears("welcome").await;
    for number in 0..1000 {
        alice.emits("new_message", vec![json!(number.to_string()), json!("demo")]);
    }
    let last = alice.says("1000", "demo").await;
    let mut offset = json!(null);
    for number in 0..=1000 {
        let next = bob.hears_message_with_offset("alice", &number.to_string()).await;
        assert_ne!(next, offset);
        offset = next;
    }
    assert_eq!(offset, last["offset"]);
    // A person who comes now knows where the talk is.
    let carol = Person::resumable("carol", server.port()).await;
    assert_eq!(carol.enters("demo").await["offset"], offset);
}

/// The others see that somebody types, and that it stops. The one who types does not.
pub(crate) async fn the_others_see_who_types<S: Chat>() {
    let server = S::start(0).await;
    let mut alice = Person::in_room("alice", "demo", server.port()).await;
    let mut bob = Person::in_room("bob", "demo", server.port()).await;
    alice.hears("welcome").await;
    for typing in [true, false] {
        assert_eq!(bob.done("typing", vec![json!(typing), json!("demo")]).await, json!({ "status": "DONE" }));
        assert_eq!(alice.hears("typing").await, [json!("bob"), json!(typing)]);
    }
    bob.emits("typing", vec![json!(true), json!("demo")]);
    assert_eq!(alice.hears("typing").await, [json!("bob"), json!(true)]);
    alice.says("I see that you type", "demo").await;
    bob.hears_message("alice: I see that you type").await;
}

/// A room forgets the oldest messages, but what it does remember is what was said.
pub(crate) async fn the_history_is_what_was_said<S: Chat>() {
    let server = S::start(0).await;
    let alice = Person::in_room("alice", "demo", server.port()).await;
    let first = alice.says("first", "demo").await["offset"].clone();
    let second = alice.says("second <i>", "demo").await["offset"].clone();
    let bob = Person::resumable("bob", server.port()).await;
    let entered = bob.enters_after("demo", &first).await;
    assert_eq!((&entered["offset"], &entered["complete"]), (&second, &json!(true)));
    let missed = entered["missed"].as_array().unwrap();
    assert_eq!(missed.len(), 1, "{entered}");
    assert_eq!(missed[0][0], "alice: second <i>");
    assert_eq!(offset_of(&missed[0][1], "alice"), second);
}
