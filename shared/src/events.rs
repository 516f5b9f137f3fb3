//! Event names of the call (chapter 3), used by client, server and tests alike.
//!
//! A plain JavaScript client needs `join_room`, `welcome`, `offer`, `answer` and `ice`, and nothing else.

/// Client to server: room name. Optional acknowledgement: [`Reply`](crate::Reply) with the role.
pub const JOIN_ROOM: &str = "join_room";

/// Client to server: room name, [`Rejoin`](crate::signal::Rejoin). Like [`JOIN_ROOM`], after a lost connection.
pub const REJOIN_ROOM: &str = "rejoin_room";

/// Server to the member already there, no arguments: B has arrived, A starts step 3.
pub const WELCOME: &str = "welcome";

/// Server to a member, `{iceServers: [...]}`: its STUN and TURN servers from now on, with credentials that are fresh. Sent
/// right before [`WELCOME`], when there are credentials that expire.
pub const ICE_SERVERS: &str = "ice_servers";

/// Server to the member already there, no arguments: the other side is back in a call that never stopped.
pub const RESUMED: &str = "resumed";

/// Relayed. The client sends (description, room), the receiver gets (description).
pub const OFFER: &str = "offer";

/// Relayed. The client sends (description, room), the receiver gets (description).
///
/// A third argument, the [version](crate::SessionDescription::version) of the offer that is answered, is passed on when it is
/// there, so that an answer to an earlier offer can be told from the one that is waited for.
pub const ANSWER: &str = "answer";

/// Relayed. The client sends (candidate or null, room), the receiver gets (candidate or null).
pub const ICE: &str = "ice";

/// Relayed. The client sends ([`StepNews`](crate::step::StepNews), room), the receiver gets (news): how far the other side
/// is. Nothing depends on it; it is there to be looked at.
pub const STEP: &str = "step";

/// Relayed to A, no arguments but the room: B needs a new path (an ICE restart), and A makes the offers.
pub const RESTART: &str = "restart";

/// Client to server: room name.
pub const LEAVE_ROOM: &str = "leave_room";

/// Server to the member that stays, no arguments: the other left, closed its page or lost its connection.
pub const BYE: &str = "bye";

/// Server to a member, no arguments: its place in the room is lost, because several servers had lost sight of each other.
/// It asks for a place again with [`REJOIN_ROOM`], as after a lost connection.
pub const PLACE_LOST: &str = "place_lost";

/// Server to client: `{event, error: {code, message}}`, for an event that was refused and asked for no acknowledgement.
pub const REFUSED: &str = "refused";
