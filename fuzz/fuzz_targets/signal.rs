//! The messages of a call: what a client asks of the server, and what the other client reads of it.
//!
//! The input is the name of an event on the first line, and the JSON array of its arguments behind it. What the server takes,
//! the receiver can read; what is read survives being written; both know the same call in an answer. What is refused is
//! named in a text that can be shown.
#![no_main]

use std::fmt::Debug;

use libfuzzer_sys::fuzz_target;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use shared::signal::{Auth, Rejoin};
use shared::{Reply, Signal, json};
use study_zoom_fuzz::server::{call_of, relayed};
use study_zoom_fuzz::shown::harmless;

fuzz_target!(|text: &str| {
    let Some((name, json)) = text.split_once('\n') else { return };
    let Ok(args) = serde_json::from_str::<Vec<Value>>(json) else { return };
    match Signal::from_event(name, &args) {
        Ok(signal) => {
            let (name, args) = signal.to_event();
            assert_eq!(Signal::from_event(name, &args).as_ref(), Ok(&signal));
        }
        Err(error) => harmless(error),
    }
    match relayed(name, &args) {
        Ok(Some((event, args))) => match Signal::from_event(event, &args) {
            Ok(Signal::Answer { description, .. }) => {
                // A member that comes back names its call by the session id of the offer.
                let answer = [args[0].clone(), "room".into(), description.version().into()];
                let call = call_of(&answer);
                assert!(call.is_none() || call.as_deref() == description.session_id(), "{call:?}: {description:?}");
            }
            Ok(_) => {}
            Err(error) => panic!("the server passes on what nobody reads: {error}"),
        },
        Ok(None) => {}
        Err(refusal) => harmless(refusal),
    }
    let Some(first) = args.first() else { return };
    survives::<Reply>(first);
    survives::<Auth>(first);
    survives::<Rejoin>(first);
});

fn survives<T: DeserializeOwned + Serialize + PartialEq + Debug>(argument: &Value) {
    match json::object::<T>(argument) {
        Ok(message) => {
            let written = serde_json::to_value(&message).expect("it is plain data");
            assert_eq!(json::object::<T>(&written).as_ref(), Ok(&message));
        }
        Err(reason) => harmless(reason),
    }
}
