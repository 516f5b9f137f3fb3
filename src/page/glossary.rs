//! The terms of the glossary, where they stand in the panel: who points at one, focuses it or taps on it reads what it means.
//!
//! The sentences come from the server (`src/site/glossary.rs`), in the language that the page speaks. Without them the texts
//! stay as they are: they are complete without.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, Event, HtmlElement, ShowPopoverOptions};

use super::dom::{Dom, append, hear, set};
use crate::browser::js::{fetch_json, field};
use crate::explain::terms::{Part, parts};
use crate::text::Language;

/// The texts in which terms are marked, as long as they are new: the steps that are open, the notes on offer and answer and on
/// candidates.
const TEXTS: &str =
    ":is(#steps [open] .said>span,#offer small,#answer small,#candidates td:last-child):not([data-terms])";

pub(super) struct Glossary {
    dom: Dom,
    /// Where the sentence is shown. It stands above everything, and the browser closes it at Escape or at a click elsewhere
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
        // Texts are drawn again and again: the page listens, and not each term. A tap is a click, and no more.
        for name in ["pointerover", "focusin", "click"] {
            let listening = glossary.clone();
            hear(&dom.root(), name, Box::new(move |event| listening.look(event)));
        }
        glossary
    }

    /// Marks the terms in what is new on the page. Who opens nothing does not fetch them.
    pub(super) fn mark(self: &Rc<Self>) {
        if !self.is_there(TEXTS) {
            return;
        }
        let language = self.dom.language();
        if self.language.replace(Some(language)) == Some(language) {
            return self.mark_all();
        }
        self.words.take();
        self.sentences.take();
        let glossary = self.clone();
        spawn_local(async move {
            let entries = fetch_json(&["/glossary?lang=", language.tag()].concat()).await;
            // The person may have chosen the other language meanwhile.
            match entries {
                _ if glossary.language.get() != Some(language) => {}
                Ok(entries) => {
                    for entry in Array::from(&entries).iter() {
                        let text = |name| field(&entry, name).as_string().unwrap_or_default();
                        glossary.words.borrow_mut().push(text("word"));
                        glossary.sentences.borrow_mut().push(text("sentence"));
                    }
                    glossary.mark_all();
                }
                // The next drawing asks again.
                Err(_) => glossary.language.set(None),
            }
        });
    }

    fn mark_all(&self) {
        // Until its terms are known, a text is new.
        if !self.words.borrow().is_empty() {
            self.dom.each(TEXTS, |element| self.mark_in(element));
        }
    }

    /// Marks the terms in one text.
    fn mark_in(&self, element: &Element) {
        let text = element.text_content().unwrap_or_default();
        let list = element.closest("ol,tbody").ok().flatten();
        set(element, "data-terms", "");
        element.set_text_content(None);
        for part in parts(&text, &self.words.borrow()) {
            let (mut tag, text, number) = match part {
                Part::Text(text) => ("span", text, String::new()),
                Part::Term(text, number) => ("button", text, number.to_string()),
            };
            let same = ["[data-term='", &number, "']"].concat();
            // Once in each list: who goes through it with the keyboard has to pass each of them.
            if list.as_ref().is_none_or(|list| !matches!(list.query_selector(&same), Ok(None))) {
                tag = "span";
            }
            let child = self.dom.make(tag, text);
            if tag == "button" {
                for (name, value) in [("type", "button"), ("data-term", &*number), ("aria-describedby", "term")] {
                    set(&child, name, value);
                }
            }
            append(element, [&child]);
        }
    }

    fn is_there(&self, selector: &str) -> bool {
        let found = Cell::new(false);
        self.dom.each(selector, |_| found.set(true));
        found.get()
    }

    /// What the person points at, focuses or taps on. The sentence stays while they look at the term or at the sentence
    /// itself (<https://www.w3.org/TR/WCAG22/#content-on-hover-or-focus>).
    fn look(&self, event: &Event) {
        let Some(target) = event.target() else { return };
        // Within the root of a document, these events happen to elements. A term has no other one in it.
        let target: Element = target.unchecked_into();
        let number = target.get_attribute("data-term").and_then(|number| number.parse::<usize>().ok());
        match number.and_then(|number| self.sentences.borrow().get(number).cloned()) {
            Some(sentence) => {
                self.bubble.set_text_content(Some(&sentence));
                // The style sheet places it beside what it belongs to.
                let options = ShowPopoverOptions::new();
                options.set_source(target.unchecked_ref());
                // One that is shown, or is not, is no error here.
                let _ = self.bubble.hide_popover();
                let _ = self.bubble.show_popover_with_options(&options);
            }
            None if target.id() == "term" || self.is_there("[data-term]:focus") => {}
            None => drop(self.bubble.hide_popover()),
        }
    }
}
