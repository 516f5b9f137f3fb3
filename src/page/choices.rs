//! What a person has chosen, for the next visit: language, name, room, source, devices and switches.
//!
//! Each choice is one text under one key
//! ([`localStorage`](https://html.spec.whatwg.org/multipage/webstorage.html#the-localstorage-attribute)). A browser that keeps
//! nothing, or has no room left, forgets; everything else works as before.

use web_sys::Storage;

/// Other pages of the same server have keys of their own.
const PREFIX: &str = "study-zoom.";

/// What was kept under this name.
pub(super) fn recall(name: &str) -> Option<String> {
    storage()?.get_item(&[PREFIX, name].concat()).ok()?
}

/// Keeps a choice, in place of the one before.
pub(super) fn keep(name: &str, value: &str) {
    if let Some(storage) = storage() {
        // An error says that the browser keeps nothing: this visit is not disturbed by it.
        let _ = storage.set_item(&[PREFIX, name].concat(), value);
    }
}

/// A switch: on, off, or never touched.
pub(super) fn recall_switch(name: &str) -> Option<bool> {
    recall(name).map(|value| value == "on")
}

/// Keeps a switch.
pub(super) fn keep_switch(name: &str, on: bool) {
    keep(name, if on { "on" } else { "off" });
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}
