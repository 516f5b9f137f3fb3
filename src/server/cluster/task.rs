//! The cluster task: one request, one message or one tick at a time.
//!
//! It hears what is asked of this server and what the other servers tell it. It does nothing in between, so
//! clients get answers and news in the order of what happened. The price is one round
//! trip to Redis for a message to another server and two or three for a change of a room, during which the next one
//! waits: Redis on the same network answers in a tenth of a millisecond.

use std::collections::HashSet;
use std::sync::atomic::Ordering;
use std::time::Duration;

use shared::{Accepted, Refusal, RoomName};
use socketio_src::cluster::{Link, LinkState, PATIENCE};
use socketioxide::socket::Sid;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};
use tracing::{debug, info};

use super::super::args::Args;
use super::super::client::Client;
use super::super::delivery::{Delivery, not_delivered};
use super::super::request::{Relay, Request};
use super::super::room::Change;
use super::super::rooms::SharedRooms;
use super::heartbeat::Heartbeat;
use super::queue::Job;
use super::room::ServerId;
use super::rooms::ClusterRooms;
use super::store::{Message, Store};

/// How often a server looks whether the others are there, and at rooms that need it.
const TICK: Duration = Duration::from_millis(500);

/// The cluster task: handles requests, messages of other servers and timers, strictly one at a time.
pub(super) struct ClusterTask {
    pub(super) me: ServerId,
    pub(super) rooms: ClusterRooms,
    delivery: Delivery,
    /// How long the place beside somebody who came back in a call is kept for the other side of that call.
    pub(super) hold: Duration,
    pub(super) store: Store,
    pub(super) jobs: mpsc::UnboundedReceiver<Job>,
    /// What the other servers tell this one.
    pub(super) heard: mpsc::Receiver<(String, Vec<u8>)>,
    /// The number of the latest change of this server's.
    pub(super) number: u64,
    /// Rooms in which this server and Redis may not agree.
    pub(super) unsettled: HashSet<RoomName>,
    /// Members that do not read what they are told.
    pub(super) stalled: Vec<Sid>,
    /// The connection to Redis that is known to work.
    pub(super) connection: LinkState,
    /// Until then nobody is taken for dead: who has found Redis again a moment later than we have is not.
    pub(super) patient_until: Instant,
    /// Until then nobody new is let in.
    pub(super) closed_until: Instant,
    pub(super) refreshed: Instant,
}

impl ClusterTask {
    pub(super) fn new(
        rooms: SharedRooms,
        delivery: Delivery,
        hold: Duration,
        link: Link,
        jobs: mpsc::UnboundedReceiver<Job>,
    ) -> Self {
        let me = ServerId::draw();
        let (rooms, store) = (ClusterRooms::new(me, rooms), Store::new(link, me));
        let (_, heard) = mpsc::channel(1);
        let (unsettled, stalled, connection, now) = (HashSet::new(), Vec::new(), LinkState::Down, Instant::now());
        let (patient_until, closed_until, refreshed) = (now, now, now);
        Self {
            me,
            rooms,
            delivery,
            hold,
            store,
            jobs,
            heard,
            number: 0,
            unsettled,
            stalled,
            connection,
            patient_until,
            closed_until,
            refreshed,
        }
    }

    pub(super) async fn run(mut self) {
        self.heard = self.store.listen().await;
        self.store.link.wait_until_up(PATIENCE).await;
        self.check_link().await;
        let heartbeat = Heartbeat::beating(self.store.clone(), self.hold);
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                Some((_, message)) = self.heard.recv() => { self.hear(&message, None); }
                Some(job) = self.jobs.recv() => match job {
                    Job::Stop => break,
                    job => self.handle(job).await,
                },
                _ = ticks.tick() => self.tick().await,
                else => break,
            }
            while let Some(socket) = self.stalled.pop() {
                self.leave(socket).await;
            }
        }
        drop(heartbeat);
        if let Err(error) = self.store.here_for(self.hold, self.hold).await {
            debug!("the places of this server's people are not kept: {error}");
        }
    }

    async fn handle(&mut self, job: Job) {
        self.check_link().await;
        match job {
            Job::Request(responder, request) => {
                let client = responder.client.clone();
                let done = match &request {
                    Ok(request) => self.carry_out(&client, request).await,
                    Err(refusal) => Err(refusal.clone()),
                };
                client.waiting.fetch_sub(1, Ordering::Relaxed);
                responder.answer(done);
            }
            Job::Lost(client) => self.leave(client.socket).await,
            Job::Stop => {}
        }
    }

    /// The same as `LocalRooms::carry_out`, but on the rooms that all servers share.
    async fn carry_out(&mut self, client: &Client, request: &Request) -> Result<Accepted, Refusal> {
        let done = match request {
            Request::Enter { room, call } => {
                sleep_until(self.closed_until).await;
                let newcomer = self.rooms.members.lock().newcomer(client, call.clone())?;
                self.decide(room, Change::Enter(newcomer)).await
            }
            Request::Leave { room } => {
                self.rooms.members.lock().must_be_in(client.socket, room)?;
                self.decide(room, Change::Leave(client.socket)).await
            }
            Request::Relay(relay) => self.relay(client.socket, relay).await,
        };
        done.inspect(|accepted| request.log(client.socket, accepted))
    }

    async fn leave(&mut self, socket: Sid) {
        let room = self.rooms.members.lock().room_of(socket).cloned();
        if let Some(room) = room {
            info!(%socket, %room, "left");
            // Nobody is refused to leave.
            let _ = self.decide(&room, Change::Leave(socket)).await;
        }
    }

    async fn relay(&mut self, from: Sid, relay: &Relay) -> Result<Accepted, Refusal> {
        let Relay { room, event, args } = relay;
        let other = self.rooms.members.lock().other(from, room)?.socket;
        match self.rooms.server_of(other, room) {
            Some(server) if server != self.me => {
                let (room, event, args) = (room.clone(), (*event).to_owned(), args.clone());
                let message = Message::Relay { room, from, to: other, event, args };
                match self.store.send(server, &message).await {
                    Ok(true) => {}
                    Ok(false) => return Err(not_delivered(relay.event, "its server is gone")),
                    Err(error) => return Err(not_delivered(relay.event, error)),
                }
            }
            _ => self.tell(other, event, args)?,
        }
        // Nothing is asked of Redis when nothing changes: two who are in a call may negotiate often.
        let news = relay.agrees_on().filter(|call| !self.rooms.members.lock().have_agreed(room, call));
        match news {
            Some(call) => self.decide(room, Change::Agree(call.to_owned())).await,
            None => Ok(Accepted::default()),
        }
    }

    pub(super) fn tell(&mut self, to: Sid, event: &str, args: &Args) -> Result<(), Refusal> {
        self.delivery.tell(to, event, args).map_err(|error| {
            if error.does_not_read {
                self.stalled.push(to);
            }
            error.refusal
        })
    }
}
