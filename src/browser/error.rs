//! What a failed JavaScript call says.

use wasm_bindgen::{JsCast, JsValue};

use crate::call::EngineError;

/// Anything that JavaScript throws, as one error. A `DOMException` has a name that says what kind it is.
pub(crate) fn engine_error(thrown: impl Into<JsValue>) -> EngineError {
    let thrown = thrown.into();
    match thrown.dyn_ref::<js_sys::Error>() {
        Some(error) => EngineError::new(String::from(error.name()), String::from(error.message())),
        None => EngineError::new("Error", thrown.as_string().unwrap_or_else(|| "the browser says no more".to_owned())),
    }
}
