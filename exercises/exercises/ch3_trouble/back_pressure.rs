//! **Back-pressure.** `send` does not wait: what the network does not take at once is kept in memory, and a file is
//! larger than that. So whoever sends much has to look how much is waiting, and to wait until it is less.
//!
//! Read first: `examples/06_data_channel.rs`. In the call of the course: `src/native/file_channel.rs`.
//! To do: send a chunk only while at most `LIMIT` bytes wait (`outstanding_bytes`). Otherwise sleep for a millisecond,
//! and look again.
//! Check: `cargo test --bin back_pressure`
//!
//! Fails with: the sender let more bytes wait than the limit allows

use std::sync::Arc;
use std::time::Duration;

use webrtc::data_channel::DataChannel;
use webrtc::error::Result;

/// How many bytes may wait.
const LIMIT: usize = 256 * 1024;

fn main() {}

/// Sends a file, in chunks.
async fn send_file(channel: &Arc<dyn DataChannel>, file: &[u8]) -> Result<()> {
    for chunk in file.chunks(16 * 1024) {
        // TODO: wait.
        let _ = (LIMIT, Duration::from_millis(1));
        channel.send(chunk.into()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::peer::Pair;
    use exercises::{run, soon};
    use webrtc::data_channel::DataChannelEvent;

    const FILE: usize = 4 << 20;

    /// Looks again and again how much is waiting, and returns when it is too much.
    async fn too_much(channel: &Arc<dyn DataChannel>) -> usize {
        loop {
            match channel.outstanding_bytes().await {
                Ok(waiting) if waiting > LIMIT + 16 * 1024 => return waiting,
                _ => tokio::task::yield_now().await,
            }
        }
    }

    #[test]
    fn a_file_arrives_and_never_waits_in_memory() {
        run(async {
            let pair = Pair::connect().await;
            let (receiver, file) = (pair.b_channel.clone(), vec![7; FILE]);
            let receiving = tokio::spawn(async move {
                let mut received = 0;
                while received < FILE {
                    match receiver.poll().await {
                        Some(DataChannelEvent::OnMessage(message)) => received += message.data.len(),
                        Some(_) => {}
                        None => break,
                    }
                }
                received
            });
            let (channel, looking) = (pair.a_channel.clone(), pair.a_channel.clone());
            let sending = tokio::spawn(async move { send_file(&channel, &file).await });
            let looking = tokio::spawn(async move { too_much(&looking).await });
            let received = tokio::select! {
                received = soon(receiving, "the file did not arrive") => received.expect("the task does not panic"),
                waiting = looking => {
                    let waiting = waiting.expect("the task does not panic");
                    panic!("the sender let more bytes wait than the limit allows: {waiting}, and the limit is {LIMIT}");
                }
            };
            assert_eq!(received, FILE, "the bytes that have arrived");
            sending.await.expect("the task does not panic").expect("the file can be sent");
        });
    }
}
