//! Files over a call of two headless peers.
//!
//! Expected: what is sent arrives as it was, both ways at once and beside the chat; whichever side stops or leaves,
//! nothing of a file that is not whole stays behind, and a call that is not over goes on.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use study_zoom::native::{DiskSource, Files, Folder, IncomingFiles};
use study_zoom::transfer::{
    Canceller, FileChannel, Message, Offered, Progress, Received, Sent, TransferError, canceller, receive_file,
    send_file,
};
use tempfile::TempDir;

use super::*;

/// How long a large file may take on a machine that is busy.
const LONG: Duration = Duration::from_secs(180);
const MEGABYTE: usize = 1_000_000;

/// A file with this many bytes, and its content.
fn file(folder: &TempDir, name: &str, length: usize) -> (PathBuf, Vec<u8>) {
    let content: Vec<u8> = (0..length).map(|n| (n ^ (n >> 8) ^ (n >> 16) ^ name.len()) as u8).collect();
    let path = folder.path().join(name);
    std::fs::write(&path, &content).expect("there is room");
    (path, content)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("it is there");
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("it is there").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Calls this once, when so much is done.
fn when_done(bytes: u64, then: impl FnOnce()) -> impl FnMut(Progress) {
    let mut then = Some(then);
    move |progress| {
        if progress.done >= bytes
            && let Some(then) = then.take()
        {
            then();
        }
    }
}

async fn send(
    files: &Files,
    path: &Path,
    progress: impl FnMut(Progress),
    cancel: impl Future<Output = String>,
) -> Result<Sent, TransferError> {
    let channel = within(PATIENCE, "a channel opens", files.open()).await.expect("they are connected");
    let mut source = DiskSource::open(path).await.expect("it is there");
    within(LONG, "the sender comes to an end", send_file(&channel, &mut source, progress, cancel)).await
}

async fn receive(
    incoming: &mut IncomingFiles,
    folder: &Path,
    progress: impl FnMut(Progress),
    cancel: impl Future<Output = String>,
) -> Result<Received<PathBuf>, TransferError> {
    let channel = within(PATIENCE, "a file is offered", incoming.next()).await.expect("the engine is there");
    let folder = Folder::open(folder).await.expect("there is room");
    let place = async |offered: Offered| folder.place(&offered.name).await.map_err(|error| error.to_string());
    within(LONG, "the receiver comes to an end", receive_file(&channel, place, progress, cancel)).await
}

fn never() -> std::future::Pending<String> {
    std::future::pending()
}

/// Both can chat.
async fn chat(alice: &mut Peer, bob: &mut Peer) {
    alice.controls.chat("still there?");
    bob.until_chat("still there?").await;
    bob.controls.chat("yes");
    alice.until_chat("yes").await;
}

#[tokio::test]
async fn twenty_megabytes_go_both_ways_at_once_beside_the_chat() {
    let folder = tempfile::tempdir().unwrap();
    let server = TestServer::start().await;
    let (mut alice, mut bob) = call_of_two(&server).await;
    chat_is_open(&mut alice, &mut bob).await;
    let (from_alice, alices) = file(&folder, "from alice.bin", 20 * MEGABYTE);
    let (from_bob, bobs) = file(&folder, "from bob.bin", 20 * MEGABYTE);
    let (out_a, out_b) = (folder.path().join("a"), folder.path().join("b"));
    let (alice_files, bob_files) = (alice.files.clone(), bob.files.clone());
    let (mut to_alice, mut to_bob) = (alice_files.incoming(), bob_files.incoming());
    let transfers = async {
        tokio::join!(
            send(&alice_files, &from_alice, |_| {}, never()),
            receive(&mut to_bob, &out_b, |_| {}, never()),
            send(&bob_files, &from_bob, |_| {}, never()),
            receive(&mut to_alice, &out_a, |_| {}, never()),
        )
    };
    let chatting = async {
        for _ in 0..10 {
            chat(&mut alice, &mut bob).await;
        }
    };
    let ((sent_by_alice, received_by_bob, sent_by_bob, received_by_alice), ()) = tokio::join!(transfers, chatting);
    for (sent, received, content, name) in [
        (sent_by_alice, received_by_bob, alices, "from alice.bin"),
        (sent_by_bob, received_by_alice, bobs, "from bob.bin"),
    ] {
        let (sent, received) = (sent.expect(name), received.expect(name));
        assert_eq!(received.stored.file_name().unwrap(), name);
        let stored = std::fs::read(&received.stored).unwrap();
        assert!(stored == content, "{name}: {} bytes", stored.len());
        let sha256: String = Sha256::digest(&content).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((&sent.sha256, &received.sha256), (&sha256, &sha256));
    }
    assert_eq!((names(&out_a), names(&out_b)), (vec!["from bob.bin".into()], vec!["from alice.bin".into()]));
    tokio::join!(alice.receives(5, 10), bob.receives(5, 10));
    assert_eq!((alice.hang_up().await, bob.hang_up().await), (Ok(()), Ok(())));
}

#[tokio::test]
async fn whoever_cancels_nothing_stays_behind_and_the_call_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let server = TestServer::start().await;
    let (mut alice, mut bob) = call_of_two(&server).await;
    chat_is_open(&mut alice, &mut bob).await;
    let (path, content) = file(&folder, "cat.jpg", 6 * MEGABYTE);
    let out = folder.path().join("out");
    let mut incoming = bob.files.incoming();
    for sender_cancels in [true, false] {
        let (canceller, cancelled) = canceller();
        let press = |canceller: Canceller| when_done(MEGABYTE as u64, || canceller.cancel("changed my mind"));
        let (sent, received) = if sender_cancels {
            let sending = send(&alice.files, &path, press(canceller), cancelled);
            tokio::join!(sending, receive(&mut incoming, &out, |_| {}, never()))
        } else {
            let sending = send(&alice.files, &path, |_| {}, never());
            tokio::join!(sending, receive(&mut incoming, &out, press(canceller), cancelled))
        };
        let here = TransferError::Cancelled("changed my mind".to_owned());
        let there = TransferError::CancelledThere("changed my mind".to_owned());
        let (expected_sent, expected_received) = if sender_cancels { (here, there) } else { (there, here) };
        assert_eq!(sent, Err(expected_sent));
        assert_eq!(received.map(|received| received.stored), Err(expected_received));
        assert!(names(&out).is_empty(), "{:?}", names(&out));
        chat(&mut alice, &mut bob).await;
    }
    // And the next file arrives.
    let (sent, received) =
        tokio::join!(send(&alice.files, &path, |_| {}, never()), receive(&mut incoming, &out, |_| {}, never()));
    assert!(sent.is_ok(), "{sent:?}");
    assert!(std::fs::read(received.unwrap().stored).unwrap() == content);
    assert_eq!((alice.hang_up().await, bob.hang_up().await), (Ok(()), Ok(())));
}

