//! What the server of the call reads: the arguments of events, and the name by which a client has called it.

use serde_json::Value;
use shared::{IceServer, Refusal, events};

#[path = "../../src/server/args.rs"]
mod args;
#[path = "../../src/server/ice.rs"]
mod ice;
#[path = "../../src/server/request.rs"]
mod request;

use crate::turn::Credentials;
use ice::{Ice, OwnIce};
use request::{Relay, Request};

/// What the other member gets of this event: its name and its arguments. `None` when the event is not for the other member.
pub fn relayed(event: &str, args: &[Value]) -> Result<Option<(&'static str, Vec<Value>)>, Refusal> {
    let args = args.to_vec();
    let request = match event {
        events::JOIN_ROOM => request::join_room(args),
        events::REJOIN_ROOM => request::rejoin_room(args),
        events::LEAVE_ROOM => request::leave_room(args),
        events::OFFER => request::offer(args),
        events::ANSWER => request::answer(args),
        events::ICE => request::ice(args),
        events::STEP => request::step(args),
        events::RESTART => request::restart(args),
        _ => return Ok(None),
    };
    match request? {
        Request::Relay(Relay { event, args, .. }) => Ok(Some((event, args.0))),
        Request::Enter { .. } | Request::Leave { .. } => Ok(None),
    }
}

/// The call that an answer names, as the server reads it: by this a member that comes back is recognised.
pub fn call_of(answer: &[Value]) -> Option<String> {
    match request::answer(answer.to_vec()).ok()? {
        Request::Relay(relay) => relay.agrees_on().map(str::to_owned),
        Request::Enter { .. } | Request::Leave { .. } => None,
    }
}

/// The ICE servers that a client is told of which has called this server by that name, in `Host`.
pub fn told(host: &str) -> Vec<IceServer> {
    let relay = Some(Credentials::new(Some(b"north".to_vec())));
    let own = OwnIce { address: ([0, 0, 0, 0], 3478).into(), public: None, relay };
    Ice { own: Some(own), ..Ice::default() }.for_member(Some(ice::host_of(host)), "alice")
}
