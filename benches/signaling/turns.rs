//! The same load for several servers, in turns: what disturbs a machine in a round disturbs all of them.

use std::future::pending;

use futures::future::{join, join_all};

use crate::load::{Manner, Pairs};
use crate::servers::Site;

/// One server, or several together, with their clients.
pub(crate) struct Stage {
    pub(crate) site: Site,
    pub(crate) strict: Pairs,
    pub(crate) acknowledged: Pairs,
}

impl Stage {
    /// So many pairs of each manner.
    pub(crate) async fn of(site: Site, pairs: usize) -> Self {
        let mut strict = Pairs::connect(&site.addresses, 0..pairs, Manner::Strict).await;
        let connecting = Pairs::connect(&site.addresses, pairs..2 * pairs, Manner::Acknowledged);
        let acknowledged = beside(strict.rest(), connecting).await;
        Self { site, strict, acknowledged }
    }

    async fn rest(&mut self) {
        join(self.strict.rest(), self.acknowledged.rest()).await;
    }
}

/// Does something while others rest. A client that does not answer pings is disconnected, so somebody has to read.
pub(crate) async fn beside<T>(rest: impl Future<Output = ()>, work: impl Future<Output = T>) -> T {
    tokio::select! {
        done = work => done,
        () = rest => unreachable!("a rest has no end"),
    }
}

async fn rest_of_all<'all>(stages: impl Iterator<Item = &'all mut Stage>) {
    join_all(stages.map(Stage::rest)).await;
    // Nobody is there to rest.
    pending::<()>().await;
}

/// Adds a stage, and those that are there rest meanwhile.
pub(crate) async fn add(stages: &mut Vec<Stage>, next: impl Future<Output = Stage>) {
    let stage = beside(rest_of_all(stages.iter_mut()), next).await;
    stages.push(stage);
}

/// The figures of each round of each stage. The first round warms up, and does not count.
pub(crate) async fn in_turns<const FIGURES: usize>(
    stages: &mut [Stage],
    rounds: usize,
    round: impl AsyncFn(&mut Stage) -> [f64; FIGURES],
) -> Vec<Vec<[f64; FIGURES]>> {
    let mut measured: Vec<_> = stages.iter().map(|_| Vec::new()).collect();
    for number in 0..=rounds {
        for (index, rounds) in measured.iter_mut().enumerate() {
            let (before, rest) = stages.split_at_mut(index);
            let (stage, after) = rest.split_first_mut().expect("a stage for each list");
            let figures = beside(rest_of_all(before.iter_mut().chain(after)), round(stage)).await;
            if number > 0 {
                rounds.push(figures);
            }
        }
    }
    measured
}
