//! A link to Redis, and servers that share a room through it. The Redis is a real one, and it is stopped, killed, frozen
//! and started again.
//!
//! Expected: the link says within three seconds what has become of Redis, never makes anybody wait longer, and takes up
//! again what was subscribed to. Two servers hand each other what is emitted to a room, in order; without Redis each of
//! them serves its own people.
//! ```text
//! apt-get install redis-server
//! cargo test -p socketio_src --test redis_link -- --include-ignored
//! ```

#![expect(clippy::unwrap_used, reason = "a helper that unwraps fails with the line that failed, like a test")]

use std::future::ready;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures::{FutureExt, StreamExt};
use redis::cmd;
use serde_json::{Value, json};
use socketio_src::client::tungstenite::Tungstenite;
use socketio_src::client::{Client, Event, Events, Options};
use socketio_src::cluster::{self, Adapter, Link, LinkError, LinkState};
use socketioxide::SocketIo;
use socketioxide::extract::{AckSender, SocketRef, TryData};
use socketioxide_redis::drivers::Driver;
use testing::redis::Redis;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(10);

/// A failure of Redis is noticed in this time, a return as well.
const NOTICED: Duration = Duration::from_secs(3);

async fn within<T>(patience: Duration, what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(patience, future).await.unwrap_or_else(|_| panic!("did not happen in {patience:?}: {what}"))
}

async fn until(link: &Link, what: &str, wanted: impl FnMut(&LinkState) -> bool) -> LinkState {
    let mut state = link.watch();
    *within(NOTICED, what, state.wait_for(wanted)).await.unwrap()
}

async fn until_up(link: &Link) -> LinkState {
    until(link, "the link is up", |state| state.is_up()).await
}

async fn until_down(link: &Link) {
    until(link, "the link is down", |state| *state == LinkState::Down).await;
}

async fn publish(link: &Link, channel: &str, message: &str) -> u32 {
    link.query(cmd("PUBLISH").arg(channel).arg(message)).await.unwrap()
}

#[tokio::test]
async fn a_wrong_address_says_what_to_write() {
    for wrong in ["", "6379", "localhost", "http://127.0.0.1:6379", "redis://", "rediss://127.0.0.1"] {
        let error = Link::open(wrong).err().unwrap_or_else(|| panic!("{wrong:?} is an address"));
        assert!(error.to_string().contains("write redis://127.0.0.1:6379"), "{error}");
    }
}

#[tokio::test]
async fn a_server_without_redis_has_a_link_that_is_off() {
    let link = Link::off();
    assert_eq!(link.state(), LinkState::Off);
    assert!(link.client().is_none());
    assert!(!link.wait_until_up(PATIENCE).now_or_never().unwrap(), "nobody waits for what never comes");
    let ping = link.query::<()>(&cmd("PING")).now_or_never().unwrap();
    assert!(matches!(ping, Err(LinkError::Down)), "{ping:?}");
    assert_eq!(link.num_serv("anything").now_or_never().unwrap().unwrap(), 1);
}

#[tokio::test]
async fn a_redis_that_is_not_there_is_no_error_and_nobody_waits_for_it() {
    let nobody = Redis::stopped();
    let link = Link::open(&nobody.url()).unwrap();
    assert!(!link.wait_until_up(Duration::from_millis(300)).await);
    assert_eq!(link.state(), LinkState::Down);
    let ping = link.query::<()>(&cmd("PING")).now_or_never().unwrap();
    assert!(matches!(ping, Err(LinkError::Down)), "{ping:?}");
    // What the adapter does.
    assert!(Driver::publish(&link, "anything".into(), vec![]).now_or_never().unwrap().is_ok());
    assert!(Driver::subscribe(&link, "anything".into(), 8).now_or_never().unwrap().is_ok());
    assert_eq!(link.num_serv("anything").now_or_never().unwrap().unwrap(), 1);
}

#[tokio::test]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn the_link_goes_down_and_up_with_redis() {
    let mut redis = Redis::stopped();
    let link = Link::open(&redis.url()).unwrap();
    redis.start_again();
    assert_eq!(until_up(&link).await, LinkState::Up(1));
    assert_eq!(link.query::<String>(&cmd("PING")).await.unwrap(), "PONG");
    redis.stop();
    until_down(&link).await;
    redis.start_again();
    assert_eq!(until_up(&link).await, LinkState::Up(2));
    redis.kill();
    until_down(&link).await;
    assert!(matches!(link.query::<()>(&cmd("PING")).await, Err(LinkError::Down)));
}

#[tokio::test]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn a_frozen_redis_is_noticed_and_nobody_waits_for_it() {
    let redis = Redis::start();
    let link = Link::open(&redis.url()).unwrap();
    until_up(&link).await;
    redis.freeze();
    let asked = Instant::now();
    let answer = link.query::<()>(&cmd("PING")).await;
    assert!(answer.is_err() && asked.elapsed() < NOTICED, "{answer:?} after {:?}", asked.elapsed());
    until_down(&link).await;
    redis.thaw();
    until_up(&link).await;
    assert_eq!(link.query::<String>(&cmd("PING")).await.unwrap(), "PONG");
}

