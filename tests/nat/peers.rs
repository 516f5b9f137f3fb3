//! The server and the two headless peers, each on a host of its own, as people start them.

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
    /// The types of the two candidates that won, as A sees them: its own first.
    pub(crate) pair: [String; 2],
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
        (Some(pair), Some(_)) => {
            // Sound and picture go over it, both ways.
            tokio::time::sleep(Duration::from_millis(500)).await;
            let (a, b) = (a.stop().await.well(), b.end().await.well());
            for printed in [&a, &b] {
                assert!(printed.contains("video arrives") && printed.contains("audio arrives"), "{printed}");
            }
            Some(Connected { pair, after })
        }
        (None, None) => {
            for peer in [a, b] {
                peer.end().await.with_error(&["no call within", "no way to the other side was found (step 13)"]);
            }
            None
        }
        one => panic!("only one side is connected: {one:?}; {}; {}", a.so_far(), b.so_far()),
    };
    server.stop().await.well();
    connected
}

/// The types of the pair that this side says it has, or nothing when it gives up.
async fn way(peer: &mut Program) -> Option<[String; 2]> {
    loop {
        let line = peer.line().await;
        if line.starts_with("received:") {
            return None;
        }
        if let Some((_, pair)) = line.split_once("It goes over ") {
            // Like `udp host 203.0.113.10:4000 <-> udp srflx 203.0.113.20:5000`.
            let kind = |candidate: &str| candidate.split(' ').nth(1).expect("a candidate has a type").to_owned();
            let (local, remote) = pair.split_once(" <-> ").expect("a pair has two candidates");
            return Some([kind(local), kind(remote)]);
        }
    }
}
