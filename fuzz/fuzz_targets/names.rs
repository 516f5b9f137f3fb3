//! The names that people choose: of rooms, of people, of files.
//!
//! The input is a name. An accepted one is shown in one short line and is accepted as itself; its key is the key of itself
//! and of every way to write it, and is not empty; JSON accepts what the rules accept. A safe name of a file is a name on
//! every system, never a path, and is the safe name of itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shared::name::{check, composed, is_deceptive, key};
use shared::{RoomName, room_chat};
use study_zoom_fuzz::shown::harmless;
use study_zoom_fuzz::transfer::name::{one_line, safe_name};
use unicode_normalization::UnicodeNormalization;

fuzz_target!(|text: &str| {
    let once = key(text);
    assert_eq!(key(&once), once, "the key of a key");
    assert_eq!(key(&text.nfd().collect::<String>()), once);
    assert_eq!(key(&text.nfc().collect::<String>()), once);
    assert_eq!(key(&text.nfkc().collect::<String>()), once);

    let room = RoomName::new(text);
    match &room {
        Ok(room) => {
            harmless(room);
            assert!((1..=RoomName::MAX_CHARS).contains(&composed(room.as_str()).chars().count()));
            assert!(!room.key().is_empty(), "rooms that nobody sees would be one");
            assert_eq!(check(room.as_str(), RoomName::MAX_CHARS).as_deref(), Ok(room.as_str()));
        }
        Err(error) => harmless(error),
    }
    let json = serde_json::to_string(text).expect("any text can be quoted");
    assert_eq!(serde_json::from_str::<RoomName>(&json).ok(), room.clone().ok());
    assert_eq!(room_chat::Nickname::new(text).is_ok(), room.is_ok(), "64 characters, for both");

    let safe = safe_name(text);
    assert!(!safe.is_empty() && safe.len() <= 200, "{safe:?}");
    assert!(!safe.starts_with('.') && !safe.ends_with('.') && safe.trim() == safe, "{safe:?}");
    assert!(!safe.contains(|letter| is_deceptive(letter) || "/\\<>:\"|?*".contains(letter)), "{safe:?}");
    assert_eq!(safe_name(&safe), safe, "what is safe stays as it is");

    let line = one_line(text);
    harmless(&line);
    assert!(line.chars().count() <= 301);
    assert!(line.ends_with('…') || one_line(&line) == line);
});
