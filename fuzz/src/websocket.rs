//! The frames that the server of chapter 1 writes by hand.

use bytes::BytesMut;

#[path = "../../websocket_src/src/server/frame.rs"]
mod frame;

/// Text messages, and a goodbye with this code and reason.
pub fn frames<'a>(texts: impl Iterator<Item = &'a str>, code: u16, reason: &str) -> Vec<u8> {
    let mut bytes = BytesMut::new();
    texts.for_each(|payload| frame::text(payload.as_bytes(), &mut bytes));
    bytes.extend(frame::close(Some(code), reason));
    bytes.to_vec()
}
