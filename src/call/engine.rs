//! The seam to WebRTC: one method per W3C call.
//!
//! Two engines stand behind it: the browser's own `RTCPeerConnection`, and the `webrtc` crate for a headless peer. Both
//! are thin. A method makes the call it is named after, waits for it, and translates types. What one implementation needs
//! beside that stands in its engine, with the reason. How the call goes on is decided in `call/`.

use serde::Deserialize;
use shared::{IceCandidate, IceServer, Sending, SessionDescription};

use super::state::{ConnectionState, IceConnectionState, IceGatheringState, SignalingState};

/// A WebRTC implementation that holds at most one peer connection at a time.
///
/// Plain `async fn` on purpose: nothing in `call/` spawns, so whether a call is `Send` is inferred from its engine.
/// The browser's is not and runs on `spawn_local`; the native one is and runs on any tokio runtime.
#[expect(async_fn_in_trait, reason = "Send is inferred: see above")]
pub trait Engine {
    /// Step 0: [`getUserMedia`](https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia).
    /// Returns a line that describes the local stream. The stream outlives peer connections: it is opened once.
    async fn get_user_media(&mut self) -> Result<String, EngineError>;

    /// Step 1: [`new RTCPeerConnection`](https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-constructor).
    /// Replaces an earlier one. Events of the earlier one are never heard again.
    async fn create_peer_connection(&mut self, configuration: &Configuration) -> Result<(), EngineError>;

    /// [`setConfiguration`](https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-setconfiguration): from the next gathering
    /// on. Does nothing when there is no peer connection.
    async fn set_configuration(&mut self, configuration: &Configuration) -> Result<(), EngineError>;

    /// Step 2: [`addTrack`](https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-addtrack), for each track of the stream.
    async fn add_tracks(&mut self) -> Result<(), EngineError>;

    /// [`createDataChannel`](https://www.w3.org/TR/webrtc/#dom-peerconnection-createdatachannel). The other side's
    /// engine adopts the channel by itself when it appears there.
    async fn create_data_channel(&mut self, channel: Channel) -> Result<(), EngineError>;

    /// Step 3: [`createOffer`](https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-createoffer). With
    /// [`iceRestart`](https://www.w3.org/TR/webrtc/#dom-rtcofferoptions-icerestart) the call looks for a new path.
    async fn create_offer(&mut self, ice_restart: bool) -> Result<SessionDescription, EngineError>;

    /// Step 7: [`createAnswer`](https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-createanswer).
    async fn create_answer(&mut self) -> Result<SessionDescription, EngineError>;

    /// Steps 4 and 8: [`setLocalDescription`](https://www.w3.org/TR/webrtc/#dom-peerconnection-setlocaldescription).
    /// From here on candidates are gathered.
    async fn set_local_description(&mut self, description: &SessionDescription) -> Result<(), EngineError>;

    /// Steps 6 and 10: [`setRemoteDescription`](https://www.w3.org/TR/webrtc/#dom-peerconnection-setremotedescription).
    async fn set_remote_description(&mut self, description: &SessionDescription) -> Result<(), EngineError>;

    /// Step 12: [`addIceCandidate`](https://www.w3.org/TR/webrtc/#dom-peerconnection-addicecandidate); `None` says that
    /// the other side has no more. Refused before the remote description is set, so the call queues until then. An engine
    /// may return before it has looked at the candidate; a refusal is then an event.
    async fn add_ice_candidate(&mut self, candidate: Option<&IceCandidate>) -> Result<(), EngineError>;

    /// [`RTCDataChannel.send`](https://www.w3.org/TR/webrtc/#dom-rtcdatachannel-send), text.
    async fn send_text(&mut self, channel: Channel, text: &str) -> Result<(), EngineError>;

    /// [`MediaStreamTrack.enabled`](https://www.w3.org/TR/mediacapture-streams/#dom-mediastreamtrack-enabled) of the
    /// local tracks of one kind: this is what a mute button sets. Nothing is negotiated.
    fn set_track_enabled(&mut self, kind: MediaKind, enabled: bool);

