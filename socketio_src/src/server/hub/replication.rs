//! Connects the hub to the log of all servers.

use futures::FutureExt;
use shared::room_chat::{self as events, Offset, Servers, ServersState};
use tokio::time::Instant;
use tracing::{debug, info};

use super::{Hub, State, WAITING, milliseconds};
use crate::server::entry::{Entry, EntryKind, SILENCE};
use crate::server::rooms::RoomEvent;

impl Hub {
    pub(super) fn append(&self, state: &State, what: EntryKind) {
        let entry = Entry { server: self.me.clone(), session: state.session, number: state.last_number, what };
        if let Some(log) = &state.log {
            // An error means that the server is stopping.
            let _ = log.send(entry);
        }
    }

    /// Whether an entry is to be appended: this server has not lost the others since.
    pub(in crate::server) fn is_current(&self, entry: &Entry) -> bool {
        let state = self.state();
        state.servers == ServersState::Together && state.session == entry.session
    }

    /// Whether so much is on its way that nothing more can be taken.
    pub(in crate::server) fn is_full(state: &State) -> bool {
        state.waiting.len() >= WAITING
    }

    /// The log is read from here on.
    pub(in crate::server) fn together(&self) {
        let mut state = self.state();
        state.session += 1;
        self.set(&mut state, ServersState::Together);
        self.append(&state, EntryKind::Hello);
        self.say_who_is_here(&state);
        self.joined.notify_one();
    }

    /// Ready when what was together is together no more: who reads the log has to begin again, even if reading works.
    pub(in crate::server) async fn lost(&self) {
        self.lost.notified().await;
    }

    /// Ready when the log is read for the first time.
    pub(in crate::server) async fn joined(&self) {
        self.joined.notified().await;
    }

    /// The log is out of reach: what was on its way happens here, and nowhere else.
    pub(in crate::server) fn alone(&self) {
        let mut state = self.state();
        if state.servers != ServersState::Together {
            return;
        }
        self.set(&mut state, ServersState::Alone);
        self.lost.notify_one();
        for (happened, waiting) in std::mem::take(&mut state.waiting).into_values() {
            let offset = state.newest.next(milliseconds());
            self.happens(&mut state, happened, offset, waiting);
        }
    }

    fn set(&self, state: &mut State, servers: ServersState) {
        state.servers = servers;
        let servers = Servers::from(servers);
        info!("{}", servers.message);
        let told = self.io.local().emit(events::SERVERS, &servers).now_or_never();
        debug!("told everybody: {told:?}");
    }

    /// The history begins here.
    pub(in crate::server) fn remember_from(&self, offset: Offset) {
        self.state().rooms.remember_from(offset);
    }

    /// An entry of the history, from before this server was there.
    pub(in crate::server) fn remember(&self, offset: Offset, entry: Entry) {
        if let EntryKind::RoomEvent(happened @ RoomEvent::Said { .. }) = entry.what {
            let state = &mut *self.state();
            state.newest = state.newest.max(offset);
            state.rooms.apply(happened, offset, &mut Vec::new());
        }
    }

    /// The next entry of the log.
    pub(in crate::server) fn read(&self, offset: Offset, entry: Entry) {
        let mut state = self.state();
        if entry.server == self.me {
            // What does not wait has happened already: while this server was alone.
            if let EntryKind::RoomEvent(_) = entry.what
                && let Some((happened, waiting)) = state.waiting.remove(&entry.number)
            {
                self.happens(&mut state, happened, offset, waiting);
            }
            return;
        }
        let unknown = state.heard.insert(entry.server.clone(), Instant::now()).is_none();
        match entry.what {
            EntryKind::Hello => self.say_who_is_here(&state),
            EntryKind::Alive => state.say_hello |= unknown,
            EntryKind::Disconnect(who) if who.server == self.me => self.disconnect(who),
            EntryKind::Disconnect(_) => {}
            EntryKind::RoomEvent(happened) => {
                state.say_hello |= unknown && !matches!(happened, RoomEvent::People { .. });
                if let RoomEvent::Gone { server } = &happened {
                    state.heard.remove(server);
                }
                self.happens(&mut state, happened, offset, None);
            }
        }
    }

    /// Once a second.
    pub(in crate::server) fn tick(&self) {
        let mut state = self.state();
        self.append(&state, EntryKind::Alive);
        if std::mem::take(&mut state.say_hello) {
            self.append(&state, EntryKind::Hello);
        }
        let silent: Vec<_> = state
            .heard
            .iter()
            .filter(|(_, heard)| heard.elapsed() > SILENCE)
            .map(|(server, _)| server.clone())
            .collect();
        for server in silent {
            info!("a server is gone, and its people with it");
            state.heard.remove(&server);
            let offset = state.newest;
            self.happens(&mut state, RoomEvent::Gone { server }, offset, None);
        }
    }

    /// Says goodbye to the other servers.
    pub(in crate::server) fn leave(&self) {
        let state = self.state();
        self.append(&state, EntryKind::RoomEvent(RoomEvent::Gone { server: self.me.clone() }));
    }

    /// Says who is connected to this server: those that all servers know of, and what is still on its way.
    fn say_who_is_here(&self, state: &State) {
        let mut people = state.rooms.people_of(&self.me);
        for (happened, _) in state.waiting.values() {
            match happened.clone() {
                RoomEvent::Entered { who, room, person } => {
                    people.retain(|(other, ..)| *other != who);
                    people.push((who, room, person));
                }
                RoomEvent::Left { who } => people.retain(|(other, ..)| *other != who),
                RoomEvent::Renamed { who, nickname } => {
                    let renamed = people.iter_mut().filter(|(other, ..)| *other == who);
                    renamed.for_each(|(.., person)| person.nickname = nickname.clone());
                }
                RoomEvent::Said { .. } | RoomEvent::People { .. } | RoomEvent::Gone { .. } => {}
            }
        }
        self.append(state, EntryKind::RoomEvent(RoomEvent::People { server: self.me.clone(), people }));
    }
}
