//! The log that makes several servers act as one: a [stream] in Redis.
//!
//! Each server appends what happens to its own people, and all servers read everything in the same order. So each has the
//! same rooms, the same counts, the same history, without ever asking another server. The place of an entry in the stream
//! is the offset of the message.
//!
//! Why not the adapter's broadcast? It is gone as soon as it is sent: a server that was away for a moment never hears of
//! it, a message can reach one server before and another one after somebody entered, and nobody keeps a history.
//!
//! * A server says every second that it is [`Alive`]. ConnectionId is silent for [`SILENCE`] is taken for dead, and its
//!   people leave the rooms.
//! * A server that has started, or has heard from one that it does not know, says [`Hello`]; then all servers say
//!   who is connected to them.
//! * Without Redis nothing can be appended. Then things happen on this server alone, and the others are silent, so their
//!   people leave. When Redis is back, everybody says hello.
//! * What has happened on this server alone must not be in the log as well: a message would have two places, and who has
//!   read it at the one would be told it again at the other. But a Redis that was asleep carries out what has waited for it.
//!   So each entry says until when it may be appended ([`APPEND`]).
//!
//! [`Alive`]: super::entry::What::Alive
//! [`Hello`]: super::entry::What::Hello
//! [`SILENCE`]: super::entry::SILENCE
//! [stream]: https://redis.io/docs/latest/develop/data-types/streams/

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::streams::{StreamId, StreamRangeReply, StreamReadReply};
use redis::{AsyncConnectionConfig, Script};
use shared::room_chat::Offset;
use tokio::sync::{Mutex, mpsc};
use tokio::time::{Instant, MissedTickBehavior};
use tracing::{debug, warn};

use super::entry::Entry;
use super::hub::Hub;
use crate::cluster::{Link, PATIENCE};

/// The stream's key.
const KEY: &str = "study-zoom:chat";
/// How many entries are kept, about. The history of the rooms is in them.
const ENTRIES: usize = 10_000;
/// How often a server says that it is alive.
const ALIVE: Duration = Duration::from_secs(1);
/// How long Redis may have nothing to say before it is asked again.
const BLOCK: Duration = Duration::from_secs(1);
/// How many entries are read at once.
const BATCH: usize = 256;

/// Appends an entry, unless it is too late by the clock of Redis. Returns its place.
static APPEND: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        if ARGV[1] ~= '' and now >= tonumber(ARGV[1]) then return false end
        return redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'entry', ARGV[3])
        ",
    )
});

/// Held while an entry is on its way to Redis. Until it is known what has become of that one, this server is not alone.
type Appending = Arc<Mutex<()>>;

/// Takes part in the log for as long as the process lives.
pub(super) fn start(hub: Arc<Hub>, link: Link, entries: mpsc::UnboundedReceiver<Entry>) {
    let appending = Appending::default();
    tokio::spawn(write(Arc::clone(&hub), link.clone(), entries, Arc::clone(&appending)));
    tokio::spawn(read(Arc::clone(&hub), link, appending));
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(ALIVE);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            hub.tick();
        }
    });
}

/// Appends, one entry after the other.
async fn write(hub: Arc<Hub>, link: Link, mut entries: mpsc::UnboundedReceiver<Entry>, appending: Appending) {
    let mut clock = RedisClock::default();
    while let Some(entry) = entries.recv().await {
        let _appending = appending.lock().await;
        if !hub.is_current(&entry) {
            continue;
        }
        let json = serde_json::to_string(&entry).expect("an entry is plain data");
        let mut append = APPEND.key(KEY);
        append.arg(clock.when_patience_ends()).arg(ENTRIES).arg(json);
        match link.invoke::<Option<String>>(&append).await {
            Ok(Some(place)) => clock.read(&place),
            failed => {
                debug!("cannot append to the log: {failed:?}");
                // The next entry is a hello, which may come late.
                clock = RedisClock::default();
                hub.alone();
            }
        }
    }
}

/// What time it is in Redis, by the place that it gave to the last entry. An answer takes time, so it is a bit later there:
/// then an entry is given less time than this server waits for it, never more.
#[derive(Default)]
struct RedisClock(Option<(u64, Instant)>);

