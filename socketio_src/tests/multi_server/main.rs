//! Servers that act as one, through a real Redis: programs as one starts them, with people on different ones.
//!
//! Expected: people, counts, lists, messages, typing and what was missed are the same whichever server somebody is
//! connected to; without Redis each server goes on for its own people and says so once; a server that was killed takes its
//! people with it within six seconds; and all of that heals by itself.
//!
//! ```text
//! apt-get install redis-server nginx-light
//! cargo test -p socketio_src --test multi_server -- --ignored
//! ```

#![expect(clippy::unwrap_used, reason = "a helper that unwraps fails with the line that failed, like a test")]

#[allow(dead_code, reason = "every test file has its own copy of this module and uses a part of it")]
#[path = "../common/mod.rs"]
mod common;
/// Behind a balancer.
mod balancer;
/// HTTP requests by hand.
#[path = "../abuse/raw.rs"]
#[allow(dead_code, reason = "only the HTTP part of it is of use here")]
mod raw;
/// Somebody who chats.
#[path = "../scenarios/person.rs"]
#[allow(dead_code, reason = "every test file has its own copy of this module and uses a part of it")]
mod person;

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};

use common::within;
use person::{Person, until};
use testing::redis::Redis;

const README: &str = include_str!("../../README.md");

/// How long a server may be silent before its people are gone: five seconds, and one until somebody looks.
const GONE: Duration = Duration::from_secs(6);

/// `socketio_src --redis …`, killed when it is dropped.
struct Server {
    program: Child,
    port: u16,
}

impl Server {
    async fn start(redis: &Redis) -> Self {
        Self::start_with(&["--redis", &redis.url()]).await
    }

    async fn start_with(arguments: &[&str]) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_socketio_src"))
            .args(["--addr", "127.0.0.1:0", "--rate", "10000"])
            .args(arguments)
            .env_remove("CARGO")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
        let line = within("the address of the server", lines.next_line()).await.unwrap().unwrap();
        let address = line.split("http://").nth(1).unwrap().split(' ').next().unwrap();
        let server = Self { program, port: address.rsplit(':').next().unwrap().parse().unwrap() };
        // It listens before it knows what the other servers have: a connection waits for that.
        drop(Person::plain("somebody", server.port).await);
        server
    }

    /// Without a goodbye.
    async fn kill(&mut self) {
        within("the end of the server", self.program.kill()).await.unwrap();
    }

    async fn signal(&self, name: &str) {
        let pid = self.program.id().unwrap().to_string();
        assert!(Command::new("kill").args([format!("-{name}"), pid]).status().await.unwrap().success());
    }

    /// Asks it to end; what it has logged.
    async fn stop(mut self) -> String {
        self.signal("TERM").await;
        let mut log = String::new();
        let mut stderr = self.program.stderr.take().unwrap();
        within("the log of the server", stderr.read_to_string(&mut log)).await.unwrap();
        assert!(within("the end of the server", self.program.wait()).await.unwrap().success(), "{log}");
        log
    }
}

/// Waits until somebody is told that the servers are in this state.
async fn is_told(person: &mut Person, state: &str) {
    loop {
        let told = person.hears_next("servers").await;
        if told[0]["state"] == state {
            return;
        }
    }
}

/// Waits until somebody who enters finds so many in the room.
async fn until_there_are(count: usize, room: &str, server: &Server) {
    let what = format!("{count} people in {room}");
    until(&what, async || {
        // Looking does not count: it leaves at once.
        let visitor = Person::plain("visitor", server.port).await;
        let entered = visitor.enters(room).await;
        visitor.done("leave_room", vec![json!(room)]).await;
        entered["count"] == json!(count + 1)
    })
    .await;
}

#[tokio::test]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn people_on_three_servers_are_in_one_room() {
    let redis = Redis::start();
    let servers = [Server::start(&redis).await, Server::start(&redis).await, Server::start(&redis).await];
    let mut alice = Person::in_room("alice", "demo", servers[0].port).await;
    let mut bob = Person::in_room("bob", "demo", servers[1].port).await;
    assert_eq!(alice.hears("welcome").await, [json!("bob"), json!(2)]);
    let mut carol = Person::resumable("carol", servers[2].port).await;
    carol.done("nickname", vec![json!("carol")]).await;
    let entered = carol.enters("demo").await;
    assert_eq!((&entered["count"], &entered["people"]), (&json!(3), &json!(["alice", "bob", "carol"])));
    assert_eq!(alice.hears("welcome").await, [json!("carol"), json!(3)]);
    assert_eq!(bob.hears("welcome").await, [json!("carol"), json!(3)]);

    let said = alice.says("hello <b>", "demo").await;
    bob.hears_message("alice: hello <b>").await;
    assert_eq!(carol.hears_message_with_offset("alice", "hello <b>").await, said["offset"]);
    bob.emits("typing", vec![json!(true), json!("demo")]);
    assert_eq!(alice.hears("typing").await, [json!("bob"), json!(true)]);
    assert_eq!(carol.hears("typing").await, [json!("bob"), json!(true)]);
    bob.done("nickname", vec![json!("rob")]).await;
    assert_eq!(carol.hears("renamed").await, [json!("bob"), json!("rob")]);
    assert_eq!(alice.hears("renamed").await, [json!("bob"), json!("rob")]);

    // A list is for everybody, in the room or not.
    bob.enters("elsewhere").await;
    assert_eq!(alice.hears("bye").await, [json!("rob"), json!(2)]);
    until("alice sees both rooms", async || alice.hears_next("room_change").await == [json!(["demo", "elsewhere"])])
        .await;
    let mut dave = Person::plain("dave", servers[0].port).await;
    assert_eq!(dave.hears_next("room_change").await, [json!(["demo", "elsewhere"])]);

    // A server that is stopped says goodbye for its people.
    let [_a, _b, stopped] = servers;
    let asked = Instant::now();
    stopped.stop().await;
    assert_eq!(alice.hears("bye").await, [json!("carol"), json!(1)]);
    assert!(asked.elapsed() < GONE, "{:?}", asked.elapsed());
}

