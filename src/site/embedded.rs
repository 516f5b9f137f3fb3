//! The bundle as a part of this program: for a binary made by `cargo xtask dist`, which names the folder.

use super::{JAVASCRIPT, LICENSES, RECORD_JAVASCRIPT, RECORD_WASM, SMALLEST_JAVASCRIPT, SMALLEST_WASM, WASM};

/// The file of this name.
pub(super) fn file(name: &str) -> Option<&'static [u8]> {
    match name {
        JAVASCRIPT => Some(include_bytes!(concat!(env!("STUDY_ZOOM_PAGE"), "/study_zoom.js"))),
        WASM => Some(include_bytes!(concat!(env!("STUDY_ZOOM_PAGE"), "/study_zoom_bg.wasm"))),
        RECORD_JAVASCRIPT => Some(include_bytes!(concat!(env!("STUDY_ZOOM_PAGE"), "/record_page.js"))),
        RECORD_WASM => Some(include_bytes!(concat!(env!("STUDY_ZOOM_PAGE"), "/record_page_bg.wasm"))),
        SMALLEST_JAVASCRIPT => Some(include_bytes!(concat!(env!("STUDY_ZOOM_PAGE"), "/smallest_page.js"))),
        SMALLEST_WASM => Some(include_bytes!(concat!(env!("STUDY_ZOOM_PAGE"), "/smallest_page_bg.wasm"))),
        LICENSES => Some(include_bytes!(concat!(env!("STUDY_ZOOM_PAGE"), "/licenses.txt"))),
        _ => None,
    }
}
