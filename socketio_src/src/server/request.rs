//! What is kept of a request.
//!
//! A connection begins with an HTTP request, and socketioxide keeps that for as long as the connection lives, in case
//! somebody asks for it. Its headers and its path are slices of the buffer that hyper has read them into. So each
//! connection would keep those 8 kB, for one line of text. Here that line is copied, and the rest is let go.

use axum::extract::Request;
use axum::http::header::{CONNECTION, CONTENT_TYPE, HOST, HeaderMap, HeaderValue, SEC_WEBSOCKET_KEY, UPGRADE};

/// The headers that are read further on. (`Host` by the server of chapter 3.)
const NEEDED: [axum::http::HeaderName; 5] = [CONNECTION, CONTENT_TYPE, HOST, SEC_WEBSOCKET_KEY, UPGRADE];

/// The same request, in memory of its own.
pub async fn without_its_buffer(mut request: Request) -> Request {
    let mut headers = HeaderMap::with_capacity(NEEDED.len());
    for name in NEEDED {
        if let Some(Ok(value)) = request.headers().get(&name).map(|value| HeaderValue::from_bytes(value.as_bytes())) {
            headers.insert(name, value);
        }
    }
    *request.headers_mut() = headers;
    if let Ok(uri) = request.uri().to_string().parse() {
        *request.uri_mut() = uri;
    }
    request
}