#[tokio::test]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn each_hears_everything_once_and_in_the_order_of_each_sender() {
    const MESSAGES: usize = 300;
    let redis = Redis::start();
    let servers = [Server::start(&redis).await, Server::start(&redis).await];
    let mut people = Vec::new();
    for (name, server) in [("alice", 0), ("bob", 1), ("carol", 0), ("dave", 1)] {
        people.push(Person::in_room(name, "demo", servers[server].port).await);
    }
    for number in 0..MESSAGES {
        for person in &people {
            person.emits("new_message", vec![json!(number.to_string()), json!("demo")]);
        }
    }
    let names = ["alice", "bob", "carol", "dave"];
    for (person, me) in people.iter_mut().zip(names) {
        let mut heard = std::collections::HashMap::<String, usize>::new();
        while heard.values().sum::<usize>() < 3 * MESSAGES {
            let args = person.hears_one_of(&["welcome", "new_message"]).await;
            let Some((from, text)) = args[0].as_str().and_then(|line| line.split_once(": ")) else { continue };
            let next = heard.entry(from.to_owned()).or_default();
            assert_eq!((text, from == me), (next.to_string().as_str(), false), "{me} hears {from}");
            *next += 1;
        }
    }
}

#[tokio::test]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn who_changes_the_server_misses_nothing_and_hears_nothing_twice() {
    let redis = Redis::start();
    let mut servers = [Server::start(&redis).await, Server::start(&redis).await];
    let alice = Person::in_room("alice", "demo", servers[0].port).await;
    let bob = Person::resumable("bob", servers[1].port).await;
    bob.enters("demo").await;
    let seen = alice.says("one", "demo").await;
    let said = bob.done("new_message", vec![json!("from bob"), json!("demo"), json!(1)]).await;
    servers[1].kill().await;
    alice.says("two", "demo").await;

    // The same client, elsewhere. It does not know whether its message has arrived, and sends it again.
    let bob = Person::resumable("bob", servers[0].port).await;
    let entered = bob.enters_after("demo", &seen["offset"]).await;
    let missed: Vec<&Value> = entered["missed"].as_array().unwrap().iter().map(|message| &message[0]).collect();
    assert_eq!(missed, ["Anon: from bob", "alice: two"]);
    assert_eq!(entered["missed"][0][1]["offset"], said["offset"]);
    assert_eq!(entered["count"], 2, "its older connection, on the server that is dead, does not count");
    let again = bob.done("new_message", vec![json!("from bob"), json!("demo"), json!(1)]).await;
    assert_eq!(again["duplicate"], true);

    // A server that has just started knows the history as well.
    let new = Server::start(&redis).await;
    let carol = Person::resumable("carol", new.port).await;
    let entered = carol.enters_after("demo", &seen["offset"]).await;
    assert_eq!(entered["missed"].as_array().unwrap().len(), 2, "{entered}");
}

#[tokio::test]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn the_people_of_a_killed_server_are_gone_within_six_seconds() {
    let redis = Redis::start();
    let mut servers = [Server::start(&redis).await, Server::start(&redis).await];
    let mut alice = Person::in_room("alice", "demo", servers[0].port).await;
    let _bob = Person::in_room("bob", "demo", servers[1].port).await;
    alice.hears("welcome").await;
    let _carol = Person::in_room("carol", "other", servers[1].port).await;
    servers[1].kill().await;
    let killed = Instant::now();
    assert_eq!(alice.hears("bye").await, [json!("bob"), json!(1)]);
    assert!(killed.elapsed() < GONE + Duration::from_secs(1), "{:?}", killed.elapsed());
    let late = Person::plain("late", servers[0].port).await;
    until("the other room is no longer listed", async || {
        let mut late = Person::plain("late", servers[0].port).await;
        late.hears_next("room_change").await == [json!(["demo"])]
    })
    .await;
    drop(late);
}

