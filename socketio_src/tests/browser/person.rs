//! What one can do on the page of the chat, and see.

use std::ops::Deref;

use serde_json::json;
use testing::browser::Screen;

use crate::program::Program;

/// What stands in the chat: of each line `who: text`.
const LINES: &str = "[...document.querySelectorAll('#log li')].map((li) =>
    [...li.querySelectorAll('.who, .text')].map((part) => part.textContent).join(''))";

/// A browser with the page in it. What one can do on every page is in [`testing::browser`].
pub(crate) struct Browser(testing::browser::Browser);

impl Deref for Browser {
    type Target = testing::browser::Browser;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Browser {
    /// Opens any page of the server.
    pub(crate) async fn open(name: &'static str, url: &str) -> Self {
        Self(testing::browser::Browser::open(name, url).await)
    }

    /// Opens the page, for a person who blocks all cookies.
    pub(crate) async fn open_without_cookies(name: &'static str, url: &str) -> Self {
        Self(testing::browser::Browser::open_without_cookies(name, url).await)
    }

    /// Opens the page, and waits until it is connected.
    pub(crate) async fn visit(name: &'static str, server: &Program) -> Self {
        Self::visit_on(name, server, Screen::Desktop).await
    }

    /// Likewise, on a smaller screen.
    pub(crate) async fn visit_on(name: &'static str, server: &Program, screen: Screen) -> Self {
        let browser = Self(testing::browser::Browser::open_on(name, &server.url(), screen, "en").await);
        browser.until_connected().await;
        browser
    }

    /// Opens the page, takes a nickname and enters a room.
    pub(crate) async fn chat(name: &'static str, server: &Program, room: &str) -> Self {
        let browser = Self::visit(name, server).await;
        browser.rename(name).await;
        browser.enter_room(room).await;
        browser
    }

    /// Takes another nickname.
    pub(crate) async fn rename(&self, nickname: &str) {
        self.enter("nickname", nickname).await;
        self.click("rename").await;
    }

    /// Enters a room by its name, and waits until that is done.
    pub(crate) async fn enter_room(&self, room: &str) {
        self.enter("room", room).await;
        self.click("enter").await;
        self.until_in(room).await;
    }

    /// Says something.
    pub(crate) async fn say(&self, text: &str) {
        self.enter("message", text).await;
        self.click("send").await;
    }

    /// Says something, many times in one moment: no person is that quick.
    pub(crate) async fn say_quickly(&self, texts: &[String]) {
        let script = format!(
            "for (const text of {}) {{
                document.getElementById('message').value = text;
                document.getElementById('message-form').requestSubmit();
             }}",
            json!(texts)
        );
        self.eval(&script).await;
    }

    pub(crate) async fn until_connected(&self) {
        self.wait_for("document.getElementById('state').dataset.state === 'connected'", "it is connected").await;
    }

    pub(crate) async fn until_disconnected(&self) {
        self.wait_for("document.getElementById('state').dataset.state === 'disconnected'", "it is disconnected").await;
    }

    /// The connection is there, and the server has let us into the room.
    pub(crate) async fn until_in(&self, room: &str) {
        let (room, in_room) = (json!(room), "document.getElementById('here')");
        let there = format!("!{in_room}.hidden && document.getElementById('room-name').textContent === {room}");
        self.wait_for(&there, format!("it is in {room}")).await;
    }

    /// Waits until an element has exactly this text.
    pub(crate) async fn until_text(&self, id: &str, text: &str) {
        let has = format!("document.getElementById('{id}').innerText.trim() === {}", json!(text));
        self.wait_for(&has, format!("#{id} says {text:?}")).await;
    }

    /// Waits for a line of the chat.
    pub(crate) async fn sees(&self, line: &str) {
        let there = format!("{LINES}.includes({})", json!(line));
        self.wait_for(&there, format!("{line:?} is in the chat")).await;
    }

    /// Waits for a line of the chat of this class: `notice`, `missed` or `own`.
    pub(crate) async fn sees_as(&self, class: &str, line: &str) {
        self.sees(line).await;
        let classes = "[...document.querySelectorAll('#log li')].map((li) => li.className)";
        let has = format!("{classes}[{LINES}.indexOf({})] === {}", json!(line), json!(class));
        self.wait_for(&has, format!("{line:?} is of the class {class:?}")).await;
    }

    /// Waits until all of one's own messages have come to this end: `acked`, `failed` or, for the time being, `pending`.
    pub(crate) async fn until_mine_are(&self, state: &str, count: usize) {
        let mine = "[...document.querySelectorAll('#log .own')]";
        let all = format!("{mine}.length === {count} && {mine}.every((li) => li.dataset.state === '{state}')");
        self.wait_for(&all, format!("{count} own messages are {state}")).await;
    }

    /// The lines of the chat that somebody has said, the notices left out.
    pub(crate) async fn said(&self) -> Vec<String> {
        let lines = self
            .eval(&format!(
                "return {LINES}.filter((_, index) => !document.querySelectorAll('#log li')[index].matches('.notice'))"
            ))
            .await;
        serde_json::from_value(lines).expect("a list of lines")
    }

    /// Waits until exactly these lines were said, in this order.
    pub(crate) async fn until_said(&self, lines: &[String]) {
        // More than the last one: what comes twice would come after it.
        self.sees(lines.last().expect("something was said")).await;
        self.wait_while(format!("{lines:#?}, and nothing else, was said"), async || self.said().await != lines).await;
    }

    /// Opens the page once more as a second tab, which inherits what this tab remembers: that is what a browser does when
    /// one duplicates a tab. The driver goes on in the new one.
    pub(crate) async fn duplicate(&self) {
        let before = self.client.windows().await.expect("the driver knows its tabs");
        self.eval("window.open(location.href)").await;
        let tabs = self.client.windows().await.expect("the driver knows its tabs");
        let new = tabs.into_iter().find(|tab| !before.contains(tab)).expect("a tab was opened");
        self.client.switch_to_window(new).await.expect("the tab is there");
    }

    /// Goes to a tab, counted from 0 in the order in which they were opened.
    pub(crate) async fn go_to_tab(&self, number: usize) {
        let tabs = self.client.windows().await.expect("the driver knows its tabs");
        self.client.switch_to_window(tabs[number].clone()).await.expect("the tab is there");
    }
}
