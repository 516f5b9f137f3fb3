//! The bundle of `/record`, the page of a saved call.
//!
//! The page is a part of the library, as the page of the call is. A library begins in one place, so this one begins here:
//! `cargo xtask bundle` compiles it with the feature `record-page`, which takes the other beginning away.

use wasm_bindgen::prelude::*;

/// Runs when the bundle has been loaded.
#[cfg_attr(feature = "record-page", wasm_bindgen(start))]
pub fn start() -> Result<(), JsValue> {
    study_zoom::page::start_record_page()
}
