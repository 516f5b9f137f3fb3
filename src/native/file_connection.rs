//! Files over the calls of a headless peer: which connection there is at present, and what comes in over it.

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::Duration;

use futures::StreamExt;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures::future::{Either, select};
use rtc::peer_connection::transport::RTCSctpTransportState;
use shared::FILE_CHANNEL;
use tokio::sync::watch;
use webrtc::data_channel::DataChannel;
use webrtc::peer_connection::PeerConnection;

use super::disk::PartFile;
use super::error::operation_error;
use super::file_channel::{Line, NativeChannel};
use super::lock::lock;
use super::readers::{Readers, spawn_reader};
use crate::call::EngineError;
use crate::transfer::{LOW_WATER, receive_file};

/// How long a channel may take to open once the call is connected. The other side answers within a round trip, unless
/// it speaks of no data channels at all.
const OPENING_TIME: Duration = Duration::from_secs(10);
/// How often to look whether channels can be opened: the crate reports no change of that.
const RECHECK: Duration = Duration::from_millis(5);

/// Sends and receives files over the calls of one engine. Cheap to clone, and good for all its calls.
#[derive(Clone, Default)]
pub struct Files(Arc<Mutex<State>>);

/// The files that the other side offers: for each one the channel on which the offer stands, to be given to
/// [`receive_file`].
pub type IncomingFiles = UnboundedReceiver<NativeChannel>;

#[derive(Default)]
struct State {
    connection: Option<FileConnection>,
    /// Channels of ours that carry no file at the moment, and the way back to here. They go with the connection.
    free: Option<(UnboundedSender<Line>, UnboundedReceiver<Line>)>,
    incoming: Option<UnboundedSender<NativeChannel>>,
}

/// What a connection lends for its files.
#[derive(Clone)]
pub(super) struct FileConnection {
    /// Weak: the connection keeps its callbacks, and they keep this.
    pub(super) peer: Weak<dyn PeerConnection>,
    pub(super) connected: watch::Receiver<bool>,
    pub(super) readers: Readers,
}

impl FileConnection {
    /// Whether SCTP is connected. It begins when DTLS is, and that is what a connection calls connected. A channel that
    /// is made in between is sometimes forgotten by the crate.
    async fn has_data_transport(&self) -> Result<bool, EngineError> {
        let peer = self.peer.upgrade().ok_or_else(nobody)?;
        let Some(sctp) = peer.sctp().await else { return Ok(false) };
        Ok(sctp.state().await.is_ok_and(|state| state == RTCSctpTransportState::Connected))
    }

    /// A new channel, open.
    async fn open(&self) -> Result<Line, EngineError> {
        while !self.has_data_transport().await? {
            tokio::time::sleep(RECHECK).await;
        }
        let peer = self.peer.upgrade().ok_or_else(nobody)?;
        let channel = peer.create_data_channel(FILE_CHANNEL, None).await.map_err(operation_error)?;
        drop(peer);
        // An error says that it is closed already, which is seen below.
        let _ = channel.set_buffered_amount_low_threshold(LOW_WATER as u32).await;
        let (line, reading) = Line::new(channel);
        spawn_reader(&self.readers, reading);
        if line.opened().await { Ok(line) } else { Err(nobody()) }
    }
}

fn nobody() -> EngineError {
    EngineError::new("InvalidStateError", "nobody is connected: wait until the call is")
}

impl std::fmt::Debug for Files {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Files").field("connection", &self.state().connection.is_some()).finish_non_exhaustive()
    }
}

impl Files {
    /// The present peer connection.
    pub(super) fn peer(&self) -> Option<Arc<dyn PeerConnection>> {
        self.state().connection.as_ref()?.peer.upgrade()
    }

    /// A channel for a file, on the connection that there is: one that is free, or a new one. Waits until the call is
    /// connected.
    ///
    /// No channel is closed while the call goes on, so no stream has its number twice: see [`shared::file`].
    pub async fn open(&self) -> Result<NativeChannel, EngineError> {
        let mut connection = self.state().connection.clone().ok_or_else(nobody)?;
        connection.connected.wait_for(|connected| *connected).await.map_err(|_| nobody())?;
        let (home, line) = {
            let mut state = self.state();
            let (home, free) = state.free.as_mut().ok_or_else(nobody)?;
            let line = std::iter::from_fn(|| free.try_recv().ok()).find(Line::is_open);
            (home.clone(), line)
        };
        let line = match line {
            Some(line) => line,
            None => tokio::time::timeout(OPENING_TIME, connection.open()).await.unwrap_or_else(|_| {
                let message = "the other side does not answer to a data channel: it cannot take files";
                Err(EngineError::new("OperationError", message))
            })?,
        };
        Ok(NativeChannel::lend(line, home))
    }

    /// The files that the other side offers from now on, in this call and in all that follow. To be read by one: who
    /// asks last gets them. As long as nobody asks, they are refused.
    pub fn incoming(&self) -> IncomingFiles {
        let (sender, incoming) = unbounded();
        self.state().incoming = Some(sender);
        incoming
    }

    pub(super) fn connect(&self, connection: FileConnection) {
        let mut state = self.state();
        (state.connection, state.free) = (Some(connection), Some(unbounded()));
    }

    pub(super) fn disconnect(&self) {
        let mut state = self.state();
        (state.connection, state.free) = (None, None);
    }

    /// Reads a channel that the other side has opened to its end, and hands it on for each file that is offered on it.
    pub(super) async fn take(&self, channel: Arc<dyn DataChannel>) {
        let (line, reading) = Line::new(channel);
        match select(pin!(reading), pin!(self.hand_on(line))).await {
            Either::Left(_) => {}
            // It is closed now, and the rest of what comes is let go.
            Either::Right(((), reading)) => reading.await,
        }
    }

    async fn hand_on(&self, mut line: Line) {
        while line.has_message().await {
            let (home, mut back) = unbounded();
            self.offer(NativeChannel::lend(line, home)).await;
            // `None`: the two could not agree that the file is over.
            let Some(free) = back.next().await else { return };
            line = free;
        }
    }

    /// Gives a channel to the code that takes files, or refuses the file.
    async fn offer(&self, channel: NativeChannel) {
        let unwanted = match &self.state().incoming {
            Some(incoming) => incoming.unbounded_send(channel).err().map(|error| error.into_inner()),
            None => Some(channel),
        };
        if let Some(channel) = unwanted {
            let refuse = async |_| Err::<PartFile, _>("nobody takes files here".to_owned());
            let _ = receive_file(&channel, refuse, |_| {}, std::future::pending()).await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.0)
    }
}
