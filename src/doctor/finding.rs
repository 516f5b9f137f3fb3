//! What was found out about a server, in words: what it does, or what is wrong and what to do about it.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use shared::ice_server::IceUrlError;

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

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reflexive { address, took } => write!(f, "sees this machine as {address} ({})", milliseconds(*took)),
            Self::Relayed { address, took } => write!(f, "relays at {address} ({})", milliseconds(*took)),
            Self::NotOverUdp => f.write_str("not tested: only UDP is spoken here; test it in a browser, on the page"),
            Self::NoUrl(error) => write!(f, "no URL of a server: {error}"),
            Self::NoSuchHost(reason) => write!(f, "no such host: {reason}: is the name right, and does DNS work?"),
            Self::NoNetwork(reason) => write!(f, "cannot send there: {reason}: is there a network?"),
            Self::NobodyListens => f.write_str("nobody listens on this port: is the server running, is the port right?"),
            Self::Silent => write!(
                f,
                "no answer in {} s: is the server running, is the port right, does a firewall let UDP through?",
                PATIENCE.as_secs()
            ),
            Self::NotStun => f.write_str("what answers is no STUN server: is the port right?"),
            Self::DoesNotRelay => f.write_str("answers STUN and does not relay: start it with --turn"),
            Self::NoPassword => f.write_str("wants a password: write turn:name:password@host:3478"),
            Self::WrongPassword => f.write_str(
                "wrong name or password (401): compare them, or the secret of both servers (--turn-secret), with the server's",
            ),
            Self::Expired(ago) => write!(
                f,
                "the password expired {} s ago (401): join again for a fresh one; is the clock right?",
                ago.as_secs()
            ),
            Self::Refused(code) => write!(f, "refuses with {code}, {}", meaning(*code)),
            Self::Strange => f.write_str("answers what TURN does not allow for: is it a TURN server that asks for a password?"),
        }
    }
}

/// What a refusal means, and what to do.
fn meaning(code: u16) -> &'static str {
    match code {
        400 => "bad request: is it a TURN server of RFC 8656?",
        403 => "forbidden: the server allows no relay for this name or from here: look into its settings",
        420 => "unknown attribute: the server is too old, update it",
        437 => "allocation mismatch: an old allocation is in the way, try again in ten minutes",
        438 => "stale nonce, again and again: look into the log of the server",
        440 => "address family: it has no relay of this kind of address (IPv4 or IPv6)",
        441 => "wrong credentials: the allocation belongs to another name",
        442 => "no relay over UDP: look into its settings",
        486 => "allocation quota reached: this name has too many relays at once, hang up other calls",
        500 => "server error: look into the log of the server",
        508 => "insufficient capacity: no port is free for a relay, give the server more ports or try later",
        _ => "which this program does not know: look into the log of the server",
    }
}

/// A fast answer is not 0 ms.
fn milliseconds(took: Duration) -> String {
    format!("{:.1} ms", took.as_secs_f64() * 1000.0)
}
