//! How a connection begins.
//!
//! ```text
//! client                          server
//!   | -- WebSocket upgrade -------> |
//!   | <- 0{"sid":..., ...} -------- |   Engine.IO OPEN: the heartbeat's rhythm
//!   | -- 40{"token":"abc"} -------> |   Socket.IO CONNECT: let me in, this is who I am
//!   | <- 40{"sid":...} ------------ |   CONNECT: you are in   (or 44{...}: CONNECT_ERROR, you are not)
//! ```

use std::fmt::Display;
use std::time::Duration;

use serde_json::Value;

use super::engine_packet::{EnginePacket, Open};
use super::error::ProtocolError;
use super::event::{ClosedBy, DisconnectReason, Event};
use super::options::Options;
use super::packet::{Body, Packet};
use super::transport::{Frame, SocketReceiver, SocketSender, Transport};

/// A connection that has joined its namespace.
#[derive(Debug)]
pub(super) struct Established<T: Transport> {
    /// The half that sends.
    pub(super) sender: T::Sender,
    /// The half that receives.
    pub(super) receiver: T::Receiver,
    /// The session id in the namespace.
    pub(super) sid: String,
    /// How long to wait for each ping.
    pub(super) patience: Duration,
}

/// How a connection ends.
#[derive(Debug)]
pub(super) enum End {
    /// By accident: the driver tries again.
    Lost(DisconnectReason),
    /// For good: the driver ends with this event.
    Final(Event),
}

impl From<DisconnectReason> for End {
    fn from(reason: DisconnectReason) -> Self {
        Self::Lost(reason)
    }
}

impl From<ProtocolError> for End {
    fn from(error: ProtocolError) -> Self {
        Self::Lost(error.into())
    }
}

impl End {
    /// The end that [`Client::close`](super::Client::close) leads to.
    pub(super) const CLOSED: Self = Self::Final(Event::Closed { by: ClosedBy::Client });
}

/// Opens a WebSocket and joins the namespace. The caller bounds the time.
pub(super) async fn handshake<T: Transport>(transport: &T, options: &Options) -> Result<Established<T>, End> {
    let failed = |error: &dyn Display| DisconnectReason::ConnectFailed(error.to_string());
    options.check().map_err(|error| failed(&error))?;
    let url = options.websocket_url().map_err(|error| failed(&error))?;
    tracing::debug!(url, "connecting");
    let (mut sender, mut receiver) = transport.connect(&url).await.map_err(|error| failed(&error))?;

    let open = receive_open(&mut receiver).await?;

    // The payload must be a JSON object; the specification lets it be absent.
    let connect = Packet { namespace: options.namespace.clone(), body: Body::Connect(options.auth.clone()) };
    send(&mut sender, &EnginePacket::Message(connect.encode())).await?;

    let sid = receive_connect(&mut sender, &mut receiver, &options.namespace).await?;
    tracing::debug!(sid, "connected");
    Ok(Established { sender, receiver, sid, patience: open.patience() })
}

/// Waits for the server's first word.
async fn receive_open(receiver: &mut impl SocketReceiver) -> Result<Open, End> {
    match next_packet(receiver).await? {
        EnginePacket::Open(open) => Ok(open),
        other => Err(unexpected(other.name(), "the Engine.IO open packet").into()),
    }
}

/// Waits for the answer to CONNECT, and returns the session id.
async fn receive_connect(
    sender: &mut impl SocketSender,
    receiver: &mut impl SocketReceiver,
    namespace: &str,
) -> Result<String, End> {
    const EXPECTED: &str = "the answer to CONNECT";
    loop {
        let text = match next_packet(receiver).await? {
            EnginePacket::Message(text) => text,
            // A server may send its first ping right after OPEN.
            EnginePacket::Ping => {
                send(sender, &EnginePacket::Pong).await?;
                continue;
            }
            EnginePacket::Noop => continue,
            other => return Err(unexpected(other.name(), EXPECTED).into()),
        };
        let packet = Packet::decode(&text).map_err(ProtocolError::from)?;
        match packet.body {
            _ if packet.namespace != namespace => {
                tracing::warn!(packet.namespace, "ignored a packet for a namespace that was not joined");
            }
            Body::Connect(data) => {
                let sid = data.as_ref().and_then(|data| data["sid"].as_str());
                return Ok(sid.ok_or(ProtocolError::NoSid)?.to_owned());
            }
            Body::ConnectError(error) => return Err(End::Final(refused(&error))),
            body => return Err(unexpected(body.name(), EXPECTED).into()),
        }
    }
}

/// The reason of a CONNECT_ERROR: `{"message": ..., "data": ...}`, or a string from older servers.
fn refused(error: &Value) -> Event {
    let message = error.as_str().or_else(|| error["message"].as_str());
    Event::Refused {
        message: message.unwrap_or("the server gave no reason").to_owned(),
        data: error.get("data").cloned(),
    }
}

/// Receives one Engine.IO packet. A closed connection is an error here: everywhere it is used, more is expected.
pub(super) async fn next_packet(receiver: &mut impl SocketReceiver) -> Result<EnginePacket, DisconnectReason> {
    let packet = match receiver.receive().await {
        None => return Err(DisconnectReason::ServerClosed),
        Some(Err(error)) => return Err(DisconnectReason::ConnectionLost(error.to_string())),
        Some(Ok(Frame::Binary)) => return Err(ProtocolError::BinaryFrame.into()),
        Some(Ok(Frame::Text(text))) => EnginePacket::decode(&text).map_err(ProtocolError::from)?,
    };
    match packet {
        EnginePacket::Close => Err(DisconnectReason::ServerClosed),
        packet => Ok(packet),
    }
}

/// Sends one Engine.IO packet.
pub(super) async fn send(sender: &mut impl SocketSender, packet: &EnginePacket) -> Result<(), DisconnectReason> {
    let sent = sender.send(packet.encode()).await;
    sent.map_err(|error| DisconnectReason::ConnectionLost(error.to_string()))
}

/// A correct packet at the wrong time.
pub(super) fn unexpected(packet: &str, expected: &'static str) -> ProtocolError {
    ProtocolError::Unexpected { packet: packet.to_owned(), expected }
}