#[tokio::test]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn a_subscription_survives_a_restart_of_redis() {
    let mut redis = Redis::stopped();
    let link = Link::open(&redis.url()).unwrap();
    let mut early = Driver::subscribe(&link, "early".into(), 8).await.unwrap();
    let mut ended = Driver::subscribe(&link, "ended".into(), 8).await.unwrap();
    redis.start_again();
    until_up(&link).await;
    let mut late = Driver::subscribe(&link, "late".into(), 8).await.unwrap();
    Driver::unsubscribe(&link, "ended".into()).await.unwrap();
    for restarted in [false, true] {
        if restarted {
            redis.kill();
            until_down(&link).await;
            redis.start_again();
            until_up(&link).await;
        }
        // Subscribed before the link says that it is up: nothing is missed after that.
        assert_eq!(publish(&link, "early", "1").await, 1);
        assert_eq!(publish(&link, "late", "2").await, 1);
        assert_eq!(publish(&link, "ended", "3").await, 0);
        assert_eq!(within(PATIENCE, "early", early.next()).await, Some(("early".into(), b"1".to_vec())));
        assert_eq!(within(PATIENCE, "late", late.next()).await, Some(("late".into(), b"2".to_vec())));
        assert_eq!(ended.next().now_or_never(), Some(None), "it has ended");
    }
}

#[tokio::test]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn the_connection_ends_with_the_last_clone() {
    let redis = Redis::start();
    let mut look = redis.connection();
    let mut clients = || cmd("CLIENT").arg("LIST").query::<String>(&mut look).unwrap().lines().count();
    let link = Link::open(&redis.url()).unwrap();
    until_up(&link).await;
    let clone = link.clone();
    drop(link);
    assert_eq!(clone.query::<String>(&cmd("PING")).await.unwrap(), "PONG");
    assert_eq!(clients(), 2);
    drop(clone);
    let closed = async {
        while clients() > 1 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    within(PATIENCE, "Redis has one connection, the test's own", closed).await;
}

/// A chat of the smallest kind: `enter` a room, `say` something to the others in it.
async fn serve(link: Link) -> SocketAddr {
    let (layer, io) = SocketIo::builder().with_adapter::<Adapter>(cluster::adapter(link, "test")).build_layer();
    io.ns("/", async |socket: SocketRef<Adapter>| {
        socket.on("enter", |socket: SocketRef<Adapter>, TryData(room): TryData<String>, ack: AckSender<Adapter>| {
            socket.join(room.unwrap());
            ack.send(&"entered").unwrap();
            ready(())
        });
        // One queue per socket: futures of their own would overtake each other.
        let (queue, mut said) = mpsc::unbounded_channel::<(SocketRef<Adapter>, (String, u32))>();
        tokio::spawn(async move {
            while let Some((socket, (room, number))) = said.recv().await {
                socket.to(room).emit("said", &number).await.unwrap();
            }
        });
        socket.on("say", move |socket: SocketRef<Adapter>, TryData(said): TryData<(String, u32)>| {
            queue.send((socket, said.unwrap())).unwrap();
            ready(())
        });
    })
    .await
    .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().layer(layer)).await });
    address
}

struct Person {
    client: Client<Tungstenite>,
    events: Events,
}

impl Person {
    async fn enters(room: &str, server: SocketAddr) -> Self {
        let options = Options { outgoing_queue: 2000, ..Options::new(format!("http://{server}")) };
        let (client, events, driver) = Client::new(Tungstenite::default(), options);
        tokio::spawn(driver.run());
        let mut person = Self { client, events };
        assert!(matches!(person.next().await, Event::Connected { .. }));
        let reply = person.client.emit_with_ack("enter", vec![json!(room)], PATIENCE).await.unwrap();
        assert_eq!(reply, [json!("entered")]);
        person
    }

    fn says(&self, room: &str, number: u32) {
        self.client.emit("say", vec![json!(room), json!(number)]).unwrap();
    }

    async fn hears(&mut self) -> Value {
        match self.next().await {
            Event::Message { name, args, .. } if name == "said" => args[0].clone(),
            other => panic!("waited for \"said\", but got {other:?}"),
        }
    }

    async fn next(&mut self) -> Event {
        within(PATIENCE, "an event", self.events.next()).await.unwrap()
    }
}

#[tokio::test]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn two_servers_share_a_room_and_a_thousand_messages_keep_their_order() {
    let redis = Redis::start();
    let links = [Link::open(&redis.url()).unwrap(), Link::open(&redis.url()).unwrap()];
    for link in &links {
        until_up(link).await;
    }
    let [here, there] = [serve(links[0].clone()).await, serve(links[1].clone()).await];
    let alice = Person::enters("garden", here).await;
    let mut neighbour = Person::enters("garden", here).await;
    let mut bob = Person::enters("garden", there).await;
    let mut carol = Person::enters("cellar", there).await;
    for number in 0..1000 {
        alice.says("garden", number);
    }
    alice.says("cellar", 1000);
    for number in 0..1000 {
        assert_eq!(bob.hears().await, number, "on the other server");
        assert_eq!(neighbour.hears().await, number, "on the same server");
    }
    assert_eq!(carol.hears().await, 1000, "the first that she hears");
}

#[tokio::test]
#[ignore = "needs redis-server: apt-get install redis-server"]
async fn without_redis_each_server_serves_its_own_and_afterwards_they_are_together_again() {
    let mut redis = Redis::start();
    let links = [Link::open(&redis.url()).unwrap(), Link::open(&redis.url()).unwrap()];
    for link in &links {
        until_up(link).await;
    }
    let [here, there] = [serve(links[0].clone()).await, serve(links[1].clone()).await];
    let alice = Person::enters("garden", here).await;
    let mut neighbour = Person::enters("garden", here).await;
    let mut bob = Person::enters("garden", there).await;
    redis.kill();
    for link in &links {
        until_down(link).await;
    }
    alice.says("garden", 1);
    assert_eq!(neighbour.hears().await, 1);
    redis.start_again();
    for link in &links {
        until_up(link).await;
    }
    alice.says("garden", 2);
    assert_eq!(bob.hears().await, 2, "the first message was not for this server");
    assert_eq!(neighbour.hears().await, 2);
}
