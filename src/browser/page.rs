//! Buttons, pictures and lists.
//!
//! The page is plain HTML (`views/home.html`); this module fills it in and listens to it. All text that comes from
//! elsewhere is set as text, never as markup.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures::StreamExt;
use gloo_events::{EventListener, EventListenerOptions};
use shared::{RoomName, STEPS, Step};
use socketio_src::client::web::Browser;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Document, Element, HtmlElement, HtmlInputElement};

use super::engine::BrowserEngine;
use crate::call::{Artefact, Call, CallError, CallEvent, CallOptions, Controls, EndReason, MediaKind};
use crate::signaling::SocketIoSignaling;

/// Runs when the bundle has been loaded.
#[wasm_bindgen(start)]
pub fn start_page() -> Result<(), JsValue> {
    let document = web_sys::window().and_then(|window| window.document()).ok_or("there is no document")?;
    let page = Rc::new(Page { document, busy: Cell::default(), controls: RefCell::default() });
    page.list_steps()?;
    page.listen()?;
    page.root().dataset().set("ready", "true")?;
    Ok(())
}

/// The page and the call that it shows.
struct Page {
    document: Document,
    /// A call is under way, or about to be.
    busy: Cell<bool>,
    /// The call under way.
    controls: RefCell<Option<Controls>>,
}

impl Page {
    /// The element with this id. The ids are those of `home.html`.
    fn element<T: JsCast>(&self, id: &str) -> Result<T, JsValue> {
        let element = self.document.get_element_by_id(id).ok_or_else(|| format!("home.html has no #{id}"))?;
        element.dyn_into().map_err(|_| format!("#{id} is another kind of element").into())
    }

    fn root(&self) -> HtmlElement {
        self.document.document_element().map(JsCast::unchecked_into).expect("a document has a root")
    }

    fn set_text(&self, id: &str, text: &str) {
        if let Ok(element) = self.element::<Element>(id) {
            element.set_text_content(Some(text));
        }
    }

    /// One of the two is seen: the lobby, or the call.
    fn show_call(&self, in_call: bool) {
        for (id, shown) in [("lobby", !in_call), ("call", in_call)] {
            if let Ok(element) = self.element::<HtmlElement>(id) {
                element.set_hidden(!shown);
            }
        }
    }

    fn list_steps(&self) -> Result<(), JsValue> {
        let list: Element = self.element("steps")?;
        for step in &STEPS {
            let item = self.document.create_element("li")?;
            item.set_attribute("data-step", &step.number.to_string())?;
            item.set_attribute("data-state", "waiting")?;
            item.set_attribute("value", &step.number.to_string())?;
            let (who, call) = (self.document.create_element("b")?, self.document.create_element("code")?);
            who.set_text_content(Some(&step.who.to_string()));
            call.set_text_content(Some(step.call));
            let text = self.document.create_text_node(&format!(" {} ", step.en));
            item.append_with_node_3(&who, &text, &call)?;
            list.append_child(&item)?;
        }
        Ok(())
    }

    fn set_step(&self, step: &Step, state: &str) {
        let selector = format!("#steps [data-step=\"{}\"]", step.number);
        if let Ok(Some(item)) = self.document.query_selector(&selector) {
            // An attribute of this name and value can be set on any element.
            let _ = item.set_attribute("data-state", state);
        }
    }

    fn reset_steps(&self) {
        STEPS.iter().for_each(|step| self.set_step(step, "waiting"));
    }

    /// Connects the buttons. They live as long as the page does.
    fn listen(self: &Rc<Self>) -> Result<(), JsValue> {
        let page = self.clone();
        self.on("lobby-form", "submit", move |page| page.join(), page)?;
        self.on("chat-form", "submit", |page| page.send_chat(), self.clone())?;
        self.on("hang-up", "click", |page| page.with_controls(Controls::hang_up), self.clone())?;
        self.on("mute", "click", |page| page.toggle("mute", MediaKind::Audio), self.clone())?;
        self.on("camera", "click", |page| page.toggle("camera", MediaKind::Video), self.clone())
    }

    fn on(
        &self,
        id: &str,
        event: &'static str,
        act: impl Fn(&Rc<Page>) + 'static,
        page: Rc<Page>,
    ) -> Result<(), JsValue> {
        let element: Element = self.element(id)?;
        let options = EventListenerOptions::enable_prevent_default();
        let listener = EventListener::new_with_options(&element, event, options, move |event| {
            // A form is not sent anywhere.
            event.prevent_default();
            act(&page);
        });
        // The page's own buttons are there until the page is gone: there is nobody who could drop this earlier.
        listener.forget();
        Ok(())
    }

    fn with_controls(&self, tell: impl Fn(&Controls)) {
        if let Some(controls) = &*self.controls.borrow() {
            tell(controls);
        }
    }

