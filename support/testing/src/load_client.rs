//! A client for benchmarks. It speaks Socket.IO by hand: a library would cost more than the server, and hide what is sent.

use std::net::SocketAddr;

use futures::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::{PATIENCE, within};

/// One connection.
#[derive(Debug)]
pub struct LoadClient {
    socket: WebSocketStream<TcpStream>,
    /// The beginnings of packets that must not come while another one is waited for.
    wrong: &'static [&'static str],
}

impl LoadClient {
    /// Connects, and joins the namespace `/`. `auth` is the JSON that it shows there, or nothing. While it waits for a packet,
    /// one that begins like one of `wrong` is a defect; others are passed over.
    pub async fn connect(address: SocketAddr, auth: &str, wrong: &'static [&'static str]) -> Self {
        let config = WebSocketConfig::default().read_buffer_size(4096);
        let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
        // In a place of its own: the handshake of tungstenite is large, and would be a part of whatever connects.
        let opening = Box::pin(async {
            let tcp = TcpStream::connect(address).await.expect("the server listens");
            tcp.set_nodelay(true).expect("a TCP option");
            client_async_with_config(url, tcp, Some(config)).await.expect("the server upgrades").0
        });
        let socket = within(PATIENCE, "the server answers", opening).await;
        let mut client = Self { socket, wrong };
        client.expect("0{").await;
        client.send(format!("40{auth}")).await;
        client.expect("40{").await;
        client
    }

    /// Sends a packet.
    pub async fn send(&mut self, packet: String) {
        self.socket.send(Message::text(packet)).await.expect("the server reads");
    }

    /// Sends packets in one piece.
    pub async fn send_all(&mut self, packets: impl IntoIterator<Item = String>) {
        for packet in packets {
            self.socket.feed(Message::text(packet)).await.expect("the server reads");
        }
        self.socket.flush().await.expect("the server reads");
    }

    /// The next packet. Pings are answered on the way.
    pub async fn receive(&mut self) -> Utf8Bytes {
        loop {
            if let Some(packet) = self.next().await {
                return packet;
            }
        }
    }

    /// The next packet, or nothing: it was a ping, and is answered.
    async fn next(&mut self) -> Option<Utf8Bytes> {
        let message = self.socket.next().await.expect("the connection stays").expect("the server sends frames");
        match message {
            Message::Text(text) if text == "2" => {
                self.send("3".to_owned()).await;
                None
            }
            Message::Text(text) => Some(text),
            other => panic!("the server sends text, but here is {other:?}"),
        }
    }

    /// Waits for a packet that starts like this. What else the server says on the way is of no interest, as long as it is
    /// none of those that are wrong.
    pub async fn expect(&mut self, start: &str) -> Utf8Bytes {
        let wrong = self.wrong;
        let waiting = async {
            loop {
                let packet = self.receive().await;
                if packet.starts_with(start) {
                    return packet;
                }
                let is_wrong = wrong.iter().any(|wrong| packet.starts_with(wrong));
                assert!(!is_wrong, "{start} was expected, but here is {packet}");
            }
        };
        within(PATIENCE, format_args!("{start} comes"), waiting).await
    }

    /// Says nothing, and answers pings, until this is dropped.
    pub async fn rest(&mut self) {
        let wrong = self.wrong;
        loop {
            let packet = self.receive().await;
            let is_wrong = wrong.iter().any(|wrong| packet.starts_with(wrong));
            assert!(!is_wrong, "nobody talks, but here is {packet}");
        }
    }

    /// Answers so many pings. What else comes is of no interest.
    pub async fn answer_pings(&mut self, count: usize) {
        for _ in 0..count {
            while self.next().await.is_some() {}
        }
    }
}
