//! The twin of the native engine: the W3C calls, made with `RTCPeerConnection`.

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::time::Duration;

use futures::StreamExt;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use js_sys::Reflect;
use shared::{FILE_CHANNEL, IceCandidate, IceServer, SdpType, SessionDescription};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    HtmlVideoElement, MediaStream, MessageEvent, RtcBundlePolicy, RtcConfiguration, RtcDataChannel,
    RtcDataChannelEvent, RtcIceCandidate, RtcIceCandidateInit, RtcIceServer, RtcIceTransportPolicy, RtcOfferOptions,
    RtcPeerConnection, RtcPeerConnectionIceEvent, RtcRtpTransceiverDirection, RtcRtpTransceiverInit, RtcSdpType,
    RtcSessionDescriptionInit, RtcTrackEvent,
};

use super::error::engine_error;
use super::file_channel::BrowserFileChannel;
use super::js::field;
use super::local_media::LocalMedia;
use super::statistics;
use crate::call::engine::CandidatePair;
use crate::call::state::{IceConnectionState, IceGatheringState, SignalingState};
use crate::call::{Channel, Configuration, ConnectionState, Engine, EngineError, EngineEvent, MediaKind};

/// The browser's own engine.
pub(crate) struct BrowserEngine {
    /// What is sent. The lobby has opened it already, or step 0 does.
    media: Rc<LocalMedia>,
    /// Where the other side is shown.
    remote: HtmlVideoElement,
    connection: Option<Connection>,
    /// For those who look on.
    current: CurrentPeer,
    /// Where the channels go on which the other side sends files.
    files: UnboundedSender<BrowserFileChannel>,
}

/// The peer connection of the present call, if there is one: for statistics and files, which are no part of the call's
/// own story. It keeps nothing alive that the call has closed.
#[derive(Clone, Default)]
pub(crate) struct CurrentPeer(Rc<RefCell<Weak<RtcPeerConnection>>>);

impl CurrentPeer {
    pub(crate) fn get(&self) -> Option<Rc<RtcPeerConnection>> {
        self.0.borrow().upgrade()
    }
}

/// One peer connection and what belongs to it. All of it goes with it.
struct Connection {
    peer: Rc<RtcPeerConnection>,
    events: UnboundedReceiver<EngineEvent>,
    sender: UnboundedSender<EngineEvent>,
    channels: Channels,
    listeners: Vec<EventListener>,
}

/// The data channels of the call, whichever side opened them.
type Channels = Rc<RefCell<Vec<OpenChannel>>>;

struct OpenChannel {
    name: Channel,
    channel: RtcDataChannel,
    /// Removed when they are dropped.
    _listeners: Vec<EventListener>,
}

impl BrowserEngine {
    pub(crate) fn new(
        media: Rc<LocalMedia>,
        remote: HtmlVideoElement,
        current: CurrentPeer,
        files: UnboundedSender<BrowserFileChannel>,
    ) -> Self {
        Self { media, remote, connection: None, current, files }
    }

    fn connection(&self) -> Result<&Connection, EngineError> {
        self.connection.as_ref().ok_or_else(|| EngineError::new("InvalidStateError", "there is no peer connection"))
    }

    fn peer(&self) -> Result<&RtcPeerConnection, EngineError> {
        Ok(&self.connection()?.peer)
    }
}

impl Drop for BrowserEngine {
    /// The light beside the camera goes out with the call.
    fn drop(&mut self) {
        self.media.close();
        self.remote.set_src_object(None);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // First the listeners, then the connection: closing it calls some of them.
        self.listeners.clear();
        self.channels.borrow_mut().clear();
        self.peer.close();
    }
}

impl Engine for BrowserEngine {
    // Step 0 (A, B): getUserMedia
    async fn get_user_media(&mut self) -> Result<String, EngineError> {
        self.media.open().await
    }

    // Step 1 (A, B): new RTCPeerConnection
    async fn create_peer_connection(&mut self, configuration: &Configuration) -> Result<(), EngineError> {
        self.close().await;
        let configuration = to_rtc_configuration(configuration);
        let peer = Rc::new(RtcPeerConnection::new_with_configuration(&configuration).map_err(engine_error)?);
        let (sender, events) = unbounded();
        let channels = Channels::default();
        let listeners = listen(&peer, &sender, &channels, &self.remote, &self.files);
        *self.current.0.borrow_mut() = Rc::downgrade(&peer);
        self.connection = Some(Connection { peer, events, sender, channels, listeners });
        Ok(())
    }

