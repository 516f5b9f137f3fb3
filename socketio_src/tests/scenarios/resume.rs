//! Lost connections: nothing that was said is lost with them, and nothing is said twice.

use serde_json::{Value, json};
use socketio_src::client::{ClosedBy, Event};

use super::person::{Person, offset_of};
use super::servers::Chat;
use super::wire::Wire;

/// The last message that the client has seen is where the missed ones begin.
pub(crate) async fn what_is_said_during_a_cut_arrives_exactly_once<S: Chat>() {
    let server = S::start(0).await;
    let wire = Wire::to(server.port()).await;
    let mut alice = Person::resumable("alice", wire.port()).await.introduced("demo").await;
    let mut bob = Person::in_room("bob", "demo", server.port()).await;
    alice.hears("welcome").await;

    let mut heard = Vec::new();
    let mut offset = json!(null);
    for cut in 0..3 {
        for text in ["before", "and before"] {
            bob.says(&format!("{text} cut {cut}"), "demo").await;
            offset = alice.hears_message_with_offset("bob", &format!("{text} cut {cut}")).await;
            heard.push(format!("bob: {text} cut {cut}"));
        }
        wire.cut();
        assert_eq!(bob.hears("bye").await, [json!("alice"), json!(1)]);
        for text in ["during", "still during"] {
            bob.says(&format!("{text} cut {cut}"), "demo").await;
        }
        wire.mend();
        alice.comes_back().await;
        alice.done("nickname", vec![json!("alice")]).await;
        let entered = alice.enters_after("demo", &offset).await;
        assert_eq!(entered["complete"], true, "{entered}");
        let missed = entered["missed"].as_array().unwrap();
        heard.extend(missed.iter().map(|message| message[0].as_str().unwrap().to_owned()));
        offset = offset_of(&missed.last().expect("two were missed")[1], "bob");
        assert_eq!(offset, entered["offset"]);
        assert_eq!(bob.hears("welcome").await, [json!("alice"), json!(2)]);
    }
    bob.says("the end", "demo").await;
    alice.hears_message_with_offset("bob", "the end").await;
    let said: Vec<_> = (0..3)
        .flat_map(|cut| ["before", "and before", "during", "still during"].map(|text| format!("bob: {text} cut {cut}")))
        .collect();
    assert_eq!(heard, said);
}

/// A client that has missed nothing gets nothing.
pub(crate) async fn a_cut_in_a_silence_is_no_loss<S: Chat>() {
    let server = S::start(0).await;
    let wire = Wire::to(server.port()).await;
    let bob = Person::in_room("bob", "demo", server.port()).await;
    let mut alice = Person::resumable("alice", wire.port()).await.introduced("demo").await;
    bob.says("hello", "demo").await;
    let offset = alice.hears_message_with_offset("bob", "hello").await;
    wire.cut();
    alice.loses_the_connection().await;
    wire.mend();
    alice.is_back().await;
    let entered = alice.enters_after("demo", &offset).await;
    let expected = (&offset, &json!([]), &json!(true));
    assert_eq!((&entered["offset"], &entered["missed"], &entered["complete"]), expected);
}

/// A message whose acknowledgement was lost is sent again with the same number. The server knows it.
pub(crate) async fn a_repeated_message_is_acknowledged_and_not_delivered_again<S: Chat>() {
    let server = S::start(0).await;
    let wire = Wire::to(server.port()).await;
    let mut bob = Person::in_room("bob", "demo", server.port()).await;
    let mut alice = Person::resumable("alice", wire.port()).await.introduced("demo").await;
    bob.hears("welcome").await;
    let message = |text: &str, counter: u32| vec![json!(text), json!("demo"), json!(counter)];

    let said = alice.done("new_message", message("one", 1)).await;
    assert_eq!(said, json!({ "status": "DONE", "offset": said["offset"] }));
    bob.hears_message("alice: one").await;
    let again = alice.done("new_message", message("one", 1)).await;
    assert_eq!(again["duplicate"], true, "{again}");

    // The number is that of the client, not of its connection.
    wire.cut();
    bob.hears("bye").await;
    wire.mend();
    alice.comes_back().await;
    alice.done("nickname", vec![json!("alice")]).await;
    alice.enters("demo").await;
    bob.hears("welcome").await;
    let again = alice.done("new_message", message("one", 1)).await;
    assert_eq!(again["duplicate"], true, "{again}");
    let next = alice.done("new_message", message("two", 2)).await;
    assert_eq!(next.get("duplicate"), None, "{next}");
    bob.hears_message("alice: two").await;
}

