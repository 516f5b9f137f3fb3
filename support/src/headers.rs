//! The headers of every response of a page.

use std::future::{Ready, ready};

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::Response;

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
