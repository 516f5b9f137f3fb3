//! A long call, and many who come and go: no memory is lost.

use std::time::{Duration, Instant};

use serde_json::json;
use shared::events::{ANSWER, BYE, ICE, JOIN_ROOM, LEAVE_ROOM, OFFER, WELCOME};
use testing::cost::resident_kb;
use testing::growth::Measured;
use testing::setting;

use crate::caller::{Caller, EchoProgram};
use crate::common::program::ServerProgram;
use crate::visitor::Visitor;
use crate::{ALONE, BOUND};

const ROOM: &str = "soak";
/// How long a line of chat may take.
const CHAT: Duration = Duration::from_secs(10);
/// How often memory is looked at in the call, and how often something is said.
const SECOND: Duration = Duration::from_secs(1);
/// In how many places memory is looked at while people come and go.
const LOOKS: u64 = 100;
/// A peer sends and receives 160 packets of sound and picture in a second: if 32 bytes of each were kept, that would be this
/// much. What the allocator takes looks like 110,000 in a run of two minutes, and like 1,300 in one of twenty.
const PEER_BYTES_PER_MINUTE: f64 = 300_000.0;
/// The server has nothing to do in a call that is connected but a ping every ten seconds. It takes less than 1,000.
const SERVER_BYTES_PER_MINUTE: f64 = 100_000.0;
/// The server keeps more than a kilobyte for a connection: if one of seven were kept, that would be this much. Pages of the
/// allocator look like 34 in a run of 2,000 joins, and like 2 in one of 10,000.
const SERVER_BYTES_PER_JOIN: f64 = 150.0;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes three minutes, or SECONDS and JOINS"]
async fn soak() {
    let _alone = ALONE.lock().await;
    let (seconds, joins) = (setting("SECONDS", 120), setting("JOINS", 2000));
    println!("SECONDS={seconds} JOINS={joins}");
    let server = ServerProgram::start_with(&[]);
    let call = a_long_call(&server, Duration::from_secs(seconds)).await;
    let people = many_come_and_go(&server, joins).await;
    assert!(!server.log().contains("panicked at"), "{}", server.log());
    let [of_server, of_peer] = call.unwrap_or_else(|error| panic!("a long call: {error}"));
    let of_joins = people.unwrap_or_else(|error| panic!("many come and go: {error}"));
    let mut grown = Vec::new();
    for (what, measured, unit, slope, bound) in [
        ("server in the call", &of_server, "minute", of_server.slope() * 60.0, SERVER_BYTES_PER_MINUTE),
        ("peer in the call", &of_peer, "minute", of_peer.slope() * 60.0, PEER_BYTES_PER_MINUTE),
        ("server with the joins", &of_joins, "join", of_joins.slope(), SERVER_BYTES_PER_JOIN),
    ] {
        println!("{what}: {}, {slope:.0} bytes for each {unit} (at most {bound:.0})", measured.range());
        if slope > bound {
            grown.push(what);
        }
    }
    assert!(grown.is_empty(), "memory grows: {grown:?}");
}

/// alice, and a peer that is a program and sends back what it gets. The memory of the server and of that peer.
async fn a_long_call(server: &ServerProgram, lasts: Duration) -> Result<[Measured; 2], String> {
    let mut alice = Caller::join("alice", server.url(), ROOM, BOUND).await?;
    let echo = EchoProgram::start(server.url(), ROOM);
    alice.until_connected(BOUND).await?;
    let (begun, mut measured) = (Instant::now(), [Measured::default(), Measured::default()]);
    let mut second = 0;
    while begun.elapsed() < lasts {
        tokio::time::sleep_until((begun + SECOND * second).into()).await;
        let text = format!("second {second}");
        alice.says(&text);
        alice.hears(&format!("echo: {text}"), CHAT).await?;
        alice.receives(CHAT).await?;
        let at = begun.elapsed().as_secs_f64();
        measured[0].note(at, server.memory() as f64 * 1024.0);
        measured[1].note(at, resident_kb(echo.pid()) * 1024.0);
        second += 1;
    }
    let received = alice.counters.read();
    println!("{second} lines of chat, {received:?}");
    let ended = alice.take_ended();
    if !ended.is_empty() {
        return Err(format!("it has ended: {ended:?}"));
    }
    echo.check()?;
    alice.hang_up().await?;
    Ok(measured)
}

/// Pairs that meet, say all that a call needs, and leave. The memory of the server.
async fn many_come_and_go(server: &ServerProgram, joins: u64) -> Result<Measured, String> {
    let (mut measured, begun) = (Measured::default(), Instant::now());
    for pair in 0..joins / 2 {
        a_pair(server.url(), &format!("{ROOM} {}", pair % 7)).await.map_err(|error| format!("pair {pair}: {error}"))?;
        if pair % (joins / 2 / LOOKS).max(1) == 0 {
            measured.note(2.0 * pair as f64, server.memory() as f64 * 1024.0);
        }
    }
    println!("{joins} joins and leaves in {:.0} s", begun.elapsed().as_secs_f64());
    Ok(measured)
}

async fn a_pair(url: &str, room: &str) -> Result<(), String> {
    let (mut a, mut b) = (Visitor::at(url).await?, Visitor::at(url).await?);
    for visitor in [&a, &b] {
        let reply = visitor.ask(JOIN_ROOM, vec![json!(room)]).await?;
        if reply["ok"] != true {
            return Err(format!("a place in room {room:?}: {reply}"));
        }
    }
    a.hears(WELCOME).await?;
    // As long as those of a real call are.
    let sdp = "a=candidate\r\n".repeat(200);
    a.ask(OFFER, vec![json!({"type": "offer", "sdp": sdp}), json!(room)]).await?;
    b.hears(OFFER).await?;
    b.ask(ANSWER, vec![json!({"type": "answer", "sdp": sdp}), json!(room)]).await?;
    a.hears(ANSWER).await?;
    for number in 0..10 {
        let candidate =
            || vec![json!({"candidate": format!("candidate:{number} 1 udp 1 127.0.0.1 9 typ host")}), json!(room)];
        a.ask(ICE, candidate()).await?;
        b.hears(ICE).await?;
        b.ask(ICE, candidate()).await?;
        a.hears(ICE).await?;
    }
    b.ask(LEAVE_ROOM, vec![json!(room)]).await?;
    a.hears(BYE).await?;
    a.ask(LEAVE_ROOM, vec![json!(room)]).await?;
    // A page that is closed says goodbye.
    a.leaves().await?;
    b.leaves().await
}
