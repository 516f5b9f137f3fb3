//! Several servers that share their rooms through Redis. The Redis is a real one, and so are the servers; some are
//! programs of their own, so that they can be killed and frozen.
//!
//! **Scenario:** `alice` is in the room first (A), `bob` is the second (B), each on a server of their own; `carol` is one
//! too many, on a third one; `dave` and `erin` are in a room of their own.
//!
//! **Expected:** the members notice nothing of there being several servers. Whatever fails, Redis or a server, each server
//! goes on for its own people, and a few seconds after it is over all of them agree again on who is where.
//! ```text
//! apt-get install redis-server
//! cargo test --test servers_redis -- --ignored
//! ```

mod common;

use std::time::{Duration, Instant};

use common::program::ServerProgram;
use common::{TestClient, TestServer, within};
use serde_json::{Value, json};
use shared::events::{ANSWER, BYE, ICE, JOIN_ROOM, LEAVE_ROOM, OFFER, PLACE_LOST, REJOIN_ROOM, RESUMED, WELCOME};
use socketio_src::cluster::{Link, LinkState, RETRY_INTERVAL};
use study_zoom::server::ServerOptions;
use testing::redis::Redis;

/// In this time the members of a server that is gone have no places any more.
const GIVEN_UP: Duration = Duration::from_secs(5);

/// In this time a server notices that Redis is away.
const NOTICED: Duration = Duration::from_secs(3);

/// In this time all servers are together again when Redis is back.
const TOGETHER: Duration = Duration::from_secs(5);

/// Servers that share a Redis.
struct Cluster {
    redis: Redis,
    servers: Vec<TestServer>,
    links: Vec<Link>,
}

impl Cluster {
    async fn start(servers: usize) -> Self {
        let mut cluster = Self { redis: Redis::start(), servers: vec![], links: vec![] };
        for _ in 0..servers {
            let redis = Link::open(&cluster.redis.url()).expect("an address");
            assert!(redis.wait_until_up(NOTICED).await, "the server finds Redis");
            cluster.links.push(redis.clone());
            cluster.servers.push(TestServer::start_with(ServerOptions { redis, ..ServerOptions::default() }).await);
        }
        cluster
    }

    async fn client(&self, name: &'static str, server: usize) -> TestClient {
        TestClient::connect(name, &self.servers[server]).await
    }

    async fn client_with_secret(&self, name: &'static str, server: usize) -> TestClient {
        TestClient::connect_with(name, &self.servers[server], Some(secret(name))).await
    }

    /// alice on the first server and bob on the second, in one room, with all that they hear about it heard.
    async fn call(&self, room: &str) -> (TestClient, TestClient) {
        let mut alice = self.client_with_secret("alice", 0).await;
        let bob = self.client_with_secret("bob", 1).await;
        assert_eq!(alice.join(room).await, json!({"ok": true, "role": "A"}));
        assert_eq!(bob.join(room).await, json!({"ok": true, "role": "B"}));
        assert_eq!(alice.expect(WELCOME).await, no_arguments());
        (alice, bob)
    }

    async fn until_all(&self, what: &str, wanted: impl Fn(&LinkState) -> bool + Copy) {
        for link in &self.links {
            within(NOTICED, what, link.watch().wait_for(wanted)).await.expect("the link lives");
        }
    }

    async fn until_redis_is_missed(&self) {
        self.until_all("the servers notice that Redis is away", |state| *state == LinkState::Down).await;
    }

    async fn until_redis_is_found(&self) {
        self.until_all("the servers notice that Redis is back", |state| state.is_up()).await;
    }
}

fn no_arguments() -> Vec<Value> {
    vec![]
}

fn secret(name: &str) -> Value {
    json!({"client": format!("the secret of {name}"), "extended": true})
}

fn offer(sdp: &str) -> Value {
    json!({"type": "offer", "sdp": sdp})
}

fn candidate(number: usize) -> Value {
    json!({"candidate": format!("candidate:{number}")})
}

