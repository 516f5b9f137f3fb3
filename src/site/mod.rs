//! The files of the page, and what is said about them in headers.
//!
//! The page itself is part of this program. Its logic is Rust, compiled to WebAssembly by `cargo xtask bundle`; those two
//! files are read from a folder, because they can be younger than the program that serves them.

/// The lines of the sources that take a step.
pub mod source;
/// The failures of the laboratory, and the lines that prevent them.
pub mod lab;
/// The terms of the course.
pub mod glossary;
/// The compiled half of the page, kept up to date.
mod bundle;
/// The compiled half of the page, as a part of this program.
#[cfg(embedded_page)]
mod embedded;
/// Text in HTML.
mod html;
/// The texts of a page, in both languages.
mod spoken;
/// The link to a room, as a picture.
mod invitation;
/// The smallest page, twice.
mod smallest;
/// Texts to read beside the page.
mod help;
/// The page of a saved call.
pub(crate) mod record;

pub use bundle::{Age, Bundle, age_of_the_bundle};
pub(crate) use bundle::{target_dir, workspace};

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use shared::STEPS;
use support::qr;

/// What the page may do, and nothing else: even a script that somebody smuggles in through the chat would not run, and
/// could send nothing to another server. <https://www.w3.org/TR/CSP3/>
///
/// `'wasm-unsafe-eval'` permits to compile WebAssembly, and not JavaScript's `eval`. `ws:` is named beside `'self'`
/// because not every browser counts a WebSocket to the same server as `'self'`.
pub(crate) const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ws: wss:; \
     img-src 'self' data: blob:; media-src 'self' blob:; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
     form-action 'self'";

/// How many lines of a build are kept: a compiler's error is shorter.
const LOG_LINES: usize = 200;

/// The files of the bundle, as `xtask` names them: two of the page, two of a saved call, and two of the smallest page.
pub(super) const JAVASCRIPT: &str = "study_zoom.js";
pub(super) const WASM: &str = "study_zoom_bg.wasm";
pub(super) const RECORD_JAVASCRIPT: &str = "record_page.js";
pub(super) const RECORD_WASM: &str = "record_page_bg.wasm";
pub(super) const SMALLEST_JAVASCRIPT: &str = "smallest_page.js";
pub(super) const SMALLEST_WASM: &str = "smallest_page_bg.wasm";
/// All WebAssembly, in the order in which it is compiled.
pub(crate) const ALL_WASM: [&str; 3] = [WASM, RECORD_WASM, SMALLEST_WASM];
/// What they are made of, and the notices of that.
pub(super) const LICENSES: &str = "licenses.txt";

const JAVASCRIPT_TYPE: &str = "text/javascript; charset=utf-8";
const SVG_TYPE: &str = "image/svg+xml";
const CSS_TYPE: &str = "text/css; charset=utf-8";
const TEXT_TYPE: &str = "text/plain; charset=utf-8";
// With this type, and no other, a browser compiles the file while it is still coming in.
const WASM_TYPE: &str = "application/wasm";

/// A file of the bundle that is a part of this program, by its name.
type Embedded = fn(&str) -> Option<&'static [u8]>;

/// The compiled half of the page: where it is, and how its build is getting on.
///
/// The default has no folder. That is a server for headless peers; its page says so.
#[derive(Debug, Clone, Default)]
pub struct Site {
    folder: Option<PathBuf>,
    /// The bundle is a part of this program.
    embedded: Option<Embedded>,
    /// What the server does wrong on purpose: the page says so.
    faults: Arc<[String]>,
    /// Where other machines of the network find this server.
    elsewhere: Option<String>,
    /// What a headless peer gives to `--ca`, as one types it.
    ca: Option<String>,
    /// Shared with the build, which goes on while the server serves.
    build: Arc<Mutex<Build>>,
}

#[derive(Debug, Default)]
struct Build {
    stage: Stage,
    /// When the last build of this server began, if there was one.
    began: Option<SystemTime>,
    log: VecDeque<String>,
}

/// What the server knows about a build of its own.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum Stage {
    /// No build is running.
    #[default]
    Idle,
    /// A build is running.
    Running,
    /// The last build failed.
    Failed,
}

/// The answer of `GET /build?bundle=study_zoom`: may the page load this bundle?
#[derive(Debug, Serialize)]
struct Report {
    /// `ready`, `building`, `failed` or `absent`.
    state: &'static str,
    log: VecDeque<String>,
}

impl Site {
    /// The site in this folder, whether it is there already or not.
    pub fn at(folder: PathBuf) -> Self {
        Self { folder: Some(folder), ..Self::default() }
    }

