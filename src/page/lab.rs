//! The laboratory: the failure that the address of the page asks for (`/?lab=NAME`).
//!
//! What there is to read about it stands in the page already: the server has put it there (`site/lab.rs`). A failure of the
//! flow goes into [`CallOptions::fault`](crate::call::CallOptions::fault). Two others are made at the boundary to the browser:
//! its own `navigator.mediaDevices` is changed, so that everything above it meets the failure as it is.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::UrlSearchParams;

use crate::browser::js::field;
use crate::call::Fault;

/// Switches on what the address asks for. To be done before anybody looks for devices.
pub(super) fn switch_on() -> Option<Fault> {
    let window = web_sys::window()?;
    let query = UrlSearchParams::new_with_str(&window.location().search().ok()?).ok()?;
    let (name, navigator) = (query.get("lab")?, JsValue::from(window.navigator()));
    match &*name {
        "no-secure-context" => hide_devices(&navigator),
        "camera-busy" => occupy_camera(field(&navigator, "mediaDevices")),
        name => return Fault::from_name(name),
    }
    None
}

/// As on a page over plain http from another machine: `navigator.mediaDevices` is `undefined`
/// ([secure contexts](https://www.w3.org/TR/mediacapture-streams/#dom-navigator-mediadevices)).
fn hide_devices(navigator: &JsValue) {
    // A property of its own hides the one that it inherits. Without a value it is undefined.
    let _ = Reflect::define_property::<JsValue>(navigator.unchecked_ref(), &"mediaDevices".into(), &Object::new());
}

/// As on a system where another program has the camera: `getUserMedia` fails with `NotReadableError` whenever a picture is
/// wanted ([step 10 of its algorithm](https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia)).
fn occupy_camera(devices: JsValue) {
    let (real, owner) = (field(&devices, "getUserMedia"), devices.clone());
    let occupied = Closure::<dyn Fn(JsValue) -> Promise>::new(move |wanted: JsValue| {
        let opened = match real.dyn_ref::<Function>() {
            Some(real) if !field(&wanted, "video").is_truthy() => real.call1(&owner, &wanted),
            _ => Err(not_readable().unwrap_or(JsValue::NULL)),
        };
        opened.map_or_else(|error| Promise::reject(&error), JsCast::unchecked_into)
    });
    let _ = Reflect::set(&devices, &"getUserMedia".into(), &occupied.into_js_value());
}

/// The browser's own error, in its own words.
fn not_readable() -> Result<JsValue, JsValue> {
    let exception: Function = field(&js_sys::global(), "DOMException").dyn_into()?;
    Reflect::construct(&exception, &Array::of2(&"Could not start video source".into(), &"NotReadableError".into()))
}
