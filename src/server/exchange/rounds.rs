//! What a server does without being asked: it says that it is there, looks whether the others are, and brings in order
//! what is not.

use std::time::Duration;

use shared::{Accepted, RoomName};
use socketio_src::cluster::LinkState;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tracing::{debug, info};

use super::super::room::Room;
use super::LIFE;
use super::decide::Undecided;
use super::operator::Operator;
use super::store::Store;

/// How often a server says that it is there.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// How often all rooms are refreshed in Redis. They live a minute without it.
const REFRESH: Duration = Duration::from_secs(20);

/// After Redis was started with nothing in it, all servers have this time to enter their people, before anybody else is
/// let in. They try to connect every half second.
const SETTLING: Duration = Duration::from_millis(1500);

impl Operator {
    /// Looks at what needs it from time to time.
    pub(super) async fn make_the_rounds(&mut self) {
        self.look_at_the_link().await;
        if !self.connection.is_up() {
            return;
        }
        if let Err(error) = self.look_at_rooms().await {
            debug!("the rooms were not looked at: {error}");
        }
    }

    async fn look_at_rooms(&mut self) -> Result<(), Undecided> {
        if self.refreshed.elapsed() > REFRESH {
            let rooms: Vec<RoomName> = self.board.rooms().iter().map(|(name, _)| name.clone()).collect();
            for some in rooms.chunks(500) {
                self.unsettled.extend(self.store.refresh(some).await?);
            }
            self.refreshed = Instant::now();
        }
        let servers =
            self.board.rooms().iter().flat_map(|(_, room)| &room.members).map(|member| member.server).collect();
        let dead = self.dead(servers).await?;
        if !dead.is_empty() {
            let lost = |room: &Room| room.members.iter().any(|member| dead.contains(&member.server));
            let rooms = self.board.rooms();
            self.unsettled.extend(rooms.iter().filter(|(_, room)| lost(room)).map(|(name, _)| name.clone()));
        }
        for name in self.unsettled.clone() {
            // Every decision brings the room up to date first, so one that decides nothing is enough.
            let nothing = |_: &mut Room| Ok((Accepted::default(), None));
            self.unsettled.remove(&name);
            if let Err(error) = self.decide_together(&name, &nothing).await {
                self.unsettled.insert(name);
                return Err(error);
            }
        }
        Ok(())
    }

    /// What is to be done when Redis is back.
    pub(super) async fn look_at_the_link(&mut self) {
        let state = self.store.link.state();
        if state == self.connection {
            return;
        }
        self.connection = LinkState::Down;
        if !state.is_up() {
            return;
        }
        let age = match self.store.here_for(LIFE).await {
            Ok(()) => self.store.age().await,
            Err(error) => Err(error),
        };
        match age {
            Ok(age) => {
                self.connection = state;
                self.patient_until = Instant::now() + LIFE;
                self.closed_until = Instant::now() + SETTLING.saturating_sub(age);
                self.unsettled.extend(self.board.rooms().iter().map(|(name, _)| name.clone()));
                info!("this server shares its rooms with all that use this Redis");
                if let Err(error) = self.look_at_rooms().await {
                    debug!("the rooms were not looked at: {error}");
                }
            }
            Err(error) => debug!("Redis is gone again: {error}"),
        }
    }
}

/// Says all the time that this server is there, whatever else it does. It stops when this is dropped.
pub(super) struct Heart(JoinHandle<()>);

impl Heart {
    pub(super) fn beating(store: Store) -> Self {
        Self(tokio::spawn(async move {
            loop {
                if let Err(error) = store.here_for(LIFE).await {
                    debug!("the others are not told that this server is there: {error}");
                }
                sleep(HEARTBEAT).await;
            }
        }))
    }
}

impl Drop for Heart {
    fn drop(&mut self) {
        self.0.abort();
    }
}
