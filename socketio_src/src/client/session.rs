//! One connection, from the handshake to its end: a reading loop and a writing loop, side by side in one task.
//!
//! They share nothing but a one-place channel, over which the reader asks the writer for a pong. So whatever one of
//! them waits for (a server that is slow to read, a caller that is slow to take events), the other one goes on.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::channel::mpsc;
use futures::{FutureExt, SinkExt, StreamExt, select_biased};

use super::engine_packet::EnginePacket;
use super::error::ProtocolError;
use super::event::{AckId, ClosedBy, DisconnectReason, Event};
use super::handshake::{End, Established, next_packet, send, unexpected};
use super::packet::{Body, Packet};
use super::state::State;
use super::transport::{SocketReceiver, SocketSender, Transport};

/// What a session needs from the driver.
#[derive(Debug)]
pub(super) struct Session<'a, T> {
    /// The clock.
    pub(super) transport: &'a T,
    /// Where answers are handed over.
    pub(super) state: &'a Arc<State>,
    /// Where events go.
    pub(super) events: mpsc::Sender<Event>,
    /// How long closing may take.
    pub(super) close_timeout: Duration,
    /// The namespace that was joined.
    pub(super) namespace: &'a str,
}

impl<T: Transport> Session<'_, T> {
    /// Runs until the connection is lost or closed.
    pub(super) async fn run(self, link: Established<T>, reconnected: bool) -> End {
        let Established { mut sender, mut receiver, sid, patience } = link;
        // From here on emits work: before the caller hears of it, since it will emit at once.
        let (connection, queue) = self.state.connected();
        let (pong_wanted, pongs) = mpsc::channel(0);
        let Self { transport, state, close_timeout, namespace, .. } = self;
        let mut too_late = pin!(
            async {
                state.closed().await;
                transport.sleep(close_timeout).await;
            }
            .fuse()
        );
        {
            let reader = Reader { session: self, connection, patience, pong_wanted };
            let mut reading = pin!(reader.run(&mut receiver, Event::Connected { sid, reconnected }).fuse());
            let mut writing = pin!(write(&mut sender, queue, pongs, namespace).fuse());
            select_biased! {
                end = reading => return end,
                written = writing => match written {
                    Ok(()) => {}
                    Err(reason) => return reason.into(),
                },
                () = too_late => return End::CLOSED,
            }
        }
        // Closing has begun: read on until the server has closed too. A side that drops a TCP connection with unread
        // data in it resets it, and a reset can destroy what was just sent.
        let mut drained = pin!(async { while let Some(Ok(_)) = receiver.receive().await {} }.fuse());
        select_biased! {
            () = drained => End::CLOSED,
            () = too_late => End::CLOSED,
        }
    }
}

/// The writing loop: pongs first, then the queue. When the queue ends, the client is being closed: say goodbye.
async fn write(
    sender: &mut impl SocketSender,
    mut queue: mpsc::Receiver<String>,
    mut pongs: mpsc::Receiver<()>,
    namespace: &str,
) -> Result<(), DisconnectReason> {
    loop {
        select_biased! {
            // The queue may be long, and the server's patience short.
            () = pongs.select_next_some() => send(sender, &EnginePacket::Pong).await?,
            packet = queue.next() => match packet {
                Some(packet) => send(sender, &EnginePacket::Message(packet)).await?,
                None => break,
            },
        }
    }
    // Each layer has its own goodbye: Socket.IO DISCONNECT, Engine.IO close, WebSocket close.
    let disconnect = Packet { namespace: namespace.to_owned(), body: Body::Disconnect };
    send(sender, &EnginePacket::Message(disconnect.encode())).await?;
    send(sender, &EnginePacket::Close).await?;
    sender.close().await.map_err(|error| DisconnectReason::ConnectionLost(error.to_string()))
}

/// The reading loop.
struct Reader<'a, T> {
    /// Where everything goes.
    session: Session<'a, T>,
    /// The number of this connection, see [`AckId`].
    connection: u64,
    /// How long to wait for each ping.
    patience: Duration,
    /// Asks the writer for a pong.
    pong_wanted: mpsc::Sender<()>,
}

impl<T: Transport> Reader<'_, T> {
    /// Delivers `first`, then everything that the server sends.
    async fn run(mut self, receiver: &mut impl SocketReceiver, first: Event) -> End {
        self.deliver(first).await;
        let transport = self.session.transport;
        let mut heartbeat = pin!(transport.sleep(self.patience).fuse());
        loop {
            let packet = {
                let mut next = pin!(next_packet(receiver).fuse());
                select_biased! {
                    // First what has arrived, then the clock: after a pause in reading, the ping may be waiting here.
                    packet = next => packet,
                    () = heartbeat => Err(DisconnectReason::HeartbeatMissed { after: self.patience }),
                }
            };
            match packet {
                Ok(EnginePacket::Ping) => {
                    heartbeat.set(transport.sleep(self.patience).fuse());
                    // An error means that a pong is waiting to be sent already: it answers this ping too. So a flood
                    // of pings costs no memory.
                    let _ = self.pong_wanted.try_send(());
                }
                Ok(EnginePacket::Message(text)) => {
                    if let Err(end) = self.on_message(&text).await {
                        return end;
                    }
                }
                Ok(EnginePacket::Noop) => {}
                Ok(other) => return unexpected(other.name(), "messages and pings").into(),
                Err(reason) => return reason.into(),
            }
        }
    }

    /// Takes one Socket.IO packet to where it belongs.
    async fn on_message(&mut self, text: &str) -> Result<(), End> {
        let packet = Packet::decode(text).map_err(ProtocolError::from)?;
        if packet.namespace != self.session.namespace {
            tracing::warn!(packet.namespace, "ignored a packet for a namespace that was not joined");
            return Ok(());
        }
        match packet.body {
            Body::Event { name, args, ack } => {
                let ack = ack.map(|id| AckId { connection: self.connection, id });
                self.deliver(Event::Message { name, args, ack }).await;
                Ok(())
            }
            Body::Ack { id, args } => {
                self.session.state.resolve(id, args);
                Ok(())
            }
            Body::Disconnect => Err(End::Final(Event::Closed { by: ClosedBy::Server })),
            body @ (Body::Connect(_) | Body::ConnectError(_)) => {
                Err(unexpected(body.name(), "events, acknowledgements and DISCONNECT").into())
            }
        }
    }

    /// Waits until there is room for the event. Meanwhile nothing is read: this is what slows the server down.
    async fn deliver(&mut self, event: Event) {
        // An error means that the stream of events was dropped: nobody wants to know.
        let _ = self.session.events.feed(event).await;
    }
}
