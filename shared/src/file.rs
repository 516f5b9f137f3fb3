//! What two sides say to each other about one file.
//!
//! A data channel labelled [`FILE_CHANNEL`], ordered and reliable, carries files one after the other, in one direction: from
//! the side that opened it. For files at the same time there are as many channels. Its text messages are [`FileMessage`]s in
//! JSON; its binary messages are the content, in pieces of at most `CHUNK` bytes:
//!
//! ```text
//! sender                                   receiver
//! {"type":"offer","name":"cat.jpg","size":40000}
//!                                          {"type":"accept"}     or {"type":"refuse","reason":"..."}
//! 16384 bytes, 16384 bytes, 7232 bytes
//! {"type":"end","sha256":"b94d27..."}
//!                                          {"type":"received"}   or {"type":"failed","reason":"..."}
//! {"type":"bye"}
//! ```
//!
//! Instead of its next message either side may send `{"type":"cancel","reason":"..."}`.
//!
//! **Each side says one last word about a file.** That of the sender is `bye` or `cancel`, that of the receiver is `refuse`,
//! `received`, `failed`, `cancel`, or `bye` when it hears `cancel` before it has said one of them. A side that has said its
//! last word ignores what still comes, up to the last word of the other side. Then nothing of this file is under way any
//! more, and the channel is free for the next `offer`.
//!
//! The channel stays open until the call ends. To close one for each file would mean to use the numbers of streams again:
//! the reset of a stream that was closed (RFC 6525) can still be under way when the next channel gets its number, and then
//! it closes that one. A channel that closes without the last words has failed, and so has its file.

use serde::{Deserialize, Serialize};

/// The label of a data channel that carries files.
pub const FILE_CHANNEL: &str = "file";

/// The size of a piece of content, in bytes: every WebRTC implementation can receive it in one message. (RFC 8841,
/// section 6.1: a side that says nothing else takes 64 KiB. Of those that say something, some say less.)
pub const CHUNK: usize = 16 * 1024;

/// A text message on the channel of a file. The names here are the names on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FileMessage {
    /// Sender, first: offers this file.
    Offer {
        /// What the file is called at the sender's. A suggestion: never a path.
        name: String,
        /// How many bytes will come, neither more nor less.
        size: u64,
    },
    /// Receiver: send it.
    Accept,
    /// Receiver: do not send it. The last word.
    Refuse {
        /// For people.
        reason: String,
    },
    /// Sender: that was all of it.
    End {
        /// The SHA-256 of the content, 64 hexadecimal digits.
        sha256: String,
    },
    /// Receiver: it is all here, the hash agrees, and it is stored. The last word.
    Received,
    /// Receiver: it did not work. The last word.
    Failed {
        /// For people.
        reason: String,
    },
    /// The last word of a sender that has heard how it ended, and of a receiver that has heard `cancel`.
    Bye,
    /// Either side, at any time: stop. The last word.
    Cancel {
        /// For people.
        reason: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn the_json_is_the_one_of_the_wire_format() {
        let reason = || "no".to_owned();
        for (message, json) in [
            (
                FileMessage::Offer { name: "고양이.jpg".into(), size: 7 },
                json!({"type": "offer", "name": "고양이.jpg", "size": 7}),
            ),
            (FileMessage::Accept, json!({"type": "accept"})),
            (FileMessage::Refuse { reason: reason() }, json!({"type": "refuse", "reason": "no"})),
            (FileMessage::End { sha256: "00ff".into() }, json!({"type": "end", "sha256": "00ff"})),
            (FileMessage::Received, json!({"type": "received"})),
            (FileMessage::Bye, json!({"type": "bye"})),
            (FileMessage::Failed { reason: reason() }, json!({"type": "failed", "reason": "no"})),
            (FileMessage::Cancel { reason: reason() }, json!({"type": "cancel", "reason": "no"})),
        ] {
            assert_eq!(serde_json::to_value(&message).unwrap(), json);
            assert_eq!(serde_json::from_value::<FileMessage>(json).unwrap(), message);
        }
    }

    #[test]
    fn unknown_fields_are_ignored_and_what_is_no_message_is_refused() {
        let later = r#"{"type": "accept", "from": 100}"#;
        assert_eq!(serde_json::from_str::<FileMessage>(later).unwrap(), FileMessage::Accept);
        for bad in [
            "",
            "accept",
            r#"{"type": "rename"}"#,
            r#"{"type": "offer", "name": "x"}"#,
            r#"{"type": "offer", "name": "x", "size": -1}"#,
            r#"{"type": "offer", "name": "x", "size": 1.5}"#,
            r#"{"size": 1}"#,
        ] {
            assert!(serde_json::from_str::<FileMessage>(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_offer_survives_json(name in any::<String>(), size in any::<u64>()) {
            let offer = FileMessage::Offer { name, size };
            let json = serde_json::to_string(&offer).unwrap();
            prop_assert_eq!(serde_json::from_str::<FileMessage>(&json).unwrap(), offer);
        }
    }
}
