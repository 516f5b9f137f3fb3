//! Many rooms: what a member costs who says nothing, and what a message costs among so many.

use std::net::SocketAddr;
use std::time::Duration;

use futures::stream::{self, StreamExt};
use testing::cost::{cost, resident_kb};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::load::{Manner, Pair, Pairs};
use crate::servers::{Kind, Site};

/// How many connect at the same time.
const AT_ONCE: usize = 32;
/// How long a server is left alone before its memory is looked at.
const SILENCE: Duration = Duration::from_secs(2);
/// The first ones in a server: they pay for what is there only once.
const FIRST: usize = 10;

/// Pairs that say nothing. They answer pings, each client in a task of its own, until this is dropped.
#[derive(Default)]
struct Idle {
    tasks: JoinSet<()>,
}

impl Idle {
    async fn connect(&mut self, servers: &[SocketAddr], numbers: std::ops::Range<usize>) {
        let connecting = numbers.map(|number| Pair::connect(servers, number, Manner::Strict));
        let mut connected = stream::iter(connecting).buffer_unordered(AT_ONCE);
        while let Some(Pair { mut alice, mut bob, .. }) = self.during(connected.next()).await {
            self.tasks.spawn(async move { alice.rest().await });
            self.tasks.spawn(async move { bob.rest().await });
        }
    }

    /// Does something, and looks meanwhile that nobody loses the connection.
    async fn during<T>(&mut self, work: impl Future<Output = T>) -> T {
        tokio::select! {
            done = work => done,
            Some(ended) = self.tasks.join_next() => panic!("a member who says nothing is lost (is the machine too busy?): {ended:?}"),
        }
    }
}

/// The memory of one member, in kB, when there are so many rooms of two.
pub(crate) async fn memory_of_a_member(kind: &Kind, rooms: usize) -> f64 {
    let site = Site::alone(kind).await;
    let memory = || resident_kb(site.pids()[0]);
    let mut idle = Idle::default();
    idle.connect(&site.addresses, 0..FIRST).await;
    let before = memory();
    idle.connect(&site.addresses, FIRST..FIRST + rooms).await;
    idle.during(sleep(SILENCE)).await;
    (memory() - before) / (2 * rooms) as f64
}

/// What a server costs that has many rooms.
pub(crate) struct Crowd {
    /// The memory of one member, in kB.
    pub(crate) memory: f64,
    /// The processor time of the server in a second in which nobody says anything, in milliseconds.
    pub(crate) at_rest: f64,
    /// The processor time for one description, in microseconds.
    pub(crate) description: f64,
}

/// Connects so many rooms of two; then in some of them so many offers and answers are exchanged.
pub(crate) async fn crowd(kind: &Kind, rooms: usize, talking: usize, exchanges: usize, rest: Duration) -> Crowd {
    let site = Site::alone(kind).await;
    let pids = site.pids();
    let before = resident_kb(pids[0]);
    let mut idle = Idle::default();
    idle.connect(&site.addresses, talking..rooms).await;
    let mut pairs = idle.during(Pairs::connect(&site.addresses, 0..talking, Manner::Strict)).await;
    let resting = async {
        tokio::select! {
            () = sleep(rest) => {}
            () = pairs.rest() => unreachable!("a rest has no end"),
        }
    };
    let (at_rest, time) = idle.during(cost(&pids, resting)).await;
    let (description, _) = idle.during(cost(&pids, pairs.describe_quickly(exchanges))).await;
    Crowd {
        memory: (resident_kb(pids[0]) - before) / (2 * rooms) as f64,
        at_rest: at_rest / 1e3 / time,
        description: description / (2 * talking * exchanges) as f64,
    }
}
