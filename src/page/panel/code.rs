//! The code of each step: fetched from the server when the first step is opened, and kept.

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;

use super::Panel;
use crate::browser::js::{fetch_json, field};
use crate::page::dom::{Dom, append, fill, set};
use crate::text::page::by_name;

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
                    Err(_) => vec![said(&panel.dom, "p", "CODE_FAILED")],
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
    append(&caption, [&said(dom, "span", &text("label")), &place]);
    // Whoever has no mouse scrolls it with the arrow keys.
    set(&code, "tabindex", "0");
    append(&figure, [&caption, &code]);
    figure
}

/// An element with a text of the page, in whatever language is spoken.
fn said(dom: &Dom, tag: &str, name: &str) -> Element {
    let element = dom.make(tag, by_name(name).map_or("", |text| dom.say(text)));
    set(&element, "data-text", name);
    element
}
