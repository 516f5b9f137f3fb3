//! The terms of the glossary, where they stand in the panel: who points at one, focuses it or taps on it reads what it means.
//!
//! The sentences come from the server (`src/site/glossary.rs`), in the language that the page speaks. Without them the texts
//! stay as they are: they are complete without.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_events::EventListener;
use js_sys::Array;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, Event, HtmlElement};

use super::dom::{Dom, append, set};
use crate::browser::js::{fetch_json, field};
use crate::explain::terms::{Part, parts};
use crate::text::Language;

/// The texts in which terms are marked: each step, the notes on offer and answer, and on candidates.
const TEXTS: &str =
    "#steps .text>span:not([data-terms]),.sdp small:not([data-terms]),#candidates td:last-child:not([data-terms])";

pub(super) struct Glossary {
    dom: Dom,
    /// Where the sentence is shown: above everything, and closed by Escape, as the browser does with each popover
    /// (<https://html.spec.whatwg.org/multipage/popover.html>).
    bubble: HtmlElement,
    /// The language in which the terms are there, or on their way.
    language: Cell<Option<Language>>,
    /// All names of all terms, and the sentence of each.
    words: RefCell<Vec<String>>,
    sentences: RefCell<Vec<String>>,
}

impl Glossary {
    pub(super) fn open(dom: &Dom) -> Rc<Self> {
        let bubble: HtmlElement = dom.make("div", "").unchecked_into();
        for (name, value) in [("id", "term"), ("role", "tooltip"), ("popover", "")] {
            set(&bubble, name, value);
        }
        append(&dom.root(), [&*bubble]);
        let glossary = Rc::new(Self {
            dom: dom.clone(),
            bubble,
            language: Cell::default(),
            words: RefCell::default(),
            sentences: RefCell::default(),
        });
        // Texts are drawn again and again: the page listens, and not each term.
        for name in ["pointerover", "focusin", "click"] {
            let listening = glossary.clone();
            EventListener::new(&dom.root(), name, move |event| listening.look(event)).forget();
        }
        glossary
    }

    /// Marks the terms in what is new on the page.
    pub(super) fn mark(self: &Rc<Self>) {
        let language = self.dom.language();
        if self.language.replace(Some(language)) == Some(language) {
            return self.mark_all();
        }
        self.words.take();
        self.sentences.take();
        let glossary = self.clone();
        spawn_local(async move {
            let entries = fetch_json(&["/glossary?lang=", language.tag()].concat()).await;
            if glossary.language.get() != Some(language) {
                return;
            }
            match entries {
                Ok(entries) => glossary.learn(&entries.unchecked_into()),
                // The next drawing asks again.
                Err(_) => glossary.language.set(None),
            }
        });
    }

    /// Takes the entries that the server has sent.
    fn learn(&self, entries: &Array) {
        for entry in entries.iter() {
            for word in Array::from(&field(&entry, "words")).iter() {
                self.words.borrow_mut().extend(word.as_string());
                self.sentences.borrow_mut().extend(field(&entry, "sentence").as_string());
            }
        }
        self.mark_all();
    }

    fn mark_all(&self) {
        let words = self.words.borrow();
        if words.is_empty() {
            return;
        }
        self.dom.each(TEXTS, |element| {
            let text = element.text_content().unwrap_or_default();
            set(element, "data-terms", "");
            element.set_text_content(None);
            let list = element.closest("ol,tbody").ok().flatten();
            for part in parts(&text, &words) {
                let (text, number) = match part {
                    Part::Text(text) => (text, None),
                    Part::Term(text, number) => (text, Some(number.to_string())),
                };
                // Once in each list: who goes through it with the keyboard has to pass each of them.
                let number = number.filter(|number| {
                    let there = ["[data-term='", number, "']"].concat();
                    list.as_ref().is_some_and(|list| matches!(list.query_selector(&there), Ok(None)))
                });
                let Some(number) = number else {
                    let _ = element.append_with_str_1(text);
                    continue;
                };
                let button = self.dom.make("button", text);
                let attributes = [("type", "button"), ("data-term", &*number), ("aria-describedby", "term")];
                for (name, value) in attributes {
                    set(&button, name, value);
                }
                append(element, [&button]);
            }
        });
    }

    /// What the person points at, focuses or taps on. The sentence stays while they look at the term or at the sentence
    /// itself (<https://www.w3.org/TR/WCAG22/#content-on-hover-or-focus>).
    fn look(&self, event: &Event) {
        let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
        let within = |selector| target.closest(selector).ok().flatten();
        if let Some(term) = within("[data-term]") {
            self.show(&term);
        } else if within("#term").is_none() && matches!(self.dom.root().query_selector("[data-term]:focus"), Ok(None)) {
            let _ = self.bubble.hide_popover();
        }
    }

    /// Shows the sentence of a term below it, or above it where there is no place below.
    fn show(&self, term: &Element) {
        let number = term.get_attribute("data-term").and_then(|number| number.parse::<usize>().ok());
        let sentences = self.sentences.borrow();
        let Some(sentence) = number.and_then(|number| sentences.get(number)) else { return };
        self.bubble.set_text_content(Some(sentence));
        // One that is shown already stays.
        let _ = self.bubble.show_popover();
        let (place, style) = (term.get_bounding_client_rect(), self.bubble.style());
        let height = f64::from(self.bubble.offset_height());
        let below = place.bottom() + height < f64::from(self.dom.root().client_height());
        let top = if below { place.bottom() } else { place.top() - height };
        for (name, value) in [("--left", place.left()), ("--top", top)] {
            let _ = style.set_property(name, &[&*(value as i32).to_string(), "px"].concat());
        }
    }
}
