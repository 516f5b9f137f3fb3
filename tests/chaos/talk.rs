//! All who chat, and what must have arrived.

use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use crate::knowledge::Acknowledged;
use crate::plan::{Fault, Step, TALKERS};
use crate::talker::Talker;
use crate::until;
use crate::wire::Wire;

/// Those who chat. One wire for each.
pub(crate) struct Talk {
    talkers: Vec<Talker>,
}

impl Talk {
    pub(crate) fn start(wires: &[Wire], step: &Arc<AtomicU32>) -> Self {
        assert_eq!(wires.len(), TALKERS);
        Self { talkers: wires.iter().map(|wire| Talker::start(wire.name, &wire.url(), Arc::clone(step))).collect() }
    }

    pub(crate) fn says(&mut self, who: usize) {
        self.talkers[who].says();
    }

    /// How many messages were acknowledged, and how many were heard.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let count = |of: fn(&Talker) -> usize| self.talkers.iter().map(of).sum();
        (count(|talker| talker.knows().acknowledged.len()), count(|talker| talker.knows().heard.len()))
    }

    /// Everybody is in the room, and has said what it had to say.
    pub(crate) async fn settle(&self, patience: Duration) -> Result<(), String> {
        let settled = async || {
            self.talkers.iter().all(|talker| {
                let knows = talker.knows();
                knows.in_room && knows.to_say == 0 && !knows.alone
            })
        };
        until("everybody in the chat is back, and all servers are together", patience, settled).await?;
        match self.talkers.iter().find(|talker| talker.knows().thrown_out) {
            Some(talker) => Err(format!("{} was thrown out of the chat", talker.name)),
            None => Ok(()),
        }
    }

    /// What was acknowledged in this step has arrived everywhere, or its loss was told.
    pub(crate) async fn has_arrived(&self, step: &Step, patience: Duration) -> Result<(), String> {
        let mut missing = String::new();
        let arrived = async || {
            missing = self.missing(step);
            missing.is_empty()
        };
        let result = until("what was acknowledged has arrived", patience, arrived).await;
        result.map_err(|error| format!("a message is lost: {error}: {missing}; {}", self.lately(step)))?;
        self.nothing_came_twice()
    }

    fn missing(&self, step: &Step) -> String {
        // A Redis that was killed comes back empty: what it had taken, and a server had not read yet, is nowhere.
        let is_excused = |message: &Acknowledged| message.alone || step.has(|fault| *fault == Fault::RedisKilled);
        let mut missing = Vec::new();
        for sender in &self.talkers {
            let all = sender.knows().acknowledged.clone();
            let said = all.iter().rev().take_while(|message| message.step + 1 >= step.number);
            for message in said.filter(|message| !is_excused(message)) {
                for receiver in self.talkers.iter().filter(|receiver| receiver.name != sender.name) {
                    let knows = receiver.knows();
                    let told = knows.told_of_a_loss.is_some_and(|at| at >= message.step);
                    let is_it = |number: u64, from: &str| (number, from) == (message.number, sender.name);
                    if !told && !knows.heard.iter().rev().any(|heard| is_it(heard.number, &heard.from)) {
                        missing.push(format!("{} has not heard {message:?} of {}", receiver.name, sender.name));
                    }
                }
            }
        }
        missing.join("; ")
    }

    /// What was said and heard last, to find out why something is missing.
    fn lately(&self, step: &Step) -> String {
        let mut lately = String::new();
        for talker in &self.talkers {
            let knows = talker.knows();
            let said = knows.acknowledged.iter().filter(|said| said.step + 1 >= step.number);
            let said: Vec<_> = said.map(|said| (said.number, said.duplicate, said.alone)).collect();
            let heard = knows.heard.iter().filter(|heard| heard.step + 1 >= step.number);
            let heard: Vec<_> = heard.map(|heard| format!("{} {}", heard.from, heard.number)).collect();
            lately += &format!("\n{}: told of a loss in {:?}, said {said:?}", talker.name, knows.told_of_a_loss);
            lately += &format!(", heard {}", heard.join(", "));
        }
        lately
    }

    /// Each has heard the messages of each in their order, and none twice.
    fn nothing_came_twice(&self) -> Result<(), String> {
        for receiver in &self.talkers {
            let knows = receiver.knows();
            for sender in &self.talkers {
                let of_sender: Vec<_> = knows.heard.iter().filter(|heard| heard.from == sender.name).collect();
                if let Some([first, second]) = of_sender.windows(2).find(|two| two[0].number >= two[1].number) {
                    let what = if of_sender.iter().filter(|heard| heard.number == second.number).count() > 1 {
                        "twice"
                    } else {
                        "out of order"
                    };
                    return Err(format!("{} has heard a message {what}: {first:?}, then {second:?}", receiver.name));
                }
            }
        }
        Ok(())
    }
}
