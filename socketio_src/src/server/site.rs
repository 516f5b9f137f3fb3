//! The files of the page, and what is said about them in headers.

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::map_response;
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use support::headers::headers;

/// What the page may do, and nothing else. A script that somebody smuggles in through the chat would not run: there is no
/// script in the HTML, and none is allowed but our own files and the Socket.IO client, which may come from that project's
/// CDN. <https://www.w3.org/TR/CSP3/>
///
/// `ws:` is named beside `'self'` because not every browser counts a WebSocket to the same server as `'self'`.
pub(super) const POLICY: &str = "default-src 'none'; script-src 'self' https://cdn.socket.io; style-src 'self'; img-src data:; \
     connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; \
     require-trusted-types-for 'script'";

pub(super) const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// The modules of the page: `chat.js` is the one that the page starts, and imports the others. `waiting.js` runs beside it.
const MODULES: [(&str, &str); 7] = [
    ("/chat.js", include_str!("../page/chat.js")),
    ("/connection.js", include_str!("../page/connection.js")),
    ("/resume.js", include_str!("../page/resume.js")),
    ("/log.js", include_str!("../page/log.js")),
    ("/travels.js", include_str!("../page/travels.js")),
    ("/packets.js", include_str!("../page/packets.js")),
    ("/waiting.js", include_str!("../page/waiting.js")),
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
        router
            .route("/admin", get(async || Html(include_str!("../page/admin.html"))))
            .route("/admin.js", get(async || typed(JAVASCRIPT, include_str!("../page/admin.js"))))
    } else {
        let off = "there is no admin page: start the server with --admin-token TOKEN\n";
        router.route("/admin", get(async move || (StatusCode::NOT_FOUND, off)))
    };
    router.layer(map_response(headers(POLICY)))
}

fn typed(content_type: &'static str, content: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, content_type)], content)
}

#[cfg(test)]
mod tests {
    use testing::http;

    use super::*;

    #[tokio::test]
    async fn every_response_says_what_the_page_may_do_and_what_it_is() {
        for (path, content_type) in [
            ("/", "text/html; charset=utf-8"),
            ("/style.css", "text/css; charset=utf-8"),
            ("/chat.js", "text/javascript; charset=utf-8"),
        ] {
            let (head, _) = http::get(routes(false), path).await;
            for header in [
                &format!("content-type: {content_type}"),
                "content-security-policy: default-src 'none'; script-src 'self' https://cdn.socket.io; style-src 'self';",
                "x-content-type-options: nosniff",
                "referrer-policy: no-referrer",
                "cache-control: no-store",
            ] {
                assert!(head.contains(header), "{path}: no {header:?} in {head}");
            }
        }
    }

    #[tokio::test]
    async fn what_the_page_asks_for_is_there() {
        let (_, html) = http::get(routes(false), "/").await;
        let mut wanted: Vec<_> = between(&html, "src=\"", "\"").chain(between(&html, "href=\"/", "\"")).collect();
        for (_, module) in MODULES {
            wanted.extend(between(module, "from './", "'"));
            wanted.extend(between(module, "from '/", "'"));
        }
        assert!(wanted.len() > 10, "{wanted:?}");
        for file in
            wanted.iter().map(|file| file.trim_start_matches('/')).filter(|file| !file.starts_with("socket.io/"))
        {
            let (head, _) = http::get(routes(false), &format!("/{file}")).await;
            assert!(head.starts_with("HTTP/1.1 200 "), "{file}: {head}");
        }
    }

    #[test]
    fn the_page_knows_how_much_the_server_takes() {
        assert!(include_str!("../page/chat.js").contains("const LONGEST = 16 * 1024;"));
        assert_eq!(shared::room_chat::MAX_TEXT_BYTES, 16 * 1024);
    }

    /// Everything between these two.
    fn between<'a>(text: &'a str, before: &'a str, after: &'a str) -> impl Iterator<Item = &'a str> {
        text.split(before).skip(1).filter_map(move |rest| rest.split(after).next())
    }
}
