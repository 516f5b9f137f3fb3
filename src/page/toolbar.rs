//! During the call: the buttons.

use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlElement};

use super::Page;
use super::chat_log;
use super::lobby::in_a_line;
use crate::browser::js::field;
use crate::browser::media::has;
use crate::call::{Controls, MediaKind};
use crate::text::page as texts;

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
            if let Some(text) = chat_log::take_typed(&page.dom) {
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

    fn toggle(self: &Rc<Self>, id: &str, kind: MediaKind) {
        let now_off = !self.dom.is_pressed(id);
        if !now_off && self.media.is_gone(kind) && !(kind == MediaKind::Video && self.media.is_sharing()) {
            // There is nothing to be sent until the device is there again.
            self.gone(kind).set(true);
            return self.switch_device(kind, self.media.device_in_use(kind));
        }
        self.with_controls(|controls| controls.set_track_enabled(kind, !now_off));
    }

    fn toggle_sharing(self: &Rc<Self>) {
        let page = self.clone();
        spawn_local(async move {
            if page.media.is_sharing() {
                return page.stop_sharing().await;
            }
            let shared = page.media.share_screen().await;
            page.show_sharing();
            match shared {
                Ok(()) => page.dom.set_text("notice", ""),
                Err(error) => page.notice(texts::SHARE_FAILED, &in_a_line(&error)),
            }
        });
    }

    /// Back to the camera: the person wants it so, or the browser's own button ended the screen.
    pub(super) async fn stop_sharing(self: &Rc<Self>) {
        let stopped = self.media.stop_sharing().await;
        self.show_sharing();
        if let Err(error) = stopped {
            self.notice(texts::SHARE_FAILED, &in_a_line(&error));
        }
        // It may have gone meanwhile.
        self.look_after(MediaKind::Video);
    }

    fn show_sharing(&self) {
        let sharing = self.media.is_sharing();
        self.dom.set_pressed("share", sharing);
        self.dom.element::<HtmlElement>("local").set_class_name(if sharing { "screen" } else { "" });
        self.with_controls(|controls| controls.announce_screen(sharing));
    }

    /// The buttons as they are at the beginning of a call.
    pub(super) fn reset_toolbar(&self) {
        self.gone.iter().for_each(|gone| gone.set(false));
        for id in ["mute", "camera", "share"] {
            self.dom.set_pressed(id, false);
        }
        self.dom.element::<HtmlElement>("local").set_class_name("");
        for id in ["notice", "signaling"] {
            self.dom.set_text(id, "");
        }
        self.dom.set_text("role", "?");
    }
}
