//! What goes wrong, step by step.
//!
//! Everything is drawn from one generator, and nothing depends on what has happened: the same seed is the same plan.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// The people who come and go in the rooms of the call.
pub(crate) const CROWD: usize = 6;
/// The rooms in which they do.
pub(crate) const ROOMS: [&str; 3] = ["hall", "cellar", "attic"];
/// The people who chat.
pub(crate) const TALKERS: usize = 4;
/// The wires: one for each of the four in a call, for each of the crowd and for each who chats.
pub(crate) const WIRES: usize = 4 + CROWD + TALKERS;

/// The programs of which there are two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Service {
    /// The server of the call.
    Call,
    /// The server of chapter 2.
    Chat,
}

/// One thing that goes wrong, and is put right at the end of its step.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// Killed, and started again, empty.
    RedisKilled,
    /// Keeps its connections and answers nobody.
    RedisFrozen,
    /// Killed, and started again on its port.
    ServerKilled(Service, usize),
    /// Stopped, and continued.
    ServerFrozen(Service, usize),
    /// These clients lose their connections, and get no new ones.
    WiresCut(BTreeSet<usize>),
    /// What these clients send and hear stands still, and nobody is told.
    WiresStalled(BTreeSet<usize>),
    /// One of the crowd is gone without a goodbye; somebody else comes in its place.
    SomebodyDies(usize),
    /// A headless peer, a program of its own, is killed in its call; another one comes.
    PeerKilled,
    /// It is stopped in its call, and continued.
    PeerFrozen,
}

impl Fault {
    /// Its kind, for counting.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::RedisKilled => "Redis killed",
            Self::RedisFrozen => "Redis frozen",
            Self::ServerKilled(Service::Call, _) => "call server killed",
            Self::ServerKilled(Service::Chat, _) => "chat server killed",
            Self::ServerFrozen(Service::Call, _) => "call server frozen",
            Self::ServerFrozen(Service::Chat, _) => "chat server frozen",
            Self::WiresCut(_) => "wires cut",
            Self::WiresStalled(_) => "wires stalled",
            Self::SomebodyDies(_) => "client killed",
            Self::PeerKilled => "peer killed",
            Self::PeerFrozen => "peer frozen",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())?;
        match self {
            Self::ServerKilled(_, server) | Self::ServerFrozen(_, server) => write!(f, " {server}"),
            Self::WiresCut(wires) | Self::WiresStalled(wires) => write!(f, " {wires:?}"),
            Self::SomebodyDies(who) => write!(f, " {who}"),
            _ => Ok(()),
        }
    }
}

/// What people do while something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    /// One of those who chat says something.
    Says(usize),
    /// One of the crowd enters a room.
    Joins(usize, usize),
    /// One of the crowd leaves the room in which it is.
    Leaves(usize),
    /// One of the crowd sends an offer.
    Offers(usize),
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) number: u32,
    pub(crate) faults: Vec<Fault>,
    /// How long the faults stand.
    pub(crate) lasts: Duration,
    /// At equal distances meanwhile.
    pub(crate) deeds: Vec<Deed>,
    /// At the end everybody leaves all rooms, and others must get in.
    pub(crate) all_leave: bool,
}

impl Step {
    pub(crate) fn has(&self, wanted: impl Fn(&Fault) -> bool) -> bool {
        self.faults.iter().any(wanted)
    }
}

/// All steps, without end.
pub(crate) struct Plan {
    random: StdRng,
    number: u32,
}

impl Plan {
    pub(crate) fn new(seed: u64) -> Self {
        Self { random: StdRng::seed_from_u64(seed), number: 0 }
    }

    fn wires(&mut self) -> BTreeSet<usize> {
        let count = self.random.random_range(1..=4);
        (0..count).map(|_| self.random.random_range(0..WIRES)).collect()
    }

    fn fault(&mut self) -> Fault {
        let server = self.random.random_range(0..2);
        match self.random.random_range(0..16) {
            0 => Fault::RedisKilled,
            1 | 2 => Fault::RedisFrozen,
            3 | 4 => Fault::ServerKilled(Service::Call, server),
            5 => Fault::ServerFrozen(Service::Call, server),
            6 | 7 => Fault::ServerKilled(Service::Chat, server),
            8 => Fault::ServerFrozen(Service::Chat, server),
            9..=11 => Fault::WiresCut(self.wires()),
            12 => Fault::WiresStalled(self.wires()),
            13 => Fault::SomebodyDies(self.random.random_range(0..CROWD)),
            14 => Fault::PeerKilled,
            _ => Fault::PeerFrozen,
        }
    }

    fn deed(&mut self) -> Deed {
        let who = self.random.random_range(0..CROWD);
        match self.random.random_range(0..10) {
            0..5 => Deed::Says(self.random.random_range(0..TALKERS)),
            5..8 => Deed::Joins(who, self.random.random_range(0..ROOMS.len())),
            8 => Deed::Leaves(who),
            _ => Deed::Offers(who),
        }
    }
}

impl Iterator for Plan {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        self.number += 1;
        let count = if self.random.random_bool(0.3) { 2 } else { 1 };
        let mut faults: Vec<Fault> = Vec::new();
        while faults.len() < count {
            let fault = self.fault();
            // What is dead cannot be frozen as well.
            let subject = |fault: &Fault| match fault {
                Fault::RedisKilled | Fault::RedisFrozen => (0, 0),
                Fault::ServerKilled(service, server) | Fault::ServerFrozen(service, server) => {
                    (1 + *service as usize, *server)
                }
                Fault::WiresCut(_) | Fault::WiresStalled(_) => (3, 0),
                Fault::SomebodyDies(_) => (4, 0),
                Fault::PeerKilled | Fault::PeerFrozen => (5, 0),
            };
            if faults.iter().all(|other| subject(other) != subject(&fault)) {
                faults.push(fault);
            }
        }
        let lasts = Duration::from_millis(self.random.random_range(200..6000));
        let deeds = self.random.random_range(5..40);
        let deeds = (0..deeds).map(|_| self.deed()).collect();
        let all_leave = self.random.random_ratio(1, 6);
        Some(Step { number: self.number, faults, lasts, deeds, all_leave })
    }
}

#[test]
fn the_same_seed_is_the_same_plan() {
    let steps = |seed| Plan::new(seed).take(50).collect::<Vec<_>>();
    assert_eq!(steps(1), steps(1));
    assert_ne!(steps(1), steps(2));
}
