use super::*;
use sha2::{Digest, Sha256};

#[test]
fn files_of_every_length_around_a_piece_arrive_as_they_were() {
    for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 5 * CHUNK, 5 * CHUNK + 7] {
        let content = noise(length, 7);
        let (here, there) = channel();
        let shelf = Shelf::default();
        let (sent, received) =
            both(send(here, Bytes::new(content.clone()), never()), receive(there, shelf.clone(), never()));
        let sha256 = hex(Sha256::digest(&content));
        assert_eq!(sent, Ok(Sent { size: length as u64, sha256: sha256.clone() }));
        let offered = Offered { name: "cat.jpg".to_owned(), size: length as u64 };
        assert_eq!(received, Ok(Received { offered, sha256, stored: content }), "{length} bytes");
        assert_eq!(*shelf.fate.borrow(), Fate::Kept);
    }
}

#[test]
fn the_hash_is_the_one_of_the_standard() {
    // NIST FIPS 180-4, the example of one block.
    let (here, there) = channel();
    let (sent, _) = both(send(here, Bytes::new(b"abc".to_vec()), never()), receive(there, Shelf::default(), never()));
    let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(sent.unwrap().sha256, sha256);
}

#[test]
fn twenty_megabytes_go_both_ways_at_once() {
    const LENGTH: usize = 20_000_000;
    let mut runner = Runner::new();
    let mut transfers = Vec::new();
    for seed in [3, 5] {
        let (here, there) = channel();
        let content = noise(LENGTH, seed);
        let sent = runner.start(send(here, Bytes::new(content.clone()), never()));
        let shelf = Shelf { slow: true, ..Shelf::default() };
        transfers.push((content, sent, runner.start(receive(there, shelf, never()))));
    }
    runner.run();
    for (content, sent, received) in transfers {
        let sent = sent.take().expect("the sender comes to an end").expect("it arrives");
        let received = received.take().expect("the receiver comes to an end").expect("it arrives");
        assert_eq!(sent.sha256, received.sha256);
        assert!(received.stored == content, "{sent:?}");
    }
}

#[test]
fn the_buffer_of_a_channel_is_never_above_the_mark_and_one_piece() {
    let (here, there) = channel();
    let line = here.out.clone();
    let shelf = Shelf { slow: true, ..Shelf::default() };
    let (sent, _) = both(send(here, Bytes::new(noise(8 << 20, 1)), never()), receive(there, shelf, never()));
    assert!(sent.is_ok(), "{sent:?}");
    let most = line.borrow().most_buffered;
    assert!((HIGH_WATER..=HIGH_WATER + CHUNK as u64).contains(&most), "{most}");
}

#[test]
fn a_disk_that_is_stuck_holds_up_the_sender_and_nothing_piles_up() {
    let (here, there) = channel();
    let line = here.out.clone();
    let mut runner = Runner::new();
    let sent = runner.start(send(here, Bytes::new(noise(8 << 20, 1)), never()));
    let received = runner.start(receive(there, Shelf { stuck: true, ..Shelf::default() }, never()));
    runner.run();
    assert!(sent.borrow().is_none() && received.borrow().is_none());
    // The receiver has taken one piece, and waits for its disk. All the rest is in the buffer of the sender.
    let line = line.borrow();
    assert_eq!(line.buffered, line.queue.len() as u64 * CHUNK as u64);
    assert!((HIGH_WATER..=HIGH_WATER + CHUNK as u64).contains(&line.buffered), "{}", line.buffered);
}

#[test]
fn progress_begins_when_it_is_accepted_and_goes_up_piece_by_piece_to_the_end() {
    let (here, there) = channel();
    let log = Rc::<RefCell<Vec<(char, u64, u64)>>>::default();
    let (ours, theirs, decided) = (log.clone(), log.clone(), log.clone());
    let sending = async move {
        let mut source = Bytes::new(noise(2 * CHUNK + 5, 1));
        send_file(&here, &mut source, |p| ours.borrow_mut().push(('s', p.done, p.total)), never()).await
    };
    let receiving = async move {
        let decide = async |offered: Offered| {
            decided.borrow_mut().push(('d', 0, offered.size));
            Ok(Shelf::default())
        };
        receive_file(&there, decide, |p| theirs.borrow_mut().push(('r', p.done, p.total)), never()).await
    };
    let (sent, received) = both(sending, receiving);
    assert!(sent.is_ok() && received.is_ok());
    let total = 2 * CHUNK as u64 + 5;
    let steps = [0, CHUNK as u64, 2 * CHUNK as u64, total];
    let of = |who| log.borrow().iter().filter(|(by, ..)| *by == who).copied().collect::<Vec<_>>();
    assert_eq!(of('s'), steps.map(|done| ('s', done, total)));
    assert_eq!(of('r'), steps.map(|done| ('r', done, total)));
    assert_eq!(log.borrow()[0], ('d', 0, total), "nothing is sent before it is accepted");
}

#[test]
fn what_is_refused_is_not_sent_and_both_know_why() {
    let (here, there) = channel();
    let line = here.out.clone();
    let refusing = async move {
        receive_file::<_, Shelf>(&there, async |_| Err("no room\nhere".to_owned()), |_| {}, never()).await
    };
    let (sent, received) = both(send(here, Bytes::new(noise(CHUNK, 1)), never()), refusing);
    assert_eq!(sent, Err(TransferError::Refused("no room here".to_owned())));
    assert_eq!(received, Err(TransferError::NotTaken("no room\nhere".to_owned())));
    assert!(line.borrow().most_buffered < 100, "only the offer was sent");
}

#[test]
fn an_offer_that_is_withdrawn_ends_the_question() {
    let (here, there) = channel();
    let asked = Rc::new(());
    let question = asked.clone();
    let asking = async move {
        let decide = async |_| {
            let _question = question;
            std::future::pending::<Result<Shelf, String>>().await
        };
        receive_file(&there, decide, |_| {}, never()).await
    };
    let (canceller, cancelled) = canceller();
    let mut runner = Runner::new();
    let sent = runner.start(send(here, Bytes::new(noise(CHUNK, 1)), Box::pin(cancelled)));
    let received = runner.start(asking);
    runner.run();
    assert!(sent.borrow().is_none() && Rc::strong_count(&asked) == 2, "the question is open");
    canceller.cancel("changed my mind");
    runner.run();
    let reason = "changed my mind".to_owned();
    assert_eq!(sent.take(), Some(Err(TransferError::Cancelled(reason.clone()))));
    assert_eq!(received.take(), Some(Err(TransferError::CancelledThere(reason))));
    assert_eq!(Rc::strong_count(&asked), 1, "the question is gone");
}

#[test]
fn a_name_from_the_other_side_is_made_safe_before_anybody_sees_it() {
    let (here, there) = channel();
    let receiving = async move {
        let decide = async |offered: Offered| Err::<Shelf, _>(format!("{}, {}", offered.name, offered.size));
        receive_file(&there, decide, |_| {}, never()).await
    };
    let offering = async move {
        here.say(&FileMessage::Offer { name: "../../.bashrc".to_owned(), size: u64::MAX }).await;
        here.hear_all().await
    };
    let (heard, received) = both(offering, receiving);
    let reason = format!("bashrc, {}", u64::MAX);
    assert_eq!(heard, [FileMessage::Refuse { reason: reason.clone() }]);
    assert_eq!(received, Err(TransferError::NotTaken(reason)));
}
