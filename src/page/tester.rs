//! The test of the connection: a person in the lobby asks the STUN and TURN servers of the call, each by itself.

use std::rc::Rc;

use shared::{IceServer, RoomName};
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlButtonElement;

use super::Page;
use super::dom::{append, fill, set};
use crate::browser::reach::reach;
use crate::call::Signaling;
use crate::explain::problem::Problem;
use crate::text::fill_in;
use crate::text::page as texts;

/// The most servers that are asked: a peer connection for each of them.
const MOST_SERVERS: usize = 16;

impl Page {
    pub(super) fn open_tester(self: &Rc<Self>) {
        self.on("test", "click", |page| {
            let page = page.clone();
            page.allow_testing(false);
            spawn_local(async move {
                page.clear_problem();
                page.tester.take();
                page.show_tester();
                match page.ice_servers().await {
                    Ok(servers) => page.test(servers),
                    Err(problem) => {
                        page.show_problem(problem);
                        page.allow_testing(true);
                    }
                }
            });
        });
    }

    /// One test at a time.
    fn allow_testing(&self, allowed: bool) {
        self.dom.element::<HtmlButtonElement>("test").set_disabled(!allowed);
        self.dom.set("test-results", "data-done", if allowed { "true" } else { "false" });
    }

    /// Asks all of them at the same time.
    fn test(self: &Rc<Self>, servers: Vec<IceServer>) {
        let urls = servers
            .iter()
            .flat_map(|server| server.urls.iter().map(|url| IceServer { urls: vec![url.clone()], ..server.clone() }));
        let each: Vec<_> = urls.take(MOST_SERVERS).collect();
        *self.tester.borrow_mut() = Some(each.iter().map(|server| (server.urls.concat(), None)).collect());
        self.show_tester();
        for (place, server) in each.into_iter().enumerate() {
            let page = self.clone();
            spawn_local(async move {
                let verdict = reach(server).await;
                if let Some(tested) = &mut *page.tester.borrow_mut() {
                    tested[place].1 = Some(verdict);
                }
                page.show_tester();
            });
        }
    }

    /// What the server tells a member of a room, with passwords. The room is our own, and is empty again afterwards.
    async fn ice_servers(&self) -> Result<Vec<IceServer>, Problem> {
        let mut signaling = self.signaling().await?;
        let number = || (js_sys::Math::random() * f64::from(u32::MAX)) as u32;
        let room = RoomName::new(&format!("test-{}-{}", number(), number())).expect("keeps the rules");
        let joined = signaling.join(&room).await;
        signaling.leave(&room).await;
        joined.map(|accepted| accepted.ice_servers).map_err(|error| Problem::of_signaling(&error))
    }

    /// Shows what is known, in the language of the page.
    pub(super) fn show_tester(&self) {
        let (dom, list) = (&self.dom, self.dom.element("test-results"));
        fill(&list, []);
        let tested = self.tester.borrow();
        let Some(tested) = &*tested else { return };
        if tested.iter().all(|(_, verdict)| verdict.is_some()) {
            self.allow_testing(true);
        }
        if tested.is_empty() {
            append(&list, [&dom.make("li", dom.say(texts::TEST_NOBODY))]);
        }
        for (url, verdict) in tested {
            let (name, text) = match verdict {
                None => ("waiting", dom.say(texts::TEST_WAITING).to_owned()),
                Some(verdict) => {
                    let (text, value) = verdict.text();
                    (verdict.name(), fill_in(dom.say(text), &[&value]))
                }
            };
            let row = dom.make("li", "");
            set(&row, "data-verdict", name);
            append(&row, [&dom.make("code", url), &dom.make("span", &text)]);
            append(&list, [&row]);
        }
    }
}
