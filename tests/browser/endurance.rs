//! The page after a long day.
//!
//! Expected: a person who has joined and left a hundred times has left nothing behind: no peer connection, no track, no
//! timer, and one connection to the server; and the page is there quickly.

use crate::Stage;
use crate::native::NativePeer;
use crate::page::Browser;

/// Counts what is made, and what of it is over.
const COUNT: &str = "
    window.made = { connections: [], tracks: [], intervals: new Set(), sockets: [], contexts: [] };
    const wrap = (name, list) => {
        const Real = window[name];
        window[name] = function (...args) { const made = new Real(...args); list.push(made); return made; };
        window[name].prototype = Real.prototype;
        Object.assign(window[name], { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 });
    };
    wrap('RTCPeerConnection', made.connections);
    wrap('WebSocket', made.sockets);
    wrap('AudioContext', made.contexts);
    const devices = navigator.mediaDevices, get = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async wanted => {
        const stream = await get(wanted);
        made.tracks.push(...stream.getTracks());
        return stream;
    };
    const set = window.setInterval, clear = window.clearInterval;
    window.setInterval = (...args) => { const id = set(...args); made.intervals.add(id); return id; };
    window.clearInterval = id => { made.intervals.delete(id); clear(id); };";

/// What is still alive.
const LEFT: &str = "return {
    connections: made.connections.filter(one => one.signalingState !== 'closed').length,
    sockets: made.sockets.filter(one => one.readyState < 2).length,
    contexts: made.contexts.filter(one => one.state !== 'closed').length,
    tracks: made.tracks.filter(one => one.readyState !== 'ended').length,
    intervals: made.intervals.size,
}";

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_hundred_joins_and_leaves_leave_nothing_behind() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit("alice", &stage.server).await;
    // The preview of the lobby belongs to the time before.
    alice.until_preview().await;
    alice.choose("source", "nothing").await;
    alice.choose("source", "devices").await;
    alice.eval(COUNT).await;
    let mut bob = None;
    for round in 0..100 {
        alice.enter("room", if round < 10 { crate::ROOM } else { "alone" }).await;
        // In the first ones somebody is there.
        if round == 0 {
            bob = Some(NativePeer::join("bob", &stage.server).await);
        }
        alice.click("join").await;
        alice.wait_for("document.getElementById('call').checkVisibility()", "the call is shown").await;
        alice.wait_for("['A', 'B'].includes(document.getElementById('role').textContent)", "it is in the room").await;
        if let Some(bob) = &mut bob {
            bob.until_step_13().await;
        }
        alice.click("hang-up").await;
        alice.until_back_in_lobby().await;
        if round == 9 {
            bob.take().expect("it was there").hang_up().await;
        }
    }
    let made = alice.eval("return [made.connections.length, made.tracks.length, made.sockets.length]").await;
    // The stream of the first one may have been opened before it was counted.
    assert!(made[0].as_u64() >= Some(100) && made[1].as_u64() >= Some(198) && made[2].as_u64() >= Some(100), "{made}");
    // One connection to the server stands already, for the call to come.
    let nothing = serde_json::json!({"connections": 0, "sockets": 1, "contexts": 0, "tracks": 0, "intervals": 0});
    let left = async || alice.eval(LEFT).await != nothing;
    alice.wait_while(format!("of {made} nothing is left"), left).await;
    // Above all: it still works.
    let mut carol = NativePeer::join("carol", &stage.server).await;
    alice.join_as("B").await;
    carol.until_step_13().await;
    alice.watches_and_hears().await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
#[expect(clippy::print_stdout, reason = "the figures are what one runs this for")]
async fn the_page_is_there_within_a_second() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit("alice", &stage.server).await;
    let mut times = vec![];
    for _ in 0..5 {
        alice.reload().await;
        alice.until_ready().await;
        let ready = alice.eval("return Number(document.documentElement.dataset.ready)").await;
        times.push(ready.as_u64().expect("milliseconds"));
    }
    times.sort_unstable();
    println!("from the beginning of a warm load until the page can be used: {times:?} ms");
    // The quickest: the others tell how busy the machine is.
    assert!(times[0] <= 1000, "{times:?} ms");
}
