//! Before the call: the room, the devices, and what to do when something is wrong with them.

use std::rc::Rc;

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, HtmlButtonElement, HtmlInputElement, HtmlSelectElement, PermissionStatus, UrlSearchParams};

use super::dom::{append, fill, hear, on, set};
use super::meter::Meter;
use super::{Page, choices};
use crate::browser::media::{devices, enumerate_devices};
use crate::call::{EngineError, MediaKind};
use crate::explain::problem::{Problem, Source};
use crate::text::fill_in;
use crate::text::page as texts;

impl Page {
    /// Connects what is in the lobby.
    pub(super) fn open_lobby(self: &Rc<Self>) {
        self.on("lobby-form", "submit", Page::join);
        self.on("preview-on", "click", Page::preview);
        self.on("call-again", "click", Page::join);
        self.on("source", "change", |page| {
            choices::keep("source", &page.dom.choice("source"));
            page.choose_source(Source::from_name(&page.dom.choice("source")).unwrap_or_default());
        });
        for (id, kind) in [("camera-choice", MediaKind::Video), ("microphone-choice", MediaKind::Audio)] {
            self.on(id, "change", move |page| page.choose_device(kind, page.dom.choice(id)));
        }
        self.on("name", "change", |page| {
            choices::keep("name", &page.dom.input("name"));
            page.show_name();
        });
        self.fill_in();
        self.follow_the_form();
        if let Some(window) = web_sys::window() {
            // Back, Forward and a reload: a browser fills in what was chosen before, and says nothing of it. It can do so
            // as late as this event.
            let page = self.clone();
            hear(&window, "pageshow", Box::new(move |_| page.follow_the_form()));
        }
        match devices() {
            Ok(_) => {
                let page = self.clone();
                spawn_local(async move {
                    page.choose_last_devices().await;
                    // Nobody is asked for permission who has not done anything yet.
                    if is_granted("camera").await && is_granted("microphone").await {
                        page.preview();
                    }
                });
            }
            Err(error) => self.show_problem(Problem::of_media(&error)),
        }
    }

    /// What is sent is what the form says.
    fn follow_the_form(self: &Rc<Self>) {
        let mut chosen = Source::from_name(&self.dom.choice("source")).unwrap_or_default();
        if devices().is_err() && chosen.needs_devices() {
            // The browser hides them from this page. To join and see the other side is possible all the same.
            chosen = Source::Nothing;
            self.dom.element::<HtmlSelectElement>("source").set_value(chosen.name());
        }
        if chosen != self.media.source() && !self.busy.get() {
            self.choose_source(chosen);
        }
        self.list_devices();
    }

    /// Fills in what was chosen the last time. `/?room=demo` is an invitation, and says which room.
    fn fill_in(&self) {
        let query = web_sys::window().and_then(|window| window.location().search().ok()).unwrap_or_default();
        let room = UrlSearchParams::new_with_str(&query).ok().and_then(|query| query.get("room"));
        for (id, value) in [("room", room.or_else(|| choices::recall("room"))), ("name", choices::recall("name"))] {
            if let Some(value) = value {
                self.dom.element::<HtmlInputElement>(id).set_value(&value);
            }
        }
        if let Some(source) = choices::recall("source").as_deref().and_then(Source::from_name) {
            self.dom.element::<HtmlSelectElement>("source").set_value(source.name());
        }
    }

    /// Devices that were chosen the last time and are there again.
    async fn choose_last_devices(&self) {
        let found = enumerate_devices().await.unwrap_or_default();
        for kind in [MediaKind::Video, MediaKind::Audio] {
            let last = choices::recall(kept_as(kind)).filter(|last| found.iter().any(|device| device.id == *last));
            if let Some(last) = last.filter(|last| !last.is_empty() && self.media.track(kind).is_none()) {
                self.media.choose(kind, &last);
            }
        }
    }

    /// What this person is called, on this page.
    pub(super) fn own_name(&self) -> String {
        let name = self.dom.input("name");
        let name = name.trim();
        if name.is_empty() { self.dom.say(texts::YOU).to_owned() } else { name.to_owned() }
    }

    pub(super) fn show_name(&self) {
        self.dom.set_text("own-name", &self.own_name());
    }