#[tokio::test]
async fn whoever_leaves_in_the_middle_ends_the_transfer_and_the_next_partner_gets_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let server = TestServer::start().await;
    let mut alice = Peer::join("alice", &server).await;
    let (path, content) = file(&folder, "cat.jpg", 6 * MEGABYTE);
    let out = folder.path().join("out");
    for (round, expected) in [Err(TransferError::Closed), Ok(())].into_iter().enumerate() {
        let mut bob = Peer::join("bob", &server).await;
        tokio::join!(alice.until_step_13(), bob.until_step_13());
        let mut incoming = bob.files.incoming();
        let controls = bob.controls.clone();
        let leave = when_done(if round == 0 { MEGABYTE as u64 } else { u64::MAX }, move || controls.hang_up());
        let sending = send(&alice.files, &path, |_| {}, never());
        let (sent, received) = tokio::join!(sending, receive(&mut incoming, &out, leave, never()));
        assert_eq!(sent.map(drop), expected, "round {round}");
        match (received, &expected) {
            (Ok(received), Ok(())) => assert!(std::fs::read(received.stored).unwrap() == content),
            (received, _) => {
                assert_eq!(received.map(drop), expected, "round {round}");
                assert!(names(&out).is_empty(), "{:?}", names(&out));
                assert_eq!(alice.until_ended().await, EndReason::PeerLeft(None));
            }
        }
        assert_eq!(bob.hang_up().await, Ok(()));
    }
    assert_eq!(alice.hang_up().await, Ok(()));
}

#[tokio::test]
async fn a_peer_that_takes_no_files_refuses_them() {
    let folder = tempfile::tempdir().unwrap();
    let server = TestServer::start().await;
    let (mut alice, mut bob) = call_of_two(&server).await;
    let (path, _) = file(&folder, "cat.jpg", MEGABYTE);
    let sent = send(&alice.files, &path, |_| {}, never()).await;
    assert_eq!(sent, Err(TransferError::Refused("nobody takes files here".to_owned())));
    chat_is_open(&mut alice, &mut bob).await;
    chat(&mut alice, &mut bob).await;
    assert_eq!((alice.hang_up().await, bob.hang_up().await), (Ok(()), Ok(())));
}

