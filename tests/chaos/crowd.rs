//! All who come and go in the rooms of the call.

use std::time::Duration;

use crate::person::{Command, Person};
use crate::plan::{CROWD, ROOMS};
use crate::until;
use crate::visitor::{a_new_pair_gets_in, third_person};
use crate::wire::Wire;

/// The crowd. One wire for each.
pub(crate) struct Crowd {
    people: Vec<Person>,
    /// How many have died, so that who comes has a name of its own.
    died: u32,
}

impl Crowd {
    pub(crate) fn start(wires: &[Wire]) -> Self {
        assert_eq!(wires.len(), CROWD);
        let people = wires.iter().map(|wire| Person::start(wire.name, &wire.url())).collect();
        Self { people, died: 0 }
    }

    pub(crate) fn tell(&self, who: usize, command: Command) {
        self.people[who].tell(command);
    }

    /// One dies, and another one takes over its wire.
    pub(crate) fn replace(&mut self, who: usize, wire: &Wire) {
        self.died += 1;
        self.people[who] = Person::start(&format!("{} {}", wire.name, self.died), &wire.url());
    }

    /// How many believe that they are in this room.
    fn believers(&self, room: usize) -> usize {
        self.people.iter().filter(|person| person.belief().room == Some(room)).count()
    }

    /// Everybody is connected and has done what it was told.
    pub(crate) async fn settle(&self, patience: Duration) -> Result<(), String> {
        let idle = async || self.people.iter().all(Person::is_idle);
        let settled = until("everybody in the crowd is connected, and is answered", patience, idle).await;
        settled.map_err(|error| {
            let beliefs: Vec<_> = self.people.iter().map(Person::belief).collect();
            format!("{error}: {beliefs:?}")
        })?;
        match self.people.iter().any(|person| person.belief().thrown_out) {
            true => Err("somebody in the crowd was thrown out by a server".to_owned()),
            false => Ok(()),
        }
    }

    /// No room has three who believe that they are in it, and where there are two, no server lets a third one in.
    pub(crate) async fn has_no_third(&self, servers: &[String], patience: Duration) -> Result<(), String> {
        for (room, name) in ROOMS.iter().enumerate() {
            let what = format!("at most two are in room {name:?}, and the servers know of two");
            let mut found = String::new();
            until(&what, patience, async || {
                let count = self.believers(room);
                let mut admitted = 0;
                if count == 2 {
                    for url in servers {
                        match third_person(url, name).await {
                            Ok(reply) => admitted += usize::from(reply["ok"] == true),
                            Err(_) => return false,
                        }
                    }
                }
                found = format!("{count} believe that they are in, and {admitted} more could enter");
                // Somebody can have lost its place in between.
                count == self.believers(room) && count <= 2 && admitted == 0
            })
            .await
            .map_err(|error| format!("{error}: {found}"))?;
        }
        Ok(())
    }

    /// Everybody leaves. A new pair gets into each room.
    pub(crate) async fn leaves(&self, servers: &[String], patience: Duration) -> Result<(), String> {
        for person in &self.people {
            person.tell(Command::Leave);
        }
        self.settle(patience).await?;
        for room in ROOMS {
            a_new_pair_gets_in([&servers[0], &servers[1]], room).await?;
        }
        Ok(())
    }
}
