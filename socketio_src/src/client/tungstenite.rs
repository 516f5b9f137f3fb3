//! The native platform: tokio's clock and sockets, tungstenite's WebSocket.

use std::time::Duration;

use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_tls_with_config};

use support::tls::Trust;

use super::transport::{Frame, SocketReceiver, SocketSender, Transport, TransportError};

/// The longest message that is accepted: 1 MiB, about what Node's server accepts from a client. It bounds what a
/// hostile server can make this client store.
pub const MAX_MESSAGE: usize = 1 << 20;

/// tungstenite reserves this much per connection in advance. Its default, 128 KiB, is made for bulk data.
const READ_BUFFER: usize = 16 << 10;

/// The native platform. It must run inside tokio. The default trusts the certificates that the system trusts.
#[derive(Debug, Clone, Default)]
pub struct Tungstenite {
    /// Whom it trusts, when the URL begins with `https:` or `wss:`.
    pub trust: Trust,
}

/// One socket, TLS or not.
type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// The sending half of a native WebSocket.
#[derive(Debug)]
pub struct Sender(SplitSink<Socket, Message>);

/// The receiving half of a native WebSocket.
#[derive(Debug)]
pub struct Receiver(SplitStream<Socket>);

impl Transport for Tungstenite {
    type Sender = Sender;
    type Receiver = Receiver;

    async fn connect(&self, url: &str) -> Result<(Sender, Receiver), TransportError> {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .max_message_size(Some(MAX_MESSAGE))
            .max_frame_size(Some(MAX_MESSAGE));
        // Without Nagle's algorithm: small packets are the rule here, and nobody likes to wait for them.
        let without_nagle = true;
        // On the heap, since a TLS handshake takes 20 kB, and this future is a part of others.
        let connector = self.trust.connector();
        let connected = Box::pin(connect_async_tls_with_config(url, Some(config), without_nagle, connector)).await;
        let (socket, _response) =
            connected.map_err(|error| TransportError::new(format!("{error} ({url}): {}", hint(&error))))?;
        let (sender, receiver) = socket.split();
        Ok((Sender(sender), Receiver(receiver)))
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn random(&self) -> f64 {
        rand::random()
    }
}

/// What to do about a failed connection.
fn hint(error: &Error) -> &'static str {
    if let Some(about_tls) = support::tls::advice(error) {
        return about_tls;
    }
    match error {
        Error::Io(_) => "is the server running there?",
        Error::Http(_) => "is it a Socket.IO server, and is Options::path right?",
        Error::Url(_) => "is the URL right?",
        _ => "is it a Socket.IO server?",
    }
}

impl SocketSender for Sender {
    async fn send(&mut self, text: String) -> Result<(), TransportError> {
        self.0.send(Message::text(text)).await.map_err(TransportError::new)
    }

    async fn close(&mut self) -> Result<(), TransportError> {
        self.0.close().await.map_err(TransportError::new)
    }
}

impl SocketReceiver for Receiver {
    // Cancel safe, because a Stream is: what has been read so far stays in the socket.
    async fn receive(&mut self) -> Option<Result<Frame, TransportError>> {
        loop {
            return match self.0.next().await? {
                Ok(Message::Text(text)) => Some(Ok(Frame::Text(text.to_string()))),
                Ok(Message::Binary(_)) => Some(Ok(Frame::Binary)),
                // WebSocket's own pings and its closing handshake: tungstenite answers them by itself.
                Ok(_) => continue,
                Err(error) => Some(Err(TransportError::new(error))),
            };
        }
    }
}