#[tokio::test]
async fn an_empty_file_is_a_file_and_a_hundred_small_ones_go_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = TestServer::start().await;
    let (alice, bob) = call_of_two(&server).await;
    let out = folder.path().join("out");
    let paths: Vec<_> = (0..100).map(|n| file(&folder, &format!("{n}.txt"), n * 100).0).collect();
    let mut incoming = bob.files.incoming();
    let sending = futures::future::join_all(paths.iter().map(|path| send(&alice.files, path, |_| {}, never())));
    let receiving = async {
        let folder = Folder::open(&out).await.unwrap();
        let channels = within(PATIENCE, "all are offered", incoming.by_ref().take(100).collect::<Vec<_>>()).await;
        let place = async |offered: Offered| folder.place(&offered.name).await.map_err(|error| error.to_string());
        let receiving = channels.iter().map(|channel| receive_file(channel, place, |_| {}, never()));
        within(LONG, "all are received", futures::future::join_all(receiving)).await
    };
    let (sent, received) = tokio::join!(sending, receiving);
    assert!(sent.iter().all(Result::is_ok), "{sent:?}");
    assert!(received.iter().all(Result::is_ok), "{received:?}");
    for (n, path) in paths.iter().enumerate() {
        assert_eq!(std::fs::read(out.join(format!("{n}.txt"))).unwrap(), std::fs::read(path).unwrap(), "{n}");
    }
    assert_eq!((alice.hang_up().await, bob.hang_up().await), (Ok(()), Ok(())));
}

#[tokio::test]
async fn one_small_file_right_after_another_arrives_in_both_directions() {
    let folder = tempfile::tempdir().unwrap();
    let server = TestServer::start().await;
    let (alice, bob) = call_of_two(&server).await;
    let (path, content) = file(&folder, "cat.jpg", 100_000);
    let out = folder.path().join("out");
    for (from, to) in [(&alice, &bob), (&bob, &alice)] {
        let mut incoming = to.files.incoming();
        // The number of a channel that has just been closed is given to the next one.
        for round in 0..20 {
            let sending = send(&from.files, &path, |_| {}, never());
            let receiving = async {
                loop {
                    match receive(&mut incoming, &out, |_| {}, never()).await {
                        Err(TransferError::NothingOffered) => {}
                        received => return received,
                    }
                }
            };
            let (sent, received) = tokio::join!(sending, receiving);
            assert!(sent.is_ok(), "round {round}: {sent:?}");
            assert!(std::fs::read(received.expect("it arrives").stored).unwrap() == content);
        }
    }
    assert_eq!(names(&out).len(), 40);
    assert_eq!((alice.hang_up().await, bob.hang_up().await), (Ok(()), Ok(())));
}

#[tokio::test]
async fn a_side_that_does_not_read_holds_up_the_sender_and_not_the_pictures() {
    let server = TestServer::start().await;
    let (alice, bob) = call_of_two(&server).await;
    let mut incoming = bob.files.incoming();
    let channel = within(PATIENCE, "a channel opens", alice.files.open()).await.expect("they are connected");
    // The channel is handed on when something has come on it.
    let mut most = within(LONG, "the buffer fills", fill(&channel)).await;
    let unread = within(PATIENCE, "the channel arrives", incoming.next()).await.expect("the engine is there");
    let stuck = async {
        loop {
            most += within(LONG, "the buffer fills", fill(&channel)).await;
            if tokio::time::timeout(Duration::from_secs(1), channel.buffered_amount_low()).await.is_err() {
                break;
            }
        }
    };
    within(LONG, "the sender is held up", stuck).await;
    assert!(most < 16 * 1024 * 1024, "{most} bytes were taken in by a side that does not read");
    tokio::join!(alice.receives(15, 50), bob.receives(15, 50));
    // Once it reads, it gets everything.
    let mut read = 0;
    let reading = async {
        while read < most {
            match unread.next().await {
                Some(Message::Binary(bytes)) => read += bytes.len(),
                other => panic!("{other:?}"),
            }
        }
    };
    within(LONG, "everything arrives", reading).await;
    assert_eq!((alice.hang_up().await, bob.hang_up().await), (Ok(()), Ok(())));
}

