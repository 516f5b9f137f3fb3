//! `tests/plain-client/index.html` is what a JavaScript developer writes on the first evening: `socket.io-client` from
//! npm, a bare `RTCPeerConnection`, and only the events `join_room`, `welcome`, `offer`, `answer` and `ice`.
//!
//! Expected: it can call everybody else, and everybody else can call it.

use std::net::SocketAddr;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::Html;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::native::NativePeer;
use crate::page::Browser;
use crate::{ROOM, Stage};
use socketio_src::server::Origins;
use study_zoom::server::ServerOptions;

/// A server of files that has nothing to do with ours, as another company would run it.
pub(crate) struct PlainSite {
    address: SocketAddr,
    serving: JoinHandle<std::io::Result<()>>,
}

impl PlainSite {
    /// The site, and a server of the call that lets its page in.
    pub(crate) async fn start_with_stage(stage: impl AsyncFnOnce(ServerOptions) -> Stage) -> (Self, Stage) {
        let site = Self::start().await;
        let origins = Origins::new([format!("http://{}", site.address)]).expect("an origin");
        let stage = stage(ServerOptions { origins, ..ServerOptions::default() }).await;
        (site, stage)
    }

    async fn start() -> Self {
        let script = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/plain-client/node_modules/socket.io-client/dist/socket.io.min.js"
        );
        let script = std::fs::read_to_string(script)
            .unwrap_or_else(|error| panic!("{script}: {error}: run `npm install --prefix tests/plain-client` first"));
        let script = ([(CONTENT_TYPE, "text/javascript")], script);
        let page = Html(include_str!("../plain-client/index.html"));
        let study = Html(include_str!("../plain-client/study.html"));
        let router = Router::new()
            .route("/", get(async move || page))
            .route("/study", get(async move || study))
            .route("/socket.io.min.js", get(async move || script));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("the system has a free port");
        let address = listener.local_addr().expect("a listener has an address");
        Self { address, serving: tokio::spawn(axum::serve(listener, router).into_future()) }
    }

    /// The page of a person who joins the room when the button is pressed.
    pub(crate) fn lobby(&self, stage: &Stage) -> String {
        format!("http://{}/?server={}&room={ROOM}&later=", self.address, stage.server.url())
    }

    /// The page in the order of the study: everything but the socket begins when the button is pressed.
    pub(crate) fn study(&self, stage: &Stage) -> String {
        format!("http://{}/study?server={}&room={ROOM}", self.address, stage.server.url())
    }

    /// The page of a person who joins the room.
    async fn open(&self, name: &'static str, stage: &Stage) -> Browser {
        let url = format!("http://{}/?server={}&room={ROOM}", self.address, stage.server.url());
        let browser = Browser::open(name, &url).await;
        let joined = "document.getElementById('status').textContent != ''";
        browser.wait_for(joined, "the plain client has a camera").await;
        // Whatever the server answers to this, it has read the `join_room` before.
        browser.eval("return socket.emitWithAck('is anybody there?')").await;
        browser
    }
}

