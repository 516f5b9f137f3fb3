//! The seam to a data channel.
//!
//! As with the `Engine` of the call, a method is the W3C call it is named after, and decides nothing.

use std::time::Duration;

/// With more than this many bytes in the buffer of a channel, the sender waits. Enough to keep a fast network busy while
/// the next piece is read; a browser drops the channel only at 16 MiB.
pub const HIGH_WATER: u64 = 1024 * 1024;

/// With at most this many left, it goes on: the
/// [`bufferedAmountLowThreshold`](https://www.w3.org/TR/webrtc/#dom-datachannel-bufferedamountlowthreshold) of every
/// channel for a file. Not zero: the network is not to run dry meanwhile.
pub const LOW_WATER: u64 = 256 * 1024;

/// How long the other side may take to end the conversation after the last word. It stands in a queue behind what else is sent:
/// [`HIGH_WATER`] bytes of another file, over a network of 140 kbit/s. Who gives up too early closes a channel on which
/// the next file is offered already, and breaks that one.
pub const LAST_WORD_TIME: Duration = Duration::from_secs(60);

/// What arrives on a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// A text message.
    Text(String),
    /// A binary message.
    Binary(Vec<u8>),
}

/// An open data channel, labelled [`FILE_CHANNEL`](shared::FILE_CHANNEL).
///
/// All methods take `&self`: a transfer listens while it sends. Plain `async fn` for the same reason as in
/// [`Engine`](crate::call::Engine): whether a transfer is `Send` is inferred from its channel.
#[expect(async_fn_in_trait, reason = "Send is inferred: see above")]
pub trait FileChannel {
    /// [`send`](https://www.w3.org/TR/webrtc/#dom-rtcdatachannel-send), text. Does not wait for the network.
    async fn send_text(&self, text: &str) -> Result<(), ChannelError>;

    /// [`send`](https://www.w3.org/TR/webrtc/#dom-rtcdatachannel-send), binary. Does not wait for the network:
    /// code that sends much looks at [`buffered_amount`](Self::buffered_amount) first.
    async fn send_bytes(&self, bytes: &[u8]) -> Result<(), ChannelError>;

    /// [`bufferedAmount`](https://www.w3.org/TR/webrtc/#dom-datachannel-bufferedamount): what was sent, and has not left
    /// yet.
    async fn buffered_amount(&self) -> u64;

    /// Waits until at most [`LOW_WATER`] bytes are buffered
    /// ([`bufferedamountlow`](https://www.w3.org/TR/webrtc/#event-datachannel-bufferedamountlow)), or until the channel
    /// is closed. Returns at once if that is so already.
    async fn buffered_amount_low(&self);

    /// The next message, or `None`, again and again, when the channel is closed and all that arrived before has been
    /// returned. Must be cancel safe: a message is either returned or still there. Only one may listen at a time: whoever
    /// wants to listen anew drops the future of before first.
    async fn next(&self) -> Option<Message>;

    /// [`close`](https://www.w3.org/TR/webrtc/#dom-rtcdatachannel-close). What was sent before still goes out.
    async fn close(&self);

    /// The conversation about a file is over on both sides: nothing of it is under way any more, and the next file may use
    /// the channel. Not a W3C call: to close a channel for each file would use the numbers of streams again
    /// (see [`shared::file`]).
    fn set_free(&self);

    /// Waits for [`LAST_WORD_TIME`]. The only clock in a transfer.
    async fn patience(&self);
}

/// Something that could not be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChannelError {
    /// The channel is closed, or its connection is.
    #[error("the channel is closed")]
    Closed,
    /// The channel is open, and did not take it.
    #[error("the channel does not take it: {0}")]
    Refused(String),
}
