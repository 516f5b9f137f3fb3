//! ICE candidates: the addresses at which a side can perhaps be reached.

use serde::{Deserialize, Serialize};

/// A candidate, the JSON of the W3C [`RTCIceCandidateInit`](https://www.w3.org/TR/webrtc/#dom-rtcicecandidateinit).
///
/// The end of the candidates is not a candidate but a JSON `null`, as in `onicecandidate`: `Option<IceCandidate>`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IceCandidate {
    /// The candidate line without `a=` (RFC 8839, section 5.1). Empty says: no more of this generation.
    pub candidate: String,
    /// The identification tag of the media section it belongs to.
    pub sdp_mid: Option<String>,
    /// The index of that media section, counted from zero.
    #[serde(rename = "sdpMLineIndex")]
    pub sdp_m_line_index: Option<u16>,
    /// Which generation of ICE credentials it was gathered for. A candidate of an earlier negotiation is known by it.
    pub username_fragment: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn the_field_names_are_those_of_the_browser() {
        let candidate = IceCandidate {
            candidate: "candidate:1 1 udp 2130706431 127.0.0.1 5000 typ host".into(),
            sdp_mid: Some("0".into()),
            sdp_m_line_index: Some(0),
            username_fragment: Some("EsAw".into()),
        };
        let json = json!({
            "candidate": "candidate:1 1 udp 2130706431 127.0.0.1 5000 typ host",
            "sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": "EsAw",
        });
        assert_eq!(serde_json::to_value(&candidate).unwrap(), json);
        assert_eq!(serde_json::from_value::<IceCandidate>(json).unwrap(), candidate);
    }

    #[test]
    fn only_the_candidate_line_is_required_and_unknown_fields_are_ignored() {
        let bare = serde_json::from_value::<IceCandidate>(json!({"candidate": "", "address": "127.0.0.1"})).unwrap();
        assert_eq!(bare, IceCandidate::default());
        assert!(serde_json::from_value::<IceCandidate>(json!({"sdpMid": "0"})).is_err());
    }

    proptest! {
        #[test]
        fn any_candidate_survives_json(candidate in any::<String>(), mid in any::<Option<String>>(),
            index in any::<Option<u16>>(), ufrag in any::<Option<String>>()) {
            let before = IceCandidate { candidate, sdp_mid: mid, sdp_m_line_index: index, username_fragment: ufrag };
            let json = serde_json::to_string(&before).unwrap();
            prop_assert_eq!(serde_json::from_str::<IceCandidate>(&json).unwrap(), before);
        }
    }
}
