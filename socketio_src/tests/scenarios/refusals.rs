//! What the server does not do, and how it says so.

use serde_json::{Value, json};

use super::person::{Person, until};
use super::servers::Chat;

/// Arguments of another shape, for each event.
fn wrong_arguments() -> Vec<(&'static str, Vec<Value>)> {
    vec![
        ("enter_room", vec![]),
        ("enter_room", vec![json!("demo")]),
        ("enter_room", vec![json!(null)]),
        ("enter_room", vec![json!({})]),
        ("enter_room", vec![json!({ "payload": 5 })]),
        ("enter_room", vec![json!({ "payload": "demo", "after": 5 })]),
        ("nickname", vec![]),
        ("nickname", vec![json!(["alice"])]),
        ("new_message", vec![]),
        ("new_message", vec![json!("text")]),
        ("new_message", vec![json!({ "text": "text" }), json!("demo")]),
        ("new_message", vec![json!("text"), json!(7)]),
        ("typing", vec![]),
        ("typing", vec![json!(true)]),
        ("typing", vec![json!("yes"), json!("demo")]),
        ("leave_room", vec![]),
        ("leave_room", vec![json!(7)]),
    ]
}

/// With an acknowledgement it is the answer; without one it is an event of its own. The connection lives.
pub(crate) async fn wrong_arguments_are_refused_by_name<S: Chat>() {
    let server = S::start(0).await;
    let mut bob = Person::in_room("bob", "demo", server.port()).await;
    let mut alice = Person::resumable("alice", server.port()).await.introduced("demo").await;
    bob.hears("welcome").await;
    for (event, args) in wrong_arguments() {
        alice.is_refused(event, args.clone(), "bad_arguments").await;
        alice.emits(event, args);
        let refused = alice.hears("refused").await;
        assert_eq!((&refused[0]["event"], &refused[0]["code"]), (&json!(event), &json!("bad_arguments")));
        assert!(refused[0]["message"].is_string(), "{refused:?}");
    }
    for counter in [json!("1"), json!(-1), json!(1.5), json!([])] {
        alice.is_refused("new_message", vec![json!("text"), json!("demo"), counter], "bad_arguments").await;
    }
    alice.says("here I am", "demo").await;
    bob.hears_message("alice: here I am").await;
}

/// Rooms and nicknames have 1 to 64 characters, and no control characters.
pub(crate) async fn names_that_break_a_rule_are_refused<S: Chat>() {
    let server = S::start(0).await;
    let alice = Person::plain("alice", server.port()).await;
    for name in ["", " \t ", "a\nb", "nul\0", &"방".repeat(65)] {
        alice.is_refused("enter_room", vec![json!({ "payload": name })], "bad_room_name").await;
        alice.is_refused("nickname", vec![json!(name)], "bad_nickname").await;
    }
    let longest = "🎥".repeat(64);
    alice.done("nickname", vec![json!(longest)]).await;
    let entered = alice.enters(&longest).await;
    assert_eq!((&entered["room"], &entered["people"]), (&json!(longest), &json!([longest])));
}

/// One can only talk in the room in which one is.
pub(crate) async fn who_is_not_in_a_room_cannot_talk_there<S: Chat>() {
    let server = S::start(0).await;
    let mut bob = Person::in_room("bob", "demo", server.port()).await;
    let alice = Person::plain("alice", server.port()).await;
    let attempts = async || {
        alice.is_refused("new_message", vec![json!("hello"), json!("demo")], "not_in_room").await;
        alice.is_refused("typing", vec![json!(true), json!("demo")], "not_in_room").await;
        alice.is_refused("leave_room", vec![json!("demo")], "not_in_room").await;
    };
    attempts().await;
    alice.enters("annex").await;
    attempts().await;
    alice.enters("demo").await;
    assert_eq!(bob.hears("welcome").await, [json!("Anon"), json!(2)]);
}

/// An event of a name that the server does not know is answered all the same.
pub(crate) async fn an_unknown_event_is_refused<S: Chat>() {
    let server = S::start(0).await;
    let mut alice = Person::in_room("alice", "demo", server.port()).await;
    alice.is_refused("dance", vec![json!("tango")], "unknown_event").await;
    alice.emits("constructor", vec![]);
    let refused = alice.hears("refused").await;
    assert_eq!((&refused[0]["event"], &refused[0]["code"]), (&json!("constructor"), &json!("unknown_event")));
}

/// 16,384 bytes are a message, one more is too much, and none at all is no message.
pub(crate) async fn a_message_is_neither_empty_nor_too_large<S: Chat>() {
    let server = S::start(0).await;
    let mut bob = Person::in_room("bob", "demo", server.port()).await;
    let alice = Person::in_room("alice", "demo", server.port()).await;
    bob.hears("welcome").await;
    alice.is_refused("new_message", vec![json!(""), json!("demo")], "bad_message").await;
    alice.is_refused("new_message", vec![json!("x".repeat(16_385)), json!("demo")], "too_large").await;
    // Three bytes each.
    alice.is_refused("new_message", vec![json!("방".repeat(5_462)), json!("demo")], "too_large").await;
    let longest = "방".repeat(5_461) + "x";
    alice.says(&longest, "demo").await;
    bob.hears_message(&format!("alice: {longest}")).await;
}

/// A packet far beyond all limits ends the connection that it came over, and no other.
pub(crate) async fn a_packet_beyond_all_limits_ends_its_connection<S: Chat>() {
    let server = S::start(0).await;
    let mut bob = Person::in_room("bob", "demo", server.port()).await;
    let mut alice = Person::in_room("alice", "demo", server.port()).await;
    bob.hears("welcome").await;
    alice.emits("new_message", vec![json!("x".repeat(200_000)), json!("demo")]);
    assert_eq!(bob.hears("bye").await, [json!("alice"), json!(1)]);
    alice.comes_back().await;
    alice.enters("demo").await;
    assert_eq!(bob.hears("welcome").await, [json!("Anon"), json!(2)]);
}

/// A client that talks faster than anybody types is refused, until it has waited. What was refused was not said.
pub(crate) async fn who_talks_too_fast_is_refused_and_may_go_on_later<S: Chat>() {
    let server = S::with_its_own_limit().await;
    let mut bob = Person::in_room("bob", "demo", server.port()).await;
    let alice = Person::in_room("alice", "demo", server.port()).await;
    bob.hears("welcome").await;
    let message = |text: &str| vec![json!(text), json!("demo")];
    let mut said = 0;
    let refused = loop {
        let reply = alice.asks("new_message", message(&said.to_string())).await;
        if reply["status"] == "ERROR" {
            break reply;
        }
        said += 1;
        assert!(said < 10_000, "nobody stops alice");
    };
    assert_eq!(refused["error"]["code"], "too_fast", "{refused}");
    assert!(said >= 10, "a few messages at once are fine, but {said} were all");
    until("alice may talk again", async || alice.asks("new_message", message("later")).await["status"] == "DONE").await;
    for number in 0..said {
        bob.hears_message(&format!("alice: {number}")).await;
    }
    bob.hears_message("alice: later").await;
}
