//! The smallest complete video call of two, in Rust. Its twin in plain JavaScript is src/site/smallest/call.js.
//! The steps have the numbers of the course. A is in the room first and makes the offer; B joins and answers it.

use futures::StreamExt;
use gloo_events::EventListener;
use js_sys::{JSON, Object, Promise};
use serde_json::{Value, json};
use socketio_src::client::{Client, Event, Options, web::Browser};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlMediaElement, MediaStream, MediaStreamConstraints, RtcPeerConnection, RtcPeerConnectionIceEvent};
use web_sys::{RtcPeerConnectionState, RtcTrackEvent, UrlSearchParams};

struct Page {
    room: String,
    /// Own picture and sound: one stream, for one partner after the other.
    stream: MediaStream,
    /// The connection to the server.
    socket: Client<Browser>,
    /// The connection to the present partner, and its listeners.
    peer: Option<(RtcPeerConnection, [EventListener; 3])>,
}

/// Runs when the WebAssembly is loaded.
#[wasm_bindgen(start)]
pub async fn start() -> Result<(), JsValue> {
    let window = web_sys::window().ok_or("no window")?;
    let parameters = UrlSearchParams::new_with_str(&window.location().search()?)?;
    let room = parameters.get("room").unwrap_or_else(|| "demo".to_owned());
    let devices = window.navigator().media_devices()?;
    if devices.is_undefined() {
        fail("no camera", "a browser shows it only to pages that come over https, or from localhost");
        return Ok(());
    }

    // Step 0 (A, B): getUserMedia
    let wanted = MediaStreamConstraints::new();
    wanted.set_audio(&JsValue::TRUE);
    wanted.set_video(&JsValue::TRUE);
    let opened = done(devices.get_user_media_with_constraints(&wanted)?, "Step 0: the local stream is there.").await;
    let refused = |error| fail(error, "allow camera and microphone, or free them; then load this page again");
    let Ok(stream) = opened.map(MediaStream::unchecked_from_js).map_err(refused) else { return Ok(()) };
    media("local").set_src_object(Some(&stream));

    let (socket, mut events, driver) = Client::new(Browser, Options::new(window.location().origin()?));
    spawn_local(driver.run());
    let mut page = Page { room, stream, socket, peer: None };
    // The next event waits until this one is handled. So no candidate is added before its description is set.
    while let Some(event) = events.next().await {
        page.handle(event).await.unwrap_or_else(|error| fail(error, "load this page again"));
    }
    Ok(())
}

impl Page {
    fn new_peer(&mut self) -> Result<(), JsValue> {
        self.peer.iter().for_each(|(old, _)| old.close());
        media("remote").set_src_object(Some(&MediaStream::new()?));

        // Step 1 (A, B): new RTCPeerConnection. It needs no ICE servers as long as both are in one network.
        let peer = RtcPeerConnection::new()?;
        let (socket, room) = (self.socket.clone(), self.room.clone());
        let listeners = [
            EventListener::new(&peer, "icecandidate", move |event| send_candidate(event, &socket, &room)),
            EventListener::new(&peer, "track", show_track),
            EventListener::new(&peer, "connectionstatechange", |event| show_state(&target(event))),
        ];
        show("status", "Step 1: the peer connection is there.");

        // Step 2 (A, B): addTrack
        for track in self.stream.get_tracks() {
            peer.add_track_0(track.unchecked_ref(), &self.stream);
        }
        show("status", "Step 2: the own tracks are added.");
        self.peer = Some((peer, listeners));
        Ok(())
    }

