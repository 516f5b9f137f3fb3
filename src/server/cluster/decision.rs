//! How a change of a room is made, and how a server hears of it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use shared::{Accepted, Refusal, RoomName};
use socketio_src::cluster::{LinkError, PATIENCE};
use socketioxide::socket::Sid;
use tokio::time::{Instant, timeout};
use tracing::{debug, info, warn};

use super::super::args::Args;
use super::super::room::{Change, Member, Notice};
use super::super::rooms::now;
use super::error::DecisionError;
use super::room::{ClusterRoom, ServerId};
use super::settle::settle;
use super::store::{Absence, Message, from_text, to_text};
use super::task::ClusterTask;

/// How often a decision is made again because another server was faster. Each time somebody else got what they wanted.
const TRIES: usize = 100;

impl ClusterTask {
    /// Makes a change to a room: in Redis, or without it in this server's memory alone.
    pub(super) async fn decide(&mut self, name: &RoomName, change: Change) -> Result<Accepted, Refusal> {
        if self.connection.is_up() {
            match self.decide_together(name, Some(&change)).await {
                Ok(decided) => return decided,
                Err(error) => debug!(room = %name, "decided alone: {error}"),
            }
        }
        self.unsettled.insert(name.clone());
        let mut room = self.rooms.get(name);
        let (accepted, notice) = room.change(name, change, self.me, self.hold)?;
        self.has_become(name, room, notice.as_slice());
        Ok(accepted)
    }

    /// Makes a change in Redis, and returns when this server has heard of it and has told its people. A refusal counts as
    /// well: it has been checked that what it was decided on still stands there. Without a change the room is brought up to
    /// date.
    pub(super) async fn decide_together(
        &mut self,
        name: &RoomName,
        change: Option<&Change>,
    ) -> Result<Result<Accepted, Refusal>, DecisionError> {
        // What we remember is what stands there, most of the time.
        let mut known = to_text(&self.rooms.get(name));
        for _ in 0..TRIES {
            let before = from_text(&known);
            let (mut room, mut notices) = self.brought_up_to_date(name, before.clone()).await?;
            let decided = match change.cloned() {
                Some(change) => room.change(name, change, self.me, self.hold).map(|(accepted, notice)| {
                    notices.extend(notice);
                    accepted
                }),
                None => Ok(Accepted::default()),
            };
            self.number += 1;
            let (number, after) = (self.number, &room);
            let told = notices.clone();
            let Some(other) = self.store.replace(name, &known, &before, after, notices, number).await? else {
                if before != room {
                    self.hear_of(number, name, &room, &told).await;
                } else {
                    // Nothing to announce; but we may have missed how it came to this.
                    self.has_become(name, room, &told);
                }
                return Ok(decided);
            };
            known = other;
            // What led to it was announced before this answer was given, and so has been heard already.
            while let Ok((_, message)) = self.heard.try_recv() {
                self.hear(&message, None);
            }
        }
        Err(DecisionError::Overtaken { tries: TRIES })
    }

    /// Brings a room up to date before anything is decided about it: with what this server knows, and without the people
    /// of servers that are gone.
    async fn brought_up_to_date(
        &self,
        name: &RoomName,
        mut room: ClusterRoom,
    ) -> Result<(ClusterRoom, Vec<Notice>), LinkError> {
        let here = self.rooms.get(name);
        let concerns_us = !here.room.is_empty() || room.of(self.me).next().is_some();
        let mut notices = vec![];
        if concerns_us && here != room {
            notices = settle(&mut room, &here, name, self.me, now(), self.hold);
        }
        for (server, absence) in self.absent(room.servers()).await? {
            let is_gone = |member: &&Member| absence == Absence::Long || !member.may_come_back();
            let gone: Vec<Sid> = room.of(server).filter(is_gone).map(|member| member.socket).collect();
            for socket in gone {
                info!(%socket, room = %name, "its server is gone");
                notices.extend(room.leave(socket));
            }
        }
        Ok((room, notices))
    }

    /// Which of these servers are not there.
    pub(super) async fn absent(
        &self,
        mut servers: BTreeSet<ServerId>,
    ) -> Result<BTreeMap<ServerId, Absence>, LinkError> {
        if Instant::now() < self.patient_until {
            return Ok(BTreeMap::new());
        }
        servers.remove(&self.me);
        self.store.absent(servers).await
    }

    /// Handles what comes in until our own change has. Nobody has been told of it before that.
    async fn hear_of(&mut self, number: u64, name: &RoomName, room: &ClusterRoom, notices: &[Notice]) {
        let waiting = async {
            while let Some((_, message)) = self.heard.recv().await {
                if self.hear(&message, Some(number)) {
                    return;
                }
            }
        };
        if timeout(PATIENCE, waiting).await.is_err() {
            debug!(room = %name, "the change was made, but not heard of: the connection has been lost");
            self.unsettled.insert(name.clone());
            self.has_become(name, room.clone(), notices);
        }
    }

    /// Handles what a server tells us. Returns whether it is our own change of this number.
    pub(super) fn hear(&mut self, message: &[u8], awaited: Option<u64>) -> bool {
        match serde_json::from_slice(message) {
            Ok(Message::Changed { room, now, notices, by: (server, number) }) => {
                let is_awaited = server == self.me && awaited == Some(number);
                if is_awaited || self.has_the_same_of_us(&room, &now) {
                    self.has_become(&room, now, &notices);
                } else {
                    // Another server removed our members, or Redis applied a change that had timed out here. The next tick reconciles the
                    // room.
                    self.unsettled.insert(room);
                }
                return is_awaited;
            }
            Ok(Message::Relay { room, from, to, event, args }) => {
                let is_ours = self.rooms.server_of(to, &room) == Some(self.me);
                let is_from_the_other = |other: &Member| other.socket == from;
                if is_ours && self.rooms.members.lock().other(to, &room).is_ok_and(is_from_the_other) {
                    // The sender cannot be told any more; if the receiver is gone, it hears `bye`.
                    let _ = self.tell(to, &event, &args);
                } else {
                    debug!(%from, %to, %room, "{event} comes too late: the two are not together any more");
                }
            }
            Err(error) => warn!("what another server says cannot be read (is it of another version?): {error}"),
        }
        false
    }

    /// Whether a room has those of our people in it that we know to be there, and no others.
    fn has_the_same_of_us(&self, name: &RoomName, now: &ClusterRoom) -> bool {
        let here = self.rooms.get(name);
        // A client that has come back at another server has taken its place with it.
        let is_there = |member: &Member| now.room.member(member.socket).is_some() || now.room.has_successor_of(member);
        here.of(self.me).all(is_there) && now.of(self.me).all(|member| here.room.member(member.socket).is_some())
    }

    /// Remembers what has become of a room, and tells our people in it what they are to hear.
    fn has_become(&mut self, name: &RoomName, now: ClusterRoom, notices: &[Notice]) {
        let before = self.rooms.get(name);
        let ours: HashSet<Sid> = before.of(self.me).chain(now.of(self.me)).map(|member| member.socket).collect();
        self.rooms.put(name, now);
        for Notice { to, event } in notices.iter().filter(|notice| ours.contains(&notice.to)) {
            let _ = self.tell(*to, event, &Args::default());
        }
    }
}
