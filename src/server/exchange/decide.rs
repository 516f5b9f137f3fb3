//! How a change of a room is made, and how a server hears of it.

use std::collections::{BTreeSet, HashSet};

use shared::{Accepted, Refusal, RoomName};
use socketio_src::cluster::{LinkError, PATIENCE};
use socketioxide::socket::Sid;
use tokio::time::{Instant, timeout};
use tracing::{debug, info, warn};

use super::super::args::Args;
use super::super::room::{Notice, Room, ServerId};
use super::super::switchboard::{Decided, now};
use super::operator::Operator;
use super::settle::settle;
use super::store::{Message, from_text, to_text};

/// How often a decision is made again because another server was faster. Each time somebody else got what they wanted.
const TRIES: usize = 100;

/// Why a change could not be made for all servers.
#[derive(Debug, thiserror::Error)]
pub(super) enum Undecided {
    #[error(transparent)]
    Link(#[from] LinkError),
    #[error("others were faster {TRIES} times")]
    Overtaken,
}

impl Operator {
    /// Makes a change to a room: in Redis, or without it in this server's memory alone.
    pub(super) async fn decide(
        &mut self,
        room: &RoomName,
        decision: impl Fn(&mut Room) -> Decided,
    ) -> Result<Accepted, Refusal> {
        if self.connection.is_up() {
            match self.decide_together(room, &decision).await {
                Ok(decided) => return decided,
                Err(error) => debug!(%room, "decided alone: {error}"),
            }
        }
        self.unsettled.insert(room.clone());
        self.board.decide(&mut self.board.rooms(), room, decision)
    }

    /// Makes a change in Redis, and returns when this server has heard of it and has told its people. A refusal counts as
    /// well: it has been checked that what it was decided on still stands there.
    pub(super) async fn decide_together(
        &mut self,
        name: &RoomName,
        decision: &impl Fn(&mut Room) -> Decided,
    ) -> Result<Result<Accepted, Refusal>, Undecided> {
        // What we remember is what stands there, most of the time.
        let mut known = to_text(&self.board.rooms().get(name));
        for _ in 0..TRIES {
            let before = from_text(&known);
            let (mut room, mut notices) = self.brought_up_to_date(name, before.clone()).await?;
            let mut decided_on = room.clone();
            let decided = decision(&mut decided_on).map(|(accepted, notice)| {
                room = decided_on;
                notices.extend(notice);
                accepted
            });
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
        Err(Undecided::Overtaken)
    }

    /// Brings a room up to date before anything is decided about it: with what this server knows, and without the people
    /// of servers that are gone.
    async fn brought_up_to_date(&self, name: &RoomName, mut room: Room) -> Result<(Room, Vec<Notice>), LinkError> {
        let me = self.board.me;
        let here = self.board.rooms().get(name);
        let concerns_us = !here.is_empty() || room.members.iter().any(|member| member.server == me);
        let mut notices = vec![];
        if concerns_us && here != room {
            notices = settle(&mut room, &here, name, me, now(), self.board.hold);
        }
        let dead = self.dead(room.members.iter().map(|member| member.server).collect()).await?;
        let gone = room.members.iter().filter(|member| dead.contains(&member.server));
        let gone: Vec<Sid> = gone.map(|member| member.socket).collect();
        for socket in gone {
            info!(%socket, room = %name, "its server is gone");
            notices.extend(room.leave(socket));
        }
        Ok((room, notices))
    }

    /// Which of these servers are gone.
    pub(super) async fn dead(&self, mut servers: BTreeSet<ServerId>) -> Result<BTreeSet<ServerId>, LinkError> {
        if Instant::now() < self.patient_until {
            return Ok(BTreeSet::new());
        }
        servers.remove(&self.board.me);
        self.store.dead(servers).await
    }

    /// Handles what comes in until our own change has. Nobody has been told of it before that.
    async fn hear_of(&mut self, number: u64, name: &RoomName, room: &Room, notices: &[Notice]) {
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
                let is_awaited = server == self.board.me && awaited == Some(number);
                if is_awaited || self.has_the_same_of_us(&room, &now) {
                    self.has_become(&room, now, &notices);
                } else {
                    // Others have given up our people, or Redis has made a change that we had given up. Not for long.
                    self.unsettled.insert(room);
                }
                return is_awaited;
            }
            Ok(Message::Relay { room, from, to, event, args }) => {
                let is_from_the_other = self.board.rooms().other(to, &room).is_ok_and(|other| other.socket == from);
                if is_from_the_other {
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
    fn has_the_same_of_us(&self, name: &RoomName, now: &Room) -> bool {
        let rooms = self.board.rooms();
        let here = rooms.get(name);
        // A client that has come back at another server has taken its place with it.
        let all_are_there =
            rooms.ours(&here).all(|member| now.member(member.socket).is_some() || now.has_client_of(member));
        all_are_there && rooms.ours(now).all(|member| here.member(member.socket).is_some())
    }

    /// Remembers what has become of a room, and tells our people in it what they are to hear.
    fn has_become(&mut self, name: &RoomName, now: Room, notices: &[Notice]) {
        let ours: HashSet<Sid> = {
            let mut rooms = self.board.rooms();
            let before = rooms.get(name);
            let ours = rooms.ours(&before).chain(rooms.ours(&now)).map(|member| member.socket).collect();
            rooms.put(name, now);
            ours
        };
        for Notice { to, event } in notices.iter().filter(|notice| ours.contains(&notice.to)) {
            let _ = self.tell(*to, event, &Args::default());
        }
    }
}
