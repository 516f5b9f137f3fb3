//! The task that does it: one thing after the other.
//!
//! It hears what is asked of this server and what the other servers tell it. Because it does nothing in between, whoever
//! is answered and whoever is told something is answered and told in the order of what happened. The price is one round
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
use super::super::request::{Relay, Request};
use super::super::switchboard::{Switchboard, Visitor, agreeing, leaving, must_be_in, not_delivered};
use super::Job;
use super::rounds::Heart;
use super::store::{Message, Store};

/// How often a server looks whether the others are there, and at rooms that need it.
const ROUNDS: Duration = Duration::from_millis(500);

/// See [the file](self).
pub(super) struct Operator {
    pub(super) board: Switchboard,
    pub(super) store: Store,
    pub(super) jobs: mpsc::UnboundedReceiver<Job>,
    /// What the other servers tell this one.
    pub(super) heard: mpsc::Receiver<(String, Vec<u8>)>,
    /// The number of the latest change of this server's.
    pub(super) number: u64,
    /// Rooms in which this server and Redis may not agree.
    pub(super) unsettled: HashSet<RoomName>,
    /// Members that do not read what they are told.
    pub(super) deaf: Vec<Sid>,
    /// The connection to Redis that is known to work.
    pub(super) connection: LinkState,
    /// Until then nobody is taken for dead: who has found Redis again a moment later than we have is not.
    pub(super) patient_until: Instant,
    /// Until then nobody new is let in.
    pub(super) closed_until: Instant,
    pub(super) refreshed: Instant,
}

impl Operator {
    pub(super) fn new(board: Switchboard, link: Link, jobs: mpsc::UnboundedReceiver<Job>) -> Self {
        let store = Store::new(link, board.me);
        let (_, heard) = mpsc::channel(1);
        let (unsettled, deaf, connection, now) = (HashSet::new(), Vec::new(), LinkState::Down, Instant::now());
        let (patient_until, closed_until, refreshed) = (now, now, now);
        Self {
            board,
            store,
            jobs,
            heard,
            number: 0,
            unsettled,
            deaf,
            connection,
            patient_until,
            closed_until,
            refreshed,
        }
    }

    pub(super) async fn run(mut self) {
        self.heard = self.store.listen().await;
        self.store.link.wait_until_up(PATIENCE).await;
        self.look_at_the_link().await;
        let heart = Heart::beating(self.store.clone());
        let mut rounds = interval(ROUNDS);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                Some((_, message)) = self.heard.recv() => { self.hear(&message, None); }
                Some(job) = self.jobs.recv() => match job {
                    Job::Stop => break,
                    job => self.do_it(job).await,
                },
                _ = rounds.tick() => self.make_the_rounds().await,
                else => break,
            }
            while let Some(socket) = self.deaf.pop() {
                self.leave(socket).await;
            }
        }
        drop(heart);
        if let Err(error) = self.store.here_for(self.board.hold).await {
            debug!("the places of this server's people are not kept: {error}");
        }
    }

    async fn do_it(&mut self, job: Job) {
        self.look_at_the_link().await;
        match job {
            Job::Request(asker, request) => {
                let visitor = asker.visitor.clone();
                let done = match &request {
                    Ok(request) => self.carry_out(&visitor, request).await,
                    Err(refusal) => Err(refusal.clone()),
                };
                visitor.waiting.fetch_sub(1, Ordering::Relaxed);
                asker.answer(done);
            }
            Job::Lost(visitor) => self.leave(visitor.socket).await,
            Job::Stop => {}
        }
    }

    /// The same as [`Switchboard::carry_out`], but on the rooms that all servers share.
    async fn carry_out(&mut self, visitor: &Visitor, request: &Request) -> Result<Accepted, Refusal> {
        let done = match request {
            Request::Enter { room, call } => {
                sleep_until(self.closed_until).await;
                let board = self.board.clone();
                let newcomer = board.newcomer(&board.rooms(), visitor, call.clone())?;
                self.decide(room, |members| board.entering(room, &newcomer, members)).await
            }
            Request::Leave { room } => {
                must_be_in(&self.board.rooms(), visitor.socket, room)?;
                self.decide(room, |members| leaving(visitor.socket, members)).await
            }
            Request::Relay(relay) => self.relay(visitor.socket, relay).await,
        };
        done.inspect(|accepted| request.log(visitor.socket, accepted))
    }

    async fn leave(&mut self, socket: Sid) {
        let room = self.board.rooms().room_of(socket).cloned();
        if let Some(room) = room {
            info!(%socket, %room, "left");
            // Nobody is refused to leave.
            let _ = self.decide(&room, |members| leaving(socket, members)).await;
        }
    }

    async fn relay(&mut self, from: Sid, relay: &Relay) -> Result<Accepted, Refusal> {
        let Relay { room, event, args } = relay;
        let other = self.board.rooms().other(from, room)?.clone();
        if other.server == self.board.me {
            self.tell(other.socket, event, args)?;
        } else {
            let (room, event, args) = (room.clone(), (*event).to_owned(), args.clone());
            let message = Message::Relay { room, from, to: other.socket, event, args };
            match self.store.send(other.server, &message).await {
                Ok(true) => {}
                Ok(false) => return Err(not_delivered(relay.event, "its server is gone")),
                Err(error) => return Err(not_delivered(relay.event, error)),
            }
        }
        if let Some(call) = relay.agrees_on() {
            self.decide(room, |members| agreeing(call, members)).await?;
        }
        Ok(Accepted::default())
    }

    pub(super) fn tell(&mut self, to: Sid, event: &str, args: &Args) -> Result<(), Refusal> {
        self.board.tell(to, event, args).map_err(|untold| {
            if untold.does_not_read {
                self.deaf.push(to);
            }
            untold.refusal
        })
    }
}
