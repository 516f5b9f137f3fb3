//! The heartbeat of a server, for the other servers.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::sleep;
use tracing::debug;

use super::store::Store;

/// How long a server counts as there since it last said so.
pub(super) const LIFE: Duration = Duration::from_secs(4);

/// How often a server says that it is there.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// A task that says every second that this server is there. It ends when this is dropped.
pub(super) struct Heartbeat(JoinHandle<()>);

impl Heartbeat {
    pub(super) fn beating(store: Store, hold: Duration) -> Self {
        Self(tokio::spawn(async move {
            loop {
                if let Err(error) = store.here_for(LIFE, hold).await {
                    debug!("the others are not told that this server is there: {error}");
                }
                sleep(HEARTBEAT).await;
            }
        }))
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.0.abort();
    }
}
