//! The page's elements, and the language they speak.
//!
//! The page is plain HTML (`site/home.html`); the other modules fill it in and listen to it through this one. All text is
//! set as text, never as markup.

use std::cell::Cell;

use gloo_events::{EventListener, EventListenerOptions};
use js_sys::JsString;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, Event, EventTarget, HtmlElement, HtmlInputElement, HtmlSelectElement};

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

    pub(super) fn document(&self) -> &Document {
        &self.document
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
        // The server has written them there, in both languages.
        let tag = language.tag();
        self.each("[data-en]", |element| {
            element.set_text_content(element.get_attribute(&["data-", tag].concat()).as_deref());
        });
        self.each("[data-label-en]", |element| {
            set(element, "aria-label", &element.get_attribute(&["data-label-", tag].concat()).unwrap_or_default());
        });
    }

    /// Puts a text into an element, for as long as it is there: in whatever language is spoken.
    pub(super) fn set_spoken(&self, element: &Element, text: Text) {
        set(element, "data-en", text.en);
        set(element, "data-ko", text.ko);
        element.set_text_content(Some(self.say(text)));
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
        set_text(&self.element(id), text);
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

    /// The name of an API as code. In a narrow place it breaks between its words: `setLocal`, `Description`.
    pub(super) fn make_api(&self, tag: &str, name: &str) -> Element {
        let code = self.make(tag, "");
        let mut rest = name;
        let is_seam = |pair: &[u8]| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase();
        // Only a node that contains its parent would be refused.
        while let Some(seam) = rest.as_bytes().windows(2).position(is_seam) {
            let (word, after) = rest.split_at(seam + 1);
            let _ = code.append_with_str_1(word);
            append(&code, [&self.make("wbr", "")]);
            rest = after;
        }
        let _ = code.append_with_str_1(rest);
        code
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
    hear(element, event, Box::new(move |_| act()));
}

/// Calls `act` at each event of whatever has events, for as long as the page lives.
///
/// A box, because each type of closure would bring its own glue, which everybody would have to fetch.
pub(super) fn hear(target: &EventTarget, event: &'static str, act: Box<dyn Fn(&Event)>) {
    let options = EventListenerOptions::enable_prevent_default();
    let listener = EventListener::new_with_options(target, event, options, move |event: &Event| {
        if event.type_() == "submit" {
            event.prevent_default();
        }
        act(event);
    });
    // The target keeps its listener and is the only one who calls it: both go together.
    listener.forget();
}

/// Sets an attribute. One that is so already costs the browser no new look at its styles.
pub(super) fn set(element: &Element, attribute: &str, value: &str) {
    if element.get_attribute(attribute).as_deref() != Some(value) {
        // Only a name that is not one would be refused, and the names are literals of this program.
        let _ = element.set_attribute(attribute, value);
    }
}

/// Sets the text of an element. One that is so already is not laid out again.
pub(super) fn set_text(element: &Element, text: &str) {
    if element.text_content().as_deref() != Some(text) {
        element.set_text_content(Some(text));
    }
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
