//! One connection to Redis that comes back.
//!
//! A connection of the `redis` crate is dead once Redis was away, and what was subscribed to on it is forgotten. A
//! [`Link`] watches over its connection: it notices the loss, makes a new one, and subscribes again.
//!
//! Nobody ever waits for a Redis that is away. A command fails at once while the link is down, and after [`PATIENCE`] when
//! Redis does not answer; what a server does without Redis is the server's own decision.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, ConnectionAddr, FromRedisValue, IntoConnectionInfo, ProtocolVersion, PushInfo, PushKind,
    RedisError, Value,
};
use socketioxide_redis::drivers::ChanItem;
use thiserror::Error;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tracing::{debug, info, warn};

/// How long Redis may take to accept a connection, or to answer a command. A local one needs less than a millisecond.
pub const PATIENCE: Duration = Duration::from_secs(1);

/// How often a silent connection is tried. A Redis that is frozen keeps its connections, so silence alone says nothing.
pub const PING_INTERVAL: Duration = Duration::from_secs(1);

/// How long after a failure the next connection is tried.
pub const RETRY_INTERVAL: Duration = Duration::from_millis(500);

/// Whether Redis is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// This server was started without Redis: it is the only one, and always will be.
    Off,
    /// Redis is away. It is tried again all the time.
    Down,
    /// Redis answers. The number counts the connections: when it has changed, messages were missed in between.
    Up(u64),
}

impl LinkState {
    /// Whether commands can be sent.
    pub fn is_up(self) -> bool {
        matches!(self, Self::Up(_))
    }
}

/// Why something could not be asked of Redis.
#[derive(Debug, Error)]
pub enum LinkError {
    /// This can never be connected to.
    #[error("{url:?} is not the address of a Redis: {reason}: write redis://127.0.0.1:6379")]
    BadUrl {
        /// What was given. It can contain a password, but the person who sees this message has typed it.
        url: String,
        /// What the `redis` crate says.
        reason: String,
    },
    /// There is no connection at the moment.
    #[error("Redis is away: start it again, the server connects by itself")]
    Down,
    /// The command failed, or its answer did not come in time. In the second case it can have been carried out all the
    /// same, and even later on: a Redis that was frozen carries out what waited for it.
    #[error("Redis: {0}")]
    Redis(#[from] RedisError),
}

/// A supervised connection to Redis, or the lack of one. Cheap to clone; when the last clone is dropped, it is closed.
///
/// One server has one link: a channel is subscribed to once per link.
#[derive(Clone)]
pub struct Link {
    shared: Arc<Shared>,
    /// Held, never read: the supervisor ends with the last clone.
    _supervisor: Option<Arc<Supervisor>>,
}

/// The task that keeps the connection.
struct Supervisor(JoinHandle<()>);

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not where it leads to: that can contain a password.
        f.debug_tuple("Link").field(&self.state()).finish()
    }
}

/// What the supervisor and all clones share.
struct Shared {
    /// Where Redis is. `None`: nowhere.
    client: Option<redis::Client>,
    state: watch::Sender<LinkState>,
    /// Where commands are sent. `None` while the link is down.
    connection: Mutex<Option<MultiplexedConnection>>,
    /// The receivers of what is published, by channel. They outlive every connection.
    subscriptions: Mutex<HashMap<String, mpsc::Sender<ChanItem>>>,
}

impl Link {
    /// No Redis: a server that is alone and means to be. Every command fails, every subscription stays silent.
    pub fn off() -> Self {
        Self { shared: Arc::new(Shared::new(None)), _supervisor: None }
    }

    /// Connects to `url` in the background, for as long as there is a clone. It is called inside a tokio runtime.
    ///
    /// That nobody answers there is no error: the link is down, and comes up when somebody does.
    ///
    /// # Errors
    /// [`LinkError::BadUrl`] if this is no address at all.
    pub fn open(url: &str) -> Result<Self, LinkError> {
        let bad_url = |error: RedisError| LinkError::BadUrl { url: url.to_owned(), reason: error.to_string() };
        let info = url.into_connection_info().map_err(bad_url)?;
        // RESP3 is the version of the protocol in which published messages share a connection with answers. Without
        // Nagle's algorithm, which holds small packets back: every command here is one.
        let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        let tcp = info.tcp_settings().clone().set_nodelay(true);
        let info = info.set_redis_settings(settings).set_tcp_settings(tcp);
        let client = redis::Client::open(info).map_err(bad_url)?;
        let shared = Arc::new(Shared::new(Some(client.clone())));
        let supervisor = tokio::spawn(supervise(shared.clone(), client));
        Ok(Self { shared, _supervisor: Some(Arc::new(Supervisor(supervisor))) })
    }

    /// Whether Redis is there, now.
    pub fn state(&self) -> LinkState {
        *self.shared.state.borrow()
    }

    /// Whether Redis is there, and every change of that.
    pub fn watch(&self) -> watch::Receiver<LinkState> {
        self.shared.state.subscribe()
    }

    /// Waits until the link is up, at most this long. Says whether it is. A server that starts does this once, so that
    /// its first visitor finds Redis if there is one.
    pub async fn wait_until_up(&self, at_most: Duration) -> bool {
        if self.state() == LinkState::Off {
            return false;
        }
        let mut state = self.watch();
        let up = timeout(at_most, state.wait_for(|state| state.is_up())).await;
        matches!(up, Ok(Ok(_)))
    }

    /// Sends one command and waits for its answer.
    ///
    /// # Errors
    /// [`LinkError::Down`] at once, [`LinkError::Redis`] after [`PATIENCE`] at the latest.
    pub async fn query<T: FromRedisValue>(&self, command: &redis::Cmd) -> Result<T, LinkError> {
        let mut connection = self.connection()?;
        Ok(command.query_async(&mut connection).await?)
    }

