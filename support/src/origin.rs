//! Which pages may talk to a server.
//!
//! A browser lets *every* page open a WebSocket to *every* server, and sends the cookies of that server along: the same
//! origin policy does not apply, and the server has to look at `Origin` itself (RFC 6455, section 10.2). Otherwise any
//! page that knows the name of a room can watch the people in it.
//!
//! A page of this very server is welcome, and so are those that were named. Programs that are no browsers send no
//! `Origin`, or whatever they like: this protects people with a browser, not the server.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, HOST, HeaderMap,
    HeaderName, HeaderValue, ORIGIN, VARY,
};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::warn;

/// How many origins are named in the log in this time: nobody is to fill it.
const MOST_NAMED: usize = 20;
const NAMED_AGAIN: Duration = Duration::from_secs(600);
/// The longest origin that is shown.
const MOST_SHOWN: usize = 100;

/// The pages that may talk to a server, beside its own. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Origins(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    allowed: Vec<String>,
    /// Those that were refused and named in the log, and since when.
    named: Mutex<(Option<Instant>, BTreeSet<String>)>,
}

impl Origins {
    /// Those of `--allow-origin`.
    ///
    /// # Errors
    /// A text that says how an origin is written.
    pub fn new<T: AsRef<str>>(allowed: impl IntoIterator<Item = T>) -> Result<Self, String> {
        let allowed = allowed.into_iter().map(|origin| read(origin.as_ref())).collect::<Result<_, _>>()?;
        Ok(Self(Arc::new(Shared { allowed, named: Mutex::default() })))
    }

    /// Whether the page that sends this may talk to the server.
    ///
    /// # Errors
    /// A text for the one who tried. What to do about it stands in the log, where the owner of the server reads it.
    pub fn check(&self, headers: &HeaderMap) -> Result<(), String> {
        let Some(origin) = headers.get(ORIGIN) else { return Ok(()) };
        let origin = String::from_utf8_lossy(origin.as_bytes()).to_lowercase();
        let host = headers.get(HOST).map(|host| String::from_utf8_lossy(host.as_bytes()).to_lowercase());
        let is_own = authority(&origin)
            .is_some_and(|own| host.as_deref().is_some_and(|host| without_default_port(&origin, host) == own));
        if is_own || self.0.allowed.contains(&normal(&origin)) {
            return Ok(());
        }
        let shown: String = origin.chars().take(MOST_SHOWN).collect();
        self.say_once(&shown, &host.unwrap_or_default());
        Err(format!("pages from {shown:?} may not connect: the server must be started with --allow-origin {shown}\n"))
    }

    fn say_once(&self, origin: &str, host: &str) {
        let (since, named) = &mut *self.0.named.lock().unwrap_or_else(PoisonError::into_inner);
        if since.is_none_or(|since| since.elapsed() > NAMED_AGAIN) {
            (*since, *named) = (Some(Instant::now()), BTreeSet::new());
        }
        if named.len() < MOST_NAMED && named.insert(origin.to_owned()) {
            let host: String = host.chars().take(MOST_SHOWN).collect();
            warn!(
                "refused a page from {origin:?}, which is not this server ({host:?}): if it is yours, or a proxy in front of \
                 the server rewrites Host, start the server with --allow-origin {origin:?}"
            );
        }
    }
}

/// `scheme://host:port`, as browsers write it.
fn read(origin: &str) -> Result<String, String> {
    let wrong =
        || format!("{origin:?} is no origin: write scheme://host or scheme://host:port, like https://example.org");
    let lower = origin.to_lowercase();
    let lower = lower.trim_end_matches('/');
    let host = authority(lower).ok_or_else(wrong)?;
    let is_host = !host.is_empty() && !host.contains(['/', '?', '#', '@', '*', ' ']);
    if is_host { Ok(normal(lower)) } else { Err(wrong()) }
}

/// The same without the port that the scheme implies.
fn normal(origin: &str) -> String {
    match origin.split_once("://") {
        Some((scheme, host)) => format!("{scheme}://{}", without_default_port(origin, host)),
        None => origin.to_owned(),
    }
}

fn authority(origin: &str) -> Option<&str> {
    origin.split_once("://").map(|(_, host)| without_default_port(origin, host))
}

fn without_default_port<'host>(origin: &str, host: &'host str) -> &'host str {
    let default = if origin.starts_with("https:") { ":443" } else { ":80" };
    host.strip_suffix(default).unwrap_or(host)
}

/// Goes before what only known pages may use. To those that were named it answers as CORS wants it
/// (<https://fetch.spec.whatwg.org/#http-cors-protocol>), so that a page on another port can also poll.
pub async fn guard(State(origins): State<Origins>, request: Request, next: Next) -> Response {
    if let Err(message) = origins.check(request.headers()) {
        return (StatusCode::FORBIDDEN, message).into_response();
    }
    let origin = request.headers().get(ORIGIN).cloned();
    let is_preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key("access-control-request-method");
    let mut response = if is_preflight { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    if let Some(origin) = origin {
        let mut set = |name: HeaderName, value: HeaderValue| response.headers_mut().insert(name, value);
        set(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        set(VARY, HeaderValue::from_static("origin"));
        if is_preflight {
            set(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
            set(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(origin: &'static str, host: &'static str, allowed: &[&str]) -> bool {
        let headers = [(ORIGIN, origin), (HOST, host)].map(|(name, value)| (name, HeaderValue::from_static(value)));
        Origins::new(allowed).unwrap().check(&HeaderMap::from_iter(headers)).is_ok()
    }

    #[test]
    fn a_page_of_this_server_may_connect_and_others_only_when_named() {
        assert!(allowed("http://localhost:3001", "localhost:3001", &[]));
        assert!(allowed("http://LOCALHOST:3001", "localhost:3001", &[]));
        assert!(allowed("http://[::1]:3001", "[::1]:3001", &[]));
        assert!(allowed("https://chat.example", "chat.example", &[]), "a proxy may speak TLS for us");
        assert!(allowed("https://chat.example", "chat.example:443", &[]), "the port of the scheme need not be said");
        assert!(allowed("http://chat.example:80", "chat.example", &[]));
        assert!(allowed("https://friend.example", "chat.example", &["https://friend.example"]));
        assert!(allowed("https://friend.example", "chat.example", &["https://Friend.example:443/"]));
        for stranger in
            ["http://evil.example", "http://localhost:3000", "null", "", "localhost:3001", "http://localhost"]
        {
            assert!(!allowed(stranger, "localhost:3001", &["https://friend.example"]), "{stranger}");
        }
        assert!(!allowed("https://localhost:80", "localhost", &[]), "80 is not the port of https");
        assert!(Origins::default().check(&HeaderMap::new()).is_ok(), "a program is no page");
    }

    #[test]
    fn what_is_no_origin_is_refused_with_an_example() {
        for wrong in ["", "*", "example.org", "https://", "https://a/b", "https://*.example.org", "https://a b"] {
            let error = Origins::new([wrong]).unwrap_err();
            assert!(error.contains("https://example.org"), "{wrong}: {error}");
        }
    }
}
