//! What a client of the call hears, and what it says to the other side.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{IceCandidate, IceServer, SdpType, SessionDescription, StepNews, events, ice_server::IceServers};

/// A message that reaches a member of a room.
#[derive(Debug, Clone, PartialEq)]
pub enum Signal {
    /// From the server: B has arrived.
    Welcome,
    /// From the server: the STUN and TURN servers from now on, with credentials that are fresh. It comes right before
    /// `welcome`: the credentials of the acknowledgement can be days old by then.
    IceServers(Vec<IceServer>),
    /// From the server: the other side is back, and the call it was in is the one we are in.
    Resumed,
    /// From the other side, A.
    Offer(SessionDescription),
    /// From the other side, B.
    Answer {
        /// The description.
        description: SessionDescription,
        /// The version of the offer it answers, where the sender says it (a plain client does not).
        to_offer: Option<String>,
    },
    /// From the other side: one of its candidates, or `None` after its last one.
    Ice(Option<IceCandidate>),
    /// From the other side: how far it is.
    Step(StepNews),
    /// From the other side, B: it needs a new path, and A makes the offers.
    Restart,
    /// From the server: the other side is gone.
    Bye,
}

/// Why an event is not a signal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignalError {
    /// The name is none of those in [`events`]. Its beginning is kept, in a form that does no harm in a log.
    #[error(
        "unknown message kind \"{0}\": this version knows welcome, ice_servers, resumed, offer, answer, ice, step, restart and bye"
    )]
    UnknownKind(String),
    /// The name is known, its arguments are not what it carries.
    #[error("the arguments of \"{kind}\" are not usable: {reason}")]
    Arguments {
        /// The event name.
        kind: &'static str,
        /// What is wrong with them.
        reason: String,
    },
}

impl Signal {
    /// Reads an event as it arrives: its name and its arguments. Arguments beyond the known ones are ignored.
    pub fn from_event(name: &str, args: &[Value]) -> Result<Self, SignalError> {
        match name {
            events::WELCOME => Ok(Signal::Welcome),
            events::ICE_SERVERS => {
                Ok(Signal::IceServers(argument::<IceServers>(events::ICE_SERVERS, args)?.ice_servers))
            }
            events::RESUMED => Ok(Signal::Resumed),
            events::RESTART => Ok(Signal::Restart),
            events::BYE => Ok(Signal::Bye),
            events::OFFER => Ok(Signal::Offer(description(events::OFFER, SdpType::Offer, args)?)),
            events::ANSWER => Ok(Signal::Answer {
                description: description(events::ANSWER, SdpType::Answer, args)?,
                to_offer: args.get(1).and_then(Value::as_str).map(str::to_owned),
            }),
            events::ICE if args.first().is_some_and(Value::is_null) => Ok(Signal::Ice(None)),
            events::ICE => Ok(Signal::Ice(Some(argument(events::ICE, args)?))),
            events::STEP => Ok(Signal::Step(argument(events::STEP, args)?)),
            unknown => Err(SignalError::UnknownKind(unknown.chars().take(40).flat_map(char::escape_default).collect())),
        }
    }

    /// The event as its receiver gets it.
    pub fn to_event(&self) -> (&'static str, Vec<Value>) {
        match self {
            Signal::Welcome => (events::WELCOME, vec![]),
            Signal::IceServers(servers) => {
                (events::ICE_SERVERS, vec![json!(IceServers { ice_servers: servers.clone() })])
            }
            Signal::Resumed => (events::RESUMED, vec![]),
            Signal::Restart => (events::RESTART, vec![]),
            Signal::Bye => (events::BYE, vec![]),
            Signal::Offer(description) => (events::OFFER, vec![json!(description)]),
            Signal::Answer { description, to_offer } => {
                let mut args = vec![json!(description)];
                args.extend(to_offer.iter().map(|id| json!(id)));
                (events::ANSWER, args)
            }
            Signal::Ice(candidate) => (events::ICE, vec![json!(candidate)]),
            Signal::Step(news) => (events::STEP, vec![json!(news)]),
        }
    }
}