    /// Runs a script, which Redis does in one piece: nothing else happens in between.
    ///
    /// # Errors
    /// [`LinkError::Down`] at once, [`LinkError::Redis`] soon.
    pub async fn invoke<T: FromRedisValue>(&self, script: &redis::ScriptInvocation<'_>) -> Result<T, LinkError> {
        let mut connection = self.connection()?;
        Ok(script.invoke_async(&mut connection).await?)
    }

    /// Where Redis is, for somebody who needs a connection of their own: a command that blocks, as `XREAD BLOCK` does,
    /// would hold up everything that shares a connection with it. `None` for a link that is [off](Self::off).
    pub fn client(&self) -> Option<redis::Client> {
        self.shared.client.clone()
    }

    /// What is published on `channel` from now on, each with the name of the channel. While the link is down that means:
    /// from the moment in which it comes up.
    ///
    /// When `size` messages wait, the next ones are lost, which is logged.
    pub async fn subscribe(&self, channel: String, size: usize) -> mpsc::Receiver<ChanItem> {
        let (sender, receiver) = mpsc::channel(size);
        self.shared.subscriptions().insert(channel.clone(), sender);
        // In this order. A supervisor that puts a new connection in place between the two lines reads the subscriptions
        // after that, and finds this one.
        if let Ok(mut connection) = self.connection()
            && let Err(error) = connection.subscribe(&channel).await
        {
            debug!("{channel} is subscribed to with the next connection: {error}");
        }
        receiver
    }

    /// Ends a subscription.
    pub async fn unsubscribe(&self, channel: String) {
        self.shared.subscriptions().remove(&channel);
        if let Ok(mut connection) = self.connection()
            && let Err(error) = connection.unsubscribe(&channel).await
        {
            debug!("{channel} ends with this connection: {error}");
        }
    }

    fn connection(&self) -> Result<MultiplexedConnection, LinkError> {
        self.shared.connection().clone().ok_or(LinkError::Down)
    }
}

impl Shared {
    fn new(client: Option<redis::Client>) -> Self {
        let state = if client.is_some() { LinkState::Down } else { LinkState::Off };
        Self { client, state: watch::Sender::new(state), connection: Mutex::default(), subscriptions: Mutex::default() }
    }

    fn connection(&self) -> MutexGuard<'_, Option<MultiplexedConnection>> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn subscriptions(&self) -> MutexGuard<'_, HashMap<String, mpsc::Sender<ChanItem>>> {
        self.subscriptions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands over what Redis sent without being asked. It must not wait: all answers come through here as well.
    fn received(&self, push: PushInfo) {
        let (PushKind::Message, Ok([Value::BulkString(channel), Value::BulkString(message)])) =
            (push.kind, <[Value; 2]>::try_from(push.data))
        else {
            return;
        };
        let channel = String::from_utf8_lossy(&channel).into_owned();
        let receiver = self.subscriptions().get(&channel).cloned();
        if let Some(receiver) = receiver
            && let Err(error) = receiver.try_send((channel, message))
        {
            warn!("a message of another server is lost: {error}");
        }
    }
}

/// Connects, watches, and connects again.
async fn supervise(shared: Arc<Shared>, client: redis::Client) {
    let address = client.get_connection_info().addr().clone();
    let mut generation = 0;
    let mut told_that_it_is_away = false;
    loop {
        let lost = Arc::new(Notify::new());
        let why = match connect(&shared, &client, &lost).await {
            Ok(connection) => {
                generation += 1;
                told_that_it_is_away = false;
                info!("Redis at {address} is there");
                shared.state.send_replace(LinkState::Up(generation));
                let why = until_lost(connection, &lost).await;
                shared.state.send_replace(LinkState::Down);
                why
            }
            Err(error) => error.to_string(),
        };
        *shared.connection() = None;
        if !told_that_it_is_away {
            told_that_it_is_away = true;
            tell_that_it_is_away(&address, &why);
        }
        sleep(RETRY_INTERVAL).await;
    }
}

fn tell_that_it_is_away(address: &ConnectionAddr, why: &str) {
    warn!("Redis at {address} is away ({why}): this server goes on alone, and tries again every {RETRY_INTERVAL:?}");
}

/// Makes a connection on which everything is subscribed to.
async fn connect(
    shared: &Arc<Shared>,
    client: &redis::Client,
    lost: &Arc<Notify>,
) -> Result<MultiplexedConnection, RedisError> {
    let on_push = {
        let (shared, lost) = (Arc::downgrade(shared), lost.clone());
        move |push: PushInfo| {
            match (push.kind == PushKind::Disconnection, shared.upgrade()) {
                (true, _) => lost.notify_one(),
                (false, Some(shared)) => shared.received(push),
                (false, None) => {}
            }
            Ok::<(), Infallible>(())
        }
    };
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(PATIENCE))
        .set_push_sender(on_push);
    let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
    // Before the subscriptions are read: see `Link::subscribe`.
    *shared.connection() = Some(connection.clone());
    let channels: Vec<String> = shared.subscriptions().keys().cloned().collect();
    if !channels.is_empty() {
        connection.subscribe(&channels).await?;
    }
    Ok(connection)
}

/// Returns when the connection is lost, and says why.
async fn until_lost(mut connection: MultiplexedConnection, lost: &Notify) -> String {
    let silence = async {
        loop {
            sleep(PING_INTERVAL).await;
            if let Err(error) = redis::cmd("PING").query_async::<()>(&mut connection).await {
                return error.to_string();
            }
        }
    };
    tokio::select! {
        () = lost.notified() => "the connection is closed".to_owned(),
        error = silence => error,
    }
}
