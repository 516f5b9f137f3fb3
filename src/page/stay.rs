//! The stay in a room, over a reload: whoever loads the page again in a call is in the call again, without a click.
//!
//! It is kept for this tab alone, and until it is closed
//! ([`sessionStorage`](https://html.spec.whatwg.org/multipage/webstorage.html#the-sessionstorage-attribute)).

use serde::{Deserialize, Serialize};
use shared::{Sending, json};
use wasm_bindgen::JsCast;
use web_sys::Storage;

use crate::browser::js::field;
use crate::explain::problem::Source;

const KEY: &str = "study-zoom.stay";

/// What a person was doing. Who was muted is muted again.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Stay {
    pub(super) room: String,
    source: String,
    pub(super) sending: Sending,
}

impl Stay {
    pub(super) fn new(room: String, source: Source, sending: Sending) -> Self {
        Self { room, source: source.name().to_owned(), sending }
    }

    pub(super) fn source(&self) -> Source {
        Source::from_name(&self.source).unwrap_or_default()
    }

    pub(super) fn remember(&self) {
        if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(self)) {
            // A browser that keeps nothing asks for a click after a reload, as before.
            let _ = storage.set_item(KEY, &text);
        }
    }

    /// The person has left.
    pub(super) fn forget() {
        if let Some(storage) = storage() {
            let _ = storage.remove_item(KEY);
        }
    }

    /// The stay that this page was loaded in the middle of.
    pub(super) fn recall() -> Option<Self> {
        let text = storage()?.get_item(KEY).ok()??;
        is_reload().then(|| json::object_in(&text).ok()).flatten()
    }
}

fn storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}

/// Whether the page was loaded again, or restored by the browser, and not opened anew
/// ([`NavigationTimingType`](https://www.w3.org/TR/navigation-timing-2/#sec-performance-navigation-types)).
fn is_reload() -> bool {
    let performance = web_sys::window().and_then(|window| window.performance());
    let entries = performance.map(|performance| performance.get_entries_by_type("navigation"));
    let first = entries.map(|entries| entries.get(0)).filter(|entry| entry.is_object());
    first.is_some_and(|entry| field(entry.unchecked_ref(), "type").as_string().as_deref() == Some("reload"))
}
