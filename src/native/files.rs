//! Files over the calls of a headless peer: which connection there is at present, and what comes in over it.

use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::Duration;

use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use shared::FILE_CHANNEL;
use tokio::sync::watch;
use webrtc::data_channel::DataChannel;
use webrtc::peer_connection::PeerConnection;

use super::callbacks::{Readers, spawn_reader};
use super::disk::PartFile;
use super::engine::operation_error;
use super::file_channel::NativeChannel;
use super::runtime::PromptRuntime;
use crate::call::EngineError;
use crate::files::{LOW_WATER, receive_file};

/// How long a channel may take to open once the call is connected. The other side answers within a round trip, unless
/// it speaks of no data channels at all.
const OPENING_TIME: Duration = Duration::from_secs(10);

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
    pub(super) runtime: Arc<PromptRuntime>,
}

impl std::fmt::Debug for Files {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Files").field("connection", &self.state().connection.is_some()).finish_non_exhaustive()
    }
}

impl Files {
    /// Opens a channel for a file, on the connection that there is; waits until it is connected.
    pub async fn open(&self) -> Result<NativeChannel, EngineError> {
        let none = || EngineError::new("InvalidStateError", "nobody is connected: wait until the call is");
        let mut connection = self.state().connection.clone().ok_or_else(none)?;
        // Before that, the numbers of the channels are not agreed upon (RFC 8832, section 6).
        connection.connected.wait_for(|connected| *connected).await.map_err(|_| none())?;
        let peer = connection.peer.upgrade().ok_or_else(none)?;
        let channel = peer.create_data_channel(FILE_CHANNEL, None).await.map_err(operation_error)?;
        drop(peer);
        channel.set_buffered_amount_low_threshold(LOW_WATER as u32).await.map_err(operation_error)?;
        let (channel, reading) = NativeChannel::new(channel);
        spawn_reader(&connection.readers, connection.runtime.clone().prompt_while(reading));
        match tokio::time::timeout(OPENING_TIME, channel.opened()).await {
            Ok(true) => Ok(channel),
            Ok(false) => Err(EngineError::new("OperationError", "the connection ended: call again")),
            Err(_) => {
                let message = "the other side does not answer to a data channel: it cannot take files";
                Err(EngineError::new("OperationError", message))
            }
        }
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
    pub(super) async fn take(&self, channel: Arc<dyn DataChannel>, runtime: Arc<PromptRuntime>) {
        let (channel, reading) = NativeChannel::new(channel);
        let reading = runtime.prompt_while(reading);
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
