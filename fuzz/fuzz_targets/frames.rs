//! The frames that the server of chapter 1 writes by hand, read by another implementation.
//!
//! The input is two bytes, a code for the goodbye, and then texts, one on each line; the last one is the reason. Each text
//! arrives as it was, the goodbye has its code and the beginning of its reason, and nothing comes behind it.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use study_zoom_fuzz::websocket::frames;
use tungstenite::Message;
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::protocol::{Role, WebSocket};

fuzz_target!(|input: (u16, &str)| {
    let (code, texts) = input;
    // The server answers with the code of the client. Those that no frame may carry are refused before.
    if !CloseCode::from(code).is_allowed() {
        return;
    }
    let mut texts: Vec<_> = texts.split('\n').collect();
    let reason = texts.pop().unwrap_or_default();
    let bytes = frames(texts.iter().copied(), code, reason);
    let length = bytes.len() as u64;
    let mut client = WebSocket::from_raw_socket(Cursor::new(bytes), Role::Client, None);
    for text in texts {
        assert_eq!(client.read().expect("it can be read"), Message::text(text));
    }
    let Message::Close(Some(goodbye)) = client.read().expect("it can be read") else { panic!("no goodbye") };
    assert_eq!(u16::from(goodbye.code), code);
    assert!(reason.starts_with(&*goodbye.reason) && goodbye.reason.len() >= reason.len().min(120), "{goodbye:?}");
    assert!(client.get_ref().position() >= length, "something is left");
});
