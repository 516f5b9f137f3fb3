//! The bundle as a part of this program: for a binary made by `cargo xtask dist`, which names the folder.

use super::{JAVASCRIPT, WASM};

/// The file of this name.
pub(super) fn file(name: &str) -> Option<&'static [u8]> {
    match name {
        JAVASCRIPT => Some(include_bytes!(concat!(env!("STUDY_ZOOM_PAGE"), "/study_zoom.js"))),
        WASM => Some(include_bytes!(concat!(env!("STUDY_ZOOM_PAGE"), "/study_zoom_bg.wasm"))),
        _ => None,
    }
}
