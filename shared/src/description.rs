//! Offer and answer.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a description is for ([`RTCSdpType`](https://www.w3.org/TR/webrtc/#rtcsdptype)).
///
/// The W3C also knows `pranswer` and `rollback`. Neither travels in this course: one side offers, the other answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SdpType {
    /// What A proposes.
    Offer,
    /// What B accepts of it.
    Answer,
}

impl fmt::Display for SdpType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// A session description, the JSON `{type, sdp}` of the W3C
/// [`RTCSessionDescriptionInit`](https://www.w3.org/TR/webrtc/#dom-rtcsessiondescriptioninit).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionDescription {
    /// Offer or answer.
    #[serde(rename = "type")]
    pub sdp_type: SdpType,
    /// The text of the Session Description Protocol (RFC 8866).
    pub sdp: String,
}

impl SessionDescription {
    /// The largest description that the server relays, in bytes of JSON. A call of two needs 2 to 10 kB.
    pub const MAX_BYTES: usize = 256 * 1024;

    /// An offer with this SDP.
    pub fn offer(sdp: impl Into<String>) -> Self {
        Self { sdp_type: SdpType::Offer, sdp: sdp.into() }
    }

    /// An answer with this SDP.
    pub fn answer(sdp: impl Into<String>) -> Self {
        Self { sdp_type: SdpType::Answer, sdp: sdp.into() }
    }

    /// The session id: the number that a peer connection chose for itself at random and keeps for its life.
    ///
    /// It stands in the origin line, `o=<username> <sess-id> <sess-version> ...` (RFC 8866, section 5.2), and RFC 8829,
    /// section 5.2.1, wants 64 random bits there. Two offers with different ids come from different peer connections,
    /// which is how a new negotiation is told from an old one.
    pub fn session_id(&self) -> Option<&str> {
        self.origin()?.split(' ').nth(1)
    }

    /// Which of the descriptions of one peer connection this is: the session id and the version, which grows with each of
    /// them, as they stand in the origin line.
    pub fn version(&self) -> Option<&str> {
        let (_, ids) = self.origin()?.split_once(' ')?;
        let (end, _) = ids.match_indices(' ').nth(1)?;
        Some(&ids[..end])
    }

    /// The ICE username fragments in this description (`a=ice-ufrag:`, RFC 8839, section 5.4).
    ///
    /// One for the whole session or one for each media section; a bundled call repeats the same one.
    pub fn ice_ufrags(&self) -> impl Iterator<Item = &str> {
        self.lines().filter_map(|line| line.strip_prefix("a=ice-ufrag:"))
    }

    /// The identification tag of the first media section (`a=mid:`, RFC 5888), where a bundled call's candidates belong.
    pub fn first_mid(&self) -> Option<&str> {
        self.lines().find_map(|line| line.strip_prefix("a=mid:"))
    }

    /// Whether the side that made it will send sound or picture: in some media section the direction is `sendrecv`, which
    /// is also what none means, or `sendonly` (RFC 8866, section 6.7), and its port is not 0, which refuses it.
    pub fn promises_media(&self) -> bool {
        let mut promises = false;
        let mut section = false;
        for line in self.lines() {
            if let Some(media) = line.strip_prefix("m=") {
                promises |= section;
                let mut words = media.split_ascii_whitespace();
                section = matches!(words.next(), Some("audio" | "video")) && words.next() != Some("0");
            } else if matches!(line, "a=recvonly" | "a=inactive") {
                section = false;
            }
        }
        promises || section
    }

    /// What stands in the origin line. Its words are separated by one space each.
    fn origin(&self) -> Option<&str> {
        self.lines().find_map(|line| line.strip_prefix("o="))
    }

    fn lines(&self) -> impl Iterator<Item = &str> {
        self.sdp.lines().map(str::trim_end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SDP: &str = "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n\
        a=ice-ufrag:EsAw\r\na=mid:0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=ice-ufrag:EsAw\r\na=mid:1\r\n";

    #[test]
    fn the_lines_that_tell_negotiations_apart_are_found() {
        let offer = SessionDescription::offer(SDP);
        assert_eq!(offer.session_id(), Some("4611731400430051336"));
        assert_eq!(offer.version(), Some("4611731400430051336 2"));
        assert_eq!(SessionDescription::offer("o=- 1 2").version(), None);
        assert_eq!(offer.ice_ufrags().collect::<Vec<_>>(), ["EsAw", "EsAw"]);
        assert_eq!(offer.first_mid(), Some("0"));
        assert_eq!(SessionDescription::answer("").session_id(), None);
    }

    #[test]
    fn a_version_begins_with_its_session_id_however_the_line_is_written() {
        for line in ["o=- 1 2 IN", "o=-  1 2 IN", "o=-\t1 2 3 4", "o=a 1\t2 3 IN"] {
            let offer = SessionDescription::offer(line);
            let (session, version) = (offer.session_id().unwrap(), offer.version().unwrap());
            assert!(version.starts_with(&format!("{session} ")), "{line:?}: {version:?} of {session:?}");
        }
    }

    #[test]
    fn media_is_promised_by_a_direction() {
        for (sections, promised) in [
            ("m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=sendrecv\r\n", true),
            ("m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n", true),
            ("m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=recvonly\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=sendonly\r\n", true),
            (
                "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=recvonly\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=inactive\r\n",
                false,
            ),
            ("m=video 0 UDP/TLS/RTP/SAVPF 96\r\na=sendrecv\r\n", false),
            ("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n", false),
            ("", false),
        ] {
            let description = SessionDescription::offer(format!("v=0\r\n{sections}"));
            assert_eq!(description.promises_media(), promised, "{sections}");
        }
    }

    #[test]
    fn unknown_fields_are_ignored_and_unknown_types_are_named() {
        let json = r#"{"type": "answer", "sdp": "v=0", "new in 2030": 1}"#;
        assert_eq!(serde_json::from_str::<SessionDescription>(json).unwrap(), SessionDescription::answer("v=0"));
        let error = serde_json::from_str::<SessionDescription>(r#"{"type": "pranswer", "sdp": ""}"#).unwrap_err();
        assert!(error.to_string().contains("pranswer"), "{error}");
    }

    proptest! {
        #[test]
        fn any_description_survives_json_and_any_text_can_be_searched(sdp in any::<String>()) {
            let description = SessionDescription::offer(sdp);
            let json = serde_json::to_string(&description).unwrap();
            prop_assert_eq!(&serde_json::from_str::<SessionDescription>(&json).unwrap(), &description);
            let _ = (description.session_id(), description.version(), description.ice_ufrags().count(), description.first_mid());
        }
    }
}