/// Fills the buffer of a channel up to the mark.
async fn fill(channel: &impl FileChannel) -> usize {
    let mut sent = 0;
    while channel.buffered_amount().await <= study_zoom::transfer::HIGH_WATER {
        channel.send_bytes(&[7; 16 * 1024]).await.expect("it is open");
        sent += 16 * 1024;
    }
    sent
}

#[tokio::test]
async fn without_a_call_there_is_no_channel() {
    let error = NativeEngine::new(NativeOptions::default()).files().open().await.unwrap_err();
    assert!(error.to_string().contains("nobody is connected"), "{error}");
}

/// What becomes of the files of the long row, by their number.
fn is_cancelled(number: usize) -> bool {
    number % 10 == 7
}

/// Sends a hundred files, one after the other and some of them side by side. Every tenth is cancelled in the middle.
async fn send_a_row(files: &Files, folder: &TempDir, name: &str) {
    for number in 0..100 {
        let length = [0, 1, 16 * 1024, 100_000, MEGABYTE][number % 5] + number;
        let (path, _) = file(folder, &format!("{name}-{number}"), length);
        let (canceller, cancelled) = canceller();
        if is_cancelled(number) {
            canceller.cancel("changed my mind");
            let sent = send(files, &path, |_| {}, cancelled).await;
            assert_eq!(sent, Err(TransferError::Cancelled("changed my mind".to_owned())), "{name}-{number}");
        } else if number % 10 == 9 {
            let (one, other) = tokio::join!(send(files, &path, |_| {}, never()), send(files, &path, |_| {}, never()));
            one.and(other).unwrap_or_else(|error| panic!("{name}-{number}: {error}"));
        } else {
            drop(canceller);
            send(files, &path, |_| {}, cancelled).await.unwrap_or_else(|error| panic!("{name}-{number}: {error}"));
        }
    }
}

/// Receives all that comes. Returns how many files arrived whole.
async fn receive_a_row(incoming: &mut IncomingFiles, folder: &Path) -> usize {
    let folder = Folder::open(folder).await.expect("there is room");
    let (mut running, mut arrived) = (tokio::task::JoinSet::new(), 0);
    loop {
        tokio::select! {
            channel = incoming.next() => {
                let (channel, folder) = (channel.expect("the engine is there"), folder.clone());
                running.spawn(async move {
                    let place = async |offered: Offered| folder.place(&offered.name).await.map_err(|e| e.to_string());
                    receive_file(&channel, place, |_| {}, never()).await
                });
            }
            Some(received) = running.join_next() => {
                match received.expect("it does not panic") {
                    Ok(_) => arrived += 1,
                    Err(TransferError::CancelledThere(_)) => {}
                    Err(error) => panic!("not received: {error}"),
                }
                // Ninety files, ten of them twice.
                if arrived == 100 {
                    return arrived;
                }
            }
        }
    }
}

/// A number of a stream that is used again, or a channel that is closed and opened for each file, does not survive this.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_files_in_a_row_go_both_ways_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = TestServer::start().await;
    let (mut alice, mut bob) = call_of_two(&server).await;
    chat_is_open(&mut alice, &mut bob).await;
    let (alice_files, bob_files) = (alice.files.clone(), bob.files.clone());
    let (mut to_alice, mut to_bob) = (alice_files.incoming(), bob_files.incoming());
    let (out_a, out_b) = (folder.path().join("a"), folder.path().join("b"));
    let all = async {
        tokio::join!(
            send_a_row(&alice_files, &folder, "alice"),
            send_a_row(&bob_files, &folder, "bob"),
            receive_a_row(&mut to_alice, &out_a),
            receive_a_row(&mut to_bob, &out_b),
        )
    };
    Box::pin(within(LONG, "all of them arrive", all)).await;
    for (out, name) in [(&out_a, "bob"), (&out_b, "alice")] {
        let stored = names(out);
        assert_eq!(stored.len(), 100, "{stored:?}");
        for number in (0..100).filter(|number| !is_cancelled(*number)) {
            let name = format!("{name}-{number}");
            let same = std::fs::read(out.join(&name)).unwrap() == std::fs::read(folder.path().join(&name)).unwrap();
            assert!(same, "{name} arrived as another one");
        }
    }
    chat(&mut alice, &mut bob).await;
    assert_eq!((alice.hang_up().await, bob.hang_up().await), (Ok(()), Ok(())));
}
