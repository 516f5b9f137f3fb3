//! A bare connection that does what it is told, and no more.

use std::fmt::Display;
use std::net::SocketAddr;

use futures::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use crate::common::within;

/// A WebSocket. Pings are answered while it waits for something, and not otherwise. Its receive buffer is small, so that
/// the server soon notices when it does not read.
pub(crate) struct RawClient {
    socket: WebSocketStream<TcpStream>,
}

impl RawClient {
    /// Opens the connection (Engine.IO), and joins no namespace.
    pub(crate) async fn open(server: SocketAddr) -> Self {
        let connect = async {
            let tcp = TcpSocket::new_v4().unwrap();
            tcp.set_recv_buffer_size(4096).unwrap();
            let tcp = tcp.connect(server).await.unwrap();
            let url = format!("ws://{server}/socket.io/?EIO=4&transport=websocket");
            tokio_tungstenite::client_async(url, tcp).await.unwrap().0
        };
        let mut client = Self { socket: within("a connection", connect).await };
        let open = client.next().await.unwrap();
        assert!(open.starts_with("0{"), "Engine.IO begins with OPEN: {open}");
        client
    }

    /// Opens the connection, and joins the namespace. `auth` is the JSON that it shows.
    pub(crate) async fn connect(server: SocketAddr, auth: &str) -> Self {
        let mut client = Self::open(server).await;
        client.send(&format!("40{auth}")).await;
        while !client.next().await.unwrap().starts_with("40{") {}
        client
    }

    /// Writes one text message. The server may have closed the connection already: then it is lost.
    pub(crate) async fn send(&mut self, text: &str) {
        let _ = within("the connection takes a message", self.socket.send(Message::text(text))).await;
    }

    pub(crate) async fn send_binary(&mut self, bytes: &[u8]) {
        let _ = within("the connection takes a message", self.socket.send(Message::binary(bytes.to_vec()))).await;
    }

    /// Writes several text messages at once.
    pub(crate) async fn send_all(&mut self, texts: impl Iterator<Item = &str>) {
        let mut messages = futures::stream::iter(texts.map(|text| Ok(Message::text(text))));
        let _ = within("the connection takes many messages", self.socket.send_all(&mut messages)).await;
    }

    /// The next packet, heartbeats aside. `None` when the server has closed the connection.
    async fn next(&mut self) -> Option<String> {
        loop {
            match within("a packet of the server", self.socket.next()).await {
                Some(Ok(Message::Text(text))) if text.as_str() == "2" => self.send("3").await,
                Some(Ok(Message::Text(text))) => return Some(text.to_string()),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Binary(_) | Message::Frame(_))) => {}
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
            }
        }
    }

    /// Emits an event, and returns the first argument of the acknowledgement.
    pub(crate) async fn ask(&mut self, event: impl Display) -> Value {
        self.send(&format!("427{event}")).await;
        loop {
            let packet = self.next().await.expect("the server answers");
            if let Some(answer) = packet.strip_prefix("437") {
                return serde_json::from_str::<Value>(answer).unwrap()[0].take();
            }
        }
    }

    /// Either the server ends the connection, or it goes on to answer.
    pub(crate) async fn ends_or_answers(&mut self, what: &str) {
        self.send("427[\"is anybody there?\"]").await;
        let end_or_answer = async {
            while let Some(packet) = self.next().await {
                if packet.starts_with("437") {
                    assert!(packet.contains("unknown_event"), "{what}: {packet}");
                    return;
                }
            }
        };
        within(&format!("an end or an answer {what}"), end_or_answer).await;
    }

    /// The server ends the connection. `1` is how Engine.IO says that.
    pub(crate) async fn ends(&mut self, what: &str) {
        match self.next().await.as_deref() {
            None | Some("1") => {}
            Some(packet) => panic!("{what}: {packet}"),
        }
    }

    /// All that the server still has to say. It ends the connection, or the namespace.
    pub(crate) async fn everything_until_the_end(&mut self) -> Vec<String> {
        let mut heard = Vec::new();
        while let Some(packet) = self.next().await {
            let end = packet.starts_with("41");
            heard.push(packet);
            if end {
                break;
            }
        }
        heard
    }
}

/// The answer to a request.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// Writes this, and returns all that comes until the server closes the connection.
pub(crate) async fn exchange(server: SocketAddr, request: &str) -> String {
    let asking = async {
        let mut tcp = TcpStream::connect(server).await.unwrap();
        // The server may answer, and close, before it has read everything.
        let _ = tcp.write_all(request.as_bytes()).await;
        let mut response = Vec::new();
        let _ = tcp.read_to_end(&mut response).await;
        String::from_utf8_lossy(&response).into_owned()
    };
    within("the answer to a request", asking).await
}

/// One request over HTTP, as it is written.
pub(crate) async fn http(server: SocketAddr, method: &str, path: &str, body: &str) -> Response {
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let response = exchange(server, &request).await;
    let (head, body) = response.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{method} {path}: {response:?}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Response { status, body: body.to_owned() }
}
