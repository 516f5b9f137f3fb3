use super::*;

fn text(text: &str) -> Message {
    Message::Text(text.to_owned())
}

fn bytes(length: usize) -> Message {
    Message::Binary(vec![7; length])
}

const OFFER: &str = r#"{"type":"offer","name":"x","size":3}"#;
/// The end of another file.
const END: &str = r#"{"type":"end","sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}"#;

/// Says all of this and then listens until the channel is closed.
async fn play(channel: MemoryChannel, script: Vec<Message>) -> Vec<FileMessage> {
    for message in script {
        let _ = match message {
            Message::Text(text) => channel.send_text(&text).await,
            Message::Binary(bytes) => channel.send_bytes(&bytes).await,
        };
    }
    channel.hear_all().await
}

#[test]
fn a_sender_that_breaks_the_rules_is_told_so_and_nothing_is_kept() {
    for (script, reason) in [
        (vec![text("hello")], "\"hello\" is not a message"),
        (vec![text(r#"{"type":"rename"}"#)], "is not a message"),
        (vec![bytes(3)], "content came instead of an offer"),
        (vec![text(r#"{"type":"accept"}"#)], "\"accept\" came instead of an offer"),
        (vec![text(r#"{"type":"offer","name":"x","size":-3}"#)], "is not a message"),
        (vec![text(OFFER), bytes(3)], "content came instead of silence"),
        (vec![text(OFFER), text(OFFER)], "an offer came instead of silence"),
    ] {
        let (here, there) = channel();
        let shelf = Shelf::default();
        // Somebody is asked, so that what comes too early is there before the answer.
        let place = shelf.clone();
        let asking = async move {
            let decide = async |_| {
                yield_now().await;
                Ok(place)
            };
            receive_file(&there, decide, |_| {}, never()).await
        };
        let (heard, received) = both(play(here, script.clone()), asking);
        assert!(
            matches!(&received, Err(TransferError::AgainstTheRules(what)) if what.contains(reason)),
            "{received:?}"
        );
        assert!(
            matches!(heard.last(), Some(FileMessage::Failed { reason: said }) if said.contains(reason)),
            "{heard:?}"
        );
        assert_ne!(*shelf.fate.borrow(), Fate::Kept, "{script:?}");
    }
}

#[test]
fn content_that_is_not_what_was_offered_is_not_kept() {
    type Wanted = fn(&TransferError) -> bool;
    let damaged: Wanted = |error| matches!(error, TransferError::Damaged(_));
    let wrong: Wanted = |error| matches!(error, TransferError::AgainstTheRules(_));
    for (script, wanted, reason) in [
        (vec![bytes(4)], damaged, "more than the 3 bytes"),
        (vec![bytes(3), bytes(1)], damaged, "more than the 3 bytes"),
        (vec![bytes(2), text(END)], damaged, "2 of 3 bytes"),
        (vec![bytes(3), text(END)], damaged, "SHA-256"),
        (vec![bytes(3), text(r#"{"type":"end","sha256":""}"#)], damaged, "SHA-256"),
        (vec![bytes(3), text(r#"{"type":"end"}"#)], wrong, "is not a message"),
        (vec![text(OFFER)], wrong, "an offer came instead of content"),
        (vec![text("\u{1b}[2J")], wrong, "is not a message"),
        (vec![text(r#"{"type":"received"}"#)], wrong, "\"received\" came instead of content"),
    ] {
        let (here, there) = channel();
        let shelf = Shelf::default();
        let sending = async move {
            let _ = here.send_text(OFFER).await;
            assert_eq!(here.next().await, Some(text(r#"{"type":"accept"}"#)));
            play(here, script).await
        };
        let (heard, received) = both(sending, receive(there, shelf.clone(), never()));
        let error = received.unwrap_err();
        assert!(wanted(&error) && error.to_string().contains(reason), "{error}");
        assert!(!error.to_string().contains('\u{1b}'));
        assert!(matches!(&heard[..], [FileMessage::Failed { reason: said }] if said.contains(reason)), "{heard:?}");
        assert_eq!(*shelf.fate.borrow(), Fate::Discarded);
    }
}

#[test]
fn a_receiver_that_breaks_the_rules_is_told_so() {
    for (script, reason) in [
        (vec![text("ok")], "\"ok\" is not a message"),
        (vec![bytes(1)], "content came instead of \"accept\""),
        (vec![text(r#"{"type":"received"}"#)], "\"received\" came instead of \"accept\""),
        (vec![text(r#"{"type":"accept"}"#), text(r#"{"type":"accept"}"#)], "\"accept\" came instead of silence"),
        (vec![text(r#"{"type":"accept"}"#), text(r#"{"type":"received"}"#)], "\"received\" came instead of silence"),
        (vec![text(r#"{"type":"accept"}"#), bytes(0)], "content came instead of silence"),
    ] {
        let (here, there) = channel();
        let (sent, heard) = both(send(here, Bytes::new(noise(9 * CHUNK, 1)), never()), play(there, script));
        assert!(matches!(&sent, Err(TransferError::AgainstTheRules(what)) if what.contains(reason)), "{sent:?}");
        assert!(
            matches!(heard.last(), Some(FileMessage::Cancel { reason: said }) if said.contains(reason)),
            "{heard:?}"
        );
    }
}

#[test]
fn a_receiver_that_fails_is_believed_at_every_moment() {
    for script in [vec![], vec![text(r#"{"type":"accept"}"#)]] {
        let script = [script, vec![text(r#"{"type":"failed","reason":"on fire"}"#)]].concat();
        let (here, there) = channel();
        let (sent, _) = both(send(here, Bytes::new(noise(9 * CHUNK, 1)), never()), play(there, script));
        assert_eq!(sent, Err(TransferError::FailedThere("on fire".to_owned())));
    }
}

#[test]
fn every_error_says_what_to_do_or_what_the_other_side_said() {
    let said = || "because".to_owned();
    for (error, part) in [
        (TransferError::Refused(said()), "because"),
        (TransferError::NotTaken(said()), "because"),
        (TransferError::Cancelled(said()), "because"),
        (TransferError::CancelledThere(said()), "because"),
        (TransferError::FailedThere(said()), "because"),
        (TransferError::NotRead(FileError::new("gone")), "offer it again"),
        (TransferError::NotStored(FileError::new("full")), "make room"),
        (TransferError::Damaged(said()), "ask for it again"),
        (TransferError::AgainstTheRules(said()), "same version"),
        (TransferError::NothingOffered, "nothing was offered"),
        (TransferError::Closed, "call again"),
        (TransferError::Channel(ChannelError::Refused(said())), "send it again"),
    ] {
        assert!(error.to_string().contains(part), "{error}");
    }
}
