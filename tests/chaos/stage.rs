//! Carries out a step: what goes wrong, what people do meanwhile, and what must be true when it is over.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::BOUND;
use crate::calls::Calls;
use crate::crowd::Crowd;
use crate::person::Command;
use crate::plan::{CROWD, Deed, Fault, Service, Step, WIRES};
use crate::talk::Talk;
use crate::wire::Wire;
use crate::world::World;

/// How long a line of chat may take over a data channel while something else is wrong.
const CHAT: Duration = Duration::from_secs(10);
const NAMES: [&str; WIRES] = [
    "alice", "bob", "carol", "echo", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "mallory", "niaj",
    "olivia",
];

/// Everything that takes part.
pub(crate) struct Stage {
    world: World,
    /// Those of the two calls, of the crowd, and of those who chat.
    wires: Vec<Wire>,
    calls: Calls,
    crowd: Crowd,
    talk: Talk,
    step: Arc<AtomicU32>,
}

impl Stage {
    pub(crate) async fn set() -> Result<Self, String> {
        let world = World::start();
        let mut wires = Vec::new();
        for (index, name) in NAMES.into_iter().enumerate() {
            let service = if index < 4 + CROWD { Service::Call } else { Service::Chat };
            wires.push(Wire::to(name, world.addresses(service, index)).await);
        }
        let step = Arc::new(AtomicU32::new(0));
        let calls = Calls::start(&wires[..4]).await?;
        let (crowd, talk) = (Crowd::start(&wires[4..4 + CROWD]), Talk::start(&wires[4 + CROWD..], &step));
        crowd.settle(BOUND).await?;
        talk.settle(BOUND).await?;
        Ok(Self { world, wires, calls, crowd, talk, step })
    }

    /// How many messages of the chat were acknowledged, and how many were heard.
    pub(crate) fn counts(&self) -> (usize, usize) {
        self.talk.counts()
    }

    /// What the servers have logged lately.
    pub(crate) fn logs(&self) -> String {
        self.world.logs()
    }

    /// Says what was checked, or what must never happen and has happened.
    pub(crate) async fn play(&mut self, step: &Step) -> Result<String, String> {
        self.step.store(step.number, Ordering::Relaxed);
        for fault in &step.faults {
            self.begin(fault)?;
        }
        let over = Instant::now() + step.lasts;
        let pause = step.lasts / u32::try_from(step.deeds.len() + 1).expect("they are few");
        for deed in &step.deeds {
            tokio::time::sleep(pause).await;
            match *deed {
                Deed::Says(who) => self.talk.says(who),
                Deed::Joins(who, room) => self.crowd.tell(who, Command::Join(room)),
                Deed::Leaves(who) => self.crowd.tell(who, Command::Leave),
                Deed::Offers(who) => self.crowd.tell(who, Command::Offer),
            }
        }
        self.calls.first_talks(CHAT).await.map_err(|error| format!("while it is wrong: {error}"))?;
        if !step.has(|fault| matches!(fault, Fault::PeerKilled | Fault::PeerFrozen)) {
            self.calls.second_talks(CHAT).await.map_err(|error| format!("while it is wrong: {error}"))?;
        }
        tokio::time::sleep_until(over.into()).await;
        for fault in &step.faults {
            self.is_over(fault)?;
        }
        let since = Instant::now();
        self.check(step).await?;
        let all = if step.all_leave { self.everybody_leaves().await.map(|()| ", rooms free, hang-up")? } else { "" };
        Ok(format!("calls, chat, no third{all}: well after {:.1} s", since.elapsed().as_secs_f64()))
    }

    fn begin(&mut self, fault: &Fault) -> Result<(), String> {
        match fault {
            Fault::RedisKilled => self.world.redis.kill(),
            Fault::RedisFrozen => self.world.redis.freeze(),
            Fault::ServerKilled(service, server) => return self.world.server(*service, *server).kill(),
            Fault::ServerFrozen(service, server) => self.world.server(*service, *server).signal("STOP"),
            Fault::WiresCut(wires) => wires.iter().for_each(|wire| self.wires[*wire].cut()),
            Fault::WiresStalled(wires) => wires.iter().for_each(|wire| self.wires[*wire].stall()),
            Fault::SomebodyDies(who) => self.crowd.replace(*who, &self.wires[4 + who]),
            Fault::PeerKilled => return self.calls.kill_echo(),
            Fault::PeerFrozen => self.calls.signal_echo("STOP"),
        }
        Ok(())
    }

    fn is_over(&mut self, fault: &Fault) -> Result<(), String> {
        match fault {
            Fault::RedisKilled => self.world.redis.start_again(),
            Fault::RedisFrozen => self.world.redis.thaw(),
            Fault::ServerKilled(service, server) => return self.world.server(*service, *server).start_again(),
            Fault::ServerFrozen(service, server) => self.world.server(*service, *server).signal("CONT"),
            Fault::WiresCut(wires) | Fault::WiresStalled(wires) => {
                wires.iter().for_each(|wire| self.wires[*wire].mend());
            }
            Fault::PeerFrozen => self.calls.signal_echo("CONT"),
            // Another one comes by itself.
            Fault::SomebodyDies(_) | Fault::PeerKilled => {}
        }
        Ok(())
    }

    async fn check(&mut self, step: &Step) -> Result<(), String> {
        self.world.check()?;
        let servers = self.servers();
        let echo_died = step.has(|fault| *fault == Fault::PeerKilled);
        self.calls.work(&self.wires[..4], if echo_died { Calls::patience_after_a_death() } else { CHAT }).await?;
        self.talk.settle(BOUND).await?;
        self.talk.has_arrived(step, CHAT).await?;
        self.crowd.settle(BOUND).await?;
        self.crowd.has_no_third(&servers, BOUND).await?;
        let redis_was_away = step.has(|fault| matches!(fault, Fault::RedisKilled | Fault::RedisFrozen));
        self.calls.are_full(&servers, redis_was_away).await?;
        // Last: by now everybody has heard of what has happened.
        self.calls.go_on(!echo_died)?;
        self.world.check()
    }

    /// All rooms can be entered by others, and who hangs up is gone.
    async fn everybody_leaves(&mut self) -> Result<(), String> {
        self.crowd.leaves(&self.servers(), BOUND).await?;
        self.calls.hang_up_and_come_back(&self.wires[..4]).await?;
        self.world.check()
    }

    fn servers(&self) -> Vec<String> {
        self.world.servers(Service::Call).iter().map(|server| server.url()).collect()
    }

    /// Everybody goes home.
    pub(crate) async fn end(mut self) -> Result<(), String> {
        self.everybody_leaves().await?;
        self.calls.end().await?;
        self.world.check()
    }
}
