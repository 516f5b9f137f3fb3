//! The page of the call: where things are, and what a person sees, hears and does there.

use std::ops::Deref;
use std::path::Path;
use std::time::Duration;

use serde_json::json;
use testing::browser::{PATIENCE, Screen};

use crate::ROOM;
use crate::common::TestServer;

/// The list of steps, one sign for each from 0 to 13, before a call.
pub(crate) const NO_STEPS: &str = "              ";
/// When side A is connected: all but 6 to 9 are done.
pub(crate) const STEPS_OF_A: &str = "✓✓✓✓✓✓    ✓✓✓✓";
/// When side B is connected: all but 3 to 5 and 10 are done.
pub(crate) const STEPS_OF_B: &str = "✓✓✓   ✓✓✓✓ ✓✓✓";

/// Whether the page says that the two are connected, in whatever language.
const CONNECTED: &str = "document.getElementById('status').dataset.connected";

/// How long silence must last. The fake microphone of Chromium beeps once a second.
const SILENCE: Duration = Duration::from_millis(2500);

/// A browser with the page of the call in it. What one can do on every page is in [`testing::browser`].
pub(crate) struct Browser(testing::browser::Browser);

impl Deref for Browser {
    type Target = testing::browser::Browser;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Browser {
    /// Opens any page.
    pub(crate) async fn open(name: &'static str, url: &str) -> Self {
        Self(testing::browser::Browser::open(name, url).await)
    }

    /// Opens any page, for a person who reads this language.
    pub(crate) async fn open_on(name: &'static str, url: &str, screen: Screen, language: &str) -> Self {
        Self(testing::browser::Browser::open_on(name, url, screen, language).await)
    }

    /// Opens any page, for a person who has installed this authority.
    pub(crate) async fn open_trusting(name: &'static str, url: &str, screen: Screen, authority: &Path) -> Self {
        Self(testing::browser::Browser::open_trusting(name, url, screen, authority).await)
    }

    /// Opens any page, for a person whose browser keeps nothing.
    pub(crate) async fn open_without_cookies(name: &'static str, url: &str) -> Self {
        Self(testing::browser::Browser::open_without_cookies(name, url).await)
    }

    /// Opens the page of the call and waits until it can be used.
    pub(crate) async fn visit(name: &'static str, server: &TestServer) -> Self {
        Self::visit_on(name, server, Screen::Desktop).await
    }

    pub(crate) async fn visit_on(name: &'static str, server: &TestServer, screen: Screen) -> Self {
        Self::visit_in(name, server, screen, "en").await
    }

    /// For a person who reads this language.
    pub(crate) async fn visit_in(name: &'static str, server: &TestServer, screen: Screen, language: &str) -> Self {
        let url = format!("{}/", server.url());
        let browser = Self(testing::browser::Browser::open_on(name, &url, screen, language).await);
        browser.until_ready().await;
        browser
    }

    /// The WebAssembly has started.
    pub(crate) async fn until_ready(&self) {
        self.wait_for("document.documentElement.dataset.ready", "the page is ready").await;
    }

    /// Fills in the lobby.
    pub(crate) async fn ask_to_join(&self, room: &str) {
        self.enter("room", room).await;
        self.click("join").await;
    }

    /// Enters the room as this side of the call.
    pub(crate) async fn join_as(&self, role: &str) {
        self.ask_to_join(ROOM).await;
        self.wait_for(&visible("call"), "the call takes the place of the lobby").await;
        self.until_role(role).await;
        self.wait_for(&format!("!({})", visible("lobby")), "the lobby is gone").await;
    }

    /// Waits until the list of steps looks like this.
    pub(crate) async fn until_steps_are(&self, expected: &str) {
        self.until_lights_are("mine", expected).await;
    }

    /// Waits until the lights of the other side look like this.
    pub(crate) async fn until_their_steps_are(&self, expected: &str) {
        self.until_lights_are("theirs", expected).await;
    }

    async fn until_lights_are(&self, whose: &str, expected: &str) {
        let signs = "({ none: ' ', waiting: ' ', held: '⏸', started: '…', done: '✓' })";
        let steps = format!(
            "[...document.querySelectorAll('#steps [data-whose={whose}]')]
                 .map(light => {signs}[light.dataset.state]).join('')"
        );
        let condition = async || self.eval(&format!("return {steps}")).await != expected;
        self.wait_while(format!("the steps of {whose} are [{expected}]"), condition).await;
    }

    /// Waits until the page says which side of the call it is.
    pub(crate) async fn until_role(&self, role: &str) {
        self.wait_for(&format!("{} === '{role}'", text("role")), format!("it is side {role}")).await;
    }

    /// Waits until the page says that the two are connected.
    pub(crate) async fn until_connected(&self) {
        self.wait_for(&format!("{CONNECTED} === 'true'"), "the status says that they are connected").await;
    }

    /// Waits until the page says that they are no more.
    pub(crate) async fn until_disconnected(&self) {
        self.wait_for(&format!("{CONNECTED} !== 'true'"), "the status no longer says that they are connected").await;
    }

    /// Waits until the page says that the server is there, or that it is not.
    pub(crate) async fn until_signaling_is(&self, there: bool) {
        let condition = format!("({} === '') === {there}", text("signaling"));
        self.wait_for(&condition, format!("the page says whether the server is there: {there}")).await;
    }

    /// Which offer the panel shows.
    pub(crate) async fn offer(&self) -> String {
        self.eval("return document.getElementById('offer').dataset.shown ?? ''")
            .await
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    pub(crate) async fn remember_the_stream(&self) {
        self.eval("window.rememberedStream = document.getElementById('remote').srcObject").await;
    }

    /// Whether the other side's stream is the one that was remembered. A new peer connection brings a new one.
    pub(crate) async fn has_still_the_stream(&self) -> bool {
        self.eval("return document.getElementById('remote').srcObject === window.rememberedStream").await == true
    }

    pub(crate) async fn until_back_in_lobby(&self) {
        self.wait_for(&visible("lobby"), "the lobby is back").await;
        self.wait_for(&format!("!({})", visible("call")), "the call is gone").await;
    }

    /// A picture comes in and moves: frames are decoded, what is on the screen is not black, and changes.
    pub(crate) async fn watches(&self, video: &str) {
        let before = self.frames(video).await;
        let what = format!("more than {before} frames of #{video} are decoded");
        self.wait_while(what, async || self.frames(video).await < before + 10).await;
        let dark = async || self.picture(video).await.is_none_or(|now| now.is_black());
        self.wait_while(format!("the picture of #{video} is not black"), dark).await;
        let first = self.picture(video).await.expect("it was just there");
        let still = async || self.picture(video).await.is_none_or(|now| now.percent_changed(&first) < 1);
        self.wait_while(format!("the picture of #{video} moves"), still).await;
    }

    /// Waits until the other side's picture is black.
    pub(crate) async fn watches_black(&self) {
        let seen = async || !self.picture("remote").await.is_some_and(|now| now.is_black());
        self.wait_while("the picture of the other side is black", seen).await;
    }

    /// The other side's sound comes in and is not silence.
    pub(crate) async fn hears(&self) {
        self.listen().await;
        self.wait_for("ears.heardAt > ears.since", "the other side is heard").await;
    }

    /// Waits until nothing has been heard for a while.
    pub(crate) async fn hears_nothing(&self) {
        self.listen().await;
        let silence = SILENCE.as_millis();
        assert!(2 * SILENCE < PATIENCE);
        let condition = format!("ears.level() < 0.01 && performance.now() - ears.heardAt > {silence}");
        self.wait_for(&condition, format!("the other side is silent for {silence} ms")).await;
    }

    /// Puts an ear to what the element plays, whichever stream that is: a new peer connection brings a new one. It hears
    /// what has come since.
    async fn listen(&self) {
        self.eval(
            "if (!window.ears) {
                 const context = new AudioContext();
                 const analyser = context.createAnalyser();
                 const samples = new Float32Array(analyser.fftSize);
                 const ears = window.ears = { heardAt: 0, since: 0 };
                 let heard, source;
                 ears.level = () => {
                     const stream = document.getElementById('remote').srcObject;
                     if (stream !== heard && stream?.getAudioTracks().length) {
                         source?.disconnect();
                         source = context.createMediaStreamSource(heard = stream);
                         source.connect(analyser);
                     }
                     analyser.getFloatTimeDomainData(samples);
                     return Math.max(...samples.map(Math.abs));
                 };
                 setInterval(() => { if (ears.level() > 0.01) ears.heardAt = performance.now(); }, 10);
             }
             ears.heardAt = ears.since = performance.now();",
        )
        .await;
    }

    pub(crate) async fn watches_and_hears(&self) {
        self.wait_for("document.getElementById('remote').srcObject", "the other side's stream is there").await;
        tokio::join!(self.watches("remote"), self.hears());
    }

    /// Opens a part of the call: `call`, `steps` or `chat`.
    pub(crate) async fn opens(&self, view: &str) {
        self.click(&format!("view-{view}")).await;
        let place = match view {
            "call" => "conversation",
            "steps" => "panel",
            "chat" => "talk",
            other => panic!("there is no part {other:?}"),
        };
        // On a phone it is pushed in, and that takes a moment. On a desk it has its place.
        let shown = format!(
            "document.getElementById('call').dataset.view === '{view}' && (swipe.clientWidth === 0
                 || Math.abs({place}.getBoundingClientRect().left - swipe.getBoundingClientRect().left) < 2)"
        );
        self.wait_for(&shown, format!("the {view} is shown")).await;
    }

