//! Peer connections on loopback, and the steps that an exercise is not about.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use rtc::ice::mdns::MulticastDnsMode;
use rtc::media::Sample;
use rtc::rtp_transceiver::rtp_sender::{RTCRtpCodec, RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind};
use webrtc::data_channel::{DataChannel, DataChannelEvent};
use webrtc::media_stream::MediaStreamTrack;
use webrtc::media_stream::track_local::static_sample::TrackLocalStaticSample;
use webrtc::media_stream::track_remote::TrackRemote;
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCIceCandidateInit,
    RTCIceGatheringState, RTCPeerConnectionIceEvent, RTCPeerConnectionState, RTCSdpType, RTCSessionDescription,
    SettingEngineBuilder,
};

use crate::soon;

/// A peer connection.
pub type Peer = Arc<dyn PeerConnection>;
/// A local track, which takes frames.
pub type Track = Arc<TrackLocalStaticSample>;

/// What a peer connection reports.
pub enum Event {
    /// An own candidate, or `None` after the last one.
    Candidate(Option<RTCIceCandidateInit>),
    /// How far the connection is.
    State(RTCPeerConnectionState),
    /// The other side has opened a data channel.
    Channel(Arc<dyn DataChannel>),
    /// The other side's track.
    Track(Arc<dyn TrackRemote>),
}

/// A handler that puts everything into a channel.
pub struct Reports(UnboundedSender<Event>);

impl Reports {
    /// The handler, and where its events come out.
    pub fn new() -> (Arc<Self>, Events) {
        let (sender, events) = unbounded();
        (Arc::new(Self(sender)), Events(events))
    }

    fn report(&self, event: Event) {
        let _ = self.0.unbounded_send(event);
    }
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Reports {
    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        if let Ok(candidate) = event.candidate.to_json() {
            self.report(Event::Candidate(Some(candidate)));
        }
    }

    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.report(Event::Candidate(None));
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        self.report(Event::State(state));
    }

    async fn on_data_channel(&self, channel: Arc<dyn DataChannel>) {
        self.report(Event::Channel(channel));
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        self.report(Event::Track(track));
    }
}

/// What a peer connection has reported and nobody has looked at yet.
pub struct Events(UnboundedReceiver<Event>);

impl Events {
    /// Waits for the first event of which `wanted` makes something. Those before it are forgotten.
    pub async fn find<T>(&mut self, wanted: impl Fn(Event) -> Option<T>, otherwise: &str) -> T {
        let search = async {
            loop {
                let event = self.0.next().await.expect("a handler lives as long as its connection");
                if let Some(found) = wanted(event) {
                    return found;
                }
            }
        };
        soon(search, otherwise).await
    }

    /// All own candidates.
    pub async fn candidates(&mut self) -> Vec<RTCIceCandidateInit> {
        let mut candidates = Vec::new();
        let next = |event| if let Event::Candidate(candidate) = event { Some(candidate) } else { None };
        while let Some(candidate) = self.find(next, "the candidates have no end").await {
            candidates.push(candidate);
        }
        candidates
    }

    /// Waits until the connection is connected.
    pub async fn connected(&mut self, otherwise: &str) {
        let connected = |event| matches!(event, Event::State(RTCPeerConnectionState::Connected)).then_some(());
        self.find(connected, otherwise).await;
    }
}

/// VP8 for pictures and Opus for sound.
fn codec(kind: RtpCodecKind) -> RTCRtpCodec {
    let (mime_type, clock_rate, channels) = match kind {
        RtpCodecKind::Video => ("video/VP8", 90_000, 0),
        _ => ("audio/opus", 48_000, 2),
    };
    RTCRtpCodec { mime_type: mime_type.to_owned(), clock_rate, channels, ..Default::default() }
}

/// A local track of this stream.
pub fn track(stream: &str, kind: RtpCodecKind) -> Track {
    let ssrc: u32 = rand::random();
    let encoding = RTCRtpEncodingParameters {
        rtp_coding_parameters: RTCRtpCodingParameters { ssrc: Some(ssrc), ..Default::default() },
        codec: codec(kind),
        ..Default::default()
    };
    let id = format!("{kind}-{ssrc:08x}");
    let track = MediaStreamTrack::new(stream.to_owned(), id, kind.to_string(), kind, vec![encoding]);
    Arc::new(TrackLocalStaticSample::new(Instant::now(), track).expect("the codec has a packetizer"))
}

/// A peer connection on loopback, and what it reports.
pub async fn peer() -> (Peer, Events) {
    let (reports, events) = Reports::new();
    (peer_with(reports).await, events)
}

/// A peer connection on loopback that reports to this handler.
pub async fn peer_with(handler: Arc<dyn PeerConnectionEventHandler>) -> Peer {
    // No names for addresses: they take multicast, which a machine without a network does not have.
    let settings = SettingEngineBuilder::new().with_multicast_dns_mode(MulticastDnsMode::Disabled).build();
    let building = PeerConnectionBuilder::new().with_media_engine(media_engine()).with_handler(handler);
    let peer = building.with_setting_engine(settings).with_udp_addrs(vec!["127.0.0.1:0"]).build().await;
    Arc::new(peer.expect("a peer connection can be made"))
}