    async fn set_configuration(&mut self, configuration: &Configuration) -> Result<(), EngineError> {
        let Some(connection) = &self.connection else { return Ok(()) };
        let configuration = to_rtc_configuration(configuration);
        connection.peer.set_configuration_with_configuration(&configuration).map_err(engine_error)
    }

    // Step 2 (A, B): addTrack
    async fn add_tracks(&mut self) -> Result<(), EngineError> {
        self.media.add_to(self.peer()?);
        Ok(())
    }

    // Step 3 (A): createDataChannel, for what the offer describes
    async fn create_data_channel(&mut self, channel: Channel) -> Result<(), EngineError> {
        let connection = self.connection()?;
        let opened = connection.peer.create_data_channel(channel.label());
        connection.channels.borrow_mut().push(OpenChannel::new(channel, opened, &connection.sender));
        Ok(())
    }

    // Step 3 (A): createOffer
    async fn create_offer(&mut self, ice_restart: bool) -> Result<SessionDescription, EngineError> {
        let peer = self.peer()?;
        let options = RtcOfferOptions::new();
        options.set_ice_restart(ice_restart);
        // In a restart the sections are there already.
        for kind in self.media.missing().into_iter().filter(|_| !ice_restart) {
            // What is not offered cannot be answered: we have nothing to send of this kind, and want to receive it.
            let receive = RtcRtpTransceiverInit::new();
            receive.set_direction(RtcRtpTransceiverDirection::Recvonly);
            peer.add_transceiver_with_str_and_init(&kind.to_string(), &receive);
        }
        let offer = JsFuture::from(peer.create_offer_with_rtc_offer_options(&options)).await.map_err(engine_error)?;
        Ok(SessionDescription::offer(sdp_of(&offer)?))
    }

    // Step 7 (B): createAnswer
    async fn create_answer(&mut self) -> Result<SessionDescription, EngineError> {
        let answer = JsFuture::from(self.peer()?.create_answer()).await.map_err(engine_error)?;
        Ok(SessionDescription::answer(sdp_of(&answer)?))
    }

    // Step 4 (A): setLocalDescription
    // Step 8 (B): setLocalDescription
    async fn set_local_description(&mut self, description: &SessionDescription) -> Result<(), EngineError> {
        let set = self.peer()?.set_local_description(&to_rtc(description));
        JsFuture::from(set).await.map(drop).map_err(engine_error)
    }

    // Step 6 (B): setRemoteDescription
    // Step 10 (A): setRemoteDescription
    async fn set_remote_description(&mut self, description: &SessionDescription) -> Result<(), EngineError> {
        let set = self.peer()?.set_remote_description(&to_rtc(description));
        JsFuture::from(set).await.map(drop).map_err(engine_error)
    }

    // Step 12 (A, B): addIceCandidate
    async fn add_ice_candidate(&mut self, candidate: Option<&IceCandidate>) -> Result<(), EngineError> {
        let candidate = candidate.map(to_rtc_ice_candidate);
        let connection = self.connection()?;
        let added = connection.peer.add_ice_candidate_with_opt_rtc_ice_candidate_init(candidate.as_ref());
        // The browser takes its time, and keeps the order by itself. Nothing of the call waits for it.
        let sender = connection.sender.clone();
        spawn_local(async move {
            if let Err(error) = JsFuture::from(added).await {
                let _ = sender.unbounded_send(EngineEvent::CandidateRefused(engine_error(error)));
            }
        });
        Ok(())
    }

    async fn send_text(&mut self, channel: Channel, text: &str) -> Result<(), EngineError> {
        // Cloned out of the cell: sending can make an event, whose listener looks into the cell.
        let channels = self.connection()?.channels.clone();
        let open = channels.borrow().iter().find(|open| open.name == channel).map(|open| open.channel.clone());
        let open = open.ok_or_else(|| EngineError::new("InvalidStateError", "the channel is not open yet"))?;
        open.send_with_str(text).map_err(engine_error)
    }

    fn set_track_enabled(&mut self, kind: MediaKind, enabled: bool) {
        self.media.set_enabled(kind, enabled);
    }

    async fn selected_candidate_pair(&mut self) -> Option<CandidatePair> {
        // `getSelectedCandidatePair` is not in every browser; the statistics are.
        statistics::report(self.peer().ok()?).await?.selected_pair()
    }