    /// The site of a server in the laboratory.
    pub(crate) fn with_faults(self, faults: Vec<String>) -> Self {
        Self { faults: faults.into(), ..self }
    }

    /// The site that this program has in it.
    #[cfg_attr(not(embedded_page), expect(dead_code, reason = "only a program with a page in it has one"))]
    pub(super) fn embedded(file: Embedded) -> Self {
        Self { embedded: Some(file), ..Self::default() }
    }

    /// Names the address (scheme, host and port) under which other machines find this server, if there is one. A page that was
    /// opened on the machine of the server (`localhost`) invites with it.
    pub fn reached_at(self, elsewhere: Option<String>) -> Self {
        Self { elsewhere, ..self }
    }

    /// Names the file with which a headless peer trusts this server, as one types it, if it needs one.
    pub fn trusted_with(self, ca: Option<String>) -> Self {
        Self { ca, ..self }
    }

    /// The page of the call, for the query of its address.
    fn home(&self, query: Option<&str>) -> String {
        static PAGE: LazyLock<String> = LazyLock::new(|| spoken::in_both_languages(include_str!("home.html")));
        let page = lab::with_experiments(&PAGE, &self.faults, query);
        [("elsewhere", &self.elsewhere), ("ca", &self.ca)].into_iter().fold(page, |page, (name, value)| match value {
            Some(value) => page.replacen("<html ", &format!("<html data-{name}=\"{}\" ", html::escaped(value)), 1),
            None => page,
        })
    }

    /// The content of one of the files of the bundle.
    async fn content(&self, name: &str) -> Option<Bytes> {
        match self.embedded {
            Some(file) => file(name).map(Bytes::from_static),
            None => tokio::fs::read(self.file(name)?).await.ok().map(Bytes::from),
        }
    }

    /// Where one of the files of the bundle is.
    pub(super) fn file(&self, name: &str) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join("pkg").join(name))
    }

    /// Adds a line to the log of the build, which the page shows.
    pub(super) fn say(&self, line: String) {
        let log = &mut self.build().log;
        if log.len() == LOG_LINES {
            log.pop_front();
        }
        log.push_back(line);
    }

    pub(super) fn set(&self, stage: Stage) {
        let mut build = self.build();
        build.stage = stage;
        if matches!(stage, Stage::Running) {
            build.began = Some(SystemTime::now());
        }
    }

    async fn report(&self, wasm: &str) -> Report {
        let built = match self.file(wasm) {
            Some(file) => tokio::fs::metadata(file).await.and_then(|file| file.modified()).ok(),
            None => self.embedded.map(|_| SystemTime::now()),
        };
        let build = self.build();
        let state = match (build.stage, built) {
            (Stage::Idle, Some(_)) => "ready",
            (Stage::Idle, None) => "absent",
            // The build goes on with another bundle, or has failed at another one.
            (_, Some(built)) if build.began.is_some_and(|began| built >= began) => "ready",
            (Stage::Running, _) => "building",
            (Stage::Failed, _) => "failed",
        };
        let mut log = build.log.clone();
        if self.folder.is_none() && self.embedded.is_none() {
            log.push_back("This server serves headless peers, no page. Start one that does: cargo run".to_owned());
        }
        Report { state, log }
    }

    /// A panic elsewhere leaves a log that is still a log.
    fn build(&self) -> MutexGuard<'_, Build> {
        self.build.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The routes of the page.
