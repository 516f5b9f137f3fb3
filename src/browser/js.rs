//! Small things that JavaScript knows.

use wasm_bindgen::JsValue;

/// Milliseconds since the page was opened; they never go back
/// ([`performance.now`](https://www.w3.org/TR/hr-time/#dom-performance-now)).
pub(crate) fn now() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |clock| clock.now())
}

/// A number with this many digits behind the point. The browser knows how; Rust's own way would have to be fetched.
pub(crate) fn rounded(value: f64, digits: u8) -> String {
    js_sys::Number::from(value).to_fixed(digits).map_or_else(|_| String::new(), String::from)
}

/// What JavaScript knows under this name in this object.
pub(crate) fn field(object: &JsValue, name: &str) -> JsValue {
    js_sys::Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}
