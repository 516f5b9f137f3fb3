//! The files of the page, and what is said about them in headers.

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html, IntoResponse};
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

#[cfg(test)]
mod tests {
    use crate::server::Limits;

    #[test]
    fn the_page_knows_how_much_the_server_takes() {
        assert!(include_str!("../page/chat.js").contains("const LONGEST = 16 * 1024;"));
        assert_eq!(Limits::default().max_message_bytes, 16 * 1024);
    }
}
