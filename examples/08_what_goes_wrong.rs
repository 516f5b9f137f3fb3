//! **What it shows:** four things that go wrong between two sides that do everything right, as soon as a network is
//! between them; and the `Call` of this course, which lives through all of them.
//!
//! ```text
//! cargo run -p study-zoom --example 08_what_goes_wrong
//! ```
//! **New against example 7:** time. A message comes too early, too late, or at the same moment as one of ours; a
//! partner goes away and comes back as somebody else. The W3C calls refuse some of it with an error, and take the rest
//! without a word.
//!
//! **Try next:** find in `src/call/inbox.rs` the line that prevents each of the four.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use shared::RoomName;
use study_zoom::call::{Call, CallError, CallEvent, CallOptions, Controls};
use study_zoom::native::{self, Counters, NativeEngine, NativeOptions};
use study_zoom::server::{self, ServerOptions};
use support::cli::{Failure, ended};
use tokio::{net::TcpListener, task::JoinHandle, time::timeout};

/// What examples 1 and 2 have shown.
mod peer;

use peer::{PATIENCE, Peer, PeerEvent};

#[tokio::main]
async fn main() -> ExitCode {
    ended(Box::pin(run()).await)
}

async fn run() -> Result<(), Failure> {
    candidate_before_the_description().await?;
    two_offers().await?;
    answer_to_an_earlier_offer().await?;
    partner_that_comes_back().await?;
    the_call_of_the_course().await
}

/// A side that has set its offer.
async fn offering() -> Result<Peer, Failure> {
    let a = Peer::new("127.0.0.1").await?;
    a.connection.create_data_channel("chat", None).await?;
    let offer = a.connection.create_offer(None).await?;
    a.connection.set_local_description(offer).await?;
    Ok(a)
}

/// Offer and candidate go different ways, or a handler is slow: the candidate is there first.
async fn candidate_before_the_description() -> Result<(), Failure> {
    let (mut a, b) = (offering().await?, Peer::new("127.0.0.1").await?);
    let choose = |event| if let PeerEvent::Candidate(candidate) = event { Some(candidate) } else { None };
    let candidate = a.until("a candidate", choose).await?;
    let refused = b.connection.add_ice_candidate(candidate.clone()).await.err();
    println!("1. A candidate before the description: {}", refused.ok_or("it was taken")?);

    let mut waiting = vec![candidate];
    b.connection.set_remote_description(a.connection.local_description().await.ok_or("no offer")?).await?;
    for candidate in waiting.drain(..) {
        b.connection.add_ice_candidate(candidate).await?;
    }
    println!("   The cure: it waits in a queue until the description is set.");
    close(&[a, b]).await
}

/// Both press "call" at the same moment. The English word is glare.
async fn two_offers() -> Result<(), Failure> {
    let (a, b) = (offering().await?, offering().await?);
    let offer_of_b = b.connection.local_description().await.ok_or("no offer")?;
    let refused = a.connection.set_remote_description(offer_of_b).await.err();
    println!("2. Two offers at once: {}", refused.ok_or("it was taken")?);
    println!("   The cure: one side alone may offer. The server says which: the one that was in the room first.");
    close(&[a, b]).await
}

/// A has started over, and the answer to its first offer arrives late. It fits no key and no address of the new connection.
async fn answer_to_an_earlier_offer() -> Result<(), Failure> {
    let (mut a, mut b) = (offering().await?, Peer::new("127.0.0.1").await?);
    peer::negotiate(&mut a, &mut b).await?;
    let late = b.connection.local_description().await.ok_or("no answer")?;
    let mut a_again = offering().await?;
    a_again.connection.set_remote_description(late).await?;
    println!("3. The answer to an earlier offer: no error, and {}", waits(&mut a_again).await?);
    println!("   The cure: an answer says which offer it answers. One to another offer is left alone.");
    close(&[a, b, a_again]).await
}

/// B has closed its page and is back. It is a stranger: new keys, new addresses.
async fn partner_that_comes_back() -> Result<(), Failure> {
    let (mut a, mut b) = (offering().await?, Peer::new("127.0.0.1").await?);
    peer::negotiate(&mut a, &mut b).await?;
    a.until_connected().await?;
    b.connection.close().await?;
    let mut b_again = Peer::new("127.0.0.1").await?;
    peer::negotiate(&mut a, &mut b_again).await?;
    println!("4. The partner comes back, and A uses its old connection: no error, and {}", waits(&mut b_again).await?);
    println!("   The cure: `bye` closes the connection, and the next partner gets a new one.");
    close(&[a, b_again]).await
}

/// Two seconds are long: example 3 is connected in less than one.
async fn waits(peer: &mut Peer) -> Result<&'static str, Failure> {
    match timeout(Duration::from_secs(2), peer.until_connected()).await {
        Err(_) => Ok("it does not connect."),
        Ok(_) => Err("it was connected, or has ended".into()),
    }
}

async fn close(peers: &[Peer]) -> Result<(), Failure> {
    for peer in peers {
        peer.connection.close().await?;
    }
    Ok(())
}

/// The fourteen steps with the four cures. An engine makes the W3C calls, a signaling carries the messages, and `Call` takes
/// the steps between the two. The first side stays in the room, and its partner comes back.
async fn the_call_of_the_course() -> Result<(), Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { server::run(listener, &ServerOptions::default(), std::future::pending()).await });
    let (first, controls, received) = side(&url).await?;
    for partner in ["a partner", "the partner that comes back"] {
        let before = received.read().video_frames;
        let (second, its_controls, _) = side(&url).await?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        its_controls.hang_up();
        second.await??;
        println!("A `Call` has received {} frames of the picture of {partner}.", received.read().video_frames - before);
    }
    controls.hang_up();
    Ok(first.await??)
}

/// A side that is in the room.
async fn side(url: &str) -> Result<(JoinHandle<Result<(), CallError>>, Controls, Arc<Counters>), Failure> {
    let engine = NativeEngine::new(NativeOptions::default());
    let (signaling, counters) = (native::connect(url).await?, engine.counters());
    let (call, controls, mut events) = Call::new(engine, signaling, CallOptions::new(RoomName::new("demo")?));
    let call = tokio::spawn(call.run());
    let in_room = async { while !matches!(events.next().await, Some(CallEvent::InRoom(_)) | None) {} };
    timeout(PATIENCE, in_room).await.map_err(|_| "the server has let nobody into the room")?;
    Ok((call, controls, counters))
}
