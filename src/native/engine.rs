//! The twin of the browser's engine: the W3C calls, made with the `webrtc` crate.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::StreamExt;
use futures::channel::mpsc::{UnboundedReceiver, unbounded};
use rtc::ice::mdns::MulticastDnsMode;
use rtc::peer_connection::configuration::RTCOfferOptions;
use shared::{IceCandidate, SdpType, SessionDescription};
use tokio::sync::watch;
use tokio::task::JoinSet;
use webrtc::peer_connection::{
    PeerConnection, PeerConnectionBuilder, RTCIceCandidate, RTCIceCandidateInit, RTCSessionDescription,
};

use super::callbacks::{Callbacks, Channels};
use super::counters::Counters;
use super::dtls_role::DtlsRole;
use super::error::operation_error;
use super::file_connection::{FileConnection, Files};
use super::ice_servers::to_rtc_configuration;
use super::local_track::LocalTrack;
use super::lock::lock;
use super::media::{self, Clip};
use super::network::watch_network;
use super::patience::{Patience, watch_path};
use super::readers::Readers;
use super::recorder::Recordings;
use super::remote_tracks::RemoteTracks;
use super::runtime::ShortSleeps;
use super::settings::{self, IceTiming};
use super::statistics::Statistics;
use crate::call::engine::CandidatePair;
use crate::call::{Channel, Configuration, Engine, EngineError, EngineEvent, MediaKind};

/// How long the last recordings may take to be written when a connection is closed.
const FINISHING_TIME: Duration = Duration::from_secs(2);

/// What a headless peer sends and what it does with what it gets.
#[derive(Debug, Clone, Default)]
pub struct NativeOptions {
    /// An IVF file with VP8 to send; the test pattern without.
    pub video: Option<PathBuf>,
    /// An Ogg file with Opus to send; a tone without.
    pub audio: Option<PathBuf>,
    /// Send back what comes in, instead of files.
    pub echo: bool,
    /// Write what comes in to files in this folder.
    pub record: Option<PathBuf>,
    /// The local addresses to be reached at, as `ip:port`; port 0 is any. Without any: this machine alone (loopback).
    pub addresses: Vec<String>,
    /// How quickly a connection is made.
    pub timing: IceTiming,
}

/// A headless WebRTC engine.
pub struct NativeEngine {
    options: NativeOptions,
    /// The local stream, from step 0 on.
    stream: Vec<Clip>,
    /// Whether the tracks of a kind send: kept over calls, as a mute button is.
    enabled: HashMap<MediaKind, Arc<AtomicBool>>,
    counters: Arc<Counters>,
    recordings: Arc<Recordings>,
    files: Files,
    connection: Option<Connection>,
}

/// One peer connection and what belongs to it. All of it goes with it.
struct Connection {
    peer: Arc<dyn PeerConnection>,
    runtime: Arc<ShortSleeps>,
    events: UnboundedReceiver<EngineEvent>,
    callbacks: Callbacks,
    connected: watch::Receiver<bool>,
    channels: Channels,
    /// Play clips, listen for requests, watch the time; aborted at the end.
    players: JoinSet<()>,
    /// Read what comes in; end by themselves, and then the recordings are complete.
    readers: Readers,
    /// What the crate leaves out of our candidates: the mid and the fragment, taken from our description.
    mid: Option<String>,
    ufrag: Option<String>,
    dtls_role: DtlsRole,
    closed: bool,
}

impl Connection {
    /// With the answer both descriptions are set: from now on the patience with the path runs out.
    fn note_answer(&self, description: &SessionDescription) {
        let begun = description.sdp_type == SdpType::Answer;
        self.callbacks.path_progress.send_modify(|progress| progress.begun |= begun);
    }
}

/// Watches the time, and the addresses of this machine.
fn watch(addresses: Vec<String>, callbacks: &Callbacks) -> JoinSet<()> {
    let mut watching = JoinSet::new();
    let events = || callbacks.sender.clone();
    watching.spawn(watch_path(Patience::default(), callbacks.path_progress.subscribe(), events()));
    watching.spawn(watch_network(addresses, events()));
    watching
}

