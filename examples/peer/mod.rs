//! One side of a call for the examples from 3 on: what examples 1 and 2 have shown, in one place. The events of the
//! peer connection come out of a channel, a clip is sent as a track, and what arrives is counted.
#![allow(dead_code, reason = "each example uses a part of it")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rtc::ice::mdns::MulticastDnsMode;
use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;
use study_zoom::native::media::Clip;
use support::cli::Failure;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::JoinSet;
use tokio::time::timeout;
use webrtc::data_channel::DataChannel;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCIceCandidateInit,
    RTCIceGatheringState, RTCPeerConnectionIceEvent, RTCPeerConnectionState, RTCSessionDescription, Registry,
    SettingEngineBuilder, register_default_interceptors,
};

/// A clip that is sent.
mod track;

pub(crate) use track::LocalTrack;

/// How long anything may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// What a peer connection reports.
pub(crate) enum PeerEvent {
    /// An address at which this side may be reached.
    Candidate(RTCIceCandidateInit),
    /// There are no more candidates.
    AllCandidates,
    /// Whether the two are connected.
    ConnectionState(RTCPeerConnectionState),
    /// The other side has opened a data channel.
    Channel(Arc<dyn DataChannel>),
    /// The first packet of a track of the other side.
    Track(RtpCodecKind),
}

/// What has arrived, in frames.
#[derive(Default)]
pub(crate) struct Received {
    pub(crate) audio: AtomicU32,
    pub(crate) video: AtomicU32,
}

/// One side of a call.
pub(crate) struct Peer {
    pub(crate) connection: Arc<dyn PeerConnection>,
    pub(crate) events: UnboundedReceiver<PeerEvent>,
    pub(crate) received: Arc<Received>,
    pub(crate) tracks: Vec<Arc<LocalTrack>>,
    /// All candidates are in the description.
    gathered: bool,
    /// They send the tracks. All of them end when the peer is dropped.
    players: JoinSet<Result<(), Failure>>,
}

impl Peer {
    /// Step 1: a peer connection that can be reached at this address of the machine.
    pub(crate) async fn new(host: &str) -> Result<Self, Failure> {
        let mut codecs = MediaEngine::default();
        codecs.register_default_codecs()?;
        let interceptors = register_default_interceptors(Registry::new(), &mut codecs)?;
        // Browsers may hide their addresses behind names that are asked for by multicast. A machine without a network
        // has none, and the crate would not start.
        let settings = SettingEngineBuilder::new().with_multicast_dns_mode(MulticastDnsMode::Disabled).build();
        let (sender, events) = mpsc::unbounded_channel();
        let received = Arc::new(Received::default());
        let building = PeerConnectionBuilder::new()
            .with_media_engine(codecs)
            .with_interceptor_registry(interceptors)
            .with_setting_engine(settings)
            .with_handler(Arc::new(Callbacks { events: sender, received: received.clone() }))
            .with_udp_addrs(vec![format!("{host}:0")]) // port 0 is any free one
            .build();
        // On the heap: this future takes 20 kB.
        let connection = Box::pin(building).await?;
        let (tracks, players, gathered) = (Vec::new(), JoinSet::new(), false);
        Ok(Self { connection: Arc::new(connection), events, received, tracks, players, gathered })
    }

    /// Steps 1 and 2.
    pub(crate) async fn with_tracks(host: &str, stream: &[Clip]) -> Result<Self, Failure> {
        let mut peer = Self::new(host).await?;
        peer.add_tracks(stream).await?;
        Ok(peer)
    }

    /// Step 2: a track for each clip of the local stream.
    pub(crate) async fn add_tracks(&mut self, stream: &[Clip]) -> Result<(), Failure> {
        for clip in stream {
            self.tracks.push(Arc::new(LocalTrack::add(&*self.connection, clip).await?));
        }
        Ok(())
    }

    /// Sends the tracks in a loop. To be called when the two are connected.
    pub(crate) fn play(&mut self) {
        for track in self.tracks.clone() {
            self.players.spawn(async move { track.play(&track.clip).await });
        }
    }

