//! What one side knows while the two agree on a call: offer, answer, candidates.

use shared::{Role, SessionDescription};

use super::candidates::CandidateQueue;
use super::state::ConnectionState;

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
    /// The two were connected at least once. From then on the call is alive.
    pub(super) connected: bool,
    /// `connectionState`, as it was last heard.
    pub(super) state: Option<ConnectionState>,
    /// The call is alive and changes: one more offer is being made or answered.
    pub(super) is_changing: bool,
    /// The server has passed on our last description.
    pub(super) is_delivered: bool,
    /// The call was alive when that was sent.
    pub(super) sent_in_a_call: bool,
    /// The offer of the other side is being answered.
    pub(super) is_answering: bool,
    /// The path has failed, or will, and no restart has begun for that yet.
    pub(super) needs_restart: bool,
    pub(super) remote_track: bool,
    pub(super) chat_open: bool,
    pub(super) sending_open: bool,
}

impl Negotiation {
    /// A negotiation of a side whose role is known already.
    pub(super) fn of(role: Role) -> Self {
        Self { role: Some(role), ..Self::default() }
    }

    /// The negotiation is about this offer from now on.
    pub(super) fn take_up(&mut self, offer: &SessionDescription) {
        // Candidates that are gathered from here on belong to the answer.
        self.local_candidates.hold();
        // A's own offer names the call, also when a stranger that is B makes one.
        if self.role != Some(Role::A) {
            self.current_offer = Some(offer.clone());
        }
    }

    /// A has offered a restart, and B will answer it. One more offer would only cross that answer.
    pub(super) fn awaits_an_answer(&self) -> bool {
        self.role == Some(Role::A) && self.is_changing && self.remote_description.is_none()
    }

    /// Whether A takes up an offer: in a call that is alive, from the peer connection that the call is with, and while A has
    /// no offer under way itself.
    pub(super) fn may_be_changed_by(&self, offer: &SessionDescription) -> bool {
        let partner = self.remote_description.as_ref().and_then(SessionDescription::session_id);
        self.connected && partner.is_some() && partner == offer.session_id()
    }

    /// Whether an answer to this version of an offer is one to ours. A plain client does not say which one it answers, and
    /// an older one of ours says the session alone.
    pub(super) fn is_ours(&self, version: Option<&str>) -> bool {
        let ours = self.current_offer.as_ref().filter(|_| self.role == Some(Role::A));
        ours.is_some_and(|ours| version.is_none() || version == ours.version() || version == ours.session_id())
    }

    /// The server has let this side in, and has given it a role.
    pub(super) fn is_in_room(&self) -> bool {
        self.role.is_some()
    }
}
