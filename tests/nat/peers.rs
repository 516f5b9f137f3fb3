//! The server and the two headless peers, each on a host of its own, as people start them.

use std::net::SocketAddr;
use std::str::FromStr;
use std::time::{Duration, Instant};

use testing::program::Program;

use super::world::{SERVER, Side, World};

const BINARY: &str = env!("CARGO_BIN_EXE_study-zoom");

/// How long a call may take to connect. The headless peer itself gives up after 40 seconds; what connects here does so in
/// two, and so many calls wait for their end at the same time.
const PATIENCE: &str = "15";

/// Whether the server also passes packets on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relay {
    Without,
    /// With TURN.
    With,
}

/// The server of a world.
pub(crate) async fn serve(world: &World, relay: Relay) -> Program {
    let mut command = world.command("s", BINARY);
    command.args(["serve", "--addr", &format!("{SERVER}:3000")]).env("STUDY_ZOOM_BUNDLE", "off");
    if relay == Relay::With {
        // The addresses for documentation are none of the internet, and the server would pass nothing on to them.
        command.args(["--turn", "--turn-allow-private"]);
    }
    let mut server = Program::start("the server", &mut command);
    server.until("listens on").await;
    server
}

/// A headless peer on one of the two hosts.
pub(crate) fn peer(world: &World, side: Side, more: &[&str]) -> Program {
    let mut command = world.command(side.host(), BINARY);
    command.args(["peer", "--room", "nat", "--url", &format!("http://{SERVER}:3000")]).args(more);
    Program::start(&format!("{side:?}"), &mut command)
}

/// A call that is connected.
#[derive(Debug)]
pub(crate) struct Connected {
    /// The pair of candidates that won, as A sees it and as B sees it.
    pub(crate) pairs: [Pair; 2],
    /// From the start of B until both have step 13.
    pub(crate) after: Duration,
}

/// Lets A and B call each other. `None` when they find no way.
pub(crate) async fn call(world: &World, relay: Relay) -> Option<Connected> {
    let server = serve(world, relay).await;
    let mut a = peer(world, Side::A, &["--for", PATIENCE]);
    a.until("in room").await;
    let begin = Instant::now();
    let mut b = peer(world, Side::B, &["--for", PATIENCE]);
    let both = tokio::join!(way(&mut a), way(&mut b));
    let after = begin.elapsed();
    let connected = match both {
        (Some(pair_of_a), Some(pair_of_b)) => {
            // Sound and picture go over it, both ways.
            tokio::join!(hears_and_sees(&mut a), hears_and_sees(&mut b));
            a.stop().await.well();
            b.end().await.well();
            Some(Connected { pairs: [pair_of_a, pair_of_b], after })
        }
        (None, None) => {
            a.end().await.with_error(&["no call within", "no way to the other side was found (step 13)"]);
            // B hears that A has given up.
            b.end().await.with_error(&["step 13"]);
            None
        }
        one => panic!("only one side is connected: {one:?}; {}; {}", a.so_far(), b.so_far()),
    };
    server.stop().await.well();
    connected
}

/// Sound and picture of the other side have come.
pub(crate) async fn hears_and_sees(peer: &mut Program) {
    while !["audio arrives", "video arrives"].iter().all(|text| peer.so_far_in_lines().contains(text)) {
        peer.line().await;
    }
}

/// One end of a path, like `udp srflx 203.0.113.20:5000`.
#[derive(Debug)]
pub(crate) struct End {
    kind: String,
    address: SocketAddr,
}

/// A pair of candidates as one side sees it, like `udp host 10.0.1.2:4000 <-> udp srflx 203.0.113.20:5000`.
#[derive(Debug)]
pub(crate) struct Pair {
    local: End,
    remote: End,
}

impl FromStr for End {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split(' ').collect::<Vec<_>>()[..] {
            ["udp", kind, address] => {
                let address = address.parse().map_err(|error| format!("{text}: {error}"))?;
                Ok(Self { kind: kind.to_owned(), address })
            }
            _ => Err(format!("{text:?} is no candidate over UDP")),
        }
    }
}

impl FromStr for Pair {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (local, remote) = text.split_once(" <-> ").ok_or_else(|| format!("{text:?} is no pair"))?;
        Ok(Self { local: local.parse()?, remote: remote.parse()? })
    }
}

impl Connected {
    /// What the packets of A come from, and those of B.
    pub(crate) fn ends(&self) -> [&'static str; 2] {
        let [a, b] = &self.pairs;
        [end(&a.local, &b.remote), end(&b.local, &a.remote)]
    }

    /// Whether the packets go through the TURN server.
    pub(crate) fn is_relayed(&self) -> bool {
        self.ends().contains(&"relay")
    }
}

/// The type of one end of a path: told from its address, as the two sides see it. What one of them calls it depends on luck:
/// a check may overtake the candidate, and its sender is `prflx` then, although it is known a moment later.
fn end(here: &End, seen: &End) -> &'static str {
    if here.kind == "relay" || seen.address.ip().to_string() == SERVER {
        "relay"
    } else if here.address == seen.address {
        // The address of the host itself. The crate sends from there in any case, and calls its own end after it.
        "host"
    } else if here.address.port() == seen.address.port() {
        // The NATs here keep the port where they have one address for everybody: it is the one that the STUN server has told.
        "srflx"
    } else {
        // An address that only the other side has seen.
        "prflx"
    }
}

/// The pair that this side says it has, or nothing when it gives up.
async fn way(peer: &mut Program) -> Option<Pair> {
    loop {
        let line = peer.line().await;
        if line.starts_with("received:") {
            return None;
        }
        if let Some((_, pair)) = line.split_once("It goes over ") {
            return Some(pair.parse().expect("it is a pair"));
        }
    }
}
