//! **Engine.IO by hand.** Socket.IO travels in texts whose first digits say what they are. The server opens with `0`,
//! and the client asks to be let in with `40`. A `2` is a ping: whoever does not answer `3` in time is gone.
//!
//! Read first: `socketio_src/README.md`, "By hand".
//! To do: say what a client answers to a packet.
//! Check: `cargo test --bin packets_by_hand`
//!
//! Fails with: the server did not let the client in

fn main() {}

/// What a client answers to this packet of the server, if anything.
fn answer(packet: &str) -> Option<&'static str> {
    // TODO: the answers to `0{...}` and to `2`.
    let _ = packet;
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use exercises::{run, socketio};
    use futures::{SinkExt, StreamExt};
    use socketioxide::SocketIo;
    use std::future::ready;
    use std::time::Duration;
    use tokio_tungstenite::connect_async;
    use tokio_tungstenite::tungstenite::Message;

    #[test]
    fn a_client_is_let_in_and_stays() {
        run(async {
            let settings = SocketIo::builder()
                .connect_timeout(Duration::from_secs(3))
                .ping_interval(Duration::from_millis(300))
                .ping_timeout(Duration::from_secs(3));
            let url = socketio::serve_with(settings, |_| ready(Ok(()))).await;
            let url = format!("{}/socket.io/?EIO=4&transport=websocket", url.replace("http", "ws"));
            let (mut socket, _) = connect_async(url).await.expect("the server listens");
            let (mut is_in, mut pings) = (false, 0);
            while !is_in || pings < 4 {
                let Some(Ok(Message::Text(packet))) = socket.next().await else {
                    assert!(is_in, "the server did not let the client in, and has ended the connection");
                    panic!("the server has ended the connection after {pings} pings");
                };
                is_in |= packet.starts_with("40{");
                pings += i32::from(packet == "2");
                if let Some(answer) = answer(&packet) {
                    let _ = socket.send(Message::text(answer)).await;
                }
            }
        });
    }
}