impl Drop for Connection {
    /// When a call is dropped in the middle, nobody has closed its connection, and the crate would never stop driving it.
    fn drop(&mut self) {
        self.callbacks.files.disconnect();
        if let (false, Ok(runtime)) = (self.closed, tokio::runtime::Handle::try_current()) {
            let peer = self.peer.clone();
            runtime.spawn(async move { peer.close().await });
        }
    }
}

impl NativeEngine {
    /// An engine that has not done anything yet.
    pub fn new(options: NativeOptions) -> Self {
        let enabled = [MediaKind::Audio, MediaKind::Video].map(|kind| (kind, Arc::new(AtomicBool::new(true)))).into();
        let recordings = Arc::new(Recordings::new(options.record.clone()));
        let (stream, counters, files) = (Vec::new(), Arc::default(), Files::default());
        Self { options, stream, enabled, counters, recordings, files, connection: None }
    }

    /// What has been received, readable while the call runs.
    pub fn counters(&self) -> Arc<Counters> {
        self.counters.clone()
    }

    /// What the peer connection counts, readable while the call runs.
    pub fn statistics(&self) -> Statistics {
        Statistics::new(self.files.clone(), self.counters.clone())
    }

    /// Sends and receives files while the call runs.
    pub fn files(&self) -> Files {
        self.files.clone()
    }

    fn connection(&mut self) -> Result<&mut Connection, EngineError> {
        self.connection.as_mut().ok_or_else(|| EngineError::new("InvalidStateError", "there is no peer connection"))
    }

    // Step 1 (A, B): new RTCPeerConnection
    /// Builds the peer connection; if need be without multicast DNS.
    async fn build(
        &self,
        configuration: &Configuration,
        addresses: &[String],
        callbacks: &Callbacks,
        runtime: &Arc<ShortSleeps>,
    ) -> webrtc::error::Result<Arc<dyn PeerConnection>> {
        let build = async |mdns: MulticastDnsMode| {
            let (media_engine, interceptors) = settings::media_engine()?;
            let building = PeerConnectionBuilder::new()
                .with_configuration(to_rtc_configuration(configuration))
                .with_media_engine(media_engine)
                .with_interceptor_registry(interceptors)
                .with_setting_engine(settings::setting_engine(self.options.timing, mdns))
                .with_runtime(runtime.clone())
                .with_handler(Arc::new(callbacks.clone()))
                .with_udp_addrs(addresses.to_vec())
                .build();
            // Boxed: a future of 20 kB would be carried along in every future that waits for this one.
            Ok(Arc::new(Box::pin(building).await?) as Arc<dyn PeerConnection>)
        };
        let loopback = |address: &String| address.parse().is_ok_and(|address: SocketAddr| address.ip().is_loopback());
        if !addresses.iter().all(loopback) {
            match build(MulticastDnsMode::QueryOnly).await {
                Ok(peer) => return Ok(peer),
                Err(error) => tracing::debug!("not with multicast DNS: {error}"),
            }
        }
        build(MulticastDnsMode::Disabled).await
    }
}

impl Engine for NativeEngine {
    // Step 0 (A, B): getUserMedia
    async fn get_user_media(&mut self) -> Result<String, EngineError> {
        self.recordings.prepare().map_err(|error| {
            EngineError::new("NotAllowedError", format!("cannot record: {error}: choose another folder"))
        })?;
        if self.options.echo {
            return Ok("an echo: what comes in is sent back".to_owned());
        }
        // `NotReadableError` is what a browser says of a camera that exists and gives no picture.
        let not_readable = |error: media::MediaError| EngineError::new("NotReadableError", error.to_string());
        let video = media::video(self.options.video.as_deref()).map_err(not_readable)?;
        let audio = media::audio(self.options.audio.as_deref()).map_err(not_readable)?;
        let description = format!("{}; {}", video.description, audio.description);
        self.stream = vec![audio, video];
        Ok(description)
    }

