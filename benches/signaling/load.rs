//! Two people who make calls, and look closely at what they hear: every message arrives once, whole and in its turn, or the
//! benchmark fails.

use std::net::SocketAddr;
use std::time::Duration;

use futures::future::join_all;
use testing::load_client::LoadClient;
use tokio::time::{interval, sleep};

/// The length of a description, in bytes.
const LENGTH: usize = 2000;
/// How many candidates one side has.
pub(crate) const CANDIDATES: usize = 10;
/// What nobody may hear while something else is to come.
const WRONG: &[&str] =
    &["43", r#"42["offer""#, r#"42["answer""#, r#"42["ice""#, r#"42["welcome""#, r#"42["bye""#, r#"42["refused""#];

/// What the clients are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// As the courses have it: the plain protocol, and nobody asks whether it has arrived.
    Strict,
    /// As ours: each event is acknowledged, and an answer says which offer it answers.
    Acknowledged,
}

/// Two people in a room of their own.
pub(crate) struct Pair {
    /// Who was there first.
    pub(crate) alice: LoadClient,
    pub(crate) bob: LoadClient,
    room: String,
    manner: Manner,
    /// How many events there were so far.
    number: usize,
}

impl Pair {
    /// Each of them connects to one of these servers, and bob to the one after that of alice.
    pub(crate) async fn connect(servers: &[SocketAddr], number: usize, manner: Manner) -> Self {
        let mut people = Vec::new();
        for place in 0..2 {
            let server = servers[(number + place) % servers.len()];
            let auth = match manner {
                Manner::Strict => String::new(),
                Manner::Acknowledged => format!(r#"{{"extended":true,"client":"{number:031}{place}"}}"#),
            };
            people.push(LoadClient::connect(server, &auth, WRONG).await);
        }
        let [alice, bob] = people.try_into().expect("two of them");
        let mut pair = Self { alice, bob, room: format!("room {number}"), manner, number: 0 };
        let room = pair.room.clone();
        ask(&mut pair.alice, 0, "join_room", &format!(r#""{room}""#)).await;
        pair.join().await;
        pair
    }

    async fn join(&mut self) {
        ask(&mut self.bob, 0, "join_room", &format!(r#""{}""#, self.room)).await;
        self.alice.expect(r#"42["welcome"]"#).await;
    }

    /// Bob leaves the room and comes back.
    async fn leave_and_join(&mut self) {
        ask(&mut self.bob, 0, "leave_room", &format!(r#""{}""#, self.room)).await;
        self.alice.expect(r#"42["bye"]"#).await;
        self.join().await;
    }

    /// Alice offers, and bob answers as soon as he hears it.
    async fn describe(&mut self) {
        let Self { alice, bob, room, manner, number } = self;
        for kind in ["offer", "answer"] {
            let (from, to) = if kind == "offer" { (&mut *alice, &mut *bob) } else { (&mut *bob, &mut *alice) };
            *number += 1;
            let sdp = sdp(*number);
            let description = format!(r#"{{"type":"{kind}","sdp":"{sdp}"}},"{room}""#);
            match manner {
                Manner::Strict => from.send(format!(r#"42["{kind}",{description}]"#)).await,
                Manner::Acknowledged if kind == "answer" => {
                    ask(from, *number, kind, &format!(r#"{description},"1 {number}""#)).await;
                }
                Manner::Acknowledged => ask(from, *number, kind, &description).await,
            }
            let heard = to.expect(&format!(r#"42["{kind}",{{"#)).await;
            assert!(heard.contains(&format!(r#""sdp":"{sdp}""#)), "another description arrives: {heard}");
        }
    }

    /// All candidates of alice, each in a packet of its own, and then those of bob.
    async fn trickle(&mut self) {
        let Self { alice, bob, room, number, .. } = self;
        for is_alice in [true, false] {
            let (from, to) = if is_alice { (&mut *alice, &mut *bob) } else { (&mut *bob, &mut *alice) };
            let candidates: Vec<_> = (1..=CANDIDATES).map(|count| candidate(*number + count)).collect();
            *number += CANDIDATES;
            for candidate in &candidates {
                let fields = r#""sdpMid":"0","sdpMLineIndex":0,"usernameFragment":"EsAw""#;
                from.send(format!(r#"42["ice",{{"candidate":"{candidate}",{fields}}},"{room}"]"#)).await;
            }
            for candidate in &candidates {
                let heard = to.expect(r#"42["ice",{"#).await;
                assert!(heard.contains(candidate.as_str()), "another candidate arrives: {heard}");
            }
        }
    }
}

/// Sends an event and waits for its acknowledgement.
async fn ask(client: &mut LoadClient, number: usize, event: &str, arguments: &str) {
    client.send(format!(r#"42{number}["{event}",{arguments}]"#)).await;
    client.expect(&format!(r#"43{number}[{{"ok":true"#)).await;
}

/// The text of a description as JSON has it: a number, and lines as an offer has them.
fn sdp(number: usize) -> String {
    let mut sdp = format!("v=0\\r\\no=- 1 {number:019} IN IP4 127.0.0.1\\r\\ns=-\\r\\nt=0 0\\r\\n");
    for payload_type in 96.. {
        let line = format!("a=rtpmap:{payload_type} VP8/90000\\r\\n");
        if sdp.len() + line.len() > LENGTH {
            break;
        }
        sdp.push_str(&line);
    }
    sdp
}

fn candidate(number: usize) -> String {
    format!("candidate:{number:010} 1 udp 2130706431 192.0.2.1 50000 typ host generation 0 ufrag EsAw network-id 1")
}

/// Pairs that do the same at the same time.
pub(crate) struct Pairs(Vec<Pair>);

impl Pairs {
    pub(crate) async fn connect(servers: &[SocketAddr], numbers: std::ops::Range<usize>, manner: Manner) -> Self {
        let mut pairs = Vec::new();
        for number in numbers {
            pairs.push(Pair::connect(servers, number, manner).await);
        }
        Self(pairs)
    }

    /// Every pair exchanges this many offers and answers, the next one as soon as the one before has arrived.
    pub(crate) async fn describe_quickly(&mut self, exchanges: usize) {
        join_all(self.0.iter_mut().map(async |pair| {
            for _ in 0..exchanges {
                pair.describe().await;
            }
        }))
        .await;
    }

    /// Every pair exchanges this many offers and answers, one of each in a period. The pairs take turns.
    pub(crate) async fn describe_steadily(&mut self, exchanges: usize, period: Duration) {
        let pairs = self.0.len() as u32;
        join_all(self.0.iter_mut().zip(0..).map(async |(pair, number)| {
            sleep(period * number / pairs).await;
            let mut ticks = interval(period);
            for _ in 0..exchanges {
                ticks.tick().await;
                pair.describe().await;
            }
        }))
        .await;
    }

    /// In every pair both sides send all their candidates, this many times.
    pub(crate) async fn trickle(&mut self, times: usize) {
        join_all(self.0.iter_mut().map(async |pair| {
            for _ in 0..times {
                pair.trickle().await;
            }
        }))
        .await;
    }

    /// In every pair one leaves and comes back, this many times.
    pub(crate) async fn leave_and_join(&mut self, times: usize) {
        join_all(self.0.iter_mut().map(async |pair| {
            for _ in 0..times {
                pair.leave_and_join().await;
            }
        }))
        .await;
    }

    /// Says nothing, and answers pings, until it is dropped.
    pub(crate) async fn rest(&mut self) {
        join_all(self.0.iter_mut().flat_map(|pair| [pair.alice.rest(), pair.bob.rest()])).await;
    }
}
