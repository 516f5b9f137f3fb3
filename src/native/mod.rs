//! The headless peer: the `webrtc` crate behind the [`Engine`](crate::call::Engine) seam.
//!
//! It plays files instead of a camera, counts and records instead of showing, and needs no screen. So a call can be
//! tested on any machine, and a browser has somebody to talk to.

/// The twin of the browser's engine: the W3C calls, made with the `webrtc` crate.
mod engine;
/// Step 0: files instead of a camera and a microphone.
pub mod media;
/// Which codecs a peer speaks and how quickly it connects.
mod settings;
/// How long it waits for a connection.
mod patience;
/// Notices that this machine has other addresses.
mod network;
/// Who begins the handshake of DTLS, in a description that changes a call.
mod dtls_role;
/// STUN and TURN servers, as the crate takes them.
mod ice_servers;
/// A clock that does not oversleep while a call is set up.
mod runtime;
/// What a socket neither hears nor sends.
mod udp_socket;
/// What a peer connection reports, put into one channel.
mod callbacks;
/// The tasks that read what comes in over a connection.
mod readers;
/// The errors of the crate, as the call reports them.
mod error;
/// A track of ours: plays a clip, or echoes.
mod local_track;
/// Lets requests for a keyframe through to the player.
mod keyframe_requests;
/// The tracks of the other side: counts, records, echoes, asks for keyframes.
mod remote_tracks;
/// Whether a picture that comes in can be decoded.
mod keyframe;
/// The mutexes of the peer.
mod lock;
/// What came in, in numbers.
mod counters;
/// What a peer connection counts.
mod statistics;
/// Recordings that a player understands.
mod recorder;

/// Which connection carries files, and what comes in over it.
mod file_connection;
/// A data channel, as a transfer wants it.
mod file_channel;
/// Files on this machine.
mod disk;

pub use counters::{Counted, Counters};
pub use disk::{DiskSource, Folder, PartFile};
pub use engine::{NativeEngine, NativeOptions};
pub use file_channel::NativeChannel;
pub use file_connection::{Files, IncomingFiles};
pub use settings::IceTiming;
pub use statistics::Statistics;

use crate::call::SignalingError;
use crate::signaling::SocketIoSignaling;
use socketio_src::client::tungstenite::Tungstenite;
pub use support::tls::Trust;

/// Connects to the signaling server at `url` (`http://host:port`), with the connection kept up by a tokio task.
pub async fn connect(url: &str) -> Result<SocketIoSignaling<Tungstenite>, SignalingError> {
    connect_trusting(url, Trust::default()).await
}

/// The same over https, to a server whose certificate is signed by an authority that the system need not know.
pub async fn connect_trusting(url: &str, trust: Trust) -> Result<SocketIoSignaling<Tungstenite>, SignalingError> {
    let (signaling, driver) = SocketIoSignaling::new(Tungstenite { trust }, url);
    // The task ends by itself when the signaling is dropped.
    tokio::spawn(driver.run());
    signaling.connected().await
}
