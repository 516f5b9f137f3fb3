//! The files of the page, and what is said about them in headers.

use std::future::{Ready, ready};

use axum::Router;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

/// What the page may do, and nothing else. A script that somebody smuggles in through the chat would not run: there is no
/// script in the HTML, and none is allowed. <https://www.w3.org/TR/CSP3/>
///
/// `ws:` is named beside `'self'` because not every browser counts a WebSocket to the same server as `'self'`.
pub(super) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self' ws: wss:; \
     frame-ancestors 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'";

/// The routes of the page.
pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/", get(async || Html(include_str!("../page/index.html"))))
        .route("/style.css", get(async || typed("text/css; charset=utf-8", include_str!("../page/style.css"))))
        .route("/chat.js", get(async || typed("text/javascript; charset=utf-8", include_str!("../page/chat.js"))))
}

fn typed(content_type: &'static str, content: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, content_type)], content)
}

/// What every response of a page says about itself, for [`map_response`](axum::middleware::map_response). `policy` is what
/// the page may do. The pages of all chapters have these headers.
pub fn headers(policy: &'static str) -> impl Fn(Response) -> Ready<Response> + Clone + Send + Sync + 'static {
    move |mut response| {
        let headers = response.headers_mut();
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
        // The type is what we say it is: a browser does not guess a script into it.
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        // The address of a page may name a room. Nobody else needs to know.
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        // The next build must not meet half of the last one in a cache.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        ready(response)
    }
}