impl Drop for PlainSite {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Both see and hear each other, and the script of the plain client has had no error.
async fn plain_and_page_are_in_a_call(plain: &Browser, page: &Browser) {
    page.until_connected().await;
    tokio::join!(plain.watches_and_hears(), page.watches_and_hears());
    assert_eq!(plain.text("error").await, "");
}

/// Likewise.
async fn plain_and_native_are_in_a_call(plain: &Browser, native: &mut NativePeer) {
    native.until_step_13().await;
    tokio::join!(plain.watches_and_hears(), native.receives(20, 50));
    assert_eq!(plain.text("error").await, "");
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_plain_client_calls_a_headless_peer() {
    let (site, stage) = PlainSite::start_with_stage(Stage::set_with).await;
    let alice = site.open("alice", &stage).await;
    let mut bob = NativePeer::join("bob", &stage.server).await;
    plain_and_native_are_in_a_call(&alice, &mut bob).await;
    bob.hang_up().await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_headless_peer_calls_a_plain_client() {
    let (site, stage) = PlainSite::start_with_stage(Stage::set_with).await;
    let mut alice = NativePeer::join("alice", &stage.server).await;
    let bob = site.open("bob", &stage).await;
    plain_and_native_are_in_a_call(&bob, &mut alice).await;
    alice.hang_up().await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_plain_client_calls_our_page() {
    let (site, stage) = PlainSite::start_with_stage(Stage::with_page_and).await;
    let alice = site.open("alice", &stage).await;
    let bob = Browser::visit("bob", &stage.server).await;
    bob.join_as("B").await;
    plain_and_page_are_in_a_call(&alice, &bob).await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn our_page_calls_a_plain_client() {
    let (site, stage) = PlainSite::start_with_stage(Stage::with_page_and).await;
    let alice = Browser::visit("alice", &stage.server).await;
    alice.join_as("A").await;
    let bob = site.open("bob", &stage).await;
    plain_and_page_are_in_a_call(&bob, &alice).await;
}

/// A stranger looks for a new path: whichever side it is, it offers, as browsers do without being told otherwise.
async fn restarts(plain: &Browser) {
    let ufrag = "return peer.remoteDescription.sdp.match(/a=ice-ufrag:(\\S+)/)[1]";
    let before = plain.eval(ufrag).await;
    plain
        .eval(
            "return (async () => {
                const offer = await peer.createOffer({ iceRestart: true });
                await peer.setLocalDescription(offer);
                socket.emit('offer', offer, room);
            })()",
        )
        .await;
    plain.wait_while("the other side answers with new credentials", async || plain.eval(ufrag).await == before).await;
    plain.wait_for("peer.connectionState === 'connected'", "there is a path").await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_stranger_restarts_ice_on_either_side_of_a_call_with_a_headless_peer() {
    for plain_is_a in [true, false] {
        let (site, stage) = PlainSite::start_with_stage(Stage::set_with).await;
        let (plain, mut native) = if plain_is_a {
            let plain = site.open("alice", &stage).await;
            (plain, NativePeer::join("bob", &stage.server).await)
        } else {
            let native = NativePeer::join("alice", &stage.server).await;
            (site.open("bob", &stage).await, native)
        };
        plain_and_native_are_in_a_call(&plain, &mut native).await;
        restarts(&plain).await;
        plain_and_native_are_in_a_call(&plain, &mut native).await;
        native.hang_up().await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_stranger_restarts_ice_in_a_call_with_our_page_and_our_page_with_a_stranger() {
    let (site, stage) = PlainSite::start_with_stage(Stage::with_page_and).await;
    let alice = Browser::visit("alice", &stage.server).await;
    alice.join_as("A").await;
    let bob = site.open("bob", &stage).await;
    plain_and_page_are_in_a_call(&bob, &alice).await;
    restarts(&bob).await;
    plain_and_page_are_in_a_call(&bob, &alice).await;
    // And the other way round: the page has another network.
    let ufrag = "return peer.remoteDescription.sdp.match(/a=ice-ufrag:(\\S+)/)[1]";
    let before = bob.eval(ufrag).await;
    alice.eval("window.dispatchEvent(new Event('online'))").await;
    bob.wait_while("the page offers new credentials", async || bob.eval(ufrag).await == before).await;
    plain_and_page_are_in_a_call(&bob, &alice).await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_page_of_another_server_that_nobody_has_named_gets_nothing() {
    let (site, stage) = (PlainSite::start().await, Stage::without_page().await);
    let mut alice = NativePeer::join("alice", &stage.server).await;
    let url = format!("http://{}/?server={}&room={ROOM}", site.address, stage.server.url());
    let mallory = Browser::open("mallory", &url).await;
    mallory.eval("socket.on('connect_error', (error) => { window.refused = (window.refused ?? 0) + 1; })").await;
    mallory.wait_for("window.refused >= 2", "the server refuses the page, and again").await;
    assert_eq!(mallory.eval("return socket.connected").await, false);
    // The place is free for somebody else.
    let mut bob = NativePeer::join("bob", &stage.server).await;
    tokio::join!(alice.until_step_13(), bob.until_step_13());
    tokio::join!(alice.hang_up(), bob.hang_up());
}
