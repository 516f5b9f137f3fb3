//! What a server can be asked to do wrong (`serve --fault`): the names, and the wrong password.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use shared::IceServer;
use shared::events::{ANSWER, ICE, OFFER};

use super::ice::{Ice, OwnIce};
use crate::turn::Credentials;

/// The longest delay. A person may wait for so long and still see that it goes on.
const LONGEST_DELAY: Duration = Duration::from_secs(10);

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
