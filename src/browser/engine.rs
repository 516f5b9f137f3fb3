//! The twin of the native engine: the W3C calls, made with `RTCPeerConnection`.

use std::cell::RefCell;
use std::rc::Rc;

use futures::StreamExt;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use gloo_events::EventListener;
use js_sys::{JSON, Reflect};
use shared::{IceCandidate, SdpType, SessionDescription};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    HtmlVideoElement, MediaStream, MessageEvent, RtcConfiguration, RtcDataChannel, RtcDataChannelEvent, RtcIceServer,
    RtcPeerConnection, RtcPeerConnectionIceEvent, RtcSdpType, RtcSessionDescriptionInit, RtcTrackEvent,
};

use super::error::engine_error;
use super::media;
use crate::call::engine::CandidatePair;
use crate::call::state::{IceConnectionState, IceGatheringState, SignalingState};
use crate::call::{CHAT_CHANNEL, ConnectionState, Engine, EngineError, EngineEvent, IceServer, MediaKind};

/// The browser's own engine.
pub(super) struct BrowserEngine {
    /// Where the own picture is shown.
    local: HtmlVideoElement,
    /// Where the other side is shown.
    remote: HtmlVideoElement,
    /// The local stream, from step 0 on.
    stream: Option<MediaStream>,
    connection: Option<Connection>,
}

/// One peer connection and what belongs to it. All of it goes with it.
struct Connection {
    peer: RtcPeerConnection,
    events: UnboundedReceiver<EngineEvent>,
    sender: UnboundedSender<EngineEvent>,
    chat: Rc<RefCell<Option<Chat>>>,
    listeners: Vec<EventListener>,
}

/// The data channel for the chat, whichever side opened it.
struct Chat {
    channel: RtcDataChannel,
    /// Removed when they are dropped.
    _listeners: Vec<EventListener>,
}

impl BrowserEngine {
    pub(super) fn new(local: HtmlVideoElement, remote: HtmlVideoElement) -> Self {
        Self { local, remote, stream: None, connection: None }
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
        self.stream.iter().flat_map(media::tracks).for_each(|track| track.stop());
        self.local.set_src_object(None);
        self.remote.set_src_object(None);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // First the listeners, then the connection: closing it calls some of them.
        self.listeners.clear();
        self.chat.borrow_mut().take();
        self.peer.close();
    }
}

impl Engine for BrowserEngine {
    async fn get_user_media(&mut self) -> Result<String, EngineError> {
        let stream = media::get_user_media().await?;
        self.local.set_src_object(Some(&stream));
        let description = media::describe(&stream);
        self.stream = Some(stream);
        Ok(description)
    }

    async fn create_peer_connection(&mut self, ice_servers: &[IceServer]) -> Result<(), EngineError> {
        self.close().await;
        let configuration = RtcConfiguration::new();
        let ice_servers: js_sys::Array = ice_servers.iter().map(to_rtc_ice_server).collect();
        configuration.set_ice_servers(&ice_servers);
        let peer = RtcPeerConnection::new_with_configuration(&configuration).map_err(engine_error)?;
        let (sender, events) = unbounded();
        let chat = Rc::default();
        let listeners = listen(&peer, &sender, &chat, &self.remote);
        self.connection = Some(Connection { peer, events, sender, chat, listeners });
        Ok(())
    }

    async fn add_tracks(&mut self) -> Result<(), EngineError> {
        let peer = self.peer()?;
        if let Some(stream) = &self.stream {
            for track in media::tracks(stream) {
                peer.add_track(&track, stream, &js_sys::Array::new());
            }
        }
        Ok(())
    }

    async fn create_data_channel(&mut self, label: &str) -> Result<(), EngineError> {
        let connection = self.connection()?;
        let channel = connection.peer.create_data_channel(label);
        *connection.chat.borrow_mut() = Some(Chat::new(channel, &connection.sender));
        Ok(())
    }

    async fn create_offer(&mut self) -> Result<SessionDescription, EngineError> {
        let offer = JsFuture::from(self.peer()?.create_offer()).await.map_err(engine_error)?;
        Ok(SessionDescription::offer(sdp_of(&offer)?))
    }

    async fn create_answer(&mut self) -> Result<SessionDescription, EngineError> {
        let answer = JsFuture::from(self.peer()?.create_answer()).await.map_err(engine_error)?;
        Ok(SessionDescription::answer(sdp_of(&answer)?))
    }

    async fn set_local_description(&mut self, description: &SessionDescription) -> Result<(), EngineError> {
        let set = self.peer()?.set_local_description(&to_rtc(description));
        JsFuture::from(set).await.map(drop).map_err(engine_error)
    }

    async fn set_remote_description(&mut self, description: &SessionDescription) -> Result<(), EngineError> {
        let set = self.peer()?.set_remote_description(&to_rtc(description));
        JsFuture::from(set).await.map(drop).map_err(engine_error)
    }

    async fn add_ice_candidate(&mut self, candidate: Option<&IceCandidate>) -> Result<(), EngineError> {
        let candidate = candidate.map(to_js).transpose()?;
        let candidate = candidate.as_ref().map(JsCast::unchecked_ref);
        let added = self.peer()?.add_ice_candidate_with_opt_rtc_ice_candidate_init(candidate);
        JsFuture::from(added).await.map(drop).map_err(engine_error)
    }

