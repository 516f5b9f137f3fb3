//! **What it shows:** a data channel: messages straight from one side to the other, without the server. First a text
//! each way, then a file, and what back-pressure is.
//!
//! ```text
//! cargo run -p study-zoom --example 06_data_channel
//! ```
//! **New against example 3:** [`RTCDataChannel`](https://www.w3.org/TR/webrtc/#rtcdatachannel). It is made before the
//! offer, like a track, and has a section of its own in it. It carries messages, in order and complete, as a WebSocket
//! does, over SCTP (RFC 8831). `send` does not wait until a message has left: it puts it into a queue. A sender that is
//! quicker than the network fills the memory, so it must look at the queue and wait.
//!
//! The two exchange descriptions that have the candidates in them already, when all are there. Then steps 11 and 12 are not
//! needed, and the call begins a little later.
//!
//! **Try next:** `-- --flood` sends without waiting. Compare how much waits in the queue. Then `-- --megabytes 20`.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use clap::Parser;
use rand::RngExt;
use rtc::data_channel::RTCDataChannelMessage;
use sha2::{Digest, Sha256};
use support::cli::{Failure, ended};
use tokio::time::timeout;
use webrtc::data_channel::{DataChannel, DataChannelEvent};

/// What examples 1 and 2 have shown.
mod peer;

use peer::{PATIENCE, Peer, PeerEvent};

/// Sends a text and a file through a data channel.
#[derive(Parser)]
struct Arguments {
    /// How large the file is
    #[arg(long, default_value_t = 5)]
    megabytes: usize,
    /// Send without waiting for room in the queue
    #[arg(long)]
    flood: bool,
}

/// Every implementation takes messages of 16 KiB (RFC 8831, section 6.6).
const MESSAGE: usize = 16 * 1024;
/// How much may wait in the queue: enough to keep the network busy.
const HIGH: usize = 1_000_000;
/// With how little left the sender goes on.
const LOW: u32 = 250_000;

#[tokio::main]
async fn main() -> ExitCode {
    ended(Box::pin(transfer(Arguments::parse())).await)
}

async fn transfer(Arguments { megabytes, flood }: Arguments) -> Result<(), Failure> {
    let (mut a, mut b) = (Peer::new("127.0.0.1").await?, Peer::new("127.0.0.1").await?);
    let of_a = a.connection.create_data_channel("file", None).await?;
    peer::negotiate(&mut a, &mut b).await?;
    a.until_connected().await?;
    let of_b =
        b.until("the channel", |event| if let PeerEvent::Channel(channel) = event { Some(channel) } else { None });
    let of_b = of_b.await?;
    next(&*of_a, |event| matches!(event, DataChannelEvent::OnOpen).then_some(())).await?;
    println!("A has made the channel {:?}, B has been told of it. It is open.", of_b.label().await?);

    of_a.send_text("hello from A").await?;
    println!("B hears {:?}", text(&*of_b).await?);
    of_b.send_text("hello from B").await?;
    println!("A hears {:?}", text(&*of_a).await?);

    let mut file = vec![0; megabytes * 1_000_000];
    rand::rng().fill(&mut file[..]);
    let digest = Sha256::digest(&file);
    // One side writes while the other one reads, as two programs would.
    let reading = tokio::spawn(receive(of_b, file.len()));
    let (begun, mut most, mut waits) = (Instant::now(), 0, 0);
    of_a.set_buffered_amount_low_threshold(LOW).await?;
    for message in file.chunks(MESSAGE) {
        of_a.send(message.into()).await?;
        let waiting = of_a.outstanding_bytes().await?;
        most = most.max(waiting);
        if waiting > HIGH && !flood {
            waits += 1;
            next(&*of_a, |event| matches!(event, DataChannelEvent::OnBufferedAmountLow).then_some(())).await?;
        }
    }
    println!(
        "A has put {} messages into the queue. At most {} kB waited there.",
        file.len().div_ceil(MESSAGE),
        most / 1000
    );
    println!("{waits} times A stopped until only {} kB were left.", LOW / 1000);
    let arrived = reading.await??;
    if arrived != digest {
        return Err("the file that arrived is not the one that was sent".into());
    }
    let speed = file.len() as f64 / 1e6 / begun.elapsed().as_secs_f64();
    println!("B has all {megabytes} MB, with the same SHA-256: {speed:.0} MB/s.");
    a.connection.close().await?;
    Ok(b.connection.close().await?)
}

/// What arrives, until it is so many bytes: its SHA-256.
async fn receive(channel: Arc<dyn DataChannel>, bytes: usize) -> Result<sha2::digest::Output<Sha256>, Failure> {
    let (mut digest, mut received) = (Sha256::new(), 0);
    while received < bytes {
        let message = next(&*channel, message).await?;
        received += message.data.len();
        digest.update(&message.data);
    }
    Ok(digest.finalize())
}

async fn text(channel: &dyn DataChannel) -> Result<String, Failure> {
    Ok(String::from_utf8(next(channel, message).await?.data.to_vec())?)
}

fn message(event: DataChannelEvent) -> Option<RTCDataChannelMessage> {
    if let DataChannelEvent::OnMessage(message) = event { Some(message) } else { None }
}

/// The first event of which `choose` makes something.
async fn next<T>(channel: &dyn DataChannel, choose: impl Fn(DataChannelEvent) -> Option<T>) -> Result<T, Failure> {
    let chosen = async {
        loop {
            let event = channel.poll().await?;
            if let Some(chosen) = choose(event) {
                return Some(chosen);
            }
        }
    };
    let chosen = timeout(PATIENCE, chosen).await.map_err(|_| "nothing came through the channel")?;
    Ok(chosen.ok_or("the channel was closed")?)
}
