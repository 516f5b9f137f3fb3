//! Cameras and microphones that come and go: the lists of them, and what happens when the one in use is gone.

use std::cell::Cell;
use std::rc::Rc;

use futures::StreamExt;
use futures::channel::mpsc::UnboundedReceiver;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlOptionElement, HtmlSelectElement};

use super::Page;
use super::dom::{append, fill, hear};
use super::lobby::in_a_line;
use crate::browser::media::{Device, devices, enumerate_devices};
use crate::call::MediaKind;
use crate::explain::problem::Problem;
use crate::text::fill_in;
use crate::text::page as texts;

/// The lists of devices: in the lobby and in the call.
const LISTS: [(&str, MediaKind); 4] = [
    ("camera-choice", MediaKind::Video),
    ("microphone-choice", MediaKind::Audio),
    ("camera-in-call", MediaKind::Video),
    ("microphone-in-call", MediaKind::Audio),
];

impl Page {
    /// Listens for devices that come and go. `ended` says which kind of track has ended by itself.
    pub(super) fn open_devices(self: &Rc<Self>, mut ended: UnboundedReceiver<MediaKind>) {
        let page = self.clone();
        spawn_local(async move {
            while let Some(kind) = ended.next().await {
                if kind == MediaKind::Video && page.media.screen_has_ended() {
                    page.stop_sharing().await;
                } else {
                    page.look_after(kind);
                }
            }
        });
        if let Ok(devices) = devices() {
            let page = self.clone();
            hear(&devices, "devicechange", Box::new(move |_| page.devices_changed()));
        }
    }

    /// Somebody has plugged something in or out. A device that is back is used again.
    fn devices_changed(self: &Rc<Self>) {
        self.list_devices();
        let page = self.clone();
        spawn_local(async move {
            let found = enumerate_devices().await.unwrap_or_default();
            for kind in [MediaKind::Audio, MediaKind::Video] {
                let lost = page.media.device_in_use(kind);
                if page.media.is_gone(kind) && found.iter().any(|device| device.kind == kind && device.id == lost) {
                    page.switch_device(kind, lost);
                }
            }
        });
    }

    /// Whether the device has gone is said here and to the other side, and taken back when there is one again.
    pub(super) fn look_after(self: &Rc<Self>, kind: MediaKind) {
        let gone = self.media.is_gone(kind);
        if gone && self.busy.get() {
            self.say_that_it_is_gone(kind);
        } else if gone {
            self.show_problem(Problem::of_lost_device(kind));
        } else if self.gone(kind).take() {
            self.with_controls(|controls| controls.set_track_enabled(kind, true));
        }
        self.list_devices();
    }

    fn say_that_it_is_gone(&self, kind: MediaKind) {
        let problem = Problem::of_lost_device(kind);
        self.dom.set_text("notice", &[self.dom.say(problem.title), self.dom.say(problem.advice)].join(" "));
        let (button, sent) = match kind {
            MediaKind::Audio => ("mute", true),
            // The screen goes on without the camera behind it.
            MediaKind::Video => ("camera", !self.media.is_sharing()),
        };
        if sent && !self.dom.is_pressed(button) {
            self.gone(kind).set(true);
            self.with_controls(|controls| controls.set_track_enabled(kind, false));
        }
    }

    /// Whether this kind is sent no more only because its device has gone.
    pub(super) fn gone(&self, kind: MediaKind) -> &Cell<bool> {
        &self.gone[usize::from(kind == MediaKind::Video)]
    }

    /// Another camera or microphone, in the middle of the call.
    pub(super) fn switch_device(self: &Rc<Self>, kind: MediaKind, device: String) {
        let page = self.clone();
        spawn_local(async move {
            let switched = page.media.switch(kind, &device).await;
            page.dom.set_text("notice", "");
            page.look_after(kind);
            match switched {
                Err(error) if page.busy.get() => page.notice(texts::DEVICE_FAILED, &in_a_line(&error)),
                Err(error) => page.show_problem(Problem::of_media(&error)),
                Ok(()) if page.busy.get() => {}
                Ok(()) => page.preview(),
            }
        });
    }

    /// Fills the lists of devices.
    pub(super) fn list_devices(self: &Rc<Self>) {
        let page = self.clone();
        spawn_local(async move {
            // Without devices the lists are empty, and a message says why when one is wanted.
            let found = enumerate_devices().await.unwrap_or_default();
            for (id, kind) in LISTS {
                page.list(id, found.iter().filter(|device| device.kind == kind));
                let chosen = page.media.device_in_use(kind);
                page.dom.element::<HtmlSelectElement>(id).set_value(&chosen);
            }
        });
    }

    fn list<'a>(&self, id: &str, devices: impl Iterator<Item = &'a Device>) {
        let list: Element = self.dom.element(id);
        let any = self.dom.make("option", self.dom.say(texts::ANY_DEVICE));
        any.unchecked_ref::<HtmlOptionElement>().set_value("");
        fill(&list, [&any]);
        for (index, device) in devices.filter(|device| !device.id.is_empty()).enumerate() {
            let nth = fill_in(self.dom.say(texts::NTH_DEVICE), &[&(index + 1).to_string()]);
            let option = self.dom.make("option", if device.label.is_empty() { &nth } else { &device.label });
            option.unchecked_ref::<HtmlOptionElement>().set_value(&device.id);
            append(&list, [&option]);
        }
    }
}