    async fn send_text(&mut self, text: &str) -> Result<(), EngineError> {
        let connection = self.connection()?;
        // Cloned out of the cell: sending can make an event, whose listener looks into the cell.
        let channel = connection.chat.borrow().as_ref().map(|chat| chat.channel.clone());
        let channel = channel.ok_or_else(|| EngineError::new("InvalidStateError", "the chat is not open yet"))?;
        channel.send_with_str(text).map_err(engine_error)
    }

    fn set_track_enabled(&mut self, kind: MediaKind, enabled: bool) {
        let tracks = self.stream.iter().flat_map(media::tracks);
        tracks.filter(|track| track.kind() == kind.to_string()).for_each(|track| track.set_enabled(enabled));
    }

    async fn selected_candidate_pair(&mut self) -> Option<CandidatePair> {
        // `getSelectedCandidatePair` is not in every browser; the statistics are.
        let report = JsFuture::from(self.peer().ok()?.get_stats()).await.ok()?;
        let report: js_sys::Map = report.unchecked_into();
        let text =
            |entry: &JsValue, key: &str| Reflect::get(entry, &key.into()).ok().and_then(|value| value.as_string());
        let mut selected = None;
        report.for_each(&mut |entry, _| selected = selected.take().or_else(|| text(&entry, "selectedCandidatePairId")));
        let pair = report.get(&selected?.into());
        let end = |key: &str| {
            let candidate = report.get(&text(&pair, key)?.into());
            let port = Reflect::get(&candidate, &"port".into()).ok()?.as_f64()?;
            let part = |key: &str| text(&candidate, key).unwrap_or_else(|| "?".to_owned());
            Some(format!("{} {} {}:{port}", part("protocol"), part("candidateType"), part("address")))
        };
        Some(CandidatePair { local: end("localCandidateId")?, remote: end("remoteCandidateId")? })
    }

    async fn close(&mut self) {
        self.connection = None;
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
    chat: &Rc<RefCell<Option<Chat>>>,
    remote: &HtmlVideoElement,
) -> Vec<EventListener> {
    let on_state = |name: &'static str, read: fn(&RtcPeerConnection) -> Option<EngineEvent>| {
        let (sender, watched) = (sender.clone(), peer.clone());
        EventListener::new(peer, name, move |_| {
            if let Some(event) = read(&watched) {
                let _ = sender.unbounded_send(event);
            }
        })
    };
    let candidates = sender.clone();
    let on_candidate = EventListener::new(peer, "icecandidate", move |event| {
        let candidate = event.unchecked_ref::<RtcPeerConnectionIceEvent>().candidate();
        // `JSON.stringify` calls the `toJSON` of the W3C, which has the fields that travel.
        let json = candidate.and_then(|candidate| JSON::stringify(&candidate).ok()).map(String::from);
        let candidate = json.and_then(|json| serde_json::from_str(&json).ok());
        let _ = candidates.unbounded_send(EngineEvent::IceCandidate(candidate));
    });
    let (tracks, remote) = (sender.clone(), remote.clone());
    let on_track = EventListener::new(peer, "track", move |event| {
        let event = event.unchecked_ref::<RtcTrackEvent>();
        if let Ok(stream) = event.streams().get(0).dyn_into::<MediaStream>() {
            remote.set_src_object(Some(&stream));
        }
        let kind = if event.track().kind() == "video" { MediaKind::Video } else { MediaKind::Audio };
        let _ = tracks.unbounded_send(EngineEvent::Track(kind));
    });
    let (chat, channels) = (chat.clone(), sender.clone());
    let on_channel = EventListener::new(peer, "datachannel", move |event| {
        let channel = event.unchecked_ref::<RtcDataChannelEvent>().channel();
        if channel.label() == CHAT_CHANNEL {
            *chat.borrow_mut() = Some(Chat::new(channel, &channels));
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
        on_state("connectionstatechange", |peer| {
            ConnectionState::from_w3c(&name(peer.connection_state())).map(EngineEvent::ConnectionState)
        }),
    ]
}

impl Chat {
    fn new(channel: RtcDataChannel, sender: &UnboundedSender<EngineEvent>) -> Self {
        let on = |name: &'static str, event: EngineEvent| {
            let sender = sender.clone();
            EventListener::new(&channel, name, move |_| {
                let _ = sender.unbounded_send(event.clone());
            })
        };
        let texts = sender.clone();
        let on_message = EventListener::new(&channel, "message", move |event| {
            if let Some(text) = event.unchecked_ref::<MessageEvent>().data().as_string() {
                let _ = texts.unbounded_send(EngineEvent::ChannelText(text));
            }
        });
        let listeners = vec![on("open", EngineEvent::ChannelOpen), on("close", EngineEvent::ChannelClosed), on_message];
        Self { channel, _listeners: listeners }
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

fn to_rtc_ice_server(server: &IceServer) -> RtcIceServer {
    let init = RtcIceServer::new();
    let urls: js_sys::Array = server.urls.iter().map(|url| JsValue::from_str(url)).collect();
    init.set_urls(&urls);
    init.set_username(&server.username);
    init.set_credential(&server.credential);
    init
}

/// A value of ours as the JavaScript object of the same JSON.
fn to_js(value: &impl serde::Serialize) -> Result<JsValue, EngineError> {
    let json = serde_json::to_string(value).map_err(|error| EngineError::new("TypeError", error.to_string()))?;
    JSON::parse(&json).map_err(engine_error)
}