    // Step 1 (A, B): new RTCPeerConnection
    async fn create_peer_connection(&mut self, configuration: &Configuration) -> Result<(), EngineError> {
        self.close().await;
        let (sender, events) = unbounded();
        let (connected_sender, connected) = watch::channel(false);
        let (runtime, channels, readers) =
            (Arc::new(ShortSleeps::new(self.options.timing)), Channels::default(), Readers::default());
        let callbacks = Callbacks {
            sender,
            connected: connected_sender,
            path_progress: watch::Sender::default(),
            channels: channels.clone(),
            readers: readers.clone(),
            remote_tracks: Arc::new(RemoteTracks {
                counters: self.counters.clone(),
                recordings: self.recordings.clone(),
                echo: Mutex::default(),
            }),
            runtime: runtime.clone(),
            files: self.files.clone(),
        };
        let addresses = match self.options.addresses.as_slice() {
            [] => vec!["127.0.0.1:0".to_owned()],
            given => given.to_vec(),
        };
        let peer = self.build(configuration, &addresses, &callbacks, &runtime).await.map_err(operation_error)?;
        self.files.connect(FileConnection {
            peer: Arc::downgrade(&peer),
            connected: connected.clone(),
            readers: readers.clone(),
        });
        let players = watch(addresses, &callbacks);
        let (mid, ufrag, dtls_role, closed) = (None, None, DtlsRole::default(), false);
        self.connection = Some(Connection {
            peer,
            runtime,
            events,
            callbacks,
            connected,
            channels,
            players,
            readers,
            mid,
            ufrag,
            dtls_role,
            closed,
        });
        Ok(())
    }

    async fn set_configuration(&mut self, configuration: &Configuration) -> Result<(), EngineError> {
        let Some(connection) = &self.connection else { return Ok(()) };
        connection.peer.set_configuration(to_rtc_configuration(configuration)).await.map_err(operation_error)
    }

    // Step 2 (A, B): addTrack
    async fn add_tracks(&mut self) -> Result<(), EngineError> {
        let (stream, echo, enabled) = (self.stream.clone(), self.options.echo, self.enabled.clone());
        let connection = self.connection()?;
        for kind in [MediaKind::Audio, MediaKind::Video] {
            let added = LocalTrack::add(&*connection.peer, "study-zoom", kind, enabled[&kind].clone()).await;
            let track = Arc::new(added.map_err(operation_error)?);
            let listener = track.clone();
            connection.players.spawn(async move { listener.listen().await });
            if echo {
                let remote_tracks = &connection.callbacks.remote_tracks;
                lock(&remote_tracks.echo).insert(kind, track);
            } else if let Some(clip) = stream.iter().find(|clip| clip.kind == kind) {
                connection.players.spawn(track.play(clip.clone(), connection.connected.clone()));
            }
        }
        Ok(())
    }

    // Step 3 (A): createDataChannel, for what the offer describes
    async fn create_data_channel(&mut self, channel: Channel) -> Result<(), EngineError> {
        let connection = self.connection()?;
        let channel = connection.peer.create_data_channel(channel.label(), None).await.map_err(operation_error)?;
        connection.callbacks.adopt_channel(channel);
        Ok(())
    }

    // Step 3 (A): createOffer
    async fn create_offer(&mut self, ice_restart: bool) -> Result<SessionDescription, EngineError> {
        let options = ice_restart.then_some(RTCOfferOptions { ice_restart });
        let offer = self.connection()?.peer.create_offer(options).await.map_err(operation_error)?;
        Ok(SessionDescription::offer(offer.sdp))
    }

    // Step 7 (B): createAnswer
    async fn create_answer(&mut self) -> Result<SessionDescription, EngineError> {
        let connection = self.connection()?;
        let answer = connection.peer.create_answer(None).await.map_err(operation_error)?;
        Ok(SessionDescription::answer(connection.dtls_role.for_the_other_side(answer.sdp)))
    }

    // Step 4 (A): setLocalDescription
    // Step 8 (B): setLocalDescription
    async fn set_local_description(&mut self, description: &SessionDescription) -> Result<(), EngineError> {
        let connection = self.connection()?;
        connection.mid = description.first_mid().map(str::to_owned);
        connection.ufrag = description.ice_ufrags().next().map(str::to_owned);
        connection.runtime.shorten_sleeps();
        let made = connection.dtls_role.for_the_crate(description);
        connection.peer.set_local_description(to_rtc(&made)?).await.map_err(operation_error)?;
        connection.note_answer(description);
        Ok(())
    }

