//! **What it shows:** a whole call, steps 0 to 13, in one process and without a server. The two hand each other their
//! candidates, find a way to each other, and picture and sound go both ways.
//!
//! ```text
//! cargo run -p study-zoom --example 03_candidates
//! ```
//! **New against example 2:** a candidate is an address at which a side may be reached. ICE (RFC 8445) makes pairs of
//! the candidates of both sides, tries each pair with a small message and its answer, and one that works is selected.
//! Then the two exchange keys (DTLS), and the packets of example 1 travel encrypted (SRTP).
//!
//! **Try next:** leave out step 12 on one side: it connects all the same. Leave it out on both: `connected` never
//! comes.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::process::ExitCode;
use std::time::Duration;

use study_zoom::native::media;
use support::cli::{Failure, ended};
use webrtc::peer_connection::{RTCIceCandidate, RTCIceCandidateInit};

/// What examples 1 and 2 have shown.
mod peer;

use peer::{Peer, PeerEvent};

/// How long the call lasts.
const CALL: Duration = Duration::from_secs(2);

#[tokio::main]
async fn main() -> ExitCode {
    ended(call().await)
}

async fn call() -> Result<(), Failure> {
    // Step 0 (A, B): getUserMedia
    let stream = [media::audio(None)?, media::video(None)?];
    // Step 1 (A, B): new RTCPeerConnection
    let (mut a, mut b) = (Peer::new("127.0.0.1").await?, Peer::new("127.0.0.1").await?);
    // Step 2 (A, B): addTrack
    a.add_tracks(&stream).await?;
    b.add_tracks(&stream).await?;
    // Step 3 (A): createOffer
    let offer = a.connection.create_offer(None).await?;
    // Step 4 (A): setLocalDescription. From here on A gathers its candidates.
    a.connection.set_local_description(offer.clone()).await?;
    // Step 5 (A): send the offer. Step 6 (B): setRemoteDescription
    b.connection.set_remote_description(offer).await?;
    // Step 7 (B): createAnswer
    let answer = b.connection.create_answer(None).await?;
    // Step 8 (B): setLocalDescription. From here on B gathers its candidates.
    b.connection.set_local_description(answer.clone()).await?;
    // Step 9 (B): send the answer. Step 10 (A): setRemoteDescription
    a.connection.set_remote_description(answer).await?;
    println!("Steps 0 to 10: as in examples 1 and 2. The two agree on what to send.");

    // Step 11 (A, B): the icecandidate event
    let (candidates_of_a, candidates_of_b) = (candidates(&mut a, "A").await?, candidates(&mut b, "B").await?);

    // Step 12 (A, B): addIceCandidate
    for candidate in candidates_of_b {
        a.connection.add_ice_candidate(candidate).await?;
    }
    for candidate in candidates_of_a {
        b.connection.add_ice_candidate(candidate).await?;
    }
    println!("Step 12 (A, B): addIceCandidate. Both know where the other may be, and try each pair.");

    // Step 13 (A, B): connected
    for (name, peer) in [("A", &mut a), ("B", &mut b)] {
        peer.until_connected().await?;
        println!("Step 13 ({name}): connected, {}.", selected_pair(peer).await?);
    }
    a.play();
    b.play();
    for (name, peer) in [("A", &mut a), ("B", &mut b)] {
        for _ in 0..stream.len() {
            // The track event. The crate waits for the first packet; a browser has it when the description is set.
            peer.until("a track", |event| matches!(event, PeerEvent::Track(_)).then_some(())).await?;
        }
        println!("Step 13 ({name}): the track event, twice: sound and picture of the other side arrive.");
    }
    tokio::time::sleep(CALL).await;
    for (name, peer) in [("A", &a), ("B", &b)] {
        let (audio, video) = peer.counted();
        println!("{name}: {}", peer.arrived());
        if audio == 0 || video == 0 {
            return Err(format!("{name} has received no sound or no picture within {CALL:?}").into());
        }
    }
    a.connection.close().await?;
    Ok(b.connection.close().await?)
}

/// All candidates of a side. On loopback alone there is one.
async fn candidates(peer: &mut Peer, name: &str) -> Result<Vec<RTCIceCandidateInit>, Failure> {
    let mut candidates = Vec::new();
    let mut note = |event| {
        match event {
            PeerEvent::Candidate(candidate) => {
                println!("Step 11 ({name}): icecandidate. {}", candidate.candidate);
                candidates.push(candidate);
            }
            PeerEvent::AllCandidates => return Some(()),
            _ => {}
        }
        None
    };
    peer.until("all candidates", &mut note).await?;
    Ok(candidates)
}

/// The pair of candidates that won.
async fn selected_pair(peer: &Peer) -> Result<String, Failure> {
    let transport = peer.tracks[0].sender.transport().await?.ok_or("the track has no transport")?;
    let pair = transport.ice_transport().get_selected_candidate_pair().await?.ok_or("no pair was selected")?;
    let address = |candidate: &RTCIceCandidate| format!("{}:{}", candidate.address, candidate.port);
    Ok(format!("from {} to {}", address(pair.local()), address(pair.remote())))
}
