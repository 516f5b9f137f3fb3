//! Failures on purpose, for the laboratory (`serve --fault`): what a network, an operator or a machine does to a call.
//!
//! They stand between the rooms and the clients, in `delivery.rs`. Whoever sends an offer, an answer or a candidate hears
//! that all is well; the other side hears it in another order, twice, late, or not at all. Without a fault there is none of
//! this: [`Faults::of`] makes nothing then.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use shared::events::{ANSWER, ICE, OFFER};
use shared::{ErrorCode, IceServer, Refusal};
use socketioxide::socket::Sid;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};
use tracing::warn;

use super::args::Args;
use super::delivery::{Delivery, DeliveryError};
use super::ice::{Ice, OwnIce};
use crate::turn::Credentials;

/// The longest delay. A person may wait for so long and still see that it goes on.
const LONGEST_DELAY: Duration = Duration::from_secs(10);
/// How many messages may be late at the same time, of all rooms together.
const MOST_LATE: usize = 1000;
/// How long a message waits for one that overtakes it. The last of all is overtaken by none.
const OVERTAKEN_WITHIN: Duration = Duration::from_millis(300);
/// How long a dying server needs to write what it has relayed.
const LAST_BREATH: Duration = Duration::from_millis(100);

/// A failure that is wanted of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerFault {
    /// Of two messages to the same member the second one comes first.
    Reorder,
    /// Every message of this event is lost: `offer`, `answer` or `ice`.
    Drop(&'static str),
    /// Every message comes twice.
    Duplicate,
    /// Every message comes so much later.
    Delay(Duration),
    /// Members are told a password that the TURN server does not know.
    TurnPassword,
    /// The server ends without a word, right after it has relayed the first offer.
    Die,
}

/// What is no fault.
#[derive(Debug, thiserror::Error)]
#[error(
    "{0:?} is no fault: give reorder, drop (the answer; or drop=offer, drop=answer, drop=ice), duplicate, delay=MS with 1 to \
     10000 milliseconds, turn-password or die"
)]
pub struct NoFault(String);

impl FromStr for ServerFault {
    type Err = NoFault;

    fn from_str(text: &str) -> Result<Self, NoFault> {
        let no_fault = || NoFault(text.to_owned());
        Ok(match text.split_once('=') {
            None => match text {
                "reorder" => Self::Reorder,
                "drop" => Self::Drop(ANSWER),
                "duplicate" => Self::Duplicate,
                "turn-password" => Self::TurnPassword,
                "die" => Self::Die,
                _ => return Err(no_fault()),
            },
            Some(("drop", event)) => {
                let known = [OFFER, ANSWER, ICE].into_iter().find(|known| *known == event);
                Self::Drop(known.ok_or_else(no_fault)?)
            }
            Some(("delay", milliseconds)) => {
                let delay = milliseconds.parse().map(Duration::from_millis).map_err(|_| no_fault())?;
                Some(delay)
                    .filter(|delay| !delay.is_zero() && *delay <= LONGEST_DELAY)
                    .map(Self::Delay)
                    .ok_or_else(no_fault)?
            }
            Some(_) => return Err(no_fault()),
        })
    }
}

impl fmt::Display for ServerFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reorder => f.write_str("reorder"),
            Self::Drop(event) => write!(f, "drop={event}"),
            Self::Duplicate => f.write_str("duplicate"),
            Self::Delay(delay) => write!(f, "delay={}", delay.as_millis()),
            Self::TurnPassword => f.write_str("turn-password"),
            Self::Die => f.write_str("die"),
        }
    }
}

impl ServerFault {
    /// What the server does with it, in words.
    pub fn sentence(self) -> String {
        match self {
            Self::Reorder => "of two messages to the same member, the second one comes first".to_owned(),
            Self::Drop(event) => format!("every {event} is lost"),
            Self::Duplicate => "every offer, answer and candidate comes twice".to_owned(),
            Self::Delay(delay) => format!("every offer, answer and candidate comes {delay:?} late"),
            Self::TurnPassword => "members are told a wrong password of the TURN server".to_owned(),
            Self::Die => "the server ends right after the first offer".to_owned(),
        }
    }

