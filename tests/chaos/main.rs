//! Endurance: for a stated time servers, Redis, wires and clients are killed, frozen and cut, and after each step it is
//! checked that what must never happen has not happened.
//!
//! **Scenario:** two servers of the call and two of the chat share a Redis. `alice` and `bob` are in a call, and so are
//! `carol` and a peer that is a program of its own. Six people come and go in three rooms, four people chat. A wire for each
//! of them leads to one server, and to the other one when the first does not listen.
//!
//! **Expected, after each step:**
//! * no room has a third person, neither by what its members believe nor by what a server says to one more;
//! * a message of the chat that was acknowledged has arrived at everybody once and in order, or its loss was told;
//! * when all have left, a new pair gets into each room;
//! * a call that is connected has not ended, and its chat works even while something is wrong: it needs no server;
//! * who hangs up sends nothing any more, and nothing of it is left running;
//! * no program has panicked, and within [`BOUND`] after a fault everything works again.
//!
//! ```text
//! apt-get install redis-server
//! cargo build --workspace --bins
//! SECONDS=1800 SEED=1 cargo test --test chaos -- --ignored --nocapture chaos
//! SECONDS=1200 JOINS=10000 cargo test --test chaos -- --ignored --nocapture soak
//! ```
//! The same seed is the same sequence of faults. What is said and done meanwhile is the same too, but not what comes of it:
//! that depends on the time that each program takes.

#![expect(clippy::print_stdout, reason = "what was done and measured is for people")]

#[path = "../common/mod.rs"]
mod common;
/// What goes wrong.
mod plan;
/// Redis and the servers.
mod world;
/// Ways to a server that can be cut.
mod wire;
/// Headless peers.
mod caller;
/// The two calls that go on.
mod calls;
/// Somebody who comes and goes.
mod person;
/// Somebody who looks whether all is well.
mod visitor;
/// All who come and go.
mod crowd;
/// Somebody who chats.
mod talker;
/// What somebody who chats knows.
mod knowledge;
/// All who chat.
mod talk;
/// A step is carried out and checked.
mod stage;
/// A long call, and many joins.
mod soak;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use plan::Plan;
use stage::Stage;
use testing::setting;

/// Within this time after a fault everything works again. The longest way back: a connection is dead and nobody has said so,
/// which the heartbeat finds after 15 seconds; then the client tries again after 7.5 seconds at most; and then servers that
/// had lost each other take five seconds to agree.
pub(crate) const BOUND: Duration = Duration::from_secs(30);

/// One at a time: what one test takes from the processor, the other one would wait for.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Looks again and again whether this is so.
pub(crate) async fn until(what: &str, patience: Duration, mut is_so: impl AsyncFnMut() -> bool) -> Result<(), String> {
    let looking = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let found = tokio::time::timeout(patience, looking).await;
    found.map_err(|_| format!("not within {patience:?}: {what}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes three minutes, or SECONDS; needs redis-server: apt-get install redis-server"]
async fn chaos() {
    let _alone = ALONE.lock().await;
    let (seconds, seed) = (setting("SECONDS", 180), setting("SEED", 1));
    println!("SEED={seed} SECONDS={seconds}");
    let (mut faults, mut steps) = (BTreeMap::<&str, u32>::new(), 0);
    let mut stage = Stage::set().await.unwrap_or_else(|error| panic!("before the first step: {error}"));
    let begun = Instant::now();
    for step in Plan::new(seed) {
        if begun.elapsed() > Duration::from_secs(seconds) {
            break;
        }
        let at = begun.elapsed().as_secs_f64();
        let names = step.faults.iter().map(ToString::to_string).collect::<Vec<_>>().join(" + ");
        println!("{at:7.1} s  step {:3}: {names} for {} ms", step.number, step.lasts.as_millis());
        match Box::pin(stage.play(&step)).await {
            Ok(checked) => println!("           {checked}"),
            Err(violation) => {
                println!("{}", stage.logs());
                panic!("VIOLATION in step {}, SEED={seed}: {violation}\n{step:?}", step.number);
            }
        }
        steps += 1;
        for fault in &step.faults {
            *faults.entry(fault.kind()).or_default() += 1;
        }
    }
    let (said, heard) = stage.counts();
    stage.end().await.unwrap_or_else(|error| panic!("VIOLATION at the end, SEED={seed}: {error}"));
    println!("{steps} steps in {:.0} s, {said} messages acknowledged and {heard} heard", begun.elapsed().as_secs_f64());
    println!("faults: {}", faults.iter().map(|(kind, count)| format!("{kind} {count}")).collect::<Vec<_>>().join(", "));
    println!("violations: none");
}
