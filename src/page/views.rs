//! The parts of the call that share a place: the call itself, its steps, and the chat.
//!
//! On a phone the three lie beside each other, and a finger pushes them. On a desk the call is always there, and the other two
//! share the place beside it. A part that is not seen gets a mark when something happens in it.

use web_sys::{Element, HtmlElement};

use super::dom::{Dom, hear};
use crate::browser::js::call;

/// A part of the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    Call,
    Steps,
    Chat,
}

impl View {
    /// All, as they lie beside each other.
    const ALL: [Self; 3] = [Self::Call, Self::Steps, Self::Chat];

    /// The name in the page, the button, and the element that is shown.
    fn names(self) -> [&'static str; 3] {
        match self {
            Self::Call => ["call", "view-call", "conversation"],
            Self::Steps => ["steps", "view-steps", "panel"],
            Self::Chat => ["chat", "view-chat", "talk"],
        }
    }
}

/// Connects the buttons of the parts, and listens to the finger that pushes them.
pub(super) fn open(dom: &Dom) {
    for view in View::ALL {
        let page = dom.clone();
        dom.on(view.names()[1], "click", move || show(&page, view));
    }
    let page = dom.clone();
    dom.on("open-chat", "click", move || toggle_chat(&page));
    let page = dom.clone();
    dom.on("swipe", "scroll", move || {
        let swipe: Element = page.element("swipe");
        let width = swipe.client_width();
        if width > 0 {
            let nearest = (swipe.scroll_left() + width / 2) / width;
            note(&page, View::ALL[(nearest.max(0) as usize).min(2)]);
        }
    });
    let page = dom.clone();
    hear(dom.document(), "fullscreenchange", Box::new(move |_| note(&page, current(&page))));
}

/// To the chat and into its field, or back to what was there before.
fn toggle_chat(dom: &Dom) {
    if is_seen(dom, View::Chat) {
        return show(dom, usual(dom));
    }
    if dom.document().fullscreen_element().is_some() {
        call(dom.document(), "exitFullscreen", &[]);
    }
    show(dom, View::Chat);
    // An error says that it cannot have the focus, and the chat is seen all the same.
    let _ = dom.element::<HtmlElement>("chat-text").focus();
}

/// What a call begins with.
pub(super) fn begin(dom: &Dom) {
    for view in View::ALL {
        mark(dom, view, false);
    }
    show(dom, usual(dom));
}

/// Something has happened there. Whoever does not see it gets a mark.
pub(super) fn news(dom: &Dom, view: View) {
    if !is_seen(dom, view) {
        mark(dom, view, true);
    }
}

fn usual(dom: &Dom) -> View {
    if is_wide(dom) { View::Steps } else { View::Call }
}

fn show(dom: &Dom, view: View) {
    note(dom, view);
    if !is_wide(dom) {
        let place: HtmlElement = dom.element(view.names()[2]);
        dom.element::<Element>("swipe").set_scroll_left(place.offset_left());
    }
}

/// This one is shown from now on.
fn note(dom: &Dom, view: View) {
    dom.set("call", "data-view", view.names()[0]);
    for other in View::ALL {
        dom.set_pressed(other.names()[1], other == view);
        if is_seen(dom, other) {
            mark(dom, other, false);
        }
    }
}

fn mark(dom: &Dom, view: View, new: bool) {
    dom.set("call", &["data-new-", view.names()[0]].concat(), if new { "true" } else { "false" });
}

fn current(dom: &Dom) -> View {
    let name = dom.element::<Element>("call").get_attribute("data-view");
    View::ALL.into_iter().find(|view| name.as_deref() == Some(view.names()[0])).unwrap_or(View::Call)
}

fn is_seen(dom: &Dom, view: View) -> bool {
    let current = current(dom);
    // In full screen there is the call and nothing else.
    dom.document().fullscreen_element().is_none()
        && (view == current || view == View::Steps && is_wide(dom) && current != View::Chat)
}

/// On a wide screen nothing is pushed: there the parts are beside each other without it.
fn is_wide(dom: &Dom) -> bool {
    dom.element::<Element>("swipe").client_width() == 0
}
