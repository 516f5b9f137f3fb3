//! **What it shows:** signaling is anything that carries text from one side to the other. Two programs call each other;
//! the chat of chapter 1, which knows nothing of calls, carries their descriptions and candidates.
//!
//! ```text
//! terminal 1: cargo run -p websocket_src
//! terminal 2: cargo run -p study-zoom --example 04_over_a_websocket
//! terminal 3: cargo run -p study-zoom --example 04_over_a_websocket
//! ```
//! **New against example 3:** a loop. Steps 5, 9 and 11 send a message, and steps 6, 10 and 12 begin with one that has
//! arrived, so the program waits for messages and for events of its peer connection, and takes the step that is next.
//! The side that is in the chat first is A: it sees the other one come. Ctrl-C ends it.
//!
//! **Try next:** `cargo run -p websocket_src -- client` in a fourth terminal, after the others, hears what they say. So
//! does a third program: nobody tells it that it is one too many. That is what rooms are for, in example 5.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::pin::pin;
use std::process::ExitCode;

use clap::Parser;
use futures::{SinkExt, StreamExt};
use serde::{Deserialize, Serialize};
use shared::chat::{ClientMessage, ServerEvent};
use study_zoom::native::media;
use support::cli::{Failure, ended};
use tokio_tungstenite::{connect_async, tungstenite::Message};
use webrtc::peer_connection::RTCPeerConnectionState as State;
use webrtc::peer_connection::{RTCIceCandidateInit, RTCSdpType, RTCSessionDescription};

/// What examples 1 and 2 have shown.
mod peer;

use peer::{Peer, PeerEvent};

/// Calls the other one in the chat.
#[derive(Parser)]
struct Arguments {
    /// The chat
    #[arg(default_value = "ws://127.0.0.1:3001/ws")]
    url: String,
}

/// What the two say to each other, as the text of a chat message.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Signal {
    Description(Box<RTCSessionDescription>),
    Candidate(RTCIceCandidateInit),
}

#[tokio::main]
async fn main() -> ExitCode {
    ended(Box::pin(call(Arguments::parse())).await)
}

async fn call(Arguments { url }: Arguments) -> Result<(), Failure> {
    // Step 0 (A, B): getUserMedia
    let stream = [media::audio(None)?, media::video(None)?];
    // Step 1 (A, B): new RTCPeerConnection Step 2 (A, B): addTrack
    let mut peer = Peer::with_tracks("127.0.0.1", &stream).await?;
    let connecting = Box::pin(connect_async(&url)).await;
    let (mut socket, _) =
        connecting.map_err(|error| format!("cannot connect to {url}: {error}: start the chat there"))?;
    // Once: a Ctrl-C that comes while a message is handled is not lost.
    let (mut me, mut stopped) = (None, pin!(tokio::signal::ctrl_c()));
    loop {
        let to_be_sent = tokio::select! {
            message = socket.next() => match message.ok_or("the chat has ended: start it again")?? {
                Message::Text(text) => match serde_json::from_str(&text)? {
                    ServerEvent::Welcome { you, count, .. } => {
                        println!("Steps 0, 1, 2 are taken. In the chat, {count} here.");
                        me = Some(you.id);
                        None
                    }
                    ServerEvent::Joined { count: 2, .. } => Some(offer(&peer).await?),
                    // Everybody hears everything. What is no signal was said by a person.
                    ServerEvent::NewMessage { from, payload } if Some(from.id) != me => {
                        if let Ok(signal) = serde_json::from_str(&payload) { take(signal, &peer).await? } else { None }
                    }
                    ServerEvent::Left { count: 1, .. } => break,
                    ServerEvent::Error(error) => return Err(error.into()),
                    _ => None,
                },
                _ping => None,
            },
            Some(event) = peer.events.recv() => match event {
                // Step 11 (A, B): the icecandidate event
                PeerEvent::Candidate(candidate) => {
                    println!("Step 11: icecandidate. {}", candidate.candidate);
                    Some(Signal::Candidate(candidate))
                }
                // Step 13 (A, B): connected
                PeerEvent::ConnectionState(State::Connected) => {
                    println!("Step 13: connected.");
                    peer.play();
                    None
                }
                PeerEvent::ConnectionState(State::Failed) => return Err("no pair of candidates works".into()),
                _ => None,
            },
            _ = &mut stopped => break,
        };
        if let Some(signal) = to_be_sent {
            let message = ClientMessage::NewMessage(serde_json::to_string(&signal)?);
            socket.send(Message::text(serde_json::to_string(&message)?)).await?;
        }
    }
    println!("{}", peer.arrived());
    Ok(peer.connection.close().await?)
}

/// The steps of A.
async fn offer(peer: &Peer) -> Result<Signal, Failure> {
    // Step 3 (A): createOffer
    let offer = peer.connection.create_offer(None).await?;
    // Step 4 (A): setLocalDescription
    peer.connection.set_local_description(offer.clone()).await?;
    // Step 5 (A): send the offer
    println!("Steps 3, 4, 5 (A): the offer is made, set and sent.");
    Ok(Signal::Description(Box::new(offer)))
}

/// What the other side has said, and the answer to it.
async fn take(signal: Signal, peer: &Peer) -> Result<Option<Signal>, Failure> {
    match signal {
        Signal::Description(offer) if offer.sdp_type == RTCSdpType::Offer => {
            // Step 6 (B): setRemoteDescription
            peer.connection.set_remote_description(*offer).await?;
            // Step 7 (B): createAnswer
            let answer = peer.connection.create_answer(None).await?;
            // Step 8 (B): setLocalDescription
            peer.connection.set_local_description(answer.clone()).await?;
            // Step 9 (B): send the answer
            println!("Steps 6, 7, 8, 9 (B): the offer is set, the answer made, set and sent.");
            return Ok(Some(Signal::Description(Box::new(answer))));
        }
        Signal::Description(answer) => {
            // Step 10 (A): setRemoteDescription
            peer.connection.set_remote_description(*answer).await?;
            println!("Step 10 (A): the answer is set.");
        }
        Signal::Candidate(candidate) => {
            // Step 12 (A, B): addIceCandidate
            println!("Step 12: addIceCandidate. {}", candidate.candidate);
            peer.connection.add_ice_candidate(candidate).await?;
        }
    }
    Ok(None)
}
