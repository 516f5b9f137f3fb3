//! What stands in Redis, and what goes through it.
//!
//! | key | what it holds |
//! |---|---|
//! | `study-zoom:call:room:NAME` | the members of a room and their servers, as JSON; gone a minute after the last server that refreshed it |
//! | `study-zoom:call:server:ID` | nothing; it is there while the server says that it is |
//! | `study-zoom:call:server:ID:places` | nothing; it is there while the places of its people in calls are kept |
//! | `study-zoom:call:since` | when the first server came to this Redis, by its clock |
//!
//! The channel `study-zoom:call:server:ID` carries what that server has to hear: one [`Message`] of JSON each.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use std::time::Duration;

use redis::{Script, cmd};
use serde::{Deserialize, Serialize};
use shared::RoomName;
use socketio_src::cluster::{Link, LinkError};
use socketioxide::socket::Sid;
use tokio::sync::mpsc;
use tracing::warn;

use super::super::args::Args;
use super::super::room::Notice;
use super::room::{ClusterRoom, ServerId};

/// How long a room is remembered without being refreshed.
const ROOM_LIFE: Duration = Duration::from_secs(60);

/// How many messages of other servers may wait to be handled.
const WAITING_MESSAGES: usize = 65_536;

/// What one server tells another.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Message {
    /// A room has changed.
    Changed {
        room: RoomName,
        /// The members of now.
        now: ClusterRoom,
        /// What the members hear of it.
        notices: Vec<Notice>,
        /// The author of the change: the server, and a number by which the server knows it.
        by: (ServerId, u64),
    },
    /// One member has something for the other.
    Relay { room: RoomName, from: Sid, to: Sid, event: String, args: Args },
}

/// How long a server has not been there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Absence {
    /// Too long for somebody who waits in a room. Whoever is in a call may come back, to it or to another server.
    Short,
    /// Too long for everybody.
    Long,
}

/// Compare, set and announce, in one step.
static REPLACE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        local present = redis.call('GET', KEYS[1]) or ''
        if present ~= ARGV[1] then return present end
        if ARGV[2] == '' then redis.call('DEL', KEYS[1])
        else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
        for i = 4, #ARGV, 2 do redis.call('PUBLISH', ARGV[i], ARGV[i + 1]) end
        return false
        ",
    )
});

/// Refreshes rooms. Returns those that are not there, by their place in the list.
static REFRESH: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        local missing = {}
        for i, room in ipairs(KEYS) do
            if redis.call('PEXPIRE', room, ARGV[1]) == 0 then missing[#missing + 1] = i - 1 end
        end
        return missing
        ",
    )
});

/// Notes that a server is there, and how long the places of its people are kept when it is not any more.
static HERE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        redis.call('SET', KEYS[1], '', 'PX', ARGV[1])
        redis.call('SET', KEYS[2], '', 'PX', ARGV[2])
        ",
    )
});

/// How many milliseconds ago the first server came to this Redis.
static AGE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        redis.call('SET', KEYS[1], now, 'NX')
        return math.max(0, now - redis.call('GET', KEYS[1]))
        ",
    )
});

/// The words of this server to Redis.
#[derive(Clone)]
pub(super) struct Store {
    pub(super) link: Link,
    me: ServerId,
}

impl Store {
    pub(super) fn new(link: Link, me: ServerId) -> Self {
        Self { link, me }
    }

    /// What this server hears from now on.
    pub(super) async fn listen(&self) -> mpsc::Receiver<(String, Vec<u8>)> {
        self.link.subscribe(server_key(self.me), WAITING_MESSAGES).await
    }