    /// The STUN and TURN servers that members are told of.
    pub(super) fn spoil(faults: &[Self], mut ice: Ice) -> Ice {
        if faults.contains(&Self::TurnPassword) {
            // A secret that nobody knows: what it mints looks right, and is not.
            let other = || Credentials::new(None);
            ice.own = ice.own.map(|own| OwnIce { relay: own.relay.map(|_| other()), ..own });
            ice.minted = ice.minted.map(|_| other());
            for IceServer { credential, .. } in &mut ice.named {
                if !credential.is_empty() {
                    *credential = "wrong on purpose".to_owned();
                }
            }
        }
        ice
    }
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
    pub(super) fn deliver(
        self: &Arc<Self>,
        delivery: &Delivery,
        to: Sid,
        event: &str,
        args: &Args,
    ) -> Result<(), DeliveryError> {
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
                self.pass_on(delivery, &mut state, message).and(self.pass_on(delivery, &mut state, overtaken))
            }
            None if self.has(ServerFault::Reorder) => {
                self.hold(delivery.clone(), &mut state, message);
                Ok(())
            }
            None => self.pass_on(delivery, &mut state, message),
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
    fn hold(self: &Arc<Self>, delivery: Delivery, state: &mut State, message: Message) {
        let (faults, to, number) = (self.clone(), message.to, message.number);
        state.held.insert(to, message);
        tokio::spawn(async move {
            sleep(OVERTAKEN_WITHIN).await;
            let mut state = faults.state.lock().unwrap_or_else(PoisonError::into_inner);
            if state.held.get(&to).is_some_and(|held| held.number == number)
                && let Some(message) = state.held.remove(&to)
            {
                // A member that has gone, or does not read, loses its connection elsewhere.
                let _ = faults.pass_on(&delivery, &mut state, message);
            }
        });
    }

    /// Once, or twice; now, or later.
    fn pass_on(
        self: &Arc<Self>,
        delivery: &Delivery,
        state: &mut State,
        message: Message,
    ) -> Result<(), DeliveryError> {
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
                delivery.tell_now(to, &event, &args)?;
                continue;
            };
            if state.late.len() >= MOST_LATE {
                let message = format!("{MOST_LATE} messages are late on purpose, and there is no room for one more");
                let refusal = Refusal { code: ErrorCode::NotDelivered, message };
                return Err(DeliveryError { refusal, does_not_read: false });
            }
            warn!(%to, "FAULT: this {event} comes {delay:?} late");
            let message = Message { number, to, event: event.clone(), args: args.clone() };
            let is_first = state.late.is_empty();
            state.late.push_back((Instant::now() + delay, message));
            if is_first {
                tokio::spawn(self.clone().deliver_late(delivery.clone()));
            }
        }
        Ok(())
    }

    /// Delivers what is late, in its order, until there is no more.
    async fn deliver_late(self: Arc<Self>, delivery: Delivery) {
        let state = || self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let Some(due) = state().late.front().map(|(due, _)| *due) else { return };
            sleep_until(due).await;
            // It stays in the queue until it is delivered: so there is one such task at a time.
            let mut state = state();
            if let Some((_, Message { to, event, args, .. })) = state.late.front() {
                // A member that has gone, or does not read, loses its connection elsewhere.
                let _ = delivery.tell_now(*to, event, args);
            }
            state.late.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_what_it_is_written_as() {
        for text in
            ["reorder", "drop=offer", "drop=answer", "drop=ice", "duplicate", "delay=250", "turn-password", "die"]
        {
            assert_eq!(text.parse::<ServerFault>().unwrap().to_string(), text);
        }
        assert_eq!("drop".parse::<ServerFault>().unwrap(), ServerFault::Drop(ANSWER));
    }

    #[test]
    fn what_is_no_fault_is_told_what_is_one() {
        for text in ["", "sleep", "drop=bye", "drop=", "delay", "delay=", "delay=0", "delay=10001", "delay=1s", "die=1"]
        {
            let error = text.parse::<ServerFault>().unwrap_err().to_string();
            assert!(error.starts_with(&format!("{text:?} is no fault: give reorder, drop ")), "{error}");
        }
    }

    #[test]
    fn a_wrong_password_is_told_and_nothing_else_is_wrong() {
        let own = OwnIce {
            address: "127.0.0.1:3478".parse().unwrap(),
            public: None,
            relay: Some(Credentials::new(Some(b"secret".to_vec()))),
        };
        let named = ["stun:a", "turn:ann:pw@b"].map(|url| url.parse().unwrap()).into();
        let ice = Ice { own: Some(own), named, minted: None };
        let told = |faults: &[ServerFault]| ServerFault::spoil(faults, ice.clone()).for_member(None, "ann");
        let (right, wrong) = (told(&[ServerFault::Die]), told(&[ServerFault::TurnPassword]));
        assert_eq!(right, ice.for_member(None, "ann"));
        for (right, wrong) in right.iter().zip(&wrong) {
            assert_eq!(right.urls, wrong.urls);
            assert_eq!(right.credential == wrong.credential, !right.is_turn(), "{right:?} {wrong:?}");
        }
    }
}