pub(crate) fn routes(site: Site) -> Router {
    Router::new()
        .route("/", get(async |State(site): State<Site>, RawQuery(query): RawQuery| Html(site.home(query.as_deref()))))
        .route("/record", get(async || Html(record::page())))
        .route("/invitation.svg", get(invite))
        .route("/style.css", get(async || typed(CSS_TYPE, include_str!("style.css"))))
        .route("/boot.js", get(async || typed(JAVASCRIPT_TYPE, include_str!("boot.js"))))
        // One route per file: a name that comes from outside never becomes a path.
        .route(
            "/pkg/study_zoom.js",
            get(async |State(site): State<Site>| bundled(&site, JAVASCRIPT, JAVASCRIPT_TYPE).await),
        )
        .route("/pkg/study_zoom_bg.wasm", get(async |State(site): State<Site>| bundled(&site, WASM, WASM_TYPE).await))
        .route(
            "/pkg/record_page.js",
            get(async |State(site): State<Site>| bundled(&site, RECORD_JAVASCRIPT, JAVASCRIPT_TYPE).await),
        )
        .route(
            "/pkg/record_page_bg.wasm",
            get(async |State(site): State<Site>| bundled(&site, RECORD_WASM, WASM_TYPE).await),
        )
        .route(
            "/pkg/smallest_page.js",
            get(async |State(site): State<Site>| bundled(&site, SMALLEST_JAVASCRIPT, JAVASCRIPT_TYPE).await),
        )
        .route(
            "/pkg/smallest_page_bg.wasm",
            get(async |State(site): State<Site>| bundled(&site, SMALLEST_WASM, WASM_TYPE).await),
        )
        .route("/pkg/licenses.txt", get(async |State(site): State<Site>| bundled(&site, LICENSES, TEXT_TYPE).await))
        .route("/smallest", get(async || Html(smallest::overview())))
        .route("/smallest/javascript", get(async || Html(include_str!("smallest/javascript.html"))))
        .route("/smallest/rust", get(async || Html(include_str!("smallest/rust.html"))))
        .route("/smallest/style.css", get(async || typed(CSS_TYPE, include_str!("smallest/style.css"))))
        .route("/smallest/call.js", get(async || typed(JAVASCRIPT_TYPE, smallest::JAVASCRIPT)))
        .route("/smallest/socket.js", get(async || typed(JAVASCRIPT_TYPE, include_str!("smallest/socket.js"))))
        .route("/build", get(build))
        .route("/source", get(async || Json(STEPS.each_ref().map(source::excerpts))))
        .merge(help::routes())
        .route("/glossary", get(async |RawQuery(query): RawQuery| Json(glossary::answer(query.as_deref()))))
        .with_state(site)
}

/// How the build of a bundle is getting on. Without a name, or with an unknown one, it is the bundle of the page.
async fn build(State(site): State<Site>, RawQuery(query): RawQuery) -> Json<Report> {
    let name = query.as_deref().and_then(|query| query.strip_prefix("bundle="));
    let asked_for = |wasm: &&str| wasm.strip_suffix("_bg.wasm") == name;
    Json(site.report(ALL_WASM.into_iter().find(asked_for).unwrap_or(WASM)).await)
}

/// The link to a room as a picture.
async fn invite(State(site): State<Site>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let drawn = invitation::link(&headers, query.as_deref(), site.elsewhere.as_deref()).and_then(|link| {
        qr::svg(&link).ok_or((StatusCode::BAD_REQUEST, "the link is too long for a QR code: take a shorter name\n"))
    });
    drawn.map_or_else(IntoResponse::into_response, |svg| typed(SVG_TYPE, svg).into_response())
}

/// One of the files of the bundle.
async fn bundled(site: &Site, name: &str, content_type: &'static str) -> Response {
    match site.content(name).await {
        Some(content) => typed(content_type, content).into_response(),
        None => (StatusCode::NOT_FOUND, "the bundle is not there: /build says why\n").into_response(),
    }
}

fn typed(content_type: &'static str, content: impl IntoResponse) -> impl IntoResponse {
    ([(CONTENT_TYPE, content_type)], content)
}

#[cfg(test)]
mod tests {
    use axum::middleware::map_response;

    use super::*;
    use support::headers::headers;

    /// Head and body of what a server with this site answers.
    async fn get(site: &Site, path: &str) -> (String, String) {
        testing::http::get(routes(site.clone()).layer(map_response(headers(POLICY))), path).await
    }

    #[tokio::test]
    async fn every_response_says_what_the_page_may_do() {
        let site = Site::default();
        for path in [
            "/",
            "/record",
            "/style.css",
            "/pkg/study_zoom.js",
            "/build",
            "/source",
            "/glossary",
            "/smallest",
            "/help/troubleshooting",
            "/nowhere",
        ] {
            let (head, _) = get(&site, path).await;
            for header in [
                "content-security-policy: default-src 'self'; script-src 'self' 'wasm-unsafe-eval';",
                "x-content-type-options: nosniff",
                "referrer-policy: no-referrer",
                "cache-control: no-store",
            ] {
                assert!(head.contains(header), "{path}: no {header:?} in {head}");
            }
        }
    }

