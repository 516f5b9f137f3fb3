//! The four state machines of a peer connection, in the words of the W3C.

/// An enum whose variants have the names that the W3C gives them on the wire and in events.
macro_rules! w3c_states {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant,)+ }

        impl $name {
            /// The name as the W3C spells it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The state of this name, if there is one.
            pub fn from_w3c(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

w3c_states! {
    /// Offer and answer ([`RTCSignalingState`](https://www.w3.org/TR/webrtc/#rtcsignalingstate-enum)).
    SignalingState {
        /// Nothing is being negotiated.
        Stable = "stable",
        /// Our offer is out.
        HaveLocalOffer = "have-local-offer",
        /// Their offer is in.
        HaveRemoteOffer = "have-remote-offer",
        /// Our provisional answer is out.
        HaveLocalPranswer = "have-local-pranswer",
        /// Their provisional answer is in.
        HaveRemotePranswer = "have-remote-pranswer",
        /// Over.
        Closed = "closed",
    }
}

w3c_states! {
    /// The search for own addresses ([`RTCIceGatheringState`](https://www.w3.org/TR/webrtc/#rtcicegatheringstate-enum)).
    IceGatheringState {
        /// Not begun.
        New = "new",
        /// Candidates are being gathered.
        Gathering = "gathering",
        /// All are known.
        Complete = "complete",
    }
}

w3c_states! {
    /// The search for a path ([`RTCIceConnectionState`](https://www.w3.org/TR/webrtc/#rtciceconnectionstate-enum)).
    IceConnectionState {
        /// Not begun.
        New = "new",
        /// Pairs of candidates are being tried.
        Checking = "checking",
        /// One works.
        Connected = "connected",
        /// The best one is chosen.
        Completed = "completed",
        /// The path has gone silent; it can come back.
        Disconnected = "disconnected",
        /// No pair works.
        Failed = "failed",
        /// Over.
        Closed = "closed",
    }
}

w3c_states! {
    /// ICE and DTLS together ([`RTCPeerConnectionState`](https://www.w3.org/TR/webrtc/#rtcpeerconnectionstate-enum)).
    ConnectionState {
        /// Not begun.
        New = "new",
        /// A path is sought or keys are agreed.
        Connecting = "connecting",
        /// Media can flow.
        Connected = "connected",
        /// The path has gone silent; it can come back.
        Disconnected = "disconnected",
        /// It will not work.
        Failed = "failed",
        /// Over.
        Closed = "closed",
    }
}
