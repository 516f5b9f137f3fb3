//! One, two and three of our servers on one Redis, with the two of each pair on different ones.

use std::time::Duration;

use testing::cost::{cost, cpu_time};
use testing::results::Results;

use crate::servers::{Kind, Site};
use crate::turns::{Stage, add, beside, in_turns};
use crate::{Plan, report};

/// How the cost of a description grows, beside a server without Redis.
pub(crate) async fn measure(plan: &Plan, results: &mut Results) {
    let Plan { rounds, pairs, exchanges, .. } = *plan;
    let (mut stages, mut names) = (Vec::new(), Vec::new());
    for servers in (1..=3).rev() {
        add(&mut stages, async { Stage::of(Site::together(servers).await, pairs).await }).await;
        names.push(if servers == 1 { "1 server".to_owned() } else { format!("{servers} servers") });
    }
    add(&mut stages, async { Stage::of(Site::alone(&Kind::Ours).await, pairs).await }).await;
    names.push("no Redis".to_owned());
    let round = async |stage: &mut Stage| {
        let Stage { site, strict, acknowledged } = stage;
        let (pids, redis) = (site.pids(), site.redis_pid());
        let of_redis = || redis.map_or(Duration::ZERO, cpu_time).as_secs_f64() * 1e6;
        let descriptions = (2 * pairs * exchanges) as f64;
        let begun = of_redis();
        let (spent, _) = beside(acknowledged.rest(), cost(&pids, strict.describe_quickly(exchanges))).await;
        let between = of_redis();
        let (spent_acks, _) = beside(strict.rest(), cost(&pids, acknowledged.describe_quickly(exchanges))).await;
        [spent, spent_acks, between - begun, of_redis() - between].map(|spent| spent / descriptions)
    };
    let measured = in_turns(&mut stages, rounds, round).await;
    let what = [
        ("servers on one Redis, a description, strict clients: all servers", "us"),
        ("servers on one Redis, a description with its acknowledgement: all servers", "us"),
    ];
    let of_servers = measured.iter().map(|rounds| rounds.iter().map(|[strict, acks, ..]| [*strict, *acks]).collect());
    report(results, what, &names, &of_servers.collect::<Vec<_>>());
    let what = [
        ("servers on one Redis, a description, strict clients: redis-server", "us"),
        ("servers on one Redis, a description with its acknowledgement: redis-server", "us"),
    ];
    let of_redis =
        measured.iter().take(3).map(|rounds| rounds.iter().map(|[.., strict, acks]| [*strict, *acks]).collect());
    report(results, what, &names[..3], &of_redis.collect::<Vec<_>>());
}
