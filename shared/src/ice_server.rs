//! A STUN or TURN server, exactly the JSON of the W3C `RTCIceServer`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where a peer connection finds its candidates that are not addresses of its own machine
/// ([`RTCIceServer`](https://www.w3.org/TR/webrtc/#dom-rtciceserver)).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IceServer {
    /// `stun:host:port` (RFC 7064), `turn:host:port?transport=udp` (RFC 7065).
    pub urls: Vec<String>,
    /// For TURN.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub username: String,
    /// For TURN: the password. It is left out where a server is printed for people or into a log.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub credential: String,
}

impl IceServer {
    /// A server that asks for no password.
    pub fn new(url: impl Into<String>) -> Self {
        Self { urls: vec![url.into()], ..Self::default() }
    }

    /// Whether this server relays, so that it makes candidates of the type `relay`.
    pub fn is_turn(&self) -> bool {
        self.urls.iter().any(|url| url.starts_with("turn"))
    }
}

impl fmt::Debug for IceServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.urls.join(", "))?;
        if self.username.is_empty() { Ok(()) } else { write!(f, " as {}", self.username) }
    }
}

/// The servers as a peer connection takes them: this object can be handed to `new RTCPeerConnection` as it is
/// ([`RTCConfiguration`](https://www.w3.org/TR/webrtc/#dom-rtcconfiguration)).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IceServers {
    /// In the order in which they are named.
    pub ice_servers: Vec<IceServer>,
}

/// Why a text is not the URL of an ICE server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IceUrlError {
    /// Another scheme, or none.
    #[error("it begins with none of stun:, stuns:, turn: and turns:")]
    Scheme,
    /// `stun://host` is a frequent mistake.
    #[error("an ICE server has no slashes: write it like stun:host:3478")]
    Slashes,
    /// No host, or letters that no host has.
    #[error("its host is missing or not usable: write it like stun:host:3478")]
    Host,
    /// Not a number from 1 to 65535.
    #[error("its port is not a number from 1 to 65535")]
    Port,
    /// Something else than `?transport=udp` or `tcp`, or that of a STUN server.
    #[error("only a TURN server has a query, and only ?transport=udp or ?transport=tcp")]
    Query,
    /// Only a TURN server asks for a password.
    #[error("a STUN server asks for no password")]
    Password,
    /// A name without a password.
    #[error("its name has no password: write it like turn:name:password@host:3478")]
    NoPassword,
}

/// Reads `stun:host:port`, and `turn:name:password@host:port`, in which the part before the `@` becomes the credential. The
/// W3C gives the credential beside the URL; on a command line one text is easier to repeat.
impl FromStr for IceServer {
    type Err = IceUrlError;

    fn from_str(text: &str) -> Result<Self, IceUrlError> {
        let (scheme, rest) = split_scheme(text)?;
        // From the right: a password may have an `@` in it.
        let (who, place) = match rest.rsplit_once('@') {
            Some((who, place)) => (Some(who), place),
            None => (None, rest),
        };
        let url = format!("{scheme}:{place}");
        let is_turn = url.parse::<IceUrl>()?.is_turn;
        let (username, credential) = match who {
            None => ("", ""),
            Some(_) if !is_turn => return Err(IceUrlError::Password),
            Some(who) => who.split_once(':').ok_or(IceUrlError::NoPassword)?,
        };
        Ok(Self { urls: vec![url], username: username.to_owned(), credential: credential.to_owned() })
    }
}

/// What the URL of a server says (RFC 7064, RFC 7065).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IceUrl {
    /// It is to relay (`turn:`, `turns:`).
    pub is_turn: bool,
    /// A name or an address, without the brackets of an IPv6 address.
    pub host: String,
    /// What stands there, or else the usual port: 3478, or 5349 with TLS.
    pub port: u16,
    /// How the server is reached.
    pub transport: Transport,
}

/// How an ICE server is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// UDP, as nearly always. A headless peer has no other.
    Udp,
    /// `?transport=tcp`.
    Tcp,
    /// TLS, or DTLS: `stuns:` and `turns:`.
    Tls,
}

impl FromStr for IceUrl {
    type Err = IceUrlError;

    fn from_str(url: &str) -> Result<Self, IceUrlError> {
        let (scheme, place) = split_scheme(url)?;
        let is_turn = scheme.starts_with("turn");
        let (address, query) = match place.split_once('?') {
            Some((address, query)) => (address, Some(query)),
            None => (place, None),
        };
        let transport = match query {
            Some(_) if !is_turn => return Err(IceUrlError::Query),
            None | Some("transport=udp" | "transport=tcp") if scheme.ends_with('s') => Transport::Tls,
            None | Some("transport=udp") => Transport::Udp,
            Some("transport=tcp") => Transport::Tcp,
            Some(_) => return Err(IceUrlError::Query),
        };
        let (host, port) = split_address(address)?;
        let usual = if transport == Transport::Tls { 5349 } else { 3478 };
        Ok(Self { is_turn, host: host.to_owned(), port: port.unwrap_or(usual), transport })
    }
}