    /// The first event of which `choose` makes something. The others are dropped.
    pub(crate) async fn until<T>(
        &mut self,
        what: &str,
        mut choose: impl FnMut(PeerEvent) -> Option<T>,
    ) -> Result<T, Failure> {
        let chosen = async {
            loop {
                let event = self.events.recv().await?;
                if let Some(chosen) = choose(event) {
                    return Some(chosen);
                }
            }
        };
        let chosen = timeout(PATIENCE, chosen).await.map_err(|_| format!("not within {PATIENCE:?}: {what}"))?;
        Ok(chosen.ok_or_else(|| format!("the peer connection has ended before {what}"))?)
    }

    /// Waits until the two are connected.
    pub(crate) async fn until_connected(&mut self) -> Result<(), Failure> {
        let connected = |event| matches!(event, PeerEvent::ConnectionState(RTCPeerConnectionState::Connected));
        self.until("connected", |event| connected(event).then_some(())).await
    }

    /// The local description with all candidates in it.
    async fn description(&mut self) -> Result<RTCSessionDescription, Failure> {
        if !self.gathered {
            self.until("all candidates", |event| matches!(event, PeerEvent::AllCandidates).then_some(())).await?;
            self.gathered = true;
        }
        Ok(self.connection.local_description().await.ok_or("there is no local description")?)
    }

    /// What has arrived, in words.
    pub(crate) fn arrived(&self) -> String {
        let (audio, video) = self.counted();
        format!("{audio} frames of sound and {video} of the picture have arrived.")
    }

    /// How many frames have arrived: sound and picture.
    pub(crate) fn counted(&self) -> (u32, u32) {
        (self.received.audio.load(Ordering::Relaxed), self.received.video.load(Ordering::Relaxed))
    }
}

/// Steps 3 to 12, as in example 3. Each description waits for its candidates, and then has them in it. Returns the
/// number of sections that the two have agreed on.
pub(crate) async fn negotiate(a: &mut Peer, b: &mut Peer) -> Result<usize, Failure> {
    let offer = a.connection.create_offer(None).await?;
    a.connection.set_local_description(offer).await?;
    b.connection.set_remote_description(a.description().await?).await?;
    let answer = b.connection.create_answer(None).await?;
    b.connection.set_local_description(answer).await?;
    let answer = b.description().await?;
    let sections = answer.sdp.lines().filter(|line| line.starts_with("m=")).count();
    a.connection.set_remote_description(answer).await?;
    Ok(sections)
}

/// The crate calls these methods when something happens. They only pass it on: while one of them runs, the connection
/// stands still.
struct Callbacks {
    events: UnboundedSender<PeerEvent>,
    received: Arc<Received>,
}

impl Callbacks {
    fn tell(&self, event: PeerEvent) {
        // An error says that nobody listens any more.
        let _ = self.events.send(event);
    }
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Callbacks {
    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        if let Ok(mut candidate) = event.candidate.to_json() {
            // The crate leaves out to which section it belongs. All of them share one connection (BUNDLE, RFC 9143), so
            // it is the first one.
            (candidate.sdp_mid, candidate.sdp_mline_index) = (Some("0".to_owned()), Some(0));
            self.tell(PeerEvent::Candidate(candidate));
        }
    }

    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.tell(PeerEvent::AllCandidates);
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        self.tell(PeerEvent::ConnectionState(state));
    }

    async fn on_data_channel(&self, channel: Arc<dyn DataChannel>) {
        self.tell(PeerEvent::Channel(channel));
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        let kind = track.kind().await;
        self.tell(PeerEvent::Track(kind));
        let received = self.received.clone();
        // A task of its own reads the packets until the connection is closed.
        tokio::spawn(async move {
            while let Some(event) = track.poll().await {
                let TrackRemoteEvent::OnRtpPacket(packet) = event else { continue };
                match kind {
                    // Opus: each packet is a frame. VP8: a frame ends with the packet that has the marker.
                    RtpCodecKind::Audio => received.audio.fetch_add(1, Ordering::Relaxed),
                    _ => received.video.fetch_add(u32::from(packet.header.marker), Ordering::Relaxed),
                };
            }
        });
    }
}