/// The two agree on a call of this name, so that it can be resumed.
async fn agree_on(call: &str, room: &str, a: &mut TestClient, b: &mut TestClient) {
    assert_eq!(a.ask(OFFER, [offer(call), json!(room)]).await, json!({"ok": true}));
    assert_eq!(b.expect(OFFER).await, [offer(call)]);
    let answer = json!({"type": "answer", "sdp": call});
    assert_eq!(b.ask(ANSWER, [answer.clone(), json!(room), json!(call)]).await, json!({"ok": true}));
    assert_eq!(a.expect(ANSWER).await, [answer, json!(call)]);
}

/// Asks again and again until the answer is this one.
async fn until_answered(client: &TestClient, what: &str, ask: impl AsyncFn(&TestClient) -> Value, wanted: &Value) {
    let asking = async {
        while ask(client).await != *wanted {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    within(TOGETHER, format!("{}: {what}", client.name), asking).await;
}

/// Until what one of them says reaches the other: then all servers are together again.
async fn until_together(a: &mut TestClient, b: &mut TestClient, room: &str) {
    let say = async |client: &TestClient| client.ask(OFFER, [offer("are you there?"), json!(room)]).await;
    until_answered(a, "reaches the other again", say, &json!({"ok": true})).await;
    assert_eq!(b.expect(OFFER).await, [offer("are you there?")]);
    assert_eq!(say(b).await, json!({"ok": true}));
    assert_eq!(a.expect(OFFER).await, [offer("are you there?")]);
}

fn assert_refused(reply: &Value, code: &str) {
    assert_eq!(reply["error"]["code"], code, "{reply}");
}

// ---------------------------------------------------------------------------------------------------------------------
// All is well

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn two_on_two_servers_hear_each_other_in_order_and_a_third_is_refused_on_any() {
    let cluster = Cluster::start(3).await;
    let (mut alice, mut bob) = cluster.call("demo").await;
    for alice_sends in [true, false] {
        let (sender, receiver) = if alice_sends { (&mut alice, &mut bob) } else { (&mut bob, &mut alice) };
        sender.send(OFFER, [offer("1"), json!("demo")]);
        (0..200).for_each(|number| sender.send(ICE, [candidate(number), json!("demo")]));
        sender.send(ICE, [Value::Null, json!("demo")]);
        assert_eq!(receiver.expect(OFFER).await, [offer("1")]);
        for number in 0..200 {
            assert_eq!(receiver.expect(ICE).await, [candidate(number)]);
        }
        assert_eq!(receiver.expect(ICE).await, [Value::Null]);
    }
    for server in 0..3 {
        let carol = cluster.client("carol", server).await;
        assert_refused(&carol.join("demo").await, "room_full");
        assert_refused(&carol.ask(OFFER, [offer("3"), json!("demo")]).await, "not_in_room");
    }
    bob.expect_silence().await;
    alice.expect_silence().await;
    // If all servers died now, the room would be forgotten all the same.
    let life: i64 = redis::cmd("PTTL").arg("study-zoom:call:room:demo").query(&mut cluster.redis.connection()).unwrap();
    assert!((1..=60_000).contains(&life), "{life} ms");

    // The member that stays is A, wherever the next one comes from.
    assert_eq!(alice.ask(LEAVE_ROOM, [json!("demo")]).await, json!({"ok": true}));
    assert_eq!(bob.expect(BYE).await, no_arguments());
    let carol = cluster.client("carol", 2).await;
    assert_eq!(carol.join("demo").await["role"], "B");
    assert_eq!(bob.expect(WELCOME).await, no_arguments());
    carol.close().await;
    assert_eq!(bob.expect(BYE).await, no_arguments());
    assert_eq!(alice.join("demo").await["role"], "B");
    assert_eq!(bob.expect(WELCOME).await, no_arguments());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn of_three_who_race_for_two_places_exactly_two_win_a_hundred_times() {
    let cluster = Cluster::start(3).await;
    let racers = [cluster.client("alice", 0).await, cluster.client("bob", 1).await, cluster.client("carol", 2).await];
    let [alice, bob, carol] = &racers;
    for round in 0..100 {
        let room = format!("race {round}");
        let (a, b, c) = tokio::join!(alice.join(&room), bob.join(&room), carol.join(&room));
        let mut roles: Vec<_> = [&a, &b, &c].iter().map(|reply| reply["role"].as_str().unwrap_or("none")).collect();
        roles.sort_unstable();
        assert_eq!(roles, ["A", "B", "none"], "round {round}");
        for (racer, reply) in racers.iter().zip([&a, &b, &c]) {
            if reply["ok"] == true {
                assert_eq!(racer.ask(LEAVE_ROOM, [json!(room)]).await, json!({"ok": true}));
            } else {
                assert_refused(reply, "room_full");
            }
        }
    }
    let mut look = cluster.redis.connection();
    let rooms: Vec<String> = redis::cmd("KEYS").arg("study-zoom:call:room:*").query(&mut look).unwrap();
    assert!(rooms.is_empty(), "an empty room is forgotten: {rooms:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn bye_is_never_overtaken_by_the_next_welcome_of_another_server() {
    let cluster = Cluster::start(3).await;
    let (mut alice, mut bob) = cluster.call("demo").await;
    let mut carol = cluster.client("carol", 2).await;
    let (mut leaves, mut comes) = (&mut bob, &mut carol);
    for round in 0..300 {
        let (left, joined) = tokio::join!(leaves.ask(LEAVE_ROOM, [json!("demo")]), comes.join("demo"));
        assert_eq!(left, json!({"ok": true}));
        if joined["ok"] == false {
            assert_refused(&joined, "room_full");
            assert_eq!(comes.join("demo").await["role"], "B");
        }
        alice.expect(BYE).await;
        alice.expect(WELCOME).await;
        // What the new one says is the first that is heard of it.
        let round = round.to_string();
        alice.send(OFFER, [offer(&round), json!("demo")]);
        assert_eq!(comes.expect(OFFER).await, [offer(&round)]);
        (leaves, comes) = (comes, leaves);
    }
    alice.expect_silence().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn a_client_takes_its_own_place_back_at_another_server() {
    let cluster = Cluster::start(3).await;
    let (mut alice, mut bob) = cluster.call("demo").await;
    agree_on("1", "demo", &mut alice, &mut bob).await;
    // Bob's connection is dead without its server knowing.
    let mut back = TestClient::connect_with("bob", &cluster.servers[2], Some(secret("bob"))).await;
    let reply = back.ask(REJOIN_ROOM, [json!("demo"), json!({"call": "1"})]).await;
    assert_eq!(reply, json!({"ok": true, "role": "B", "resumed": true}));
    assert_eq!(alice.expect(RESUMED).await, no_arguments());
    until_together(&mut alice, &mut back, "demo").await;
    assert_refused(&bob.ask(OFFER, [offer("1"), json!("demo")]).await, "not_in_room");
    bob.close().await;
    alice.expect_silence().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn a_server_that_is_stopped_in_good_order_keeps_the_places_of_its_people() {
    let mut cluster = Cluster::start(3).await;
    let (mut alice, mut bob) = cluster.call("demo").await;
    agree_on("1", "demo", &mut alice, &mut bob).await;
    cluster.servers[1].stop().await;
    bob.expect_disconnected().await;
    let carol = cluster.client("carol", 2).await;
    assert_refused(&carol.join("demo").await, "room_full");
    let back = TestClient::connect_with("bob", &cluster.servers[2], Some(secret("bob"))).await;
    let reply = back.ask(REJOIN_ROOM, [json!("demo"), json!({"call": "1"})]).await;
    assert_eq!(reply, json!({"ok": true, "role": "B", "resumed": true}));
    assert_eq!(alice.expect(RESUMED).await, no_arguments());
    alice.expect_silence().await;
}

// ---------------------------------------------------------------------------------------------------------------------
// A server fails

/// A client of the program.
async fn client_of(program: &ServerProgram, name: &'static str) -> TestClient {
    TestClient::connect_to(name, program.url(), Some(secret(name))).await
}

/// What a server logs when it has found Redis.
const SHARES: &str = "this server shares its rooms";

async fn until_logged(program: &ServerProgram, what: &str, count: usize) {
    let reading = async {
        while program.log().matches(what).count() < count {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    within(TOGETHER, format!("the log says {what:?} {count} times"), reading).await;
}

/// alice on a server of the cluster and bob on the program's, in room "demo".
async fn call_with_program(cluster: &Cluster, program: &ServerProgram) -> (TestClient, TestClient) {
    let mut alice = cluster.client_with_secret("alice", 0).await;
    let bob = client_of(program, "bob").await;
    assert_eq!(alice.join("demo").await["role"], "A");
    assert_eq!(bob.join("demo").await["role"], "B");
    alice.expect(WELCOME).await;
    (alice, bob)
}

/// Alice hears `bye` in time.
async fn assert_given_up(alice: &mut TestClient) {
    let since = Instant::now();
    within(GIVEN_UP, "alice hears bye", alice.expect(BYE)).await;
    let after = since.elapsed();
    assert!(after < GIVEN_UP, "{after:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn the_members_of_a_server_that_is_killed_are_given_up_in_five_seconds() {
    let cluster = Cluster::start(2).await;
    let program = ServerProgram::start(&cluster.redis.url());
    let (mut alice, bob) = call_with_program(&cluster, &program).await;
    program.signal("KILL");
    assert_given_up(&mut alice).await;
    drop(bob);
    let carol = cluster.client("carol", 1).await;
    assert_eq!(carol.join("demo").await["role"], "B");
    alice.expect(WELCOME).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn the_last_member_of_a_killed_server_does_not_keep_a_room_full() {
    let cluster = Cluster::start(2).await;
    let program = ServerProgram::start(&cluster.redis.url());
    let (bob, erin) = (client_of(&program, "bob").await, client_of(&program, "erin").await);
    assert_eq!(bob.join("demo").await["role"], "A");
    assert_eq!(erin.join("demo").await["role"], "B");
    program.signal("KILL");
    // Nobody is there who could hear `bye`, and no server that has people in the room.
    let mut alice = cluster.client("alice", 0).await;
    let join = async |client: &TestClient| client.join("demo").await;
    until_answered(&alice, "gets in", join, &json!({"ok": true, "role": "A"})).await;
    let carol = cluster.client("carol", 1).await;
    assert_eq!(carol.join("demo").await["role"], "B");
    alice.expect(WELCOME).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn a_call_outlives_a_server_that_is_away_for_longer_than_the_others_wait_for_it() {
    for signal in ["KILL", "STOP"] {
        let cluster = Cluster::start(2).await;
        let program = ServerProgram::start(&cluster.redis.url());
        let (mut alice, mut bob) = call_with_program(&cluster, &program).await;
        agree_on("1", "demo", &mut alice, &mut bob).await;
        program.signal(signal);
        // In this time somebody who waits in a room is given up.
        tokio::time::sleep(GIVEN_UP + Duration::from_secs(1)).await;
        alice.expect_silence().await;
        for server in 0..2 {
            assert_refused(&cluster.client("carol", server).await.join("demo").await, "room_full");
        }
        if signal == "STOP" {
            program.signal("CONT");
        } else {
            drop(bob);
            bob = cluster.client_with_secret("bob", 1).await;
            let reply = bob.ask(REJOIN_ROOM, [json!("demo"), json!({"call": "1"})]).await;
            assert_eq!(reply["resumed"], true, "{reply}");
            alice.expect(RESUMED).await;
        }
        until_together(&mut alice, &mut bob, "demo").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn who_does_not_come_back_from_a_killed_server_is_given_up_when_its_place_is_held_no_longer() {
    let cluster = Cluster::start(2).await;
    let program = ServerProgram::start(&cluster.redis.url());
    let (mut alice, mut bob) = call_with_program(&cluster, &program).await;
    agree_on("1", "demo", &mut alice, &mut bob).await;
    program.signal("KILL");
    let hold = ServerOptions::default().hold;
    tokio::time::sleep(hold - GIVEN_UP).await;
    alice.expect_silence().await;
    tokio::time::sleep(GIVEN_UP).await;
    within(GIVEN_UP, "alice hears bye", alice.expect(BYE)).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn a_server_that_was_frozen_tells_its_people_that_they_have_lost_their_places() {
    for taken in [false, true] {
        let cluster = Cluster::start(2).await;
        let program = ServerProgram::start(&cluster.redis.url());
        // They have not agreed on a call yet.
        let (mut alice, mut bob) = call_with_program(&cluster, &program).await;
        program.signal("STOP");
        assert_given_up(&mut alice).await;
        let mut carol = cluster.client("carol", 1).await;
        if taken {
            assert_eq!(carol.join("demo").await["role"], "B");
            alice.expect(WELCOME).await;
        }
        program.signal("CONT");
        within(TOGETHER, "bob hears that its place is lost", bob.expect(PLACE_LOST)).await;
        let reply = bob.ask(REJOIN_ROOM, [json!("demo"), json!({"call": "1"})]).await;
        if taken {
            assert_refused(&reply, "room_full");
            until_together(&mut alice, &mut carol, "demo").await;
        } else {
            assert_eq!(
                (&reply["ok"], &reply["role"]),
                (&json!(true), &json!("B")),
                "the call is over: alice has heard bye"
            );
            alice.expect(WELCOME).await;
            until_together(&mut alice, &mut bob, "demo").await;
        }
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// Redis fails

/// What happens to Redis, and how it comes back.
#[derive(Debug, Clone, Copy)]
enum Failure {
    /// It comes back empty.
    Killed,
    /// It comes back with what it knew, and carries out what has waited.
    Frozen,
}

impl Failure {
    async fn begins(self, cluster: &mut Cluster) {
        match self {
            Self::Killed => cluster.redis.kill(),
            Self::Frozen => cluster.redis.freeze(),
        }
        cluster.until_redis_is_missed().await;
    }

    async fn is_over(self, cluster: &mut Cluster) {
        match self {
            Self::Killed => cluster.redis.start_again(),
            Self::Frozen => cluster.redis.thaw(),
        }
        cluster.until_redis_is_found().await;
    }
}

/// alice and bob are on two servers, dave and erin come to one server while Redis is away.
async fn a_failure_of_redis_ends_no_call_and_no_room_gets_a_third(failure: Failure) {
    let mut cluster = Cluster::start(2).await;
    let (mut alice, mut bob) = cluster.call("demo").await;
    agree_on("1", "demo", &mut alice, &mut bob).await;
    failure.begins(&mut cluster).await;

    assert_refused(&alice.ask(OFFER, [offer("1"), json!("demo")]).await, "not_delivered");
    let (mut dave, mut erin) = (cluster.client("dave", 1).await, cluster.client("erin", 1).await);
    assert_eq!(dave.join("elsewhere").await["role"], "A");
    assert_eq!(erin.join("elsewhere").await["role"], "B");
    dave.expect(WELCOME).await;
    agree_on("2", "elsewhere", &mut dave, &mut erin).await;

    failure.is_over(&mut cluster).await;
    until_together(&mut alice, &mut bob, "demo").await;
    until_together(&mut dave, &mut erin, "elsewhere").await;
    for room in ["demo", "elsewhere"] {
        for server in 0..2 {
            assert_refused(&cluster.client("carol", server).await.join(room).await, "room_full");
        }
    }
    for client in [&mut alice, &mut bob, &mut dave, &mut erin] {
        client.expect_silence().await;
    }
    // New rooms are shared again, and who leaves is missed at the other server.
    assert_eq!(erin.ask(LEAVE_ROOM, [json!("elsewhere")]).await, json!({"ok": true}));
    dave.expect(BYE).await;
    let carol = cluster.client("carol", 0).await;
    assert_eq!(carol.join("elsewhere").await["role"], "B");
    dave.expect(WELCOME).await;
    assert_eq!(bob.ask(LEAVE_ROOM, [json!("demo")]).await, json!({"ok": true}));
    alice.expect(BYE).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn redis_killed_and_started_again_ends_no_call_and_no_room_gets_a_third() {
    a_failure_of_redis_ends_no_call_and_no_room_gets_a_third(Failure::Killed).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn redis_frozen_and_thawed_ends_no_call_and_no_room_gets_a_third() {
    a_failure_of_redis_ends_no_call_and_no_room_gets_a_third(Failure::Frozen).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn who_left_while_redis_was_away_is_missed_when_it_is_back() {
    for failure in [Failure::Killed, Failure::Frozen] {
        let mut cluster = Cluster::start(2).await;
        let (mut alice, bob) = cluster.call("demo").await;
        failure.begins(&mut cluster).await;
        assert_eq!(bob.ask(LEAVE_ROOM, [json!("demo")]).await, json!({"ok": true}));
        alice.expect_silence().await;
        failure.is_over(&mut cluster).await;
        within(TOGETHER, "alice hears bye", alice.expect(BYE)).await;
        let carol = cluster.client("carol", 1).await;
        assert_eq!(carol.join("demo").await["role"], "B");
        alice.expect(WELCOME).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn who_comes_back_to_another_server_while_redis_is_away_has_the_place_when_it_is_back() {
    let mut cluster = Cluster::start(1).await;
    let program = ServerProgram::start(&cluster.redis.url());
    let (mut alice, mut older) = call_with_program(&cluster, &program).await;
    agree_on("1", "demo", &mut alice, &mut older).await;
    Failure::Frozen.begins(&mut cluster).await;
    program.signal("KILL");
    drop(older);
    let mut bob = cluster.client_with_secret("bob", 0).await;
    let reply = bob.ask(REJOIN_ROOM, [json!("demo"), json!({"call": "1"})]).await;
    assert_eq!(reply["resumed"], true, "{reply}");
    alice.expect(RESUMED).await;
    Failure::Frozen.is_over(&mut cluster).await;
    until_together(&mut alice, &mut bob, "demo").await;
    // As long as the place of his older connection is kept, and a bit longer.
    tokio::time::sleep(ServerOptions::default().hold + Duration::from_secs(1)).await;
    assert_refused(&cluster.client("carol", 0).await.join("demo").await, "room_full");
    until_together(&mut alice, &mut bob, "demo").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn who_comes_back_to_the_same_server_while_redis_is_away_is_still_in_the_call() {
    let mut cluster = Cluster::start(2).await;
    let (mut alice, mut older) = cluster.call("demo").await;
    agree_on("1", "demo", &mut alice, &mut older).await;
    Failure::Frozen.begins(&mut cluster).await;
    let mut bob = cluster.client_with_secret("bob", 1).await;
    let reply = bob.ask(REJOIN_ROOM, [json!("demo"), json!({"call": "1"})]).await;
    assert_eq!(reply["resumed"], true, "{reply}");
    Failure::Frozen.is_over(&mut cluster).await;
    alice.expect(RESUMED).await;
    until_together(&mut alice, &mut bob, "demo").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn of_two_pairs_that_have_filled_the_same_room_without_redis_one_keeps_it() {
    let mut cluster = Cluster::start(2).await;
    cluster.call("elsewhere").await;
    Failure::Killed.begins(&mut cluster).await;
    let mut pairs = vec![];
    for server in 0..2 {
        let (mut a, mut b) = (cluster.client("alice", server).await, cluster.client("bob", server).await);
        assert_eq!(a.join("demo").await["role"], "A");
        assert_eq!(b.join("demo").await["role"], "B");
        a.expect(WELCOME).await;
        agree_on(&server.to_string(), "demo", &mut a, &mut b).await;
        pairs.push((a, b));
    }
    Failure::Killed.is_over(&mut cluster).await;
    let mut refused = 0;
    for (server, (a, b)) in pairs.iter_mut().enumerate() {
        // A decision about the room, so that it has been brought up to date.
        let carol = cluster.client("carol", server).await;
        assert_refused(&carol.join("demo").await, "room_full");
        if a.ask(OFFER, [offer("1"), json!("demo")]).await["ok"] == true {
            assert_eq!(b.expect(OFFER).await, [offer("1")]);
            continue;
        }
        refused += 1;
        for member in [a, b] {
            within(TOGETHER, "its place is lost", member.expect(PLACE_LOST)).await;
            let rejoin = json!({"call": server.to_string()});
            assert_refused(&member.ask(REJOIN_ROOM, [json!("demo"), rejoin]).await, "room_full");
        }
    }
    assert_eq!(refused, 1, "one pair has the room and the other knows that it has not");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn a_server_that_starts_before_redis_is_alone_and_joins_the_others_when_it_can() {
    let mut redis = Redis::stopped();
    let (here, there) = (ServerProgram::start(&redis.url()), ServerProgram::start(&redis.url()));
    let mut alice = client_of(&here, "alice").await;
    assert_eq!(alice.join("demo").await["role"], "A");
    redis.start_again();
    until_logged(&here, SHARES, 1).await;
    until_logged(&there, SHARES, 1).await;
    let bob = client_of(&there, "bob").await;
    assert_eq!(bob.join("demo").await["role"], "B");
    alice.expect(WELCOME).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn the_log_says_once_that_redis_is_away_and_once_that_it_is_back() {
    let mut redis = Redis::start();
    let program = ServerProgram::start(&redis.url());
    let away = "this server goes on alone";
    until_logged(&program, SHARES, 1).await;
    redis.kill();
    until_logged(&program, away, 1).await;
    // Three more tries.
    tokio::time::sleep(3 * RETRY_INTERVAL).await;
    redis.start_again();
    until_logged(&program, SHARES, 2).await;
    assert_eq!(program.log().matches(away).count(), 1, "{}", program.log());
}

/// Twelve people on three servers come and go in four rooms as they like, and Redis comes and goes as well.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn after_half_a_minute_of_mischief_all_servers_agree_on_who_is_where() {
    const ROOMS: [&str; 4] = ["hall", "cellar", "attic", "garden"];
    let mut cluster = Cluster::start(3).await;
    let mut people = vec![];
    for index in 0..12 {
        people.push(cluster.client("somebody", index % 3).await);
    }
    let over = Instant::now() + Duration::from_secs(30);
    let comings_and_goings = people.into_iter().map(async |mut person| {
        while Instant::now() < over {
            let room = json!(ROOMS[rand::random_range(0..4)]);
            match rand::random_range(0..4) {
                0 | 1 => person.ask(JOIN_ROOM, [room]).await,
                2 => person.ask(LEAVE_ROOM, [room]).await,
                _ => person.ask(OFFER, [offer("1"), room]).await,
            };
            person.ignore_what_has_come();
            tokio::time::sleep(Duration::from_millis(rand::random_range(0..100))).await;
        }
        person
    });
    let mischief = async {
        while Instant::now() < over {
            let failure = if rand::random() { Failure::Killed } else { Failure::Frozen };
            failure.begins(&mut cluster).await;
            tokio::time::sleep(Duration::from_millis(rand::random_range(0..2000))).await;
            failure.is_over(&mut cluster).await;
            tokio::time::sleep(Duration::from_millis(rand::random_range(0..3000))).await;
        }
    };
    let (mut people, ()) = tokio::join!(futures::future::join_all(comings_and_goings), mischief);

    // A client that is somewhere cannot be anywhere else: so everybody can be asked.
    let mut look = cluster.redis.connection();
    let mut known_to_redis = || {
        ROOMS.map(|room| {
            let text: Option<String> =
                redis::cmd("GET").arg(format!("study-zoom:call:room:{room}")).query(&mut look).unwrap();
            text.map_or(0, |text| serde_json::from_str::<Value>(&text).unwrap()["room"].as_array().unwrap().len())
        })
    };
    let agree = async {
        loop {
            let before = known_to_redis();
            let mut told = [0; 4];
            for (index, person) in people.iter().enumerate() {
                let reply = person.join(&format!("a room of its own {index}")).await;
                if reply["ok"] == true {
                    person.ask(LEAVE_ROOM, [json!(format!("a room of its own {index}"))]).await;
                    continue;
                }
                let message = reply["error"]["message"].as_str().unwrap_or_default();
                let room = ROOMS.iter().position(|room| message.contains(room));
                told[room.unwrap_or_else(|| panic!("{reply}"))] += 1;
            }
            assert!(told.iter().all(|members| *members <= 2) || before != told, "{told:?}");
            if before == told && before == known_to_redis() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    within(2 * TOGETHER, "Redis and the servers agree", agree).await;

    for person in &mut people {
        for room in ROOMS {
            person.ask(LEAVE_ROOM, [json!(room)]).await;
        }
        person.ignore_what_has_come();
    }
    assert_eq!(known_to_redis(), [0; 4], "nobody is left behind");
    let [mut alice, mut bob] = [people.remove(0), people.remove(0)];
    for room in ROOMS {
        assert_eq!(alice.join(room).await["role"], "A");
        assert_eq!(bob.join(room).await["role"], "B");
        alice.expect(WELCOME).await;
        agree_on("1", room, &mut alice, &mut bob).await;
        bob.ask(LEAVE_ROOM, [json!(room)]).await;
        alice.expect(BYE).await;
        alice.ask(LEAVE_ROOM, [json!(room)]).await;
    }
}
