//! The official Socket.IO client as a file. The Node server serves it at `/socket.io/socket.io.js`, and so do we.
//!
//! It is no part of this program: npm brings it into the target directory. A program started by `cargo run` finds the path
//! of cargo in its environment, and starts npm itself when the file is missing; `STUDY_ZOOM_CLIENT=off` forbids that. Where
//! there is no npm, the browser is sent to the CDN of the Socket.IO project. Both have the same file, and the page names
//! its hash, so it does not matter which of them answers. While npm is at work the answer is 503, and the page asks again.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::Value;
use support::headers::headers;
use tokio::process::Command;
use tokio::sync::watch;
use tokio::time::timeout;
use tracing::{info, warn};

use super::site;

/// The version that the page is written for. With another version, the hash in `page/index.html` changes as well.
///
/// Not the newest one, but the newest whose hash the Socket.IO project has published for its CDN.
pub(super) const VERSION: &str = "4.8.3";

/// For `<script src>` with and without line breaks, and for `import`. The page imports.
const FILES: [&str; 3] = ["socket.io.js", "socket.io.min.js", "socket.io.esm.min.js"];

/// How long a browser is kept waiting while npm is at work. Then it hears 503, and says on the page what is going on.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long npm may take. Without a network it goes on trying for minutes, and says nothing.
const NPM_TIME: Duration = Duration::from_secs(30);

/// Where the client is. The default knows no folder, and sends everybody to the CDN.
#[derive(Debug, Clone, Default)]
pub struct ClientScript {
    /// What npm calls the prefix: its `node_modules` is in it.
    folder: Option<PathBuf>,
    /// Whether npm is at work. A request for the file waits until npm is done.
    installing: watch::Sender<bool>,
}

impl ClientScript {
    /// In this folder, whether it is there already or not.
    pub fn at(folder: PathBuf) -> Self {
        Self { folder: Some(folder), ..Self::default() }
    }

    /// In the target directory, where [`install`](Self::install) puts it.
    pub fn find() -> Self {
        let folder = support::sources::package_folder(env!("CARGO_PKG_NAME"), env!("CARGO_MANIFEST_DIR"));
        let workspace = folder.parent().expect("the crate is a folder of the course");
        let chosen = std::env::var_os("CARGO_TARGET_DIR").filter(|folder| !folder.is_empty());
        Self::at(chosen.map_or_else(|| workspace.join("target"), PathBuf::from).join("socket.io-client"))
    }

    /// Starts npm, if that is wanted, possible and necessary. Dropping this future ends npm.
    pub async fn install(&self) {
        let by_cargo = std::env::var_os("CARGO").is_some();
        let switched_off = std::env::var_os("STUDY_ZOOM_CLIENT").is_some_and(|value| value == "off");
        let Some(folder) = &self.folder else { return };
        if by_cargo && !switched_off && !is_in(folder).await {
            self.install_in(folder, Command::new("npm"), NPM_TIME).await;
        }
    }

    async fn install_in(&self, folder: &Path, mut npm: Command, time: Duration) {
        // Dropped with this future, and then nobody waits any longer.
        let _at_work = AtWork::begin(&self.installing);
        npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]).arg(folder);
        npm.arg(format!("socket.io-client@{VERSION}"));
        let command = shown(&npm);
        info!("the Socket.IO client is fetched for the page, within {time:?}: {command}");
        // A time that is over drops the future of npm, and that ends npm.
        let output = timeout(time, npm.stdin(Stdio::null()).kill_on_drop(true).output()).await;
        let failure = match output {
            Ok(Ok(output)) if output.status.success() => return info!("the Socket.IO client is there"),
            Ok(Ok(output)) => String::from_utf8_lossy(&output.stderr).into_owned(),
            Ok(Err(error)) => format!("{error}: install Node.js, which npm comes with"),
            Err(_) => format!("it took longer than {time:?}: go online, run this, and load the page again: {command}"),
        };
        warn!("npm did not fetch the Socket.IO client, so browsers are sent to the CDN for it: {failure}");
    }

    /// One of the files. A browser waits for a moment while npm is at work.
    async fn file(&self, name: &str) -> Found {
        let mut installing = self.installing.subscribe();
        if timeout(PATIENCE, installing.wait_for(|installing| !installing)).await.is_err() {
            return Found::Later;
        }
        let Some(folder) = &self.folder else { return Found::Elsewhere };
        if !is_in(folder).await {
            return Found::Elsewhere;
        }
        let content = tokio::fs::read(folder.join("node_modules/socket.io-client/dist").join(name)).await;
        content.map_or(Found::Elsewhere, Found::Here)
    }
}

/// What is known of a file.
enum Found {
    Here(Vec<u8>),
    /// The CDN has it.
    Elsewhere,
    /// npm is at work.
    Later,
}

/// Whether npm has put this version into this folder. npm writes the list that is read here when it is done.
async fn is_in(folder: &Path) -> bool {
    let list = tokio::fs::read(folder.join("node_modules/.package-lock.json")).await.unwrap_or_default();
    let list: Value = serde_json::from_slice(&list).unwrap_or_default();
    list["packages"]["node_modules/socket.io-client"]["version"] == VERSION
}

/// A command, as one types it.
fn shown(command: &Command) -> String {
    let command = command.as_std();
    let words: Vec<_> =
        [command.get_program()].into_iter().chain(command.get_args()).map(|word| word.to_string_lossy()).collect();
    words.join(" ")
}

/// The state of being at work, which ends in any case.
struct AtWork<'a>(&'a watch::Sender<bool>);

impl<'a> AtWork<'a> {
    fn begin(installing: &'a watch::Sender<bool>) -> Self {
        installing.send_replace(true);
        Self(installing)
    }
}

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        self.0.send_replace(false);
    }
}

/// The routes of the client's files. socketioxide's layer takes every path below `/socket.io/` for a connection, and
/// answers 400: these routes have to be put around it, not into it.
pub(super) fn routes(script: ClientScript) -> Router {
    // One route per file: a name that comes from outside never becomes a path.
    let router = FILES.into_iter().fold(Router::new(), |router, name| {
        let on_file = async move |State(script): State<ClientScript>| respond(&script, name).await;
        router.route(&format!("/socket.io/{name}"), get(on_file))
    });
    router.with_state(script).layer(map_response(headers(site::POLICY)))
}

async fn respond(script: &ClientScript, name: &'static str) -> Response {
    match script.file(name).await {
        Found::Here(content) => ([(CONTENT_TYPE, site::JAVASCRIPT)], content).into_response(),
        Found::Elsewhere => {
            (StatusCode::FOUND, [(LOCATION, format!("https://cdn.socket.io/{VERSION}/{name}"))]).into_response()
        }
        Found::Later => {
            let text = "npm is fetching the Socket.IO client: ask again\n";
            (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "1")], text).into_response()
        }
    }
}

#[cfg(test)]
mod tests;
