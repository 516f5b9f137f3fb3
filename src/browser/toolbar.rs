//! During the call: the buttons.

use std::rc::Rc;

use gloo_events::EventListener;
use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlElement};

use super::chat;
use super::dom::field;
use super::lobby::in_a_line;
use super::media::has;
use super::page::Page;
use crate::call::{Controls, MediaKind};
use crate::texts;

impl Page {
    /// Connects the buttons of the call.
    pub(super) fn open_toolbar(self: &Rc<Self>) {
        self.on("mute", "click", |page| page.toggle("mute", MediaKind::Audio));
        self.on("camera", "click", |page| page.toggle("camera", MediaKind::Video));
        self.on("share", "click", Page::toggle_sharing);
        self.on("hang-up", "click", |page| page.with_controls(Controls::hang_up));
        self.on("next", "click", |page| page.with_controls(Controls::next_step));
        self.on("stepping", "change", |page| {
            let on = page.dom.is_checked("stepping");
            page.with_controls(|controls| controls.set_step_by_step(on));
        });
        self.on("chat-form", "submit", |page| {
            if let Some(text) = chat::take_typed(&page.dom) {
                page.with_controls(|controls| controls.chat(&*text));
            }
        });
        for (id, kind) in [("camera-in-call", MediaKind::Video), ("microphone-in-call", MediaKind::Audio)] {
            self.on(id, "change", move |page| page.switch_device(kind, page.dom.choice(id)));
        }
        let remote: JsValue = self.dom.element::<Element>("remote").into();
        for (id, method) in [("picture-in-picture", "requestPictureInPicture"), ("full-screen", "requestFullscreen")] {
            // Not every browser has both.
            self.dom.show(id, has(&remote, method));
            let remote = remote.clone();
            self.dom.on(id, "click", move || {
                let call = field(&remote, method).dyn_into::<Function>().and_then(|method| method.call0(&remote));
                if let Ok(promise) = call {
                    // A refusal changes nothing, and the person sees that.
                    spawn_local(async move {
                        let _ = wasm_bindgen_futures::JsFuture::from(promise.unchecked_into::<js_sys::Promise>()).await;
                    });
                }
            });
        }
    }

    fn toggle(&self, id: &str, kind: MediaKind) {
        let now_off = !self.dom.is_pressed(id);
        self.with_controls(|controls| controls.set_track_enabled(kind, !now_off));
    }

    fn switch_device(self: &Rc<Self>, kind: MediaKind, device: String) {
        let page = self.clone();
        spawn_local(async move {
            let switched = page.media.switch(kind, &device).await;
            page.dom.set_text("notice", "");
            if let Err(error) = switched {
                page.notice(texts::DEVICE_FAILED, &in_a_line(&error));
            }
            page.list_devices();
        });
    }

    fn toggle_sharing(self: &Rc<Self>) {
        let page = self.clone();
        spawn_local(async move {
            let result = if page.media.is_sharing() { page.stop_sharing().await } else { page.share().await };
            if let Err(error) = result {
                page.notice(texts::SHARE_FAILED, &in_a_line(&error));
            }
        });
    }

    async fn share(self: &Rc<Self>) -> Result<(), crate::call::EngineError> {
        let screen = self.media.share_screen().await?;
        self.dom.set_text("notice", "");
        let page = self.clone();
        // The browser has a button of its own that ends the sharing.
        let ended = EventListener::once(&screen, "ended", move |_| {
            spawn_local(async move {
                if let Err(error) = page.stop_sharing().await {
                    page.notice(texts::SHARE_FAILED, &in_a_line(&error));
                }
            });
        });
        *self.screen_ends.borrow_mut() = Some(ended);
        self.show_sharing();
        Ok(())
    }

    async fn stop_sharing(&self) -> Result<(), crate::call::EngineError> {
        let stopped = self.media.stop_sharing().await;
        self.show_sharing();
        stopped
    }

    fn show_sharing(&self) {
        let sharing = self.media.is_sharing();
        self.dom.set_pressed("share", sharing);
        self.dom.element::<HtmlElement>("local").set_class_name(if sharing { "screen" } else { "" });
        self.with_controls(|controls| controls.set_screen(sharing));
    }

    /// The buttons as they are at the beginning of a call.
    pub(super) fn reset_toolbar(&self) {
        self.screen_ends.take();
        for id in ["mute", "camera", "share"] {
            self.dom.set_pressed(id, false);
        }
        self.dom.element::<HtmlElement>("local").set_class_name("");
        for id in ["notice", "signalling"] {
            self.dom.set_text(id, "");
        }
        self.dom.set_text("role", "?");
    }
}