/// The scheme and what follows it.
fn split_scheme(text: &str) -> Result<(&str, &str), IceUrlError> {
    match text.split_once(':').ok_or(IceUrlError::Scheme)? {
        ("stun" | "stuns" | "turn" | "turns", rest) if rest.starts_with("//") => Err(IceUrlError::Slashes),
        (scheme @ ("stun" | "stuns" | "turn" | "turns"), rest) => Ok((scheme, rest)),
        _ => Err(IceUrlError::Scheme),
    }
}

/// Host and port of `host`, `host:port`, `[address]` or `[address]:port`.
fn split_address(address: &str) -> Result<(&str, Option<u16>), IceUrlError> {
    let (host, port) = match address.strip_prefix('[').map(|inside| inside.split_once(']')) {
        Some(Some((host, ""))) => (host, None),
        Some(Some((host, rest))) => (host, Some(rest.strip_prefix(':').ok_or(IceUrlError::Host)?)),
        Some(None) => return Err(IceUrlError::Host),
        None => match address.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (address, None),
        },
    };
    let is_literal = address.starts_with('[');
    let fits = |letter: char| match letter {
        ':' => is_literal,
        '-' | '.' | '_' => true,
        letter => letter.is_ascii_alphanumeric(),
    };
    // No name is longer (RFC 1035, section 2.3.4), and no address.
    if host.is_empty() || host.len() > 253 || !host.chars().all(fits) {
        return Err(IceUrlError::Host);
    }
    match port.map(str::parse::<u16>) {
        None => Ok((host, None)),
        Some(Ok(port @ 1..)) => Ok((host, Some(port))),
        Some(_) => Err(IceUrlError::Port),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_json_is_that_of_the_w3c() {
        let stun = IceServer::new("stun:203.0.113.1:3478");
        assert_eq!(serde_json::to_value(&stun).unwrap(), json!({"urls": ["stun:203.0.113.1:3478"]}));
        let turn: IceServer = "turn:ann:p@ss:word@[2001:db8::1]:3478?transport=udp".parse().unwrap();
        let expected =
            json!({"urls": ["turn:[2001:db8::1]:3478?transport=udp"], "username": "ann", "credential": "p@ss:word"});
        assert_eq!(serde_json::to_value(&turn).unwrap(), expected);
        assert_eq!(serde_json::from_value::<IceServer>(expected).unwrap(), turn);
        assert!(turn.is_turn() && !stun.is_turn());
    }

    #[test]
    fn a_password_is_not_printed() {
        let turn: IceServer = "turn:ann:secret@host".parse().unwrap();
        assert_eq!(format!("{turn:?}"), "turn:host as ann");
    }

    #[test]
    fn what_is_no_url_is_refused_with_a_reason() {
        let too_long = format!("stun:{}", "x".repeat(254));
        for (text, error) in [
            (too_long.as_str(), IceUrlError::Host),
            ("", IceUrlError::Scheme),
            ("http:host", IceUrlError::Scheme),
            ("stun.example.org", IceUrlError::Scheme),
            ("stun://host", IceUrlError::Slashes),
            ("stun:", IceUrlError::Host),
            ("stun:ho st", IceUrlError::Host),
            ("stun:[2001:db8::1", IceUrlError::Host),
            ("stun:[2001:db8::1]3478", IceUrlError::Host),
            ("stun:host/path", IceUrlError::Host),
            ("stun:host:0", IceUrlError::Port),
            ("stun:host:99999", IceUrlError::Port),
            ("stun:2001:db8::1", IceUrlError::Port),
            ("stun:host?transport=udp", IceUrlError::Query),
            ("turn:host?transport=sctp", IceUrlError::Query),
            ("stun:ann:secret@host", IceUrlError::Password),
            ("turn:ann@host", IceUrlError::NoPassword),
        ] {
            assert_eq!(text.parse::<IceServer>(), Err(error), "{text}");
        }
    }

    #[test]
    fn a_url_says_where_a_server_is_and_how_it_is_reached() {
        for (url, is_turn, host, port, transport) in [
            ("stun:host", false, "host", 3478, Transport::Udp),
            ("stun:192.0.2.7:3479", false, "192.0.2.7", 3479, Transport::Udp),
            ("stuns:host", false, "host", 5349, Transport::Tls),
            ("turn:host?transport=udp", true, "host", 3478, Transport::Udp),
            ("turn:host?transport=tcp", true, "host", 3478, Transport::Tcp),
            ("turns:host?transport=tcp", true, "host", 5349, Transport::Tls),
            ("turns:host:443?transport=udp", true, "host", 443, Transport::Tls),
            ("turn:[2001:db8::7]:3479?transport=udp", true, "2001:db8::7", 3479, Transport::Udp),
            ("turn:[2001:db8::7]", true, "2001:db8::7", 3478, Transport::Udp),
        ] {
            let expected = IceUrl { is_turn, host: host.to_owned(), port, transport };
            assert_eq!(url.parse(), Ok(expected), "{url}");
        }
    }
}
