//! What the caller can choose.

use std::time::Duration;

use serde_json::Value;

use super::backoff::Backoff;
use super::error::OptionsError;

/// Where to connect, and how. Change single fields of [`Options::new`]:
///
/// ```
/// # use socketio_src::client::Options;
/// # use serde_json::json;
/// let options = Options { auth: Some(json!({ "token": "abc" })), ..Options::new("http://127.0.0.1:3000") };
/// ```
#[derive(Debug, Clone)]
pub struct Options {
    /// The server, as `http://host:port`; `https`, `ws` and `wss` work too.
    pub url: String,
    /// Where the server listens for Socket.IO. Default: `/socket.io/`, as everywhere.
    pub path: String,
    /// The namespace to join, starting with `/`. Default: `/`.
    pub namespace: String,
    /// What the server is told at every (re)connection, as a JSON object. Default: nothing.
    pub auth: Option<Value>,
    /// The waits between two tries. Default: 0.5 s, doubling up to 5 s, give or take a half.
    pub backoff: Backoff,
    /// How long connecting and both handshakes together may take. Default: 10 s.
    pub handshake_timeout: Duration,
    /// How long closing may take before the connection is simply dropped. Default: 2 s.
    pub close_timeout: Duration,
    /// How many outgoing packets may wait. Default: 256.
    pub outgoing_queue: usize,
    /// How many events may wait for the caller. Default: 1024.
    pub event_queue: usize,
}

impl Options {
    /// The defaults, for one server.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            path: "/socket.io/".to_owned(),
            namespace: "/".to_owned(),
            auth: None,
            backoff: Backoff::default(),
            handshake_timeout: Duration::from_secs(10),
            close_timeout: Duration::from_secs(2),
            outgoing_queue: 256,
            event_queue: 1024,
        }
    }

    /// The address of the WebSocket: `EIO=4` names the protocol version, `transport` skips HTTP long-polling.
    ///
    /// # Errors
    /// [`OptionsError::BadUrl`] when the URL is not a server's address.
    pub fn websocket_url(&self) -> Result<String, OptionsError> {
        let bad_url = || OptionsError::BadUrl { url: self.url.clone() };
        let (scheme, rest) = self.url.split_once(':').ok_or_else(bad_url)?;
        let rest = rest.strip_prefix("//").ok_or_else(bad_url)?;
        let scheme = match scheme {
            "http" | "ws" => "ws",
            "https" | "wss" => "wss",
            _ => return Err(bad_url()),
        };
        let host = rest.trim_end_matches('/');
        if host.is_empty() || host.contains(['/', '?', '#', ' ']) {
            return Err(bad_url());
        }
        let path = self.path.trim_matches('/');
        Ok(format!("{scheme}://{host}/{path}/?EIO=4&transport=websocket"))
    }

    /// What would make every server hang up, found before one is asked.
    ///
    /// # Errors
    /// [`OptionsError`] when the namespace or the auth payload cannot be written in a CONNECT packet.
    pub fn check(&self) -> Result<(), OptionsError> {
        // A comma ends the namespace in a packet, so it cannot be part of one.
        if !self.namespace.starts_with('/') || self.namespace.contains(',') {
            return Err(OptionsError::BadNamespace { namespace: self.namespace.clone() });
        }
        match &self.auth {
            Some(auth) if !auth.is_object() => Err(OptionsError::BadAuth),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scheme_becomes_a_websocket_url() {
        for (url, expected) in [
            ("http://127.0.0.1:3000", "ws://127.0.0.1:3000/socket.io/?EIO=4&transport=websocket"),
            ("http://localhost/", "ws://localhost/socket.io/?EIO=4&transport=websocket"),
            ("ws://[::1]:80", "ws://[::1]:80/socket.io/?EIO=4&transport=websocket"),
            ("https://example.org", "wss://example.org/socket.io/?EIO=4&transport=websocket"),
            ("wss://example.org", "wss://example.org/socket.io/?EIO=4&transport=websocket"),
        ] {
            assert_eq!(Options::new(url).websocket_url().unwrap(), expected);
        }
    }

    #[test]
    fn a_path_may_be_written_with_or_without_slashes() {
        for path in ["chat", "/chat", "/chat/"] {
            let options = Options { path: path.to_owned(), ..Options::new("http://h") };
            assert_eq!(options.websocket_url().unwrap(), "ws://h/chat/?EIO=4&transport=websocket");
        }
    }

    #[test]
    fn what_is_not_a_server_address_is_refused_with_a_hint() {
        for url in ["", "127.0.0.1:3000", "ftp://host", "http://", "http://host/admin", "http://host?x=1"] {
            let error = Options::new(url).websocket_url().unwrap_err();
            assert_eq!(error, OptionsError::BadUrl { url: url.to_owned() });
            assert!(error.to_string().contains("http://host:port"));
        }
    }

    #[test]
    fn a_namespace_that_no_packet_can_hold_is_refused() {
        for namespace in ["", "admin", "/a,b"] {
            let options = Options { namespace: namespace.to_owned(), ..Options::new("http://host") };
            let expected = OptionsError::BadNamespace { namespace: namespace.to_owned() };
            assert_eq!(options.check(), Err(expected));
        }
    }

    #[test]
    fn an_auth_payload_that_is_no_object_is_refused() {
        for (auth, expected) in [
            (None, Ok(())),
            (Some(serde_json::json!({})), Ok(())),
            (Some(serde_json::json!("token")), Err(OptionsError::BadAuth)),
            (Some(serde_json::json!(["token"])), Err(OptionsError::BadAuth)),
        ] {
            assert_eq!(Options { auth, ..Options::new("http://host") }.check(), expected);
        }
    }
}
