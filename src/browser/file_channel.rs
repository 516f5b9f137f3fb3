//! The data channel of a file, and the file itself, as the browser has them.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;

use futures::StreamExt;
use futures::channel::mpsc::{UnboundedReceiver, unbounded};
use gloo_events::EventListener;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File, MessageEvent, RtcDataChannel, RtcDataChannelState, RtcDataChannelType};

use super::error::engine_error;
use crate::transfer::{ChannelError, FileChannel, FileError, LAST_WORD_TIME, LOW_WATER, Message, Sink, Source};

/// How much of a file is read from the disk at a time, and how much is received before it is handed to the browser, which
/// keeps it outside of this program, on the disk if it is much.
const BLOCK: usize = 1 << 20;

/// A data channel that carries files, one after the other.
pub(crate) struct BrowserFileChannel {
    channel: RtcDataChannel,
    messages: RefCell<UnboundedReceiver<Message>>,
    /// The channel is open, has room again, or is closed.
    changes: RefCell<UnboundedReceiver<()>>,
    /// It carries no file at the moment.
    free: Cell<bool>,
    /// Removed when they are dropped.
    _listeners: Vec<EventListener>,
}

impl BrowserFileChannel {
    /// Listens from this moment on: of a channel that the other side has opened nothing may be missed.
    pub(crate) fn new(channel: RtcDataChannel) -> Self {
        channel.set_binary_type(RtcDataChannelType::Arraybuffer);
        channel.set_buffered_amount_low_threshold(LOW_WATER as u32);
        let (sender, messages) = unbounded();
        let end = sender.clone();
        let on_message = EventListener::new(&channel, "message", move |event| {
            let data = event.unchecked_ref::<MessageEvent>().data();
            let message = match data.as_string() {
                Some(text) => Message::Text(text),
                None => Message::Binary(Uint8Array::new(&data).to_vec()),
            };
            // An error says that nobody listens any more.
            let _ = sender.unbounded_send(message);
        });
        let (change, changes) = unbounded();
        let on = |name: &'static str| {
            let (change, end) = (change.clone(), end.clone());
            EventListener::new(&channel, name, move |_| {
                if name == "close" {
                    end.close_channel();
                }
                let _ = change.unbounded_send(());
            })
        };
        let listeners = vec![on_message, on("open"), on("bufferedamountlow"), on("close")];
        let free = Cell::default();
        Self { channel, messages: messages.into(), changes: changes.into(), free, _listeners: listeners }
    }

    /// Whether the next file may use it, which from here on does.
    pub(crate) fn take_if_free(&self) -> bool {
        self.free.take() && self.is_open()
    }

    /// Waits until it can be used; `false` if it never can.
    pub(crate) async fn opened(&self) -> bool {
        while self.channel.ready_state() == RtcDataChannelState::Connecting {
            self.change().await;
        }
        self.channel.ready_state() == RtcDataChannelState::Open
    }

    async fn change(&self) {
        poll_fn(|context| self.changes.borrow_mut().poll_next_unpin(context)).await;
    }

    pub(crate) fn is_open(&self) -> bool {
        self.channel.ready_state() == RtcDataChannelState::Open
    }

    fn sent(&self, result: Result<(), JsValue>) -> Result<(), ChannelError> {
        result.map_err(|error| match self.is_open() {
            true => ChannelError::Refused(engine_error(error).to_string()),
            false => ChannelError::Closed,
        })
    }
}

impl FileChannel for BrowserFileChannel {
    async fn send_text(&self, text: &str) -> Result<(), ChannelError> {
        self.sent(self.channel.send_with_str(text))
    }

    async fn send_bytes(&self, bytes: &[u8]) -> Result<(), ChannelError> {
        self.sent(self.channel.send_with_u8_array(bytes))
    }

    async fn buffered_amount(&self) -> u64 {
        u64::from(self.channel.buffered_amount())
    }

    async fn buffered_amount_low(&self) {
        while self.is_open() && self.buffered_amount().await > LOW_WATER {
            self.change().await;
        }
    }

    async fn next(&self) -> Option<Message> {
        poll_fn(|context| self.messages.borrow_mut().poll_next_unpin(context)).await
    }

    async fn close(&self) {
        self.channel.close();
    }

    fn set_free(&self) {
        self.free.set(true);
    }

    async fn patience(&self) {
        gloo_timers::future::sleep(LAST_WORD_TIME).await;
    }
}

/// A file that the person has chosen.
pub(crate) struct ChosenFile {
    file: File,
    name: String,
    /// What has been read and not been asked for yet.
    block: Vec<u8>,
    taken: usize,
    position: f64,
}

impl ChosenFile {
    pub(crate) fn new(file: File) -> Self {
        let name = file.name();
        Self { file, name, block: Vec::new(), taken: 0, position: 0.0 }
    }

    async fn read_block(&self) -> Result<Vec<u8>, JsValue> {
        let slice = self.file.slice_with_f64_and_f64(self.position, self.position + BLOCK as f64)?;
        Ok(Uint8Array::new(&JsFuture::from(slice.array_buffer()).await?).to_vec())
    }
}

impl Source for ChosenFile {
    fn name(&self) -> &str {
        &self.name
    }

    fn size(&self) -> u64 {
        self.file.size() as u64
    }

    async fn read(&mut self, up_to: usize) -> Result<Vec<u8>, FileError> {
        if self.taken == self.block.len() {
            // The browser says only that the file is not there any more, or has changed since it was chosen.
            let block = self.read_block().await.map_err(|error| {
                FileError::new(format!("{} cannot be read: {}: choose it again", self.name, engine_error(error)))
            })?;
            self.position += block.len() as f64;
            (self.block, self.taken) = (block, 0);
        }
        let end = self.block.len().min(self.taken + up_to);
        let piece = self.block[self.taken..end].to_vec();
        self.taken = end;
        Ok(piece)
    }
}

/// A file that is being received, in the hands of the browser.
#[derive(Default)]
pub(crate) struct ReceivedFile {
    blobs: Array,
    block: Vec<u8>,
}

impl ReceivedFile {
    fn hand_over(&mut self) -> Result<(), FileError> {
        let parts = Array::of1(&Uint8Array::from(&*self.block));
        let blob = Blob::new_with_u8_array_sequence(&parts).map_err(no_room)?;
        self.blobs.push(&blob);
        self.block.clear();
        Ok(())
    }
}

impl Sink for ReceivedFile {
    type Stored = Blob;

    async fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.block.extend_from_slice(bytes);
        if self.block.len() >= BLOCK { self.hand_over() } else { Ok(()) }
    }

    async fn finish(mut self) -> Result<Blob, FileError> {
        self.hand_over()?;
        Blob::new_with_blob_sequence(&self.blobs).map_err(no_room)
    }

    async fn discard(self) {}
}

fn no_room(error: JsValue) -> FileError {
    FileError::new(format!("the browser cannot keep more of it: {}", engine_error(error)))
}
