//! Who begins the handshake of DTLS, in a description that changes a call.
//!
//! The offer of a call leaves the choice to the answer (`a=setup:actpass`, RFC 8842), and the answer says `active`: it begins.
//! Later descriptions keep the roles (section 5.5): A, the passive side, answers `passive` when a stranger that is B makes an
//! offer. The crate always answers `active`, and a browser refuses that. It also wants back, byte for
//! byte, what it has made. So the answer is changed for the other side alone.

use shared::{SdpType, SessionDescription};

const ACTIVE: &str = "\na=setup:active";
const PASSIVE: &str = "\na=setup:passive";

/// The role of this side, once it is settled.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct DtlsRole {
    is_passive: bool,
}

impl DtlsRole {
    /// The other side has answered, and has taken a role.
    pub(super) fn settle(&mut self, remote: &SessionDescription) {
        self.is_passive |= remote.sdp_type == SdpType::Answer && remote.sdp.contains(ACTIVE);
    }

    /// Our answer as the other side is to read it.
    pub(super) fn for_the_other_side(self, answer: String) -> String {
        if self.is_passive { answer.replace(ACTIVE, PASSIVE) } else { answer }
    }

    /// The same answer as the crate has made it.
    pub(super) fn for_the_crate(self, ours: &SessionDescription) -> SessionDescription {
        let mut ours = ours.clone();
        if self.is_passive && ours.sdp_type == SdpType::Answer {
            ours.sdp = ours.sdp.replace(PASSIVE, ACTIVE);
        }
        ours
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_answered_by_an_active_side_stays_passive() {
        let made = "v=0\r\na=setup:active\r\n".to_owned();
        let mut role = DtlsRole::default();
        role.settle(&SessionDescription::offer("v=0\r\na=setup:active\r\n"));
        assert_eq!(role.for_the_other_side(made.clone()), made, "an offer settles nothing");
        role.settle(&SessionDescription::answer("v=0\r\na=setup:active\r\n"));
        let told = role.for_the_other_side(made.clone());
        assert_eq!(told, "v=0\r\na=setup:passive\r\n");
        assert_eq!(role.for_the_crate(&SessionDescription::answer(told)).sdp, made);
    }
}