#[tokio::test]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn without_redis_each_server_goes_on_for_its_own_people_and_they_meet_again_when_it_is_back() {
    let mut redis = Redis::start();
    let servers = [Server::start(&redis).await, Server::start(&redis).await];
    let mut alice = Person::in_room("alice", "demo", servers[0].port).await;
    let mut anna = Person::in_room("anna", "demo", servers[0].port).await;
    let mut bob = Person::in_room("bob", "demo", servers[1].port).await;
    alice.hears("welcome").await;
    alice.hears("welcome").await;
    anna.hears("welcome").await;

    redis.kill();
    is_told(&mut alice, "alone").await;
    is_told(&mut bob, "alone").await;
    alice.says("are you there?", "demo").await;
    assert_eq!(anna.hears("new_message").await, [json!("alice: are you there?")]);
    // The others are silent, and so they are taken out of the list.
    assert_eq!(alice.hears("bye").await, [json!("bob"), json!(2)]);

    redis.start_again();
    is_told(&mut alice, "together").await;
    assert_eq!(alice.hears("welcome").await, [json!("bob"), json!(3)]);
    is_told(&mut bob, "together").await;
    until_there_are(3, "demo", &servers[1]).await;
    bob.says("yes", "demo").await;
    alice.hears_among("new_message", &json!("bob: yes")).await;
    let carol = Person::plain("carol", servers[1].port).await;
    assert_eq!(carol.enters("demo").await["count"], 4);

    for server in servers {
        let log = server.stop().await;
        let once = log.matches("this server has lost the others").count();
        assert_eq!(once, 1, "the log says once that Redis is away: {log}");
    }
}

#[tokio::test]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn a_short_absence_of_redis_makes_nobody_leave() {
    let mut redis = Redis::start();
    let servers = [Server::start(&redis).await, Server::start(&redis).await];
    let mut alice = Person::in_room("alice", "demo", servers[0].port).await;
    let bob = Person::in_room("bob", "demo", servers[1].port).await;
    alice.hears("welcome").await;
    redis.stop();
    redis.start_again();
    is_told(&mut alice, "together").await;
    until_there_are(2, "demo", &servers[0]).await;
    bob.says("still here", "demo").await;
    // Nobody but the visitors has come or gone.
    loop {
        let args = alice.hears_one_of(&["welcome", "bye", "new_message"]).await;
        if args[0] == "bob: still here" {
            break;
        }
        assert_ne!(args[0], "bob", "{args:?}");
    }
}

#[tokio::test]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn a_frozen_redis_stalls_nobody_for_long() {
    let redis = Redis::start();
    let server = Server::start(&redis).await;
    let mut alice = Person::in_room("alice", "demo", server.port).await;
    let mut bob = Person::in_room("bob", "demo", server.port).await;
    alice.hears("welcome").await;
    redis.freeze();
    // It is on its way when the server notices that nobody answers, and then it happens on this server.
    alice.says("hello?", "demo").await;
    bob.hears_message("alice: hello?").await;
    alice.says("alone", "demo").await;
    bob.hears_message("alice: alone").await;
    redis.thaw();
    is_told(&mut alice, "together").await;
    alice.says("together", "demo").await;
    bob.hears_message("alice: together").await;
}

#[tokio::test]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn what_was_said_while_redis_was_frozen_is_heard_once_although_the_server_changes() {
    let redis = Redis::start();
    let mut servers = [Server::start(&redis).await, Server::start(&redis).await];
    let mut alice = Person::in_room("alice", "demo", servers[0].port).await;
    let mut bob = Person::resumable("bob", servers[0].port).await.introduced("demo").await;
    alice.hears("welcome").await;
    redis.freeze();
    // On its way to Redis, which has it when it goes on.
    alice.says("hello?", "demo").await;
    let offset = bob.hears_message_with_offset("alice", "hello?").await;
    redis.thaw();
    is_told(&mut alice, "together").await;
    servers[0].kill().await;
    let bob = Person::resumable("bob", servers[1].port).await;
    let entered = bob.enters_after("demo", &offset).await;
    assert_eq!(entered["missed"], json!([]));
}

#[tokio::test]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn a_server_that_was_frozen_is_missed_and_comes_back() {
    let redis = Redis::start();
    let servers = [Server::start(&redis).await, Server::start(&redis).await];
    let mut alice = Person::in_room("alice", "demo", servers[0].port).await;
    let bob = Person::in_room("bob", "demo", servers[1].port).await;
    alice.hears("welcome").await;
    servers[1].signal("STOP").await;
    assert_eq!(alice.hears("bye").await, [json!("bob"), json!(1)]);
    servers[1].signal("CONT").await;
    assert_eq!(alice.hears("welcome").await, [json!("bob"), json!(2)]);
    until_there_are(2, "demo", &servers[1]).await;
    bob.says("what have I missed?", "demo").await;
    alice.hears_among("new_message", &json!("bob: what have I missed?")).await;
}

#[tokio::test]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn a_server_that_starts_without_redis_finds_it_later() {
    let mut redis = Redis::stopped();
    let server = Server::start(&redis).await;
    let mut alice = Person::in_room("alice", "demo", server.port).await;
    redis.start_again();
    is_told(&mut alice, "together").await;
    let other = Server::start(&redis).await;
    until_there_are(1, "demo", &other).await;
}
