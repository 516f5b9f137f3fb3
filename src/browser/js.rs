//! Small things that JavaScript knows.

use js_sys::{Array, Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
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

/// Calls a method of an object. `None`: this browser has no such method, or the method threw an exception.
pub(crate) fn call(object: &JsValue, method: &str, arguments: &[&JsValue]) -> Option<JsValue> {
    let arguments: Array = arguments.iter().copied().collect();
    field(object, method).dyn_into::<Function>().ok()?.apply(object, &arguments).ok()
}

/// [`call`] for a method that answers with a promise. Afterwards `then` hears whether the promise was kept.
pub(crate) fn ask(object: &JsValue, method: &str, arguments: &[&JsValue], then: Box<dyn FnOnce(bool)>) {
    let answer = call(object, method, arguments);
    spawn_local(async move {
        let kept = match answer.map(JsCast::dyn_into::<Promise>) {
            Some(Ok(promise)) => JsFuture::from(promise).await.is_ok(),
            // An older browser does it at once.
            Some(Err(_)) => true,
            None => false,
        };
        then(kept);
    });
}