    async fn close(&mut self) {
        self.connection = None;
        self.media.forget_senders();
        self.remote.set_src_object(None);
    }

    async fn next_event(&mut self) -> EngineEvent {
        match &mut self.connection {
            // The connection keeps a sender, so this stream does not end before it.
            Some(connection) => match connection.events.next().await {
                Some(event) => event,
                None => std::future::pending().await,
            },
            None => std::future::pending().await,
        }
    }
}

/// Turns the events of a connection into ours.
fn listen(
    peer: &RtcPeerConnection,
    sender: &UnboundedSender<EngineEvent>,
    channels: &Channels,
    remote: &HtmlVideoElement,
    files: &UnboundedSender<BrowserFileChannel>,
) -> Vec<EventListener> {
    let on_state = |name: &'static str, read: fn(&RtcPeerConnection) -> Option<EngineEvent>| {
        let (sender, watched) = (sender.clone(), peer.clone());
        EventListener::new(peer, name, move |_| {
            if let Some(event) = read(&watched) {
                let _ = sender.unbounded_send(event);
            }
        })
    };

    // Step 11 (A, B): icecandidate event
    let candidates = sender.clone();
    let on_candidate = EventListener::new(peer, "icecandidate", move |event| {
        let candidate = event.unchecked_ref::<RtcPeerConnectionIceEvent>().candidate();
        let _ = candidates.unbounded_send(EngineEvent::IceCandidate(candidate.map(from_rtc_ice_candidate)));
    });

    // Step 13 (A, B): track event
    // A stream of our own: who sends its tracks in different streams, or in none, is seen and heard all the same.
    let (tracks, remote, stream) = (sender.clone(), remote.clone(), MediaStream::new());
    let on_track = EventListener::new(peer, "track", move |event| {
        let event = event.unchecked_ref::<RtcTrackEvent>();
        let kind = if event.track().kind() == "video" { MediaKind::Video } else { MediaKind::Audio };
        if let Ok(stream) = &stream {
            stream.add_track(&event.track());
            remote.set_src_object(Some(stream));
        }
        let _ = tracks.unbounded_send(EngineEvent::Track(kind));
    });

    let (channels, events, files) = (channels.clone(), sender.clone(), files.clone());
    let on_channel = EventListener::new(peer, "datachannel", move |event| {
        let channel = event.unchecked_ref::<RtcDataChannelEvent>().channel();
        if let Some(name) = Channel::from_label(&channel.label()) {
            channels.borrow_mut().push(OpenChannel::new(name, channel, &events));
        } else if channel.label() == FILE_CHANNEL {
            let _ = files.unbounded_send(BrowserFileChannel::new(channel));
        }
    });
    vec![
        on_candidate,
        on_track,
        on_channel,
        on_state("signalingstatechange", |peer| {
            SignalingState::from_w3c(&name(peer.signaling_state())).map(EngineEvent::SignalingState)
        }),
        on_state("icegatheringstatechange", |peer| {
            IceGatheringState::from_w3c(&name(peer.ice_gathering_state())).map(EngineEvent::IceGatheringState)
        }),
        on_state("iceconnectionstatechange", |peer| {
            IceConnectionState::from_w3c(&name(peer.ice_connection_state())).map(EngineEvent::IceConnectionState)
        }),
        // Step 13 (A, B): connectionstatechange event
        on_state("connectionstatechange", connection_state),
        give_up_after_a_while(peer, sender),
    ]
    .into_iter()
    .chain(network_changes(sender))
    .collect()
}

fn connection_state(peer: &RtcPeerConnection) -> Option<EngineEvent> {
    ConnectionState::from_w3c(&name(peer.connection_state())).map(EngineEvent::ConnectionState)
}

/// A connection that has failed is looked for anew, by an ICE restart. One that does not come back within this time is lost.
const PATIENCE_WITH_RESTARTS: Duration = Duration::from_secs(30);

fn give_up_after_a_while(peer: &RtcPeerConnection, sender: &UnboundedSender<EngineEvent>) -> EventListener {
    let (watched, sender, waiting) = (peer.clone(), sender.clone(), Rc::new(RefCell::new(None)));
    EventListener::new(peer, "connectionstatechange", move |_| {
        match ConnectionState::from_w3c(&name(watched.connection_state())) {
            Some(ConnectionState::Failed) if waiting.borrow().is_none() => {
                let sender = sender.clone();
                let lost = move || drop(sender.unbounded_send(EngineEvent::PathLost));
                let milliseconds = PATIENCE_WITH_RESTARTS.as_millis() as u32;
                *waiting.borrow_mut() = Some(Timeout::new(milliseconds, lost));
            }
            // A timeout that is dropped is called off.
            Some(ConnectionState::Connected) => drop(waiting.take()),
            _ => {}
        }
    })
}

