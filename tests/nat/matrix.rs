//! Who reaches whom: every kind of NAT with every other.

use std::fmt;

use futures::StreamExt;

use super::nat::Kind;
use super::peers::{Connected, Relay, call};
use super::world::World;

/// How many calls take place at the same time. More of them would measure how busy the machine is.
const AT_A_TIME: usize = 2;

/// Every pair of kinds. Who of the two is A makes no difference.
pub(crate) fn pairs() -> impl Iterator<Item = [Kind; 2]> {
    Kind::ALL.into_iter().flat_map(|a| Kind::ALL.into_iter().filter(move |b| a <= *b).map(move |b| [a, b]))
}

/// What is expected. D: there is a direct way, and a STUN server is all that is needed. R: only a TURN server helps, which
/// passes the packets on (relay).
///
/// A symmetric NAT sends from an address that nobody has foretold. Its partner hears it if it lets everybody in, or every port
/// of a host that it has sent to. Where UDP to the partner is blocked, nothing of that helps.
#[rustfmt::skip]
const EXPECTED: [&str; 6] = [
    //                       none  full  address  port  symmetric  blocked
    /* none               */ "D     D     D        D     D          R",
    /* full cone          */ "D     D     D        D     D          R",
    /* address-restricted */ "D     D     D        D     D          R",
    /* port-restricted    */ "D     D     D        D     R          R",
    /* symmetric          */ "D     D     D        R     R          R",
    /* UDP blocked        */ "R     R     R        R     R          R",
];

/// Whether a direct way is expected.
pub(crate) fn is_direct([a, b]: [Kind; 2]) -> bool {
    let place = |kind| Kind::ALL.iter().position(|other| *other == kind).expect("it is one of all");
    EXPECTED[place(a)].split_whitespace().nth(place(b)).expect("a row has an entry for each") == "D"
}

/// What has become of one pair.
pub(crate) struct Row {
    pub(crate) pair: [Kind; 2],
    pub(crate) without: Option<Connected>,
    pub(crate) with: Option<Connected>,
}

/// Lets all pairs call each other, without TURN and with it.
pub(crate) async fn measure() -> Vec<Row> {
    let one = |relay, pair: [Kind; 2]| async move { call(&World::new(pair[0], pair[1]), relay).await };
    // Those that cannot succeed wait for their end, all at the same time and without any work.
    let hopeless = futures::stream::iter(pairs().filter(|&pair| !is_direct(pair)))
        .map(|pair| async move { (pair, one(Relay::Without, pair).await) })
        .buffer_unordered(usize::MAX)
        .collect::<Vec<_>>();
    let hopeless = hopeless.await;
    let rows = pairs().map(|pair| {
        let known = hopeless.iter().any(|(other, _)| *other == pair);
        async move {
            let without = if known { None } else { one(Relay::Without, pair).await };
            Row { pair, without, with: one(Relay::With, pair).await }
        }
    });
    let mut rows: Vec<Row> = futures::stream::iter(rows).buffered(AT_A_TIME).collect().await;
    for (pair, connected) in hopeless {
        let row = rows.iter_mut().find(|row| row.pair == pair).expect("it is one of all");
        row.without = connected;
    }
    rows
}

impl Row {
    /// Fails when it is not as expected.
    pub(crate) fn check(&self) {
        let Self { pair: [a, b], without, with } = self;
        let relayed = |way: &Option<Connected>| way.as_ref().map(Connected::is_relayed);
        let (with_stun, with_turn) = if is_direct(self.pair) { (Some(false), Some(false)) } else { (None, Some(true)) };
        assert_eq!(relayed(without), with_stun, "{a} and {b} with STUN alone: {without:?}");
        assert_eq!(relayed(with), with_turn, "{a} and {b} with TURN: {with:?}");
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b] = self.pair;
        write!(f, "| {a} | {b} |")?;
        for way in [&self.without, &self.with] {
            match way {
                None => write!(f, " no way |")?,
                Some(connected) => {
                    let ends = connected.ends();
                    // Which of the two asks the relay is decided by which answer comes first.
                    let way = if connected.is_relayed() { "relay".to_owned() } else { ends.join(" - ") };
                    write!(f, " {way}, {} ms |", connected.after.as_millis())?;
                }
            }
        }
        Ok(())
    }
}

/// A row of the table without the times, which are different each time.
pub(crate) fn without_times(row: &str) -> String {
    let word = |word: &str| if word.parse::<u32>().is_ok() { "#".to_owned() } else { word.to_owned() };
    row.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// The rows of the table in the text.
pub(crate) fn in_the_text() -> Vec<&'static str> {
    let text = include_str!("../../docs/nat.md");
    let (_, table) = text.split_once("| A is behind | B is behind |").expect("the text has the table");
    table.lines().skip(2).take_while(|line| line.starts_with('|')).collect()
}
