//! The page in a room that many people visit, one after the other.
//!
//! Expected: each of them is connected, says something and leaves, and leaves nothing in the page that grows with their number. The
//! chat keeps its last lines, and the record of the stay its beginning and its end.
//!
//! ```text
//! JOINS=500 cargo test --test browser -- --ignored --nocapture page_soak
//! ```

#![expect(clippy::print_stdout, reason = "the figures are what one runs this for")]

use std::cell::Cell;
use std::time::Instant;

use serde_json::{Value, json};
use study_zoom::call::CallEvent;
use testing::growth::Measured;
use testing::setting;

use crate::Stage;
use crate::native::NativePeer;
use crate::page::Browser;

/// In how many places the page is looked at.
const LOOKS: u64 = 50;
/// How often garbage is collected until nothing is held that was drawn before.
const COLLECTIONS: usize = 10;

/// Keeps the memory of the page's WebAssembly, to ask for its size.
const KEEP_MEMORY: &str = "
    const instantiate = WebAssembly.instantiateStreaming;
    WebAssembly.instantiateStreaming = async (...from) => {
        const made = await instantiate.apply(WebAssembly, from);
        window.wasmMemory = made.instance.exports.memory;
        return made;
    };";

/// How many lines the chat of the page keeps.
const LINES: usize = 1000;

/// Something that is counted in the page. In the second half of the visits it may grow by `once`, and by `each` with each visit.
struct Counted {
    /// What Chromium calls it.
    name: &'static str,
    once: f64,
    each: f64,
}

/// - **The heap of JavaScript** holds what the page shows, and functions that the browser has compiled because they ran often. Each
///   script that the test runs to look at the page leaves 70 bytes of it behind, and a visit needs ten of them or more. A visit
///   that left what is drawn of it would leave 600,000 bytes, and 3,000 nodes.
/// - **Nodes**: the chat is full already, and the diagram and the candidates of one call have a few more than those of another.
/// - **Documents**: the diagram is parsed in one of its own.
/// - **Peer connections**: the present one, and one that closes.
/// - **The memory of the WebAssembly** grows by whole blocks, and never shrinks. It has the record of the stay, which keeps its first
///   and its last megabyte and so grows for the first 200 visits, to 5 MB in all.
const COUNTED: [Counted; 6] = [
    Counted { name: "JSHeapUsedSize", once: 200_000.0, each: 3000.0 },
    Counted { name: "Nodes", once: 150.0, each: 1.0 },
    Counted { name: "JSEventListeners", once: 2.0, each: 0.05 },
    Counted { name: "Documents", once: 2.0, each: 0.01 },
    Counted { name: "RTCPeerConnections", once: 2.0, each: 0.01 },
    Counted { name: WASM, once: 2_500_000.0, each: 1000.0 },
];

/// For this Chromium has no name.
const WASM: &str = "WebAssembly.Memory";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_visit_leaves_nothing_in_the_page() {
    let joins = setting("JOINS", 20);
    let stage = Stage::with_page().await;
    let alice = Browser::open("alice", "about:blank").await;
    alice.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": KEEP_MEMORY})).await;
    alice.devtools("Performance.enable", json!({})).await;
    alice.go(&stage.server.url()).await;
    alice.until_ready().await;
    alice.join_as("A").await;
    // What is folded is not drawn.
    alice.eval("for (const part of document.querySelectorAll('#panel details')) part.open = true").await;
    fill_the_chat(&alice, &stage).await;
    let (mut measured, begun) = ([(); COUNTED.len()].map(|()| Measured::default()), Instant::now());
    for join in 0..joins {
        a_visit(&alice, &stage, join).await;
        if join % (joins / LOOKS).max(1) == 0 {
            for (measured, value) in measured.iter_mut().zip(counted(&alice).await) {
                measured.note(join as f64, value);
            }
        }
    }
    println!("{joins} visits in {:.0} s", begun.elapsed().as_secs_f64());
    assert_eq!(lines(&alice).await, LINES, "the chat keeps so many lines");
    let mut grown = Vec::new();
    for (Counted { name, once, each }, measured) in COUNTED.iter().zip(&measured) {
        let ([first, last], slope, half) = (measured.ends(), measured.slope(), joins as f64 / 2.0);
        let most = once / half + each;
        println!(
            "{name}: {first} at first, {last} at last, {slope:.2} for each visit of the second half (at most {most:.2})"
        );
        if slope > most {
            grown.push(name);
        }
    }
    assert!(grown.is_empty(), "the page grows: {grown:?}");
}

