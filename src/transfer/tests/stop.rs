use super::*;

/// The messages of a file of three pieces: offer, accept, content three times, end, received.
const MESSAGES: usize = 7;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Sender,
    Receiver,
    /// The connection.
    Nobody,
}

type Outcome = (Result<Sent, TransferError>, Result<Received<Vec<u8>>, TransferError>, Fate);

/// A transfer that is stopped when this many messages have been sent.
fn stopped_after(messages: usize, by: By) -> Outcome {
    let (canceller, cancelled) = canceller();
    let mut canceller = Some(canceller);
    let line = Rc::<RefCell<Option<MemoryChannel>>>::default();
    let to_cut = line.clone();
    let mut stop = move || match by {
        By::Nobody => to_cut.take().expect("there is a channel, once").cut(),
        _ => canceller.take().expect("once").cancel("enough"),
    };
    let (here, there) = if messages == 0 {
        let (here, there) = channel();
        *line.borrow_mut() = Some(here.clone());
        stop();
        (here, there)
    } else {
        let (here, there) = watched_channel(move |sent| {
            if sent == messages {
                stop();
            }
        });
        *line.borrow_mut() = Some(here.clone());
        (here, there)
    };
    let (mut cancel_sender, mut cancel_receiver) = (never(), never());
    match by {
        By::Sender => cancel_sender = Box::pin(cancelled),
        By::Receiver => cancel_receiver = Box::pin(cancelled),
        By::Nobody => {}
    }
    let shelf = Shelf { slow: true, ..Shelf::default() };
    let source = Bytes::new(noise(3 * CHUNK, 1));
    let sending = send(here.clone(), source, cancel_sender);
    let (sent, received) = both(sending, receive(there.clone(), shelf.clone(), cancel_receiver));
    let fate = shelf.fate.borrow().clone();
    if by != By::Nobody {
        carries_the_next_file(here, there, messages);
    }
    (sent, received, fate)
}

/// However it was stopped, nothing of it is left on the channel.
fn carries_the_next_file(here: MemoryChannel, there: MemoryChannel, messages: usize) {
    for end in [&here, &there] {
        let line = end.out.borrow();
        assert!(line.free && line.queue.is_empty(), "stopped after {messages}: {:?}", line.queue);
    }
    let content = noise(CHUNK + 1, 2);
    let sending = send(here, Bytes::new(content.clone()), never());
    let (sent, received) = both(sending, receive(there, Shelf::default(), never()));
    assert!(sent.is_ok(), "stopped after {messages}: {sent:?}");
    assert_eq!(received.expect("it was sent").stored, content);
}

#[test]
fn the_sender_can_stop_at_every_moment() {
    let mut stopped = 0;
    for messages in 0..=MESSAGES {
        let (sent, received, fate) = stopped_after(messages, By::Sender);
        let reason = "enough".to_owned();
        match (&sent, &received) {
            // Too late: all of the content was sent already.
            (Ok(_) | Err(TransferError::Cancelled(_)), Ok(_)) => assert!(messages >= MESSAGES - 2, "{messages}"),
            _ => {
                assert_eq!(sent, Err(TransferError::Cancelled(reason.clone())), "after {messages}");
                // Before the offer there was nothing to be cancelled, and the receiver hears of it all the same.
                assert_eq!(received, Err(TransferError::CancelledThere(reason)), "after {messages}");
                assert_ne!(fate, Fate::Kept);
                stopped += 1;
            }
        }
    }
    assert!(stopped >= MESSAGES - 2, "{stopped}");
}

#[test]
fn the_receiver_can_stop_at_every_moment_and_nothing_is_kept() {
    let mut stopped = 0;
    for messages in 0..=MESSAGES {
        let (sent, received, fate) = stopped_after(messages, By::Receiver);
        let reason = "enough".to_owned();
        if received.is_ok() {
            assert!(sent.is_ok() && messages == MESSAGES, "after {messages}: {sent:?}");
            continue;
        }
        assert_eq!(received, Err(TransferError::Cancelled(reason.clone())), "after {messages}");
        assert_eq!(sent, Err(TransferError::CancelledThere(reason)), "after {messages}");
        assert_ne!(fate, Fate::Kept);
        stopped += 1;
    }
    assert!(stopped >= MESSAGES - 1, "{stopped}");
}

#[test]
fn a_connection_that_ends_at_any_moment_is_an_error_on_both_sides() {
    for messages in 0..=MESSAGES {
        let (sent, received, fate) = stopped_after(messages, By::Nobody);
        if messages < MESSAGES - 1 {
            assert_eq!(sent, Err(TransferError::Closed), "after {messages}");
            let before_the_offer = messages == 0;
            let expected = if before_the_offer { TransferError::NothingOffered } else { TransferError::Closed };
            assert_eq!(received, Err(expected), "after {messages}");
            assert_ne!(fate, Fate::Kept);
        } else {
            // The content has arrived. Whether the word of it has as well is another question.
            assert!(received.is_ok() && fate == Fate::Kept, "after {messages}: {received:?}");
            assert_eq!(sent.is_ok(), messages == MESSAGES, "after {messages}");
        }
    }
}

#[test]
fn a_canceller_that_is_dropped_cancels_nothing() {
    let (here, there) = channel();
    let (canceller, cancelled) = canceller();
    drop(canceller);
    let (sent, received) =
        both(send(here, Bytes::new(noise(9, 1)), Box::pin(cancelled)), receive(there, Shelf::default(), never()));
    assert!(sent.is_ok() && received.is_ok());
}

#[test]
fn a_file_that_cannot_be_read_any_more_is_cancelled_with_the_reason() {
    let cut_short = Bytes { size: 5 * CHUNK as u64, ..Bytes::new(noise(2 * CHUNK + 3, 1)) };
    let deleted = Bytes { broken_at: Some(2 * CHUNK), ..Bytes::new(noise(5 * CHUNK, 1)) };
    for (source, reason) in [(cut_short, "cat.jpg has changed"), (deleted, "it was deleted")] {
        let (here, there) = channel();
        let shelf = Shelf::default();
        let (sent, received) = both(send(here, source, never()), receive(there, shelf.clone(), never()));
        assert!(matches!(&sent, Err(TransferError::NotRead(error)) if error.to_string().contains(reason)), "{sent:?}");
        assert!(matches!(&received, Err(TransferError::CancelledThere(said)) if said.contains(reason)), "{received:?}");
        assert_eq!(*shelf.fate.borrow(), Fate::Discarded);
    }
}

#[test]
fn a_file_that_has_grown_is_sent_as_it_was_offered() {
    let grown = Bytes { size: CHUNK as u64 + 1, ..Bytes::new(noise(5 * CHUNK, 1)) };
    let offered = grown.content[..=CHUNK].to_vec();
    let (here, there) = channel();
    let (sent, received) = both(send(here, grown, never()), receive(there, Shelf::default(), never()));
    assert!(sent.is_ok(), "{sent:?}");
    assert_eq!(received.unwrap().stored, offered);
}

#[test]
fn a_disk_that_is_full_is_told_to_both_sides() {
    let (here, there) = channel();
    let shelf = Shelf { full_at: Some(CHUNK), ..Shelf::default() };
    let (sent, received) =
        both(send(here, Bytes::new(noise(9 * CHUNK, 1)), never()), receive(there, shelf.clone(), never()));
    assert!(matches!(&sent, Err(TransferError::FailedThere(said)) if said.contains("the disk is full")), "{sent:?}");
    assert!(matches!(&received, Err(TransferError::NotStored(_))), "{received:?}");
    assert_eq!(*shelf.fate.borrow(), Fate::Discarded);
}