/// The browser has a network again, after it had none for a moment: a phone has gone from one to another.
fn network_changes(sender: &UnboundedSender<EngineEvent>) -> Option<EventListener> {
    let (window, sender) = (web_sys::window()?, sender.clone());
    Some(EventListener::new(&window, "online", move |_| {
        let _ = sender.unbounded_send(EngineEvent::NetworkChanged);
    }))
}

impl OpenChannel {
    fn new(name: Channel, channel: RtcDataChannel, sender: &UnboundedSender<EngineEvent>) -> Self {
        let on = |event_name: &'static str, event: EngineEvent| {
            let sender = sender.clone();
            EventListener::new(&channel, event_name, move |_| {
                let _ = sender.unbounded_send(event.clone());
            })
        };
        let texts = sender.clone();
        let on_message = EventListener::new(&channel, "message", move |event| {
            if let Some(text) = event.unchecked_ref::<MessageEvent>().data().as_string() {
                let _ = texts.unbounded_send(EngineEvent::ChannelText(name, text));
            }
        });
        let (open, close) = (EngineEvent::ChannelOpen(name), EngineEvent::ChannelClosed(name));
        let listeners = vec![on("open", open), on("close", close), on_message];
        Self { name, channel, _listeners: listeners }
    }
}

/// The W3C name of a state.
fn name(state: impl Into<JsValue>) -> String {
    state.into().as_string().unwrap_or_default()
}

fn to_rtc(description: &SessionDescription) -> RtcSessionDescriptionInit {
    let init = RtcSessionDescriptionInit::new(match description.sdp_type {
        SdpType::Offer => RtcSdpType::Offer,
        SdpType::Answer => RtcSdpType::Answer,
    });
    init.set_sdp(&description.sdp);
    init
}

fn sdp_of(description: &JsValue) -> Result<String, EngineError> {
    let sdp = Reflect::get(description, &"sdp".into()).map_err(engine_error)?;
    sdp.as_string().ok_or_else(|| EngineError::new("OperationError", "the browser made a description without SDP"))
}

pub(super) fn to_rtc_configuration(configuration: &Configuration) -> RtcConfiguration {
    let ice_servers: js_sys::Array = configuration.ice_servers.iter().map(to_rtc_ice_server).collect();
    let to = RtcConfiguration::new();
    to.set_ice_servers(&ice_servers);
    // One path for sound, picture and data from the beginning (RFC 8843): a third of the candidates to gather and send.
    to.set_bundle_policy(RtcBundlePolicy::MaxBundle);
    if configuration.relay_only {
        to.set_ice_transport_policy(RtcIceTransportPolicy::Relay);
    }
    to
}

fn to_rtc_ice_server(server: &IceServer) -> RtcIceServer {
    let init = RtcIceServer::new();
    let urls: js_sys::Array = server.urls.iter().map(|url| JsValue::from_str(url)).collect();
    init.set_urls(&urls);
    if !server.username.is_empty() {
        init.set_username(&server.username);
        init.set_credential(&server.credential);
    }
    init
}

/// `web-sys` does not know this one yet.
const USERNAME_FRAGMENT: &str = "usernameFragment";

/// The fields that travel, those of the W3C's `RTCIceCandidateInit`.
fn from_rtc_ice_candidate(candidate: RtcIceCandidate) -> IceCandidate {
    IceCandidate {
        candidate: candidate.candidate(),
        sdp_mid: candidate.sdp_mid(),
        sdp_m_line_index: candidate.sdp_m_line_index(),
        username_fragment: field(&candidate, USERNAME_FRAGMENT).as_string(),
    }
}

fn to_rtc_ice_candidate(candidate: &IceCandidate) -> RtcIceCandidateInit {
    let init = RtcIceCandidateInit::new(&candidate.candidate);
    init.set_sdp_mid(candidate.sdp_mid.as_deref());
    init.set_sdp_m_line_index(candidate.sdp_m_line_index);
    if let Some(fragment) = &candidate.username_fragment {
        // Only an object that is frozen would refuse it.
        let _ = Reflect::set(&init, &USERNAME_FRAGMENT.into(), &fragment.into());
    }
    init
}
