//! Lines of chat: who, when, what.

use web_sys::Element;

use super::dom::{Dom, append};

/// Of this many lines the oldest is let go: more than anybody reads again, and nobody can fill the memory.
const TOO_MANY: &str = ":nth-last-child(1001)";

/// Shows a line.
pub(super) fn add(dom: &Dom, who: &str, text: &str) {
    let now = js_sys::Date::new_0();
    // The way of writing a time is that of the language of the page.
    let time = String::from(now.to_locale_time_string(dom.language().tag()));
    let (item, name, clock) = (dom.make("li", ""), dom.make("b", who), dom.make("time", &time));
    super::dom::set(&clock, "datetime", &String::from(now.to_iso_string()));
    append(&item, [&name, &clock, &dom.make("span", text)]);
    let log: Element = dom.element("chat-log");
    append(&log, [&item]);
    if let Ok(Some(oldest)) = log.query_selector(TOO_MANY) {
        oldest.remove();
    }
    // The newest line is seen, and the page itself stays where it is.
    log.set_scroll_top(log.scroll_height());
}

/// What was typed and not sent yet.
pub(super) fn take_typed(dom: &Dom) -> Option<String> {
    let input: web_sys::HtmlInputElement = dom.element("chat-text");
    let text = input.value().trim().to_owned();
    input.set_value("");
    (!text.is_empty()).then_some(text)
}
