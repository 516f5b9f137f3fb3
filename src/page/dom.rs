//! The page's elements, and the language they speak.
//!
//! The page is plain HTML (`site/home.html`); the other modules fill it in and listen to it through this one. All text is
//! set as text, never as markup.

use std::cell::Cell;

use gloo_events::{EventListener, EventListenerOptions};
use js_sys::JsString;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, Event, HtmlElement, HtmlInputElement, HtmlSelectElement};

use crate::text::page::by_name;
use crate::text::{Language, Text};

/// The document.
#[derive(Clone)]
pub(super) struct Dom {
    document: Document,
    language: std::rc::Rc<Cell<Language>>,
}

impl Dom {
    pub(super) fn new(document: Document, language: Language) -> Self {
        Self { document, language: std::rc::Rc::new(Cell::new(language)) }
    }

    /// The element with this id. The ids are those of `home.html`.
    ///
    /// # Panics
    /// When there is none: the page and this program are made for each other, and a test looks for every id.
    pub(super) fn element<T: JsCast>(&self, id: &str) -> T {
        let element = self.document.get_element_by_id(id).expect("home.html has all ids");
        element.dyn_into().unwrap_or_else(|_| panic!("home.html has another kind of element as #{id}"))
    }

    pub(super) fn root(&self) -> HtmlElement {
        self.document.document_element().map(JsCast::unchecked_into).expect("a document has a root")
    }

    pub(super) fn language(&self) -> Language {
        self.language.get()
    }

    /// Speaks another language from now on: all texts that stand in `home.html`, at once.
    pub(super) fn speak(&self, language: Language) {
        self.language.set(language);
        self.root().set_lang(language.tag());
        self.each("[data-text]", |element| {
            if let Some(text) = element.get_attribute("data-text").and_then(|name| by_name(&name)) {
                element.set_text_content(Some(text.in_language(language)));
            }
        });
        self.each("[data-label]", |element| {
            if let Some(text) = element.get_attribute("data-label").and_then(|name| by_name(&name)) {
                set(element, "aria-label", text.in_language(language));
            }
        });
    }

    pub(super) fn say(&self, text: Text) -> &'static str {
        text.in_language(self.language())
    }

    pub(super) fn each(&self, selector: &str, act: impl Fn(&Element)) {
        let Ok(found) = self.document.query_selector_all(selector) else { return };
        for index in 0..found.length() {
            if let Some(element) = found.get(index) {
                act(element.unchecked_ref());
            }
        }
    }

    pub(super) fn set_text(&self, id: &str, text: &str) {
        self.element::<Element>(id).set_text_content(Some(text));
    }

    pub(super) fn show(&self, id: &str, shown: bool) {
        self.element::<HtmlElement>(id).set_hidden(!shown);
    }

    pub(super) fn set(&self, id: &str, attribute: &str, value: &str) {
        set(&self.element(id), attribute, value);
    }

    /// A button that stays pressed.
    pub(super) fn set_pressed(&self, id: &str, pressed: bool) {
        self.set(id, "aria-pressed", if pressed { "true" } else { "false" });
    }

    pub(super) fn is_pressed(&self, id: &str) -> bool {
        self.element::<Element>(id).get_attribute("aria-pressed").as_deref() == Some("true")
    }

    /// In Unicode's NFC: by some keyboards 한 comes in pieces.
    pub(super) fn input(&self, id: &str) -> String {
        JsString::from(self.element::<HtmlInputElement>(id).value()).normalize("NFC").into()
    }

    pub(super) fn is_checked(&self, id: &str) -> bool {
        self.element::<HtmlInputElement>(id).checked()
    }

    pub(super) fn choice(&self, id: &str) -> String {
        self.element::<HtmlSelectElement>(id).value()
    }

    /// A new element with a text.
    pub(super) fn make(&self, tag: &str, text: &str) -> Element {
        let element = self.document.create_element(tag).expect("the tags are literals of this program");
        element.set_text_content(Some(text));
        element
    }

    /// A new element of a drawing.
    pub(super) fn make_svg(&self, tag: &str) -> Element {
        let made = self.document.create_element_ns(Some("http://www.w3.org/2000/svg"), tag);
        made.expect("the tags are literals of this program")
    }

    /// Calls `act` at each event of an element, for as long as the page lives. What the browser would do by itself (send
    /// a form, say) it does not do.
    pub(super) fn on(&self, id: &str, event: &'static str, act: impl Fn() + 'static) {
        on(&self.element(id), event, act);
    }
}

/// [`Dom::on`] for an element without an id.
pub(super) fn on(element: &Element, event: &'static str, act: impl Fn() + 'static) {
    let prevent = matches!(event, "submit");
    let options = if prevent { EventListenerOptions::enable_prevent_default() } else { Default::default() };
    let listener = EventListener::new_with_options(element, event, options, move |event: &Event| {
        if prevent {
            event.prevent_default();
        }
        act();
    });
    // The element keeps its listener and is the only one who calls it: both go together.
    listener.forget();
}

/// Sets an attribute.
pub(super) fn set(element: &Element, attribute: &str, value: &str) {
    // Only a name that is not one would be refused, and the names are literals of this program.
    let _ = element.set_attribute(attribute, value);
}

/// Puts elements into another one, in place of what was there.
pub(super) fn fill<'a>(parent: &Element, children: impl IntoIterator<Item = &'a Element>) {
    parent.set_text_content(None);
    append(parent, children);
}

/// Puts elements into another one, behind what is there.
pub(super) fn append<'a>(parent: &Element, children: impl IntoIterator<Item = &'a Element>) {
    for child in children {
        // Only an element that contains its parent would be refused.
        let _ = parent.append_child(child);
    }
}
