//! The code of each step: fetched from the server when the first step is opened, and kept.

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;

use super::Panel;
use crate::browser::js::{fetch_json, field};
use crate::page::dom::{Dom, append, fill, set};
use crate::text::Text;
use crate::text::page as texts;

/// What the server calls its excerpts, and what they are called here.
const LABELS: [(&str, Text); 5] = [
    ("CODE_FLOW", texts::CODE_FLOW),
    ("CODE_BROWSER", texts::CODE_BROWSER),
    ("CODE_NATIVE", texts::CODE_NATIVE),
    ("CODE_SIGNALING", texts::CODE_SIGNALING),
    ("CODE_SMALLEST", texts::CODE_SMALLEST),
];

impl Panel {
    /// Puts the code into all steps, unless it is there or on its way. When it cannot be fetched, the steps say so, and the
    /// next one that is opened tries again.
    pub(super) fn show_code(self: &Rc<Self>) {
        if self.code_asked.replace(true) {
            return;
        }
        let panel = self.clone();
        spawn_local(async move {
            // For each step its excerpts.
            let fetched = fetch_json("/source").await.and_then(JsCast::dyn_into::<Array>);
            panel.code_asked.set(fetched.is_ok());
            panel.dom.each("#steps li", |item| {
                let number = item.get_attribute("data-step").and_then(|number| number.parse().ok());
                let (Some(number), Ok(Some(place))) = (number, item.query_selector("div")) else { return };
                let shown: Vec<_> = match &fetched {
                    Ok(steps) => Array::from(&steps.get(number)).iter().map(|code| figure(&panel.dom, &code)).collect(),
                    Err(_) => vec![said(&panel.dom, "p", texts::CODE_FAILED)],
                };
                fill(&place, &shown);
            });
        });
    }
}

/// One excerpt with its place.
fn figure(dom: &Dom, excerpt: &JsValue) -> Element {
    let text = |name| field(excerpt, name).as_string().unwrap_or_default();
    let line = field(excerpt, "line").as_f64().unwrap_or_default() as u32;
    let (figure, caption, code) = (dom.make("figure", ""), dom.make("figcaption", ""), dom.make("pre", &text("text")));
    let place = dom.make("code", &[&text("file"), ":", &line.to_string()].concat());
    let label = LABELS.iter().find(|(name, _)| *name == text("label")).map_or(texts::CODE_FLOW, |(_, label)| *label);
    append(&caption, [&said(dom, "span", label), &place]);
    // Whoever has no mouse scrolls it with the arrow keys.
    set(&code, "tabindex", "0");
    append(&figure, [&caption, &code]);
    figure
}

/// An element with a text of the page, in whatever language is spoken.
fn said(dom: &Dom, tag: &str, text: Text) -> Element {
    let element = dom.make(tag, "");
    dom.set_spoken(&element, text);
    element
}