/// The codecs that every browser has.
fn media_engine() -> MediaEngine {
    let mut engine = MediaEngine::default();
    engine.register_default_codecs().expect("they are known");
    engine
}

/// Steps 3 and 4: A makes an offer with a data channel, and sets it.
pub async fn offer(a: &Peer) -> (RTCSessionDescription, Arc<dyn DataChannel>) {
    let channel = a.create_data_channel("chat", None).await.expect("a data channel can be made");
    (offer_again(a).await, channel)
}

/// Steps 3 and 4, with what is there already.
pub async fn offer_again(a: &Peer) -> RTCSessionDescription {
    let offer = a.create_offer(None).await.expect("an offer can be made");
    a.set_local_description(offer.clone()).await.expect("an own offer fits");
    offer
}

/// Steps 6 to 8: B takes the offer, and sets its answer.
pub async fn answer(b: &Peer, offer: RTCSessionDescription) -> RTCSessionDescription {
    b.set_remote_description(offer).await.expect("B takes the offer");
    let answer = b.create_answer(None).await.expect("B answers");
    b.set_local_description(answer.clone()).await.expect("an own answer fits");
    answer
}

/// Steps 11 and 12: all candidates of one side go to the other.
pub async fn trickle(from: &mut Events, to: &Peer) {
    for candidate in from.candidates().await {
        to.add_ice_candidate(candidate).await.expect("the candidate is taken");
    }
}

/// Two sides that are connected, with a data channel that is open on both.
pub struct Pair {
    /// The side that has made the offer.
    pub a: Peer,
    /// What A reports.
    pub a_events: Events,
    /// The data channel, as A sees it.
    pub a_channel: Arc<dyn DataChannel>,
    /// The side that has answered.
    pub b: Peer,
    /// The data channel, as B sees it.
    pub b_channel: Arc<dyn DataChannel>,
}

impl Pair {
    /// Takes all steps.
    pub async fn connect() -> Self {
        let ((a, mut a_events), (b, mut b_events)) = (peer().await, peer().await);
        let (offer, a_channel) = offer(&a).await;
        let answer = answer(&b, offer).await;
        a.set_remote_description(answer).await.expect("A takes the answer");
        trickle(&mut a_events, &b).await;
        trickle(&mut b_events, &a).await;
        let channel = |event| if let Event::Channel(channel) = event { Some(channel) } else { None };
        let b_channel = b_events.find(channel, "B has no data channel").await;
        let open = async { while !matches!(a_channel.poll().await, None | Some(DataChannelEvent::OnOpen)) {} };
        soon(open, "the data channel does not open").await;
        Self { a, a_events, a_channel, b, b_channel }
    }
}

/// The next text that arrives on a data channel.
pub async fn hear(channel: &Arc<dyn DataChannel>, otherwise: &str) -> String {
    let next = async {
        loop {
            match channel.poll().await {
                Some(DataChannelEvent::OnMessage(message)) => {
                    return String::from_utf8_lossy(&message.data).into_owned();
                }
                Some(_) => {}
                None => panic!("the data channel is closed"),
            }
        }
    };
    soon(next, otherwise).await
}

/// The signaling state, by its name in the W3C. The crate only reports its changes; which descriptions are pending says
/// the same at once.
pub async fn signaling_state(peer: &Peer) -> &'static str {
    let pending = (peer.pending_local_description().await, peer.pending_remote_description().await);
    match (pending.0.map(|local| local.sdp_type), pending.1.map(|remote| remote.sdp_type)) {
        (None, None) => "stable",
        (Some(RTCSdpType::Offer), None) => "have-local-offer",
        (None, Some(RTCSdpType::Offer)) => "have-remote-offer",
        _ => "in the middle of a provisional answer",
    }
}

/// The kinds of the media sections of a description: `["audio", "video"]`.
pub fn media(description: &RTCSessionDescription) -> Vec<&str> {
    let lines = description.sdp.lines().filter_map(|line| line.strip_prefix("m="));
    lines.filter_map(|line| line.split(' ').next()).collect()
}

/// The frames of a camera that films nothing: `count` of them, one every 20 milliseconds.
pub async fn film(peer: &Peer, track: &Track, count: usize) {
    let ssrc = {
        use webrtc::media_stream::Track as _;
        track.ssrcs().await[0]
    };
    let senders = peer.get_senders().await;
    let parameters = senders.first().expect("the track was added").get_parameters().await.expect("it has parameters");
    let payload_type = parameters.rtp_parameters.codecs.first().expect("both sides have a codec").payload_type;
    for _ in 0..count {
        let frame =
            Sample { data: vec![0; 500].into(), duration: Duration::from_millis(20), ..Sample::new(Instant::now()) };
        let _ = track.sample_writer(ssrc, payload_type).write_sample(&frame).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// How many candidates of the other side this one knows. It needs a data channel: the way to ICE leads through its
/// transport.
pub async fn remote_candidates(peer: &Peer) -> usize {
    let sctp = peer.sctp().await.expect("there is a data channel");
    sctp.transport().ice_transport().get_remote_candidates().await.map_or(0, |candidates| candidates.len())
}
