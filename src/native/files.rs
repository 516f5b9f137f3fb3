//! Files over the calls of a headless peer: which connection there is at present, and what comes in over it.

use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::Duration;

use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use rtc::peer_connection::transport::RTCSctpTransportState;
use shared::FILE_CHANNEL;
use tokio::sync::watch;
use tokio::time::Instant;
use webrtc::data_channel::DataChannel;
use webrtc::peer_connection::PeerConnection;

use super::callbacks::{Readers, spawn_reader};
use super::disk::PartFile;
use super::engine::operation_error;
use super::file_channel::NativeChannel;
use crate::call::EngineError;
use crate::files::{LOW_WATER, receive_file};

/// How long a channel may take to open once the call is connected. The other side answers within a round trip, unless
/// it speaks of no data channels at all.
const OPENING_TIME: Duration = Duration::from_secs(10);
/// How long to wait, after a channel was closed, before another one is opened: longer than a round trip in most networks.
/// Where it is not, the channel does not open, and the pause is doubled.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// How often to look whether channels can be opened: the crate reports no change of that.
const RECHECK: Duration = Duration::from_millis(5);

/// Sends and receives files over the calls of one engine. Cheap to clone, and good for all its calls.
#[derive(Clone, Default)]
pub struct Files(Arc<Mutex<State>>);

/// The channels that the other side opens, one for each file that it offers.
pub type IncomingFiles = UnboundedReceiver<NativeChannel>;

#[derive(Default)]
struct State {
    connection: Option<FileConnection>,
    incoming: Option<UnboundedSender<NativeChannel>>,
}

/// What a connection lends for its files.
#[derive(Clone)]
pub(super) struct FileConnection {
    /// Weak: the connection keeps its callbacks, and they keep this.
    pub(super) peer: Weak<dyn PeerConnection>,
    pub(super) connected: watch::Receiver<bool>,
    pub(super) readers: Readers,
    /// When the last channel of ours was closed.
    pub(super) last_end: Arc<Mutex<Option<Instant>>>,
}

impl FileConnection {
    /// Whether SCTP is connected. It begins when DTLS is, and that is what a connection calls connected. A channel that
    /// is made in between is sometimes forgotten by the crate.
    async fn has_data_transport(&self) -> Result<bool, EngineError> {
        let peer = self.peer.upgrade().ok_or_else(nobody)?;
        let Some(sctp) = peer.sctp().await else { return Ok(false) };
        Ok(sctp.state().await.is_ok_and(|state| state == RTCSctpTransportState::Connected))
    }

    /// A channel that is about to open.
    async fn create(&self) -> Result<NativeChannel, EngineError> {
        let peer = self.peer.upgrade().ok_or_else(nobody)?;
        let channel = peer.create_data_channel(FILE_CHANNEL, None).await.map_err(operation_error)?;
        // An error says that it is closed already, which is seen below.
        let _ = channel.set_buffered_amount_low_threshold(LOW_WATER as u32).await;
        let (channel, reading) = NativeChannel::new(channel);
        let last_end = self.last_end.clone();
        spawn_reader(&self.readers, async move {
            reading.await;
            *last_end.lock().expect("never held over a panic") = Some(Instant::now());
        });
        Ok(channel)
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
    /// Opens a channel for a file, on the connection that there is; waits until it is connected.
    pub async fn open(&self) -> Result<NativeChannel, EngineError> {
        let mut connection = self.state().connection.clone().ok_or_else(nobody)?;
        connection.connected.wait_for(|connected| *connected).await.map_err(|_| nobody())?;
        let opening = async {
            while !connection.has_data_transport().await? {
                tokio::time::sleep(RECHECK).await;
            }
            // A new channel gets the number of one that was closed a moment ago. The crate answers every reset of a
            // stream (RFC 6525) with a reset of its own, so some of them may still be under way, and the one that
            // arrives next is taken for the new channel. That happens within a round trip, so before it opens, or not
            // at all.
            let mut pause = FIRST_PAUSE;
            loop {
                let quiet_since = *connection.last_end.lock().expect("never held over a panic");
                if let Some(ended) = quiet_since {
                    tokio::time::sleep_until(ended + pause).await;
                }
                let channel = connection.create().await?;
                if let Ok(true) = tokio::time::timeout(pause * 10, channel.opened()).await {
                    return Ok(channel);
                }
                drop(channel);
                pause *= 2;
                tracing::debug!("the channel of a file did not open: another one in {pause:?}");
                tokio::time::sleep(pause).await;
            }
        };
        tokio::time::timeout(OPENING_TIME, opening).await.unwrap_or_else(|_| {
            let message = "the other side does not answer to a data channel: it cannot take files";
            Err(EngineError::new("OperationError", message))
        })
    }

    /// The files that the other side offers from now on, in this call and in all that follow. To be read by one: who
    /// asks last gets them. As long as nobody asks, they are refused.
    pub fn incoming(&self) -> IncomingFiles {
        let (sender, incoming) = unbounded();
        self.state().incoming = Some(sender);
        incoming
    }

    pub(super) fn connect(&self, connection: FileConnection) {
        self.state().connection = Some(connection);
    }

    pub(super) fn disconnect(&self) {
        self.state().connection = None;
    }

    /// Hands on a channel that the other side has opened, and reads it to its end.
    pub(super) async fn take(&self, channel: Arc<dyn DataChannel>) {
        let (channel, reading) = NativeChannel::new(channel);
        let unwanted = {
            let state = self.state();
            match &state.incoming {
                Some(incoming) => incoming.unbounded_send(channel).err().map(|error| error.into_inner()),
                None => Some(channel),
            }
        };
        match unwanted {
            None => reading.await,
            Some(channel) => {
                let refusing = async move {
                    let refuse = async |_| Err::<PartFile, _>("nobody takes files here".to_owned());
                    let _ = receive_file(&channel, refuse, |_| {}, std::future::pending()).await;
                };
                tokio::join!(reading, refusing);
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("never held over a panic")
    }
}