/// A client without an id cannot be told from others: its numbers mean nothing.
pub(crate) async fn a_number_without_an_id_means_nothing<S: Chat>() {
    let server = S::start(0).await;
    let mut bob = Person::in_room("bob", "demo", server.port()).await;
    let alice = Person::in_room("alice", "demo", server.port()).await;
    bob.hears("welcome").await;
    for _ in 0..2 {
        let said = alice.done("new_message", vec![json!("one"), json!("demo"), json!(1)]).await;
        assert_eq!(said.get("duplicate"), None, "{said}");
        bob.hears_message("alice: one").await;
    }
}

/// A room remembers 100 messages. Who has missed more gets those, and learns that there were more.
pub(crate) async fn who_was_away_too_long_learns_that_something_is_lost<S: Chat>() {
    let server = S::start(0).await;
    let bob = Person::in_room("bob", "demo", server.port()).await;
    let seen = bob.says("seen", "demo").await["offset"].clone();
    let mut last = Value::Null;
    for number in 1..=150 {
        last = bob.says(&number.to_string(), "demo").await["offset"].clone();
    }
    let alice = Person::resumable("alice", server.port()).await;
    let entered = alice.enters_after("demo", &seen).await;
    assert_eq!((&entered["complete"], &entered["offset"]), (&json!(false), &last));
    let missed: Vec<_> = entered["missed"].as_array().unwrap().iter().map(|message| message[0].clone()).collect();
    let expected: Vec<_> = (51..=150).map(|number| json!(format!("bob: {number}"))).collect();
    assert_eq!(missed, expected);
}

/// A server that was started again does not know what was seen before.
pub(crate) async fn after_a_restart_the_chat_goes_on_and_the_loss_is_told<S: Chat>() {
    let server = S::start(0).await;
    let port = server.port();
    let mut bob = Person::resumable("bob", port).await.introduced("demo").await;
    let mut alice = Person::resumable("alice", port).await.introduced("demo").await;
    bob.hears("welcome").await;
    let offset = alice.says("before the crash", "demo").await["offset"].clone();
    assert_eq!(bob.hears_message_with_offset("alice", "before the crash").await, offset);

    server.crash().await;
    let _server = S::start(port).await;
    for person in [&mut bob, &mut alice] {
        person.comes_back().await;
        person.done("nickname", vec![json!("back")]).await;
        let entered = person.enters_after("demo", &offset).await;
        assert_eq!((&entered["missed"], &entered["complete"]), (&json!([]), &json!(false)), "{entered}");
    }
    assert_eq!(bob.hears("welcome").await, [json!("back"), json!(2)]);
    bob.says("after the crash", "demo").await;
    alice.hears_message_with_offset("back", "after the crash").await;
}

/// A client that came to an empty room has seen nothing. That is a place to go on from as well.
pub(crate) async fn who_has_heard_nothing_yet_misses_nothing_either<S: Chat>() {
    let server = S::start(0).await;
    let wire = Wire::to(server.port()).await;
    let mut alice = Person::resumable("alice", wire.port()).await;
    let offset = alice.enters("demo").await["offset"].clone();
    let mut bob = Person::in_room("bob", "demo", server.port()).await;
    wire.cut();
    bob.hears("bye").await;
    bob.says("hello?", "demo").await;
    wire.mend();
    alice.comes_back().await;
    let entered = alice.enters_after("demo", &offset).await;
    assert_eq!((&entered["missed"][0][0], &entered["complete"]), (&json!("bob: hello?"), &json!(true)), "{entered}");
}

/// A client that shows the id of a connection takes its place, since the server may not know yet that the old one is dead.
pub(crate) async fn a_second_connection_with_the_same_id_replaces_the_first<S: Chat>() {
    let server = S::start(0).await;
    let mut bob = Person::in_room("bob", "demo", server.port()).await;
    let mut first = Person::resumable("alice", server.port()).await.introduced("demo").await;
    assert_eq!(bob.hears("welcome").await, [json!("alice"), json!(2)]);
    let second = Person::resumable("alice", server.port()).await;
    second.enters("demo").await;
    let refused = first.hears("refused").await;
    assert_eq!(refused[0]["code"], "replaced", "{refused:?}");
    assert_eq!(first.ends().await, Event::Closed { by: ClosedBy::Server });
    assert_eq!(bob.hears("bye").await, [json!("alice"), json!(1)]);
    assert_eq!(bob.hears("welcome").await, [json!("Anon"), json!(2)]);
}
