//! What was found out about a server, in words: what it does, or what is wrong and what to do about it.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use shared::ice_server::IceUrlError;

use super::said::Said;
use crate::text::{Language, Text, doctor as texts};

/// How long a server may take to answer.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// What was found out about a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// STUN: the server sees us at this address.
    Reflexive {
        /// XOR-MAPPED-ADDRESS (RFC 8489, section 14.2).
        address: SocketAddr,
        /// From the request to its answer.
        took: Duration,
    },
    /// TURN: the server has lent us this address, and has it back.
    Relayed {
        /// XOR-RELAYED-ADDRESS (RFC 8656, section 18.5).
        address: SocketAddr,
        /// From the request with the password to its answer.
        took: Duration,
    },
    /// It is reached over TCP or TLS, which is not spoken here.
    NotOverUdp,
    /// It is not the URL of an ICE server.
    NoUrl(IceUrlError),
    /// The name has no address. The system says why.
    NoSuchHost(String),
    /// Nothing can be sent there. The system says why.
    NoNetwork(String),
    /// The machine is there, and says that nobody listens on the port.
    NobodyListens,
    /// No answer came.
    Silent,
    /// Something answers that is no STUN server.
    NotStun,
    /// It answers STUN, and not TURN.
    DoesNotRelay,
    /// It wants a password, and there is none to give.
    NoPassword,
    /// It does not accept name and password: 401 to a request that was signed with them (RFC 8489, section 9.2.4).
    WrongPassword,
    /// The same, and the name says that it ended this long ago.
    Expired(Duration),
    /// It refuses with this code (RFC 8489, section 14.8; RFC 8656, section 19).
    Refused(u16),
    /// It answers something that TURN does not allow for.
    Strange,
}

impl Finding {
    /// Whether a call can use this server.
    pub fn is_fine(&self) -> bool {
        matches!(self, Self::Reflexive { .. } | Self::Relayed { .. })
    }

    /// What the system says when a packet cannot be delivered.
    pub(super) fn of_network(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::NobodyListens,
            _ => Self::NoNetwork(error.to_string()),
        }
    }
}

impl Finding {
    /// What is said about it: the words, and the values in their places.
    pub(super) fn said(&self) -> Said {
        match self {
            Self::Reflexive { address, took } => fine(texts::REFLEXIVE, address, *took),
            Self::Relayed { address, took } => fine(texts::RELAYED, address, *took),
            Self::NotOverUdp => Said::note((texts::NOT_OVER_UDP, texts::NOT_OVER_UDP_CURE)),
            Self::NoUrl(error) => Said::fault((texts::NO_URL, texts::NO_URL_CURE)).with(error),
            Self::NoSuchHost(reason) => Said::fault((texts::NO_SUCH_HOST, texts::NO_SUCH_HOST_CURE)).with(reason),
            Self::NoNetwork(reason) => Said::fault((texts::NO_NETWORK, texts::NO_NETWORK_CURE)).with(reason),
            Self::NobodyListens => Said::fault((texts::NOBODY_LISTENS, texts::NOBODY_LISTENS_CURE)),
            Self::Silent => Said::fault((texts::SILENT, texts::SILENT_CURE)).with(PATIENCE.as_secs()),
            Self::NotStun => Said::fault((texts::NOT_STUN, texts::NOT_STUN_CURE)),
            Self::DoesNotRelay => Said::fault((texts::DOES_NOT_RELAY, texts::DOES_NOT_RELAY_CURE)),
            Self::NoPassword => Said::fault((texts::NO_PASSWORD, texts::NO_PASSWORD_CURE)),
            Self::WrongPassword => Said::fault((texts::WRONG_PASSWORD, texts::WRONG_PASSWORD_CURE)),
            Self::Expired(ago) => Said::fault((texts::EXPIRED, texts::EXPIRED_CURE)).with(ago.as_secs()),
            Self::Refused(code) => Said::fault((texts::REFUSED, meaning(*code))).with(code),
            Self::Strange => Said::fault((texts::STRANGE, texts::STRANGE_CURE)),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said().text(Language::English))
    }
}

fn fine(text: Text, address: &SocketAddr, took: Duration) -> Said {
    // A fast answer is not 0 ms.
    Said::fine(text).with(address).with(format!("{:.1} ms", took.as_secs_f64() * 1000.0))
}

/// What a refusal means, and what to do.
fn meaning(code: u16) -> Text {
    match code {
        400 => texts::CODE_400,
        403 => texts::CODE_403,
        420 => texts::CODE_420,
        437 => texts::CODE_437,
        438 => texts::CODE_438,
        440 => texts::CODE_440,
        441 => texts::CODE_441,
        442 => texts::CODE_442,
        486 => texts::CODE_486,
        500 => texts::CODE_500,
        508 => texts::CODE_508,
        _ => texts::REFUSED_CURE,
    }
}
