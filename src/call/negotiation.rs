//! What one side knows while the two agree on a call: offer, answer, candidates.

use shared::{Role, SessionDescription};

use super::candidates::CandidateQueue;

/// What is known of one negotiation with one partner. A new partner gets a new one, so nothing of the old one leaks into it.
#[derive(Debug, Default)]
pub(super) struct Negotiation {
    /// `None` until the server has let this side in.
    pub(super) role: Option<Role>,
    /// B has arrived, and A has not made its offer yet.
    pub(super) welcome: bool,
    /// The newest offer that has arrived and is not answered yet.
    pub(super) offer: Option<SessionDescription>,
    /// The answer to our offer, from its arrival until it is set.
    pub(super) answer: Option<SessionDescription>,
    /// The offer that this negotiation is about, ours or theirs. Its session id names the call.
    pub(super) current_offer: Option<SessionDescription>,
    /// The remote description, once it is set: candidates are compared with it.
    pub(super) remote_description: Option<SessionDescription>,
    /// Our candidates, held until our description has been sent.
    pub(super) local_candidates: CandidateQueue,
    /// Candidates of the other side, held until its description is set.
    pub(super) remote_candidates: CandidateQueue,
    pub(super) connected: bool,
    pub(super) remote_track: bool,
    pub(super) chat_open: bool,
    pub(super) sending_open: bool,
}

impl Negotiation {
    /// A negotiation of a side whose role is known already.
    pub(super) fn of(role: Role) -> Self {
        Self { role: Some(role), ..Self::default() }
    }

    /// The server has let this side in, and has given it a role.
    pub(super) fn is_in_room(&self) -> bool {
        self.role.is_some()
    }
}
