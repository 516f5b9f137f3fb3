//! The messages of chapter 2: what a client shows at connect and asks for, and what the server answers.
//!
//! The input is the JSON of one argument. Whatever it is read as, it survives being written; an offset grows and keeps its
//! order in its text; what is refused is named in a text that can be shown.
#![no_main]

use std::fmt::Debug;

use libfuzzer_sys::fuzz_target;
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::json;
use shared::room_chat::{Auth, EnterRoom, Entered, Meta, Nickname, Offset, Refused, Said, Servers};
use study_zoom_fuzz::shown::harmless;

fuzz_target!(|text: &str| {
    survives::<Auth>(text);
    survives::<EnterRoom>(text);
    survives::<Entered>(text);
    survives::<Meta>(text);
    survives::<Refused>(text);
    survives::<Said>(text);
    survives::<Servers>(text);
    match text.parse::<Offset>() {
        Ok(offset) => assert_eq!(offset.to_string().parse(), Ok(offset)),
        Err(error) => harmless(error),
    }
    match Nickname::new(text) {
        Ok(name) => harmless(name),
        Err(error) => harmless(error),
    }
    if let Ok(EnterRoom { after: Some(offset), .. }) = json::object_in(text) {
        for milliseconds in [0, offset.milliseconds, u64::MAX] {
            let next = offset.next(milliseconds);
            assert!(next > offset || offset.milliseconds == u64::MAX && offset.number == u64::MAX);
        }
    }
});

fn survives<T: DeserializeOwned + Serialize + PartialEq + Debug>(text: &str) {
    match json::object_in::<T>(text) {
        Ok(message) => {
            let written = serde_json::to_string(&message).expect("it is plain data");
            assert_eq!(json::object_in::<T>(&written).expect("it was written by us"), message);
        }
        Err(reason) => harmless(reason),
    }
}
