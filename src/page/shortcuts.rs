//! One key for each button of the call. Nothing happens while a person types, and a switch turns all of them off
//! ([WCAG 2.1.4](https://www.w3.org/WAI/WCAG22/Understanding/character-key-shortcuts)).

use std::rc::Rc;

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlElement, HtmlInputElement};

use super::dom::hear;
use super::{Page, choices};
use crate::browser::js::{call, field};

/// A key, and the button that it presses.
const KEYS: [(&str, &str); 7] = [
    ("m", "mute"),
    ("v", "camera"),
    ("s", "share"),
    ("f", "full-screen"),
    ("c", "open-chat"),
    ("n", "next"),
    (" ", "next"),
];

impl Page {
    pub(super) fn open_shortcuts(self: &Rc<Self>) {
        let keys = self.dom.element::<HtmlInputElement>("keys");
        keys.set_checked(choices::recall_switch("keys").unwrap_or(true));
        self.on("keys", "change", |page| choices::keep_switch("keys", page.dom.is_checked("keys")));
        self.on("open-shortcuts", "click", |page| page.show_shortcuts());
        let page = self.clone();
        hear(self.dom.document(), "keydown", Box::new(move |event| page.on_key(event)));
    }

    fn show_shortcuts(&self) {
        call(&self.dom.element::<Element>("more"), "hidePopover", &[]);
        call(&self.dom.element::<Element>("shortcuts"), "showModal", &[]);
    }

    fn on_key(&self, event: &Event) {
        let is = |name: &str| field(event, name).is_truthy();
        let dialog: JsValue = self.dom.element::<Element>("shortcuts").into();
        let is_busy =
            is("ctrlKey") || is("altKey") || is("metaKey") || is("repeat") || field(&dialog, "open").is_truthy();
        if is_busy || self.controls.borrow().is_none() || !self.dom.is_checked("keys") {
            return;
        }
        let Some(key) = key_of(event) else { return };
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let on = target.map(|target| target.tag_name()).unwrap_or_default();
        let types = matches!(&*on, "INPUT" | "SELECT" | "TEXTAREA");
        // On these the space bar has a meaning already.
        let is_taken = key == " " && matches!(&*on, "BUTTON" | "SUMMARY" | "A");
        if types || is_taken {
            return;
        }
        if key == "?" {
            self.show_shortcuts();
        } else if let Some((_, id)) = KEYS.iter().find(|(name, _)| *name == key) {
            let button: HtmlElement = self.dom.element(id);
            if !button.hidden() {
                // The space bar would scroll as well.
                event.prevent_default();
                button.click();
            }
        }
    }
}

/// The letter on the key, also while the keyboard writes another script: then the place of the key counts.
fn key_of(event: &Event) -> Option<String> {
    let key = field(event, "key").as_string()?;
    if key.is_ascii() {
        return Some(key.to_ascii_lowercase());
    }
    Some(field(event, "code").as_string()?.strip_prefix("Key")?.to_ascii_lowercase())
}