    /// Opens camera and microphone for the person alone to see.
    pub(super) fn preview(self: &Rc<Self>) {
        let page = self.clone();
        spawn_local(async move {
            match page.media.open().await {
                Ok(_) => {
                    // Another problem, with the name of the room for example, stays to be read.
                    if page.problem.borrow().as_ref().is_some_and(|problem| !problem.fallbacks.is_empty()) {
                        page.clear_problem();
                    }
                    page.dom.show("preview-on", page.media.track(MediaKind::Video).is_none());
                    let track = page.media.track(MediaKind::Audio);
                    let meter = track.and_then(|track| Meter::new(&track, page.dom.element("level")));
                    *page.meter.borrow_mut() = meter.filter(|_| !page.busy.get());
                    page.list_devices();
                }
                // Somebody has closed it meanwhile: nothing went wrong.
                Err(_) if !page.media.is_wanted() => {}
                Err(error) => page.show_problem(Problem::of_media(&error)),
            }
        });
    }

    pub(super) fn choose_source(self: &Rc<Self>, source: Source) {
        let shown = self.media.is_wanted();
        self.meter.take();
        self.media.set_source(source);
        self.dom.show("preview-on", true);
        self.dom.element::<HtmlSelectElement>("source").set_value(source.name());
        self.clear_problem();
        if shown {
            self.preview();
        }
    }

    fn choose_device(self: &Rc<Self>, kind: MediaKind, device: String) {
        choices::keep(kept_as(kind), &device);
        if self.media.track(kind).is_some() {
            self.switch_device(kind, device);
        } else {
            self.media.choose(kind, &device);
        }
    }

    /// Says what went wrong, what to do, and offers what works all the same.
    pub(super) fn show_problem(self: &Rc<Self>, problem: Problem) {
        let (dom, card) = (&self.dom, self.dom.element::<Element>("error"));
        set(&card, "data-problem", problem.name);
        let title = dom.make("h2", dom.say(problem.title));
        let advice = dom.make("p", dom.say(problem.advice));
        let detail = dom.make("code", &problem.detail);
        let help = dom.make("a", dom.say(texts::MORE_HELP));
        set(&help, "href", &problem.help(dom.language()));
        // The page stays: it may be filled in already.
        set(&help, "target", "_blank");
        fill(&card, [&title, &advice, &detail, &help]);
        let buttons = dom.make("div", "");
        buttons.set_class_name("buttons");
        if !problem.fallbacks.is_empty() {
            let again = dom.make("button", dom.say(texts::TRY_AGAIN));
            again.set_id("try-again");
            let page = self.clone();
            on(&again, "click", move || page.preview());
            append(&buttons, [&again]);
        }
        for source in problem.fallbacks {
            let text = fill_in(dom.say(texts::JOIN_WITH), &[dom.say(source.text())]);
            let button = dom.make("button", &text);
            set(&button, "data-source", source.name());
            let page = self.clone();
            on(&button, "click", move || {
                page.choose_source(*source);
                if page.dom.input("room").is_empty() {
                    // The browser says what is missing, where it is missing.
                    page.dom.element::<HtmlButtonElement>("join").click();
                } else {
                    page.join();
                }
            });
            append(&buttons, [&button]);
        }
        append(&card, [&buttons]);
        // Whoever has pressed a button far below sees it all the same.
        card.scroll_into_view();
        *self.problem.borrow_mut() = Some(problem);
    }

    pub(super) fn clear_problem(&self) {
        self.problem.take();
        self.dom.set_text("error", "");
    }
}

/// Where a chosen device is kept.
pub(super) fn kept_as(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Audio => "microphone",
        MediaKind::Video => "camera",
    }
}

/// Whether this page may use devices of this kind without asking. Browsers that cannot tell say no.
async fn is_granted(name: &str) -> bool {
    let ask = async || -> Result<bool, JsValue> {
        let window = web_sys::window().ok_or(JsValue::NULL)?;
        let wanted = js_sys::Object::new();
        js_sys::Reflect::set(&wanted, &"name".into(), &name.into())?;
        let status: PermissionStatus =
            JsFuture::from(window.navigator().permissions()?.query(&wanted)?).await?.unchecked_into();
        Ok(status.state() == web_sys::PermissionState::Granted)
    };
    ask().await.unwrap_or(false)
}

/// A message for a line: what the browser says of a device that could not be changed.
pub(super) fn in_a_line(error: &EngineError) -> String {
    format!("{}: {}", error.name, error.message)
}
