//! Frames of the server, ready to be written.
//!
//! A client masks every frame with a key of its own; a server masks nothing. So what the server says to everybody is
//! the same bytes for everybody: made once, shared, written as they are.
//!
//! ```text
//!  0                   1                   2                   3
//!  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//! +-+-+-+-+-------+-+-------------+-------------------------------+
//! |F|R|R|R| opcode|M| payload len |    Extended payload length    |
//! |I|S|S|S|  (4)  |A|     (7)     |     (16 or 64, if payload     |
//! |N|V|V|V|       |S|             |      len is 126 or 127)       |
//! | |1|2|3|       |K|             |                               |
//! +-+-+-+-+-------+-+-------------+-------------------------------+
//! ```
//! RFC 6455, section 5.2: <https://www.rfc-editor.org/rfc/rfc6455#section-5.2>

use bytes::{BufMut, Bytes, BytesMut};

/// FIN: this frame is the whole message.
const FIN: u8 = 0b1000_0000;
const TEXT: u8 = 0x1;
const CLOSE: u8 = 0x8;

/// A ping without payload. The answer is a pong without payload.
pub(super) const PING: Bytes = Bytes::from_static(&[FIN | 0x9, 0]);

/// Why a connection ends (RFC 6455, section 7.4.1, and the registry that it began).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub(super) enum CloseCode {
    /// The server goes away, and so does everybody.
    GoingAway = 1001,
    /// The client broke the rules of the protocol.
    ProtocolError = 1002,
    /// A text message that is not UTF-8.
    NotUtf8 = 1007,
    /// Messages in a flood that does not end.
    PolicyViolation = 1008,
    /// A message larger than the limit.
    MessageTooBig = 1009,
    /// The client reads too slowly. It may come back.
    TryAgainLater = 1013,
}

/// Appends a text message.
pub(super) fn text(payload: &[u8], into: &mut BytesMut) {
    header(TEXT, payload.len(), into);
    into.put_slice(payload);
}

/// A goodbye: the code, if there is one, and a word about it.
pub(super) fn close(code: Option<u16>, reason: &str) -> Bytes {
    let mut frame = BytesMut::new();
    match code {
        Some(code) => {
            // A control frame carries 125 bytes at most, and two of them are the code.
            let reason = &reason[..reason.floor_char_boundary(123)];
            header(CLOSE, 2 + reason.len(), &mut frame);
            frame.put_u16(code);
            frame.put_slice(reason.as_bytes());
        }
        None => header(CLOSE, 0, &mut frame),
    }
    frame.freeze()
}

/// The length takes as few bytes as it can: 1, 3 or 9.
fn header(opcode: u8, length: usize, into: &mut BytesMut) {
    into.put_u8(FIN | opcode);
    match length {
        0..=125 => into.put_u8(length as u8),
        126..=0xFFFF => {
            into.put_u8(126);
            into.put_u16(length as u16);
        }
        _ => {
            into.put_u8(127);
            into.put_u64(length as u64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tokio_tungstenite::tungstenite::protocol::frame::{CloseFrame, Frame, coding};

    /// What another implementation makes of it.
    fn tungstenite(frame: Frame) -> Vec<u8> {
        let mut bytes = Vec::new();
        frame.format(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn text_of_any_length_is_framed_as_tungstenite_does_it() {
        for length in [0, 1, 125, 126, 127, 65_535, 65_536, 100_000] {
            let payload = "x".repeat(length);
            let mut frame = BytesMut::new();
            text(payload.as_bytes(), &mut frame);
            let opcode = coding::OpCode::Data(coding::Data::Text);
            assert!(frame == tungstenite(Frame::message(payload, opcode, true)), "{length}");
        }
        assert_eq!(PING, tungstenite(Frame::ping("")));
    }

    proptest! {
        #[test]
        fn a_goodbye_is_a_control_frame_whatever_the_reason(code in 1000_u16..5000, reason in ".{0,60}") {
            let frame = close(Some(code), &reason);
            prop_assert!(frame.len() <= 2 + 125);
            if reason.len() <= 123 {
                let same = CloseFrame { code: code.into(), reason: reason.into() };
                prop_assert_eq!(&frame[..], tungstenite(Frame::close(Some(same))));
            }
            prop_assert_eq!(&close(None, "")[..], tungstenite(Frame::close(None)));
        }
    }
}
