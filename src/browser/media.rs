//! Step 0: the camera and the microphone.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MediaStream, MediaStreamConstraints, MediaStreamTrack};

use super::error::engine_error;
use crate::call::EngineError;

/// Asks the person for camera and microphone
/// ([`getUserMedia`](https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia)).
pub(super) async fn get_user_media() -> Result<MediaStream, EngineError> {
    let window = web_sys::window().ok_or_else(|| EngineError::new("NotSupportedError", "there is no window"))?;
    let devices = window.navigator().media_devices().map_err(engine_error)?;
    if JsValue::from(&devices).is_undefined() {
        // Browsers hide devices from pages that anybody on the way could have changed.
        let message = "a page may use camera and microphone only over https, or on localhost: open it there";
        return Err(EngineError::new("SecurityError", message));
    }
    let constraints = MediaStreamConstraints::new();
    constraints.set_audio(&JsValue::TRUE);
    constraints.set_video(&JsValue::TRUE);
    let promise = devices.get_user_media_with_constraints(&constraints).map_err(engine_error)?;
    let stream = JsFuture::from(promise).await.map_err(engine_error)?;
    Ok(stream.unchecked_into())
}

/// The tracks of a stream.
pub(super) fn tracks(stream: &MediaStream) -> Vec<MediaStreamTrack> {
    stream.get_tracks().iter().map(JsCast::unchecked_into).collect()
}

/// What a stream consists of, in a line.
pub(super) fn describe(stream: &MediaStream) -> String {
    let tracks: Vec<_> = tracks(stream).iter().map(|track| format!("{}: {}", track.kind(), track.label())).collect();
    tracks.join("; ")
}
