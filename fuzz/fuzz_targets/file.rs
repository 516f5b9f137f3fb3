//! The transfer of a file with somebody who says anything, as its receiver and as its sender.
//!
//! The input is what the other side says, one message on each line: a text; `=` and content; `$`, the true end of the content
//! so far; `?`, and it takes its time for the next one. Then it closes the channel. Each side comes to an end, says only what can be read, says one last word and nothing
//! behind it, and either frees or closes the channel. A file is kept only if it is whole. Errors can be shown.
#![no_main]

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::{pending, poll_fn};
use std::task::Poll;

use futures::executor::block_on;
use libfuzzer_sys::fuzz_target;
use sha2::{Digest, Sha256};
use shared::{FileMessage, json};
use study_zoom_fuzz::shown::harmless;
use study_zoom_fuzz::transfer::{
    ChannelError, FileChannel, FileError, Message, Offered, Sink, Source, TransferError, receive_file, safe_name,
    send_file,
};

fuzz_target!(|script: &str| {
    receives(&Channel::hearing(script));
    sends(&Channel::hearing(script));
});

fn receives(channel: &Channel) {
    let (kept, offer) = (RefCell::default(), RefCell::new(None));
    let decide = async |offered: Offered| {
        assert_eq!(safe_name(&offered.name), offered.name, "the name is safe");
        harmless(&offered.name);
        let size = offered.size;
        *offer.borrow_mut() = Some(offered);
        // A third of them is not taken.
        if size % 3 == 2 { Err("not now".to_owned()) } else { Ok(Shelf { content: Vec::new(), size, kept: &kept }) }
    };
    let received = block_on(receive_file(channel, decide, |_| {}, pending()));
    let kept = kept.take();
    match received {
        Ok(received) => {
            let kept: Vec<u8> = kept.expect("what has arrived is kept");
            assert_eq!(kept.len() as u64, received.offered.size, "it is whole");
            assert_eq!(hash(&kept), received.sha256);
            let heard = channel.heard.borrow();
            let announced = heard.iter().find_map(|message| match message {
                FileMessage::End { sha256 } => Some(sha256.to_ascii_lowercase()),
                _ => None,
            });
            assert_eq!(announced, Some(received.sha256), "it is what was sent");
            assert_eq!(channel.last_said(), Some(FileMessage::Received));
        }
        Err(error) => {
            assert_eq!(kept, None, "{error}");
            harmless(error);
        }
    }
    channel.is_over();
}

fn sends(channel: &Channel) {
    let mut source = Text { content: b"a file that is not empty".as_slice() };
    let sent = block_on(send_file(channel, &mut source, |_| {}, pending()));
    match sent {
        Ok(sent) => {
            assert_eq!(sent.sha256, hash(b"a file that is not empty"));
            assert!(channel.heard.borrow().contains(&FileMessage::Received));
            assert_eq!(channel.last_said(), Some(FileMessage::Bye));
        }
        Err(TransferError::NotRead(error)) => panic!("{error}"),
        Err(error) => harmless(error),
    }
    channel.is_over();
}

fn hash(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The other side, and what was said to it.
struct Channel {
    /// `None`: it takes its time.
    messages: RefCell<VecDeque<Option<Message>>>,
    heard: RefCell<Vec<FileMessage>>,
    said: RefCell<Vec<FileMessage>>,
    free: Cell<u32>,
    closed: Cell<u32>,
}

impl Channel {
    fn hearing(script: &str) -> Self {
        let mut content = Vec::new();
        let messages = script.split('\n').map(|line| match line.as_bytes() {
            [b'=', bytes @ ..] => {
                content.extend(bytes);
                Some(Message::Binary(bytes.to_vec()))
            }
            b"$" => {
                let hash = hash(&std::mem::take(&mut content));
                Some(Message::Text(format!(r#"{{"type":"end","sha256":"{hash}"}}"#)))
            }
            b"?" => None,
            _ => Some(Message::Text(line.to_owned())),
        });
        let messages = RefCell::new(messages.collect());
        Self { messages, heard: RefCell::default(), said: RefCell::default(), free: Cell::new(0), closed: Cell::new(0) }
    }

    fn last_said(&self) -> Option<FileMessage> {
        self.said.borrow().last().cloned()
    }

    /// The conversation has ended as one ends.
    fn is_over(&self) {
        assert_eq!(self.free.get() + self.closed.get(), 1, "it is free or closed, once");
        let said = self.said.borrow();
        let is_last = |message: &&FileMessage| {
            !matches!(message, FileMessage::Offer { .. } | FileMessage::Accept | FileMessage::End { .. })
        };
        assert!(said.iter().filter(is_last).count() <= 1, "{said:?}");
        assert!(said.iter().position(|message| is_last(&message)).is_none_or(|at| at + 1 == said.len()), "{said:?}");
        assert!(self.free.get() == 0 || said.last().is_some_and(|last| is_last(&last)), "{said:?}");
    }
}

impl FileChannel for Channel {
    async fn send_text(&self, text: &str) -> Result<(), ChannelError> {
        let message = json::object_in(text).expect("what is said can be read");
        if let FileMessage::Refuse { reason } | FileMessage::Failed { reason } | FileMessage::Cancel { reason } =
            &message
        {
            harmless(reason);
        }
        self.said.borrow_mut().push(message);
        Ok(())
    }

    async fn send_bytes(&self, bytes: &[u8]) -> Result<(), ChannelError> {
        assert!((1..=shared::file::CHUNK).contains(&bytes.len()));
        Ok(())
    }

    async fn buffered_amount(&self) -> u64 {
        0
    }

    async fn buffered_amount_low(&self) {}

    async fn next(&self) -> Option<Message> {
        let message = poll_fn(|context| match self.messages.borrow_mut().pop_front() {
            Some(None) => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
            message => Poll::Ready(message.flatten()),
        });
        let message = message.await;
        if let Some(Message::Text(text)) = &message {
            self.heard.borrow_mut().extend(json::object_in::<FileMessage>(text));
        }
        message
    }

    async fn close(&self) {
        self.closed.set(self.closed.get() + 1);
    }

    fn set_free(&self) {
        self.free.set(self.free.get() + 1);
    }

    /// The other side always says the next thing, or closes: nobody has to wait for it.
    async fn patience(&self) {
        pending().await
    }
}

/// A place in memory.
struct Shelf<'a> {
    content: Vec<u8>,
    size: u64,
    kept: &'a RefCell<Option<Vec<u8>>>,
}

impl Sink for Shelf<'_> {
    type Stored = ();

    async fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.content.extend(bytes);
        assert!(self.content.len() as u64 <= self.size, "more than was offered");
        Ok(())
    }

    async fn finish(self) -> Result<(), FileError> {
        *self.kept.borrow_mut() = Some(self.content);
        Ok(())
    }

    async fn discard(self) {}
}

/// A file in memory.
struct Text {
    content: &'static [u8],
}

impl Source for Text {
    fn name(&self) -> &str {
        "cat.txt"
    }

    fn size(&self) -> u64 {
        24
    }

    async fn read(&mut self, up_to: usize) -> Result<Vec<u8>, FileError> {
        let (read, rest) = self.content.split_at(up_to.min(self.content.len()));
        self.content = rest;
        Ok(read.to_vec())
    }
}
