//! **A frame by hand.** What a client sends is masked: each byte of the payload is combined with one of the four bytes
//! of the mask, in turn, by exclusive or. The length of a payload up to 125 bytes stands in the second byte; 126 there
//! says that the next two bytes are the length, the more significant one first.
//!
//! Read first: `websocket_src/README.md`, "What travels".
//! To do: read the longer length as well, and take the mask off.
//! Check: `cargo test --bin masked_frame`
//!
//! Fails with: the client said "hello", and read_text returned

use tokio::io::{AsyncRead, AsyncReadExt};

fn main() {}

/// Reads one text frame of a client.
async fn read_text(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<String> {
    let first = stream.read_u8().await?;
    assert_eq!(first, 0x81, "FIN, and the opcode of a text");
    // The first bit says that there is a mask.
    let length = usize::from(stream.read_u8().await? & 0x7f);
    // TODO: 126 is no length.
    let mut mask = [0; 4];
    stream.read_exact(&mut mask).await?;
    let mut payload = vec![0; length];
    stream.read_exact(&mut payload).await?;
    // TODO: take the mask off.
    Ok(String::from_utf8_lossy(&payload).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::{run, soon};
    use futures::SinkExt;
    use tokio_tungstenite::WebSocketStream;
    use tokio_tungstenite::tungstenite::{Message, protocol::Role};

    #[test]
    fn each_frame_of_a_client_is_read() {
        run(async {
            let (near, mut far) = tokio::io::duplex(4096);
            let mut client = WebSocketStream::from_raw_socket(near, Role::Client, None).await;
            for said in ["hello".to_owned(), "x".repeat(125), "long ".repeat(100)] {
                client.send(Message::text(said.clone())).await.expect("the frame is small enough");
                let read = soon(read_text(&mut far), &format!("read_text waits for more than {said:?}")).await;
                let read = read.expect("the connection lives");
                assert!(read == said, "the client said {said:?}, and read_text returned {read:?}");
            }
        });
    }
}