    /// Puts `after` in the place of `before`, and announces it to all servers that have somebody in either, and to this
    /// one. `known` is the text of `before`. If something else stands there, nothing is done, and that is returned.
    pub(super) async fn replace(
        &self,
        room: &RoomName,
        known: &str,
        before: &ClusterRoom,
        after: &ClusterRoom,
        notices: Vec<Notice>,
        number: u64,
    ) -> Result<Option<String>, LinkError> {
        let text = to_text(after);
        let mut script = REPLACE.key(room_key(room));
        script.arg(known).arg(&text).arg(as_millis(ROOM_LIFE));
        if before != after {
            let message = Message::Changed { room: room.clone(), now: after.clone(), notices, by: (self.me, number) };
            let message = to_json(&message);
            let mut servers = before.servers();
            servers.extend(after.servers());
            servers.insert(self.me);
            for server in servers {
                script.arg(server_key(server)).arg(&message);
            }
        }
        self.link.invoke(&script).await
    }

    /// Tells another server something. Returns whether anybody listened.
    pub(super) async fn send(&self, server: ServerId, message: &Message) -> Result<bool, LinkError> {
        let listeners: u32 = self.link.query(cmd("PUBLISH").arg(server_key(server)).arg(to_json(message))).await?;
        Ok(listeners > 0)
    }

    /// Says that this server is there, for so long, and that the places of its people in calls are kept for `hold`.
    pub(super) async fn here_for(&self, time: Duration, hold: Duration) -> Result<(), LinkError> {
        let mut script = HERE.key(server_key(self.me));
        script.key(places_key(self.me)).arg(as_millis(time)).arg(as_millis(hold.max(time)));
        self.link.invoke(&script).await
    }

    /// Which of these servers are not there.
    pub(super) async fn absent(&self, servers: BTreeSet<ServerId>) -> Result<BTreeMap<ServerId, Absence>, LinkError> {
        if servers.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut mget = cmd("MGET");
        for server in &servers {
            mget.arg(server_key(*server)).arg(places_key(*server));
        }
        let there: Vec<Option<String>> = self.link.query(&mget).await?;
        let absence = |there: &[Option<String>]| match there {
            [Some(_), _] => None,
            [None, Some(_)] => Some(Absence::Short),
            _ => Some(Absence::Long),
        };
        let absent = servers.into_iter().zip(there.chunks(2).map(absence));
        Ok(absent.filter_map(|(server, absence)| Some((server, absence?))).collect())
    }

    /// Keeps these rooms remembered. Returns those that are not there.
    pub(super) async fn refresh(&self, rooms: &[RoomName]) -> Result<Vec<RoomName>, LinkError> {
        if rooms.is_empty() {
            return Ok(vec![]);
        }
        let mut script = REFRESH.prepare_invoke();
        for room in rooms {
            script.key(room_key(room));
        }
        script.arg(as_millis(ROOM_LIFE));
        let missing: Vec<usize> = self.link.invoke(&script).await?;
        Ok(missing.into_iter().filter_map(|index| rooms.get(index).cloned()).collect())
    }

    /// How long ago the first server came to this Redis since it was started empty.
    pub(super) async fn age(&self) -> Result<Duration, LinkError> {
        self.link.invoke(&AGE.key("study-zoom:call:since")).await.map(Duration::from_millis)
    }
}

/// A room as it stands in Redis. An empty one does not stand there.
pub(super) fn to_text(room: &ClusterRoom) -> String {
    if room.room.is_empty() { String::new() } else { to_json(room) }
}

/// Reads what stands in Redis.
pub(super) fn from_text(text: &str) -> ClusterRoom {
    if text.is_empty() {
        return ClusterRoom::default();
    }
    serde_json::from_str(text).unwrap_or_else(|error| {
        warn!("what Redis has of a room is not ours, and is replaced: {error}");
        ClusterRoom::default()
    })
}

fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("texts, numbers and lists can be written as JSON")
}

fn room_key(room: &RoomName) -> String {
    format!("study-zoom:call:room:{}", room.key())
}

fn server_key(server: ServerId) -> String {
    format!("study-zoom:call:server:{server}")
}

/// There as long as the places of this server's people in calls are kept.
fn places_key(server: ServerId) -> String {
    format!("{}:places", server_key(server))
}

fn as_millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
