//! **What it shows:** a call that others can take part in. It speaks with the course's own server, in the five events
//! of `docs/protocol.md`, so the other side may be one of these, a headless peer, a page, or one in another language.
//!
//! ```text
//! terminal 1: cargo run
//! terminal 2: cargo run -p study-zoom --example 05_over_socketio
//! terminal 3: cargo run -p study-zoom --example 05_over_socketio
//! ```
//! **New against example 4:** a room. The server lets in two and refuses the third; it says `welcome` to the first one
//! when the second one comes, and `bye` when the other side is gone, even when that side said nothing. After a `bye` a
//! new peer connection is made for the next partner: one is good for one call.
//!
//! **Try next:** open <http://localhost:3000/?room=demo> in a browser in place of terminal 3. Then start two of these.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::pin::pin;
use std::process::ExitCode;

use clap::Parser;
use futures::StreamExt;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use socketio_src::client::tungstenite::Tungstenite;
use socketio_src::client::{Client, Event, Options};
use study_zoom::native::media;
use support::cli::{Failure, ended};
use webrtc::peer_connection::{RTCIceCandidateInit, RTCPeerConnectionState};

/// What examples 1 and 2 have shown.
mod peer;

use peer::{PATIENCE, Peer, PeerEvent};

/// Calls the other one in a room.
#[derive(Parser)]
struct Arguments {
    /// The server of the call
    #[arg(long, default_value = "http://127.0.0.1:3000")]
    url: String,
    /// Where the two meet
    #[arg(long, default_value = "demo")]
    room: String,
    /// The address at which this side can be reached; a browser on another machine needs that of the network
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    ended(Box::pin(call(Arguments::parse())).await)
}

async fn call(Arguments { url, room, host }: Arguments) -> Result<(), Failure> {
    // Step 0 (A, B): getUserMedia. Once: the stream outlives the calls that are made with it.
    let stream = [media::audio(None)?, media::video(None)?];
    let (client, mut events, driver) = Client::new(Tungstenite::default(), Options::new(&url));
    tokio::spawn(driver.run());
    // Step 1 (A, B): new RTCPeerConnection Step 2 (A, B): addTrack
    let mut peer = Peer::with_tracks(&host, &stream).await?;
    println!("Steps 0, 1, 2: getUserMedia, new RTCPeerConnection, addTrack.");
    // Once: a Ctrl-C that comes while an event is handled is not lost.
    let mut stopped = pin!(tokio::signal::ctrl_c());
    loop {
        tokio::select! {
            event = events.next() => match event.ok_or("the connection has ended")? {
                Event::Connected { .. } => join(&client, &room).await?,
                Event::Message { name, args, .. } => match name.as_str() {
                    "welcome" => {
                        // Step 3 (A): createOffer
                        let offer = peer.connection.create_offer(None).await?;
                        // Step 4 (A): setLocalDescription
                        peer.connection.set_local_description(offer.clone()).await?;
                        // Step 5 (A): send the offer
                        client.emit("offer", vec![json!(offer), json!(room)])?;
                        println!("Steps 3, 4, 5 (A): the offer is made, set and sent.");
                    }
                    "offer" => {
                        // Step 6 (B): setRemoteDescription
                        peer.connection.set_remote_description(first(args)?).await?;
                        // Step 7 (B): createAnswer
                        let answer = peer.connection.create_answer(None).await?;
                        // Step 8 (B): setLocalDescription
                        peer.connection.set_local_description(answer.clone()).await?;
                        // Step 9 (B): send the answer
                        client.emit("answer", vec![json!(answer), json!(room)])?;
                        println!("Steps 6, 7, 8, 9 (B): the offer is set, the answer made, set and sent.");
                    }
                    "answer" => {
                        // Step 10 (A): setRemoteDescription
                        peer.connection.set_remote_description(first(args)?).await?;
                        println!("Step 10 (A): the answer is set.");
                    }
                    "ice" => {
                        // Step 12 (A, B): addIceCandidate. `null` says that there are no more.
                        if let Some(candidate) = first::<Option<RTCIceCandidateInit>>(args)? {
                            println!("Step 12: addIceCandidate. {}", candidate.candidate);
                            peer.connection.add_ice_candidate(candidate).await?;
                        }
                    }
                    "bye" => {
                        println!("The other side is gone. {}", peer.arrived());
                        peer.connection.close().await?;
                        peer = Peer::with_tracks(&host, &stream).await?;
                    }
                    _ => println!("{name} {}", Value::from(args)),
                },
                Event::Disconnected { reason: why, .. } => return Err(format!("{why}: start the server there").into()),
                Event::Refused { message, .. } => return Err(message.into()),
                Event::Closed { .. } => return Ok(()),
            },
            Some(event) = peer.events.recv() => match event {
                // Step 11 (A, B): the icecandidate event
                PeerEvent::Candidate(candidate) => {
                    println!("Step 11: icecandidate. {}", candidate.candidate);
                    client.emit("ice", vec![json!(candidate), json!(room)])?;
                }
                PeerEvent::AllCandidates => client.emit("ice", vec![Value::Null, json!(room)])?,
                // Step 13 (A, B): connected
                PeerEvent::ConnectionState(RTCPeerConnectionState::Connected) => {
                    println!("Step 13: connected.");
                    peer.play();
                }
                _ => {}
            },
            _ = &mut stopped => {
                if peer.counted() != (0, 0) {
                    println!("{}", peer.arrived());
                }
                // With an acknowledgement: the other side hears `bye` before this program has ended.
                client.emit_with_ack("leave_room", vec![json!(room)], PATIENCE).await?;
                return Ok(peer.connection.close().await?);
            }
        }
    }
}

async fn join(client: &Client<Tungstenite>, room: &str) -> Result<(), Failure> {
    let answer = client.emit_with_ack("join_room", vec![json!(room)], PATIENCE).await?;
    match &answer[..] {
        [answer] if answer["ok"] == true => println!("In room {room} as {}.", answer["role"].as_str().unwrap_or("?")),
        _ => return Err(format!("not in room {room}: {}", Value::from(answer)).into()),
    }
    Ok(())
}

/// The first argument of an event.
fn first<T: DeserializeOwned>(args: Vec<Value>) -> Result<T, Failure> {
    Ok(serde_json::from_value(args.into_iter().next().unwrap_or_default())?)
}