/// Until the chat has all the lines that it keeps, it grows. It lets go of the oldest ones.
async fn fill_the_chat(alice: &Browser, stage: &Stage) {
    let bob = arrives(alice, stage).await;
    for line in 0..LINES + 10 {
        bob.controls.chat(format!("line {line}."));
    }
    alice.reads(&format!("line {}.", LINES + 9)).await;
    assert_eq!(lines(alice).await, LINES);
    let first = alice.eval("return document.getElementById('chat-log').firstChild.textContent").await;
    assert!(first.as_str().is_some_and(|first| first.ends_with("line 10.")), "{first}");
    bob.hang_up().await;
    alice.until_disconnected().await;
}

/// How many lines the chat shows.
async fn lines(alice: &Browser) -> usize {
    let lines = alice.eval("return document.getElementById('chat-log').childElementCount").await;
    lines.as_u64().expect("a number") as usize
}

/// Somebody comes, says something when the two are connected, and leaves.
async fn a_visit(alice: &Browser, stage: &Stage, join: u64) {
    let bob = arrives(alice, stage).await;
    let line = format!("visit {join}");
    bob.controls.chat(&line);
    alice
        .wait_for(&format!("document.getElementById('chat-log').lastChild?.textContent.endsWith('{line}')"), &line)
        .await;
    bob.hang_up().await;
    alice.until_disconnected().await;
}

/// Somebody comes, and the two are connected and can chat.
async fn arrives(alice: &Browser, stage: &Stage) -> NativePeer {
    let mut bob = NativePeer::join("bob", &stage.server).await;
    let missing = Cell::new(2);
    let is_there = |event: &CallEvent| match event {
        CallEvent::StepDone(step, _) => step.number == 13,
        event => *event == CallEvent::ChatOpen,
    };
    let all_there = |event: &CallEvent| {
        missing.set(missing.get() - i32::from(is_there(event)));
        missing.get() == 0
    };
    bob.until("step 13 is done and the chat is open", all_there).await;
    alice.until_connected().await;
    bob
}

/// How much there is of each, when nothing is kept that nobody can reach.
async fn counted(alice: &Browser) -> [f64; COUNTED.len()] {
    // The page draws what is new a moment later. What was drawn before is held until then, and the document with it in which
    // the diagram was parsed.
    alice.eval("return new Promise(done => setTimeout(() => requestAnimationFrame(done), 400))").await;
    let mut metrics = collected(alice).await;
    for _ in 0..COLLECTIONS {
        if metric(&metrics, "Documents") == 1.0 {
            break;
        }
        metrics = collected(alice).await;
    }
    let wasm = alice.eval("return wasmMemory.buffer.byteLength").await.as_f64().expect("the page has a memory");
    COUNTED.map(|Counted { name, .. }| if name == WASM { wasm } else { metric(&metrics, name) })
}

/// What Chromium counts after a collection of garbage.
async fn collected(alice: &Browser) -> Value {
    // What JavaScript has let go of, the program in WebAssembly hears after a collection, and lets go of more.
    for _ in 0..2 {
        alice.devtools("HeapProfiler.collectGarbage", json!({})).await;
        alice.eval("return new Promise(done => setTimeout(done, 50))").await;
    }
    alice.devtools("Performance.getMetrics", json!({})).await
}

fn metric(metrics: &Value, name: &str) -> f64 {
    let found = metrics["metrics"].as_array().and_then(|all| all.iter().find(|metric| metric["name"] == name));
    found.and_then(|metric| metric["value"].as_f64()).unwrap_or_else(|| panic!("Chromium counts no {name}: {metrics}"))
}