impl RedisClock {
    fn read(&mut self, place: &str) {
        let offset = place.parse::<Offset>().ok();
        self.0 = offset.map(|offset| (offset.milliseconds, Instant::now()));
    }

    /// In milliseconds, as Redis takes them. Empty: nobody knows.
    fn when_patience_ends(&self) -> String {
        let end = |(then, read): (u64, Instant)| u128::from(then) + (read.elapsed() + PATIENCE).as_millis();
        self.0.map_or_else(String::new, |known| end(known).to_string())
    }
}

/// Reads, and begins again when Redis was away.
async fn read(hub: Arc<Hub>, link: Link, appending: Appending) {
    let mut links = link.watch();
    let mut position = None;
    loop {
        if links.wait_for(|state| state.is_up()).await.is_err() {
            return;
        }
        tokio::select! {
            result = follow(&hub, &link, &mut position) => {
                if let Err(error) = result {
                    debug!("cannot read the log: {error}");
                }
            }
            _ = links.wait_for(|state| !state.is_up()) => {}
            () = hub.lost() => {}
        }
        {
            let _appending = appending.lock().await;
            hub.alone();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Reads from `position` on, until something goes wrong.
async fn follow(hub: &Hub, link: &Link, position: &mut Option<Offset>) -> Result<(), redis::RedisError> {
    let Some(client) = link.client() else { return Ok(()) };
    // A connection of its own: on a shared one, everybody would wait while this one waits for news.
    let patience = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(BLOCK + PATIENCE));
    let mut connection = client.get_multiplexed_async_connection_with_config(&patience).await?;
    let mut last = catch_up(hub, &mut connection, *position).await?;
    hub.together();
    *position = Some(last);
    loop {
        let mut command = redis::cmd("XREAD");
        command.arg("COUNT").arg(BATCH).arg("BLOCK").arg(BLOCK.as_millis() as u64);
        command.arg("STREAMS").arg(KEY).arg(last.to_string());
        let reply: Option<StreamReadReply> = command.query_async(&mut connection).await?;
        for entry in reply.into_iter().flat_map(|reply| reply.keys).flat_map(|stream| stream.ids) {
            let Some((offset, entry)) = parse(&entry) else { continue };
            // At once: this function can end at every await, and nothing may be read twice.
            last = offset;
            *position = Some(last);
            if let Some(entry) = entry {
                hub.read(offset, entry);
            }
        }
    }
}

/// The place to read on from. A server that has just started takes the history from the log; one that was there before
/// reads on where it was, unless Redis has lost the log meanwhile.
async fn catch_up(
    hub: &Hub,
    connection: &mut MultiplexedConnection,
    position: Option<Offset>,
) -> Result<Offset, redis::RedisError> {
    let mut command = redis::cmd("XREVRANGE");
    command.arg(KEY).arg("+").arg("-").arg("COUNT").arg(if position.is_some() { 1 } else { ENTRIES });
    let newest_first: StreamRangeReply = command.query_async(connection).await?;
    let newest = newest_first.ids.first().and_then(parse).map_or(Offset::default(), |(offset, _)| offset);
    match position {
        Some(position) => Ok(position.min(newest)),
        None => {
            if let Some((oldest, _)) = newest_first.ids.last().and_then(parse) {
                hub.remember_from(oldest);
            }
            let entries = newest_first.ids.iter().rev().filter_map(parse);
            for (offset, entry) in entries.filter_map(|(offset, entry)| Some((offset, entry?))) {
                hub.remember(offset, entry);
            }
            Ok(newest)
        }
    }
}

/// An entry and its place; no entry if somebody has written into the stream who does not know how.
fn parse(id: &StreamId) -> Option<(Offset, Option<Entry>)> {
    let offset = id.id.parse().ok()?;
    let fields: &HashMap<_, _> = &id.map;
    let json: Option<String> = fields.get("entry").and_then(|value| redis::from_redis_value_ref(value).ok());
    let entry = json.and_then(|json| serde_json::from_str(&json).ok());
    if entry.is_none() {
        warn!("entry {offset} of the log {KEY} is none of ours: skipped");
    }
    Some((offset, entry))
}
