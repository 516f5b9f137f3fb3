//! What a server does without being asked: it looks whether the other servers are there, and brings rooms up to date.

use std::time::Duration;

use shared::RoomName;
use socketio_src::cluster::LinkState;
use tokio::time::Instant;
use tracing::{debug, info};

use super::error::DecisionError;
use super::heartbeat::LIFE;
use super::task::ClusterTask;

/// How often all rooms are refreshed in Redis. They live a minute without it.
const REFRESH: Duration = Duration::from_secs(20);

/// After Redis was started with nothing in it, all servers have this time to enter their people, before anybody else is
/// let in. They try to connect every half second.
const SETTLING: Duration = Duration::from_millis(1500);

impl ClusterTask {
    /// Looks at what needs it from time to time.
    pub(super) async fn tick(&mut self) {
        self.check_link().await;
        if !self.connection.is_up() {
            return;
        }
        if let Err(error) = self.check_rooms().await {
            debug!("the rooms were not looked at: {error}");
        }
    }

    async fn check_rooms(&mut self) -> Result<(), DecisionError> {
        if self.refreshed.elapsed() > REFRESH {
            let rooms: Vec<RoomName> = self.rooms.names().cloned().collect();
            for some in rooms.chunks(500) {
                self.unsettled.extend(self.store.refresh(some).await?);
            }
            self.refreshed = Instant::now();
        }
        let absent = self.absent(self.rooms.servers()).await?.into_keys().collect();
        self.unsettled.extend(self.rooms.names_with(&absent).cloned());
        for name in self.unsettled.clone() {
            self.unsettled.remove(&name);
            if let Err(error) = self.decide_together(&name, None).await {
                self.unsettled.insert(name);
                return Err(error);
            }
        }
        Ok(())
    }

    /// What is to be done when Redis is back.
    pub(super) async fn check_link(&mut self) {
        let state = self.store.link.state();
        if state == self.connection {
            return;
        }
        self.connection = LinkState::Down;
        if !state.is_up() {
            return;
        }
        let age = match self.store.here_for(LIFE, self.hold).await {
            Ok(()) => self.store.age().await,
            Err(error) => Err(error),
        };
        match age {
            Ok(age) => {
                self.connection = state;
                self.patient_until = Instant::now() + LIFE;
                self.closed_until = Instant::now() + SETTLING.saturating_sub(age);
                self.unsettled.extend(self.rooms.names().cloned());
                info!("this server shares its rooms with all that use this Redis");
                if let Err(error) = self.check_rooms().await {
                    debug!("the rooms were not looked at: {error}");
                }
            }
            Err(error) => debug!("Redis is gone again: {error}"),
        }
    }
}
