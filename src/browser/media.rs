//! Step 0: the camera and the microphone, and which of them.

use std::ops::Deref;

use futures::channel::oneshot;
use gloo_events::EventListener;
use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    DisplayMediaStreamConstraints, MediaDeviceInfo, MediaDeviceKind, MediaDevices, MediaStream, MediaStreamConstraints,
    MediaStreamTrack, MediaStreamTrackState,
};

use super::error::engine_error;
use crate::call::{EngineError, MediaKind};

/// A track that this page has opened. When it is dropped it is stopped: a track that nobody owns any more leaves no
/// camera on, wherever it got lost.
pub(crate) struct OwnTrack {
    track: MediaStreamTrack,
    /// Removed when it is dropped.
    on_ended: Option<EventListener>,
}

impl OwnTrack {
    pub(crate) fn new(track: MediaStreamTrack) -> Self {
        Self { track, on_ended: None }
    }

    /// Calls `act` when the track ends by itself: the device is unplugged, the permission is withdrawn, the person ends
    /// the sharing of the screen. A track that this page stops has no such event
    /// ([`ended`](https://www.w3.org/TR/mediacapture-streams/#event-mediastreamtrack-ended)).
    pub(crate) fn when_ended(&mut self, act: impl FnOnce() + 'static) {
        self.on_ended = Some(EventListener::once(&self.track, "ended", move |_| act()));
    }

    /// It sends, or could.
    pub(crate) fn is_live(&self) -> bool {
        self.track.ready_state() == MediaStreamTrackState::Live
    }
}

impl Deref for OwnTrack {
    type Target = MediaStreamTrack;

    fn deref(&self) -> &MediaStreamTrack {
        &self.track
    }
}

impl Drop for OwnTrack {
    fn drop(&mut self) {
        self.track.stop();
    }
}

// Step 0 (A, B): getUserMedia
/// Asks the person for microphone, camera or both
/// ([`getUserMedia`](https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia)).
///
/// Of each kind that is wanted: the device of this id, or the one that the browser prefers when the id is empty.
pub(crate) async fn get_user_media(audio: Option<&str>, video: Option<&str>) -> Result<Vec<OwnTrack>, EngineError> {
    let constraints = MediaStreamConstraints::new();
    constraints.set_audio(&wish(audio));
    constraints.set_video(&wish(video));
    opened(devices()?.get_user_media_with_constraints(&constraints).map_err(engine_error)?).await
}

/// Asks the person for a screen, a window or a tab
/// ([`getDisplayMedia`](https://www.w3.org/TR/screen-capture/#dom-mediadevices-getdisplaymedia)).
pub(crate) async fn get_display_media() -> Result<OwnTrack, EngineError> {
    let devices = devices()?;
    if !has(&devices, "getDisplayMedia") {
        let message = "this browser cannot share its screen: use one on a computer";
        return Err(EngineError::new("NotSupportedError", message));
    }
    let constraints = DisplayMediaStreamConstraints::new();
    constraints.set_video(&JsValue::TRUE);
    let tracks = opened(devices.get_display_media_with_constraints(&constraints).map_err(engine_error)?).await?;
    let picture = tracks.into_iter().find(|track| kind_of(track) == MediaKind::Video);
    picture.ok_or_else(|| EngineError::new("NotFoundError", "the screen that was chosen has no picture"))
}

/// The tracks that the browser promises. They are taken over even when nobody wants them any more by then: so a future
/// that is dropped in the middle leaves no camera on.
async fn opened(promise: Promise) -> Result<Vec<OwnTrack>, EngineError> {
    let (sender, receiver) = oneshot::channel();
    spawn_local(async move {
        let stream = JsFuture::from(promise).await.map_err(engine_error);
        let tracks = stream.map(|stream| tracks(stream.unchecked_ref()).into_iter().map(OwnTrack::new).collect());
        // An error says that nobody wants them: it has them in it, and drops them.
        let _ = sender.send(tracks);
    });
    receiver.await.unwrap_or_else(|_| Err(EngineError::new("AbortError", "the page is being closed")))
}

/// A device that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Device {
    pub(crate) kind: MediaKind,
    pub(crate) id: String,
    pub(crate) label: String,
}

/// The cameras and microphones. Their names are empty until the person has allowed to use one
/// ([`enumerateDevices`](https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-enumeratedevices)).
pub(crate) async fn enumerate_devices() -> Result<Vec<Device>, EngineError> {
    let promise = devices()?.enumerate_devices().map_err(engine_error)?;
    let list: js_sys::Array = JsFuture::from(promise).await.map_err(engine_error)?.unchecked_into();
    let inputs = list.iter().filter_map(|info| {
        let info: MediaDeviceInfo = info.unchecked_into();
        let kind = match info.kind() {
            MediaDeviceKind::Audioinput => MediaKind::Audio,
            MediaDeviceKind::Videoinput => MediaKind::Video,
            _ => return None,
        };
        Some(Device { kind, id: info.device_id(), label: info.label() })
    });
    Ok(inputs.collect())
}

/// The devices of the browser. It hides them from pages that anybody on the way could have changed.
pub(crate) fn devices() -> Result<MediaDevices, EngineError> {
    let window = web_sys::window().ok_or_else(|| EngineError::new("NotSupportedError", "there is no window"))?;
    let devices = window.navigator().media_devices().map_err(engine_error)?;
    if JsValue::from(&devices).is_undefined() {
        let message = "a page may use camera and microphone only over https, or on localhost: open it there";
        return Err(EngineError::new("SecurityError", message));
    }
    Ok(devices)
}

/// The tracks of a stream.
pub(crate) fn tracks(stream: &MediaStream) -> Vec<MediaStreamTrack> {
    stream.get_tracks().iter().map(JsCast::unchecked_into).collect()
}

/// Audio or video?
pub(crate) fn kind_of(track: &MediaStreamTrack) -> MediaKind {
    if track.kind() == "video" { MediaKind::Video } else { MediaKind::Audio }
}

/// Whether the browser has this method.
pub(crate) fn has(object: &JsValue, method: &str) -> bool {
    js_sys::Reflect::get(object, &method.into()).is_ok_and(|found| found.is_function())
}

/// The constraint of one kind: none, any, or exactly this one. Not `ideal`: a person who chose a camera wants to hear
/// that it is not there, instead of being shown through another one.
fn wish(device: Option<&str>) -> JsValue {
    match device {
        None => JsValue::FALSE,
        Some("") => JsValue::TRUE,
        Some(id) => {
            let (constraint, exact) = (js_sys::Object::new(), js_sys::Object::new());
            // Setting a field of a new object cannot fail.
            let _ = js_sys::Reflect::set(&exact, &"exact".into(), &id.into());
            let _ = js_sys::Reflect::set(&constraint, &"deviceId".into(), &exact);
            constraint.into()
        }
    }
}