    /// Shows whether our tracks of this kind are off.
    fn set_pressed(&self, kind: MediaKind, off: bool) {
        let id = if kind == MediaKind::Audio { "mute" } else { "camera" };
        if let Ok(button) = self.element::<Element>(id) {
            // An attribute of this name and value can be set on any element.
            let _ = button.set_attribute("aria-pressed", if off { "true" } else { "false" });
        }
    }

    fn toggle(&self, id: &str, kind: MediaKind) {
        let Ok(button) = self.element::<Element>(id) else { return };
        let now_off = button.get_attribute("aria-pressed").as_deref() != Some("true");
        self.with_controls(|controls| controls.set_track_enabled(kind, !now_off));
    }

    fn send_chat(&self) {
        let Ok(input) = self.element::<HtmlInputElement>("chat-text") else { return };
        let text = input.value();
        if !text.trim().is_empty() {
            self.with_controls(|controls| controls.chat(text.trim()));
            input.set_value("");
        }
    }

    fn join(self: &Rc<Self>) {
        // Whoever clicks twice joins once.
        if self.busy.replace(true) {
            return;
        }
        let page = self.clone();
        spawn_local(async move {
            page.set_text("error", "");
            let result = page.call().await;
            page.controls.borrow_mut().take();
            page.busy.set(false);
            page.show_call(false);
            if let Err(error) = result {
                page.set_text("error", &error);
            }
        });
    }

    /// One stay in a room, from joining to hanging up.
    async fn call(&self) -> Result<(), String> {
        let name = self.element::<HtmlInputElement>("room").map_err(|error| format!("{error:?}"))?.value();
        let room = RoomName::new(&name).map_err(|error| error.to_string())?;
        let origin =
            web_sys::window().and_then(|window| window.location().origin().ok()).ok_or("the page has no address")?;
        let (signaling, driver) = SocketIoSignaling::new(Browser, &origin);
        spawn_local(driver.run());
        let signaling =
            signaling.connected().await.map_err(|error| format!("{error}; is the server still running?"))?;

        let video = |id: &str| self.element(id).map_err(|error: JsValue| format!("{error:?}"));
        let engine = BrowserEngine::new(video("local")?, video("remote")?);
        let (call, controls, mut events) = Call::new(engine, signaling, CallOptions::new(room));
        *self.controls.borrow_mut() = Some(controls);
        self.reset_steps();
        // A new call begins with a new stream, whose tracks are on.
        self.set_pressed(MediaKind::Audio, false);
        self.set_pressed(MediaKind::Video, false);
        self.show_call(true);
        let running = async {
            let result: Result<(), CallError> = call.run().await;
            result.map_err(|error| error.to_string())
        };
        let watching = async {
            while let Some(event) = events.next().await {
                self.show(&event);
            }
        };
        // The events end with the call.
        futures::join!(running, watching).0
    }

    fn show(&self, event: &CallEvent) {
        match event {
            CallEvent::InRoom(role) => {
                self.set_text("role", &role.to_string());
                self.set_text("status", "waiting for the other side");
            }
            CallEvent::StepStarted(step) => self.set_step(step, "started"),
            CallEvent::StepDone(step, artefact) => {
                self.set_step(step, "done");
                if let Artefact::Path(Some(pair)) = artefact {
                    self.set_text("path", &pair.to_string());
                }
            }
            CallEvent::ConnectionState(state) => self.set_text("status", state.as_str()),
            CallEvent::ChatReceived(text) => self.add_chat("they", text),
            CallEvent::ChatSent(text) => self.add_chat("we", text),
            CallEvent::ChatNotSent(text, reason) => self.add_chat("not sent", &format!("{text} ({reason})")),
            CallEvent::TrackEnabled(kind, enabled) => self.set_pressed(*kind, !enabled),
            CallEvent::SignallingLost(reason) => self.set_text("signalling", &format!("signalling lost: {reason}")),
            CallEvent::SignallingBack => self.set_text("signalling", ""),
            CallEvent::Ended(EndReason::PeerLeft(_) | EndReason::StartedOver) => {
                self.set_text("status", "the other side left");
                self.reset_steps();
                self.set_step(&STEPS[0], "done");
            }
            _ => {}
        }
    }

    fn add_chat(&self, who: &str, text: &str) {
        let add = || -> Result<(), JsValue> {
            let (item, name) = (self.document.create_element("li")?, self.document.create_element("span")?);
            name.set_class_name("who");
            name.set_text_content(Some(who));
            item.append_with_node_2(&name, &self.document.create_text_node(&format!(" {text}")))?;
            let log: Element = self.element("chat-log")?;
            log.append_child(&item)?;
            // The newest line is seen, and the page itself stays where it is.
            log.set_scroll_top(log.scroll_height());
            Ok(())
        };
        if let Err(error) = add() {
            tracing::warn!("a line of chat cannot be shown: {error:?}");
        }
    }
}
