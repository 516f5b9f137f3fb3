//! Two calls that go on while things go wrong: one of two peers in this process, and one with a peer that is a program.

use std::time::Duration;

use serde_json::{Value, json};

use crate::BOUND;
use crate::caller::{Caller, EchoProgram};
use crate::until;
use crate::visitor::third_person;
use crate::wire::Wire;

const ROOMS: [&str; 2] = ["call", "call with an echo"];
/// How long the place of somebody is kept who has lost the connection in a call (`ServerOptions::hold`).
const HOLD: Duration = Duration::from_secs(15);
/// How long a line of chat may take over a data channel. It needs no server.
const CHAT: Duration = Duration::from_secs(10);

/// The two calls. A wire for each of the four: alice, bob, carol and the program.
pub(crate) struct Calls {
    alice: Caller,
    bob: Caller,
    carol: Caller,
    echo: EchoProgram,
    /// What is said next, so that nothing old is taken for it.
    line: u64,
}

impl Calls {
    pub(crate) async fn start(wires: &[Wire]) -> Result<Self, String> {
        let [first, second] = ROOMS;
        let alice = Caller::join("alice", &wires[0].url(), first, BOUND).await?;
        let bob = Caller::join("bob", &wires[1].url(), first, BOUND).await?;
        let carol = Caller::join("carol", &wires[2].url(), second, BOUND).await?;
        let echo = EchoProgram::start(&wires[3].url(), second);
        let mut calls = Self { alice, bob, carol, echo, line: 0 };
        calls.work(wires, BOUND).await?;
        Ok(calls)
    }

    /// alice and bob read each other.
    pub(crate) async fn first_talks(&mut self, patience: Duration) -> Result<(), String> {
        self.line += 1;
        let text = format!("line {}", self.line);
        self.alice.says(&text);
        self.bob.says(&text);
        self.bob.hears(&text, patience).await?;
        self.alice.hears(&text, patience).await
    }

    /// carol reads what the program sends back.
    pub(crate) async fn second_talks(&mut self, patience: Duration) -> Result<(), String> {
        self.line += 1;
        let text = format!("line {}", self.line);
        self.carol.says(&text);
        self.carol.hears(&format!("echo: {text}"), patience).await
    }

    /// Nothing has ended a call. `second`: that of carol as well.
    pub(crate) fn go_on(&mut self, second: bool) -> Result<(), String> {
        for (caller, must) in [(&self.alice, true), (&self.bob, true), (&self.carol, second)] {
            let ended = caller.take_ended();
            if must && !ended.is_empty() {
                return Err(format!("a call that was connected has ended: {ended:?}"));
            }
        }
        Ok(())
    }

    /// Both calls are connected, with picture, sound and chat both ways. The program may take this long.
    pub(crate) async fn work(&mut self, wires: &[Wire], patience: Duration) -> Result<(), String> {
        for caller in [&self.alice, &self.bob] {
            caller.until_connected(CHAT).await?;
            caller.receives(CHAT).await?;
        }
        self.first_talks(CHAT).await?;
        let (mut line, mut checked) = (self.line, Ok(()));
        let (carol, echo) = (&self.carol, &mut self.echo);
        until("carol and the program talk", patience, async || {
            if echo.has_ended() {
                // It was refused: the place of the one before is still kept.
                checked = checked.clone().and(echo.check());
                *echo = EchoProgram::start(&wires[3].url(), ROOMS[1]);
            }
            // To be connected says nothing: the one before can have died a moment ago.
            line += 1;
            carol.says(&format!("line {line}"));
            carol.hears(&format!("echo: line {line}"), Duration::from_millis(500)).await.is_ok()
        })
        .await?;
        checked?;
        self.line = line;
        self.carol.receives(CHAT).await?;
        self.second_talks(CHAT).await?;
        for caller in [&self.alice, &self.bob, &self.carol] {
            caller.until_server_is_back(BOUND).await?;
        }
        self.echo.check()
    }

    /// No server lets a third person in, and each one knows why. A server that was without Redis and has nobody in the room
    /// knows nothing of it, and takes a place back that it has given away: it is given time to find Redis.
    pub(crate) async fn are_full(&self, servers: &[String], redis_was_away: bool) -> Result<(), String> {
        for (room, url) in ROOMS.iter().flat_map(|room| servers.iter().map(move |url| (room, url))) {
            let mut reply = Value::Null;
            until(&format!("room {room:?} is full"), BOUND, async || {
                reply = third_person(url, room).await.unwrap_or_else(|error| json!({"error": error}));
                (reply["ok"] == true && !redis_was_away) || reply["error"]["code"] == "room_full"
            })
            .await
            .map_err(|error| format!("{error}: {reply}"))?;
            if reply["ok"] == true {
                return Err(format!("a third person has got into room {room:?}, where two are in a call"));
            }
        }
        Ok(())
    }

    /// alice hangs up and comes back; then bob does.
    pub(crate) async fn hang_up_and_come_back(&mut self, wires: &[Wire]) -> Result<(), String> {
        let Self { alice, bob, .. } = self;
        for (name, wire) in [("alice", 0), ("bob", 1)] {
            let (leaves, stays) = if wire == 0 { (&mut *alice, &*bob) } else { (&mut *bob, &*alice) };
            leaves.hang_up().await?;
            let what = format!("the other side hears that {name} has left");
            until(&what, CHAT, async || !stays.take_ended().is_empty()).await?;
            let before = stays.counters.read();
            tokio::time::sleep(Duration::from_millis(500)).await;
            if stays.counters.read() != before {
                return Err(format!("{name} has hung up, and its sound or picture still comes in"));
            }
            *leaves = Caller::join(name, &wires[wire].url(), ROOMS[0], BOUND).await?;
            alice.until_connected(BOUND).await?;
            bob.until_connected(BOUND).await?;
        }
        Ok(())
    }

    /// The program is killed in its call. Nobody has said goodbye: its place is kept for a while.
    pub(crate) fn kill_echo(&mut self) -> Result<(), String> {
        self.echo.signal("KILL");
        self.echo.check()
    }

    pub(crate) fn signal_echo(&self, signal: &str) {
        self.echo.signal(signal);
    }

    /// Everybody hangs up, and nothing of them is left.
    pub(crate) async fn end(mut self) -> Result<(), String> {
        self.alice.hang_up().await?;
        self.bob.hang_up().await?;
        self.carol.hang_up().await
    }

    /// How long the second call may take to be there again when the program was killed.
    pub(crate) fn patience_after_a_death() -> Duration {
        HOLD + BOUND
    }
}
