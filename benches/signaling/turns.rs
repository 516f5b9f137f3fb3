//! The same load for several servers, in turns: what disturbs a machine in a round disturbs all of them.

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
        let strict = Pairs::connect(&site.addresses, 0..pairs, Manner::Strict).await;
        let acknowledged = Pairs::connect(&site.addresses, pairs..2 * pairs, Manner::Acknowledged).await;
        Self { site, strict, acknowledged }
    }

    async fn rest(&mut self) {
        join(self.strict.rest(), self.acknowledged.rest()).await;
    }
}

/// The figures of each round of each stage. The first round warms up, and does not count.
pub(crate) async fn in_turns<const FIGURES: usize>(
    stages: &mut [Stage],
    rounds: usize,
    round: impl AsyncFn(&mut Stage) -> [f64; FIGURES],
) -> Vec<Vec<[f64; FIGURES]>> {
    let mut measured: Vec<_> = stages.iter().map(|_| Vec::new()).collect();
    let alone = stages.len() == 1;
    for number in 0..=rounds {
        for (index, rounds) in measured.iter_mut().enumerate() {
            // A client that does not answer pings is disconnected. So all the others go on answering.
            let (before, rest) = stages.split_at_mut(index);
            let (stage, after) = rest.split_first_mut().expect("a stage for each list");
            let others = join_all(before.iter_mut().chain(after).map(Stage::rest));
            let figures = tokio::select! {
                figures = round(stage) => figures,
                _ = others, if !alone => unreachable!("a rest has no end"),
            };
            if number > 0 {
                rounds.push(figures);
            }
        }
    }
    measured
}
