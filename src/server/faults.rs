//! Failures on purpose, for the laboratory (`serve --fault`): what a network, an operator or a machine does to a call.
//!
//! They stand between the rooms and the clients, in `delivery.rs`. Whoever sends an offer, an answer or a candidate hears
//! that all is well; the other side hears it in another order, twice, late, or not at all. Without a fault there is none of
//! this: [`Faults::of`] makes nothing then.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use shared::events::{ANSWER, ICE, OFFER};
use socketioxide::socket::Sid;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};
use tracing::warn;

use super::args::Args;
use super::fault::ServerFault;

/// How many messages may be late at the same time, of all rooms together.
const MOST_LATE: usize = 1000;
/// How long a message waits for one that overtakes it. The last of all is overtaken by none.
const OVERTAKEN_WITHIN: Duration = Duration::from_millis(300);
/// How long a dying server needs to write what it has relayed.
const LAST_BREATH: Duration = Duration::from_millis(100);

/// Where messages go out in the end: `delivery.rs`.
pub(super) trait Out: Clone + Send + Sync + 'static {
    /// Why a message was not delivered.
    type Error;

    /// Tells a client something, at once.
    fn tell_now(&self, to: Sid, event: &str, args: &Args) -> Result<(), Self::Error>;
}

/// A message on its way to a member.
#[derive(Debug)]
struct Message {
    /// Tells it from every other one.
    number: u64,
    to: Sid,
    event: String,
    args: Args,
}

#[derive(Debug, Default)]
struct State {
    /// How many messages there were.
    count: u64,
    /// The message of each member that waits to be overtaken.
    held: HashMap<Sid, Message>,
    /// The messages that are late, in their order, and when each one is due.
    late: VecDeque<(Instant, Message)>,
    is_dying: bool,
}

/// The faults of a running server.
#[derive(Debug)]
pub(super) struct Faults {
    faults: Vec<ServerFault>,
    state: Mutex<State>,
    dead: watch::Sender<bool>,
}

impl Faults {
    /// `None`: nothing is wrong, and nothing is to be done.
    pub(super) fn of(faults: &[ServerFault]) -> Option<Arc<Self>> {
        let faults = faults.to_vec();
        (!faults.is_empty())
            .then(|| Arc::new(Self { faults, state: Mutex::default(), dead: watch::Sender::new(false) }))
    }

    /// Ready when the server is to end without a word.
    pub(super) async fn death(&self) {
        // The sender is ours: this cannot fail.
        let _ = self.dead.subscribe().wait_for(|dead| *dead).await;
    }

    /// Whether they are for messages of this event.
    pub(super) fn concern(event: &str) -> bool {
        [OFFER, ANSWER, ICE].contains(&event)
    }

    /// Delivers a message, or does what is wanted to it.
    pub(super) fn deliver<O: Out>(
        self: &Arc<Self>,
        out: &O,
        to: Sid,
        event: &str,
        args: &Args,
    ) -> Result<(), O::Error> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.is_dying || self.faults.iter().any(|fault| matches!(fault, ServerFault::Drop(lost) if *lost == event))
        {
            warn!(%to, "FAULT: this {event} is lost");
            return Ok(());
        }
        state.count += 1;
        let message = Message { number: state.count, to, event: event.to_owned(), args: args.clone() };
        let is_first_offer = event == OFFER && self.has(ServerFault::Die);
        let sent = match state.held.remove(&to) {
            Some(overtaken) => {
                warn!(%to, "FAULT: this {event} overtakes the {} before it", overtaken.event);
                self.pass_on(out, &mut state, message).and(self.pass_on(out, &mut state, overtaken))
            }
            None if self.has(ServerFault::Reorder) => {
                self.hold(out.clone(), &mut state, message);
                Ok(())
            }
            None => self.pass_on(out, &mut state, message),
        };
        if is_first_offer {
            warn!(%to, "FAULT: the first offer was relayed, and now the server ends");
            state.is_dying = true;
            let faults = self.clone();
            tokio::spawn(async move {
                sleep(LAST_BREATH).await;
                faults.dead.send_replace(true);
            });
        }
        sent
    }

    fn has(&self, fault: ServerFault) -> bool {
        self.faults.contains(&fault)
    }

    /// Keeps a message until the next one has overtaken it, or for a while.
    fn hold(self: &Arc<Self>, out: impl Out, state: &mut State, message: Message) {
        let (faults, to, number) = (self.clone(), message.to, message.number);
        state.held.insert(to, message);
        tokio::spawn(async move {
            sleep(OVERTAKEN_WITHIN).await;
            let mut state = faults.state.lock().unwrap_or_else(PoisonError::into_inner);
            if state.held.get(&to).is_some_and(|held| held.number == number)
                && let Some(message) = state.held.remove(&to)
            {
                // A member that has gone, or does not read, loses its connection elsewhere.
                let _ = faults.pass_on(&out, &mut state, message);
            }
        });
    }

    /// Once, or twice; now, or later.
    fn pass_on<O: Out>(self: &Arc<Self>, out: &O, state: &mut State, message: Message) -> Result<(), O::Error> {
        let delay = self.faults.iter().find_map(|fault| match fault {
            ServerFault::Delay(delay) => Some(*delay),
            _ => None,
        });
        let Message { number, to, event, args } = message;
        let copies = if self.has(ServerFault::Duplicate) { 2 } else { 1 };
        for copy in 0..copies {
            if copy > 0 {
                warn!(%to, "FAULT: this {event} comes twice");
            }
            let Some(delay) = delay else {
                out.tell_now(to, &event, &args)?;
                continue;
            };
            if state.late.len() >= MOST_LATE {
                warn!(%to, "FAULT: {MOST_LATE} messages are late already, and this {event} is lost");
                return Ok(());
            }
            warn!(%to, "FAULT: this {event} comes {delay:?} late");
            let message = Message { number, to, event: event.clone(), args: args.clone() };
            let is_first = state.late.is_empty();
            state.late.push_back((Instant::now() + delay, message));
            if is_first {
                tokio::spawn(self.clone().deliver_late(out.clone()));
            }
        }
        Ok(())
    }

    /// Delivers what is late, in its order, until there is no more.
    async fn deliver_late(self: Arc<Self>, out: impl Out) {
        let state = || self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let Some(due) = state().late.front().map(|(due, _)| *due) else { return };
            sleep_until(due).await;
            let mut state = state();
            if let Some((_, Message { to, event, args, .. })) = state.late.front() {
                // A member that has gone, or does not read, loses its connection elsewhere.
                let _ = out.tell_now(*to, event, args);
            }
            state.late.pop_front();
            // Under the lock: the next message that is late starts a new task, and there is one at a time.
            if state.late.is_empty() {
                return;
            }
        }
    }
}
