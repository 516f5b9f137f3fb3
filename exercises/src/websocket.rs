//! A client and a server of WebSockets.

use std::net::SocketAddr;

use futures::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Error as WsError, Message};

use crate::soon;

/// Serves each client with `talk`, which gets the number of the client and its connection. Returns where it listens.
pub async fn serve<F>(talk: impl Fn(u64, TcpStream) -> F + Send + 'static) -> SocketAddr
where
    F: Future<Output = Result<(), WsError>> + Send + 'static,
{
    let socket = TcpSocket::new_v4().expect("the system has sockets");
    // Small, so that the server soon notices when a client does not read. Each connection inherits it.
    socket.set_send_buffer_size(32 * 1024).expect("the size can be set before listening");
    socket.bind(([127, 0, 0, 1], 0).into()).expect("the system has a free port");
    let listener = socket.listen(128).expect("nobody else listens there");
    let address = listener.local_addr().expect("a listener has an address");
    tokio::spawn(async move {
        for number in 1.. {
            let Ok((stream, _)) = listener.accept().await else { return };
            let talked = talk(number, stream);
            tokio::spawn(async move {
                if let Err(error) = talked.await {
                    println!("client {number}: {error}");
                }
            });
        }
    });
    address
}

/// A WebSocket client with a name.
pub struct Client {
    name: &'static str,
    socket: WebSocketStream<TcpStream>,
}

impl Client {
    /// Connects, and waits until the server reads.
    pub async fn connect(name: &'static str, address: SocketAddr) -> Self {
        let tcp = TcpSocket::new_v4().expect("the system has sockets");
        // Small, for the same reason.
        tcp.set_recv_buffer_size(32 * 1024).expect("the size can be set before connecting");
        let connecting = async {
            let tcp = tcp.connect(address).await.expect("the server listens");
            tokio_tungstenite::client_async(format!("ws://{address}"), tcp).await
        };
        let connected = soon(connecting, &format!("{name} asked for a WebSocket and got no answer")).await;
        let (socket, _) = connected.unwrap_or_else(|error| panic!("{name} got no WebSocket: {error}"));
        let mut client = Self { name, socket };
        client.round_trip().await;
        client
    }

    /// Waits until the server has read what this client has sent: pings are answered in order.
    pub async fn round_trip(&mut self) {
        let name = self.name;
        self.send(Message::Ping("there?".into())).await;
        let pong = async { while !matches!(self.socket.next().await, None | Some(Err(_) | Ok(Message::Pong(_)))) {} };
        soon(pong, &format!("the server does not read what {name} sends")).await;
    }

    /// Sends a message.
    pub async fn send(&mut self, message: Message) {
        let name = self.name;
        let sent = soon(self.socket.send(message), &format!("{name} sent, and the server does not read")).await;
        sent.unwrap_or_else(|error| panic!("{name} cannot send any more: {error}"));
    }

    /// Sends a text.
    pub async fn say(&mut self, text: impl ToString) {
        self.send(Message::text(text.to_string())).await;
    }

    /// The next text. `wanted` says what it should be, for the case that nothing comes.
    pub async fn hear(&mut self, wanted: &str) -> String {
        let name = self.name;
        let next = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Text(text))) => return text.to_string(),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    other => panic!("{name} waited for {wanted}, and the connection ended: {other:?}"),
                }
            }
        };
        soon(next, &format!("{name} heard nothing, and waited for {wanted}")).await
    }

    /// The next text, which is JSON.
    pub async fn event(&mut self, wanted: &str) -> Value {
        let text = self.hear(wanted).await;
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{} heard {text:?}, which is no JSON", self.name))
    }

    /// The code of the server's goodbye. What it says before that is read and forgotten.
    pub async fn goodbye(&mut self) -> Option<u16> {
        let name = self.name;
        let closing = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.code.into()),
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return None,
                }
            }
        };
        soon(closing, &format!("the server did not close the connection of {name}")).await
    }

    /// The connection below, for a client that breaks the rules.
    pub fn into_tcp(self) -> TcpStream {
        self.socket.into_inner()
    }
}