    async fn handle(&mut self, event: Event) -> Result<(), JsValue> {
        let (name, args) = match event {
            Event::Connected { .. } => ("connect".to_owned(), vec![]),
            Event::Message { name, args, .. } => (name, args),
            _ => {
                fail("the server is lost", "this page looks for it; if it has ended, start it again");
                return Ok(());
            }
        };
        let sent = args.first().unwrap_or(&Value::Null);
        let value = JSON::parse(&sent.to_string())?;
        // These three begin with nothing of an earlier partner.
        if ["connect", "welcome", "bye"].contains(&&*name) {
            self.new_peer()?;
        }
        let Some((peer, _)) = &self.peer else { return Ok(()) };
        match &*name {
            "connect" => {
                show("error", "");
                let _ = self.socket.emit("join_room", vec![json!(self.room)]);
                show("status", "In the room: wait for the other side, or open this page once more.");
            }
            "welcome" => {
                // Step 3 (A): createOffer
                let offer = done(peer.create_offer(), "Step 3: the offer is made.").await?;
                // Step 4 (A): setLocalDescription
                done(peer.set_local_description(offer.unchecked_ref()), "Step 4: the offer is set.").await?;
                // Step 5 (A): signaling
                send(&self.socket, "offer", &offer, &self.room);
                show("status", "Step 5: the offer is sent.");
            }
            "offer" => {
                // Step 6 (B): setRemoteDescription
                done(peer.set_remote_description(value.unchecked_ref()), "Step 6: the offer is set.").await?;
                // Step 7 (B): createAnswer
                let answer = done(peer.create_answer(), "Step 7: the answer is made.").await?;
                // Step 8 (B): setLocalDescription
                done(peer.set_local_description(answer.unchecked_ref()), "Step 8: the answer is set.").await?;
                // Step 9 (B): signaling
                send(&self.socket, "answer", &answer, &self.room);
                show("status", "Step 9: the answer is sent.");
            }
            "answer" => {
                // Step 10 (A): setRemoteDescription
                done(peer.set_remote_description(value.unchecked_ref()), "Step 10: the answer is set.").await?;
            }
            // Descriptions come before candidates. Without one, this candidate was meant for an earlier partner.
            "ice" if peer.remote_description().is_some() => add_candidate(peer, &value).await?,
            "bye" => show("status", "The other side has left: wait for the next one."),
            // An event was sent to somebody who had just left. `bye` says so.
            "refused" if sent["error"]["code"] == "nobody_there" => {}
            "refused" => fail(sent["error"]["message"].as_str(), "the address names the room, as in ?room=demo"),
            _ => {}
        }
        Ok(())
    }
}

fn send_candidate(event: &web_sys::Event, socket: &Client<Browser>, room: &str) {
    // Step 11 (A, B): icecandidate event. After the last candidate comes `null`, and it is sent as well.
    let candidate = event.unchecked_ref::<RtcPeerConnectionIceEvent>().candidate();
    send(socket, "ice", &candidate.map_or(JsValue::NULL, JsValue::from), room);
    show("status", "Step 11: an own candidate is sent.");
    show_state(&target(event));
}

async fn add_candidate(peer: &RtcPeerConnection, candidate: &JsValue) -> Result<(), JsValue> {
    // Step 12 (A, B): addIceCandidate
    let added = peer.add_ice_candidate_with_opt_rtc_ice_candidate_init(Some(candidate.unchecked_ref()));
    done(added, "Step 12: a candidate of the other side is added.").await?;
    show_state(peer);
    Ok(())
}

fn show_track(event: &web_sys::Event) {
    // Step 13 (A, B): track event. One comes for the sound, one for the picture.
    let track = event.unchecked_ref::<RtcTrackEvent>().track();
    media("remote").src_object().iter().for_each(|stream| stream.add_track(&track));
}

// Candidates still come and go when the two are connected. So this has the last word.
fn show_state(peer: &RtcPeerConnection) {
    match peer.connection_state() {
        RtcPeerConnectionState::Connected => show("status", "Step 13: connected, and their stream is there."),
        RtcPeerConnectionState::Failed => fail("no path leads to the other side", "load both pages again"),
        _ => {}
    }
}

fn send(socket: &Client<Browser>, event: &str, value: &JsValue, room: &str) {
    let text = JSON::stringify(value).map(String::from).unwrap_or_default();
    // An error says that the server is lost. After the next `connect` everything begins again.
    let _ = socket.emit(event, vec![serde_json::from_str(&text).unwrap_or_default(), json!(room)]);
}

async fn done(promise: Promise, status: &str) -> Result<JsValue, JsValue> {
    JsFuture::from(promise).await.inspect(|_| show("status", status))
}

fn fail(error: impl Into<JsValue>, advice: &str) {
    let error = error.into().unchecked_into::<Object>().to_string();
    show("error", &format!("{error}: {advice}."));
}

fn show(id: &str, text: &str) {
    media(id).set_text_content(Some(text));
}

fn media(id: &str) -> HtmlMediaElement {
    let element = web_sys::window().and_then(|window| window.document()?.get_element_by_id(id));
    element.expect("the page has this element").unchecked_into()
}

fn target(event: &web_sys::Event) -> RtcPeerConnection {
    event.target().expect("a connection has told this").unchecked_into()
}