fn argument<T: DeserializeOwned>(kind: &'static str, args: &[Value]) -> Result<T, SignalError> {
    let first = args.first().ok_or_else(|| SignalError::Arguments { kind, reason: "there are none".to_owned() })?;
    crate::json::object(first).map_err(|reason| SignalError::Arguments { kind, reason })
}

fn description(kind: &'static str, expected: SdpType, args: &[Value]) -> Result<SessionDescription, SignalError> {
    let description: SessionDescription = argument(kind, args)?;
    if description.sdp_type == expected {
        Ok(description)
    } else {
        let reason = format!("the description is of type \"{}\"", description.sdp_type);
        Err(SignalError::Arguments { kind, reason })
    }
}

/// What a client says of itself when it comes back to a room, after it or the server lost the connection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejoin {
    /// The session id of the offer of the call it is still in, if it is in one. When both members name the same call,
    /// its media never stopped and nobody needs to negotiate again.
    #[serde(default)]
    pub call: Option<String>,
}

/// The auth payload of the Socket.IO CONNECT packet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Auth {
    /// A secret that a client draws once and shows at every connect. With it, a client whose old connection is dead
    /// without the server knowing yet takes its own place back, instead of finding the room full of itself.
    #[serde(default)]
    pub client: Option<String>,
    /// It knows the events and arguments that go beyond the plain protocol: `step`, `place_lost`, and which offer an answer
    /// answers. To a client that does not say so the server sends none of them.
    #[serde(default)]
    pub extended: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Phase, STEPS};
    use proptest::prelude::*;

    fn any_signal() -> impl Strategy<Value = Signal> {
        let candidate = (any::<String>(), any::<Option<String>>()).prop_map(|(candidate, username_fragment)| {
            IceCandidate { candidate, username_fragment, ..IceCandidate::default() }
        });
        prop_oneof![
            Just(Signal::Welcome),
            Just(Signal::Resumed),
            Just(Signal::Restart),
            any::<String>().prop_map(|url| Signal::IceServers(vec![IceServer::new(url)])),
            Just(Signal::Bye),
            any::<String>().prop_map(|sdp| Signal::Offer(SessionDescription::offer(sdp))),
            (any::<String>(), any::<Option<String>>())
                .prop_map(|(sdp, to_offer)| Signal::Answer { description: SessionDescription::answer(sdp), to_offer }),
            proptest::option::of(candidate).prop_map(Signal::Ice),
            (0..STEPS.len()).prop_map(|number| {
                Signal::Step(StepNews { number: STEPS[number].number.try_into().unwrap(), phase: Phase::Started })
            }),
        ]
    }

    fn any_json() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            Just(json!({"type": "offer", "sdp": ""})),
            Just(json!({"candidate": ""})),
            Just(json!([[], {}])),
        ]
    }

    proptest! {
        #[test]
        fn any_signal_survives_the_wire(signal in any_signal()) {
            let (name, args) = signal.to_event();
            prop_assert_eq!(Signal::from_event(name, &args).unwrap(), signal);
        }

        #[test]
        fn no_event_makes_the_parser_panic(name in "offer|answer|ice|bye|welcome|[a-z]{0,9}",
            args in proptest::collection::vec(any_json(), 0..3)) {
            let _ = Signal::from_event(&name, &args);
        }
    }

    #[test]
    fn an_unknown_kind_is_named() {
        let error = Signal::from_event("dance", &[]).unwrap_err();
        assert!(error.to_string().contains("\"dance\""), "{error}");
        let error = Signal::from_event(&"\n".repeat(10_000), &[]).unwrap_err();
        assert_eq!(error, SignalError::UnknownKind("\\n".repeat(40)));
    }

    #[test]
    fn an_answer_in_an_offer_is_refused_by_name() {
        let error = Signal::from_event("offer", &[json!({"type": "answer", "sdp": ""})]).unwrap_err();
        assert!(error.to_string().contains("\"answer\""), "{error}");
    }

    #[test]
    fn the_end_of_candidates_is_null() {
        assert_eq!(Signal::from_event("ice", &[Value::Null]).unwrap(), Signal::Ice(None));
        assert_eq!(Signal::Ice(None).to_event().1, [Value::Null]);
    }
}
