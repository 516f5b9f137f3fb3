//! Files, from one side of a call straight to the other.
//!
//! The connection that carries picture and sound carries data channels too, as many as one likes. So each file has a
//! channel to itself while it is under way: SCTP sends them side by side, and a large file does not hold up a small one.
//! When it is over, the channel carries the next one. The messages are those of [`shared::file`]:
//!
//! ```text
//! offer -> accept -> content, content, content -> end, with its SHA-256 -> received -> bye
//! ```
//!
//! `send_file` is one side of this conversation, `receive_file` the other. Both are written once, for the
//! browser and for the headless peer. What differs is behind three small traits: `FileChannel` is the channel, `Source`
//! is what a file is read from, `Sink` is where it goes.
//!
//! A channel takes in as much as it is given, and keeps in memory what the network does not take at once. So the sender
//! looks at how much that is, and waits when it is more than `HIGH_WATER`.
//!
//! What the other side says is checked, never trusted: the name of a file is made safe, its size and its hash are
//! compared, and nothing is kept of a file that is not whole.
//!
//! **Not here:** a clock (code that shows a rate has one of its own), and resuming a transfer that broke off.

/// The seam to a data channel.
pub mod channel;
/// Where the content comes from, and where it goes.
pub mod content;
/// One file, sent.
mod send;
/// One file, received.
mod receive;
/// What the two have in common: to say something, and to hear something.
mod wire;
/// How to stop one of the two.
mod cancel;
/// Names and texts that somebody else chose.
pub mod name;
/// Why a file did not arrive.
mod error;
#[cfg(test)]
mod tests;

pub use cancel::{Canceller, canceller};
pub use channel::{ChannelError, FileChannel, HIGH_WATER, LAST_WORD_TIME, LOW_WATER, Message};
pub use content::{FileError, Sink, Source};
pub use error::TransferError;
pub use name::safe_name;
pub use receive::receive_file;
pub use send::send_file;

/// What the other side offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// Its name, already [safe](safe_name).
    pub name: String,
    /// How many bytes it has.
    pub size: u64,
}

/// How far a transfer is. First reported, with nothing done, when the receiver has accepted; then after each piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes that the sender has given to its channel, or that the receiver has given to its [`Sink`].
    pub done: u64,
    /// Bytes that the file has.
    pub total: u64,
}

/// A file that the other side has received whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// How many bytes it had.
    pub size: u64,
    /// The SHA-256 of its content, 64 hexadecimal digits.
    pub sha256: String,
}

/// A file that has been received whole and stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received<T> {
    /// What was offered.
    pub offered: Offered,
    /// The SHA-256 of its content, 64 hexadecimal digits.
    pub sha256: String,
    /// Where it is now: what [`Sink::finish`] says.
    pub stored: T,
}

/// A digest as hexadecimal digits.
fn hex(digest: impl AsRef<[u8]>) -> String {
    use std::fmt::Write;
    digest.as_ref().iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes any text");
        text
    })
}
