//! Small things that JavaScript knows.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

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

/// What our server answers at this path, from JSON.
pub(crate) async fn fetch_json(path: &str) -> Result<JsValue, JsValue> {
    let window = web_sys::window().ok_or(JsValue::UNDEFINED)?;
    let response: Response = JsFuture::from(window.fetch_with_str(path)).await?.unchecked_into();
    JsFuture::from(response.json()?).await
}
