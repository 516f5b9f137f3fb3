//! During the call: the buttons.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlElement, HtmlInputElement};

use super::lobby::{in_a_line, kept_as};
use super::{Page, chat_log, choices};
use crate::browser::js::ask;
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
            self.on(id, "change", move |page| {
                choices::keep(kept_as(kind), &page.dom.choice(id));
                page.switch_device(kind, page.dom.choice(id));
            });
        }
        // Not every browser has both. A refusal changes nothing, and the person sees that.
        let [remote, stage]: [JsValue; 2] = ["remote", "stage"].map(|id| self.dom.element::<Element>(id).into());
        self.dom.show("picture-in-picture", has(&remote, "requestPictureInPicture"));
        self.on("picture-in-picture", "click", move |_| ask(&remote, "requestPictureInPicture", &[], Box::new(|_| {})));
        self.dom.show("full-screen", has(&stage, "requestFullscreen"));
        self.on("full-screen", "click", move |page| {
            let document = page.dom.document();
            if document.fullscreen_element().is_some() {
                ask(document, "exitFullscreen", &[], Box::new(|_| {}));
            } else {
                // The picture with its buttons and messages, and not the browser's bare player.
                ask(&stage, "requestFullscreen", &[], Box::new(|_| {}));
            }
        });
        self.dom.element::<HtmlInputElement>("sounds").set_checked(choices::recall_switch("sounds") == Some(true));
        self.on("sounds", "change", |page| choices::keep_switch("sounds", page.dom.is_checked("sounds")));
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
        self.dom.set_text("role", "");
    }
}