    /// Chooses from a list. Those of the call are behind a button.
    pub(crate) async fn choose(&self, id: &str, value: &str) {
        let folded = format!("return !document.getElementById('{id}').checkVisibility()");
        if self.eval(&folded).await == true {
            self.click("open-more").await;
            self.0.choose(id, value).await;
            return self.click_on("#more [popovertargetaction=hide]").await;
        }
        self.0.choose(id, value).await;
    }

    /// Writes a line of chat.
    pub(crate) async fn says(&self, line: &str) {
        self.opens("chat").await;
        self.enter("chat-text", line).await;
        self.click("chat-send").await;
    }

    /// Waits until a line of chat can be read, letter by letter.
    pub(crate) async fn reads(&self, line: &str) {
        let condition = format!(
            "[...document.querySelectorAll('#chat-log li')].some(line => line.textContent.includes({}))",
            json!(line)
        );
        self.wait_for(&condition, format!("the chat shows {line:?}")).await;
    }

    /// Presses a button that stays pressed, or releases it.
    pub(crate) async fn toggle(&self, id: &str, pressed: bool) {
        self.click(id).await;
        let condition = format!("document.getElementById('{id}').ariaPressed === '{pressed}'");
        self.wait_for(&condition, format!("#{id} is pressed: {pressed}")).await;
    }

    /// Waits until the page says what went wrong, with all of these words.
    pub(crate) async fn until_error(&self, words: &[&str]) {
        self.wait_for(&visible("error"), "an error is shown").await;
        let error = self.text("error").await;
        assert!(words.iter().all(|word| error.contains(word)), "{}: no {words:?} in {error:?}", self.name);
    }
}

pub(crate) fn visible(id: &str) -> String {
    format!("document.getElementById('{id}').checkVisibility()")
}

pub(crate) fn text(id: &str) -> String {
    format!("document.getElementById('{id}').textContent.trim()")
}
