//! The messages of chapter 1, from both sides.
//!
//! The input is a text message of a WebSocket. What our parser reads, serde reads from the same object; what serde reads from
//! an object, our parser reads. What is read survives being written. What is refused is named in a text that can be shown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use shared::chat::{ClientMessage, Nickname, ServerEvent};
use study_zoom_fuzz::shown::harmless;

fuzz_target!(|text: &str| {
    let object = serde_json::from_str::<Value>(text).ok().filter(Value::is_object);
    let derived = object.clone().and_then(|object| serde_json::from_value::<ClientMessage>(object).ok());
    let parsed = ClientMessage::parse(text);
    assert_eq!(parsed.as_ref().ok(), derived.as_ref());
    match parsed {
        Ok(message) => {
            let written = serde_json::to_string(&message).expect("it is plain data");
            assert_eq!(ClientMessage::parse(&written).as_ref(), Ok(&message));
            if let ClientMessage::Nickname(name) = message {
                nickname(name);
            }
        }
        Err(error) => harmless(error),
    }
    if let Some(Ok(event)) = object.map(serde_json::from_value::<ServerEvent>) {
        let written = serde_json::to_string(&event).expect("it is plain data");
        assert_eq!(serde_json::from_str::<ServerEvent>(&written).expect("it was written by us"), event);
    }
});

fn nickname(text: String) {
    match Nickname::try_from(text) {
        Ok(name) => {
            harmless(&name);
            assert_eq!(Nickname::try_from(name.to_string()), Ok(name), "a nickname is its own nickname");
        }
        Err(error) => harmless(error),
    }
}