    // Step 6 (B): setRemoteDescription
    // Step 10 (A): setRemoteDescription
    async fn set_remote_description(&mut self, description: &SessionDescription) -> Result<(), EngineError> {
        let connection = self.connection()?;
        connection.runtime.shorten_sleeps();
        connection.peer.set_remote_description(to_rtc(description)?).await.map_err(operation_error)?;
        connection.dtls_role.settle(description);
        // Not before: a check can come while the description is being set, and has to find the role decided.
        connection.runtime.hear_checks();
        let has_candidates = description.sdp.contains("\na=candidate:");
        connection.callbacks.path_progress.send_modify(|progress| progress.has_candidates |= has_candidates);
        connection.note_answer(description);
        Ok(())
    }

    // Step 12 (A, B): addIceCandidate
    async fn add_ice_candidate(&mut self, candidate: Option<&IceCandidate>) -> Result<(), EngineError> {
        // The end of the candidates is an empty candidate here, as it was in the first browsers.
        let candidate = candidate.cloned().unwrap_or_default();
        self.connection()?.callbacks.path_progress.send_modify(|progress| progress.has_candidates = true);
        let candidate = RTCIceCandidateInit {
            candidate: candidate.candidate,
            sdp_mid: candidate.sdp_mid,
            sdp_mline_index: candidate.sdp_m_line_index,
            username_fragment: candidate.username_fragment,
            url: None,
        };
        self.connection()?.peer.add_ice_candidate(candidate).await.map_err(operation_error)
    }

    async fn send_text(&mut self, channel: Channel, text: &str) -> Result<(), EngineError> {
        let channels = lock(&self.connection()?.channels).clone();
        let channel = channels.into_iter().find_map(|(name, found)| (name == channel).then_some(found));
        let channel = channel.ok_or_else(|| EngineError::new("InvalidStateError", "the channel is not open yet"))?;
        channel.send_text(text).await.map_err(operation_error)
    }

    fn set_track_enabled(&mut self, kind: MediaKind, enabled: bool) {
        self.enabled[&kind].store(enabled, Ordering::Relaxed);
    }

    async fn selected_candidate_pair(&mut self) -> Option<CandidatePair> {
        let sctp = self.connection.as_ref()?.peer.sctp().await?;
        let pair = sctp.transport().ice_transport().get_selected_candidate_pair().await.ok()??;
        // The crate's own text has the address that a candidate was derived from right behind the port.
        let text = |candidate: &RTCIceCandidate| {
            format!("{} {} {}:{}", candidate.protocol, candidate.typ, candidate.address, candidate.port)
        };
        Some(CandidatePair { local: text(pair.local()), remote: text(pair.remote()) })
    }

    async fn close(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        connection.runtime.stop();
        connection.players.shutdown().await;
        if let Err(error) = connection.peer.close().await {
            tracing::debug!("closing the peer connection: {error}");
        }
        connection.closed = true;
        // Now every stream of events ends, and with it every reader; what it recorded is complete after that.
        let mut readers = std::mem::take(&mut *lock(&connection.readers));
        let finish = async { while readers.join_next().await.is_some() {} };
        if tokio::time::timeout(FINISHING_TIME, finish).await.is_err() {
            tracing::warn!("a recording was not complete after {FINISHING_TIME:?}");
        }
    }

    async fn next_event(&mut self) -> EngineEvent {
        let Some(connection) = &mut self.connection else { return std::future::pending().await };
        match connection.events.next().await {
            Some(EngineEvent::IceCandidate(Some(candidate))) => EngineEvent::IceCandidate(Some(IceCandidate {
                sdp_mid: connection.mid.clone().or(candidate.sdp_mid),
                username_fragment: connection.ufrag.clone(),
                ..candidate
            })),
            Some(event) => event,
            // The senders live as long as the connection does.
            None => std::future::pending().await,
        }
    }
}

fn to_rtc(description: &SessionDescription) -> Result<RTCSessionDescription, EngineError> {
    let sdp = description.sdp.clone();
    match description.sdp_type {
        SdpType::Offer => RTCSessionDescription::offer(sdp),
        SdpType::Answer => RTCSessionDescription::answer(sdp),
    }
    .map_err(|error| {
        let message = format!("the {} cannot be understood: {error}", description.sdp_type);
        EngineError::new("InvalidAccessError", message)
    })
}
