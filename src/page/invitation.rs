//! While a person is alone in the room: what to send to the other one.

use std::rc::Rc;

use js_sys::{Object, Reflect, encode_uri_component};
use shared::RoomName;
use wasm_bindgen::JsValue;
use web_sys::{HtmlInputElement, Location, UrlSearchParams};

use super::Page;
use crate::browser::js::{ask, call, field};
use crate::browser::media::has;
use crate::text::page as texts;

/// Where a server that was started without options listens, and where `peer` looks for one.
const USUAL_ADDRESSES: [&str; 2] = ["http://127.0.0.1:3000", "http://localhost:3000"];

impl Page {
    pub(super) fn open_invitation(self: &Rc<Self>) {
        let Some(window) = web_sys::window() else { return };
        let navigator: JsValue = window.navigator().into();
        self.dom.show("share-link", has(&navigator, "share"));
        self.on("copy", "click", move |page| {
            let link: HtmlInputElement = page.dom.element("invitation-link");
            link.select();
            let clipboard =
                field(&web_sys::window().map_or(JsValue::NULL, |window| window.navigator().into()), "clipboard");
            let page = page.clone();
            ask(
                &clipboard,
                "writeText",
                &[&link.value().into()],
                Box::new(move |copied| {
                    // Without a clipboard (a page over plain http has none) the link is marked, ready for Ctrl+C.
                    let text = if copied { texts::COPIED } else { texts::NOT_COPIED };
                    page.dom.set_text("copied", page.dom.say(text));
                }),
            );
        });
        self.on("share-link", "click", move |page| {
            let what = Object::new();
            let link = page.dom.element::<HtmlInputElement>("invitation-link").value();
            // An object that was just made takes every value.
            let _ = Reflect::set(&what, &"url".into(), &link.into());
            // A person who changes their mind is no error.
            ask(&navigator, "share", &[&what], Box::new(|_| {}));
        });
    }

    /// The room is in the address, in the title and in the invitation from now on.
    pub(super) fn name_room(&self, room: &RoomName) {
        let (dom, room) = (&self.dom, room.as_str());
        let Some(window) = web_sys::window() else { return };
        let location = window.location();
        dom.document().set_title(&[room, " · study-zoom"].concat());
        dom.set_text("room-name", room);
        dom.set_text("invitation-room", room);
        if let Ok(query) = location.search().and_then(|query| UrlSearchParams::new_with_str(&query)) {
            query.set("room", room);
            let address = ["?", &String::from(query.to_string())].concat();
            call(&field(&window, "history"), "replaceState", &[&JsValue::NULL, &"".into(), &address.into()]);
        }

        let own = location.origin().unwrap_or_default();
        let (is_local, elsewhere) = (is_local(&location), dom.root().get_attribute("data-elsewhere"));
        let base = elsewhere.as_ref().filter(|_| is_local).unwrap_or(&own);
        let link = [base, "/?room=", &String::from(encode_uri_component(room))].concat();
        dom.element::<HtmlInputElement>("invitation-link").set_value(&link);
        let only_here = is_local && elsewhere.is_none();
        dom.show("invitation-local", only_here);
        dom.show("invitation-code", !only_here);
        if !only_here {
            let scheme = location.protocol().unwrap_or_default();
            let picture = [
                "/invitation.svg?scheme=",
                scheme.trim_end_matches(':'),
                "&room=",
                &String::from(encode_uri_component(room)),
            ];
            let picture = picture.concat();
            dom.set("invitation-code", "src", &picture);
        }
        let mut line = ["cargo run -- peer --room ", &quoted(room)].concat();
        if !USUAL_ADDRESSES.contains(&&*own) {
            line = [&line, " --url ", &own].concat();
        }
        // The server has a certificate of its own authority.
        if let Some(ca) = dom.root().get_attribute("data-ca") {
            line = [&line, " --ca ", &ca].concat();
        }
        dom.set_text("invitation-peer", &line);
    }

    /// Shows the invitation to a person who is alone.
    pub(super) fn invite(&self, alone: bool) {
        self.dom.show("invitation", alone);
        self.dom.set_text("copied", "");
    }
}

/// The address means this very machine, wherever it is opened.
fn is_local(location: &Location) -> bool {
    let host = location.hostname().unwrap_or_default();
    host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") || host == "[::1]"
}

/// The name of a room as a shell takes it.
fn quoted(room: &str) -> String {
    if room.chars().all(|character| character.is_ascii_alphanumeric() || character == '-' || character == '_') {
        return room.to_owned();
    }
    ["'", &room.replace('\'', r"'\''"), "'"].concat()
}
