//! What a peer connection reports, put into one channel.
//!
//! The crate calls back on the very task that drives the connection: while a callback waits, nothing else moves. So a
//! callback here only pushes into a channel or spawns, and returns.

use std::sync::{Arc, Mutex};

use futures::channel::mpsc::UnboundedSender;
use shared::{FILE_CHANNEL, IceCandidate};
use tokio::sync::watch;
use tracing::{debug, warn};
use webrtc::data_channel::{DataChannel, DataChannelEvent};
use webrtc::media_stream::track_remote::TrackRemote;
use webrtc::peer_connection::{
    PeerConnectionEventHandler, RTCIceConnectionState, RTCIceGatheringState, RTCPeerConnectionIceEvent,
    RTCPeerConnectionState, RTCSignalingState,
};

use super::file_connection::Files;
use super::lock::lock;
use super::patience::PathProgress;
use super::readers::{Readers, spawn_reader};
use super::remote_tracks::RemoteTracks;
use super::runtime::ShortSleeps;
use crate::call::state::{IceConnectionState, IceGatheringState, SignalingState};
use crate::call::{Channel, ConnectionState, EngineEvent};

/// The place where the channels of the call are found once there are some, whichever side opened them.
pub(super) type Channels = Arc<Mutex<Vec<(Channel, Arc<dyn DataChannel>)>>>;

/// The callbacks of one peer connection.
#[derive(Clone)]
pub(super) struct Callbacks {
    pub(super) sender: UnboundedSender<EngineEvent>,
    pub(super) connected: watch::Sender<bool>,
    pub(super) path_progress: watch::Sender<PathProgress>,
    pub(super) channels: Channels,
    pub(super) readers: Readers,
    pub(super) remote_tracks: Arc<RemoteTracks>,
    pub(super) runtime: Arc<ShortSleeps>,
    pub(super) files: Files,
}

impl Callbacks {
    pub(super) fn send(&self, event: EngineEvent) {
        // An error says that the call has made a new peer connection and hears this one no more.
        let _ = self.sender.unbounded_send(event);
    }

    /// Reads a data channel to its end. Every channel must be read: one that is not would stall all of them.
    pub(super) fn adopt_channel(&self, channel: Arc<dyn DataChannel>) {
        let callbacks = self.clone();
        self.spawn(async move {
            let label = channel.label().await.unwrap_or_default();
            if label == FILE_CHANNEL {
                callbacks.files.take(channel).await;
            } else if let Some(name) = Channel::from_label(&label) {
                lock(&callbacks.channels).push((name, channel.clone()));
                callbacks.read(name, &channel).await;
                // A channel keeps its connection alive, and the connection keeps this place: let go of one of them.
                lock(&callbacks.channels).retain(|(other, _)| *other != name);
            } else {
                debug!("a data channel with an unknown label: read and ignored");
                while channel.poll().await.is_some() {}
            }
        });
    }

    async fn read(&self, name: Channel, channel: &Arc<dyn DataChannel>) {
        while let Some(event) = channel.poll().await {
            match event {
                DataChannelEvent::OnOpen => {
                    if name == Channel::Chat {
                        self.runtime.stop();
                    }
                    self.send(EngineEvent::ChannelOpen(name));
                }
                DataChannelEvent::OnMessage(message) if message.is_string => {
                    self.send(EngineEvent::ChannelText(name, String::from_utf8_lossy(&message.data).into_owned()));
                }
                DataChannelEvent::OnMessage(message) => {
                    warn!("{} binary bytes in channel {:?}: ignored", message.data.len(), name.label());
                }
                DataChannelEvent::OnClose => self.send(EngineEvent::ChannelClosed(name)),
                _ => {}
            }
        }
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        spawn_reader(&self.readers, task);
    }
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Callbacks {
    // Step 11 (A, B): icecandidate event
    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        match event.candidate.to_json() {
            // The engine adds the fragment and the mid, which the crate leaves out.
            // A socket that is bound to no address on a machine without a network: nobody can reach that.
            Ok(json) if json.candidate.contains(" 0.0.0.0 ") || json.candidate.contains(" :: ") => {}
            Ok(json) => self.send(EngineEvent::IceCandidate(Some(IceCandidate {
                candidate: json.candidate,
                sdp_mid: json.sdp_mid,
                sdp_m_line_index: json.sdp_mline_index,
                username_fragment: json.username_fragment,
            }))),
            Err(error) => warn!("an own candidate cannot be written down: {error}"),
        }
    }

    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if let Some(state) = IceGatheringState::from_w3c(&state.to_string()) {
            self.send(EngineEvent::IceGatheringState(state));
            if state == IceGatheringState::Complete {
                // The browser says this with a null candidate, the crate with the state alone.
                self.send(EngineEvent::IceCandidate(None));
            }
        }
    }

    async fn on_signaling_state_change(&self, state: RTCSignalingState) {
        if let Some(state) = SignalingState::from_w3c(&state.to_string()) {
            self.send(EngineEvent::SignalingState(state));
        }
    }

    async fn on_ice_connection_state_change(&self, state: RTCIceConnectionState) {
        if let Some(state) = IceConnectionState::from_w3c(&state.to_string()) {
            self.send(EngineEvent::IceConnectionState(state));
        }
    }

    // Step 13 (A, B): connectionstatechange event
    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        if let Some(state) = ConnectionState::from_w3c(&state.to_string()) {
            self.connected.send_replace(state == ConnectionState::Connected);
            self.path_progress.send_modify(|progress| progress.state = state);
            self.send(EngineEvent::ConnectionState(state));
        }
    }

    async fn on_data_channel(&self, channel: Arc<dyn DataChannel>) {
        self.adopt_channel(channel);
    }

    // Step 13 (A, B): track event
    /// Called with the first packet of a track, not when the description is set: a track that never sends is silent.
    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        let (sender, remote_tracks) = (self.sender.clone(), self.remote_tracks.clone());
        self.spawn(async move { remote_tracks.receive(track, sender).await });
    }
}
