//! A TCP connection to the server that is cut.
//!
//! Expected: a call that is connected goes on as if nothing had happened, with its files; a negotiation that is cut at any
//! message comes about all the same.

use std::net::SocketAddr;
use std::sync::Arc;

use study_zoom::native::{DiskSource, Folder};
use study_zoom::transfer::{Offered, receive_file, send_file};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::*;

/// A way to the server that can be cut, once or again.
struct Wire {
    address: SocketAddr,
    cuts: Arc<watch::Sender<u32>>,
}

impl Wire {
    async fn to(server: &TestServer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let (cuts, to) = (Arc::new(watch::Sender::new(0)), server.address());
        let wire = Self { address, cuts: cuts.clone() };
        tokio::spawn(async move {
            while let Ok((mut here, _)) = listener.accept().await {
                let mut cut = cuts.subscribe();
                tokio::spawn(async move {
                    let Ok(mut there) = TcpStream::connect(to).await else { return };
                    // Dropped without a goodbye of either side.
                    tokio::select! {
                        _ = copy_bidirectional(&mut here, &mut there) => {}
                        _ = cut.changed() => {}
                    }
                });
            }
        });
        wire
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }
}

async fn join_over(name: &'static str, wire: &Wire) -> Peer {
    Peer::start_at(name, &wire.url(), NativeOptions::default(), Mischief::None).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_is_cut_in_a_call_ends_neither_the_call_nor_a_file() {
    let folder = tempfile::tempdir().unwrap();
    for cut_is_a in [true, false] {
        let server = TestServer::start().await;
        let wire = Wire::to(&server).await;
        let straight = Wire::to(&server).await;
        let (first, second) = if cut_is_a { (&wire, &straight) } else { (&straight, &wire) };
        let mut alice = join_over("alice", first).await;
        alice.until_in_room().await;
        let mut bob = join_over("bob", second).await;
        tokio::join!(alice.until_step_13(), bob.until_step_13());

        let path = folder.path().join("large.bin");
        std::fs::write(&path, vec![7; 30_000_000]).unwrap();
        let out = Folder::open(&folder.path().join(format!("out {cut_is_a}"))).await.unwrap();
        let mut incoming = bob.files.incoming();
        let files = alice.files.clone();
        let mut cut = Some(());
        let sending = async {
            let channel = files.open().await.expect("they are connected");
            let mut source = DiskSource::open(&path).await.expect("it is there");
            let progress = |progress: study_zoom::transfer::Progress| {
                if progress.done > 1_000_000 && cut.take().is_some() {
                    wire.cut();
                }
            };
            send_file(&channel, &mut source, progress, std::future::pending()).await
        };
        let receiving = async {
            let channel = incoming.next().await.expect("a file is offered");
            let place = async |offered: Offered| out.place(&offered.name).await.map_err(|error| error.to_string());
            receive_file(&channel, place, |_| {}, std::future::pending()).await
        };
        let both = async { tokio::join!(sending, receiving) };
        let (sent, received) = Box::pin(within(Duration::from_secs(60), "the file arrives", both)).await;
        assert!(sent.is_ok() && received.is_ok(), "{sent:?} {received:?}");
        let is_back = |event: &CallEvent| *event == CallEvent::SignalingBack;
        let cut = if cut_is_a { &mut alice } else { &mut bob };
        if !cut.seen.iter().any(is_back) {
            cut.until("the server is there again", is_back).await;
        }
        alice.controls.chat("still there?");
        bob.until_chat("still there?").await;
        // Longer than a place is kept would take too long here; that nobody leaves is what the events say.
        for peer in [&alice, &bob] {
            let ended = peer.seen.iter().find(|event| matches!(event, CallEvent::Ended(_)));
            assert_eq!(ended, None, "{}: nothing has ended", peer.name);
        }
        tokio::join!(alice.receives(5, 10), bob.receives(5, 10));
        assert_eq!((alice.hang_up().await, bob.hang_up().await), (Ok(()), Ok(())));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_negotiation_that_is_cut_at_any_step_comes_about() {
    for cut_is_a in [true, false] {
        for step in 1..=12_u8 {
            // A server for each: a peer that hangs up while it is cut off has its place kept for a while.
            let server = TestServer::start().await;
            let (wire, straight) = (Wire::to(&server).await, Wire::to(&server).await);
            let (first, second) = if cut_is_a { (&wire, &straight) } else { (&straight, &wire) };
            let mut alice = join_over("alice", first).await;
            alice.until_in_room().await;
            let mut bob = join_over("bob", second).await;
            // Cut as soon as one of the two begins this step.
            let reaches = |event: &CallEvent| matches!(event, CallEvent::StepStarted(at) if at.number >= step);
            let what = format!("step {step} begins");
            let somebody = async {
                tokio::select! {
                    _ = alice.until(&what, reaches) => {}
                    _ = bob.until(&what, reaches) => {}
                }
            };
            somebody.await;
            wire.cut();
            tokio::join!(alice.until_step_13(), bob.until_step_13());
            tokio::join!(alice.receives(3, 5), bob.receives(3, 5));
            assert_eq!((alice.hang_up().await, bob.hang_up().await), (Ok(()), Ok(())), "cut at step {step}");
        }
    }
}