    #[tokio::test]
    async fn the_files_of_the_page_have_their_types() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("pkg")).unwrap();
        for name in [JAVASCRIPT, WASM, RECORD_JAVASCRIPT, RECORD_WASM, SMALLEST_JAVASCRIPT, SMALLEST_WASM, LICENSES] {
            std::fs::write(folder.path().join("pkg").join(name), name).unwrap();
        }
        let site = Site::at(folder.path().to_owned());
        for (path, content_type) in [
            ("/", "text/html"),
            ("/record", "text/html"),
            ("/style.css", "text/css"),
            ("/boot.js", "text/javascript"),
            ("/pkg/study_zoom.js", "text/javascript"),
            ("/pkg/study_zoom_bg.wasm", "application/wasm"),
            ("/pkg/record_page.js", "text/javascript"),
            ("/pkg/record_page_bg.wasm", "application/wasm"),
            ("/pkg/smallest_page.js", "text/javascript"),
            ("/pkg/smallest_page_bg.wasm", "application/wasm"),
            ("/pkg/licenses.txt", "text/plain"),
            ("/build", "application/json"),
            ("/source", "application/json"),
            ("/glossary", "application/json"),
            ("/smallest", "text/html"),
            ("/smallest/javascript", "text/html"),
            ("/smallest/rust", "text/html"),
            ("/smallest/style.css", "text/css"),
            ("/smallest/call.js", "text/javascript"),
            ("/smallest/socket.js", "text/javascript"),
        ] {
            let (head, _) = get(&site, path).await;
            assert!(head.starts_with("HTTP/1.1 200 "), "{path}: {head}");
            assert!(head.contains(&format!("content-type: {content_type}")), "{path}: {head}");
        }
        assert_eq!(get(&site, "/pkg/study_zoom_bg.wasm").await.1, WASM);
        assert_eq!(get(&site, "/pkg/smallest_page_bg.wasm").await.1, SMALLEST_WASM);
    }

    #[tokio::test]
    async fn a_room_can_be_had_as_a_picture_and_the_page_knows_where_else_the_server_is_found() {
        let site = Site::default().reached_at(Some("https://192.168.0.7:3000".to_owned()));
        let (head, body) = get(&site, "/invitation.svg?scheme=http&room=demo").await;
        assert!(head.starts_with("HTTP/1.1 200 ") && head.contains("content-type: image/svg+xml"), "{head}");
        assert!(body.starts_with("<svg "), "{body}");
        assert!(get(&site, "/invitation.svg?room=demo").await.0.starts_with("HTTP/1.1 400 "));
        assert!(get(&site, "/").await.1.contains("<html data-elsewhere=\"https://192.168.0.7:3000\" "));
        assert!(!get(&Site::default(), "/").await.1.contains("data-elsewhere"));
        let site = Site::default().trusted_with(Some("~/'a \"b\"/ca.pem'".to_owned()));
        assert!(get(&site, "/").await.1.contains("<html data-ca=\"~/'a &quot;b&quot;/ca.pem'\" "));
        assert!(!get(&Site::default(), "/").await.1.contains("data-ca"));
    }

    #[tokio::test]
    async fn a_server_without_a_bundle_says_so() {
        let (head, _) = get(&Site::default(), "/pkg/study_zoom.js").await;
        assert!(head.starts_with("HTTP/1.1 404 "), "{head}");
        let (_, body) = get(&Site::default(), "/build").await;
        assert!(body.contains(r#""state":"absent""#) && body.contains("cargo run"), "{body}");
    }

    #[tokio::test]
    async fn a_build_can_be_watched() {
        let folder = tempfile::tempdir().unwrap();
        let site = Site::at(folder.path().to_owned());
        site.set(Stage::Running);
        for line in 0..=LOG_LINES {
            site.say(format!("line {line}"));
        }
        let (_, body) = get(&site, "/build").await;
        assert!(body.starts_with(r#"{"state":"building","log":["line 1","#), "the last lines are kept: {body}");
        site.set(Stage::Failed);
        assert!(get(&site, "/build").await.1.contains(r#""state":"failed""#));
    }

    #[tokio::test]
    async fn a_bundle_is_ready_while_the_build_goes_on_with_the_next_one() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("pkg")).unwrap();
        let site = Site::at(folder.path().to_owned());
        let file = |wasm| {
            let file = std::fs::File::create(folder.path().join("pkg").join(wasm)).unwrap();
            // As `xtask` does it: the clock of files is a coarse one.
            file.set_modified(SystemTime::now()).unwrap();
        };
        let states = async || {
            let mut states = Vec::new();
            for path in ["/build?bundle=study_zoom", "/build", "/build?bundle=record_page", "/build?bundle=other"] {
                let (_, body) = get(&site, path).await;
                states.push(body.split('"').nth(3).unwrap().to_owned());
            }
            states
        };
        file(WASM);
        file(RECORD_WASM);
        site.set(Stage::Running);
        assert_eq!(states().await, ["building"; 4], "what is there is of an earlier build");
        file(WASM);
        assert_eq!(states().await, ["ready", "ready", "building", "ready"]);
        site.set(Stage::Failed);
        assert_eq!(states().await, ["ready", "ready", "failed", "ready"]);
        site.set(Stage::Idle);
        assert_eq!(states().await, ["ready"; 4]);
    }
}
