//! The files of the page, and what is said about them in headers.

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::middleware::map_response;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

/// What the page may do, and nothing else. A script that somebody smuggles in through the chat would not run: there is no
/// script in the HTML, and none is allowed but our own files and the Socket.IO client, which may come from that project's
/// CDN. <https://www.w3.org/TR/CSP3/>
///
/// `ws:` is named beside `'self'` because not every browser counts a WebSocket to the same server as `'self'`.
const POLICY: &str = "default-src 'none'; script-src 'self' https://cdn.socket.io; style-src 'self'; img-src data:; \
     connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; \
     require-trusted-types-for 'script'";

pub(super) const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// The modules of the page: `chat.js` is the one that the page starts, and imports the others.
const MODULES: [(&str, &str); 6] = [
    ("/chat.js", include_str!("../page/chat.js")),
    ("/connection.js", include_str!("../page/connection.js")),
    ("/resume.js", include_str!("../page/resume.js")),
    ("/log.js", include_str!("../page/log.js")),
    ("/travels.js", include_str!("../page/travels.js")),
    ("/packets.js", include_str!("../page/packets.js")),
];

/// The routes of the page, and of the admin's page if there is one.
pub(super) fn routes(admin: bool) -> Router {
    let router = Router::new()
        .route("/", get(async || Html(include_str!("../page/index.html"))))
        .route("/style.css", get(async || typed("text/css; charset=utf-8", include_str!("../page/style.css"))));
    let router = MODULES
        .into_iter()
        .fold(router, |router, (path, content)| router.route(path, get(async move || typed(JAVASCRIPT, content))));
    let router = if admin {
        let admin = ("/admin.js", include_str!("../page/admin.js"));
        router
            .route("/admin", get(async || Html(include_str!("../page/admin.html"))))
            .route(admin.0, get(async move || typed(JAVASCRIPT, admin.1)))
    } else {
        let off = "there is no admin page: start the server with --admin-token TOKEN\n";
        router.route("/admin", get(async move || (StatusCode::NOT_FOUND, off)))
    };
    router.layer(map_response(headers))
}

fn typed(content_type: &'static str, content: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, content_type)], content)
}

/// What every response says about itself.
pub(super) async fn headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    // The type is what we say it is: a browser does not guess a script into it.
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