    /// The pair of candidates that carries the call, once there is one
    /// ([`getSelectedCandidatePair`](https://www.w3.org/TR/webrtc/#dom-rtcicetransport-getselectedcandidatepair)).
    async fn selected_candidate_pair(&mut self) -> Option<CandidatePair>;

    /// [`RTCPeerConnection.close`](https://www.w3.org/TR/webrtc/#dom-rtcpeerconnection-close). Does nothing when there
    /// is none.
    async fn close(&mut self);

    /// The next event of the present peer connection; never ready when there is none. Must be cancel safe: an event
    /// is either returned or still there.
    async fn next_event(&mut self) -> EngineEvent;
}

/// Everything a peer connection reports, as one enum through one channel, so that its order is kept.
#[derive(Debug, Clone, PartialEq)]
pub enum EngineEvent {
    /// `icecandidate`: an own candidate, or `None` after the last one.
    IceCandidate(Option<IceCandidate>),
    /// `signalingstatechange`.
    SignalingState(SignalingState),
    /// `icegatheringstatechange`.
    IceGatheringState(IceGatheringState),
    /// `iceconnectionstatechange`.
    IceConnectionState(IceConnectionState),
    /// `connectionstatechange`.
    ConnectionState(ConnectionState),
    /// A candidate that was added cannot be used.
    CandidateRefused(EngineError),
    /// `track`: a track of the other side has arrived.
    Track(MediaKind),
    /// `open` of a data channel, on either side.
    ChannelOpen(Channel),
    /// `message` of a data channel, text.
    ChannelText(Channel, String),
    /// `close` of a data channel.
    ChannelClosed(Channel),
    /// This machine has another address now: paths over the old one are broken, whatever their state still says.
    NetworkChanged,
    /// The connection has failed, and none has come since, within the patience of the engine.
    PathLost,
}

/// The data channels of a call. A opens them before its offer; any other channel is none of the call's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// Lines of chat, as plain text.
    Chat,
    /// What each side sends: [`Sending`].
    Sending,
}

impl Channel {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Chat, Self::Sending];

    /// Its [`label`](https://www.w3.org/TR/webrtc/#dom-rtcdatachannel-label), by which the other side knows it.
    pub fn label(self) -> &'static str {
        match self {
            Channel::Chat => "chat",
            Channel::Sending => Sending::CHANNEL,
        }
    }

    /// The channel with this label, if it is one of the call's.
    pub fn from_label(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.label() == label)
    }
}

/// Audio or video ([`MediaStreamTrack.kind`](https://www.w3.org/TR/mediacapture-streams/#dom-mediastreamtrack-kind)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// Sound.
    Audio,
    /// Picture.
    Video,
}

impl std::fmt::Display for MediaKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            MediaKind::Audio => "audio",
            MediaKind::Video => "video",
        })
    }
}

/// What a peer connection is to know ([`RTCConfiguration`](https://www.w3.org/TR/webrtc/#dom-rtcconfiguration)).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Configuration {
    /// STUN and TURN servers.
    pub ice_servers: Vec<IceServer>,
    /// Only candidates of the type `relay`, and so only paths over a TURN server
    /// ([`RTCIceTransportPolicy`](https://www.w3.org/TR/webrtc/#rtcicetransportpolicy-enum) `relay`): the other side
    /// does not learn our address.
    pub relay_only: bool,
}

/// The two ends of the path that won ([`RTCIceCandidatePair`](https://www.w3.org/TR/webrtc/#rtcicecandidatepair)),
/// each as `<protocol> <type> <address>:<port>`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CandidatePair {
    /// Our end.
    pub local: String,
    /// Theirs.
    pub remote: String,
}

impl std::fmt::Display for CandidatePair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} <-> {}", self.local, self.remote)
    }
}

/// A call of the engine that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {message}")]
pub struct EngineError {
    /// The name of the W3C `DOMException` where there is one (`NotAllowedError`, `InvalidStateError` ...), so that both
    /// engines can be told what went wrong in the same words.
    pub name: String,
    /// What happened and what to do next.
    pub message: String,
}

impl EngineError {
    /// An error of this name.
    pub fn new(name: impl Into<String>, message: impl Into<String>) -> Self {
        Self { name: name.into(), message: message.into() }
    }
}
